"""The connections beside the writer's: a few for queries, one for upkeep. None of them ever writes."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import apsw

from kuma_lite.core.database_file import STORAGE_ERRORS, close, open_reader, run, sentence_of
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.sql import Connection

log = logging.getLogger(__name__)

T = TypeVar("T")

READERS: Final = 2  # a slow query for one person leaves a connection for the others


class Readers:
    """Connections to a database that somebody else writes; each is opened when first needed."""

    def __init__(self, path: Path, vfs: str | None = None) -> None:
        self._path = path
        self._vfs = vfs
        self._open: list[apsw.Connection] = []
        self._idle: list[apsw.Connection] = []
        self._opening: set[asyncio.Future[apsw.Connection]] = set()
        self._free = asyncio.Semaphore(READERS)
        self._keeper: apsw.Connection | None = None
        self._keeping = asyncio.Lock()
        self._closed = False

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in a reader's thread, on one snapshot of the database. Raises StorageTrouble."""
        async with self._free:
            if self._closed:
                raise StorageTrouble("The database is closed.")
            try:
                connection = self._idle.pop() if self._idle else await self._another()
                try:
                    result: T = await run(connection, _snapshot, connection, fn)
                finally:
                    self._idle.append(connection)
            except STORAGE_ERRORS as error:
                log.error("The database cannot be read: %s", error)
                raise StorageTrouble(sentence_of(error)) from None
            return result

    async def take_in_log(self) -> None:
        """Copy the write-ahead log into the file, as far as nobody reads it; the writer goes on meanwhile."""
        async with self._keeping:
            keeper = await self._upkeep()
            await run(keeper, keeper.wal_checkpoint, None, apsw.SQLITE_CHECKPOINT_PASSIVE)

    async def copy_to(self, path: Path) -> None:
        """Write a complete, compact copy of the database to a new file. Raises apsw.Error."""
        async with self._keeping:
            keeper = await self._upkeep()
            await run(keeper, _copy, keeper, os.fspath(path))

    async def close(self) -> None:
        """Let what is under way end, then close all connections."""
        for _ in range(READERS):
            await self._free.acquire()
        self._closed = True
        if self._opening:
            await asyncio.wait(self._opening)
        async with self._keeping:
            for connection in (*self._open, self._keeper):
                if connection is not None:
                    await close(connection)
        for _ in range(READERS):
            self._free.release()

    async def _another(self) -> apsw.Connection:
        """A new connection. Who is cancelled meanwhile leaves it to the next: its thread must not be lost."""
        number = len(self._open) + len(self._opening) + 1
        opening = asyncio.ensure_future(open_reader(self._path, f"reader {number}", self._vfs))
        self._opening.add(opening)
        opening.add_done_callback(self._opened)
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(self._leave)
            raise

    def _opened(self, opening: asyncio.Future[apsw.Connection]) -> None:
        self._opening.discard(opening)
        if not opening.cancelled() and opening.exception() is None:
            self._open.append(opening.result())

    def _leave(self, opening: asyncio.Future[apsw.Connection]) -> None:
        if not opening.cancelled() and opening.exception() is None:
            self._idle.append(opening.result())

    async def _upkeep(self) -> apsw.Connection:
        if self._keeper is None:
            self._keeper = await open_reader(self._path, "keeper", self._vfs)
        return self._keeper


def _snapshot(connection: apsw.Connection, fn: Callable[[Connection], T]) -> T:
    connection.execute("BEGIN")
    try:
        return fn(connection)
    finally:
        connection.execute("ROLLBACK")


def _copy(connection: apsw.Connection, path: str) -> None:
    connection.pragma("query_only", False)  # it takes the copy for a change
    try:
        connection.execute("VACUUM INTO ?", (path,))
    finally:
        connection.pragma("query_only", True)
