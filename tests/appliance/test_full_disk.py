"""A full disk silences nobody: whatever is news is told from memory, once, and stored when there is room."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.beats import recorder
from kuma_lite.core import database_commits, transactions
from kuma_lite.core.clock import SystemClock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.iso_time import iso_exact
from tests.appliance.test_beat_messages import TOKEN, add_hook, outbox, sink
from tests.net.authority import issue
from tests.notifications.sinks import Answer, HttpSink
from tests.servers.reports import BUSY, CALM, report
from tests.support import http
from tests.support.appliance import CREDENTIALS, Running, add_monitor, running
from tests.support.ports import closed_port
from tests.support.sio import Client
from tests.support.storage import FaultyDisk

__all__ = ["sink"]


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FaultyDisk:
    """The one that the appliance writes to."""
    disk, real = FaultyDisk(), Database.open

    async def opened(path: Path, **named: Any) -> Database:
        return await real(path, vfs=disk.name, **named)

    disk.spoil_journals(monkeypatch)
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


class Agent:
    """A host that reports; nothing it says is acknowledged while the disk is full."""

    def __init__(self, server: Running, token: str) -> None:
        self._url = f"{server.url}/api/v1/server_metrics"
        self._headers = {"Authorization": f"Bearer {token}"}

    @classmethod
    async def of(cls, server: Running, client: Client) -> Agent:
        session = (await client.call("login", CREDENTIALS))["token"]
        headers = {"Authorization": f"Bearer {session}"}
        url = f"{server.url}/api/v1/tokens"
        made = await http.request("POST", url, headers=headers, json={"token": {"name": "agent"}})
        return cls(server, made.json()["token"])

    async def send(self, *values: float, ago: int = 0) -> int:
        """One value a minute, the last one so many minutes ago; returns the status."""
        now = to_ms(SystemClock().now()) - 60_000 * ago
        samples = [
            {"metric": "cpu_used", "value": value, "timestamp": iso_exact(now - 60_000 * back)}
            for back, value in enumerate(reversed(values))
        ]
        body = report(None, document={"metrics": samples})
        return (await http.request("POST", self._url, headers=self._headers, body=body)).status


async def about_host(sink: HttpSink, count: int) -> list[str]:
    """What is told of the host, and not of ourselves; waits for so much."""
    async with asyncio.timeout(20):
        while True:
            found = [got.json for got in sink.got if (got.json["monitor"] or {}).get("name") == "web-1"]
            if len(found) >= count:
                return [one["heartbeat"]["msg"] for one in found]
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("hangs", [False, True])
async def test_an_alert_of_a_server_and_its_end_are_told(
    tmp_path: Path, sink: HttpSink, disk: FaultyDisk, hangs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "PATIENCE_S", 0.2)
    async with running(tmp_path) as server, server.logged_in() as client:
        await add_hook(client, sink, isDefault=True)
        agent = await Agent.of(server, client)
        assert await agent.send(CALM, ago=9) == 201
        disk.full = not hangs
        if hangs:
            disk.open_door.clear()
        try:
            assert await agent.send(*[BUSY] * 8) == 503
            assert await about_host(sink, 1) == ["CPU is at 95.0 %, above 90 % for 5 minutes"]
            assert await agent.send(CALM) == 503
            assert (await about_host(sink, 2))[1].startswith("CPU is at 10.0 %, below 90 % again")
        finally:
            disk.full = False
            disk.open_door.set()
        await until_ready(server)
        monkeypatch.setattr(transactions, "PATIENCE_S", 3.0)  # a busy machine takes longer to store it
        assert await agent.send(CALM) == 201
    async with running(tmp_path):
        await asyncio.sleep(0.5)
    again = await about_host(sink, 2)
    assert len(set(again)) == 2
    assert len(again) == 2 or hangs, "at least once: of what hangs it is not known what becomes of it"
    assert outbox(tmp_path) == []


async def test_a_certificate_that_expires_is_warned_of(
    tmp_path: Path, sink: HttpSink, disk: FaultyDisk
) -> None:
    port = closed_port()
    async with running(tmp_path) as server, server.logged_in() as client:
        hook = await add_hook(client, sink)
        await add_monitor(
            client,
            url=f"https://127.0.0.1:{port}/",
            expiryNotification=True,
            maxretries=99,  # it never gets as far as DOWN
            retryInterval=1,
            notificationIDList={str(hook): True},
        )
        disk.full = True
        context = issue("Soon over", names=("127.0.0.1",), days=5.5).server_context()
        target = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port, ssl=context)
        async with target:
            await sink.wait_for(1)
            disk.full = False
            await until_ready(server)
    async with running(tmp_path):
        await asyncio.sleep(0.5)
    assert ["Soon over" in text and "expire in 5 days" in text for text in told(sink)] == [True]
    assert outbox(tmp_path) == []
