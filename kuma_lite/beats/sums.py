"""Uptime and average response time of one monitor over a day, 30 days and a year, always up to date.

The day slides by the minute, the longer windows by the UTC day (Uptime Kuma 2.5). Sums are carried along,
so that a beat costs the same however much is remembered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kuma_lite.beats.buckets import Bucket
from kuma_lite.beats.days import DAY_MS, YEAR_DAYS, Days
from kuma_lite.beats.minutes import DAY_MINUTES, MINUTE_MS, Minutes, Totals, counted
from kuma_lite.core.declarations import Status

MONTH_DAYS: Final = 30


class Statistics:
    """What is known about one monitor."""

    __slots__ = ("days", "minutes")

    def __init__(self) -> None:
        self.minutes = Minutes()
        self.days = Days()

    def add(self, status: Status, ping: float | None, at: int) -> None:
        """Count a beat; `at` is when it ended, in milliseconds since 1970. A retry counts as nothing."""
        if status is Status.PENDING:
            return
        what = counted(status, ping)
        self.minutes.add(at // MINUTE_MS, *what)
        self.days.add(at // DAY_MS, *what)

    def add_minutes(self, buckets: Mapping[int, Bucket]) -> None:
        """Count what was up and down in some minutes, by their number since 1970."""
        self.minutes.add_all(buckets)
        for minute, bucket in buckets.items():
            self.days.add(minute // DAY_MINUTES, bucket.up, bucket.down, bucket.pings, bucket.ping_sum)

    def uptime(self, window: str, now: float) -> float:
        """Share of beats that were up, 0..1, unrounded.

        Args:
            window: "24" (hours), "720" (hours, as 30 days) or "1y".
            now: seconds since 1970.
        """
        return self.totals(window, now).uptime

    def average_ping(self, window: str, now: float) -> float | None:
        """Mean response time in milliseconds; None without any."""
        return self.totals(window, now).average_ping

    def totals(self, window: str, now: float) -> Totals:
        """Sums of a window; of the bucket counted last where nothing is in the window."""
        ms = int(now * 1000)
        part: Minutes | Days
        if window == "24":
            part = self.minutes
            found = part.totals(ms // MINUTE_MS)
        else:
            part = self.days
            found = part.totals(MONTH_DAYS if window == "720" else YEAR_DAYS, ms // DAY_MS)
        return part.latest if found.empty else found

    def steady_until(self, now: float) -> float:
        """The moment from which on `totals` may be others without another beat, in seconds since 1970."""
        ms = int(now * 1000)
        minute = self.minutes.steady_until(ms // MINUTE_MS)
        return min(minute * MINUTE_MS, (ms // DAY_MS + 1) * DAY_MS) / 1000
