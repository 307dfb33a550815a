"""The sliding day: what was up and down in each of the last 1,440 minutes, in some two bytes a minute.

A minute is an entry of eight bytes. Entries that lie between the oldest ones, which the window leaves behind,
and the newest ones are folded: packed, with their sums at hand. Blocks on disk have them in the same form.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping
from typing import Final, NamedTuple

from kuma_lite.beats.buckets import Bucket
from kuma_lite.beats.planes import pack_rows, unpack_rows
from kuma_lite.core.declarations import Status

MINUTE_MS: Final = 60_000
DAY_MINUTES: Final = 1440

# Minute (of 65,536, some 45 days), up, down, sum of ping in milliseconds (NaN: none of them had one).
_ENTRY: Final = struct.Struct("<HBBf")
_SIZE: Final = _ENTRY.size
_MOST: Final = 255  # in one entry; a fuller minute takes several
_NONE: Final = float("nan")
_MINUTES: Final = 1 << 16
_NEVER: Final = 1 << 40
_SWALLOWS: Final = 1e9  # milliseconds; a sum that held more has lost digits of the others
_LITTLE: Final = sys.byteorder == "little"
# Before packed entries: minutes (as in an entry) of the first and the last, up, down, pings, sum of ping.
_FOLD: Final = struct.Struct("<HHHHHd")
_FOLDED: Final = 60  # entries that are folded together, when there are twice as many
_MOST_FOLDED: Final = 65_535 // _MOST  # more might not fit into the head


class Totals(NamedTuple):
    """Sums over a window: beats up and down, and the response times there were."""

    up: int = 0
    down: int = 0
    pings: int = 0
    ping_sum: float = 0.0  # milliseconds

    def plus(self, other: Totals) -> Totals:
        """Both together."""
        return Totals(
            self.up + other.up,
            self.down + other.down,
            self.pings + other.pings,
            self.ping_sum + other.ping_sum,
        )

    @property
    def empty(self) -> bool:
        """Nothing was up or down (maintenance is neither, and so is a retry)."""
        return not self.up and not self.down

    @property
    def uptime(self) -> float:
        """Share of beats that were up, 0..1, unrounded; 0 of none."""
        counted = self.up + self.down
        return self.up / counted if counted else 0.0

    @property
    def average_ping(self) -> float | None:
        """Mean response time in milliseconds; None without any."""
        return self.ping_sum / self.pings if self.pings else None


NOTHING: Final = Totals()


def counted(status: Status, ping: float | None) -> tuple[int, int, int, float]:
    """What one beat adds (see `Totals`): PENDING and MAINTENANCE nothing, ping only of what is up.

    Uptime Kuma 2.5 counts PENDING as down: a hiccup of seconds that never was an outage then weighs more than
    the time it took, where the retry interval is shorter than the interval.
    """
    if status is Status.UP:
        return (1, 0, 0, 0.0) if ping is None else (1, 0, 1, ping)
    return (0, 1, 0, 0.0) if status is Status.DOWN else NOTHING


class Minutes:
    """The last 1,440 minutes, as entries of eight bytes, oldest first; a minute may have several."""

    __slots__ = (
        "_closed", "_down", "_entries", "_folds", "_head", "_latest", "_minute", "_ping_sum", "_pings", "_up",
    )  # fmt: skip

    def __init__(self) -> None:
        self._head = b""  # the oldest entries, if there are folds
        self._folds: tuple[bytes, ...] = ()
        self._entries = b""  # the newest ones
        self._latest = 0  # minute of the last entry
        self._closed = NOTHING  # sums of the entries
        self._minute = 0  # the minute that is being counted, or was last; and its sums
        self._up = self._down = self._pings = 0
        self._ping_sum = 0.0

    def add(self, minute: int, up: int, down: int, pings: int, ping_sum: float) -> None:
        """Count beats; `minute` is since 1970."""
        if minute != self._minute:
            self._begin(minute)
        self._up += up
        self._down += down
        self._pings += pings
        self._ping_sum += ping_sum

    def add_all(self, buckets: Mapping[int, Bucket]) -> None:
        """Count the beats of many minutes, by their number since 1970, in the order in which they were."""
        numbers = list(buckets)
        is_in_order = numbers == sorted(numbers) and (not numbers or numbers[0] >= self._latest)
        if is_in_order and not self._minute:
            # All but the last, which may go on, are packed without counting them one by one.
            past, numbers = numbers[:-1], numbers[-1:]
            self.load(pack_minutes({number: buckets[number] for number in past}), max(past, default=0))
            self.loaded()
        for number in numbers:
            found = buckets[number]
            self.add(number, found.up, found.down, found.pings, found.ping_sum)

    def totals(self, minute: int) -> Totals:
        """Sums of the 1,440 minutes that end with `minute`."""
        if self._latest > minute and self._has_entries:
            return self._scan(minute)
        self._expire(minute)
        return self._with_open(self._closed, minute)

    def steady_until(self, minute: int) -> int:
        """The first minute after `minute` in which `totals` may be others, if nothing is counted."""
        if self._minute > minute or (self._latest > minute and self._has_entries):
            return minute + 1  # the clock was set back
        self._expire(minute)
        front = self._front
        over = (self._absolute(front, 0) if front else self._minute) + DAY_MINUTES
        return over if over > minute else _NEVER

    @property
    def latest(self) -> Totals:
        """The minute counted last, however long ago."""
        return Totals(self._up, self._down, self._pings, self._ping_sum)

    def load(self, entries: bytes, about: int) -> None:
        """Take entries of `pack_minutes` or `fold`; `about` is a minute within 22 days of the last one."""
        if not entries:
            return
        is_folded = len(entries) % _SIZE != 0
        ends = _FOLD.unpack_from(entries)[:2] if is_folded else _ends(entries)
        latest = about + (ends[1] - about + _MINUTES // 2) % _MINUTES - _MINUTES // 2
        if latest - self._latest > DAY_MINUTES:
            self._drop_all()
        first = latest - (latest - ends[0]) % _MINUTES
        if first < self._latest and self._has_entries:
            self._merge(_unfolded(entries) if is_folded else entries, latest)
        elif is_folded:
            if self._entries:  # which come before these
                self._folds += (fold(self._entries),)
                self._entries = b""
            self._folds += (entries,)
        else:
            self._entries += entries
        self._latest = max(self._latest, latest)

    def loaded(self) -> None:
        """All has been loaded: sum it up."""
        self._closed = self._sum_up()

    def packed(self) -> bytes:
        """All entries, the minute being counted included."""
        return self._all() + _entries(self._minute, self.latest)

    def _begin(self, minute: int) -> None:
        """Close the minute that is being counted, start another one."""
        self._close()
        if abs(minute - self._latest) > DAY_MINUTES:
            # A long pause, or the clock was set: what is here lies outside of the day either way.
            self._drop_all()
        self._minute = minute
        self._up = self._down = self._pings = 0
        self._ping_sum = 0.0
        self._expire(minute)

    def _with_open(self, closed: Totals, minute: int) -> Totals:
        """`closed` and the minute that is being counted, if it lies in the window."""
        if not minute - DAY_MINUTES < self._minute <= minute:
            return closed
        up, down, pings, ping_sum = closed
        return Totals(up + self._up, down + self._down, pings + self._pings, ping_sum + self._ping_sum)

    def _close(self) -> None:
        """Turn the minute that is being counted into entries."""
        entries = _entries(self._minute, self.latest)
        if not entries:
            return
        self._closed = self._closed.plus(_sum(entries))
        if self._minute < self._latest and self._has_entries:
            self._merge(entries, self._minute)
            return
        self._entries += entries
        self._latest = self._minute
        if len(self._entries) >= 2 * _FOLDED * _SIZE:
            self._folds += (fold(self._entries[: _FOLDED * _SIZE]),)
            self._entries = self._entries[_FOLDED * _SIZE :]

    @property
    def _has_entries(self) -> bool:
        return bool(self._entries or self._folds or self._head)

    def _drop_all(self) -> None:
        self._head = self._entries = b""
        self._folds = ()
        self._closed = NOTHING

    def _all(self) -> bytes:
        return b"".join([self._head, *map(_unfolded, self._folds), self._entries])

    def _sum_up(self) -> Totals:
        """The sums of all entries."""
        total = _sum(self._head)
        for each in self._folds:
            folded = _sum_of_fold(each)
            total = folded if total is NOTHING else total.plus(folded)
        return total.plus(_sum(self._entries)) if self._entries else total

    @property
    def _front(self) -> bytes:
        """Of the entries, those that begin with the oldest minute; folded or not."""
        return self._head or (self._folds[0] if self._folds else self._entries)

    def _expire(self, minute: int) -> None:
        """Take off what the window has left behind."""
        front = self._front
        if front and not self._is_over(front, 0, minute):
            return  # which is mostly so
        gone = NOTHING
        while True:
            if self._folds and not self._head:
                if not self._is_over(self._folds[0], 0, minute):
                    break
                self._head, self._folds = _unfolded(self._folds[0]), self._folds[1:]
            front = self._head or self._entries
            end = 0
            while end < len(front) and self._is_over(front, end, minute):
                end += _SIZE
            if end:
                gone = gone.plus(_sum(front[:end]))
            if self._head:
                self._head = front[end:]
                if not self._head:
                    continue
            else:
                self._entries = front[end:]
            break
        if not self._has_entries:
            self._drop_all()
        elif gone.ping_sum > _SWALLOWS:
            self._closed = self._sum_up()
        elif not gone.empty:
            self._closed = Totals(
                self._closed.up - gone.up,
                self._closed.down - gone.down,
                self._closed.pings - gone.pings,
                self._closed.ping_sum - gone.ping_sum,
            )

    def _is_over(self, entries: bytes, position: int, minute: int) -> bool:
        """Whether an entry, or the first one of a fold, lies before the window."""
        return self._absolute(entries, position) <= minute - DAY_MINUTES

    def _absolute(self, entries: bytes, position: int) -> int:
        """Minute of an entry since 1970; it lies at most 22 days before the last one."""
        return self._latest - (self._latest - _short(entries, position)) % _MINUTES

    def _scan(self, minute: int) -> Totals:
        """`totals` while there are entries of the future: the clock was set back."""
        entries = self._all()
        inside = b"".join(
            entries[position : position + _SIZE]
            for position in range(0, len(entries), _SIZE)
            if minute - DAY_MINUTES < self._absolute(entries, position) <= minute
        )
        return self._with_open(_sum(inside), minute)

    def _merge(self, entries: bytes, latest: int) -> None:
        """Insert entries that begin before the last one there is: the clock was set back."""
        before = self._all()
        found = [
            (self._absolute(before, position), before[position : position + _SIZE])
            for position in range(0, len(before), _SIZE)
        ]
        for position in range(0, len(entries), _SIZE):
            minute = latest - (latest - _short(entries, position)) % _MINUTES
            found.append((minute, entries[position : position + _SIZE]))
        found.sort(key=lambda entry: entry[0])
        self._head, self._folds = b"", ()
        self._entries = b"".join(entry for _, entry in found)


def fold(entries: bytes) -> bytes:
    """Entries, in order, in the form in which they are kept; as they are where that is shorter."""
    if len(entries) // _SIZE > _MOST_FOLDED:
        return entries
    total = _sum(entries)
    packed = _FOLD.pack(*_ends(entries), *total) + pack_rows(entries, _SIZE) if entries else b""
    if len(packed) % _SIZE == 0:  # which is how entries are known
        packed += b"\0"
    return packed if len(packed) < len(entries) else entries


def _unfolded(packed: bytes) -> bytes:
    if len(packed) % _SIZE == 0:
        return packed
    return unpack_rows(packed[_FOLD.size :], _SIZE)


def _sum_of_fold(packed: bytes) -> Totals:
    if len(packed) % _SIZE == 0:
        return _sum(packed)
    return Totals._make(_FOLD.unpack_from(packed)[2:])


def _ends(entries: bytes) -> tuple[int, int]:
    """The minutes of the first and the last entry."""
    return _short(entries, 0), _short(entries, len(entries) - _SIZE)


def _short(entries: bytes, position: int) -> int:
    """The minute of an entry as it is written."""
    return entries[position] | entries[position + 1] << 8


def pack_minutes(minutes: Mapping[int, Bucket]) -> bytes:
    """Entries for `Minutes.load`, of buckets by minute.

    What is more than a day older than the last one is left out: it will be in no window any more.
    """
    oldest = max(minutes, default=0) - DAY_MINUTES
    return b"".join(
        _entries(minute, Totals(bucket.up, bucket.down, bucket.pings, bucket.ping_sum))
        for minute, bucket in sorted(minutes.items())
        if minute > oldest
    )


def _entries(minute: int, total: Totals) -> bytes:
    """One minute as entries; what had no ping, or is more than fits, goes into further ones."""
    if total.empty:
        return b""
    if total.up <= _MOST and total.down <= _MOST and total.pings in (0, total.up):
        ping = total.ping_sum if total.pings else _NONE
        return _ENTRY.pack(minute % _MINUTES, total.up, total.down, _fitting(ping))
    packed = bytearray()
    with_ping, without, down, ping = total.pings, total.up - total.pings, total.down, total.ping_sum
    while with_ping:
        part = min(with_ping, _MOST)
        share = ping * part / with_ping
        packed += _ENTRY.pack(minute % _MINUTES, part, 0, _fitting(share))
        with_ping, ping = with_ping - part, ping - share
    while without or down:
        ups, downs = min(without, _MOST), min(down, _MOST)
        packed += _ENTRY.pack(minute % _MINUTES, ups, downs, _NONE)
        without, down = without - ups, down - downs
    return bytes(packed)


def _fitting(ping: float) -> float:
    """What four bytes can hold; a push may claim a response time of years."""
    return min(ping, 3e38)


def _sum(entries: bytes) -> Totals:
    view = memoryview(entries)
    if not view:
        return NOTHING
    up, down = sum(view[2::_SIZE]), sum(view[3::_SIZE])
    ping_sum = float(sum(view.cast("f")[1::2])) if _LITTLE else _NONE
    if ping_sum == ping_sum:
        return Totals(up, down, up, ping_sum)
    with_ping = [(ups, ping) for _, ups, _, ping in _ENTRY.iter_unpack(entries) if ping == ping]
    return Totals(up, down, sum(ups for ups, _ in with_ping), sum(ping for _, ping in with_ping))
