"""Up to a year of UTC days, with sums that are carried along."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import Any, Final

from kuma_lite.beats.minutes import NOTHING, Totals

DAY_MS: Final = 86_400_000
YEAR_DAYS: Final = 365
_DAYS_KEPT: Final = YEAR_DAYS + 35  # some more than are asked for: a clock that ran ahead may be set back


class Days:
    """Up to a year of UTC days."""

    __slots__ = ("_closed", "_closed_for", "_days", "_down", "_ping_sum", "_pings", "_up")

    def __init__(self) -> None:
        self._days = array("i")  # since 1970, ascending
        self._up = array("I")
        self._down = array("I")
        self._pings = array("I")
        self._ping_sum = array("d")
        self._closed_for = -1  # the day for which the sums of the days before it are kept
        self._closed: dict[int, Totals] = {}

    def add(self, day: int, up: int, down: int, pings: int, ping_sum: float) -> None:
        """Count beats; `day` is since 1970."""
        place = len(self._days) - 1
        if place < 0 or self._days[place] != day:
            place = self._place(day)
        self._up[place] += up
        self._down[place] += down
        self._pings[place] += pings
        self._ping_sum[place] += ping_sum
        if day < self._closed_for:
            self._closed_for = -1

    def totals(self, length: int, today: int) -> Totals:
        """Sums of `length` days, the last of which is `today`."""
        if today != self._closed_for:
            self._closed = {}
            self._closed_for = today
        closed = self._closed.get(length)
        if closed is None:
            closed = self._closed[length] = self._between(today - length + 1, today)
        place = bisect_left(self._days, today)
        if place < len(self._days) and self._days[place] == today:
            return closed.plus(self._at(place))
        return closed

    @property
    def latest(self) -> Totals:
        """The newest day, however long ago."""
        return self._at(-1) if self._days else NOTHING

    def load(self, day: int, up: int, down: int, pings: int, ping_sum: float) -> None:
        """Take what was kept of a day; days come in their order, each once."""
        self._days.append(day)
        self._up.append(up)
        self._down.append(down)
        self._pings.append(pings)
        self._ping_sum.append(ping_sum)

    def _place(self, day: int) -> int:
        """Index of a day, inserted if it is new."""
        place = bisect_left(self._days, day)
        if place == len(self._days) or self._days[place] != day:
            self._days.insert(place, day)
            for counts in (self._up, self._down, self._pings):
                counts.insert(place, 0)
            self._ping_sum.insert(place, 0.0)
            surplus = len(self._days) - _DAYS_KEPT
            if surplus > 0:
                columns: list[array[Any]] = [self._days, self._up, self._down, self._pings, self._ping_sum]
                for column in columns:
                    del column[:surplus]
                place = max(0, place - surplus)
        return place

    def _at(self, place: int) -> Totals:
        return Totals(self._up[place], self._down[place], self._pings[place], self._ping_sum[place])

    def _between(self, first: int, end: int) -> Totals:
        """Sums from `first` up to, but not including, `end`."""
        low, high = bisect_left(self._days, first), bisect_left(self._days, end)
        return Totals(
            sum(self._up[low:high]),
            sum(self._down[low:high]),
            sum(self._pings[low:high]),
            sum(self._ping_sum[low:high]),
        )
