"""The beats, and the statistics that outlive them.

Beats keep their ids, and for every monitor it is on disk up to which id they are stored: an import that was
killed at any moment goes on after exactly that beat. They are read once, in the order of their ids, and
gathered by monitor, because that is how they are stored here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from kuma_lite.core.sentences import said
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.importing.features import Rooms, StatRow
from kuma_lite.importing.report import Report
from kuma_lite.importing.source import Source
from kuma_lite.importing.values import BEAT_COLUMNS, BeatReader, BeatRow, whole

FETCH_ROWS: Final = 5_000  # in one hop into SQLite's thread
BATCH_BEATS: Final = 10_000  # in one transaction: a tenth of a second
STAT_ROWS: Final = 5_000  # in one transaction

GONE_MONITOR: Final = said("their monitor has been deleted, or came after the import began")
BEATS: Final = said("beats")

HOUR_S: Final = 3_600
DAY_S: Final = 86_400
UNITS: Final = {
    "hour": ("stat_hourly", HOUR_S, said("hours of statistics")),
    "day": ("stat_daily", DAY_S, said("days of statistics")),
}

Progress = Callable[[str, int, int], None]  # what, done, of how many


class BeatImport:
    """Takes all beats over.

    Args:
        statistics: make those by hour and day of the beats; otherwise they come from `stat_*`.
    """

    def __init__(self, source: Source, database: Transactions, rooms: Rooms, *, statistics: bool) -> None:
        self._source = source
        self._database = database
        self._rooms = rooms
        self._statistics = statistics
        self._reader = BeatReader()
        self._waiting: dict[int, list[BeatRow]] = {}  # of a monitor, not enough to be stored yet
        self._full: list[list[BeatRow]] = []
        self._taken = 0
        self._orphans = 0

    async def run(self, report: Report, progress: Progress) -> None:
        """Do it. What was stored by an earlier run is read again, but not written."""
        total = await self._source.number("SELECT count(*) FROM heartbeat")
        monitors = await self._database.read(_monitor_ids)
        stored = await self._database.read(self._rooms.recorded_up_to)
        self._source.connection.text_factory = bytes
        done = 0
        async with self._source.connection.execute(self._query()) as cursor:
            while rows := await cursor.fetchmany(FETCH_ROWS):
                self._gather(self._reader.read(rows), monitors, stored)
                if len(self._full) * self._rooms.run_length >= BATCH_BEATS:
                    await self._write()
                done += len(list(rows))
                progress(BEATS, done, total)
        self._full += [run for run in self._waiting.values() if run]
        await self._write()
        report.took(BEATS, self._taken)
        if self._orphans:
            report.leave("{count} beats", GONE_MONITOR, count=self._orphans)
        if self._reader.unreadable:
            report.leave("{count} beats", "they have no time or no status", count=self._reader.unreadable)

    def _query(self) -> str:
        columns = [
            name if self._source.has("heartbeat", name) else f"{instead} AS {name}"
            for name, instead in BEAT_COLUMNS.items()
        ]
        return f"SELECT {', '.join(columns)} FROM heartbeat ORDER BY id"  # noqa: S608 - own column names

    def _gather(self, beats: Iterable[BeatRow], monitors: set[int], stored: dict[int, int]) -> None:
        waiting, length = self._waiting, self._rooms.run_length
        for beat in beats:
            monitor = beat[1]
            run = waiting.get(monitor)
            if run is None:
                if monitor not in monitors:
                    self._orphans += 1
                    continue
                run = waiting[monitor] = []
            self._taken += 1
            if beat[0] <= stored.get(monitor, 0):
                continue
            run.append(beat)
            if len(run) == length:
                self._full.append(run)
                waiting[monitor] = []

    async def _write(self) -> None:
        runs, self._full = self._full, []
        per_commit = max(1, BATCH_BEATS // self._rooms.run_length)
        for start in range(0, len(runs), per_commit):
            part = runs[start : start + per_commit]
            write = partial(self._rooms.write_beats, runs=part, statistics=self._statistics)
            await self._database.write(write)


async def has_statistics(source: Source) -> bool:
    """Whether Uptime Kuma 2 has made statistics of all beats; it did so once, coming from 1."""
    if not source.has("stat_daily"):
        return False
    state = [
        row["value"] for row in await source.rows("setting") if row["key"] == "migrateAggregateTableState"
    ]
    if any("migrating" in str(value) for value in state):
        return False
    return await source.number("SELECT EXISTS (SELECT 1 FROM stat_daily)") == 1


class StatisticsImport:
    """Takes `stat_hourly` or `stat_daily` over.

    Args:
        unit: "hour" or "day".
        note: writes, in the same transaction, up to which id they are stored.
    """

    def __init__(
        self,
        source: Source,
        database: Transactions,
        rooms: Rooms,
        unit: str,
        note: Callable[[Connection, str, int], None],
    ) -> None:
        self._source = source
        self._database = database
        self._rooms = rooms
        self._unit = unit
        self._note = note

    async def run(self, after: int, report: Report, progress: Progress) -> None:
        """Do it, from the row after that id on."""
        table, seconds, words = UNITS[self._unit]
        total = await self._source.number(f"SELECT count(*) FROM {table}")  # noqa: S608 - own table names
        monitors = await self._database.read(_monitor_ids)
        extras = "extras" if self._source.has(table, "extras") else "NULL"
        query = f"""
            SELECT id, monitor_id, timestamp, up, down, ping, ping_min, ping_max, {extras} FROM {table}
            WHERE id > ? ORDER BY id
        """  # noqa: S608 - own table names
        done = await self._source.number(f"SELECT count(*) FROM {table} WHERE id <= {after:d}")  # noqa: S608
        async with self._source.connection.execute(query, (after,)) as cursor:
            while rows := list(await cursor.fetchmany(STAT_ROWS)):
                stats = [stat_row(row[1:], seconds) for row in rows if row[1] in monitors]
                last = int(rows[-1][0])

                def write(connection: Connection, stats: list[StatRow] = stats, last: int = last) -> None:
                    self._rooms.write_statistics(connection, self._unit, stats)
                    self._note(connection, self._unit, last)

                await self._database.write(write)
                done += len(rows)
                progress(words, done, total)
        report.took(words, total)


def stat_row(row: Any, seconds: int) -> StatRow:
    """A row of `stat_*` in our terms (pure).

    Uptime Kuma keeps averages, to which every beat that was up contributes; one without a response time as 0.
    """
    monitor_id, timestamp, up, down, ping, low, high, extras = row
    up = whole(up) or 0
    pings = up if ping or high else 0
    return StatRow(
        monitor_id,
        timestamp // seconds,
        up,
        whole(down) or 0,
        _maintenance(extras),
        pings,
        (ping or 0.0) * pings,
        (low or 0.0) if pings else 0.0,
        (high or 0.0) if pings else 0.0,
    )


def _monitor_ids(connection: Connection) -> set[int]:
    """Those that were taken over; a running Uptime Kuma may have got more since."""
    rows: Any = connection.execute("SELECT id FROM monitor")
    return {number for (number,) in rows}


def _maintenance(extras: Any) -> int:
    try:
        found = json.loads(extras).get("maintenance")
    except (TypeError, ValueError, AttributeError):
        return 0
    return whole(found) or 0
