"""What comes from the database of an Uptime Kuma: documents, beats and statistics of monitors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import apsw

from kuma_lite.core.errors import UserError
from kuma_lite.monitors.buckets import DAY_S, HOUR_S, Bucket, fold
from kuma_lite.monitors.incoming import read_value
from kuma_lite.monitors.model import Beat
from kuma_lite.monitors.retention import HOURS_KEPT
from kuma_lite.monitors.sealing import BLOCK_BEATS, add_statistics, write_past
from kuma_lite.monitors.wire import ALIASES, FIELDS, Document, sparse

RUN_LENGTH = BLOCK_BEATS  # beats of a monitor that are best written together


def read_row(row: Mapping[str, Any]) -> tuple[Document, list[str]]:
    """The sparse document of a row of `monitor`, and the columns that could not be read.

    Nothing is refused: what a form would not let through has been running there, perhaps for years.
    """
    document: Document = {}
    unread = []
    for column, value in row.items():
        name = ALIASES.get(column, column)
        if name not in FIELDS:
            continue
        try:
            document[name] = read_value(name, value)
        except UserError:
            unread.append(column)
    return sparse(document), unread


def write_runs(
    connection: apsw.Connection, runs: Iterable[Sequence[Any]], now: int, *, statistics: bool
) -> None:
    """Write beats of the past with the ids they have.

    Args:
        connection: inside a transaction.
        runs: beats (values of a `Beat`) of one monitor each, newer than all that is written of it.
        now: milliseconds since 1970; hours that no chart will show are not counted.
        statistics: count them by hour and day.
    """
    oldest_hour = now // (HOUR_S * 1000) - HOURS_KEPT
    hours, days = [], []
    for run in runs:
        beats = [Beat._make(values) for values in run]
        write_past(connection, beats)
        if not statistics:
            continue
        monitor_id = beats[0].monitor_id
        days.append((monitor_id, fold(beats, DAY_S)))
        if beats[-1].end_time // (HOUR_S * 1000) >= oldest_hour:
            by_hour = fold(beats, HOUR_S).items()
            hours.append(
                (monitor_id, {number: bucket for number, bucket in by_hour if number >= oldest_hour})
            )
    add_statistics(connection, "day", days)
    add_statistics(connection, "hour", hours)


def write_buckets(connection: apsw.Connection, unit: str, rows: Iterable[Sequence[Any]]) -> None:
    """Add statistics by `unit` ("hour" or "day"): monitor, number of the bucket, values of a `Bucket`."""
    add_statistics(
        connection, unit, [(monitor, {number: Bucket(*values)}) for monitor, number, *values in rows]
    )


def newest_written(connection: apsw.Connection) -> dict[int, int]:
    """Monitor → id of its newest beat in blocks."""
    return dict(connection.execute("SELECT monitor_id, upto FROM beat_mark WHERE monitor_id > 0"))
