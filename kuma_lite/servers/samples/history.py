"""The SQL of samples and roll-ups. Functions run inside a transaction, in the database's threads.

New samples wait in `server_sample`; when a span of six hours is over they are packed into one block, and the
roll-ups it touches are made again. A late sample waits there too, and is merged into its block.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from kuma_lite.core import sql
from kuma_lite.core.sql import Connection
from kuma_lite.servers.samples.packing import (
    Point,
    Sample,
    pack_points,
    pack_samples,
    packed_length,
    packed_times,
    unpack_points,
    unpack_samples,
)
from kuma_lite.servers.samples.rollup import (
    DAY_MS,
    SPAN_MS,
    Kept,
    Tier,
    bucket_start,
    coarser,
    parts,
    points_of,
    replaced,
    span_start,
    together,
)

LATE_MS: Final = 15 * 60_000  # after a span is over, for what is still on its way
ROW_BYTES: Final = 60  # of a block beside its data: the row and its two index entries
SAMPLE_BYTES: Final = 24  # of a sample that waits
SLICE: Final = 500  # rows deleted in one transaction


class Window(NamedTuple):
    """One span of samples of one series."""

    series_id: int
    start: int


class Piece(NamedTuple):
    """A part of a range with the tier that answers it; both ends included, ms."""

    tier: Tier
    since: int
    until: int
    size: int  # values, at most


# They lie together by server: those of one report on one page.
_SERVER: Final = "coalesce((SELECT server_id FROM server_series WHERE id = ?), 0)"


def insert_samples(connection: Connection, samples: Iterable[tuple[int, int, float]]) -> None:
    """Store `(series id, ms, value)`; what is there already stays as it is."""
    connection.executemany(
        f"INSERT INTO server_sample (server_id, series_id, time, value) VALUES ({_SERVER}, ?, ?, ?)"  # noqa: S608
        " ON CONFLICT DO NOTHING",
        [(sample[0], *sample) for sample in samples],
    )


def insert_report(connection: Connection, server_id: int, samples: Iterable[tuple[int, int, float]]) -> None:
    """`insert_samples` of one server."""
    connection.executemany(
        "INSERT INTO server_sample (server_id, series_id, time, value) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [(server_id, *sample) for sample in samples],
    )


def waiting_of(connection: Connection, server_id: int, since: int) -> list[tuple[int, int, float]]:
    """`(series id, ms, value)` of one server that wait and are not older, in order of time."""
    rows: Any = connection.execute(
        "SELECT series_id, time, value FROM server_sample WHERE server_id = ? AND time >= ? ORDER BY time",
        (server_id, since),
    )
    return list(rows)


# --- counting ----------------------------------------------------------------------------------------------


def pieces(
    connection: Connection, series_id: int, finest: Tier, since: int, until: int, now: int, kept: Kept
) -> list[Piece]:
    """How a range is answered: with a tier where it is kept, elsewhere with the finest coarser one that is.

    In order of time, without what is empty. Few blocks are unpacked for it: most are only asked how many
    values they hold.
    """
    if finest is Tier.DAY:  # the last one: what it does not have, nobody has
        size = _size(connection, series_id, finest, since, until)
        return [Piece(finest, since, until, size)] if size else []
    found: list[Piece] = []
    held = _held(connection, series_id, finest, since, until, kept.first_block(finest, now))
    for part in parts(held, since, until):
        if not part.there:
            coarse = Tier(finest + 1)
            found += pieces(connection, series_id, coarse, part.since, part.until, now, kept)
        elif size := _size(connection, series_id, finest, part.since, part.until):
            found.append(Piece(finest, part.since, part.until, size))
    return found


def _held(
    connection: Connection, series_id: int, tier: Tier, since: int, until: int, first: int
) -> list[tuple[int, int]]:
    """Beginning and length of what a tier has of a range, in order: its blocks, not before `first`, and what
    waits.

    A waiting sample stands for its block, as nothing else is in it; if some of that has been thrown away,
    for its own span alone.
    """
    span, begin = SPAN_MS[tier], span_start(tier, since)
    rows: Any = connection.execute(
        "SELECT start FROM server_block WHERE series_id = ? AND tier = ? AND start BETWEEN ? AND ?",
        (series_id, int(tier), max(begin, first), until),
    )
    blocks = {start for (start,) in rows}
    held = {(start, span) for start in blocks}
    # To the end of the last span: whether it is there does not depend on where the range ends.
    rows = connection.execute(
        f"SELECT DISTINCT time - time % ? FROM server_sample WHERE server_id = {_SERVER}"  # noqa: S608
        " AND series_id = ? AND time BETWEEN ? AND ?",
        (SPAN_MS[Tier.RAW], series_id, series_id, begin, span_start(tier, until) + span - 1),
    )
    waiting = {start for (start,) in rows}
    for start in {span_start(tier, window) for window in waiting} - blocks:
        if _was_rolled_up(connection, series_id, start, start + span - 1):
            inside = (window for window in waiting if start <= window < start + span)
            held |= {(window, SPAN_MS[Tier.RAW]) for window in inside}
        else:
            held.add((start, span))
    return sorted(part for part in held if part[0] <= until and sum(part) > since)


def _was_rolled_up(connection: Connection, series_id: int, since: int, until: int) -> bool:
    """Whether a day that begins within a range is kept: its samples were packed once, in every tier."""
    blocks = _blocks(connection, series_id, Tier.DAY, span_start(Tier.DAY, since), until)
    return any(since <= time <= until for _, data in blocks for time in packed_times(data))


def _size(connection: Connection, series_id: int, tier: Tier, since: int, until: int) -> int:
    """How many values a tier has in a range, the bucket under way at its beginning included.

    Exact for raw samples; of roll-ups no less than there are: a lone reading of a counter makes none.
    """
    begin = bucket_start(tier, since)
    waiting = {bucket_start(tier, time) for time, _ in _waiting(connection, series_id, begin, until)}
    late = {span_start(tier, time) for time in waiting}
    total = len(waiting)
    for start, data in _blocks(connection, series_id, tier, span_start(tier, begin), until):
        if begin <= start and start + SPAN_MS[tier] - 1 <= until and start not in late:
            total += packed_length(data)
        else:  # it is there in part, or some of it waits once more
            total += sum(begin <= time <= until and time not in waiting for time in packed_times(data))
    return total


# --- reading -----------------------------------------------------------------------------------------------


def read_samples(connection: Connection, series_id: int, since: int, until: int) -> list[Sample]:
    """Raw samples of a range, both ends included, in order of time."""
    begin = span_start(Tier.RAW, since)
    packed = [
        sample
        for _, data in _blocks(connection, series_id, Tier.RAW, begin, until)
        for sample in unpack_samples(data)
    ]
    waiting = _waiting(connection, series_id, since, until)
    everything = together(packed, waiting) if packed else waiting
    return [sample for sample in everything if since <= sample[0] <= until]


def read_points(
    connection: Connection, series_id: int, tier: Tier, since: int, until: int, *, counter: bool
) -> list[Point]:
    """Roll-ups whose bucket begins within a range, in order of time; those of waiting samples included."""
    begin = span_start(tier, since)
    points = [
        point
        for _, data in _blocks(connection, series_id, tier, begin, until)
        for point in unpack_points(data)
    ]
    fresh = _fresh_points(connection, series_id, since - DAY_MS, until, counter=counter)
    if fresh and tier is not Tier.TEN_MINUTES:
        fresh = coarser(fresh, Tier.HOUR)
        if tier is Tier.DAY:
            fresh = coarser(_days_hours(connection, series_id, fresh), Tier.DAY)
    everything = replaced(points, fresh) if fresh else points
    return [point for point in everything if since <= point.time <= until]


def _fresh_points(
    connection: Connection, series_id: int, since: int, until: int, *, counter: bool
) -> list[Point]:
    """Ten-minute points of every span that has waiting samples."""
    waiting = _waiting(connection, series_id, span_start(Tier.RAW, since), until)
    starts = sorted({span_start(Tier.RAW, time) for time, _ in waiting})
    found: list[Point] = []
    for start in starts:
        samples = _span(connection, series_id, start)
        before = sample_before(connection, series_id, start) if counter else None
        found += points_of(samples, counter=counter, before=before)
    return found


def _days_hours(connection: Connection, series_id: int, fresh: Sequence[Point]) -> list[Point]:
    """All hours of the days that some fresh hours belong to."""
    first = fresh[0].time - fresh[0].time % DAY_MS
    stored = [
        point
        for _, data in _blocks(connection, series_id, Tier.HOUR, span_start(Tier.HOUR, first), fresh[-1].time)
        for point in unpack_points(data)
        if point.time >= first
    ]
    return replaced(stored, fresh)


def _span(connection: Connection, series_id: int, start: int) -> list[Sample]:
    end = start + SPAN_MS[Tier.RAW] - 1
    packed = _block(connection, series_id, Tier.RAW, start)
    return together(unpack_samples(packed) if packed else (), _waiting(connection, series_id, start, end))


def sample_before(connection: Connection, series_id: int, time: int) -> Sample | None:
    """The last sample before a moment."""
    waiting: Any = connection.execute(
        f"SELECT time, value FROM server_sample WHERE server_id = {_SERVER}"  # noqa: S608
        " AND series_id = ? AND time < ? ORDER BY time DESC LIMIT 1",
        (series_id, series_id, time),
    ).fetchone()
    packed = _packed_before(connection, series_id, time)
    return max((found for found in (waiting, packed) if found is not None), default=None)


def _packed_before(connection: Connection, series_id: int, time: int) -> Sample | None:
    rows = connection.execute(
        "SELECT data FROM server_block WHERE series_id = ? AND tier = 0 AND start < ? ORDER BY start DESC",
        (series_id, time),
    )
    for (data,) in rows:
        # The block that the moment lies in may have nothing before it; the one before that has.
        before = [sample for sample in unpack_samples(data) if sample[0] < time]
        if before:
            return before[-1]
    return None


def _waiting(connection: Connection, series_id: int, since: int, until: int) -> list[Sample]:
    rows: Any = connection.execute(
        f"SELECT time, value FROM server_sample WHERE server_id = {_SERVER}"  # noqa: S608
        " AND series_id = ? AND time BETWEEN ? AND ? ORDER BY time",
        (series_id, series_id, since, until),
    )
    return list(rows)


def _blocks(
    connection: Connection, series_id: int, tier: Tier, begin: int, until: int
) -> list[tuple[int, bytes]]:
    """Start and data of the blocks that begin within a range, in order."""
    rows: Any = connection.execute(
        "SELECT start, data FROM server_block WHERE series_id = ? AND tier = ? AND start BETWEEN ? AND ? "
        "ORDER BY start",
        (series_id, int(tier), begin, until),
    )
    return list(rows)


def _block(connection: Connection, series_id: int, tier: Tier, start: int) -> bytes | None:
    found: bytes | None = sql.value(
        connection,
        "SELECT data FROM server_block WHERE series_id = ? AND tier = ? AND start = ?",
        (series_id, int(tier), start),
    )
    return found


# --- packing -----------------------------------------------------------------------------------------------


def windows_to_seal(connection: Connection, now: int) -> list[Window]:
    """Spans that are over and have samples waiting; the oldest first."""
    span = SPAN_MS[Tier.RAW]
    limit = span_start(Tier.RAW, now - LATE_MS)
    rows = connection.execute(
        "SELECT DISTINCT series_id, time - time % ? AS start FROM server_sample WHERE time < ? "
        "ORDER BY start",
        (span, limit),
    )
    return [Window(*row) for row in rows]


def seal(connection: Connection, window: Window, *, counter: bool) -> None:
    """Pack the samples of one span, and make its roll-ups again."""
    series_id, start = window
    samples = _span(connection, series_id, start)
    if not samples:
        return
    before = sample_before(connection, series_id, start) if counter else None
    _put(connection, series_id, Tier.RAW, start, pack_samples(samples))
    connection.execute(
        f"DELETE FROM server_sample WHERE server_id = {_SERVER} AND series_id = ? AND time BETWEEN ? AND ?",  # noqa: S608
        (series_id, series_id, start, start + SPAN_MS[Tier.RAW] - 1),
    )
    ten = points_of(samples, counter=counter, before=before)
    if not ten:
        return
    _merge(connection, series_id, Tier.TEN_MINUTES, start, ten)
    hours = _merge(connection, series_id, Tier.HOUR, start, coarser(ten, Tier.HOUR))
    day = start - start % DAY_MS
    of_day = [point for point in hours if day <= point.time < day + DAY_MS]
    _merge(connection, series_id, Tier.DAY, start, coarser(of_day, Tier.DAY))


def _merge(
    connection: Connection, series_id: int, tier: Tier, time: int, points: Sequence[Point]
) -> list[Point]:
    """Put points into the block that a moment belongs to; returns all of it."""
    start = span_start(tier, time)
    packed = _block(connection, series_id, tier, start)
    merged = replaced(unpack_points(packed) if packed else (), points)
    _put(connection, series_id, tier, start, pack_points(merged))
    return merged


def _put(connection: Connection, series_id: int, tier: Tier, start: int, data: bytes) -> None:
    connection.execute(
        "INSERT INTO server_block (series_id, tier, start, data) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (series_id, tier, start) DO UPDATE SET data = excluded.data",
        (series_id, int(tier), start, data),
    )


# --- throwing away -----------------------------------------------------------------------------------------


def forget_series(connection: Connection, series_ids: Iterable[int]) -> None:
    """Remove everything of some series."""
    ids = [(number,) for number in series_ids]
    # Whose they were may not be known any more: all that waits is looked through.
    among, values = sql.among("series_id", [number for (number,) in ids])
    connection.execute(f"DELETE FROM server_sample WHERE {among}", values)  # noqa: S608 - placeholders only
    connection.executemany("DELETE FROM server_block WHERE series_id = ?", ids)


def delete_old(connection: Connection, now: int, kept: Kept) -> int:
    """Remove a slice of what is past its time; returns how many rows that were."""
    removed = 0
    for tier in Tier:
        connection.execute(
            "DELETE FROM server_block WHERE id IN "
            "(SELECT id FROM server_block WHERE tier = ? AND start < ? LIMIT ?)",
            (int(tier), kept.first_block(tier, now), SLICE),
        )
        removed += connection.changes()
    return removed


def stored_bytes(connection: Connection) -> int:
    """What all history takes, near enough."""
    query = "SELECT coalesce(sum(length(data) + ?), 0) FROM server_block"
    blocks: Any = sql.value(connection, query, (ROW_BYTES,))
    waiting: Any = sql.value(connection, "SELECT count(*) FROM server_sample")
    return int(blocks + waiting * SAMPLE_BYTES)


def delete_oldest(connection: Connection, excess: int) -> int:
    """Remove the oldest blocks, the finest first, until `excess` bytes are gone; returns the bytes removed.

    At most a slice at once; 0: there is nothing left to remove.
    """
    doomed, freed = [], 0
    rows = connection.execute(
        "SELECT id, length(data) FROM server_block ORDER BY tier, start LIMIT ?", (SLICE,)
    )
    for number, size in rows:
        doomed.append((number,))
        freed += int(size) + ROW_BYTES
        if freed >= excess:
            break
    connection.executemany("DELETE FROM server_block WHERE id = ?", doomed)
    return freed
