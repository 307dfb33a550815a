"""The SQL of maintenance plans and of what they are linked with.

Links to status pages have no foreign key: pages are another feature's, which may not be there.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core import sql
from kuma_lite.core.clock import MILLISECONDS
from kuma_lite.core.errors import UserError
from kuma_lite.core.sql import Connection
from kuma_lite.maintenance.model import Plan, Strategy, TimeOfDay

log = logging.getLogger(__name__)

_COLUMNS: Final = (
    "organisation_id", "user_id",
    "title", "description", "strategy", "active", "interval_day", "timezone", "start_date",
    "end_date", "start_time", "end_time", "weekdays", "days_of_month", "cron", "duration", "last_start",
)  # fmt: skip
_NAMES: Final = ", ".join(_COLUMNS)
_MARKS: Final = ", ".join("?" * len(_COLUMNS))
_INSERT: Final = f"INSERT INTO maintenance ({_NAMES}) VALUES ({_MARKS})"  # noqa: S608
_IMPORT: Final = f"INSERT INTO maintenance (id, {_NAMES}) VALUES (?, {_MARKS})"  # noqa: S608
_UPDATE: Final = f"UPDATE maintenance SET ({_NAMES}) = ({_MARKS}) WHERE id = ?"  # noqa: S608
_SELECT: Final = f"SELECT id, {_NAMES} FROM maintenance ORDER BY id"  # noqa: S608


class Stored(Struct, frozen=True):
    """A plan with its links."""

    plan: Plan
    monitor_ids: tuple[int, ...]  # in the order in which they were attached, as the pages
    page_ids: tuple[int, ...]


def read_all(db: Connection) -> list[Stored]:
    """Every plan, ascending by id; one that makes no sense (imported) is left out and logged."""
    monitors = _links(
        db, "SELECT maintenance_id, monitor_id FROM monitor_maintenance ORDER BY 1, position, 2"
    )
    pages = _links(
        db, "SELECT maintenance_id, status_page_id FROM maintenance_status_page ORDER BY 1, position, 2"
    )
    found = []
    for row in db.execute(_SELECT):
        try:
            plan = _plan(row)
        except ValueError as error:
            log.warning("Maintenance %s cannot be read and is left out: %s", row[0], error)
            continue
        found.append(Stored(plan, tuple(monitors.get(plan.id, ())), tuple(pages.get(plan.id, ()))))
    return found


def insert(db: Connection, plan: Plan) -> int:
    """Store a new plan; returns its id. One that has an id already (imported) keeps it."""
    if plan.id:
        return sql.insert(db, _IMPORT, (plan.id, *_row(plan)))
    return sql.insert(db, _INSERT, _row(plan))


def update(db: Connection, plan: Plan) -> None:
    """Store a plan that is there already."""
    db.execute(_UPDATE, (*_row(plan), plan.id))


def note_start(db: Connection, plan_id: int, last_start: int) -> None:
    """Remember when the latest window began (seconds since 1970)."""
    db.execute("UPDATE maintenance SET last_start = ? WHERE id = ?", (last_start * MILLISECONDS, plan_id))


def delete(db: Connection, plan_id: int) -> None:
    """Remove a plan and its links."""
    db.execute("DELETE FROM maintenance WHERE id = ?", (plan_id,))


def link_monitors(db: Connection, plan_id: int, monitor_ids: Iterable[int]) -> None:
    """Replace the monitors of a plan. Raises UserError for one that has been removed meanwhile."""
    db.execute("DELETE FROM monitor_maintenance WHERE maintenance_id = ?", (plan_id,))
    for position, monitor_id in enumerate(monitor_ids):
        db.execute(
            "INSERT INTO monitor_maintenance (maintenance_id, monitor_id, position)"
            " SELECT maintenance.id, monitor.id, ?"
            " FROM maintenance CROSS JOIN monitor WHERE maintenance.id = ? AND monitor.id = ?",
            (position, plan_id, monitor_id),
        )
        if not db.changes():
            raise UserError("One of the monitors does not exist.", about="monitors")


def link_pages(db: Connection, plan_id: int, page_ids: Iterable[int]) -> None:
    """Replace the status pages of a plan."""
    db.execute("DELETE FROM maintenance_status_page WHERE maintenance_id = ?", (plan_id,))
    db.executemany(
        "INSERT INTO maintenance_status_page (maintenance_id, status_page_id, position) VALUES (?, ?, ?)",
        [(plan_id, item, position) for position, item in enumerate(page_ids)],
    )


def _links(db: Connection, query: str) -> dict[int, list[int]]:
    links: dict[int, list[int]] = {}
    for plan_id, other in db.execute(query):
        links.setdefault(int(str(plan_id)), []).append(int(str(other)))
    return links


def _row(plan: Plan) -> tuple[Any, ...]:
    return (
        plan.organisation,
        plan.user_id,
        plan.title,
        plan.description,
        plan.strategy.value,
        int(plan.active),
        plan.interval_day,
        plan.timezone,
        plan.start_date,
        plan.end_date,
        plan.start_time.text if plan.start_time else None,
        plan.end_time.text if plan.end_time else None,
        json.dumps(plan.weekdays),
        json.dumps(plan.days_of_month),
        plan.cron,
        plan.duration,
        None if plan.last_start is None else plan.last_start * MILLISECONDS,
    )


def _plan(row: Any) -> Plan:
    values = dict(zip(("id", *_COLUMNS), row, strict=True))
    last_start = values["last_start"]
    return Plan(
        id=values["id"],
        organisation=values["organisation_id"],
        user_id=values["user_id"],
        title=values["title"],
        description=values["description"],
        strategy=Strategy(values["strategy"]),
        active=bool(values["active"]),
        interval_day=values["interval_day"],
        timezone=values["timezone"],
        start_date=values["start_date"],
        end_date=values["end_date"],
        start_time=TimeOfDay.parse(values["start_time"]) if values["start_time"] else None,
        end_time=TimeOfDay.parse(values["end_time"]) if values["end_time"] else None,
        weekdays=tuple(json.loads(values["weekdays"])),
        days_of_month=tuple(json.loads(values["days_of_month"])),
        cron=values["cron"],
        duration=values["duration"],
        last_start=None if last_start is None else last_start // MILLISECONDS,
    )
