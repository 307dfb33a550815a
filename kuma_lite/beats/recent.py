"""The latest beats of every monitor, in memory: some 500 bytes for a hundred of them.

Login lists, bars and judgements come from here without a query. What is in a block on disk is kept as it is
there, packed, and unpacked when somebody asks; the newest beat, and what is in no block yet, are records of
fixed size. What repeats from record to record (status, text, counters) is a *shape*, kept once for the whole
process and counted.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

from msgspec import Struct

from kuma_lite.beats.model import Beat
from kuma_lite.beats.packing import Columns, decode_columns, encode
from kuma_lite.beats.row_text import row_texts
from kuma_lite.beats.shapes import Shape, Shapes
from kuma_lite.core.declarations import Status
from kuma_lite.core.limits import RECENT_BEATS
from kuma_lite.core.records import replace

MAX_KEPT: Final = 1_000  # of one monitor while the disk takes nothing; memory must not grow for ever

# id, time, end - time, number of the shape, ping (NaN: none)
_FIELDS: Final = "qqqId"
_RECORD: Final = struct.Struct("<" + _FIELDS)
_ID: Final = struct.Struct("<q")
_SIZE: Final = _RECORD.size
_NONE: Final = float("nan")
_TRIM_AT: Final = RECENT_BEATS + 16  # several at a time: dropping one costs as much as dropping ten

Record = tuple[int, int, int, int, float | None]  # as `_FIELDS`

_DIGITS: Final = tuple(str(int(status)) for status in Status)


class Run(Struct, frozen=True):
    """Beats of one block, as they are on disk: those from number `first` up to, but not including, `end`."""

    packed: bytes
    first: int
    end: int


class Ring:
    """The beats of one monitor, oldest first: those of the runs, then the records.

    Attributes:
        runs: what is in blocks, without the newest beat.
        held: how many beats the runs have.
        data: the records.
        unsealed: how many of the records are not in a sealed block yet; these are never dropped for newer
            ones (until there are `MAX_KEPT`).
        tail_id, tail_count: the newest block on disk, which may be filled up; None, 0 without one.
        changes: how often beats that were there already have changed.
    """

    __slots__ = ("changes", "data", "held", "runs", "tail_count", "tail_id", "unsealed")

    def __init__(self) -> None:
        self.runs: tuple[Run, ...] = ()
        self.held = 0
        self.data = bytearray()
        self.unsealed = 0
        self.tail_id: int | None = None
        self.tail_count = 0
        self.changes = 0

    def __len__(self) -> int:
        return self.held + len(self.data) // _SIZE

    def hold(self, runs: Iterable[Run]) -> None:
        """Have these runs instead of those there are."""
        self.runs = tuple(runs)
        self.held = sum([run.end - run.first for run in self.runs])

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
        self._shapes = Shapes()

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
        if ring.held + len(ring.data) // _SIZE >= _TRIM_AT:
            self.trim(ring)
        return ring

    def load_runs(self, runs: Iterable[Run], newest: Beat) -> Ring:
        """Take what is in blocks, of a monitor that has nothing yet; `newest` follows the runs."""
        ring = self.append(newest, sealed=True)
        ring.hold(runs)
        return ring

    def sealed(self, ring: Ring, packed: bytes, *, length: int, fresh: int, upto: int, changes: int) -> None:
        """A block is on disk: keep what it has as it is there.

        Args:
            ring: whose beats it has.
            packed: the block.
            length: its beats.
            fresh: of these, the newest, which were in the log only.
            upto: id of the last one.
            changes: those of the ring when the block was made.
        """
        ring.unsealed -= min(fresh, ring.unsealed)
        plain = len(ring.data) // _SIZE - ring.unsealed  # of the records, those that are in blocks
        if not plain or ring.changes != changes:
            return  # forgotten or changed meanwhile
        if _RECORD.unpack_from(ring.data, (plain - 1) * _SIZE)[0] != upto:
            return  # some have been dropped: nothing was on disk for long
        runs = list(ring.runs)
        older = plain - length  # records before those of the block; negative: it has beats of the runs, too
        if length + ring.unsealed >= RECENT_BEATS:
            runs = []
        elif older > 0:
            runs.append(Run(encode(self._plain(ring, older)), 0, older))
        else:
            runs = _without_newest(runs, -older)
        ring.hold([*runs, Run(packed, 0, length - 1)] if length > 1 else runs)
        gone = (plain - 1) * _SIZE
        self._release(ring.data[:gone])
        del ring.data[:gone]
        self.trim(ring)

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
        if surplus <= 0:
            return
        if ring.runs:
            surplus = self._shorten(ring, surplus)
        if surplus:
            self._release(ring.data[: surplus * _SIZE])
            del ring.data[: surplus * _SIZE]
            self.lost += max(0, ring.unsealed - keep)
            ring.unsealed = min(ring.unsealed, keep)

    def _shorten(self, ring: Ring, surplus: int) -> int:
        """Drop the oldest of what is packed; returns how many more have to go."""
        runs = []
        for run in ring.runs:
            gone = min(surplus, run.end - run.first)
            surplus -= gone
            if run.first + gone < run.end:
                runs.append(replace(run, first=run.first + gone))
        ring.hold(runs)
        return surplus

    def _release(self, data: bytes | bytearray) -> None:
        """Records are gone."""
        for record in _RECORD.iter_unpack(data):
            self._shapes.release(record[3])

    def last(self, monitor_id: int) -> Beat | None:
        """The newest beat of a monitor."""
        ring = self.rings.get(monitor_id)
        if not ring:
            return None
        return self._beat(monitor_id, _RECORD.unpack_from(ring.data, len(ring.data) - _SIZE))

    def newest_id(self, monitor_id: int) -> int | None:
        """Id of the newest beat of a monitor."""
        ring = self.rings.get(monitor_id)
        if ring is None or not ring.data:
            return None
        beat_id: int = _ID.unpack_from(ring.data, len(ring.data) - _SIZE)[0]
        return beat_id

    def newest_state(self, monitor_id: int) -> tuple[Shape, float | None] | None:
        """Shape and response time (milliseconds) of the newest beat of a monitor."""
        ring = self.rings.get(monitor_id)
        if ring is None or not ring.data:
            return None
        _, _, _, number, ping = _RECORD.unpack_from(ring.data, len(ring.data) - _SIZE)
        return self._shape(number), None if ping != ping else ping

    def rows(self, monitor_id: int, count: int = RECENT_BEATS) -> list[Beat]:
        """The newest `count` beats of a monitor, oldest first."""
        records, shape_of = self._records(monitor_id, count)
        return [_beat(monitor_id, record, shape_of) for record in records]

    def states(self, monitor_id: int) -> Iterator[tuple[Status, int, int]]:
        """Status, retries and down count of the beats of a monitor, newest first."""
        ring = self.rings.get(monitor_id)
        if ring is None:
            return
        for position in range(len(ring.data) - _SIZE, -1, -_SIZE):
            shape = self._shape(_RECORD.unpack_from(ring.data, position)[3])
            yield shape.status, shape.retries, shape.down_count
        for run in reversed(ring.runs):
            records, shapes = _unpacked(run)
            for record in reversed(records):
                status, _, _, _, retries, down_count, _ = shapes[record[3]]
                yield status, retries, down_count

    def after(self, monitor_id: int, beat_id: int) -> list[Beat]:
        """The beats recorded after `beat_id`, as far as they are kept, oldest first."""
        ring = self.rings.get(monitor_id)
        first: int | None = _RECORD.unpack_from(ring.data)[0] if ring is not None and ring.data else None
        # What is asked for is mostly what no block has.
        plain = ring is not None and first is not None and first <= beat_id + 1
        records, shape_of = self._records(monitor_id, len(ring.data) // _SIZE if ring and plain else MAX_KEPT)
        return [_beat(monitor_id, record, shape_of) for record in records if record[0] > beat_id]

    def forget(self, monitor_id: int) -> None:
        """Drop all beats of a monitor."""
        ring = self.rings.pop(monitor_id, None)
        if ring is not None:
            self._release(ring.data)
            ring.data = bytearray()  # a block of it may still be under way
            ring.hold(())
            ring.unsealed = 0

    def clear_events(self, monitor_id: int) -> None:
        """Take text and importance off all beats of a monitor."""
        ring = self.rings.get(monitor_id)
        if ring is None:
            return
        records, shape_of = self._records(monitor_id, MAX_KEPT)
        cleared = bytearray()
        for beat_id, moment, delay, number, ping in records:
            plain = (shape_of(number)[0], "", False, *shape_of(number)[3:])
            kept = self._shapes.use(plain)
            cleared += _RECORD.pack(beat_id, moment, delay, kept, _NONE if ping is None else ping)
        self._release(ring.data)
        ring.data = cleared
        ring.hold(())
        ring.changes += 1

    def statuses(self, monitor_id: int) -> str:
        """One digit (`Status`) per beat, oldest first."""
        records, shape_of = self._records(monitor_id, RECENT_BEATS)
        return "".join([_DIGITS[shape_of(record[3])[0]] for record in records])

    def rows_json(self, monitor_id: int, upto: int | None = None) -> str:
        """`rows` as the JSON text of a list of `Beat.as_row()`; those recorded after `upto` are left out."""
        records, shape_of = self._records(monitor_id, RECENT_BEATS)
        if upto is not None:
            records = [record for record in records if record[0] <= upto]
        rows = row_texts(monitor_id, records, shape_of)
        return f"[{','.join(rows)}]"

    def shape_count(self) -> int:
        """How many different shapes are in memory: they must not outlive their beats."""
        return len(self._shapes)

    def _records(
        self, monitor_id: int, count: int
    ) -> tuple[Iterable[Record], Callable[[int], tuple[Any, ...]]]:
        """The newest records of a monitor, oldest first, and what stands behind numbers of shapes."""
        ring = self.rings.get(monitor_id)
        if ring is None:
            return (), self._shape
        plain = len(ring.data) // _SIZE
        data = ring.data if count >= plain else memoryview(ring.data)[-count * _SIZE :]
        records: Iterable[Record] = _RECORD.iter_unpack(bytes(data))
        wanted = count - plain
        if wanted <= 0 or not ring.runs:
            return records, self._shape
        found: list[list[Record]] = []
        shapes: list[tuple[Any, ...]] = []  # of the runs: behind -1, -2 …
        for run in reversed(ring.runs):
            part, own = _unpacked(run, -1 - len(shapes), wanted)
            found.insert(0, part)
            shapes += own
            wanted -= len(part)
            if wanted <= 0:
                break
        return chain(
            *found, records
        ), lambda number: shapes[-1 - number] if number < 0 else self._shape(number)

    def _plain(self, ring: Ring, count: int) -> list[Beat]:
        """The oldest records; whose they are stays unsaid, as in a run nobody asks."""
        data = bytes(ring.data[: count * _SIZE])
        return [self._beat(0, record) for record in _RECORD.iter_unpack(data)]

    def _shape(self, number: int) -> Shape:
        shape = self._shapes.by_number[number]
        assert shape is not None
        return shape

    def _beat(self, monitor_id: int, record: Record) -> Beat:
        return _beat(monitor_id, record, self._shape)


def _without_newest(runs: Iterable[Run], count: int) -> list[Run]:
    """The runs without their newest beats."""
    left = list(runs)
    while count > 0 and left:
        run = left.pop()
        end = max(run.first, run.end - count)
        count -= run.end - end
        if end > run.first:
            left.append(replace(run, end=end))
    return left


def _beat(monitor_id: int, record: Record, shape_of: Callable[[int], tuple[Any, ...]]) -> Beat:
    beat_id, moment, delay, number, ping = record
    status, msg, important, duration, retries, down_count, response = shape_of(number)
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


def _unpacked(
    run: Run, number: int | None = None, most: int = MAX_KEPT
) -> tuple[list[Record], Sequence[tuple[Any, ...]]]:
    """The newest records of a run, oldest first, and its shapes.

    Args:
        run: what is packed.
        number: that of its first shape, the next ones are below it; None: they are numbered as they are.
        most: how many.
    """
    columns = decode_columns(run.packed)
    part = slice(max(run.first, run.end - most), run.end)
    kinds: Iterable[int] = columns.kinds[part]
    if number is not None:
        only_one = len(columns.shapes) == 1
        kinds = [number] * (part.stop - part.start) if only_one else [number - kind for kind in kinds]
    records = zip(
        columns.ids[part], columns.times[part], columns.delays[part], kinds, columns.pings[part], strict=True
    )
    return list(records), columns.shapes
