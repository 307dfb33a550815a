"""A disk that is full silences nobody: messages go out from memory, once, in order, and are stored later."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.notifications import store
from kuma_lite.notifications.dispatcher import Dispatcher
from kuma_lite.notifications.model import pack
from tests.notifications.peers import populate
from tests.support.storage import FaultyDisk, opened_plain


class Channel:
    """What one receiver got; `refuses` so many first."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.refuses = 0

    async def __call__(self, config: Any, message: Message) -> str:
        if self.refuses:
            self.refuses -= 1
            raise DeliveryFailed("away")
        self.got.append(message.text)
        return "ok"

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.got) < count:
                await asyncio.sleep(0.01)


async def hook(database: Database) -> int:
    await database.write(populate)
    config = {"name": "hook", "type": "webhook"}
    return await database.write(lambda connection: store.add(connection, config, 1, 1))


async def rows(database: Database) -> list[str]:
    query = "SELECT message FROM outbox ORDER BY id"
    found = await database.read(lambda connection: connection.execute(query).fetchall())
    return [text for (text,) in found]


async def test_a_full_disk_silences_nobody(tmp_path: Path) -> None:
    clock, disk, receiver = ManualClock(), FaultyDisk(), Channel()
    async with opened_plain(tmp_path / "kuma-lite.db", clock, disk) as database:
        channel = await hook(database)
        now = to_ms(clock.now())
        dispatcher = Dispatcher(database, receiver, clock, Bus())
        await dispatcher.start()
        stored = pack(Message("stored"))
        await database.write(lambda found: store.enqueue(found, [channel], 1, stored, now))
        disk.full = True
        for text in ("first", "second"):
            dispatcher.unstored.keep([channel], 1, pack(Message(text)), now)
        dispatcher.wake()
        await receiver.until(3)
        disk.full = False
        await database.flush()
        dispatcher.wake()
        await database.flush()
        assert receiver.got == ["stored", "first", "second"]
        assert await rows(database) == []
        async with asyncio.timeout(20):
            while dispatcher.pending().waiting:
                await asyncio.sleep(0.01)
        success = await database.read(lambda found: store.find(found, channel, 1))
        assert success is not None
        assert success.last_success == now
        await dispatcher.stop()


async def test_what_was_not_delivered_is_stored_before_what_comes_later(tmp_path: Path) -> None:
    clock, disk, receiver = ManualClock(), FaultyDisk(), Channel()
    receiver.refuses = 1
    async with opened_plain(tmp_path / "kuma-lite.db", clock, disk) as database:
        channel = await hook(database)
        now = to_ms(clock.now())
        dispatcher = Dispatcher(database, receiver, clock, Bus())
        await dispatcher.start()
        disk.full = True
        dispatcher.unstored.keep([channel], 1, pack(Message("first")), now)
        dispatcher.wake()
        async with asyncio.timeout(20):
            while receiver.refuses:
                await asyncio.sleep(0.01)
        disk.full = False
        later = pack(Message("later"))
        await database.write(lambda found: store.enqueue(found, [channel], 1, later, now))
        assert await rows(database) == [pack(Message("first")), later]
        clock.advance(3600)
        dispatcher.wake()
        await receiver.until(2)
        assert receiver.got == ["first", "later"]
        await dispatcher.stop()


@pytest.mark.parametrize("delivered", [False, True])
async def test_a_write_that_comes_through_after_all_is_one_message(tmp_path: Path, delivered: bool) -> None:
    clock, receiver = ManualClock(), Channel()
    async with opened_plain(tmp_path / "kuma-lite.db", clock) as database:
        channel = await hook(database)
        now, text = to_ms(clock.now()), pack(Message("once"))
        dispatcher = Dispatcher(database, receiver, clock, Bus())
        kept = dispatcher.unstored.keep([channel], 1, text, now, writing=True)
        if delivered:
            await dispatcher.start()
            await receiver.until(1)
        found = await database.write(lambda open_: store.enqueue_rows(open_, [channel], 1, text, now))
        dispatcher.unstored.settled(kept, found, now)
        await dispatcher.start()
        await receiver.until(1)
        await database.flush()
        await dispatcher.stop()
        await database.flush()
        assert await rows(database) == []
        assert receiver.got == ["once"]
