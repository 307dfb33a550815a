"""Beats that are on disk: asked for, cleared, taken over from elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial, reduce
from itertools import islice
from operator import lt
from typing import Any, Final

from kuma_lite.beats import sealing
from kuma_lite.beats.buckets import HOUR_S, MINUTE_S, MS, Bucket, Span, chart, fold, span_of
from kuma_lite.beats.model import Beat
from kuma_lite.beats.packing import STATUSES, decode, decode_columns, encode
from kuma_lite.beats.periods import Change, Period, intervals, periods, stored_changes, stored_periods
from kuma_lite.beats.recorder import Recorder
from kuma_lite.beats.row_text import row_texts
from kuma_lite.beats.sealing import COUNTER
from kuma_lite.core import sql
from kuma_lite.core.declarations import Status
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions

SLICE_ROWS: Final = 500  # removed in one transaction: some 10 ms in which nobody else can write
ROWS_IN_PIECE: Final = 500  # of a text; some 150 KB
SLICE_BLOCKS: Final = 100  # rewritten in one transaction: some 20 ms

_EVENT: Final = """
    id, monitor_id, time, time + delay, status, msg, ping, 1, duration, retries, down_count, response
"""


class BeatHistory:
    """All beats of all monitors: blocks and events on disk, the newest in memory."""

    def __init__(self, database: Transactions, recorder: Recorder) -> None:
        self._database = database
        self._recorder = recorder

    # --- asking ------------------------------------------------------------------------------------------

    async def beats_since(self, monitor_id: int, since: int) -> list[Beat]:
        """Beats that began after `since` (milliseconds), oldest first."""
        packed, events, upto = await self._database.read(
            lambda connection: _stored_beats(connection, monitor_id, since)
        )
        found = {beat.id: beat for beat in events}
        for block in packed:
            found.update((beat.id, beat) for beat in decode(block))
        found.update((beat.id, beat) for beat in self._recorder.recent.after(monitor_id, upto))
        wanted = (beat for beat in found.values() if beat.time > since)
        return sorted(wanted, key=lambda beat: (beat.time, beat.id))

    async def rows_json_since(self, monitor_id: int, since: int) -> list[str]:
        """`beats_since` as JSON of a list of `Beat.as_row()`, in pieces; others have turns in between."""
        packed, events, upto = await self._database.read(
            lambda connection: _stored_beats(connection, monitor_id, since)
        )
        times: list[int] = []
        ids: list[int] = []
        texts: list[str] = []
        beats = [*self._recorder.recent.after(monitor_id, upto), *events]
        for block in packed:
            found = decode_columns(block)
            records = zip(found.ids, found.times, found.delays, found.kinds, found.pings, strict=True)
            wanted = [record for record in records if record[1] > since]
            ids += [record[0] for record in wanted]
            times += [record[1] for record in wanted]
            texts += row_texts(monitor_id, wanted, found.shapes.__getitem__)
            await asyncio.sleep(0)
        known = set(ids)
        for beat in beats:
            if (
                beat.time > since and beat.id not in known
            ):  # events are in blocks as well, until these are gone
                known.add(beat.id)
                times.append(beat.time)
                ids.append(beat.id)
                texts.append(_row_text(beat))
        if not _ascend(times) or len(known) < len(ids):  # the clock was set back
            rows = dict(zip(ids, zip(times, ids, texts, strict=True), strict=True))
            texts = [text for _, _, text in sorted(rows.values())]
        pieces = ["["]
        for first in range(0, len(texts), ROWS_IN_PIECE):
            pieces += ("," if first else "", ",".join(texts[first : first + ROWS_IN_PIECE]))
        return [*pieces, "]"]

    async def chart(self, monitor_id: int, hours: float, now: float) -> list[dict[str, Any]]:
        """Wire rows of `getMonitorChartData`, newest first; `now` is seconds. Raises UserError."""
        span = span_of(hours, now)
        return chart(await self._buckets(monitor_id, span), span)

    async def total(self, monitor_id: int, span: Span) -> Bucket:
        """What happened to a monitor in a span, put together."""
        buckets = await self._buckets(monitor_id, span)
        inside = (bucket for number, bucket in buckets.items() if span.first <= number <= span.last)
        return reduce(Bucket.plus, inside, Bucket())

    async def _buckets(self, monitor_id: int, span: Span) -> dict[int, Bucket]:
        """The buckets of a span that are not empty, by number; perhaps some around it as well."""
        if span.seconds == MINUTE_S:
            beats = await self.beats_since(monitor_id, (span.first - 1) * MINUTE_S * MS)
            return fold(beats, MINUTE_S)
        buckets, upto = await self._database.read(
            lambda connection: _stored_buckets(connection, monitor_id, span)
        )
        for number, bucket in fold(self._recorder.recent.after(monitor_id, upto), span.seconds).items():
            buckets[number] = buckets.get(number, Bucket()).plus(bucket)
        return buckets

    async def periods(self, watched: Mapping[int, bool], span: Span, now: float) -> dict[int, list[Period]]:
        """Uptime, response times, outages and time down by hour or by day, of many monitors in one query.

        Args:
            watched: the monitors, and whether each is watched now: an outage of one that is not is over
                with its last beat.
            span: `days_span` or `hours_span`.
            now: seconds since 1970.

        Returns:
            For each monitor every period of the span, oldest first, the current one last.
        """
        await self._recorder.flush()
        stored = await self._database.read(lambda connection: stored_periods(connection, list(watched), span))
        found = {}
        for number, is_watched in watched.items():
            buckets = stored.buckets.get(number, {})
            fresh = self._recorder.recent.after(number, stored.upto.get(number, 0))
            for place, bucket in fold(fresh, span.seconds).items():
                buckets[place] = buckets[place].plus(bucket) if place in buckets else bucket
            last = self._recorder.last(number)
            end = int(now * MS) if is_watched or last is None else last.end_time
            found[number] = periods(
                buckets, intervals(stored.changes.get(number, ()), end), span, int(now * MS)
            )
        return found

    async def changes(self, monitor_ids: Sequence[int], since: int) -> dict[int, list[Change]]:
        """The changes of state of some monitors, and the last one before `since` (ms since 1970)."""
        await self._recorder.flush()
        return await self._database.read(lambda connection: stored_changes(connection, monitor_ids, since))

    async def important_count(self, monitor_ids: Sequence[int] | None) -> int:
        """How many changes of state there are, of some monitors or (None) of all."""
        await self._recorder.flush()
        where, values = _among(monitor_ids)
        query = f"SELECT count(*) FROM beat_event WHERE {where}"  # noqa: S608 - placeholders only
        count: int = await self._database.read(lambda connection: sql.value(connection, query, values))
        return count

    async def important_page(self, monitor_ids: Sequence[int] | None, offset: int, count: int) -> list[Beat]:
        """`count` changes of state (-1: all) after the newest `offset`, newest first."""
        await self._recorder.flush()
        where, values = _among(monitor_ids)
        most = sql.NO_LIMIT if count < 0 else count
        query = f"""
            SELECT {_EVENT} FROM beat_event WHERE {where} ORDER BY time DESC, id DESC LIMIT ? OFFSET ?
        """  # noqa: S608 - placeholders only
        return await self._database.read(
            lambda connection: _events(connection, query, (*values, most, offset))
        )

    async def last_changes(self) -> dict[int, int]:
        """When each monitor changed its state last: id → milliseconds since 1970."""
        query = "SELECT monitor_id, max(time) FROM beat_event GROUP BY monitor_id"
        rows: list[Any] = await self._database.read(lambda connection: connection.execute(query).fetchall())
        return {monitor_id: time for monitor_id, time in rows}  # noqa: C416 - pairs, by their names

    # --- clearing ----------------------------------------------------------------------------------------

    async def clear_events(self, monitor_id: int) -> None:
        """Take text and importance off all beats of a monitor, in memory as well."""
        await self._recorder.seal(monitor_id)
        self._recorder.clear_events(monitor_id)
        numbers = await self._database.read(lambda connection: _block_numbers(connection, monitor_id))
        await self._database.write(lambda connection: _delete_events(connection, monitor_id))
        for start in range(0, len(numbers), SLICE_BLOCKS):
            part = numbers[start : start + SLICE_BLOCKS]
            await self._database.write(partial(_clear_blocks, numbers=part))

    async def clear_beats(self, monitor_id: int) -> None:
        """Delete all beats and statistics of a monitor, in memory as well."""
        self._recorder.forget(monitor_id)
        upto = self._recorder.last_id
        await self._database.write(lambda connection: sealing.set_mark(connection, monitor_id, upto))
        await remove_monitor(self._database, monitor_id)

    async def clear_all_beats(self) -> None:
        """Delete all beats and statistics of all monitors, in memory as well."""
        self._recorder.forget_all()
        upto = self._recorder.last_id
        await self._database.write(lambda connection: _clear_all(connection, upto))


def last_down(connection: Connection, beat: Beat) -> int | None:
    """When the latest important DOWN before a beat began, in milliseconds; None if there was none.

    For use inside a transaction: what is said with a beat is written with it.
    """
    found: int | None = sql.value(
        connection,
        "SELECT max(time) FROM beat_event WHERE monitor_id = ? AND status = ? AND id < ?",
        (beat.monitor_id, int(Status.DOWN), beat.id),
    )
    return found


async def remove_monitor(database: Transactions, monitor_id: int) -> None:
    """Remove what is recorded of a monitor, in slices between which others can write."""
    for table in ("beat_block", "beat_event"):
        while await database.write(partial(_delete_some, table=table, monitor_id=monitor_id)) >= SLICE_ROWS:
            pass
    for unit in ("hour", "day"):
        await database.write(partial(_delete_statistics, unit=unit, monitor_id=monitor_id))


# --- SQL ---------------------------------------------------------------------------------------------------


def _ascend(numbers: Sequence[int]) -> bool:
    """Whether each is more than the one before."""
    return all(map(lt, numbers, islice(numbers, 1, None)))


def _row_text(beat: Beat) -> str:
    record = (beat.id, beat.time, beat.end_time - beat.time, 0, beat.ping)
    shape = (beat.status, beat.msg, beat.important, *beat[8:])
    return row_texts(beat.monitor_id, [record], lambda _: shape)[0]


def _among(monitor_ids: Sequence[int] | None) -> tuple[str, sql.Values]:
    if monitor_ids is None:
        return "1 = 1", ()
    return sql.among("monitor_id", monitor_ids)


def _events(connection: Connection, query: str, values: Sequence[Any]) -> list[Beat]:
    rows = connection.execute(query, values)
    return [Beat._make((*row[:4], STATUSES[row[4]], row[5], row[6], True, *row[8:])) for row in rows]


def _upto(connection: Connection, monitor_id: int) -> int:
    """The id up to which blocks and statistics hold everything of a monitor."""
    query = "SELECT upto FROM beat_mark WHERE monitor_id = ?"
    upto: int | None = sql.value(connection, query, (monitor_id,))
    return upto or 0


def _stored_beats(connection: Connection, monitor_id: int, since: int) -> tuple[list[bytes], list[Beat], int]:
    """Blocks that reach beyond `since`, events after it, and what is in memory only."""
    blocks = connection.execute(
        "SELECT beats FROM beat_block WHERE monitor_id = ? AND last_time > ?", (monitor_id, since)
    )
    packed = [row[0] for row in blocks]
    query = f"SELECT {_EVENT} FROM beat_event WHERE monitor_id = ? AND time > ?"  # noqa: S608
    return packed, _events(connection, query, (monitor_id, since)), _upto(connection, monitor_id)


def _stored_buckets(connection: Connection, monitor_id: int, span: Span) -> tuple[dict[int, Bucket], int]:
    unit = "hour" if span.seconds == HOUR_S else "day"
    query = f"""
        WITH RECURSIVE wanted (number) AS (
            SELECT CAST(? AS BIGINT) UNION ALL SELECT number + 1 FROM wanted WHERE number < ?
        )
        SELECT bucket, up, down, maintenance, pings, ping_sum, ping_min, ping_max
        FROM wanted CROSS JOIN stat_{unit} WHERE bucket = number AND monitor_id = ?
    """  # noqa: S608 - own table names
    buckets = {
        number: Bucket(*counts, *pings) if (pings := row[4:])[0] is not None else Bucket(*counts)
        for number, *row in connection.execute(query, (span.first, span.last, monitor_id))
        if (counts := row[:4])
    }
    return buckets, _upto(connection, monitor_id)


def _block_numbers(connection: Connection, monitor_id: int) -> list[int]:
    rows = connection.execute("SELECT id FROM beat_block WHERE monitor_id = ?", (monitor_id,))
    return [number for (number,) in rows]


def _delete_events(connection: Connection, monitor_id: int) -> None:
    sealing.forget_newest(connection, monitor_id)
    connection.execute("DELETE FROM beat_event WHERE monitor_id = ?", (monitor_id,))


def _clear_blocks(connection: Connection, numbers: Sequence[int]) -> None:
    for number in numbers:
        packed = sql.value(connection, "SELECT beats FROM beat_block WHERE id = ?", (number,))
        if packed is not None:
            cleared = [beat._replace(msg="", important=False) for beat in decode(packed)]
            connection.execute("UPDATE beat_block SET beats = ? WHERE id = ?", (encode(cleared), number))


def _delete_some(connection: Connection, table: str, monitor_id: int) -> int:
    """Remove up to `SLICE_ROWS` rows; returns how many."""
    connection.execute(
        f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE monitor_id = ? LIMIT ?)",  # noqa: S608
        (monitor_id, SLICE_ROWS),
    )
    return connection.changes()


def _delete_statistics(connection: Connection, unit: str, monitor_id: int) -> None:
    """The key begins with the bucket: look into each one there can be."""
    connection.execute(
        f"""
        WITH RECURSIVE every (number) AS (
            SELECT min(bucket) FROM stat_{unit}
            UNION ALL SELECT (SELECT min(bucket) FROM stat_{unit} WHERE bucket > number) FROM every
            WHERE number IS NOT NULL
        )
        DELETE FROM stat_{unit} WHERE monitor_id = ? AND bucket IN (SELECT number FROM every)
        """,  # noqa: S608 - own table names
        (monitor_id,),
    )


def _clear_all(connection: Connection, upto: int) -> None:
    for table in ("beat_log", "beat_block", "beat_event", "beat_mark", "stat_hour", "stat_day"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - own table names
    sealing.set_mark(connection, COUNTER, upto)
