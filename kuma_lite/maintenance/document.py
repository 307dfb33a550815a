"""The maintenance object of Uptime Kuma 2.5."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.clock import to_ms, wire_date
from kuma_lite.core.errors import UserError
from kuma_lite.core.iso_time import iso
from kuma_lite.maintenance.model import Plan, PlanStatus, Strategy, TimeOfDay
from kuma_lite.maintenance.rules import Slot, fixed_status_at, state_at, status_at, zone_name
from kuma_lite.maintenance.windows import next_windows
from kuma_lite.maintenance.zones import known_zone_of, offset_text

Document = dict[str, Any]

MAX_MINUTES: Final = 527_040  # a year; what lasts longer is better paused


def listed(plan: Plan, now: float, server_zone: str) -> Document:
    """A plan in `maintenanceList`.

    A plan without a pattern has no `duration` there, and null for `durationMinutes`.
    """
    status, slots = state_at(plan, now, server_zone)
    document = {
        **_common(plan, now, server_zone),
        "timeslotList": _single(plan) or [_slot(slot) for slot in slots],
        "cron": plan.cron or "",
        "durationMinutes": None,
        "status": status.value,
    }
    if plan.cron:
        document |= {"duration": plan.duration, "durationMinutes": _minutes(plan)}
    return document


def stored(plan: Plan, now: float, server_zone: str) -> Document:
    """A plan in the answer of `getMaintenance`: Uptime Kuma 2.5 takes it from the database alone.

    Therefore a repeating plan has neither slots nor a status worth the name there.
    """
    return {
        **_common(plan, now, server_zone),
        "timeslotList": _single(plan),
        "cron": plan.cron,
        "duration": plan.duration,
        "durationMinutes": _minutes(plan),
        "status": (fixed_status_at(plan, now, server_zone) or PlanStatus.UNKNOWN).value,
    }


def plan_from_now(title: Any, minutes: Any, now: float) -> Document:
    """What `addMaintenance` takes for a plan from now on, for `minutes`; None: until somebody ends it.

    Raises UserError for what is no duration; the title is read with the rest.
    """
    if minutes is None:
        return {"title": title, "strategy": Strategy.MANUAL.value, "dateRange": [None, None]}
    length = wire_values.number(minutes)
    if length is None or not 0 < length <= MAX_MINUTES:
        raise UserError("The duration must be a number of minutes, at most {most}.", most=MAX_MINUTES)
    # With their offset: an hour that comes twice in the server's zone is still one moment.
    ends = [datetime.fromtimestamp(int(moment), UTC).isoformat() for moment in (now, now + 60 * length)]
    return {"title": title, "strategy": Strategy.SINGLE.value, "dateRange": ends}


STATE_EXAMPLE: Final = {
    "status": "scheduled",
    "begins_at": "2026-11-29T02:00:00Z",
    "ends_at": "2026-11-29T04:00:00Z",
}


def state_of(plan: Plan, now: float, server_zone: str) -> Document:
    """What a plan is now, and the window that runs or comes next; null for what nobody knows yet."""
    window = next(iter(next_windows(plan, now, server_zone, 1)), None)
    return {
        "status": status_at(plan, now, server_zone).value,
        "begins_at": iso(to_ms(window.start)) if window else None,
        "ends_at": iso(to_ms(window.end)) if window and window.end is not None else None,
    }


def _common(plan: Plan, now: float, server_zone: str) -> Document:
    zone = zone_name(plan, server_zone)
    return {
        "id": plan.id,
        "title": plan.title,
        "description": plan.description,
        "strategy": plan.strategy.value,
        "intervalDay": plan.interval_day,
        "active": plan.active,
        "dateRange": [plan.start_date, plan.end_date] if plan.end_date else [plan.start_date],
        "timeRange": [_time(plan.start_time), _time(plan.end_time)],
        "weekdays": list(plan.weekdays),
        "daysOfMonth": list(plan.days_of_month),
        "timezone": zone,
        "timezoneOption": plan.timezone,
        "timezoneOffset": offset_text(now, known_zone_of(zone)),
    }


def _minutes(plan: Plan) -> int:
    return (plan.duration or 0) // 60


def _time(time: TimeOfDay | None) -> Document:
    return time._asdict() if time else {"hours": 0, "minutes": 0}


def _single(plan: Plan) -> list[Document]:
    """The one window of a single plan, as it was written."""
    if plan.strategy is not Strategy.SINGLE:
        return []
    return [{"startDate": plan.start_date, "endDate": plan.end_date}]


def _slot(slot: Slot) -> Document:
    return {"startDate": _iso(slot.start), "endDate": _iso(slot.end)}


def _iso(moment: float) -> str:
    return f"{wire_date(moment).replace(' ', 'T')}.000Z"
