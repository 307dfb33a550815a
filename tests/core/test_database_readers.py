"""Connections for queries: whoever is cancelled while one opens leaves it behind in order."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.database_readers import Readers


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "reader" in thread.name]


async def ended() -> None:
    """A thread ends a moment after its connection."""
    async with asyncio.timeout(5):
        while threads():
            await asyncio.sleep(0.01)


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    found = tmp_path / "kuma-lite.db"
    await (await Database.open(found, clock=ManualClock())).close()
    return found


@pytest.mark.parametrize("turns", range(6))
async def test_a_reader_that_nobody_waits_for_is_used_or_closed(path: Path, turns: int) -> None:
    readers = Readers(path)
    waiting = asyncio.create_task(readers.read(lambda db: 1))
    for _ in range(turns):
        await asyncio.sleep(0)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    assert await readers.read(lambda db: db.execute("SELECT 2").fetchall()) == [(2,)]
    await readers.close()
    await ended()


async def test_closing_waits_for_one_that_opens(path: Path) -> None:
    readers = Readers(path)
    waiting = asyncio.create_task(readers.read(lambda db: 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    await readers.close()
    await ended()
