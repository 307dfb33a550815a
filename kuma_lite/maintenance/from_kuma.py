"""A plan from the database of an Uptime Kuma, of any version that has plans."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.core.access import FIRST_ORGANISATION
from kuma_lite.core.clock import parse_wire_time
from kuma_lite.core.records import replace
from kuma_lite.core.sentences import said
from kuma_lite.core.sql import Connection
from kuma_lite.maintenance import store
from kuma_lite.maintenance.cron import CronError, parse
from kuma_lite.maintenance.model import Plan, Strategy, TimeOfDay
from kuma_lite.maintenance.rules import pattern_of, seconds_between

_UNKNOWN: Final = said("its strategy is unknown")
_NO_TIMES: Final = said("it has no time of day to begin or to end")


def insert_row(connection: Connection, row: Mapping[str, Any], owner: int) -> None:
    """Store the plan of a row of `maintenance` under its id. Raises ValueError, a reason for people."""
    store.insert(connection, read_row(row, owner))


def read_row(row: Mapping[str, Any], owner: int) -> Plan:
    """The plan of a row of `maintenance`.

    Before Uptime Kuma 1.21 there was neither pattern nor zone, and times were UTC; until 2.0 the pattern of
    an interval was one that skips days at the end of a month. Patterns and durations are therefore made anew
    of the times. Raises ValueError, a reason for people.
    """
    try:
        strategy = Strategy(row["strategy"])
    except ValueError:
        raise ValueError(_UNKNOWN) from None
    plan = Plan(
        id=int(row["id"]),
        organisation=FIRST_ORGANISATION,
        user_id=owner,
        title=str(row["title"] or ""),
        description=str(row["description"] or ""),
        strategy=strategy,
        active=bool(row["active"]),
        interval_day=max(1, _whole(row.get("interval_day")) or 1),
        timezone=str(row.get("timezone") or "UTC"),
        start_date=row.get("start_date") or None,
        end_date=row.get("end_date") or None,
        start_time=_time(row.get("start_time")),
        end_time=_time(row.get("end_time")),
        weekdays=tuple(day for day in _list(row.get("weekdays")) if isinstance(day, int)),
        days_of_month=tuple(day for day in _list(row.get("days_of_month")) if isinstance(day, int | str)),
        cron=row.get("cron"),
        duration=_whole(row.get("duration")),
        last_start=_last_start(row.get("last_start_date")),
    )
    return _with_pattern(plan)


def _with_pattern(plan: Plan) -> Plan:
    if plan.strategy.daily_times:
        if plan.start_time is None or plan.end_time is None:
            raise ValueError(_NO_TIMES)
        plan = replace(
            plan,
            cron=pattern_of(plan.strategy, plan),
            duration=seconds_between(plan.start_time, plan.end_time),
        )
    if plan.strategy.repeats:
        try:
            parse(plan.cron or "")
        except CronError as error:
            raise ValueError(said(f"it cannot repeat: {error}")) from None
    return plan


def _time(value: Any) -> TimeOfDay | None:
    try:
        return TimeOfDay.parse(value) if value else None
    except (ValueError, AttributeError):
        return None


def _list(value: Any) -> list[Any]:
    try:
        found = json.loads(value)
    except (TypeError, ValueError):
        return []
    return found if isinstance(found, list) else []


def _whole(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _last_start(value: Any) -> int | None:
    """Seconds since 1970."""
    try:
        return parse_wire_time(value) // 1000 if value else None
    except (TypeError, ValueError):
        return None
