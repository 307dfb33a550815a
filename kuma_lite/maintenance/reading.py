"""Reading the object of `addMaintenance` and `editMaintenance`; nothing is stored of one that is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.time_zones import zone_named
from kuma_lite.maintenance.cron import CronError, parse
from kuma_lite.maintenance.model import SAME_AS_SERVER, Plan, Strategy, TimeOfDay
from kuma_lite.maintenance.rules import pattern_of, seconds_between
from kuma_lite.maintenance.zones import parse_wall

MAX_INTERVAL_DAYS: Final = 365_000  # a thousand years; the calendar must not end before the next window
MAX_DURATION_MINUTES: Final = 5_256_000  # ten years; the calendar must not end within a window
MAX_PATTERN_CHARS: Final = 500  # every minute of an hour, spelled out, takes 170


def read_added(actor: Actor, payload: Any) -> Plan:
    """A new plan (its id is 0). Raises UserError."""
    data = _object(payload)
    base = Plan(
        id=0,
        organisation=actor.organisation,
        user_id=actor.user_id,
        title="",
        description="",
        strategy=Strategy.MANUAL,
    )
    if "title" not in data:
        raise UserError("The title is missing.", about="title")
    if "strategy" not in data:
        raise UserError("The strategy is missing.", about="strategy")
    return _read(data, base)


def read_edited(payload: Any, old: Plan) -> Plan:
    """A plan with what the client sent; what it left out stays. Raises UserError."""
    plan = _read(_object(payload), old)
    # Uptime Kuma 2.5 stores no pattern until a plan is saved for the second time, and then an empty one.
    return replace(plan, cron=plan.cron or "")


def _object(payload: Any) -> Mapping[str, Any]:
    if not isinstance(payload, Mapping):
        raise UserError("The maintenance must be an object.")
    return payload


def _read(data: Mapping[str, Any], base: Plan) -> Plan:
    dates = _pair(_one_or_more(data.get("dateRange")), "The date range is missing.")
    start, end = _date(dates[0], "Invalid start date"), _date(dates[1], "Invalid end date")
    plan = replace(
        base,
        title=_text(data.get("title", base.title), "title"),
        description=_text(data.get("description", base.description), "description"),
        strategy=_strategy(data.get("strategy", base.strategy)),
        active=wire_values.flag(data.get("active", base.active)),
        interval_day=_interval(data.get("intervalDay"), base.interval_day),
        timezone=_zone(data.get("timezoneOption", base.timezone)),
        start_date=start,
        end_date=end,
    )
    if plan.strategy is Strategy.SINGLE and start is None:
        raise UserError("Invalid start date", about="dateRange")
    if plan.strategy.daily_times:
        return _with_daily_times(data, plan)
    if plan.strategy is Strategy.CRON:
        return _with_cron(data, plan)
    return plan


def _with_daily_times(data: Mapping[str, Any], plan: Plan) -> Plan:
    times = _pair(data.get("timeRange"), "The time range is missing.")
    start, end = _time(times[0]), _time(times[1])
    plan = replace(
        plan,
        start_time=start,
        end_time=end,
        weekdays=_weekdays(data.get("weekdays", plan.weekdays)),
        days_of_month=_days_of_month(data.get("daysOfMonth", plan.days_of_month)),
        duration=seconds_between(start, end),
    )
    return replace(plan, cron=_pattern(pattern_of(plan.strategy, plan)))


def _with_cron(data: Mapping[str, Any], plan: Plan) -> Plan:
    sent = data.get("durationMinutes")
    minutes = wire_values.number(sent)
    if minutes is None or isinstance(sent, bool):
        raise UserError("The duration must be a number of minutes.", about="durationMinutes")
    if not 0 <= minutes <= MAX_DURATION_MINUTES:
        raise UserError(
            "The duration must be between 0 and {most} minutes.",
            most=MAX_DURATION_MINUTES,
            about="durationMinutes",
        )
    return replace(plan, cron=_pattern(data.get("cron")), duration=round(minutes * 60))


def _pattern(text: Any) -> str:
    if not isinstance(text, str):
        raise UserError("The cron pattern is missing.", about="cron")
    if len(text) > MAX_PATTERN_CHARS:
        raise UserError(
            "The cron pattern is longer than {most} characters.", most=MAX_PATTERN_CHARS, about="cron"
        )
    try:
        parse(text)
    except CronError as error:
        raise UserError(str(error), about="cron") from None
    return text


def _strategy(value: Any) -> Strategy:
    try:
        return Strategy(value)
    except ValueError:
        # Uptime Kuma 2.5 has no pattern for an unknown strategy, and says that it is none.
        _pattern("")
        raise


def _text(value: Any, what: str) -> str:
    text = wire_values.text(value)
    if text is None:
        raise UserError("The {what} must be a text.", what=what)
    return text


def _one_or_more(value: Any) -> list[Any] | None:
    """A list, or one value that stands for one; None for nothing."""
    return None if value is None else wire_values.listed(value)


def _pair(value: Any, refusal: str) -> tuple[Any, Any]:
    if not isinstance(value, list):
        raise UserError(refusal)
    first, second, *_ = [*value, None, None]
    return first, second


def _date(value: Any, refusal: str) -> str | None:
    if not value:
        return None
    try:
        parse_wall(value)
    except (TypeError, AttributeError, ValueError):
        raise UserError(refusal, about="dateRange") from None
    assert isinstance(value, str)
    return value


def _time(value: Any) -> TimeOfDay:
    if not isinstance(value, Mapping):
        raise UserError("The time range needs a start and an end.", about="timeRange")
    try:
        return TimeOfDay.checked(*(_whole(value.get(key, 0)) for key in ("hours", "minutes", "seconds")))
    except ValueError:
        raise UserError("The time range has a time that no clock shows.", about="timeRange") from None


def _interval(value: Any, base: int) -> int:
    if value is None:
        return base
    try:
        days = _whole(value)
    except ValueError:
        days = 0
    if not 1 <= days <= MAX_INTERVAL_DAYS:
        raise UserError(
            "The interval must be between 1 and {most} days.", most=MAX_INTERVAL_DAYS, about="intervalDay"
        )
    return days


def _zone(value: Any) -> str:
    if value is None:
        return "UTC"  # what Uptime Kuma 2.5 runs it in
    if value == SAME_AS_SERVER:
        return SAME_AS_SERVER
    try:
        zone_named(_text(value, "time zone"))
    except ValueError:
        raise UserError("There is no time zone {value}.", value=value, about="timezoneOption") from None
    return str(value)


def _weekdays(value: Any) -> tuple[int, ...]:
    refusal = UserError("The weekdays must be numbers.", about="weekdays")
    try:
        return tuple(_whole(day) for day in wire_values.listed(value))
    except ValueError:
        raise refusal from None


def _days_of_month(value: Any) -> tuple[int | str, ...]:
    days: list[int | str] = []
    for day in wire_values.listed(value):
        if isinstance(day, str) and day.startswith("lastDay"):
            days.append(day)
            continue
        try:
            days.append(_whole(day))
        except ValueError:
            raise UserError("A day of the month must be a number or lastDay1.", about="daysOfMonth") from None
    return tuple(days)


def _whole(value: Any) -> int:
    """A whole number as a client sends it. Raises ValueError."""
    found = wire_values.whole(value)
    if found is None:
        raise ValueError(value)
    return found
