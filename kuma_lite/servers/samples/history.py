"""The SQL of samples and roll-ups. Functions run inside a transaction, in the database's threads.

New samples wait in `server_sample`; when a span of six hours is over they are packed into one block, and the
roll-ups it touches are made again. A late sample waits there too, and is merged into its block.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

# Id of a series → samples that wait elsewhere, in order of time; the same may be in the database by now.
Fresh = Mapping[int, Sequence[Sample]]
NONE: Final[Fresh] = {}
LATE_MS: Final = 15 * 60_000  # after a span is over, for what is still on its way


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
    connection: Connection,
    series_id: int,
    finest: Tier,
    since: int,
    until: int,
    now: int,
    kept: Kept,
    fresh: Fresh = NONE,
) -> list[Piece]:
    """How a range is answered: with a tier where it is kept, elsewhere with the finest coarser one that is.

    In order of time, without what is empty. Few blocks are unpacked for it: most are only asked how many
    values they hold.
    """
    if finest is Tier.DAY:  # the last one: what it does not have, nobody has
        size = _size(connection, series_id, finest, since, until, fresh)
        return [Piece(finest, since, until, size)] if size else []
    found: list[Piece] = []
    held = _held(connection, series_id, finest, since, until, kept.first_block(finest, now), fresh)
    for part in parts(held, since, until):
        if not part.there:
            coarse = Tier(finest + 1)
            found += pieces(connection, series_id, coarse, part.since, part.until, now, kept, fresh)
        elif size := _size(connection, series_id, finest, part.since, part.until, fresh):
            found.append(Piece(finest, part.since, part.until, size))
    return found


def _held(
    connection: Connection, series_id: int, tier: Tier, since: int, until: int, first: int, fresh: Fresh
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
    end = span_start(tier, until) + span - 1
    rows = connection.execute(
        f"SELECT DISTINCT time - time % ? FROM server_sample WHERE server_id = {_SERVER}"  # noqa: S608
        " AND series_id = ? AND time BETWEEN ? AND ?",
        (SPAN_MS[Tier.RAW], series_id, series_id, begin, end),
    )
    waiting = {start for (start,) in rows}
    waiting |= {span_start(Tier.RAW, time) for time, _ in fresh.get(series_id, ()) if begin <= time <= end}
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


def _size(connection: Connection, series_id: int, tier: Tier, since: int, until: int, fresh: Fresh) -> int:
    """How many values a tier has in a range, the bucket under way at its beginning included.

    Exact for raw samples; of roll-ups no less than there are: a lone reading of a counter makes none.
    """
    begin = bucket_start(tier, since)
    waiting = {bucket_start(tier, time) for time, _ in _waiting(connection, series_id, begin, until, fresh)}
    late = {span_start(tier, time) for time in waiting}
    total = len(waiting)
    for start, data in _blocks(connection, series_id, tier, span_start(tier, begin), until):
        if begin <= start and start + SPAN_MS[tier] - 1 <= until and start not in late:
            total += packed_length(data)
        else:  # it is there in part, or some of it waits once more
            total += sum(begin <= time <= until and time not in waiting for time in packed_times(data))
    return total


# --- reading -----------------------------------------------------------------------------------------------


def read_samples(
    connection: Connection, series_id: int, since: int, until: int, fresh: Fresh = NONE
) -> list[Sample]:
    """Raw samples of a range, both ends included, in order of time."""
    begin = span_start(Tier.RAW, since)
    packed = [
        sample
        for _, data in _blocks(connection, series_id, Tier.RAW, begin, until)
        for sample in unpack_samples(data)
    ]
    waiting = _waiting(connection, series_id, since, until, fresh)
    everything = together(packed, waiting) if packed else waiting
    return [sample for sample in everything if since <= sample[0] <= until]


def read_points(
    connection: Connection,
    series_id: int,
    tier: Tier,
    since: int,
    until: int,
    *,
    counter: bool,
    fresh: Fresh = NONE,
) -> list[Point]:
    """Roll-ups whose bucket begins within a range, in order of time; those of waiting samples included."""
    begin = span_start(tier, since)
    points = [
        point
        for _, data in _blocks(connection, series_id, tier, begin, until)
        for point in unpack_points(data)
    ]
    newer = _newer_points(connection, series_id, since - DAY_MS, until, fresh, counter=counter)
    if newer and tier is not Tier.TEN_MINUTES:
        newer = coarser(newer, Tier.HOUR)
        if tier is Tier.DAY:
            newer = coarser(_days_hours(connection, series_id, newer), Tier.DAY)
    everything = replaced(points, newer) if newer else points
    return [point for point in everything if since <= point.time <= until]


def _newer_points(
    connection: Connection, series_id: int, since: int, until: int, fresh: Fresh, *, counter: bool
) -> list[Point]:
    """Ten-minute points of every span that has waiting samples."""
    waiting = _waiting(connection, series_id, span_start(Tier.RAW, since), until, fresh)
    starts = sorted({span_start(Tier.RAW, time) for time, _ in waiting})
    found: list[Point] = []
    for start in starts:
        samples = _span(connection, series_id, start, fresh)
        before = sample_before(connection, series_id, start, fresh) if counter else None
        found += points_of(samples, counter=counter, before=before)
    return found


def _days_hours(connection: Connection, series_id: int, newer: Sequence[Point]) -> list[Point]:
    """All hours of the days that some new hours belong to."""
    first = newer[0].time - newer[0].time % DAY_MS
    stored = [
        point
        for _, data in _blocks(connection, series_id, Tier.HOUR, span_start(Tier.HOUR, first), newer[-1].time)
        for point in unpack_points(data)
        if point.time >= first
    ]
    return replaced(stored, newer)


def _span(connection: Connection, series_id: int, start: int, fresh: Fresh = NONE) -> list[Sample]:
    end = start + SPAN_MS[Tier.RAW] - 1
    packed = _block(connection, series_id, Tier.RAW, start)
    waiting = _waiting(connection, series_id, start, end, fresh)
    return together(unpack_samples(packed) if packed else (), waiting)


def sample_before(connection: Connection, series_id: int, time: int, fresh: Fresh = NONE) -> Sample | None:
    """The last sample before a moment."""
    waiting: Any = connection.execute(
        f"SELECT time, value FROM server_sample WHERE server_id = {_SERVER}"  # noqa: S608
        " AND series_id = ? AND time < ? ORDER BY time DESC LIMIT 1",
        (series_id, series_id, time),
    ).fetchone()
    packed = _packed_before(connection, series_id, time)
    newest = next((sample for sample in reversed(fresh.get(series_id, ())) if sample[0] < time), None)
    # Of two with one time, the one that came first.
    found = [sample for sample in (packed, waiting, newest) if sample is not None]
    return max(found, key=lambda sample: sample[0], default=None)


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


def _waiting(connection: Connection, series_id: int, since: int, until: int, fresh: Fresh) -> list[Sample]:
    rows: Any = connection.execute(
        f"SELECT time, value FROM server_sample WHERE server_id = {_SERVER}"  # noqa: S608
        " AND series_id = ? AND time BETWEEN ? AND ? ORDER BY time",
        (series_id, series_id, since, until),
    )
    newer = [sample for sample in fresh.get(series_id, ()) if since <= sample[0] <= until]
    return together(rows, newer) if newer else list(rows)


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


def complete_before(now: int) -> int:
    """The moment before which spans are over, and what was on its way has come; ms."""
    return span_start(Tier.RAW, now - LATE_MS)


def windows_to_seal(connection: Connection, now: int) -> list[Window]:
    """Spans that are over and have samples waiting; the oldest first."""
    span = SPAN_MS[Tier.RAW]
    limit = complete_before(now)
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
