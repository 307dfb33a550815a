"""What can be chosen for a maintenance plan."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.declarations import Choice, Kind, ShownWhen
from kuma_lite.core.options import Options, option
from kuma_lite.maintenance.model import Strategy

_DAILY = ShownWhen("strategy", tuple(one.value for one in Strategy if one.daily_times))


class MaintenanceOptions(Options):
    """A maintenance plan; wall clock times are of its zone."""

    title: str = option("", label="Title", kind=Kind.TEXT, required=True)
    description: str = option("", label="Description", kind=Kind.TEXTAREA)
    strategy: str = option(
        Strategy.MANUAL.value,
        label="Strategy",
        kind=Kind.SELECT,
        choices=tuple(Choice(one.value, one.value) for one in Strategy),
    )
    active: bool = option(True, label="Active", kind=Kind.SWITCH)
    timezone: str = option("UTC", alias="timezoneOption", label="Time zone", kind=Kind.TEXT)
    date_range: Any = option(
        [None, None],
        alias="dateRange",
        label="First and last date",
        kind=Kind.LIST,
        help="As in 2030-12-31 23:59:59; the second may be null.",
    )
    time_range: Any = option(
        None, alias="timeRange", label="Begin and end", kind=Kind.LIST, shown_when=_DAILY
    )
    interval_day: int = option(
        1, alias="intervalDay", label="Days from one to the next", kind=Kind.NUMBER, minimum=1
    )
    weekdays: Any = option([], label="Weekdays", kind=Kind.LIST, help="Sunday is 0.")
    days_of_month: Any = option([], alias="daysOfMonth", label="Days of the month", kind=Kind.LIST)
    cron: str = option("", label="Cron pattern", kind=Kind.TEXT)
    duration_minutes: float | None = option(
        None, alias="durationMinutes", label="Duration", kind=Kind.NUMBER, unit="min"
    )
    monitors: Any = option([], label="Monitors", kind=Kind.LIST)
    status_pages: Any = option([], alias="statusPages", label="Status pages", kind=Kind.LIST)
