"""The only owner of the live database file.

One connection writes (`database_commits`); readers have connections of their own and never wait for it.
Nothing else in the process may open, copy or hash the file (see `sqlite_guard`).
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

import apsw
from msgspec import Struct

from kuma_lite.core import sqlite_guard
from kuma_lite.core.clock import Clock
from kuma_lite.core.database_commits import GroupCommit
from kuma_lite.core.database_file import STORAGE_ERRORS, change, close, open_writer, run
from kuma_lite.core.database_readers import Readers
from kuma_lite.core.errors import UserError
from kuma_lite.core.migrations import discover
from kuma_lite.core.sql import Connection

log = logging.getLogger(__name__)

T = TypeVar("T")

CHECKPOINT_PAGES: Final = 4_000  # 8 MB of log: each page goes into the file once, however often it changed


class DatabaseStats(Struct, frozen=True):
    """What `/readyz` and the metrics show."""

    waiting: int  # writes in the queue
    commits: int  # since the start
    changes: int  # rows inserted, updated or deleted since the start
    last_commit_s: float  # duration of the latest commit
    longest_commit_s: float  # since the start
    dropped: int  # deferred notes given up
    log_pages: int  # in the write-ahead log


class Database(GroupCommit):
    """The live database: one writer, a few readers."""

    def __init__(self, path: Path, writer: apsw.Connection, clock: Clock, vfs: str | None) -> None:
        super().__init__(writer, clock)
        self.path = path
        # Makes a copy whole: reads what is kept beside the file, and returns what puts that into one.
        self.completion: Callable[[], Callable[[Connection], None]] | None = None
        self._release = sqlite_guard.protect(path)
        self._readers = Readers(path, vfs)
        self._checkpoint: asyncio.Task[None] | None = None
        self._log_pages = 0

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

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` on a reader's connection, in its thread, on one snapshot of the database.

        Raises:
            StorageTrouble: the database cannot be read.
        """
        return await self._readers.read(fn)

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

    def _committed(self) -> None:
        if self._log_pages >= CHECKPOINT_PAGES and (self._checkpoint is None or self._checkpoint.done()):
            self._checkpoint = asyncio.create_task(self._take_in_log(), name="database checkpoint")

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
            raise UserError("{target} exists already.", target=target)
        part = target.with_name(f"{target.name}.part")
        try:
            part.unlink(missing_ok=True)
            part.touch(mode=0o600, exist_ok=False)  # SQLite fills an empty file, and leaves its mode
            complete = await asyncio.to_thread(self.completion) if self.completion is not None else None
            await self._readers.copy_to(part)
            if complete is not None:
                await asyncio.to_thread(change, part, complete)
            wrong = await sqlite_guard.verify(part)
            if wrong is not None:
                raise UserError("The backup is not usable. {wrong}", wrong=wrong)
            await asyncio.to_thread(_put_in_place, part, target)
        except (apsw.Error, OSError) as error:
            raise UserError(
                "The backup {target} cannot be written: {reason}.", target=target, reason=error
            ) from None
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    async def close(self) -> None:
        """Write everything down, take in the log, let go of the file."""
        if self._closing:
            return
        await self._finish()
        if self._checkpoint is not None:
            await self._checkpoint
        await self._readers.close()
        try:
            await run(self._connection, _tidy, self._connection)
        except apsw.Error as error:
            log.warning("The database was closed untidily, which does no harm: %s", error)
        await close(self._connection)
        self._release()


def _put_in_place(part: Path, target: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.rename(target)


def _tidy(connection: apsw.Connection) -> None:
    connection.execute("PRAGMA optimize")  # statistics for the planner, where they are worth it
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
