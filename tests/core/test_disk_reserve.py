"""Space that is kept for when the disk is full."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuma_lite.core import disk_reserve
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.disk_reserve import FILE_NAME, SIZE, DiskReserve
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.sql import Connection


def test_it_takes_space_and_gives_it_back(tmp_path: Path) -> None:
    reserve = DiskReserve(tmp_path)
    assert not reserve.release()
    assert reserve.make()
    assert (tmp_path / FILE_NAME).stat().st_size == SIZE
    assert reserve.make()
    assert reserve.release()
    assert not reserve.release()


def test_it_is_not_what_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_reserve, "WANTED_FREE", 2**62)
    assert not DiskReserve(tmp_path).make()
    assert not (tmp_path / FILE_NAME).exists()


def test_a_half_written_one_is_none(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"half")
    reserve = DiskReserve(tmp_path)
    assert reserve.make()
    assert (tmp_path / FILE_NAME).stat().st_size == SIZE


class Limit(DiskReserve):
    """A database that may grow a little when the reserve is given up."""

    def __init__(self, folder: Path, connection: Connection) -> None:
        super().__init__(folder)
        self.connection = connection

    def release(self) -> bool:
        found = super().release()
        if found:
            self.connection.execute("PRAGMA max_page_count = 1000000")
        return found


async def test_what_was_to_be_written_is_written_in_it(tmp_path: Path) -> None:
    clock = ManualClock()
    database = await Database.open(tmp_path / "k.db", clock=clock)
    try:
        connections: list[Connection] = []
        await database.write(connections.append)
        (connection,) = connections
        database.reserve = Limit(tmp_path, connection)
        await database.write(lambda found: found.execute("CREATE TABLE big (text TEXT)"))
        assert (tmp_path / FILE_NAME).exists()
        await database.write(lambda found: found.execute("PRAGMA max_page_count = 1"))
        text = "x" * 100_000
        await database.write(lambda found: found.execute("INSERT INTO big VALUES (?)", (text,)))
        assert not (tmp_path / FILE_NAME).exists()
        assert await database.read(
            lambda found: found.execute("SELECT length(text) FROM big").fetchall()
        ) == [(100_000,)]
        assert database.trouble is None
        await database.write(lambda found: found.execute("PRAGMA max_page_count = 1"))
        with pytest.raises(StorageTrouble):
            await database.write(lambda found: found.execute("INSERT INTO big VALUES (?)", (text,)))
    finally:
        await database.close()
