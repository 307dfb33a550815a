"""Statistics by minute, hour or day: what charts show, and what is kept of beats that are gone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, Final, NamedTuple

from msgspec import Struct

from kuma_lite.beats.model import Beat, wire_number
from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import UserError

MINUTE_S: Final = 60
HOUR_S: Final = 3_600
DAY_S: Final = 86_400
MS: Final = 1_000
_END: Final = attrgetter("end_time", "status", "ping")


class Bucket(NamedTuple):
    """What happened to one monitor in one minute, hour or day; pings are of what was up and had one."""

    up: int = 0
    down: int = 0
    maintenance: int = 0
    pings: int = 0
    ping_sum: float = 0.0  # milliseconds, as the next two
    ping_min: float = 0.0
    ping_max: float = 0.0

    def plus(self, other: Bucket) -> Bucket:
        """Both together."""
        if not self.pings or not other.pings:
            low, high = (self if self.pings else other)[5:]
        else:
            low, high = min(self.ping_min, other.ping_min), max(self.ping_max, other.ping_max)
        return Bucket(
            self.up + other.up,
            self.down + other.down,
            self.maintenance + other.maintenance,
            self.pings + other.pings,
            self.ping_sum + other.ping_sum,
            low,
            high,
        )

    def wire(self, timestamp: int) -> dict[str, Any]:
        """The bucket as `getMonitorChartData` of Uptime Kuma 2.5 sends it."""
        shown: dict[str, Any] = {
            "up": self.up,
            "down": self.down,
            "avgPing": wire_number(self.ping_sum / self.pings) if self.pings else 0,
            "minPing": wire_number(self.ping_min),
            "maxPing": wire_number(self.ping_max),
            "timestamp": timestamp,
        }
        if self.maintenance:
            shown["maintenance"] = self.maintenance
        return shown


def fold(beats: Iterable[Beat], seconds: int) -> dict[int, Bucket]:
    """Buckets by number (of `seconds` since 1970) of beats, by the time they ended."""
    return fold_ends(map(_END, beats), seconds)


def fold_ends(ends: Iterable[tuple[int, Status, float | None]], seconds: int) -> dict[int, Bucket]:
    """`fold` of what counts of each beat: `end_time`, `status`, `ping`."""
    unit = seconds * MS
    folded: dict[int, Bucket] = {}
    number, up, down, maintenance = -1, 0, 0, 0
    pings: list[float] = []
    for ended, status, ping in ends:
        if ended // unit != number:
            _put(folded, number, up, down, maintenance, pings)
            number, up, down, maintenance, pings = ended // unit, 0, 0, 0, []
        if status is Status.UP:
            up += 1
            if ping is not None:
                pings.append(ping)
        elif status is Status.MAINTENANCE:
            maintenance += 1
        elif status is Status.DOWN:  # a retry is neither
            down += 1
    _put(folded, number, up, down, maintenance, pings)
    return folded


def _put(
    folded: dict[int, Bucket], number: int, up: int, down: int, maintenance: int, pings: list[float]
) -> None:
    if up or down or maintenance:
        some = (sum(pings), min(pings), max(pings)) if pings else (0.0, 0.0, 0.0)
        bucket = Bucket(up, down, maintenance, len(pings), *some)
        before = folded.get(number)  # there is one already where the clock was set back
        folded[number] = bucket if before is None else before.plus(bucket)


def coarser(buckets: Mapping[int, Bucket], factor: int) -> dict[int, Bucket]:
    """The same in buckets `factor` times as long."""
    folded: dict[int, Bucket] = {}
    for number, bucket in buckets.items():
        before = folded.get(number // factor)
        folded[number // factor] = bucket if before is None else before.plus(bucket)
    return folded


class Span(Struct, frozen=True):
    """Which buckets a chart shows: `length` of them, `seconds` each, the last one is number `last`."""

    seconds: int
    length: int
    last: int

    @property
    def first(self) -> int:
        """Number of the oldest bucket."""
        return self.last - self.length + 1


def days_span(days: int, now: float) -> Span:
    """So many UTC days, today the last of them; `now` is seconds since 1970."""
    return Span(DAY_S, days, int(now) // DAY_S)


def hours_span(hours: int, now: float) -> Span:
    """So many hours, the current one the last of them; `now` is seconds since 1970."""
    return Span(HOUR_S, hours, int(now) // HOUR_S)


def span_of(hours: float, now: float) -> Span:
    """The buckets of a chart over so many hours (Uptime Kuma 2.5): a day by the minute, a month by the hour.

    Raises:
        UserError: more than a year.
    """
    if hours <= 24:
        seconds, count = MINUTE_S, hours * 60
    elif hours <= 720:
        seconds, count = HOUR_S, hours
    else:
        seconds, count = DAY_S, hours / 24
    if seconds == DAY_S and count > 365:
        raise UserError("The maximum number of days is 365")
    return Span(seconds, max(0, math.ceil(count)), int(now) // seconds)


def chart(buckets: Mapping[int, Bucket], span: Span) -> list[dict[str, Any]]:
    """Wire rows of a chart, newest first; only the current bucket is shown when it is empty."""
    numbers = [number for number in buckets if span.first <= number <= span.last]
    if span.length and span.last not in buckets:
        numbers.append(span.last)
    return [
        buckets.get(number, Bucket()).wire(number * span.seconds) for number in sorted(numbers, reverse=True)
    ]
