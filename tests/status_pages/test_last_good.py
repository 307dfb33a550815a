from __future__ import annotations

import asyncio

import pytest

from kuma_lite.core.errors import StorageTrouble
from kuma_lite.status_pages.answering import last_good
from kuma_lite.status_pages.answering.last_good import LastGood


async def good() -> str:
    return "good"


async def broken() -> str:
    raise StorageTrouble("The disk is gone.")


async def test_what_was_read_last_stands_in() -> None:
    known = LastGood()
    with pytest.raises(StorageTrouble):
        await known.ask("a", broken)
    assert await known.ask("a", good) == "good"
    assert await known.ask("a", broken) == "good"
    with pytest.raises(StorageTrouble):
        await known.ask("b", broken)


async def test_what_somebody_took_away_does_not_come_back() -> None:
    known = LastGood()
    await known.ask("a", good)
    known.forget()
    with pytest.raises(StorageTrouble):
        await known.ask("a", broken)


async def test_a_question_from_before_is_not_kept() -> None:
    known = LastGood()

    async def slow() -> str:
        known.forget()
        return "old"

    assert await known.ask("a", slow) == "old"
    with pytest.raises(StorageTrouble):
        await known.ask("a", broken)


async def test_a_disk_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_good, "PATIENCE_S", 0.01)
    known = LastGood()
    await known.ask("a", good)
    hanging = asyncio.Event()

    async def hangs() -> str:
        await hanging.wait()
        raise StorageTrouble("At last.")

    assert await known.ask("a", hangs) == "good"
    hanging.set()
    await asyncio.sleep(0)
