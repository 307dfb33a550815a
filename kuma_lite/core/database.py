"""The only owner of the live database file.

One task writes: it takes everything that waits, runs it in one transaction (one hop into SQLite's thread,
one append to the write-ahead log) and then tells everybody who asked. Readers have connections of their own
and never wait for it. Nothing else in the process may open, copy or hash the file (see `sqlite_guard`).
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import apsw

from kuma_lite.core import sqlite_guard
from kuma_lite.core.clock import Clock
from kuma_lite.core.database_file import (
    STORAGE_ERRORS,
    StorageTrouble,
    close,
    open_writer,
    run,
    sentence_of,
)
from kuma_lite.core.database_readers import Readers
from kuma_lite.core.errors import UserError
from kuma_lite.core.migrations import discover
from kuma_lite.core.sql import Connection

log = logging.getLogger(__name__)

T = TypeVar("T")
WriteFunction = Callable[[Connection], T]

COMMIT_EVERY_S: Final = 2.5  # ordinary beats wait this long for company: what a power cut may cost anyway
RETRY_S: Final = 5.0  # between attempts while nothing can be stored
STALLED_S: Final = 3.0  # a commit takes milliseconds; longer and checks must not trust their own clocks
MAX_WAITING: Final = 10_000  # writes in the queue; more means that nothing gets out
MAX_DEFERRED: Final = 1_000  # unacknowledged small notes kept while nothing can be stored
CHECKPOINT_PAGES: Final = 4_000  # 8 MB of log: each page goes into the file once, however often it changed


class Contributor(Protocol):
    """Somebody who has something to add to every commit (the recorder of beats)."""

    def take(self) -> WriteFunction[None] | None:
        """What is to be written, all that `written` has not confirmed; called on the event loop."""

    def written(self) -> None:
        """What the last `take` gave is on disk."""


class _Write(NamedTuple):
    fn: WriteFunction[Any]
    future: asyncio.Future[Any] | None  # None: deferred, nobody waits


_Outcome = tuple[Any, Exception | None]


@dataclass(frozen=True, slots=True)
class DatabaseStats:
    """What `/readyz` and the metrics show."""

    waiting: int  # writes in the queue
    commits: int  # since the start
    changes: int  # rows inserted, updated or deleted since the start
    last_commit_s: float  # duration of the latest commit
    longest_commit_s: float  # since the start
    dropped: int  # deferred notes given up
    log_pages: int  # in the write-ahead log


class Database:
    """The live database: one writer, a few readers."""

    def __init__(self, path: Path, writer: apsw.Connection, clock: Clock, vfs: str | None) -> None:
        self.path = path
        self.trouble: str | None = None  # why nothing can be stored, in one sentence
        self._writer = writer
        self._clock = clock
        self._release = sqlite_guard.protect(path)
        self._queue: list[_Write] = []
        self._deferred: list[WriteFunction[Any]] = []
        self._contributors: list[Contributor] = []
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._committing_since: float | None = None
        self._readers = Readers(path, vfs)
        self._checkpoint: asyncio.Task[None] | None = None
        self._closing = False
        self._commits = 0
        self._changes = 0
        self._dropped = 0
        self._last_commit_s = 0.0
        self._longest_commit_s = 0.0
        self._log_pages = 0
        self._task = asyncio.create_task(self._run(), name="database writer")

    @classmethod
    async def open(cls, path: str | os.PathLike[str], *, clock: Clock, vfs: str | None = None) -> Database:
        """Open or create the file and bring it to the newest schema. Raises StartupError.

        `vfs` names SQLite's door to the disk; tests put one there that counts or fails.
        """
        file = Path(path).absolute()
        writer = await open_writer(file, discover(), vfs)
        database = cls(file, writer, clock, vfs)
        await run(writer, writer.set_wal_hook, database._note_log_pages)
        return database

    # --- writing -----------------------------------------------------------------------------------------

    async def write(self, fn: WriteFunction[T], *, urgent: bool = True) -> T:
        """Run `fn` in the next transaction; returns its value when that is committed.

        Args:
            fn: called in the writer's thread, inside a savepoint: if it raises, only its own changes are
                undone and the caller gets the exception.
            urgent: commit at once, with everything that waits; otherwise within `COMMIT_EVERY_S`.

        Raises:
            StorageTrouble: nothing can be stored at the moment; `fn` has changed nothing.
        """
        if self._closing:
            raise StorageTrouble("The database is closed.")
        if len(self._queue) >= MAX_WAITING:
            raise StorageTrouble(self.trouble or "The database cannot keep up.")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.append(_Write(fn, future))
        self._call_writer(urgent)
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
        await self.write(lambda _: None)

    def _call_writer(self, urgent: bool) -> None:
        if urgent:  # while there is trouble, too: whoever waits gets the answer of a fresh attempt
            self._wake.set()
        elif self._timer is None:
            wait = COMMIT_EVERY_S if self.trouble is None else RETRY_S
            self._timer = asyncio.get_running_loop().call_later(wait, self._wake.set)

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
            *(_Write(fn, None) for _, fn in contributions),
            *(_Write(fn, None) for fn in deferred),
            *queue,
        ]
        if not writes:
            return
        began = time.perf_counter()
        self._committing_since = self._clock.monotonic()
        try:
            outcomes, changes = await run(self._writer, _transaction, self._writer, writes)
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
        _settle(writes, outcomes)

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
        if self._log_pages >= CHECKPOINT_PAGES and (self._checkpoint is None or self._checkpoint.done()):
            self._checkpoint = asyncio.create_task(self._take_in_log(), name="database checkpoint")

    def _failed(self, queue: list[_Write], error: Exception) -> None:
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

    # --- reading -----------------------------------------------------------------------------------------

    async def read(self, fn: WriteFunction[T]) -> T:
        """Run `fn` on a reader's connection, in its thread, on one snapshot of the database.

        Raises:
            StorageTrouble: the database cannot be read.
        """
        return await self._readers.read(fn)

    # --- health ------------------------------------------------------------------------------------------

    @property
    def stalled(self) -> bool:
        """Whether a commit under way takes so long that the disk must be hanging."""
        since = self._committing_since
        return since is not None and self._clock.monotonic() - since > STALLED_S

    @property
    def stats(self) -> DatabaseStats:
        """Figures of the writer."""
        return DatabaseStats(
            waiting=len(self._queue) + len(self._deferred),
            commits=self._commits,
            changes=self._changes,
            last_commit_s=self._last_commit_s,
            longest_commit_s=self._longest_commit_s,
            dropped=self._dropped,
            log_pages=self._log_pages,
        )

    # --- upkeep ------------------------------------------------------------------------------------------

    def _note_log_pages(self, connection: apsw.Connection, name: str, pages: int) -> int:
        """Called by SQLite in the writer's thread after each commit."""
        del connection, name
        self._log_pages = pages
        return apsw.SQLITE_OK

    async def _take_in_log(self) -> None:
        try:
            await self._readers.take_in_log()
        except STORAGE_ERRORS as error:
            log.warning("The write-ahead log cannot be taken in yet: %s", error)

    async def backup_to(self, path: str | os.PathLike[str]) -> None:
        """Write a complete, compact copy to a new file and verify it with the other SQLite.

        Raises:
            UserError: the file exists, cannot be written, or does not hold what it should.
        """
        target = Path(path).absolute()
        if target.exists():
            raise UserError(f"{target} exists already.")
        part = target.with_name(f"{target.name}.part")
        part.unlink(missing_ok=True)
        try:
            await self._readers.copy_to(part)
            wrong = await sqlite_guard.verify(part)
            if wrong is not None:
                raise UserError(f"The backup is not usable. {wrong}")
            await asyncio.to_thread(_put_in_place, part, target)
        except (apsw.Error, OSError) as error:
            raise UserError(f"The backup {target} cannot be written: {error}.") from None
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    async def close(self) -> None:
        """Write everything down, take in the log, let go of the file."""
        if self._closing:
            return
        with suppress(StorageTrouble):
            await self.flush()
        self._closing = True
        self._wake.set()
        await self._task
        if self._timer is not None:
            self._timer.cancel()
        if self._checkpoint is not None:
            await self._checkpoint
        await self._readers.close()
        try:
            await run(self._writer, _tidy, self._writer)
        except apsw.Error as error:
            log.warning("The database was closed untidily, which does no harm: %s", error)
        await close(self._writer)
        self._release()


# --- what runs in SQLite's threads -------------------------------------------------------------------------


def _transaction(connection: apsw.Connection, writes: list[_Write]) -> tuple[list[_Outcome], int]:
    """Run all writes in one transaction: their outcomes, and how many rows changed."""
    before = connection.total_changes()
    connection.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [_attempt(connection, write.fn) for write in writes]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes, connection.total_changes() - before


def _attempt(connection: apsw.Connection, fn: WriteFunction[Any]) -> _Outcome:
    """One write inside its savepoint. Storage errors escape: they concern everybody."""
    connection.execute("SAVEPOINT one_write")
    try:
        value = fn(connection)
    except STORAGE_ERRORS:
        raise
    except Exception as error:
        connection.execute("ROLLBACK TO one_write")
        connection.execute("RELEASE one_write")
        return None, error
    connection.execute("RELEASE one_write")
    return value, None


def _settle(writes: list[_Write], outcomes: list[_Outcome]) -> None:
    """Tell those who wait; log the failures of what nobody waits for."""
    for write, (value, error) in zip(writes, outcomes, strict=True):
        if write.future is None:
            if error is not None:
                log.error("A deferred write failed", exc_info=error)
        elif write.future.done():
            continue  # the caller is gone; what was asked for is done all the same
        elif error is None:
            write.future.set_result(value)
        elif isinstance(error, StopIteration):  # which a future cannot carry
            write.future.set_exception(RuntimeError("a write raised StopIteration"))
        else:
            write.future.set_exception(error)


def _put_in_place(part: Path, target: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.rename(target)


def _tidy(connection: apsw.Connection) -> None:
    connection.execute("PRAGMA optimize")  # statistics for the planner, where they are worth it
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
