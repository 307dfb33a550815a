"""A change of state reaches the monitor's notifications, from the beat's own transaction to the sink."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.access import FIRST_ORGANISATION, Actor, Right
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


async def add_hook(client: Client, sink: HttpSink, name: str = "hook", **options: Any) -> int:
    config = {
        "name": name,
        "type": "webhook",
        "webhookURL": f"{sink.url}/{name}",
        "webhookContentType": "json",
        **options,
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
        return database.execute(
            "SELECT monitor_id, state FROM outbox WHERE state <> 'sent' ORDER BY id"
        ).fetchall()


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


async def test_in_detail_a_reminder_says_since_when(tmp_path: Path, sink: HttpSink) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        hook = await add_hook(client, sink, messageStyle="detailed")
        await add_monitor(
            client,
            type="push",
            name="job",
            pushToken=TOKEN,
            resendInterval=1,
            notificationIDList={str(hook): True},
        )
        await push(server, "down", "broken")
        await asyncio.sleep(1.1)  # a span has whole seconds
        await push(server, "down", "worse")
        await push(server, "up", "mended")
        await sink.wait_for(3)
    first, reminder, up = (got.json["msg"].split("\n") for got in sink.got)
    assert first[0] == "[job] [🔴 Down] broken"
    assert first[1].startswith("Down since 2")
    since = first[1].removeprefix("Down since ")
    assert reminder[0] == "[job] [🔴 Down] worse"
    assert re.fullmatch(rf"Still down, for \d s, since {re.escape(since)}", reminder[1])
    assert re.fullmatch(rf"Was down for \d s, since {re.escape(since)}", up[2])
    assert sink.got[1].json["heartbeat"]["msg"] == sink.got[1].json["msg"]
    assert set(sink.got[1].json) == {"heartbeat", "monitor", "msg"}, "the shape is that of Uptime Kuma"


async def test_a_preview_is_about_a_monitor_that_one_may_see(tmp_path: Path) -> None:
    form = {"type": "gotify", "messageStyle": "template", "messageTemplate": "{{ name }} {{ address }}"}
    async with running(tmp_path) as server, server.logged_in("/page") as page:
        number = await add_monitor(
            page, name="Till", url="https://user:pass@till.example/?key=k", interval=99
        )
        found = await page.call("previewTemplate", form, number)
        assert found["ok"] is True
        assert found["previews"]["messageTemplate"]["down"] == "Till https://till.example/"
        assert (await page.call("previewTemplate", form))["previews"]["messageTemplate"]["up"].startswith(
            "Shop "
        )
        refused = await page.call("previewTemplate", form, 999)
        assert refused["ok"] is False
        assert (await page.call("previewTemplate", {"type": "x"}, None))["field"] == "type"
        blind = Actor(FIRST_ORGANISATION, frozenset({Right.NOTIFICATIONS_EDIT}), 1, "x")
        async with server.logged_in_as(blind, "/page") as other:
            assert (await other.call("previewTemplate", form, number))["ok"] is False
            assert (await other.call("previewTemplate", form, None))["ok"] is True


async def test_a_preview_over_the_api(tmp_path: Path) -> None:
    form = {"type": "gotify", "messageStyle": "template", "messageTemplate": "{{ name }}{% if %}"}
    async with running(tmp_path) as server, server.logged_in("/page") as page:
        number = await add_monitor(page, name="Till", url="https://till.example/", interval=99)
        machine = (await page.call("addToken", {"name": "agent"}))["secret"]
        person = (await page.call("addToken", {"name": "me", "kind": "user"}))["secret"]
        address = f"{server.url}/api/v1/notifications/preview"

        async def ask(secret: str, **body: Any) -> tuple[int, Any]:
            bearer = {"Authorization": f"Bearer {secret}"}
            found = await http.request("POST", address, headers=bearer, json=body)
            return found.status, found.json()

        status, told = await ask(person, notification=form)
        preview = told["previews"]["messageTemplate"]
        assert (status, preview["down"], preview["error"]["line"]) == (200, None, 1)
        named = {**form, "messageTemplate": "{{ name }}"}
        status, told = await ask(person, notification=named, monitor=number)
        assert (status, told["previews"]["messageTemplate"]["test"]) == (200, "Monitor Name not available")
        assert told["previews"]["messageTemplate"]["down"] == "Till"
        assert (await ask(person, notification={"type": "x"}))[0] == 422
        assert (await ask(person))[0] == 422
        assert (await ask(machine, notification=named))[0] == 200
        assert (await ask(machine, notification=named, monitor=number))[0] == 403
        assert (await http.request("POST", address, json={"notification": form})).status == 401
