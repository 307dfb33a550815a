"""Databases and beats for tests, and a disk that misbehaves on demand."""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest

from kuma_lite.beats.model import Beat, NewBeat
from kuma_lite.beats.recorder import Recorder
from kuma_lite.core import record_file
from kuma_lite.core.clock import Clock, ManualClock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Status
from kuma_lite.monitors.store import MonitorStore
from tests.support.actors import OWNER

START_MS = to_ms(ManualClock().now())

_numbers = itertools.count(1)


class FaultyDisk(apsw.VFS):
    """SQLite's door to the disk. Set `full`, `broken` or `held` and see what becomes of the writes."""

    def __init__(self) -> None:
        self.name = f"faulty{next(_numbers)}"
        super().__init__(self.name, "")
        self.full = False
        self.broken = False
        self.open_door = threading.Event()  # cleared: writes hang
        self.open_door.set()
        self.knocked = threading.Event()  # a write hangs
        self.written = 0

    async def until_held(self) -> None:
        """Return when a write hangs at the closed door."""
        assert await asyncio.to_thread(self.knocked.wait, 20), "nothing is written"

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        return _FaultyFile(self, name, flags)

    def spoil_journals(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let files of records have the same faults."""

        def write_at(descriptor: int, data: Any, offset: int) -> int:
            self.pass_door()
            if self.full:
                raise OSError(errno.ENOSPC, "No space left on device")
            if self.broken:
                raise OSError(errno.EIO, "Input/output error")
            return os.pwrite(descriptor, data, offset)

        monkeypatch.setattr(record_file, "write_at", write_at)

    def pass_door(self) -> None:
        """Hang while it is closed."""
        if not self.open_door.is_set():
            self.knocked.set()
        self.open_door.wait()


class _FaultyFile(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk

    def xWrite(self, data: Any, offset: int) -> None:
        self._disk.pass_door()
        if self._disk.full:
            raise apsw.FullError("disk full")
        if self._disk.broken:
            raise apsw.IOError("disk I/O error")
        self._disk.written += len(data)
        super().xWrite(data, offset)


class Storage:
    """A database with its recorder and store, and a clock that the test owns."""

    def __init__(self, database: Database, recorder: Recorder, clock: ManualClock) -> None:
        self.database = database
        self.recorder = recorder
        self.clock = clock
        self.store = MonitorStore(database, recorder)

    async def monitor(self, name: str = "m", **document: Any) -> int:
        return await self.store.insert(OWNER, True, {"type": "http", "name": name, **document}, [], 0)

    def record(self, monitor_id: int, **changes: Any) -> Beat:
        return self.recorder.record(new_beat(monitor_id, self.now, **changes))

    async def record_now(self, monitor_id: int, **changes: Any) -> Beat:
        return await self.recorder.record_now(new_beat(monitor_id, self.now, **changes))

    @property
    def now(self) -> int:
        return to_ms(self.clock.now())

    async def count(self, table: str) -> int:
        query = f"SELECT count(*) FROM {table}"
        number: int = await self.database.read(lambda connection: connection.execute(query).get)
        return number

    async def reloaded(self) -> Recorder:
        """A recorder that has just read what is on disk, as after a kill at this moment."""
        recorder = Recorder(self.database, self.clock)
        self.database._contributors.remove(recorder)
        await recorder.load()
        return recorder


@asynccontextmanager
async def opened(
    folder: Path, *, disk: FaultyDisk | None = None, clock: ManualClock | None = None
) -> AsyncIterator[Storage]:
    """Open (or create) the database of a folder; closed whatever happens."""
    clock = clock or ManualClock()
    database = await Database.open(
        folder / "kuma-lite.db", clock=clock, vfs=disk.name if disk is not None else None
    )
    try:
        recorder = Recorder(database, clock)
        await database.write(_user)
        await recorder.load()
        yield Storage(database, recorder, clock)
    finally:
        await database.close()


@asynccontextmanager
async def opened_plain(
    path: Path, clock: Clock | None = None, disk: FaultyDisk | None = None
) -> AsyncIterator[Database]:
    """Just the database; closed whatever happens."""
    database = await Database.open(path, clock=clock or ManualClock(), vfs=disk.name if disk else None)
    try:
        yield database
    finally:
        await database.close()


def _user(connection: apsw.Connection) -> None:
    connection.execute("INSERT OR IGNORE INTO user (id, username) VALUES (1, 'somebody')")


def new_beat(monitor_id: int, at: int, **changes: Any) -> NewBeat:
    """An ordinary beat that began at `at` (milliseconds)."""
    new = NewBeat(monitor_id, at, at + 5, Status.UP, "200 - OK", 5.0, False, 0, 0, 0)
    return new._replace(**changes)


def beat(number: int, at: int, *, monitor_id: int = 1, **changes: Any) -> Beat:
    """A beat with an id."""
    return Beat(number, *new_beat(monitor_id, at, **changes))
