"""A change of state reaches the monitor's notifications, from the beat's own transaction to the sink."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.net.servers import answer, serve
from tests.notifications.sinks import Answer, HttpSink
from tests.support import http
from tests.support.appliance import Running, add_monitor, running
from tests.support.sio import Client

TOKEN = "messages000000000000000000000000"


@pytest.fixture
async def sink() -> AsyncIterator[HttpSink]:
    async with HttpSink() as found:
        yield found


async def add_hook(client: Client, sink: HttpSink, name: str = "hook") -> int:
    config = {
        "name": name,
        "type": "webhook",
        "webhookURL": f"{sink.url}/{name}",
        "webhookContentType": "json",
    }
    saved = await client.call("addNotification", config, None)
    assert saved["ok"] is True, saved
    found: int = saved["id"]
    return found


async def push(server: Running, status: str, msg: str) -> None:
    pushed = await http.get(f"{server.url}/api/push/{TOKEN}?status={status}&msg={msg}")
    assert pushed.json() == {"ok": True}


def outbox(folder: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "kuma-lite.db") as database:
        return database.execute("SELECT monitor_id, state FROM outbox ORDER BY id").fetchall()


async def test_down_and_up_reach_every_notification_of_the_monitor(tmp_path: Path, sink: HttpSink) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        hooks = [await add_hook(client, sink, name) for name in ("first", "second")]
        await add_hook(client, sink, "stranger")
        await add_monitor(
            client,
            type="push",
            name="job",
            pushToken=TOKEN,
            notificationIDList=dict.fromkeys(map(str, hooks), True),
        )
        await push(server, "down", "broken")
        await push(server, "up", "mended")
        await sink.wait_for(4)
    for name in ("/first", "/second"):
        down, up = (got.json for got in sink.got if got.path == name)
        assert (down["msg"], up["msg"]) == ("[job] [🔴 Down] broken", "[job] [✅ Up] mended")
        assert down["heartbeat"]["status"] == 0
        assert "lastDownTime" not in down["heartbeat"]
        assert up["heartbeat"]["lastDownTime"] == down["heartbeat"]["time"], "since when it had been down"
        assert up["monitor"]["name"] == "job"
        assert "pushToken" not in up["monitor"], "no secrets"
    assert {got.path for got in sink.got} == {"/first", "/second"}


async def test_a_beat_that_changes_nothing_is_not_told(tmp_path: Path, sink: HttpSink) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        hook = await add_hook(client, sink)
        await add_monitor(client, type="push", pushToken=TOKEN, notificationIDList={str(hook): True})
        for number in range(3):
            await push(server, "down", f"n{number}")
        await push(server, "up", "mended")
        await sink.wait_for(2)
    assert [got.json["heartbeat"]["msg"] for got in sink.got] == ["n0", "mended"]


async def test_the_answer_of_the_target_comes_along(tmp_path: Path, sink: HttpSink) -> None:
    async with (
        serve(answer(b"the database is gone", "503 Service Unavailable")) as target,
        running(tmp_path) as server,
        server.logged_in() as client,
    ):
        hook = await add_hook(client, sink)
        await add_monitor(
            client, url=target.url(), saveErrorResponse=True, notificationIDList={str(hook): True}
        )
        await sink.wait_for(1)
    assert sink.got[0].json["heartbeat"]["response"] == "the database is gone"


async def test_what_was_not_delivered_is_delivered_after_the_next_start(
    tmp_path: Path, sink: HttpSink
) -> None:
    sink.answer = Answer(delay=float("inf"))
    async with running(tmp_path) as server:
        async with server.logged_in() as client:
            hook = await add_hook(client, sink)
            await add_monitor(client, type="push", pushToken=TOKEN, notificationIDList={str(hook): True})
        await push(server, "down", "broken")
        await sink.wait_for(1)
    assert len(outbox(tmp_path)) == 1, "written with the beat"
    sink.answer = Answer()
    async with running(tmp_path):
        await sink.wait_for(2)
    assert [got.json["heartbeat"]["msg"] for got in sink.got] == ["broken", "broken"]
