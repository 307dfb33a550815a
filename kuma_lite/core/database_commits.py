"""Group commit: what waits is written in one transaction, and then everybody who asked is told."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import Any, Final, Protocol, TypeVar, cast

import apsw

from kuma_lite.core import sql
from kuma_lite.core.clock import Clock
from kuma_lite.core.database_file import STORAGE_ERRORS, run, sentence_of
from kuma_lite.core.database_transaction import Write, WriteFunction, settle, transaction
from kuma_lite.core.disk_reserve import DiskReserve
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.sql import Connection

log = logging.getLogger(__name__)

T = TypeVar("T")

COMMIT_EVERY_S: Final = 2.5  # ordinary beats wait this long for company: what a power cut may cost anyway
RETRY_S: Final = 5.0  # between attempts while nothing can be stored
STALLED_S: Final = 3.0  # a commit takes milliseconds; longer and checks must not trust their own clocks
RESERVE_S: Final = 60.0  # between looks whether space can be kept in reserve
MAX_WAITING: Final = 10_000  # writes in the queue; more means that nothing gets out
MAX_DEFERRED: Final = 1_000  # unacknowledged small notes kept while nothing can be stored


class Contributor(Protocol):
    """Somebody who has something to add to every commit (the recorder of beats)."""

    def take(self) -> WriteFunction[None] | None:
        """What is to be written, all that `written` has not confirmed; called on the event loop."""

    def written(self) -> None:
        """What the last `take` gave is on disk."""


class GroupCommit:
    """Commits everything that waits together: one hop into the connection's thread, one append to the log.

    Args:
        connection: the only one that writes.
        clock: for noticing a commit that hangs.
    """

    def __init__(self, connection: apsw.Connection, clock: Clock) -> None:
        self.trouble: str | None = None  # why nothing can be stored, in one sentence
        self.reserve: DiskReserve | None = None  # what is given up when the disk is full
        self._reserve_looked_at = float("-inf")
        self._connection = connection
        self._clock = clock
        self._queue: list[Write] = []
        self._deferred: list[WriteFunction[Any]] = []
        self._contributors: list[Contributor] = []
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._committing_since: float | None = None
        self._closing = False
        self._commits = 0
        self._changes = 0
        self._dropped = 0
        self._last_commit_s = 0.0
        self._longest_commit_s = 0.0
        self._task = asyncio.create_task(self._run(), name="database writer")

    async def write(self, fn: WriteFunction[T], *, urgent: bool = True, within: float | None = None) -> T:
        """Run `fn` in the next transaction; returns its value when that is committed.

        Args:
            fn: called in the writer's thread, inside a savepoint: if it raises, only its own changes are
                undone and the caller gets the exception.
            urgent: commit at once, with everything that waits; otherwise within `COMMIT_EVERY_S`.
            within: wait for company no longer than so many seconds, however urgent.

        Raises:
            StorageTrouble: nothing can be stored at the moment; `fn` has changed nothing.
        """
        return cast(T, await self._wait_for(fn, urgent, within))

    async def _wait_for(
        self, fn: WriteFunction[Any] | None, urgent: bool, within: float | None = None
    ) -> Any:
        if self._closing:
            raise StorageTrouble("The database is closed.")
        if len(self._queue) >= MAX_WAITING:
            raise StorageTrouble(self.trouble or "The database cannot keep up.")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.append(Write(fn, future))
        if within is None:
            self._call_writer(urgent)
        else:
            self._call_within(within)
        return await future

    def defer(self, fn: WriteFunction[Any]) -> None:
        """Run `fn` in one of the next transactions without anybody waiting for it.

        It may run again after a failed commit, and is dropped (and counted) when too much waits.
        """
        if len(self._deferred) >= MAX_DEFERRED:
            del self._deferred[0]
            self._dropped += 1
        self._deferred.append(fn)
        self._call_writer(urgent=False)

    def contribute(self, contributor: Contributor) -> None:
        """Ask `contributor` before every commit from now on."""
        self._contributors.append(contributor)

    def nudge(self) -> None:
        """A contributor has something to write within `COMMIT_EVERY_S`."""
        self._call_writer(urgent=False)

    async def flush(self) -> None:
        """Returns when everything asked for so far is on disk. Raises StorageTrouble."""
        await self._wait_for(None, urgent=True)

    def _call_writer(self, urgent: bool) -> None:
        if urgent:  # while there is trouble, too: whoever waits gets the answer of a fresh attempt
            self._wake.set()
        elif self._timer is None:
            wait = COMMIT_EVERY_S if self.trouble is None else RETRY_S
            self._timer = asyncio.get_running_loop().call_later(wait, self._wake.set)

    def _call_within(self, seconds: float) -> None:
        """While there is trouble, too: whoever waits gets the answer of a fresh attempt."""
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            if self._timer.when() <= loop.time() + seconds:
                return
            self._timer.cancel()
        self._timer = loop.call_later(seconds, self._wake.set)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            try:
                await self._commit()
            except Exception:  # the writer must outlive whatever it is asked to do
                log.exception("A commit failed in an unforeseen way")
            if self._closing and not self._queue:
                return

    async def _commit(self) -> None:
        """Run everything that waits in one transaction, and tell those who wait for it."""
        contributions = self._contributions()
        deferred, self._deferred = self._deferred, []
        queue, self._queue = self._queue, []
        writes = [
            *(Write(fn, None) for _, fn in contributions),
            *(Write(fn, None) for fn in deferred),
            *queue,
        ]
        if not writes:
            if self.trouble is None:
                return
            writes = [
                Write(_try_the_disk, None)
            ]  # nobody may want to write for hours: is there still trouble?
        began = time.perf_counter()
        self._committing_since = self._clock.monotonic()
        try:
            outcomes, changes = await self._transact(writes)
        except Exception as error:
            self._deferred = (deferred + self._deferred)[-MAX_DEFERRED:]
            self._failed(queue, error)
            return
        finally:
            self._committing_since = None
        self._succeeded(changes, time.perf_counter() - began)
        for (contributor, _), (_, failure) in zip(contributions, outcomes, strict=False):
            if failure is None:
                contributor.written()
        settle(writes, outcomes)

    async def _transact(self, writes: list[Write]) -> Any:
        """One transaction; on a full disk once more, in the space that was kept for that."""
        try:
            done = await run(self._connection, transaction, self._connection, writes)
        except apsw.FullError:
            if self.reserve is None or not await run(self._connection, self.reserve.release):
                raise
            log.error("The disk is full: what follows is written in the space that was kept in reserve")
            return await run(self._connection, transaction, self._connection, writes)
        now = self._clock.monotonic()
        if self.reserve is not None and now - self._reserve_looked_at > RESERVE_S:
            self._reserve_looked_at = now
            await run(self._connection, self.reserve.make)
        return done

    def _contributions(self) -> list[tuple[Contributor, WriteFunction[None]]]:
        found = []
        for contributor in self._contributors:
            try:
                fn = contributor.take()
            except Exception:
                log.exception("A contribution to the commit failed")
                continue
            if fn is not None:
                found.append((contributor, fn))
        return found

    def _succeeded(self, changes: int, seconds: float) -> None:
        if self.trouble is not None:
            log.warning("The database can be written again")
            self.trouble = None
        self._commits += 1
        self._changes += changes
        self._last_commit_s = seconds
        self._longest_commit_s = max(self._longest_commit_s, seconds)
        self._committed()

    def _failed(self, queue: list[Write], error: Exception) -> None:
        """Nothing of the transaction is on disk: say so to those who wait, keep what nobody waits for."""
        if isinstance(error, STORAGE_ERRORS):
            reason: Exception = StorageTrouble(sentence_of(error))
            if self.trouble is None:
                log.error("Nothing can be stored: %s (%s)", reason, error)
            self.trouble = sentence_of(error)
        else:
            log.error("A commit failed", exc_info=error)
            reason = error
        for write in queue:
            if write.future is not None and not write.future.done():
                write.future.set_exception(reason)
        self._call_writer(urgent=False)

    @property
    def stalled(self) -> bool:
        """Whether a commit under way takes so long that the disk must be hanging."""
        since = self._committing_since
        return since is not None and self._clock.monotonic() - since > STALLED_S

    def _committed(self) -> None:
        """A commit has succeeded."""

    async def _finish(self) -> None:
        """Write everything down, and write no more."""
        with suppress(StorageTrouble):
            await self.flush()
        self._closing = True
        self._wake.set()
        await self._task
        if self._timer is not None:
            self._timer.cancel()


def _try_the_disk(connection: Connection) -> None:
    """Write a page as it is."""
    version = sql.value(connection, "PRAGMA user_version")
    connection.execute(f"PRAGMA user_version = {int(version)}")
