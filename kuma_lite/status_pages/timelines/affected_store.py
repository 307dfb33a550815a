"""The SQL of which monitors incidents affect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection


def affected_by(db: Connection, incident_ids: Sequence[int]) -> dict[int, list[int]]:
    """Incident id → ids of the monitors, as they were chosen; an incident that names none has no key."""
    found: dict[int, list[int]] = {}
    where, values = sql.among("incident_id", incident_ids)
    query = f"SELECT incident_id, monitor_id FROM incident_monitor WHERE {where} ORDER BY id"  # noqa: S608
    for incident_id, monitor_id in db.execute(query, values):
        found.setdefault(incident_id, []).append(monitor_id)
    return found


def put(db: Connection, incident_id: int, monitor_ids: Iterable[int]) -> None:
    """These, and no others."""
    db.execute("DELETE FROM incident_monitor WHERE incident_id = ?", (incident_id,))
    db.executemany(
        "INSERT INTO incident_monitor (incident_id, monitor_id) VALUES (?, ?)",
        [(incident_id, number) for number in monitor_ids],
    )
