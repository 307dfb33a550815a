"""Filters that write a time, in the server's zone or in one that is named."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from kuma_lite.core.clock import SystemClock
from kuma_lite.notifications.liquid import dates
from kuma_lite.notifications.liquid.errors import TemplateError
from kuma_lite.notifications.liquid.running import Run
from kuma_lite.notifications.liquid.values import MISSING, is_nil, number, plain, text

USUAL: Final = "%A, %B %-e, %Y at %-l:%M %P %z"
MAX_OFFSET_MINUTES: Final = 24 * 60 - 1


def _date(run: Run, value: Any, layout: Any = MISSING, zone: Any = MISSING) -> Any:
    named = _zone(zone) if not is_nil(zone) else None
    moment = _moment(run, value, named)
    if moment is None:
        return value
    return dates.written(moment, USUAL if is_nil(layout) else text(layout), _zone_name(zone, run))


def _in_layout(layout: str) -> Callable[..., Any]:
    return lambda run, value: _date(run, value, layout)


def _as_string(month: str) -> Callable[..., Any]:
    def write(run: Run, value: Any, kind: Any = MISSING, style: Any = MISSING) -> Any:
        layout = f"%d {month} %Y"
        if kind == "ordinal":
            layout = f"{month} %-d%q, %Y" if style == "US" else f"%-d%q {month} %Y"
        return _date(run, value, layout)

    return write


def _moment(run: Run, value: Any, zone: tzinfo | None) -> datetime | None:
    """The time of a value; what names no zone is of the server's. None where it is no time."""
    value, here = plain(value), _here(run)
    try:
        if value in ("now", "today"):
            moment: datetime | None = datetime.fromtimestamp(SystemClock().now(), UTC)
        elif isinstance(value, bool):
            moment = datetime.fromtimestamp(value / 1000, UTC)
        elif isinstance(value, int | float) or (
            isinstance(value, str) and value.isdigit() and value.isascii()
        ):
            moment = datetime.fromtimestamp(float(value), UTC)
        else:
            moment = dates.read(value, here) if isinstance(value, str) else None
        return None if moment is None else moment.astimezone(zone or here)
    except (ValueError, OverflowError, OSError):
        return None


def _here(run: Run) -> tzinfo:
    try:
        return ZoneInfo(run.zone)
    except (ValueError, OSError, LookupError):
        return UTC


def _zone(value: Any) -> tzinfo:
    """A zone by its IANA name, in any case, or by the minutes that it is behind UTC. Raises TemplateError."""
    if isinstance(value, str):
        try:
            return dates.offset_zone(value) or _named_zone(value)
        except (ValueError, OSError, LookupError):
            raise TemplateError(f"there is no time zone '{value}'") from None
    minutes = number(value)
    if not abs(minutes) <= MAX_OFFSET_MINUTES:
        raise TemplateError("a time zone is a name or a number of minutes")
    return timezone(timedelta(minutes=-minutes))


def _named_zone(name: str) -> tzinfo:
    for spelling in (name, name.upper(), name.title()):  # looking through all names takes half a second
        with suppress(ValueError, OSError, LookupError):
            return ZoneInfo(spelling)
    return ZoneInfo(_zones().get(name.lower(), name))


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def _zone_name(zone: Any, run: Run) -> str:
    if is_nil(zone):
        return run.zone
    return zone if isinstance(zone, str) else ""


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "date": _date,
    "date_to_long_string": _as_string("%B"),
    "date_to_rfc822": _in_layout("%a, %d %b %Y %H:%M:%S %z"),
    "date_to_string": _as_string("%b"),
    "date_to_xmlschema": _in_layout("%Y-%m-%dT%H:%M:%S%:z"),
}
