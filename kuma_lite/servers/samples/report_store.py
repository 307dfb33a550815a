"""The SQL of a report. Functions run inside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kuma_lite.core import sql
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.sql import Connection
from kuma_lite.rest.errors import NotFound
from kuma_lite.servers.model import Server
from kuma_lite.servers.samples import history
from kuma_lite.servers.store import UPTIME, has_project, link


def lasting(server: Server) -> tuple[Any, ...]:
    """What of a server's row a report rarely changes; when it does, the row is written."""
    attributes = {name: value for name, value in server.attributes.items() if name != UPTIME}
    return (
        server.agent_version,
        attributes,
        server.snapshot,
        server.duplicate_host,
        server.duplicate_seen,
        server.clock_offset,
    )


def create(
    connection: Connection,
    server: Server,
    samples: Iterable[tuple[str, int, float]],
    for_new: Callable[[Connection, int], Iterable[int]] | None,
) -> dict[str, int]:
    """Store the first report of a server. Returns the ids of its series.

    Args:
        connection: inside a transaction.
        server: as the report made it.
        samples: name, ms, value.
        for_new: ids of the notifications of an organisation that it gets by itself, if it does.

    Raises: NotFound; the project is gone.
    """
    if not has_project(connection, server.project_id):
        raise NotFound
    series = contact(connection, server, samples, whole=True)
    if for_new is not None:
        server.channels = set(for_new(connection, server.organisation))
    for channel in server.channels:
        link(connection, server.id, channel, server.organisation)
    return series


def contact(
    connection: Connection, server: Server, samples: Iterable[tuple[str, int, float]], *, whole: bool
) -> dict[str, int]:
    """Store a report: the server as it is now, and its samples. Returns the ids of all its series.

    A new server (`id` 0) gets its id; if another report was quicker, that one's id and UUID.

    Args:
        connection: inside a transaction.
        server: as the report left it.
        samples: name, ms, value.
        whole: write its row as well; else it says what the row has, but for what the samples tell.
    """
    if server.id == 0:
        _insert(connection, server)
    if whole:
        _write_row(connection, server)
    note_contact(connection, server.id, server.last_seen, server.attributes.get(UPTIME))
    series = dict(server.series)
    rows = []
    for name, time, value in samples:
        if name not in series:
            series[name] = _series(connection, server.id, name)
        rows.append((series[name], time, value))
    history.insert_report(connection, server.id, rows)
    return series


def note_contact(connection: Connection, server_id: int, last_seen: int, uptime: object) -> None:
    """Store when a server was heard, ms, and how long it was up then."""
    connection.execute(
        "INSERT INTO server_contact (server_id, last_seen, uptime) VALUES (?, ?, ?)"
        " ON CONFLICT (server_id) DO UPDATE SET last_seen = excluded.last_seen, uptime = excluded.uptime",
        (server_id, last_seen, uptime),
    )


def _write_row(connection: Connection, server: Server) -> None:
    connection.execute(
        "UPDATE server SET agent_version = ?, attributes = ?, last_metrics = ?, snapshot = ?, "
        "duplicate_host = ?, duplicate_seen = ?, clock_offset = ?, updated = ?, last_seen = ? WHERE id = ?",
        (
            server.agent_version,
            compact_json(server.attributes),
            compact_json(server.last),
            compact_json(server.snapshot),
            server.duplicate_host,
            server.duplicate_seen,
            server.clock_offset,
            server.updated,
            server.last_seen,
            server.id,
        ),
    )


def _insert(connection: Connection, server: Server) -> None:
    connection.execute(
        "INSERT INTO server (uuid, project_id, motherboard_id, agent_version, attributes, created, updated, "
        "last_seen) VALUES (?, ?, ?, ?, '{}', ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            server.uuid,
            server.project_id,
            server.motherboard_id,
            server.agent_version,
            server.created,
            server.updated,
            server.last_seen,
        ),
    )
    row: Any = connection.execute(
        "SELECT id, uuid FROM server WHERE project_id = ? AND motherboard_id = ?",
        (server.project_id, server.motherboard_id),
    ).fetchone()
    server.id, server.uuid = row


def _series(connection: Connection, server_id: int, name: str) -> int:
    connection.execute(
        "INSERT INTO server_series (server_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING", (server_id, name)
    )
    query = "SELECT id FROM server_series WHERE server_id = ? AND name = ?"
    found: Any = sql.value(connection, query, (server_id, name))
    return int(found)
