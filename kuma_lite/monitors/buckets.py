"""Statistics by minute, hour or day: what charts show, and what is kept of beats that are gone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import UserError
from kuma_lite.monitors.model import Beat, wire_number

MINUTE_S: Final = 60
HOUR_S: Final = 3_600
DAY_S: Final = 86_400
MS: Final = 1_000


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


_DOWN: Final = Bucket(down=1)
_MAINTENANCE: Final = Bucket(maintenance=1)
_UP: Final = Bucket(up=1)


def bucket_of(beat: Beat) -> Bucket:
    """What one beat adds."""
    if beat.status is Status.UP:
        ping = beat.ping
        return _UP if ping is None else Bucket(1, 0, 0, 1, ping, ping, ping)
    return _MAINTENANCE if beat.status is Status.MAINTENANCE else _DOWN


def fold(beats: Iterable[Beat], seconds: int) -> dict[int, Bucket]:
    """Buckets by number (of `seconds` since 1970) of beats, by the time they ended."""
    unit = seconds * MS
    folded: dict[int, list[float]] = {}
    for beat in beats:
        number = beat.end_time // unit
        row = folded.get(number)
        if row is None:
            row = folded[number] = [0, 0, 0, 0, 0.0, math.inf, -math.inf]
        if beat.status is Status.UP:
            row[0] += 1
            ping = beat.ping
            if ping is not None:
                row[3] += 1
                row[4] += ping
                row[5] = min(row[5], ping)
                row[6] = max(row[6], ping)
        elif beat.status is Status.MAINTENANCE:
            row[2] += 1
        else:
            row[1] += 1
    return {number: _bucket(row) for number, row in folded.items()}


def _bucket(row: list[float]) -> Bucket:
    up, down, maintenance, pings, ping_sum, low, high = row
    counts = int(up), int(down), int(maintenance), int(pings)
    return Bucket(*counts, ping_sum, low, high) if pings else Bucket(*counts)


class Span(NamedTuple):
    """Which buckets a chart shows: `length` of them, `seconds` each, the last one is number `last`."""

    seconds: int
    length: int
    last: int

    @property
    def first(self) -> int:
        """Number of the oldest bucket."""
        return self.last - self.length + 1


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


def chart(buckets: dict[int, Bucket], span: Span) -> list[dict[str, Any]]:
    """Wire rows of a chart, newest first; only the current bucket is shown when it is empty."""
    numbers = [number for number in buckets if span.first <= number <= span.last]
    if span.length and span.last not in buckets:
        numbers.append(span.last)
    return [
        buckets.get(number, Bucket()).wire(number * span.seconds) for number in sorted(numbers, reverse=True)
    ]
