"""The SQL of servers, their links and their incidents. Functions run inside a transaction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any, Final

from kuma_lite.core import sql
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.sql import Connection
from kuma_lite.servers.model import Incident, Server
from kuma_lite.servers.samples.host_clock import HostClock

UPTIME: Final = "uptime"  # the attribute that grows from report to report
_SERVER: Final = """
    id, uuid, project_id, motherboard_id, agent_version, attributes, alert_settings, last_metrics, snapshot,
    created, updated, last_seen, duplicate_host, duplicate_seen, clock_offset
"""
_INCIDENT: Final = """
    id, uuid, server_id, cause, message, started, closed, updated, acknowledged, acknowledged_by, snoozed,
    snooze_until, pending_message
"""


def read_servers(connection: Connection) -> list[Server]:
    """All servers with their series, links, open incidents, and what is still to be said of others."""
    rows: Any = connection.execute(f"SELECT {_SERVER} FROM server ORDER BY id")  # noqa: S608 - own columns
    servers = {row[0]: _server(row) for row in rows}
    contacts: Any = connection.execute("SELECT server_id, last_seen, uptime FROM server_contact")
    for server_id, last_seen, uptime in contacts:
        server = servers[server_id]
        server.row_at = server.last_seen
        if last_seen > server.last_seen and uptime is not None:
            server.attributes[UPTIME] = uptime
        server.last_seen = max(server.last_seen, last_seen)
        server.updated = max(server.updated, last_seen)
    found: Any = connection.execute("SELECT server_id, name, id FROM server_series")
    for server_id, name, number in found:
        servers[server_id].series[name] = number
    for server_id, channels in read_links(connection).items():
        servers[server_id].channels = channels
    for incident in _incidents(connection, "WHERE closed IS NULL", ()):
        servers[incident.server_id].incidents[incident.cause] = incident
    for incident in _incidents(connection, "WHERE pending_message IS NOT NULL ORDER BY id", ()):
        servers[incident.server_id].pending[incident.cause] = incident
    return list(servers.values())


def _server(row: tuple[Any, ...]) -> Server:
    cells: list[Any] = [json.loads(cell) if 5 <= place < 9 else cell for place, cell in enumerate(row)]
    cells[7] = {name: (int(time), value) for name, (time, value) in cells[7].items()}
    cells[-1] = HostClock(cells[-1])
    return Server(*cells)


def has_project(connection: Connection, project_id: int) -> bool:
    """Whether there still is such a project."""
    return sql.value(connection, "SELECT 1 FROM project WHERE id = ?", (project_id,)) is not None


def save_settings(connection: Connection, server_id: int, overrides: object, now: int) -> None:
    """Store what differs from the default thresholds and grace periods."""
    connection.execute(
        "UPDATE server SET alert_settings = ?, updated = ? WHERE id = ?",
        (compact_json(overrides), now, server_id),
    )


def note_seen(connection: Connection, server_id: int, last_seen: int) -> None:
    """Store when a server was heard last; its reports since may have found no room."""
    connection.execute("UPDATE server SET last_seen = ? WHERE id = ?", (last_seen, server_id))


def delete(connection: Connection, server_id: int) -> None:
    """Remove a server with its links and incidents; its history is another matter."""
    connection.execute("DELETE FROM server WHERE id = ?", (server_id,))


# --- links -------------------------------------------------------------------------------------------------


def link(connection: Connection, server_id: int, channel_id: int, organisation: int) -> bool:
    """Let an organisation's notification have the server's alerts; False when one of them is gone."""
    both = (
        "SELECT 1 FROM server CROSS JOIN notification"
        " WHERE server.id = ? AND notification.id = ? AND notification.organisation_id = ?"
    )
    if sql.value(connection, both, (server_id, channel_id, organisation)) is None:
        return False
    connection.execute(
        "INSERT INTO server_notification (server_id, notification_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (server_id, channel_id),
    )
    return True


def unlink(connection: Connection, server_id: int, channel_id: int) -> None:
    """The opposite."""
    connection.execute(
        "DELETE FROM server_notification WHERE server_id = ? AND notification_id = ?", (server_id, channel_id)
    )


def link_all(connection: Connection, channel_id: int, organisation: int) -> None:
    """Let a notification have the alerts of every server of an organisation's first project."""
    connection.execute(
        "INSERT INTO server_notification (server_id, notification_id) "
        "SELECT id, ? FROM server WHERE project_id = "
        "(SELECT id FROM project WHERE is_root = 1 AND organisation_id = ?) "
        "ON CONFLICT DO NOTHING",
        (channel_id, organisation),
    )


def read_links(connection: Connection) -> dict[int, set[int]]:
    """Server id → ids of its notifications."""
    links: dict[int, set[int]] = {}
    rows: Any = connection.execute("SELECT server_id, notification_id FROM server_notification")
    for server_id, channel in rows:
        links.setdefault(server_id, set()).add(channel)
    return links


def read_plans(connection: Connection) -> dict[int, set[int]]:
    """Server id → ids of the maintenance plans that cover it."""
    plans: dict[int, set[int]] = {}
    rows: Any = connection.execute("SELECT server_id, maintenance_id FROM server_maintenance")
    for server_id, plan in rows:
        plans.setdefault(server_id, set()).add(plan)
    return plans


def set_plans(connection: Connection, server_id: int, plans: Iterable[int], organisation: int) -> None:
    """Replace the maintenance plans of a server. Raises UserError for one that its organisation lacks."""
    connection.execute("DELETE FROM server_maintenance WHERE server_id = ?", (server_id,))
    for plan in sorted(plans):
        connection.execute(
            "INSERT INTO server_maintenance (maintenance_id, server_id) SELECT maintenance.id, server.id "
            "FROM maintenance CROSS JOIN server "
            "WHERE maintenance.id = ? AND maintenance.organisation_id = ? AND server.id = ?",
            (plan, organisation, server_id),
        )
        if not connection.changes():
            raise UserError("One of the maintenance plans does not exist.")


def set_plan_servers(connection: Connection, plan: int, server_ids: Iterable[int], organisation: int) -> None:
    """Replace the servers of a maintenance plan. Raises UserError for one that its organisation lacks."""
    if not connection.execute(
        "SELECT 1 FROM maintenance WHERE id = ? AND organisation_id = ?", (plan, organisation)
    ).fetchone():
        raise UserError("The maintenance plan does not exist.")
    connection.execute("DELETE FROM server_maintenance WHERE maintenance_id = ?", (plan,))
    connection.executemany(
        "INSERT INTO server_maintenance (maintenance_id, server_id) VALUES (?, ?)",
        [(plan, server_id) for server_id in sorted(server_ids)],
    )


def read_tags(connection: Connection) -> dict[int, set[int]]:
    """Server id → ids of its tags."""
    tags: dict[int, set[int]] = {}
    rows: Any = connection.execute("SELECT server_id, tag_id FROM server_tag")
    for server_id, tag in rows:
        tags.setdefault(server_id, set()).add(tag)
    return tags


def set_tags(connection: Connection, server_id: int, tags: Iterable[int], organisation: int) -> None:
    """Replace the tags of a server. Raises UserError for one that its organisation lacks."""
    connection.execute("DELETE FROM server_tag WHERE server_id = ?", (server_id,))
    for tag in sorted(tags):
        connection.execute(
            "INSERT INTO server_tag (tag_id, server_id) SELECT tag.id, server.id FROM tag CROSS JOIN server "
            "WHERE tag.id = ? AND tag.organisation_id = ? AND server.id = ?",
            (tag, organisation, server_id),
        )
        if not connection.changes():
            raise UserError("The tag does not exist.")


def read_page_servers(connection: Connection) -> dict[int, list[int]]:
    """Status page → ids of its servers, in their order."""
    found: dict[int, list[int]] = {}
    rows: Any = connection.execute(
        "SELECT status_page_id, server_id FROM status_page_server ORDER BY status_page_id, weight, server_id"
    )
    for page_id, server_id in rows:
        found.setdefault(page_id, []).append(server_id)
    return found


def set_page_servers(connection: Connection, page_id: int, server_ids: Iterable[int]) -> None:
    """Replace the servers of a status page."""
    connection.execute("DELETE FROM status_page_server WHERE status_page_id = ?", (page_id,))
    connection.executemany(
        "INSERT INTO status_page_server (status_page_id, server_id, weight) VALUES (?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        [(page_id, number, weight) for weight, number in enumerate(server_ids)],
    )


# --- incidents ---------------------------------------------------------------------------------------------


def open_incident(connection: Connection, incident: Incident) -> None:
    """Store a new incident."""
    connection.execute(
        "INSERT INTO server_incident (uuid, server_id, cause, message, started, updated, snoozed, "
        "snooze_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            incident.uuid,
            incident.server_id,
            incident.cause,
            incident.message,
            incident.started,
            incident.updated,
            incident.snoozed,
            incident.snooze_until,
        ),
    )


def close_incident(connection: Connection, incident: Incident) -> None:
    """Store that an incident is over."""
    connection.execute(
        "UPDATE server_incident SET closed = ?, updated = ?, pending_message = ? WHERE uuid = ?",
        (incident.closed, incident.updated, incident.pending, incident.uuid),
    )


def mark_told(connection: Connection, incident: Incident) -> None:
    """Store that its message has been written."""
    connection.execute("UPDATE server_incident SET pending_message = NULL WHERE uuid = ?", (incident.uuid,))


def save_wishes(connection: Connection, incident: Incident) -> None:
    """Store what people want of an incident."""
    connection.execute(
        "UPDATE server_incident SET updated = ?, acknowledged = ?, acknowledged_by = ?, snoozed = ?, "
        "snooze_until = ? WHERE uuid = ?",
        (
            incident.updated,
            incident.acknowledged,
            incident.acknowledged_by,
            incident.snoozed,
            incident.snooze_until,
            incident.uuid,
        ),
    )


def wake(connection: Connection, server_id: int, cause: str, now: int) -> None:
    """End all snoozes of a server and cause."""
    connection.execute(
        "UPDATE server_incident SET snoozed = NULL, snooze_until = NULL, updated = ? "
        "WHERE server_id = ? AND cause = ? AND snooze_until > ?",
        (now, server_id, cause, now),
    )


def snoozed_until(connection: Connection, server_id: int, cause: str) -> int | None:
    """Until when the next incident of a server and cause is to be silent."""
    found: Any = sql.value(
        connection,
        "SELECT max(snooze_until) FROM server_incident WHERE server_id = ? AND cause = ?",
        (server_id, cause),
    )
    return int(found) if found is not None else None


def find_incident(connection: Connection, key: str) -> Incident | None:
    """An incident by its UUID."""
    found = _incidents(connection, "WHERE uuid = ?", (key,))
    return found[0] if found else None


def read_incidents(
    connection: Connection, server_ids: Iterable[int], status: str | None, offset: int, count: int
) -> tuple[list[Incident], int]:
    """A page of the incidents of some servers, ongoing first, then the newest; and how many there are."""
    among, ids = sql.among("server_id", list(server_ids))
    which = f"WHERE {among}"
    which += {"ongoing": " AND closed IS NULL", "resolved": " AND closed IS NOT NULL"}.get(status or "", "")
    total: Any = sql.value(connection, f"SELECT count(*) FROM server_incident {which}", ids)  # noqa: S608
    order = f"{which} ORDER BY closed IS NOT NULL, started DESC, id DESC LIMIT ? OFFSET ?"
    return _incidents(connection, order, (*ids, count, offset)), int(total)


def delete_old_incidents(connection: Connection, before: int) -> None:
    """Remove incidents that were over before a moment."""
    connection.execute("DELETE FROM server_incident WHERE closed < ?", (before,))


def _incidents(connection: Connection, rest: str, values: tuple[Any, ...]) -> list[Incident]:
    rows: Any = connection.execute(f"SELECT {_INCIDENT} FROM server_incident {rest}", values)  # noqa: S608
    return [Incident(*row) for row in rows]


def new_uuid() -> str:
    """A name for something new."""
    return str(uuid.uuid4())
