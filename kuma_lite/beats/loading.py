"""From disk into memory at the start: the latest beats, the sums, and what is in the log only."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from kuma_lite.beats.buckets import MINUTE_S, fold
from kuma_lite.beats.days import DAY_MS, YEAR_DAYS
from kuma_lite.beats.minutes import MINUTE_MS
from kuma_lite.beats.model import Beat
from kuma_lite.beats.packing import decode, decode_columns
from kuma_lite.beats.recent import RecentBeats
from kuma_lite.beats.sums import Statistics
from kuma_lite.core import sql
from kuma_lite.core.limits import RECENT_BEATS
from kuma_lite.core.sql import Connection

_LOOK_BACK_MS: Final = DAY_MS + 2 * MINUTE_MS  # the sliding day, and the minutes it begins and ends in


def load_beats(
    connection: Connection, recent: RecentBeats, statistics: dict[int, Statistics], now: int
) -> int:
    """Fill `recent` and `statistics`; returns the highest id given so far. `now` is milliseconds."""
    # A hundred thousand beats and not one cycle: the collector would look at them again and again.
    gc.disable()
    try:
        return _load(connection, recent, statistics, now)
    finally:
        gc.enable()


def _load(connection: Connection, recent: RecentBeats, statistics: dict[int, Statistics], now: int) -> int:
    marks: dict[int, int] = dict(connection.execute("SELECT monitor_id, upto FROM beat_mark"))
    for (monitor_id,) in connection.execute("SELECT id FROM monitor"):
        statistics[monitor_id] = Statistics()
        _load_recent(connection, recent, monitor_id)
    _load_minutes(connection, statistics, now)
    _load_days(connection, statistics, now)
    replayed = _replay(connection, recent, statistics, marks)
    newest_event: int = sql.value(connection, "SELECT coalesce(max(id), 0) FROM beat_event")
    return max(replayed, newest_event, *marks.values(), 0)


def _load_recent(connection: Connection, recent: RecentBeats, monitor_id: int) -> None:
    """The newest blocks of a monitor, as many as it takes for `RECENT_BEATS`."""
    blocks: list[tuple[int, int, bytes]] = []
    missing = RECENT_BEATS
    query = "SELECT id, count, beats FROM beat_block WHERE monitor_id = ? ORDER BY last_time DESC, id DESC"
    for number, count, packed in connection.execute(query, (monitor_id,)):
        blocks.append((number, min(missing, count), packed))
        missing -= count
        if missing <= 0:
            break
    for _, wanted, packed in reversed(blocks):
        recent.load(monitor_id, decode_columns(packed), wanted)
    if blocks:
        ring = recent.rings[monitor_id]
        ring.tail_id, ring.tail_count, _ = blocks[0]


def _load_minutes(connection: Connection, statistics: Mapping[int, Statistics], now: int) -> None:
    query = "SELECT monitor_id, last_time, minutes FROM beat_block WHERE last_time >= ? ORDER BY id"
    for monitor_id, last_time, minutes in connection.execute(query, (now - _LOOK_BACK_MS,)):
        found = statistics.get(monitor_id)
        if found is not None:
            found.minutes.load(minutes, last_time // MINUTE_MS)
    for found in statistics.values():
        found.minutes.loaded()


def _load_days(connection: Connection, statistics: Mapping[int, Statistics], now: int) -> None:
    query = """
        SELECT bucket, monitor_id, up, down, pings, coalesce(ping_sum, 0) FROM stat_day
        WHERE bucket > ? ORDER BY bucket
    """
    for day, monitor_id, *sums in connection.execute(query, (now // DAY_MS - YEAR_DAYS,)):
        found = statistics.get(monitor_id)
        if found is not None:
            found.days.load(day, *sums)


def _replay(
    connection: Connection,
    recent: RecentBeats,
    statistics: Mapping[int, Statistics],
    marks: Mapping[int, int],
) -> int:
    """Take in the beats that no block has; returns the highest id in the log."""
    highest = 0
    found: defaultdict[int, list[Beat]] = defaultdict(list)
    for number, packed in connection.execute("SELECT id, beats FROM beat_log"):
        highest = max(highest, number)
        for beat in decode(packed):
            if beat.id > marks.get(beat.monitor_id, 0):
                found[beat.monitor_id].append(beat)
    for monitor_id, beats in found.items():
        if monitor_id in statistics:
            beats.sort(key=lambda beat: beat.id)
            statistics[monitor_id].add_minutes(fold(beats, MINUTE_S))
            for beat in beats:
                recent.append(beat)
    return highest
