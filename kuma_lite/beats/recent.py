"""The latest beats of every monitor, in memory: some 4 KB for a hundred of them.

Login lists, bars and judgements come from here without a query. A beat is a record of fixed size; what
repeats from beat to beat (status, text, counters) is a *shape*, kept once for the whole process and counted.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from sys import intern
from typing import Any, Final, NamedTuple

from kuma_lite.beats.model import Beat
from kuma_lite.beats.packing import Columns
from kuma_lite.beats.row_text import row_texts
from kuma_lite.core.declarations import Status
from kuma_lite.core.limits import RECENT_BEATS

MAX_KEPT: Final = 1_000  # of one monitor while the disk takes nothing; memory must not grow for ever

# id, time, end - time, number of the shape, ping (NaN: none)
_FIELDS: Final = "qqqId"
_RECORD: Final = struct.Struct("<" + _FIELDS)
_SIZE: Final = _RECORD.size
_NONE: Final = float("nan")
_TRIM_AT: Final = (RECENT_BEATS + 16) * _SIZE  # several at a time: dropping one costs as much as dropping ten

_DIGITS: Final = tuple(str(int(status)) for status in Status)


class Shape(NamedTuple):
    """What a beat shares with its neighbours."""

    status: Status
    msg: str
    important: bool
    duration: int
    retries: int
    down_count: int
    response: str | None


class _Shapes:
    """Shapes by number, with the number of beats that have them."""

    def __init__(self) -> None:
        self.by_number: list[Shape | None] = []
        self._numbers: dict[Shape, int] = {}
        self._uses: list[int] = []
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._numbers)

    def use(self, values: tuple[Any, ...], beats: int = 1) -> int:
        """The number of a shape, given as a plain tuple, for so many more beats."""
        number = self._numbers.get(values)  # type: ignore[call-overload]
        if number is not None:
            self._uses[number] += beats
            return int(number)
        shape = Shape._make(values)
        shape = shape._replace(msg=intern(shape.msg))
        if self._free:
            number = self._free.pop()
            self.by_number[number] = shape
            self._uses[number] = beats
        else:
            number = len(self.by_number)
            self.by_number.append(shape)
            self._uses.append(beats)
        self._numbers[shape] = number
        return number

    def release(self, number: int) -> None:
        self._uses[number] -= 1
        if not self._uses[number]:
            shape = self.by_number[number]
            assert shape is not None
            del self._numbers[shape]
            self.by_number[number] = None
            self._free.append(number)


class Ring:
    """The beats of one monitor, oldest first.

    Attributes:
        unsealed: how many of the newest are not in a sealed block yet; these are never dropped for newer
            ones (until there are `MAX_KEPT`).
        tail_id, tail_count: the newest block on disk, which may be filled up; None, 0 without one.
    """

    __slots__ = ("data", "tail_count", "tail_id", "unsealed")

    def __init__(self) -> None:
        self.data = bytearray()
        self.unsealed = 0
        self.tail_id: int | None = None
        self.tail_count = 0

    def __len__(self) -> int:
        return len(self.data) // _SIZE

    def first_unsealed_id(self) -> int | None:
        """Id of the oldest beat that is only in the log; None if all are in blocks."""
        if not self.unsealed:
            return None
        beat_id: int = _RECORD.unpack_from(self.data, len(self.data) - self.unsealed * _SIZE)[0]
        return beat_id


class RecentBeats:
    """The latest beats of all monitors."""

    def __init__(self) -> None:
        self.rings: dict[int, Ring] = {}
        self.lost = 0  # beats dropped before they were in a block, or on disk at all
        self._shapes = _Shapes()

    def ring(self, monitor_id: int) -> Ring:
        """The beats of a monitor; none yet for a new one."""
        ring = self.rings.get(monitor_id)
        if ring is None:
            ring = self.rings[monitor_id] = Ring()
        return ring

    def append(self, beat: Beat, *, sealed: bool = False) -> Ring:
        """Add the newest beat of its monitor; the oldest ones of more than `RECENT_BEATS` are dropped."""
        ring = self.ring(beat.monitor_id)
        beat_id, _, moment, end, status, msg, ping, *rest = beat
        shape = self._shapes.use((status, msg, *rest))
        ring.data += _RECORD.pack(beat_id, moment, end - moment, shape, _NONE if ping is None else ping)
        if not sealed:
            ring.unsealed += 1
        if len(ring.data) >= _TRIM_AT:
            self.trim(ring)
        return ring

    def load(self, monitor_id: int, columns: Columns, newest: int, *, sealed: bool = True) -> None:
        """Add the `newest` of some beats of a monitor to those it has; see `append`."""
        ring = self.ring(monitor_id)
        begin = len(columns.ids) - newest
        kinds = columns.kinds[begin:]
        numbers = {
            kind: self._shapes.use(columns.shapes[kind], count) for kind, count in Counter(kinds).items()
        }
        rows = zip(
            columns.ids[begin:],
            columns.times[begin:],
            columns.delays[begin:],
            [numbers[kind] for kind in kinds],
            [_NONE if ping is None else ping for ping in columns.pings[begin:]],
            strict=True,
        )
        ring.data += struct.pack("<" + _FIELDS * newest, *chain.from_iterable(rows))
        if not sealed:
            ring.unsealed += newest
            self.trim(ring)

    def trim(self, ring: Ring) -> None:
        """Drop what is neither recent nor needed for the next block."""
        keep = min(max(ring.unsealed, RECENT_BEATS), MAX_KEPT)
        surplus = len(ring) - keep
        if surplus > 0:
            for record in _RECORD.iter_unpack(ring.data[: surplus * _SIZE]):
                self._shapes.release(record[3])
            del ring.data[: surplus * _SIZE]
            self.lost += max(0, ring.unsealed - keep)
            ring.unsealed = min(ring.unsealed, keep)

    def last(self, monitor_id: int) -> Beat | None:
        """The newest beat of a monitor."""
        ring = self.rings.get(monitor_id)
        if not ring:
            return None
        return self._beat(monitor_id, _RECORD.unpack_from(ring.data, len(ring.data) - _SIZE))

    def rows(self, monitor_id: int, count: int = RECENT_BEATS) -> list[Beat]:
        """The newest `count` beats of a monitor, oldest first."""
        return [self._beat(monitor_id, record) for record in self._records(monitor_id, count)]

    def newest_first(self, monitor_id: int) -> Iterator[Beat]:
        """The beats of a monitor, made one by one: for those who need the last few only."""
        ring = self.rings.get(monitor_id)
        data = ring.data if ring is not None else b""
        for position in range(len(data) - _SIZE, -1, -_SIZE):
            yield self._beat(monitor_id, _RECORD.unpack_from(data, position))

    def after(self, monitor_id: int, beat_id: int) -> list[Beat]:
        """The beats recorded after `beat_id`, as far as they are kept, oldest first."""
        return [
            self._beat(monitor_id, record)
            for record in self._records(monitor_id, MAX_KEPT)
            if record[0] > beat_id
        ]

    def forget(self, monitor_id: int) -> None:
        """Drop all beats of a monitor."""
        ring = self.rings.pop(monitor_id, None)
        if ring is not None:
            for record in _RECORD.iter_unpack(ring.data):
                self._shapes.release(record[3])
            ring.data = bytearray()  # a block of it may still be under way
            ring.unsealed = 0

    def clear_events(self, monitor_id: int) -> None:
        """Take text and importance off all beats of a monitor."""
        ring = self.rings.get(monitor_id)
        if ring is None:
            return
        cleared = bytearray()
        for beat_id, moment, delay, number, ping in _RECORD.iter_unpack(bytes(ring.data)):
            plain = self._shape(number)._replace(msg="", important=False)
            cleared += _RECORD.pack(beat_id, moment, delay, self._shapes.use(plain), ping)
            self._shapes.release(number)
        ring.data = cleared

    def statuses(self, monitor_id: int) -> str:
        """One digit (`Status`) per beat, oldest first."""
        shapes = self._shapes.by_number
        records = self._records(monitor_id, RECENT_BEATS)
        return "".join([_DIGITS[shapes[record[3]].status] for record in records])  # type: ignore[union-attr]

    def rows_json(self, monitor_id: int, upto: int | None = None) -> bytes:
        """`rows` as the JSON text of a list of `Beat.as_row()`; those recorded after `upto` are left out."""
        records = self._records(monitor_id, RECENT_BEATS)
        if upto is not None:
            records = (record for record in records if record[0] <= upto)
        rows = row_texts(monitor_id, records, self._shape)
        return f"[{','.join(rows)}]".encode()

    def shape_count(self) -> int:
        """How many different shapes are in memory: they must not outlive their beats."""
        return len(self._shapes)

    def _records(self, monitor_id: int, count: int) -> Iterator[tuple[int, int, int, int, float]]:
        ring = self.rings.get(monitor_id)
        if ring is None:
            return iter(())
        return _RECORD.iter_unpack(bytes(memoryview(ring.data)[-count * _SIZE :]))

    def _shape(self, number: int) -> Shape:
        shape = self._shapes.by_number[number]
        assert shape is not None
        return shape

    def _beat(self, monitor_id: int, record: tuple[int, int, int, int, float]) -> Beat:
        beat_id, moment, delay, number, ping = record
        status, msg, important, duration, retries, down_count, response = self._shape(number)
        return Beat(
            beat_id,
            monitor_id,
            moment,
            moment + delay,
            status,
            msg,
            None if ping != ping else ping,
            important,
            duration,
            retries,
            down_count,
            response,
        )
