"""Reports that are acknowledged and not yet in the database: in a journal on disk, and in memory.

    waiting = WaitingReports(database, folder, clock)
    await waiting.open()
    stored = await waiting.put(entry, done)

Whatever writes what a report says past this, or looks for all there is, has to `take_in` first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.core.record_file import RecordFile
from kuma_lite.core.record_writer import RecordWriter
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.servers.samples import journal
from kuma_lite.servers.samples.journal import Entry, Waiting

log = logging.getLogger(__name__)

# Each page of 2 kB that a round touches is written once; after half an hour a server has filled four or five.
EVERY_S: Final = 1_800.0
LOOK_S: Final = 10.0  # between looks whether it is time
MOST_BYTES: Final = 4_000_000  # some 25,000 reports; they are in memory, too, and a start reads them all
AT_ONCE: Final = 300  # reports in one transaction: some 15 ms of the writer's time


class WaitingReports:
    """The journal with what is in it.

    Args:
        database: where it goes in the end.
        folder: for the files; None: nothing can be put, and all is written to the database.
        clock: since when something waits.
    """

    def __init__(self, database: Transactions, folder: Path | None, clock: Clock) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._writer: RecordWriter | None = None
        self._owner = b""
        self._fresh: dict[int, Waiting] = {}  # in the file that is appended to
        self._going: dict[int, Waiting] = {}  # on their way into the database
        self._going_number = 0  # of their file; there may be earlier ones, too
        self._bytes = 0
        self._since: float | None = None  # monotonic, of the first in the file
        self._oldest: int | None = None  # time of a sample, ms
        self._stuck = False  # the database has not taken them
        self._fails = False  # the journal cannot be written
        self._turn = asyncio.Lock()
        self._job = PeriodicJob(
            "reports that wait",
            self._look,
            every=LOOK_S,
            first=LOOK_S,
            failure="Reports that wait could not be put into the database",
        )

    # --- starting and stopping ---------------------------------------------------------------------------

    async def open(self) -> None:
        """Put into the database what an earlier process has left, and begin anew. Raises StorageTrouble.

        Where that cannot be read nothing can be put here.
        """
        if self._folder is None:
            return
        self._owner, taken = await self._database.read(journal.read_mark)
        try:
            found, newest = await asyncio.to_thread(_found, self._folder, self._owner, taken)
        except OSError as error:
            log.error("Reports that wait cannot be read: %s", error)
            return
        self._going, self._going_number = journal.together(found), newest
        self._writer = RecordWriter(self._file(newest + 1))
        try:
            if self._going:
                await self.take_in()
        except StorageTrouble as trouble:
            log.warning("Reports that wait cannot be put into the database yet: %s", trouble)

    def start(self) -> None:
        """Begin to put them into the database now and then."""
        self._job.start()

    async def close(self) -> None:
        """Put all of them into the database; what finds no room there stays in the journal."""
        await self._job.stop()
        if self._writer is None:
            return
        if not self._writer.hangs:
            with suppress(StorageTrouble):
                await self.take_in()
        writer, self._writer = self._writer, None
        writer.do(writer.file.close, _ignore)
        await writer.stop()

    # --- putting -----------------------------------------------------------------------------------------

    async def put(self, entry: Entry, oldest: int | None, stored: Callable[[], None]) -> bool | None:
        """Keep a report.

        Args:
            entry: the report.
            oldest: time of its first sample, ms.
            stored: is called as soon as it is safe, if it ever is.

        Returns: whether it is; False: that is not known in time. None: it cannot be kept here, and belongs
            into the database.
        """
        writer = self._writer
        if writer is None or self._stuck:  # so that only so much waits while the database takes nothing
            return None
        if writer.hangs:
            return False
        record = journal.record_of(entry)

        def done() -> None:
            journal.add(self._fresh, entry)
            self._bytes += len(record)
            if self._since is None:
                self._since = self._clock.monotonic()
            if oldest is not None and (self._oldest is None or oldest < self._oldest):
                self._oldest = oldest
            stored()

        try:
            found = await writer.put(record, done)
        except OSError as error:
            if not self._fails:
                log.error("Reports go to the database at once: their journal cannot be written (%s)", error)
            self._fails = True
            return None
        self._fails = False
        return found is True

    # --- looking -----------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """Bytes."""
        return self._bytes

    def samples(self, server_id: int) -> list[bytes]:
        """Those of a server that wait, encoded (see `journal.by_series`)."""
        return [samples for reports in self.of(server_id) for samples in reports.samples]

    def of(self, server_id: int) -> list[Waiting]:
        """All that waits of a server, in its order."""
        groups = (self._going.get(server_id), self._fresh.get(server_id))
        return [reports for reports in groups if reports is not None]

    # --- into the database -------------------------------------------------------------------------------

    def must_go(self, server_id: int) -> bool:
        """Whether all has to be taken in before something else is written about a server."""
        return self._stuck or server_id in self._fresh or server_id in self._going

    async def take_in(self, before: int | None = None) -> None:
        """Put all that waits by now into the database. Raises StorageTrouble; then it goes on waiting.

        Args:
            before: only if there is a sample of before that moment, ms.
        """
        if before is not None and (self._oldest is None or self._oldest >= before):
            return
        # Whoever waits for it may go away: it is done to the end all the same.
        await asyncio.shield(asyncio.ensure_future(self._take_turn()))

    async def _take_turn(self) -> None:
        async with self._turn:
            if self._going or self._stuck:
                await self._take_going()
            if self._writer is not None and (self._fresh or self._writer.is_busy):
                await self._begin_next(self._writer)
                await self._take_going()

    async def _begin_next(self, writer: RecordWriter) -> None:
        """Let what waits go, and append to the next file."""
        begun = asyncio.get_running_loop().create_future()
        number = writer.file.number

        def turned() -> None:
            # All that is in the file that is closed is among the fresh, and nothing else.
            self._going, self._fresh, self._going_number = self._fresh, {}, number
            self._bytes, self._since, self._oldest = 0, None, None
            begun.set_result(None)

        writer.turn(self._file(number + 1), turned)
        await begun

    async def _take_going(self) -> None:
        slices = _slices(self._going)
        number = self._going_number
        try:
            for place, some in enumerate(slices, 1):
                mark = number if place == len(slices) else None
                await self._database.write(partial(_write, some=some, mark=mark))
        except StorageTrouble:
            self._stuck = True
            raise
        self._going, self._stuck = {}, False
        if self._writer is not None:
            assert self._folder is not None
            # One that stays is known by its number.
            self._writer.do(partial(journal.remove, self._folder, number), _ignore)

    def _file(self, number: int) -> RecordFile:
        assert self._folder is not None
        return RecordFile(journal.path_of(self._folder, number), self._owner, number)

    async def _look(self) -> None:
        late = self._since is not None and self._clock.monotonic() - self._since >= EVERY_S
        if late or self._stuck or self._bytes >= MOST_BYTES:
            await self.take_in()


def _found(folder: Path, owner: bytes, taken: int) -> tuple[list[bytes], int]:
    """Records that are not in the database, and the highest number there is. Raises OSError."""
    journal.set_aside(folder, owner)
    journal.remove(folder, taken)
    found = journal.read_journals(folder)
    return [record for one in found for record in one.records], max([taken, *(one.number for one in found)])


def _write(connection: Connection, some: Mapping[int, Waiting], mark: int | None) -> None:
    journal.take_in(connection, some)
    if mark is not None:
        journal.set_mark(connection, mark)


def _slices(waiting: Mapping[int, Waiting]) -> list[dict[int, Waiting]]:
    """In pieces of `AT_ONCE` reports or little more; at least one, which may be empty."""
    found: list[dict[int, Waiting]] = [{}]
    count = 0
    for server_id, reports in waiting.items():
        if count >= AT_ONCE:
            found.append({})
            count = 0
        found[-1][server_id] = reports
        count += len(reports.samples)
    return found


def _ignore(_error: Exception | None) -> None:
    pass
