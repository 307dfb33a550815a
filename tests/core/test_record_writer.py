"""Records from the event loop: together, in order, and never waited for without end."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core import record_file, transactions
from kuma_lite.core.record_file import RecordFile, read_records
from kuma_lite.core.record_writer import RecordWriter

OWNER = b"12345678"


class Door:
    """In front of the disk."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.error: OSError | None = None
        self.writes = 0

    def write_at(self, descriptor: int, data: Any, offset: int) -> int:
        self.open.wait()
        if self.error is not None:
            raise self.error
        self.writes += 1
        return os.pwrite(descriptor, data, offset)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    found = Door()
    monkeypatch.setattr(record_file, "write_at", found.write_at)
    return found


@pytest.fixture
async def writer(tmp_path: Path, door: Door) -> AsyncIterator[RecordWriter]:
    made = RecordWriter(RecordFile(tmp_path / "1", OWNER, 1))
    yield made
    door.open.set()
    await made.stop()


def records(path: Path) -> list[bytes]:
    found = read_records(path)
    return found.records if found else []


async def test_what_comes_meanwhile_goes_together(writer: RecordWriter, tmp_path: Path, door: Door) -> None:
    door.open.clear()
    told: list[int] = []
    futures = [writer.put(b"%d" % number, lambda n=number: told.append(n)) for number in range(50)]  # type: ignore[misc]
    assert writer.is_busy
    door.open.set()
    assert await asyncio.gather(*futures) == [True] * 50
    assert not writer.is_busy and told == list(range(50))
    assert records(tmp_path / "1") == [b"%d" % number for number in range(50)]
    assert door.writes == 2, "the first, and all others"


async def test_trouble_is_told_to_those_it_concerns(writer: RecordWriter, tmp_path: Path, door: Door) -> None:
    told: list[str] = []
    door.error = OSError(errno.ENOSPC, "No space left on device")
    for _ in range(2):
        with pytest.raises(OSError, match="No space"):
            await writer.put(b"lost", lambda: told.append("lost"))
    door.error = None
    assert await writer.put(b"kept", lambda: told.append("kept")) is True
    assert (told, records(tmp_path / "1")) == (["kept"], [b"kept"])


async def test_a_disk_that_hangs_is_not_waited_for(
    writer: RecordWriter, tmp_path: Path, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "PATIENCE_S", 0.1)
    told: list[str] = []
    door.open.clear()
    first, second = (writer.put(name.encode(), lambda n=name: told.append(n)) for name in "ab")  # type: ignore[misc]
    assert await asyncio.gather(first, second) == [None, None]
    assert (writer.hangs, told) == (True, [])
    door.open.set()
    async with asyncio.timeout(20):
        while writer.is_busy:
            await asyncio.sleep(0.01)
    assert (writer.hangs, told, records(tmp_path / "1")) == (False, ["a", "b"], [b"a", b"b"])
    assert await writer.put(b"c", lambda: None) is True
    await asyncio.sleep(0.2)
    assert not writer.hangs


async def test_who_goes_away_leaves_what_was_put(writer: RecordWriter, tmp_path: Path) -> None:
    told: list[str] = []
    waiting = asyncio.ensure_future(asyncio.wait_for(writer.put(b"a", lambda: told.append("a")), 20))
    await asyncio.sleep(0)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    assert await writer.put(b"b", lambda: told.append("b")) is True
    assert (told, records(tmp_path / "1")) == (["a", "b"], [b"a", b"b"])


async def test_the_next_file_begins_between_two_records(
    writer: RecordWriter, tmp_path: Path, door: Door
) -> None:
    """Whoever is told by then is in the file before, and nobody else."""
    told: list[bytes] = []
    at_turn: list[list[bytes]] = []
    futures = []
    for number in range(1, 30):
        futures += [writer.put(b"%d" % put, lambda n=put: told.append(b"%d" % n)) for put in range(number)]  # type: ignore[misc]
        turned = asyncio.Event()

        def ended(turned: asyncio.Event = turned) -> None:
            at_turn.append(list(told))
            told.clear()
            turned.set()

        writer.turn(RecordFile(tmp_path / str(number + 1), OWNER, number + 1), ended)
        futures.append(writer.put(b"after", lambda: told.append(b"after")))
        await turned.wait()
    await asyncio.gather(*futures)
    assert at_turn == [records(tmp_path / str(number)) for number in range(1, 30)]
    assert told == records(tmp_path / "30") == [b"after"]
