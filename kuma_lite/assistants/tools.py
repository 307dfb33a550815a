"""The tools of assistants: what each takes, and which right it needs.

They ask the API of a server, so whatever a token may not is refused there.
"""

from __future__ import annotations

from typing import Final

from kuma_lite.assistants import reading, writing
from kuma_lite.assistants.tool import Tool
from kuma_lite.assistants.watched import STATES
from kuma_lite.core.access import Right

_MONITOR: Final = {"monitor": {"type": "string", "description": "Name, path (Group/Name) or number"}}
_LIMIT: Final = {"limit": {"type": "integer", "description": "How many, the newest"}}

TOOLS: Final = (
    Tool(
        "list_monitors",
        Right.MONITORS_VIEW,
        reading.list_monitors,
        {
            "state": {"type": "string", "enum": list(STATES)},
            "tag": {"type": "string", "description": "NAME or NAME=VALUE"},
            "group": {"type": "string", "description": "Name of a group"},
            "query": {"type": "string", "description": "A part of the name"},
        },
    ),
    Tool(
        "show_monitor",
        Right.MONITORS_VIEW,
        reading.show_monitor,
        _MONITOR,
        ("monitor",),
    ),
    Tool(
        "uptime",
        Right.MONITORS_VIEW,
        reading.uptime,
        {**_MONITOR, "hours": {"type": "integer", "description": "Up to now; 24 if not given"}},
        ("monitor",),
    ),
    Tool(
        "recent_beats",
        Right.MONITORS_VIEW,
        reading.recent_beats,
        {**_MONITOR, **_LIMIT},
        ("monitor",),
    ),
    Tool(
        "list_incidents",
        Right.INCIDENTS_VIEW,
        reading.list_incidents,
        {"ongoing": {"type": "boolean", "description": "Only those that go on, or only others"}, **_LIMIT},
    ),
    Tool(
        "server_metrics",
        Right.SERVERS_VIEW,
        reading.server_metrics,
        {"server": {"type": "string", "description": "Host name; all if not given"}},
    ),
    Tool(
        "list_maintenance",
        Right.MAINTENANCE_VIEW,
        reading.list_maintenance,
    ),
    Tool(
        "pause_monitor",
        Right.MONITORS_EDIT,
        writing.pause,
        _MONITOR,
        ("monitor",),
        writes=True,
    ),
    Tool(
        "resume_monitor",
        Right.MONITORS_EDIT,
        writing.resume,
        _MONITOR,
        ("monitor",),
        writes=True,
    ),
    Tool(
        "start_maintenance",
        Right.MAINTENANCE_EDIT,
        writing.start_maintenance,
        {
            "title": {"type": "string"},
            "minutes": {"type": "number", "description": "How long; until it is ended if not given"},
            "monitors": {"type": "array", "items": {"type": "string"}, "description": "Names or numbers"},
        },
        ("title", "monitors"),
        writes=True,
    ),
    Tool(
        "end_maintenance",
        Right.MAINTENANCE_EDIT,
        writing.end_maintenance,
        {"maintenance": {"type": "integer", "description": "Its number"}},
        ("maintenance",),
        writes=True,
    ),
    Tool(
        "acknowledge_incident",
        Right.INCIDENTS_RESPOND,
        writing.acknowledge,
        {"incident": {"type": "string", "description": "Its UUID"}},
        ("incident",),
        writes=True,
    ),
    Tool(
        "add_monitor",
        Right.MONITORS_EDIT,
        writing.add_monitor,
        {
            "name": {"type": "string"},
            "type": {"type": "string", "description": "http, keyword, ping, port, dns, tls …"},
            "url": {"type": "string"},
            "hostname": {"type": "string"},
            "port": {"type": "integer"},
            "interval": {"type": "integer", "description": "Seconds between checks"},
            "fields": {"type": "object", "description": "Further fields, as in configuration files"},
        },
        ("name", "type"),
        writes=True,
    ),
)
BY_NAME: Final = {tool.name: tool for tool in TOOLS}
EVERY_RIGHT: Final = frozenset(tool.needs for tool in TOOLS)
READING: Final = frozenset(tool.needs for tool in TOOLS if not tool.writes)


def offered(rights: frozenset[Right]) -> list[Tool]:
    """The tools of somebody who may do that."""
    return [tool for tool in TOOLS if tool.needs in rights]
