"""What has happened goes to disk in its order, now or when there is room, and its messages with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from kuma_lite.core import kept_writes, transactions
from kuma_lite.core.database import Database
from kuma_lite.core.kept_writes import KeptWrites
from tests.support.storage import FaultyDisk, opened_plain


class Told:
    """Remembers what became of it."""

    def __init__(self) -> None:
        self.fate: list[str] = []

    def write(self, connection: apsw.Connection) -> None:
        assert connection.in_transaction
        connection.execute("INSERT INTO line VALUES ('message')")

    def let_go(self) -> None:
        self.fate.append("let go")

    def ended(self, stored: bool) -> None:
        self.fate.append("stored" if stored else "failed")


@pytest.fixture
def disk() -> FaultyDisk:
    return FaultyDisk()


@pytest.fixture
async def database(
    tmp_path: Path, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    monkeypatch.setattr(transactions, "PATIENCE_S", 1.0)
    async with opened_plain(tmp_path / "kuma-lite.db", disk=disk) as found:
        await found.write(lambda connection: connection.execute("CREATE TABLE line (text TEXT)"))
        yield found
        disk.full = False
        disk.open_door.set()


class Writer:
    """Who writes lines."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.kept = KeptWrites(database)
        self.ended: list[bool] = []

    async def write(self, text: str, *news: Told) -> bool:
        def fn(connection: apsw.Connection) -> None:
            connection.execute("INSERT INTO line VALUES (?)", (text,))

        return await self.kept.write(fn, news, self.ended.append)

    async def lines(self) -> list[str]:
        query = "SELECT text FROM line ORDER BY rowid"
        return await self.database.read(lambda found: [str(text) for (text,) in found.execute(query)])


@pytest.fixture
def writer(database: Database) -> Writer:
    return Writer(database)


async def test_what_can_be_stored_is_stored_at_once(writer: Writer) -> None:
    told = Told()
    assert await writer.write("a", told)
    assert (told.fate, writer.ended) == (["stored"], [True])
    assert await writer.lines() == ["a", "message"]


async def test_a_full_disk_lets_go_and_stores_in_order_when_there_is_room(
    writer: Writer, disk: FaultyDisk
) -> None:
    first, second = Told(), Told()
    disk.full = True
    assert not await writer.write("a", first)
    assert not await writer.write("b", second)
    assert (first.fate, second.fate, writer.ended) == (["let go"], ["let go"], [])
    disk.full = False
    assert await writer.write("c")
    assert (first.fate, second.fate) == (["let go", "stored"], ["let go", "stored"])
    assert writer.ended == [True] * 3
    assert await writer.lines() == ["a", "message", "b", "message", "c"]


@pytest.mark.parametrize("then_full", [False, True])
async def test_a_disk_that_hangs_is_waited_for_once(
    writer: Writer, disk: FaultyDisk, then_full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [Told() for _ in range(3)]
    disk.open_door.clear()
    assert not await writer.write("0", told[0])
    monkeypatch.setattr(transactions, "PATIENCE_S", 60)  # nobody else waits
    async with asyncio.timeout(5):
        assert not await writer.write("1", told[1])
    disk.full = then_full
    disk.open_door.set()
    async with asyncio.timeout(5):
        while writer.kept._hanging:
            await asyncio.sleep(0.01)
    disk.full = False
    assert await writer.write("2", told[2])
    assert await writer.lines() == ["0", "message", "1", "message", "2", "message"]
    assert [each.fate for each in told] == [["let go", "stored"], ["let go", "stored"], ["stored"]]


async def test_what_cannot_be_written_is_its_own_trouble(writer: Writer, disk: FaultyDisk) -> None:
    def bad(connection: apsw.Connection) -> None:
        connection.execute("INSERT INTO line VALUES ('half')")
        raise ValueError("bad")

    told, later = Told(), Told()
    with pytest.raises(ValueError, match="bad"):
        await writer.kept.write(bad, [told])
    disk.full = True
    assert not await writer.kept.write(bad, [later])
    assert not await writer.write("good")
    disk.full = False
    assert await writer.write("better")
    assert (told.fate, later.fate) == (["failed"], ["let go", "failed"])
    assert await writer.lines() == ["good", "better"]


async def test_there_is_an_end_to_what_is_kept(
    writer: Writer, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_writes, "MAX_KEPT", 2)
    disk.full = True
    for text in "abc":
        await writer.write(text)
    disk.full = False
    await writer.write("d")
    assert await writer.lines() == ["b", "c", "d"]
    assert writer.ended == [False, True, True, True]
