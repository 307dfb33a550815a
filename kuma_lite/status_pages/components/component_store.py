"""The SQL of components."""

from __future__ import annotations

from collections.abc import Sequence

from kuma_lite.core import sql
from kuma_lite.core.declarations import Status
from kuma_lite.core.sql import Connection
from kuma_lite.status_pages.component_model import Component, Rule, SetState


def read_all(db: Connection) -> dict[int, list[Component]]:
    """Group → its components, in their order."""
    monitors: dict[int, list[int]] = {}
    query = "SELECT component_id, monitor_id FROM page_component_monitor ORDER BY component_id, monitor_id"
    for component_id, monitor_id in db.execute(query):
        monitors.setdefault(component_id, []).append(monitor_id)
    found: dict[int, list[Component]] = {}
    query = """
        SELECT group_id, id, name, rule, share, set_state, set_text, set_since, set_until
        FROM page_component ORDER BY weight, id
    """
    for group_id, number, name, rule, share, state, text, since, until in db.execute(query):
        by_hand = None if state is None else SetState(Status(state), text or "", since or 0, until)
        component = Component(number, name, Rule(rule), share, tuple(monitors.get(number, ())), by_hand)
        found.setdefault(group_id, []).append(component)
    return found


def save(db: Connection, page_id: int, wanted: Sequence[tuple[int, Sequence[Component] | None]]) -> None:
    """Write the components of the groups of a page.

    Args:
        db: in a transaction.
        page_id: which page.
        wanted: group id → its components, those with an unknown id being new ones; None keeps what is there.
    """
    query = """
        SELECT page_component.id FROM page_component JOIN page_group ON page_group.id = group_id
        WHERE status_page_id = ?
    """
    known = {int(str(number)) for (number,) in db.execute(query, (page_id,))}
    for group_id, components in wanted:
        if components is None:
            rows = db.execute("SELECT id FROM page_component WHERE group_id = ?", (group_id,))
            known -= {int(str(number)) for (number,) in rows}
    left = set(known)
    for group_id, components in wanted:
        for weight, component in enumerate(components or (), 1):
            left.discard(
                _save(db, group_id, weight, component, component.id if component.id in left else None)
            )
    db.executemany("DELETE FROM page_component WHERE id = ?", [(number,) for number in left])


def _save(db: Connection, group_id: int, weight: int, component: Component, number: int | None) -> int:
    values = (group_id, weight, component.name, component.rule.value, component.share)
    if number is None:
        query = "INSERT INTO page_component (group_id, weight, name, rule, share) VALUES (?, ?, ?, ?, ?)"
        number = sql.insert(db, query, values)
    else:
        query = (
            "UPDATE page_component SET group_id = ?, weight = ?, name = ?, rule = ?, share = ? WHERE id = ?"
        )
        db.execute(query, (*values, number))
    db.execute("DELETE FROM page_component_monitor WHERE component_id = ?", (number,))
    db.executemany(
        "INSERT INTO page_component_monitor (component_id, monitor_id) VALUES (?, ?)",
        [(number, monitor_id) for monitor_id in dict.fromkeys(component.monitors)],
    )
    return number


def set_state(db: Connection, component_id: int, by_hand: SetState | None) -> None:
    """Say how a component is, or (None) let its rule decide."""
    values = (None, None, None, None) if by_hand is None else (int(by_hand.status), *by_hand[1:])
    query = """
        UPDATE page_component SET set_state = ?, set_text = ?, set_since = ?, set_until = ? WHERE id = ?
    """
    db.execute(query, (*values, component_id))


# --- Incidents that begin by themselves --------------------------------------------------------------------


def auto_incidents(db: Connection) -> dict[tuple[int, str], int]:
    """Page and service → the incident that has begun by itself."""
    query = "SELECT status_page_id, service, incident_id FROM page_auto_incident"
    return {(page_id, service): incident_id for page_id, service, incident_id in db.execute(query)}


def note_auto_incident(db: Connection, page_id: int, service: str, incident_id: int) -> None:
    """Remember what an incident has begun for."""
    query = "INSERT INTO page_auto_incident (status_page_id, service, incident_id) VALUES (?, ?, ?)"
    db.execute(query, (page_id, service, incident_id))


def forget_auto_incident(db: Connection, page_id: int, service: str) -> None:
    """It is up again."""
    db.execute("DELETE FROM page_auto_incident WHERE status_page_id = ? AND service = ?", (page_id, service))
