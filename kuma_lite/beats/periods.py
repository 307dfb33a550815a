"""What hour and day bars show: uptime, outages and time down of each period, of many monitors in one query.

Periods are hours or days of UTC, as the statistics are. What is counted (up, down, response times) comes from
the statistics, what is timed (outages) from the changes of state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from kuma_lite.beats.buckets import HOUR_S, MS, Bucket, Span
from kuma_lite.core import sql
from kuma_lite.core.declarations import Status
from kuma_lite.core.sql import Connection

NOTHING: Final = Bucket()

Interval = tuple[int, int]  # from, to; milliseconds since 1970
Change = tuple[int, int]  # when, and to which status


class Period(Struct, frozen=True):
    """One hour or day of one monitor."""

    began: int  # milliseconds since 1970
    bucket: Bucket
    outages: int  # that lasted in it; one that spans midnight counts on both days
    down_ms: int  # of these outages, what lies in the period and is over

    @property
    def uptime(self) -> float | None:
        """Share of checks that were up, 0..1; None without any (maintenance is neither)."""
        counted = self.bucket.up + self.bucket.down
        return self.bucket.up / counted if counted else None


def periods(buckets: Mapping[int, Bucket], outages: Iterable[Interval], span: Span, now: int) -> list[Period]:
    """Every period of a span, oldest first, those in which nothing was checked as well.

    Args:
        buckets: by their number; others than those of the span are passed over.
        outages: when the monitor was down; they do not overlap.
        span: which periods.
        now: milliseconds since 1970; nothing lasts longer.
    """
    length = span.seconds * MS
    counts = [0] * span.length
    down = [0] * span.length
    for began, ended in outages:
        end = min(ended, now)
        for number in range(max(began // length, span.first), min(end // length, span.last) + 1):
            within = min(end, (number + 1) * length) - max(began, number * length)
            if within > 0 or began == end:
                counts[number - span.first] += 1
                down[number - span.first] += within
    return [
        Period((span.first + at) * length, buckets.get(span.first + at, NOTHING), counts[at], down[at])
        for at in range(span.length)
    ]


def intervals(changes: Iterable[Change], end: int) -> list[Interval]:
    """When a monitor was down: from each change to DOWN to the next one, whatever that is to.

    Args:
        changes: oldest first.
        end: when an outage that nothing ended is over, or is looked at; milliseconds since 1970.
    """
    found: list[Interval] = []
    since: int | None = None
    for moment, status in changes:
        if since is not None:
            found.append((since, moment))
        since = moment if status == Status.DOWN else None
    if since is not None:
        found.append((since, max(since, end)))
    return found


# --- SQL ---------------------------------------------------------------------------------------------------


class Stored(Struct, frozen=True):
    """What is on disk of some monitors, by their numbers."""

    buckets: dict[int, dict[int, Bucket]]
    changes: dict[int, list[Change]]  # in the span, and the one before it
    upto: dict[int, int]  # id up to which the buckets hold everything


def stored_periods(connection: Connection, monitor_ids: Sequence[int], span: Span) -> Stored:
    """Read what the periods of these monitors are made from."""
    since = span.first * span.seconds * MS
    return Stored(
        _buckets(connection, monitor_ids, span),
        stored_changes(connection, monitor_ids, since),
        _upto(connection, monitor_ids),
    )


def _buckets(connection: Connection, monitor_ids: Sequence[int], span: Span) -> dict[int, dict[int, Bucket]]:
    unit = "hour" if span.seconds == HOUR_S else "day"
    among, values = sql.among("monitor_id", monitor_ids)
    query = f"""
        WITH RECURSIVE wanted (number) AS (
            SELECT CAST(? AS BIGINT) UNION ALL SELECT number + 1 FROM wanted WHERE number < ?
        )
        SELECT monitor_id, bucket, up, down, maintenance, pings, ping_sum, ping_min, ping_max
        FROM wanted CROSS JOIN stat_{unit} WHERE bucket = number AND {among}
    """  # noqa: S608 - own names, placeholders
    found: dict[int, dict[int, Bucket]] = {}
    rows: Any = connection.execute(query, (span.first, span.last, *values))
    for monitor_id, number, *row in rows:
        bucket = Bucket(*row) if row[4] is not None else Bucket(*row[:4])
        found.setdefault(monitor_id, {})[number] = bucket
    return found


def stored_changes(connection: Connection, monitor_ids: Sequence[int], since: int) -> dict[int, list[Change]]:
    """The changes of state of each monitor since a moment, oldest first, and the last one before it."""
    found: dict[int, list[Change]] = {}
    if not monitor_ids:
        return found
    before = f"""
        WITH wanted (monitor_id) AS (VALUES {sql.rows(len(monitor_ids), 1)})
        SELECT event.monitor_id, event.time, event.status
        FROM wanted CROSS JOIN beat_event AS event WHERE event.id = (
            SELECT id FROM beat_event WHERE monitor_id = CAST(wanted.monitor_id AS BIGINT) AND time < ?
            ORDER BY time DESC, id DESC LIMIT 1
        )
    """  # noqa: S608 - placeholders only
    among, values = sql.among("monitor_id", monitor_ids)
    inside = f"""
        SELECT monitor_id, time, status FROM beat_event WHERE {among} AND time >= ?
        ORDER BY monitor_id, time, id
    """  # noqa: S608 - placeholders only
    for query in (before, inside):
        rows: Any = connection.execute(query, (*values, since))
        for monitor_id, moment, status in rows:
            found.setdefault(monitor_id, []).append((moment, status))
    return found


def _upto(connection: Connection, monitor_ids: Sequence[int]) -> dict[int, int]:
    among, values = sql.among("monitor_id", monitor_ids)
    query = f"SELECT monitor_id, upto FROM beat_mark WHERE {among}"  # noqa: S608 - placeholders only
    rows: Any = connection.execute(query, values)
    return dict(rows)
