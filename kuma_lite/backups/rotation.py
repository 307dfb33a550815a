"""Which backups are kept, and when the next one is due: rules without a disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

HOUR, DAY, WEEK, MONTH = "hour", "day", "week", "month"
EVERY: Final = (HOUR, DAY, WEEK)  # how often one can be made


class Keep(NamedTuple):
    """The newest backup of each of so many hours, days, weeks and months is kept."""

    hour: int = 0
    day: int = 7
    week: int = 4
    month: int = 0


_PERIOD: Final[dict[str, Callable[[datetime], tuple[int, ...]]]] = {
    HOUR: lambda at: (at.year, at.month, at.day, at.hour),
    DAY: lambda at: (at.year, at.month, at.day),
    WEEK: lambda at: tuple(at.isocalendar()[:2]),
    MONTH: lambda at: (at.year, at.month),
}


def kept(times: Iterable[datetime], keep: Keep) -> set[datetime]:
    """Those that stay, of all there are. The newest one always does."""
    newest_first = sorted(set(times), reverse=True)
    found = set(newest_first[:1])
    for name, period in _PERIOD.items():
        seen: list[tuple[int, ...]] = []
        for at in newest_first:
            if len(seen) >= getattr(keep, name):
                break
            if (this := period(at)) not in seen:
                seen.append(this)
                found.add(at)
    return found


def next_due(last: datetime | None, every: str, hour: int, now: datetime) -> datetime:
    """When the next backup is to be made; in the past: now.

    Args:
        last: when the latest one was made; None: never.
        every: "hour", "day" or "week".
        hour: of the day at which daily and weekly ones are made, 0–23, in the zone of `now`.
        now: with a time zone.
    """
    if last is None:
        return now
    local = last.astimezone(now.tzinfo)
    if every == HOUR:
        return _start_of_hour(local) + timedelta(hours=1)
    planned = _at(local, hour)
    if planned <= local:
        planned = _at(local + timedelta(days=1), hour)
    return planned if every == DAY else _at(planned + timedelta(days=6), hour)


def _start_of_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _at(day: datetime, hour: int) -> datetime:
    """That hour of that day on the wall clock; where clocks skip it, the one after."""
    naive = day.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    zone = day.tzinfo
    return naive.astimezone(ZoneInfo("UTC")).astimezone(zone)
