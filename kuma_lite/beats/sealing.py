"""From the log of all beats into one block per monitor and hundred beats.

New beats go into the log, in the order in which they come: one small row per commit. When a monitor has a
hundred there, they are packed into a block of its own, their sums into the statistics by hour and day, and
the log is cut off behind the oldest beat that is nowhere else. Statistics on disk plus the beats in the log
are therefore always the whole truth, whenever the process is killed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from kuma_lite.beats.buckets import DAY_S, HOUR_S, MINUTE_S, Bucket, coarser, fold
from kuma_lite.beats.minutes import fold as fold_minutes
from kuma_lite.beats.minutes import pack_minutes
from kuma_lite.beats.model import Beat
from kuma_lite.beats.packing import STATUSES, encode
from kuma_lite.beats.recent import RecentBeats, Ring
from kuma_lite.core import sql
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.limits import RECENT_BEATS
from kuma_lite.core.sql import Connection

BLOCK_BEATS: Final = RECENT_BEATS  # in one block: as many as memory holds, so that none is read to write one
WORTHWHILE: Final = 50  # beats that make a monitor join when another one's block is full
SLICE: Final = 40  # monitors per commit: some 15 ms of packing between two turns of the event loop
SWEEP_S: Final = 3_600.0  # the slow ones are packed this often, so that the log stays short

COUNTER: Final = 0  # row of `beat_mark`, and of no monitor: ids up to this one have been given


class Block(Struct, frozen=True):
    """A block to be written, with what else changes with it."""

    monitor_id: int
    ring: Ring
    fresh: int  # beats of it that were in the log only
    replaces: int | None  # the block on disk whose beats it takes over
    first_time: int  # milliseconds since 1970, as the next one
    last_time: int
    length: int
    minutes: bytes
    packed: bytes
    hours: dict[int, Bucket]
    days: dict[int, Bucket]
    newest: Beat
    changes: int  # of the ring when this was made


class Sealer:
    """Decides which monitors are packed with the next commit."""

    def __init__(self, recent: RecentBeats) -> None:
        self._recent = recent
        self._queue: list[int] = []  # ids, the next one last
        self._chosen: list[int] = []  # the part of it that is being written

    @property
    def busy(self) -> bool:
        """Whether monitors wait to be packed."""
        return bool(self._queue)

    def sweep(self, at_least: int = 1) -> None:
        """Queue all monitors with so many beats in the log."""
        queued = set(self._queue)
        queued |= {number for number, ring in self._recent.rings.items() if ring.unsealed >= at_least}
        self._queue = sorted(queued, reverse=True)  # neighbours share pages of the index

    def first(self, monitor_id: int) -> None:
        """Pack this monitor with the next commit."""
        if monitor_id in self._queue:
            self._queue.remove(monitor_id)
        self._queue.append(monitor_id)

    def blocks(self) -> list[Block]:
        """The next blocks; the same ones again until `done`."""
        self._chosen = self._queue[-SLICE:]
        found = []
        for monitor_id in reversed(self._chosen):
            ring = self._recent.rings.get(monitor_id)
            if ring is not None and ring.unsealed:
                found.append(self._block(monitor_id, ring))
        return found

    def done(self, blocks: Sequence[Block], numbers: Sequence[int]) -> None:
        """The blocks are on disk under these row numbers."""
        gone, self._chosen = set(self._chosen), []
        self._queue = [monitor_id for monitor_id in self._queue if monitor_id not in gone]
        for block, number in zip(blocks, numbers, strict=True):
            ring = block.ring
            ring.tail_id, ring.tail_count = number, block.length
            self._recent.sealed(
                ring,
                block.packed,
                length=block.length,
                fresh=block.fresh,
                upto=block.newest.id,
                changes=block.changes,
            )

    def oldest_in_log(self, besides: Iterable[int]) -> int | None:
        """The lowest id that only the log has, `besides` included; None without any."""
        found = [number for ring in self._recent.rings.values() if (number := ring.first_unsealed_id())]
        found.extend(besides)
        return min(found, default=None)

    def _block(self, monitor_id: int, ring: Ring) -> Block:
        """The beats in the log, and those of the last block if all of them fit into one."""
        fill = ring.tail_id is not None and ring.tail_count + ring.unsealed <= BLOCK_BEATS
        beats = self._recent.rows(monitor_id, ring.unsealed + (ring.tail_count if fill else 0))
        fresh = beats[-ring.unsealed :]
        minutes = fold(fresh, MINUTE_S)
        hours = coarser(minutes, HOUR_S // MINUTE_S)
        return Block(
            monitor_id,
            ring,
            len(fresh),
            ring.tail_id if fill else None,
            min(beat.time for beat in beats),
            max(beat.time for beat in beats),
            len(beats),
            fold_minutes(pack_minutes(fold(beats, MINUTE_S) if fill else minutes)),
            encode(beats),
            hours,
            coarser(hours, DAY_S // HOUR_S),
            beats[-1],
            ring.changes,
        )


# --- SQL ---------------------------------------------------------------------------------------------------

_LOG_ROW_BEATS: Final = 1_000  # more only wait when the disk was full for a while


def write_log(connection: Connection, beats: Sequence[Beat]) -> None:
    """Append beats to the log, and the important ones to the list of events."""
    for start in range(0, len(beats), _LOG_ROW_BEATS):
        part = beats[start : start + _LOG_ROW_BEATS]
        connection.execute(
            "INSERT INTO beat_log (id, beats) VALUES (?, ?)", (max(beat.id for beat in part), encode(part))
        )
    write_events(connection, [beat for beat in beats if beat.important])


_WRITE_EVENT: Final = """
    INSERT INTO beat_event (
        id, monitor_id, time, delay, status, msg, ping, duration, retries, down_count, response
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        monitor_id = excluded.monitor_id,
        time = excluded.time,
        delay = excluded.delay,
        status = excluded.status,
        msg = excluded.msg,
        ping = excluded.ping,
        duration = excluded.duration,
        retries = excluded.retries,
        down_count = excluded.down_count,
        response = excluded.response
"""


def write_events(connection: Connection, beats: Sequence[Beat]) -> None:
    """Note changes of state where they can be counted and paged through."""
    if beats:
        connection.executemany(
            _WRITE_EVENT,
            [
                (
                    beat.id,
                    beat.monitor_id,
                    beat.time,
                    beat.end_time - beat.time,
                    int(beat.status),
                    beat.msg,
                    beat.ping,
                    beat.duration,
                    beat.retries,
                    beat.down_count,
                    beat.response,
                )
                for beat in beats
            ],
        )


def write_blocks(connection: Connection, blocks: Sequence[Block]) -> list[int]:
    """Write blocks, their marks and their statistics; returns their row numbers."""
    # Numbers of our own: RETURNING copies each page it changes, which is 3 bytes more for every beat.
    free: int = sql.value(connection, "SELECT coalesce(max(id), 0) + 1 FROM beat_block")
    numbers = [_write_block(connection, block, number) for number, block in enumerate(blocks, free)]
    connection.executemany(
        "INSERT INTO beat_mark (monitor_id, upto, last) VALUES (?, ?, ?)"
        " ON CONFLICT (monitor_id) DO UPDATE SET upto = excluded.upto, last = excluded.last",
        [(block.monitor_id, block.newest.id, text_of(block.newest)) for block in blocks],
    )
    add_statistics(connection, "hour", [(block.monitor_id, block.hours) for block in blocks])
    add_statistics(connection, "day", [(block.monitor_id, block.days) for block in blocks])
    return numbers


def _write_block(connection: Connection, block: Block, free: int) -> int:
    """Write a block over the one it replaces, if that is still there, or under a free number."""
    values = (block.first_time, block.last_time, block.length, block.minutes, block.packed)
    if block.replaces is not None:
        connection.execute(
            "UPDATE beat_block SET first_time = ?, last_time = ?, count = ?, minutes = ?, beats = ?"
            " WHERE id = ?",
            (*values, block.replaces),
        )
        if connection.changes():
            return block.replaces
    connection.execute(
        "INSERT INTO beat_block (first_time, last_time, count, minutes, beats, monitor_id, id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*values, block.monitor_id, free),
    )
    return free


_ADD_STATISTICS: Final = """
    INSERT INTO stat_{unit} AS stored (
        bucket, monitor_id, up, down, maintenance, pings, ping_sum, ping_min, ping_max
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (bucket, monitor_id) DO UPDATE SET
        up = stored.up + excluded.up,
        down = stored.down + excluded.down,
        maintenance = stored.maintenance + excluded.maintenance,
        pings = stored.pings + excluded.pings,
        ping_sum = coalesce(stored.ping_sum + excluded.ping_sum, stored.ping_sum, excluded.ping_sum),
        ping_min = CASE WHEN excluded.ping_min < stored.ping_min THEN excluded.ping_min
            ELSE coalesce(stored.ping_min, excluded.ping_min) END,
        ping_max = CASE WHEN excluded.ping_max > stored.ping_max THEN excluded.ping_max
            ELSE coalesce(stored.ping_max, excluded.ping_max) END
"""


def add_statistics(connection: Connection, unit: str, found: Iterable[tuple[int, dict[int, Bucket]]]) -> None:
    """Add to the statistics by `unit` ("hour" or "day"): buckets by their number, of some monitors."""
    rows = [
        (number, monitor_id, *_columns(bucket))
        for monitor_id, buckets in found
        for number, bucket in buckets.items()
    ]
    rows.sort(key=lambda row: row[:2])  # page after page
    connection.executemany(_ADD_STATISTICS.format(unit=unit), rows)


def _columns(bucket: Bucket) -> tuple[float | None, ...]:
    """A bucket's columns: whole numbers as integers, which take less room."""
    up, down, maintenance, pings, *ping = bucket
    if not pings:
        return up, down, maintenance, 0, None, None, None
    return up, down, maintenance, pings, *(int(value) if value == int(value) else value for value in ping)


def text_of(beat: Beat) -> str:
    """The newest beat of a block as its mark has it, so that a start need not unpack the block."""
    beat_id, _, *rest = beat
    return compact_json([beat_id, *rest])


def beat_of(monitor_id: int, text: str) -> Beat:
    """The inverse of `text_of`."""
    beat_id, began, ended, status, *rest = msgspec.json.decode(text)
    return Beat(beat_id, monitor_id, began, ended, STATUSES[status], *rest)


def forget_newest(connection: Connection, monitor_id: int) -> None:
    """The newest beat of a monitor is not any more what its mark says."""
    connection.execute("UPDATE beat_mark SET last = NULL WHERE monitor_id = ?", (monitor_id,))


def cut_log(connection: Connection, before: int) -> None:
    """Remove the log's rows in which every beat is older than this id."""
    connection.execute("DELETE FROM beat_log WHERE id < ?", (before,))


def remove_mark(connection: Connection, monitor_id: int) -> None:
    """The monitor is gone."""
    connection.execute("DELETE FROM beat_mark WHERE monitor_id = ?", (monitor_id,))


def set_mark(connection: Connection, key: int, upto: int) -> None:
    """No beat up to this id is to be taken from the log any more (of a monitor, or see COUNTER)."""
    connection.execute(
        "INSERT INTO beat_mark AS stored (monitor_id, upto) VALUES (?, ?)"
        " ON CONFLICT (monitor_id) DO UPDATE SET upto = excluded.upto, last = NULL"
        " WHERE stored.upto < excluded.upto",
        (key, upto),
    )
