"""What the outbox cannot take is delivered from memory, in its order, and stored when there is room."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Message
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.kept_writes import KeptWrites
from kuma_lite.notifications import unstored
from kuma_lite.notifications.model import pack
from kuma_lite.notifications.service import Notifications
from tests.notifications.peers import populate
from tests.notifications.sinks import Answer, HttpSink
from tests.notifications.test_dispatcher import add_hook, outbox, until
from tests.support.storage import FaultyDisk


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FaultyDisk:
    monkeypatch.setattr("kuma_lite.core.database_commits.RETRY_S", 0.05)
    monkeypatch.setattr("kuma_lite.notifications.dispatcher.TROUBLE_S", 0.05)
    return FaultyDisk()


@pytest.fixture
async def database(tmp_path: Path, clock: ManualClock, disk: FaultyDisk) -> AsyncIterator[Database]:
    found = await Database.open(tmp_path / "kuma-lite.db", clock=clock, vfs=disk.name)
    await found.write(populate)
    yield found
    await found.close()


def texts(sink: HttpSink) -> list[str]:
    return [got.json["msg"] for got in sink.got]


async def test_our_own_trouble_is_told_while_nothing_can_be_stored(
    notifications: Notifications, database: Database, disk: FaultyDisk, sink: HttpSink
) -> None:
    hook = await add_hook(database, sink.url)
    await notifications.start()
    disk.full = True
    for text in ("a", "b", "c"):
        await notifications.send([hook], Message(text))
    await sink.wait_for(3)
    disk.full = False
    await until(lambda: database.trouble is None)
    await notifications.send([hook], Message("d"))
    await sink.wait_for(4)
    assert texts(sink) == ["a", "b", "c", "d"]


async def test_what_was_in_the_outbox_before_is_delivered_first_and_once(
    notifications: Notifications, database: Database, clock: ManualClock, disk: FaultyDisk, sink: HttpSink
) -> None:
    hook = await add_hook(database, sink.url)
    await notifications.send([hook], Message("old"))
    disk.full = True
    await notifications.send([hook], Message("new"))
    await notifications.start()
    await sink.wait_for(2)
    disk.full = False
    await until(lambda: database.trouble is None)
    await notifications.send([hook], Message("newest"))
    await sink.wait_for(3)
    assert texts(sink) == ["old", "new", "newest"]


@pytest.mark.parametrize("taken", [True, False])
async def test_an_announcement_is_stored_for_those_that_have_not_got_it(
    notifications: Notifications, database: Database, disk: FaultyDisk, sink: HttpSink, taken: bool
) -> None:
    sink.answer = Answer() if taken else Answer(status=500)
    hook = await add_hook(database, sink.url)
    await notifications.start()
    kept = KeptWrites(database)
    disk.full = True
    news = notifications.announcement([hook], None, pack(Message("a")))
    assert not await kept.write(lambda connection: None, [news])
    await sink.wait_for(1)
    disk.full = False
    await until(lambda: database.trouble is None)
    # That it has arrived may be known only after it was stored: then it is taken out again.
    async with asyncio.timeout(20):
        while taken and await outbox(database):
            await asyncio.sleep(0.02)
    assert len(await outbox(database)) == (0 if taken else 1)
    assert len(notifications.dispatcher.unstored) == 0
    assert set(texts(sink)) == {"a"}
    assert len(texts(sink)) == 1 or not taken, "what was refused is tried again"


async def test_what_no_channel_takes_is_stored_in_its_order(
    notifications: Notifications, database: Database, disk: FaultyDisk, sink: HttpSink
) -> None:
    sink.answer = Answer(status=500)
    hook = await add_hook(database, sink.url)
    await notifications.start()
    disk.full = True
    await notifications.send([hook], Message("a"))
    await notifications.send([hook], Message("b"))
    await sink.wait_for(1)
    disk.full = False
    await notifications.send([hook], Message("c"))
    assert [json.loads(message)["text"] for message, *_ in await outbox(database)] == ["a", "b", "c"]
    assert notifications.dispatcher.unstored.waiting() == {}


async def test_memory_is_bounded(
    notifications: Notifications,
    database: Database,
    disk: FaultyDisk,
    sink: HttpSink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unstored, "MAX_UNSTORED", 2)
    hook = await add_hook(database, sink.url)
    disk.full = True
    for text in ("a", "b", "c"):
        await notifications.send([hook], Message(text))
    with pytest.raises(StorageTrouble):
        await database.flush()
    await notifications.start()
    await sink.wait_for(2)
    assert texts(sink) == ["b", "c"]
