"""From disk into memory at the start: the latest beats, the sums, and what is in the log only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from operator import add, itemgetter
from typing import Any, Final

from msgspec import Struct

from kuma_lite.beats import sealing
from kuma_lite.beats.buckets import MINUTE_S, Bucket, fold_ends
from kuma_lite.beats.days import DAY_MS, YEAR_DAYS, packed_day
from kuma_lite.beats.minutes import MINUTE_MS
from kuma_lite.beats.model import Beat
from kuma_lite.beats.packing import Columns, decode, decode_columns
from kuma_lite.beats.recent import RecentBeats, Run
from kuma_lite.beats.sums import Statistics
from kuma_lite.core import sql
from kuma_lite.core.garbage import not_collecting
from kuma_lite.core.limits import RECENT_BEATS
from kuma_lite.core.sql import Connection

_LOOK_BACK_MS: Final = DAY_MS + 2 * MINUTE_MS  # the sliding day, and the minutes it begins and ends in


def load_beats(
    connection: Connection, recent: RecentBeats, statistics: dict[int, Statistics], now: int
) -> int:
    """Fill `recent` and `statistics`; returns the highest id given so far. `now` is milliseconds."""
    with not_collecting():
        return _load(connection, recent, statistics, now)


def _load(connection: Connection, recent: RecentBeats, statistics: dict[int, Statistics], now: int) -> int:
    marks: dict[int, int] = dict(connection.execute("SELECT monitor_id, upto FROM beat_mark"))
    highest, in_log = _read_log(connection, marks)
    for (monitor_id,) in connection.execute("SELECT id FROM monitor"):
        statistics[monitor_id] = Statistics()
    same = {monitor_id: monitor_id for monitor_id in statistics}  # a number of 32 bytes, once for both
    for number, *tail in connection.execute(_TAILS):
        monitor_id = same[number]
        found = in_log.get(monitor_id)
        _load_blocks(connection, recent, monitor_id, _Tail(*tail), len(found.ids) if found else 0)
    for monitor_id, found in in_log.items():
        if monitor_id in statistics:
            recent.load(monitor_id, found, len(found.ids), sealed=False)
    _load_minutes(connection, statistics, now)
    _load_days(connection, statistics, now)
    for monitor_id, found in in_log.items():
        if monitor_id in statistics:
            statistics[monitor_id].add_minutes(_minutes_of(found))
    newest_event: int = sql.value(connection, "SELECT coalesce(max(id), 0) FROM beat_event")
    return max(highest, newest_event, *marks.values(), 0)


class _Tail(Struct, frozen=True):
    """The newest block of a monitor, and its mark."""

    id: int
    beats: int
    last_time: int
    packed: bytes
    upto: int | None
    last: str | None  # the newest beat, see `sealing.text_of`


# One query for all: each monitor's own would be the half of a start. CROSS JOIN has SQLite go by monitors:
# by what it remembers of a database that was small once, it went through all monitors for each block.
_TAILS: Final = """
    SELECT block.monitor_id, block.id, block.count, block.last_time, block.beats, mark.upto, mark.last
    FROM monitor CROSS JOIN beat_block AS block LEFT JOIN beat_mark AS mark ON mark.monitor_id = monitor.id
    WHERE block.id = (
        SELECT id FROM beat_block WHERE monitor_id = monitor.id ORDER BY last_time DESC, id DESC LIMIT 1
    )
    ORDER BY block.monitor_id
"""


def _load_blocks(
    connection: Connection, recent: RecentBeats, monitor_id: int, tail: _Tail, in_log: int
) -> None:
    """The newest blocks of a monitor, as many as it takes with those in the log, but one at least."""
    newest = _newest(monitor_id, tail)
    runs = [Run(tail.packed, max(0, tail.beats - max(1, RECENT_BEATS - in_log)), tail.beats - 1)]
    missing = RECENT_BEATS - in_log - tail.beats
    if missing > 0:
        query = "SELECT count, beats FROM beat_block WHERE monitor_id = ? ORDER BY last_time DESC, id DESC"
        others = iter(connection.execute(query, (monitor_id,)))
        next(others)
        for count, packed in others:
            runs.insert(0, Run(packed, max(0, count - missing), count))
            missing -= count
            if missing <= 0:
                break
    ring = recent.load_runs([run for run in runs if run.first < run.end], newest)
    ring.tail_id, ring.tail_count = tail.id, tail.beats


def _newest(monitor_id: int, tail: _Tail) -> Beat:
    """The last beat of a block: from its mark, or where an older program wrote that, from the block."""
    if tail.last is not None:
        found = sealing.beat_of(monitor_id, tail.last)
        if found.id == tail.upto and found.time == tail.last_time:
            return found
    return decode(tail.packed)[-1]._replace(monitor_id=monitor_id)


def _load_minutes(connection: Connection, statistics: Mapping[int, Statistics], now: int) -> None:
    query = "SELECT monitor_id, last_time, minutes FROM beat_block WHERE last_time >= ? ORDER BY id"
    for monitor_id, last_time, minutes in connection.execute(query, (now - _LOOK_BACK_MS,)):
        found = statistics.get(monitor_id)
        if found is not None:
            found.minutes.load(minutes, last_time // MINUTE_MS)
    for found in statistics.values():
        found.minutes.loaded()


def _load_days(connection: Connection, statistics: Mapping[int, Statistics], now: int) -> None:
    """A row for each day of a year and monitor, which are most of a start: what is done with one counts."""
    query = """
        SELECT monitor_id, bucket, up, down, pings, coalesce(ping_sum, 0) FROM stat_day
        WHERE bucket > ? ORDER BY bucket
    """
    rows: defaultdict[int, bytearray] = defaultdict(bytearray)
    for monitor_id, day, up, down, pings, ping_sum in connection.execute(query, (now // DAY_MS - YEAR_DAYS,)):
        rows[monitor_id] += packed_day(day, up, down, pings, ping_sum)
    for monitor_id, found in rows.items():
        if monitor_id in statistics:
            statistics[monitor_id].days.load(bytes(found))


def _read_log(connection: Connection, marks: Mapping[int, int]) -> tuple[int, dict[int, Columns]]:
    """The highest id in the log, and by monitor the beats that no block has, in the order of their ids.

    Tens of thousands of beats after a kill: they stay columns, and their shapes are numbers into one list.
    """
    highest = 0
    numbers: dict[tuple[Any, ...], int] = {}
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for number, packed in connection.execute("SELECT id, beats FROM beat_log"):
        highest = max(highest, number)
        ids, monitor_ids, times, delays, kinds, pings, shapes = decode_columns(packed)
        own = [numbers.setdefault(shape, len(numbers)) for shape in shapes]
        rows = zip(ids, times, delays, [own[kind] for kind in kinds], pings, strict=True)
        for monitor_id, row in zip(monitor_ids, rows, strict=True):
            if row[0] > marks.get(monitor_id, 0):
                found[monitor_id].append(row)
    every = list(numbers)
    return highest, {monitor_id: _columns(monitor_id, rows, every) for monitor_id, rows in found.items()}


def _columns(monitor_id: int, rows: list[tuple[Any, ...]], shapes: list[tuple[Any, ...]]) -> Columns:
    rows.sort(key=itemgetter(0))
    ids, times, delays, kinds, pings = map(list, zip(*rows, strict=True))
    return Columns(ids, [monitor_id] * len(ids), times, delays, kinds, pings, shapes)


def _minutes_of(beats: Columns) -> dict[int, Bucket]:
    ends = map(add, beats.times, beats.delays)
    statuses = [beats.shapes[kind][0] for kind in beats.kinds]
    return fold_ends(zip(ends, statuses, beats.pings, strict=True), MINUTE_S)
