"""Beats and statistics of the past, taken over from elsewhere (an import), straight into blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from kuma_lite.beats import sealing
from kuma_lite.beats.buckets import DAY_S, HOUR_S, MINUTE_S, Bucket, coarser, fold
from kuma_lite.beats.minutes import fold as fold_minutes
from kuma_lite.beats.minutes import pack_minutes
from kuma_lite.beats.model import Beat
from kuma_lite.beats.packing import encode
from kuma_lite.core.sql import Connection

MINUTES_FOR_MS: Final = 2 * DAY_S * 1000  # a day, and more than clocks may be wrong by
RUN_LENGTH: Final = sealing.BLOCK_BEATS  # beats of a monitor that are best written together


def write_beats(
    connection: Connection,
    runs: Iterable[Sequence[tuple[Any, ...]]],
    *,
    statistics: bool,
    now: int | None = None,
) -> None:
    """Store beats with their ids; memory follows when the recorder is loaded.

    Args:
        connection: the writer's, inside a transaction.
        runs: of one monitor each and newer than all it has; the fields of `Beat` in their order.
        statistics: count them by hour and day as well.
        now: milliseconds since 1970, if it is known: then runs that no sliding day will ever reach are not
            counted by the minute, which is half of the work.
    """
    oldest = 0 if now is None else now - MINUTES_FOR_MS
    for run in runs:
        beats = [Beat._make(row) for row in run]
        minutes = fold(beats, MINUTE_S) if beats[-1].end_time >= oldest else {}
        monitor_id = beats[0].monitor_id
        connection.execute(
            "INSERT INTO beat_block (monitor_id, first_time, last_time, count, minutes, beats)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                monitor_id,
                min(beat.time for beat in beats),
                max(beat.time for beat in beats),
                len(beats),
                fold_minutes(pack_minutes(minutes)),
                encode(beats),
            ),
        )
        sealing.set_mark(connection, monitor_id, beats[-1].id)
        sealing.write_events(connection, [beat for beat in beats if beat.important])
        if statistics:
            hours = coarser(minutes, HOUR_S // MINUTE_S) if minutes else fold(beats, HOUR_S)
            sealing.add_statistics(connection, "hour", [(monitor_id, hours)])
            sealing.add_statistics(connection, "day", [(monitor_id, coarser(hours, DAY_S // HOUR_S))])


def write_statistics(connection: Connection, unit: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Add to the statistics by "hour" or "day".

    `rows` are a monitor's id, the number of the hour or day since 1970, and the fields of `Bucket`.
    """
    sealing.add_statistics(
        connection, unit, [(monitor_id, {number: Bucket._make(rest)}) for monitor_id, number, *rest in rows]
    )


def recorded_up_to(connection: Connection) -> dict[int, int]:
    """Monitor → the id of the newest beat that is stored."""
    query = "SELECT monitor_id, upto FROM beat_mark WHERE monitor_id != ?"
    rows: Any = connection.execute(query, (sealing.COUNTER,))
    return dict(rows)
