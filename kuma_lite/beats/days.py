"""Up to a year of UTC days, with sums that are carried along; the days that are over are kept packed."""

from __future__ import annotations

import struct
import sys
from bisect import bisect_left
from typing import Final

from kuma_lite.beats.minutes import NOTHING, Totals
from kuma_lite.beats.planes import pack_rows, unpack_rows

DAY_MS: Final = 86_400_000
YEAR_DAYS: Final = 365
_DAYS_KEPT: Final = YEAR_DAYS + 35  # some more than are asked for: a clock that ran ahead may be set back

# Day since 1970, up, down, pings, sum of ping in milliseconds.
_DAY: Final = struct.Struct("<iIIId")
_SIZE: Final = _DAY.size
packed_day: Final = _DAY.pack
_LITTLE: Final = sys.byteorder == "little"
_PACKED_FROM: Final = 8  # days; fewer take no less room for it


class Days:
    """Up to a year of UTC days: the newest one being counted, and those before it, oldest first."""

    __slots__ = (
        "_before", "_count", "_day", "_down", "_kept", "_kept_for", "_ping_sum", "_pings", "_up",
    )  # fmt: skip

    def __init__(self) -> None:
        self._before = b""  # the days before the newest one
        self._count = 0  # how many
        self._day = -1  # the newest one; -1: there is none
        self._up = self._down = self._pings = 0
        self._ping_sum = 0.0
        self._kept_for = -1  # the day for which the sums of the days before it are kept
        self._kept: tuple[tuple[int, Totals], ...] = ()  # by length of a window

    def __len__(self) -> int:
        return self._count + (self._day >= 0)

    def add(self, day: int, up: int, down: int, pings: int, ping_sum: float) -> None:
        """Count beats; `day` is since 1970."""
        if day < self._kept_for:
            self._kept_for = -1
        if day != self._day:
            if day < self._day:  # the clock was set back, or something came late
                self._add_before(day, up, down, pings, ping_sum)
                return
            self._begin(day)
        self._up += up
        self._down += down
        self._pings += pings
        self._ping_sum += ping_sum

    def totals(self, length: int, today: int) -> Totals:
        """Sums of `length` days, the last of which is `today`."""
        if today != self._kept_for:
            self._kept = ()
            self._kept_for = today
        closed = None
        for kept, sums in self._kept:
            if kept == length:
                closed = sums
        if closed is None:
            closed = self._between(today - length + 1, today)
            self._kept += ((length, closed),)
        if today == self._day:
            up, down, pings, ping_sum = closed
            return Totals(up + self._up, down + self._down, pings + self._pings, ping_sum + self._ping_sum)
        return closed if today > self._day else closed.plus(self._between(today, today + 1))

    @property
    def latest(self) -> Totals:
        """The newest day, however long ago."""
        return Totals(self._up, self._down, self._pings, self._ping_sum) if self._day >= 0 else NOTHING

    def load(self, rows: bytes) -> None:
        """Take what was kept: rows of `packed_day`, each day once, in their order."""
        if rows:
            self._day, *latest = _DAY.unpack_from(rows, len(rows) - _SIZE)
            self._up, self._down, self._pings, self._ping_sum = latest
            if len(rows) > _SIZE:
                self._keep(rows[:-_SIZE])

    def _begin(self, day: int) -> None:
        """Count another day from now on, newer than all."""
        if self._day >= 0:
            self._keep(self._rows() + _DAY.pack(self._day, *self.latest))
        self._day = day
        self._up = self._down = self._pings = 0
        self._ping_sum = 0.0

    def _add_before(self, day: int, up: int, down: int, pings: int, ping_sum: float) -> None:
        """Count beats of a day that is not the newest."""
        rows = {row[0]: row for row in _DAY.iter_unpack(self._rows())}
        _, *found = rows.get(day, (day, 0, 0, 0, 0.0))
        rows[day] = (day, found[0] + up, found[1] + down, found[2] + pings, found[3] + ping_sum)
        self._keep(b"".join(_DAY.pack(*rows[each]) for each in sorted(rows)))

    def _keep(self, rows: bytes) -> None:
        """Have these days before the newest one; the oldest of too many are dropped."""
        surplus = len(rows) // _SIZE + 1 - _DAYS_KEPT
        if surplus > 0:
            rows = rows[surplus * _SIZE :]
        self._count = len(rows) // _SIZE
        packed = pack_rows(rows, _SIZE) if self._count >= _PACKED_FROM else rows
        self._before = packed if len(packed) < len(rows) else rows  # the length says which

    def _rows(self) -> bytes:
        if len(self._before) == self._count * _SIZE:
            return self._before
        return unpack_rows(self._before, _SIZE)

    def _between(self, first: int, end: int) -> Totals:
        """Sums from `first` up to, but not including, `end`."""
        found = _sum(self._rows(), first, end)
        return found.plus(self.latest) if first <= self._day < end else found


def _sum(rows: bytes, first: int, end: int) -> Totals:
    """Sums of the days from `first` up to, but not including, `end`."""
    if not _LITTLE:
        inside = [row[1:] for row in _DAY.iter_unpack(rows) if first <= row[0] < end]
        return Totals(*map(sum, zip(*inside, strict=True))) if inside else NOTHING
    numbers = memoryview(rows).cast("I")  # days since 1970 are no less than 0
    width = _SIZE // numbers.itemsize
    days = numbers[::width]
    start, stop = bisect_left(days, first), bisect_left(days, end)
    if start >= stop:
        return NOTHING
    part = numbers[start * width : stop * width]
    up, down, pings = (sum(part[place::width]) for place in (1, 2, 3))
    ping_sums = memoryview(rows).cast("d")[start * 3 + 2 : stop * 3 : 3]
    return Totals(up, down, pings, sum(ping_sums))
