"""What is thrown away, and when: a pure rule about blocks, and a job that works in small slices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby
from typing import Final, NamedTuple

from kuma_lite.beats.buckets import DAY_S, HOUR_S, MS
from kuma_lite.beats.history import SLICE_ROWS, remove_monitor
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.database_pages import give_back, pages_of, refresh_statistics
from kuma_lite.core.limits import RECENT_BEATS
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.core.sql import Connection

FIRST_S: Final = 600.0  # after the start: there is enough to do then
EVERY_S: Final = 6 * 3_600.0  # rarer keeps more than is asked for, oftener writes more pages of the index

KEEP_DAYS: Final = 365  # while nobody has set `keepDataPeriodDays`, as Uptime Kuma 2.5
ALL_BEATS_MS: Final = (DAY_S + 600) * MS  # a day, and what its first minutes began in
HOURS_KEPT: Final = 720  # what the longest chart by the hour shows

FREE_SHARE: Final = 0.25  # of the file; less is soon filled again
FREE_PAGES: Final = 2_000  # 4 MB: not worth the writing below it
VACUUM_PAGES: Final = 400  # given back in one transaction: some 10 ms


class StoredBlock(NamedTuple):
    """What the rule needs to know of a block."""

    id: int
    monitor_id: int
    last_time: int  # milliseconds since 1970
    length: int  # beats


def surplus(blocks: Iterable[StoredBlock], now: int, keep_days: int) -> list[int]:
    """Ids of the blocks to delete (Uptime Kuma 2.5: all beats of a day, and the newest hundred whatever
    their age; nothing beyond `keep_days`).

    Args:
        blocks: by monitor, of each the newest first.
        now: milliseconds since 1970.
        keep_days: how long anything is kept; below 1 for ever.
    """
    limit = now - keep_days * DAY_S * MS if keep_days >= 1 else None
    found = []
    for _, of_monitor in groupby(blocks, key=lambda block: block.monitor_id):
        newer = 0
        for block in of_monitor:
            old = block.last_time < now - ALL_BEATS_MS and newer >= RECENT_BEATS
            if old or (limit is not None and block.last_time < limit):
                found.append(block.id)
            newer += block.length
    return found


class Retention:
    """Throws away what is past its time."""

    def __init__(self, database: Database, clock: Clock, keep_days: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock
        self._keep_days = keep_days
        self._job = PeriodicJob(
            "retention", self.once, every=EVERY_S, first=FIRST_S, failure="Old beats could not be removed"
        )

    def start(self) -> None:
        """Do it again and again, until `stop`."""
        self._job.start()

    async def stop(self) -> None:
        """Leave the rest for the next time."""
        await self._job.stop()

    async def once(self) -> int:
        """Remove what is past its time; returns how many rows that were. Raises StorageTrouble."""
        now, keep_days = to_ms(self._clock.now()), self._keep_days()
        removed = await self._remove_blocks(now, keep_days)
        hour, day = now // (HOUR_S * MS), now // (DAY_S * MS)
        removed += await self._until_none(partial(_delete_bucket, unit="hour", before=hour - HOURS_KEPT))
        if keep_days >= 1:
            removed += await self._until_none(partial(_delete_bucket, unit="day", before=day - keep_days))
            before = now - keep_days * DAY_S * MS
            removed += await self._until_none(partial(_delete_events, before=before))
        for monitor_id in await self._database.read(_orphans):
            await remove_monitor(self._database, monitor_id)
        await self._give_back()
        return removed

    async def _remove_blocks(self, now: int, keep_days: int) -> int:
        ids = await self._database.read(lambda connection: surplus(_blocks(connection), now, keep_days))
        for start in range(0, len(ids), SLICE_ROWS):
            await self._database.write(partial(_delete_blocks, ids=ids[start : start + SLICE_ROWS]))
        return len(ids)

    async def _until_none(self, delete: Callable[[Connection], int]) -> int:
        removed = 0
        while changed := await self._database.write(delete):
            removed += changed
        return removed

    async def _give_back(self) -> None:
        """Make the file smaller when much of it is free, and let SQLite look at its statistics."""
        await self._database.write(refresh_statistics)
        pages, free = await self._database.read(pages_of)
        if free < FREE_PAGES or free < pages * FREE_SHARE:
            return
        for _ in range(0, free, VACUUM_PAGES):
            await self._database.write(partial(give_back, most=VACUUM_PAGES))


# --- SQL ---------------------------------------------------------------------------------------------------


def _blocks(connection: Connection) -> Iterable[StoredBlock]:
    query = "SELECT id, monitor_id, last_time, count FROM beat_block ORDER BY monitor_id, last_time DESC"
    return (StoredBlock._make(row) for row in connection.execute(query))


def _delete_blocks(connection: Connection, ids: list[int]) -> None:
    connection.executemany("DELETE FROM beat_block WHERE id = ?", [(number,) for number in ids])


def _delete_bucket(connection: Connection, unit: str, before: int) -> int:
    """Remove the oldest hour or day of all monitors, if it is older than `before`."""
    query = f"DELETE FROM stat_{unit} WHERE bucket = (SELECT min(bucket) FROM stat_{unit}) AND bucket < ?"  # noqa: S608
    connection.execute(query, (before,))
    return connection.changes()


def _delete_events(connection: Connection, before: int) -> int:
    connection.execute(
        "DELETE FROM beat_event WHERE id IN (SELECT id FROM beat_event WHERE time < ? LIMIT ?)",
        (before, SLICE_ROWS),
    )
    return connection.changes()


def _orphans(connection: Connection) -> list[int]:
    """Monitors that were being deleted when the process was killed."""
    query = """
        SELECT monitor_id FROM beat_block UNION SELECT monitor_id FROM beat_event
        UNION SELECT monitor_id FROM stat_hour UNION SELECT monitor_id FROM stat_day
        EXCEPT SELECT id FROM monitor
    """
    return [number for (number,) in connection.execute(query)]
