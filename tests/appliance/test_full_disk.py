"""A full disk silences nobody: changes of state are told from memory, once, and stored when there is room."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.beats import recorder
from kuma_lite.core import database_commits, transactions
from kuma_lite.core.database import Database
from tests.appliance.test_beat_messages import TOKEN, add_hook, outbox, sink
from tests.notifications.sinks import Answer, HttpSink
from tests.support import http
from tests.support.appliance import Running, add_monitor, running
from tests.support.sio import Client
from tests.support.storage import FaultyDisk

__all__ = ["sink"]


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FaultyDisk:
    """The one that the appliance writes to."""
    disk, real = FaultyDisk(), Database.open

    async def opened(path: Path, **named: Any) -> Database:
        return await real(path, vfs=disk.name, **named)

    monkeypatch.setattr(Database, "open", opened)
    monkeypatch.setattr(database_commits, "RETRY_S", 0.1)
    return disk


async def add_job(client: Client, hook: int) -> int:
    return await add_monitor(
        client, type="push", name="job", pushToken=TOKEN, notificationIDList={str(hook): True}
    )


async def refused_push(server: Running, status: str, msg: str) -> None:
    """What cannot be stored is not acknowledged, and told all the same."""
    answer = await http.get(f"{server.url}/api/push/{TOKEN}?status={status}&msg={msg}")
    assert answer.status == 503


async def push(server: Running, status: str, msg: str) -> None:
    answer = await http.get(f"{server.url}/api/push/{TOKEN}?status={status}&msg={msg}")
    assert answer.json() == {"ok": True}


def told(sink: HttpSink) -> list[str]:
    return [got.json["msg"] for got in sink.got]


async def until_ready(server: Running) -> None:
    async with asyncio.timeout(20):
        while (await http.get(f"{server.url}/readyz")).status != 200:
            await asyncio.sleep(0.02)


async def test_changes_are_told_while_the_disk_is_full_and_not_again_afterwards(
    tmp_path: Path, sink: HttpSink, disk: FaultyDisk
) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        job = await add_job(client, await add_hook(client, sink))
        await push(server, "up", "before")
        disk.full = True
        for msg in ("broken", "still", "again"):
            await refused_push(server, "down", msg)
        await refused_push(server, "up", "mended")
        await sink.wait_for(2)
        expected = ["[job] [🔴 Down] broken", "[job] [✅ Up] mended"]
        assert told(sink) == expected
        assert sink.got[1].json["heartbeat"]["lastDownTime"] == sink.got[0].json["heartbeat"]["time"]
        disk.full = False
        await until_ready(server)
        await push(server, "down", "later")
        await sink.wait_for(3)
        assert told(sink) == [*expected, "[job] [🔴 Down] later"]
        beats = (await client.call("getMonitorBeats", job, 1))["data"]
    stored = ["before", "broken", "still", "again", "mended", "later"]
    assert [beat["msg"] for beat in beats] == stored
    assert outbox(tmp_path) == []


async def test_what_no_channel_took_is_in_the_outbox_when_there_is_room(
    tmp_path: Path, sink: HttpSink, disk: FaultyDisk
) -> None:
    sink.answer = Answer(status=500)
    async with running(tmp_path) as server, server.logged_in() as client:
        await add_job(client, await add_hook(client, sink))
        await push(server, "up", "before")
        disk.full = True
        await refused_push(server, "down", "broken")
        await sink.wait_for(1)
        assert outbox(tmp_path) == []
        disk.full = False
        await until_ready(server)
        assert len(outbox(tmp_path)) == 1


WAITING = "SELECT id FROM outbox WHERE state = 'waiting'"


async def test_a_disk_that_hangs_holds_up_no_message(
    tmp_path: Path, sink: HttpSink, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "PATIENCE_S", 0.2)
    monkeypatch.setattr(transactions, "PATIENCE_S", 0.2)
    async with running(tmp_path) as server, server.logged_in() as client:
        await add_job(client, await add_hook(client, sink))
        await push(server, "up", "before")
        disk.open_door.clear()
        try:
            pushing = asyncio.create_task(push(server, "down", "broken"))
            await sink.wait_for(1)
            assert not pushing.done(), "it is not on disk yet"
        finally:
            disk.open_door.set()
        await pushing
        async with asyncio.timeout(20):
            # Through the program's own connection: a second copy of SQLite in the process undoes its locks.
            while await server.appliance._ground.database.read(lambda found: list(found.execute(WAITING))):
                await asyncio.sleep(0.02)
        await push(server, "up", "mended")
        async with asyncio.timeout(20):
            while told(sink)[-1] != "[job] [✅ Up] mended":
                await asyncio.sleep(0.02)
    # At least once: one that had not been noted when it had arrived may come again.
    assert list(dict.fromkeys(told(sink))) == ["[job] [🔴 Down] broken", "[job] [✅ Up] mended"]
    assert outbox(tmp_path) == []
