"""Cron patterns in the dialect of Uptime Kuma 2.5 (there the library croner evaluates them).

Five fields, or six with leading seconds: `*`, numbers, names, ranges, steps and lists; `L` is the last day
of the month; `5#2` the second Friday, `5#L` the last; Sunday is 0 or 7; `?` is any value; a day matches if
its day of the month *or* its weekday does, when both are restricted. `@daily` and its like stand for
patterns, and a date with a time (anything with a `:`) for that one moment.

The parser is our own because the dialect is: the libraries there are differ in `L`, `#`, six fields and in
what a change of the clock does, and refuse in other words than clients know.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from msgspec import Struct

from kuma_lite.maintenance.zones import moments_of, offset_of, parse_wall, to_moment, to_wall

SEARCH_YEARS: Final = 41  # the fifth Monday of a February comes every 28 years, once in a century after 40
LAST_YEAR: Final = 9980  # of a calendar that ends in 9999, with room for a window's length
_DAY_S: Final = 86_400

_NICKNAMES: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}


class _Field(Struct, frozen=True):
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()  # the first stands for `low`


_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_SUNDAY: Final = 7  # as the end of a range; everywhere else 0
_FIELDS: Final = (
    _Field("second", 0, 59),
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("dayOfWeek", 0, 7, _WEEKDAYS),
)
_LAST: Final = -1
_EVERY: Final = 0


class CronError(ValueError):
    """The pattern is none; the message is Uptime Kuma's."""

    def __init__(self, message: str) -> None:
        super().__init__(f"CronPattern: {message}")


class Pattern(Struct, frozen=True):
    """When something happens, over and over."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int] | None  # None: not restricted
    last_day: bool
    months: frozenset[int]
    weekdays: frozenset[tuple[int, int]] | None  # (Sunday = 0 ..., which of the month); None: not restricted
    hours_pass: bool = False  # `*` or `*/n` hours: such a pattern goes on in an hour that comes twice

    def next_after(self, moment: float, zone: tzinfo) -> float | None:
        """The first occurrence later than `moment`; None when there is none in the next decades."""
        earliest = math.floor(moment) + 1
        # Just after a gap, skipped wall times are still to come: they are counted from the offset before it.
        # Before an hour that comes twice, its second time has earlier wall times than some of the first.
        days = (0, -1, 1) if self.hours_pass else (0, -1)
        offsets = [offset_of(earliest + day * _DAY_S, zone) for day in days]
        slack = max(offsets) - min(offsets) if self.hours_pass else timedelta()
        best: float | None = None
        for wall in self._walls(to_wall(earliest, zone) - offsets[0] + min(offsets)):
            if best is not None and wall >= to_wall(best, zone) + slack:
                break
            moments = moments_of(wall, zone) if self.hours_pass else (to_moment(wall, zone),)
            for found in moments:
                if found >= earliest and (best is None or found < best):
                    best = found
        return best

    def days_of(self, year: int, month: int) -> list[int]:
        """The matching days of a month, ascending."""
        first_weekday, length = monthrange(year, month)
        if self.days is None and self.weekdays is None:
            return list(range(1, length + 1))
        matching = {day for day in self.days or () if day <= length}
        if self.last_day:
            matching.add(length)
        for weekday, which in self.weekdays or ():
            # `monthrange` counts weekdays from Monday = 0.
            dates = range(1 + (weekday - 1 - first_weekday) % 7, length + 1, 7)
            if which == _EVERY:
                matching.update(dates)
            elif which == _LAST:
                matching.add(dates[-1])
            elif which <= len(dates):
                matching.add(dates[which - 1])
        return sorted(matching)

    def _walls(self, start: datetime) -> Iterator[datetime]:
        """Matching wall times from `start` on, ascending."""
        for day in self._dates(start.date()):
            earliest = start.time() if day == start.date() else time.min
            for hour in self.hours:
                if hour < earliest.hour:
                    continue
                for minute in self.minutes:
                    if (hour, minute) < (earliest.hour, earliest.minute):
                        continue
                    for second in self.seconds:
                        if time(hour, minute, second) >= earliest:
                            yield datetime.combine(day, time(hour, minute, second))

    def _dates(self, start: date) -> Iterator[date]:
        for year in range(start.year, min(start.year + SEARCH_YEARS, LAST_YEAR) + 1):
            for month in range(1, 13):
                if month in self.months and (year, month) >= (start.year, start.month):
                    for day in self.days_of(year, month):
                        if date(year, month, day) >= start:
                            yield date(year, month, day)


class Once(Struct, frozen=True):
    """A date in the place of a pattern."""

    wall: datetime

    def next_after(self, moment: float, zone: tzinfo) -> float | None:
        """The date, if it is still to come."""
        found = to_moment(self.wall, zone)
        return found if found > moment else None


def parse(text: str) -> Pattern | Once:
    """Read a pattern. Raises CronError."""
    if ":" in text:
        try:
            return Once(parse_wall(text))
        except ValueError:
            raise CronError(f"invalid date '{text}'.") from None
    parts = re.sub(r"\s+", " ", _NICKNAMES.get(text.strip().lower(), text)).split(" ")
    if not 5 <= len(parts) <= 6:
        raise CronError(
            f"invalid configuration format ('{text}'), "
            "exactly five or six space separated parts are required."
        )
    if len(parts) == 5:
        parts.insert(0, "0")
    second, minute, hour, day, month, weekday = (part.replace("?", "*") for part in parts)
    items = day.replace("l", "L").split(",")
    plain_days = ",".join(item for item in items if item != "L")
    return Pattern(
        seconds=_values(0, second),
        minutes=_values(1, minute),
        hours=_values(2, hour),
        days=None if "*" in items else frozenset(_values(3, plain_days) if plain_days or not day else ()),
        last_day="L" in items,
        months=frozenset(_values(4, month)),
        weekdays=None if "*" in weekday.split(",") else frozenset(_weekdays(weekday)),
        hours_pass=hour.startswith("*"),
    )


def _values(index: int, text: str) -> tuple[int, ...]:
    """The values of one field, ascending."""
    return tuple(sorted({value for item in text.split(",") for value in _item(index, item)}))


def _weekdays(text: str) -> Iterator[tuple[int, int]]:
    for item in text.split(","):
        days, mark, which = item.partition("#")
        if mark and which not in ("1", "2", "3", "4", "5", "L", "l"):
            raise CronError(f"configuration entry 5 ({text}) has an occurrence outside 1 to 5.")
        number = (_LAST if which in "Ll" else int(which)) if mark else _EVERY
        for value in _item(5, days):
            yield value % 7, number


def _item(index: int, text: str) -> range:
    """`*`, `n`, `a-b`, each with an optional step."""
    field = _FIELDS[index]
    if not text:
        raise CronError(f"configuration entry {field.name} () is empty, check for trailing spaces.")
    span, slash, step_text = text.partition("/")
    low_text, dash, high_text = span.partition("-")
    if span == "*":
        low, high = field.low, min(field.high, _SUNDAY - 1) if index == 5 else field.high
    else:
        low = _number(index, low_text, text)
        high = _number(index, high_text, text) if dash else field.high if slash else low
        if index == 5 and dash and high == 0:
            high = _SUNDAY
        if low > high:
            raise CronError(f"configuration entry {field.name} ({text}) counts backwards.")
    if not slash:
        return range(low, high + 1)
    if not step_text.isdecimal() or not 0 < int(step_text) <= field.high:
        raise CronError(f"configuration entry {field.name} ({text}) has no usable step.")
    return range(low, high + 1, int(step_text))


def _number(index: int, text: str, whole: str) -> int:
    field = _FIELDS[index]
    if text.upper() in field.names:
        return field.low + field.names.index(text.upper())
    if not (text.isascii() and text.isdecimal()):
        raise CronError(f"configuration entry {index} ({whole}) contains illegal characters.")
    value = int(text)
    if not field.low <= value <= field.high:
        raise CronError(f"Invalid value for {field.name}: {text}")
    return value
