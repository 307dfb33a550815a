"""The SQL of what became of incidents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection
from kuma_lite.status_pages.model import Incident, IncidentState, Update

_COLUMNS: Final = "id, incident_id, state, content, created_date"


def updates_of(db: Connection, incident_ids: Sequence[int]) -> dict[int, list[Update]]:
    """The timelines of some incidents, oldest entry first; an incident without one has no key."""
    found: dict[int, list[Update]] = {}
    where, values = sql.among("incident_id", incident_ids)
    query = f"SELECT {_COLUMNS} FROM incident_update WHERE {where} ORDER BY created_date, id"  # noqa: S608
    for number, incident_id, state, content, created in db.execute(query, values):
        update = Update(number, incident_id, IncidentState(state), content, created)
        found.setdefault(incident_id, []).append(update)
    return found


def insert_update(
    db: Connection, incident_id: int, state: IncidentState, content: str, created: int
) -> Update:
    """A new entry of a timeline."""
    query = "INSERT INTO incident_update (incident_id, state, content, created_date) VALUES (?, ?, ?, ?)"
    number = sql.insert(db, query, (incident_id, state.value, content, created))
    return Update(number, incident_id, state, content, created)


def update_update(db: Connection, update: Update) -> None:
    """Write what can change of an entry."""
    db.execute(
        "UPDATE incident_update SET state = ?, content = ?, created_date = ? WHERE id = ?",
        (update.state.value, update.content, update.created, update.id),
    )


def delete_update(db: Connection, incident_id: int, update_id: int) -> bool:
    """Remove an entry; False: the incident has none of that id."""
    db.execute("DELETE FROM incident_update WHERE id = ? AND incident_id = ?", (update_id, incident_id))
    return bool(db.changes())


def follow(db: Connection, incident: Incident, at: int) -> None:
    """Let a timeline say what was done to its incident by a client that knows no timelines."""
    updates = updates_of(db, [incident.id]).get(incident.id)
    if not updates:
        return
    resolved = updates[-1].state is IncidentState.RESOLVED
    if resolved == incident.active:
        state = IncidentState.INVESTIGATING if incident.active else IncidentState.RESOLVED
        insert_update(db, incident.id, state, "", at)
