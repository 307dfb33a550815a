"""Trouble of our own reaches the chosen notifications, the page, `/readyz` and `/metrics`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database_file import DISK_FULL as FULL_SENTENCE
from kuma_lite.health.kinds import DISK_FULL, PROXY
from kuma_lite.health.model import Problem
from kuma_lite.health.rules import CALM_S
from kuma_lite.health.sources import STUCK_S
from tests.metrics.test_route import scrape
from tests.notifications.sinks import Answer, HttpSink
from tests.support import http
from tests.support.actors import STRANGER, VIEWER
from tests.support.appliance import Running, add_monitor, running
from tests.support.sio import Client

FULL = Problem(DISK_FULL, FULL_SENTENCE)
SILENT = Problem(PROXY, "The proxy {name} does not answer.", {"name": "office"}, item="3")


@pytest.fixture
async def sink() -> AsyncIterator[HttpSink]:
    async with HttpSink() as found:
        yield found


async def add_hook(client: Client, sink: HttpSink, name: str, **more: Any) -> int:
    form = {"name": name, "type": "webhook", "webhookURL": f"{sink.url}/{name}", **more}
    saved = await client.call("addNotification", {**form, "webhookContentType": "json"}, None)
    assert saved["ok"] is True, saved
    found: int = saved["id"]
    return found


async def choose(client: Client, channel_ids: Any) -> None:
    settings = (await client.call("getSettings"))["data"]
    saved = await client.call("setSettings", {**settings, "watchNotificationIDList": channel_ids}, "")
    assert saved["ok"] is True, saved


class Trouble:
    """Problems that a test makes, in a running appliance."""

    def __init__(self, server: Running) -> None:
        self.health = server.appliance.health.health
        self.present: list[Problem] = []
        self.health.sources[:] = [lambda: self.present]

    async def begin(self, *problems: Problem) -> None:
        self.present = list(problems)
        await self.health.look()


async def test_the_preselected_are_told_that_it_began_and_ended(tmp_path: Path, sink: HttpSink) -> None:
    clock = ManualClock()
    async with running(tmp_path, clock=clock) as server, server.logged_in() as client:
        await add_hook(client, sink, "ops", isDefault=True)
        await add_hook(client, sink, "shop")
        trouble = Trouble(server)
        await trouble.begin(FULL)
        await sink.wait_for(1)
        await trouble.begin()
        clock.advance(CALM_S + 1)
        await sink.wait_for(2)
    began, ended = (got.json for got in sink.got)
    assert {got.path for got in sink.got} == {"/ops"}
    assert began["msg"].startswith("[Kuma Lite] [⚠️ Alert] The disk is full. Since ")
    assert ended["msg"].startswith("[Kuma Lite] [✅ Resolved] There is room on the disk again. It lasted ")
    assert (began["heartbeat"]["status"], ended["heartbeat"]["status"]) == (0, 1), (
        "an alarm to open and close"
    )
    assert began["heartbeat"]["monitorID"] is None
    assert ended["heartbeat"]["lastDownTime"] == began["heartbeat"]["time"]
    assert began["monitor"] == {"name": "Kuma Lite: Disk full", "type": "kuma-lite", "problem": "disk-full"}


async def test_the_chosen_are_told_instead(tmp_path: Path, sink: HttpSink) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        await add_hook(client, sink, "ops", isDefault=True)
        chosen = await add_hook(client, sink, "admin")
        await choose(client, [chosen])
        await Trouble(server).begin(FULL)
        await sink.wait_for(1)
        assert (await client.call("getSettings"))["data"]["watchNotificationIDList"] == [chosen]
    assert {got.path for got in sink.got} == {"/admin"}


async def test_a_channel_that_is_stuck_is_told_of_through_another(tmp_path: Path, sink: HttpSink) -> None:
    clock = ManualClock()
    sink.on_request = lambda got: Answer(status=503) if got.path == "/ops" else None
    async with running(tmp_path, clock=clock) as server, server.logged_in() as client:
        stuck = await add_hook(client, sink, "ops", isDefault=True)
        await add_hook(client, sink, "other")
        token = "health00000000000000000000000000"
        await add_monitor(client, type="push", pushToken=token, notificationIDList={str(stuck): True})
        await http.get(f"{server.url}/api/push/{token}?status=down")
        await sink.wait_for(1)
        health = server.appliance.health.health
        await health.look()
        clock.advance(STUCK_S + 1)
        await health.look()
        while not (got := [got for got in sink.got if got.path == "/other"]):
            await sink.wait_for(len(sink.got) + 1)
        notes = (await http.get(f"{server.url}/readyz")).json()["notes"]
    assert "ops has taken no message for 10 minutes; 1 wait." in got[0].json["msg"]
    assert notes == {"outbox": "Messages cannot be delivered."}, "no names for strangers"


# --- the page ----------------------------------------------------------------------------------------------


async def test_the_page_learns_of_it_at_once_and_at_log_in(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in("/page") as client:
        assert await client.wait_for("problems") == [{"problems": []}]
        trouble = Trouble(server)
        await trouble.begin(FULL)
        ((pushed,),) = [await client.wait_for("problems")]
        (entry,) = pushed["problems"]
        assert (entry["key"], entry["msg"], entry["help"]) == ("disk-full", "The disk is full.", "history")
        async with server.logged_in_as(VIEWER, "/page") as viewer:
            assert await viewer.wait_for("problems") == [pushed]
            async with server.logged_in_as(STRANGER, "/page") as stranger:
                trouble.present = []
                await trouble.health.stop()
                trouble.health._state = type(trouble.health._state)()
                await trouble.health.look()
                assert await viewer.wait_for("problems") == [{"problems": []}]
                await stranger.call("needSetup")
                assert stranger.pushed("problems") == []


async def test_compatible_clients_are_not_told(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        await Trouble(server).begin(FULL)
        await client.call("needSetup")
        assert client.pushed("problems") == []


# --- those who watch us ------------------------------------------------------------------------------------


async def test_readyz_and_metrics(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in():
        await Trouble(server).begin(FULL, SILENT)
        answer = await http.get(f"{server.url}/readyz")
        assert answer.status == 200
        notes = {"proxy": "A proxy does not answer."}
        assert answer.json() == {"status": "ready", "problems": {}, "notes": notes}
        families = await scrape(server.url)
    counts = {sample.labels["kind"]: sample.value for sample in families["kuma_lite_problems"]}
    assert (counts["disk-full"], counts["proxy"], counts["uplink"]) == (1, 1, 0)


async def test_what_is_plugged_in(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        health = server.appliance.health.health
        ground = server.appliance._ground
        fault = server.appliance.health._monitoring.engine.checker.fault
        fault.look_at_uplink = lambda: True  # whatever the machine of the test is connected to
        fault.sees_uplink = True
        present = lambda: {problem.key for problem in health.present()}  # noqa: E731
        assert present() == set()
        ground.database.trouble = FULL_SENTENCE
        assert present() == {"disk-full"}
        answer = await http.get(f"{server.url}/readyz")
        assert answer.status == 503
        assert answer.json()["problems"] == {"database": FULL_SENTENCE}
        ground.database.trouble = "The disk cannot be read or written."
        assert present() == {"storage"}
        ground.database.trouble = None
        fault.sees_uplink = False
        assert present() == {"uplink"}
        fault.sees_uplink = True
        ground.database._committing_since = 0.0
        assert present() == {"storage-stalled"}
        ground.database._committing_since = None
        assert present() == set()


async def test_checks_that_are_left_out_are_told(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        checker = server.appliance.monitoring.engine.checker
        checker.share_left_out = lambda: 0.2  # type: ignore[method-assign]
        await server.appliance.health.health.look()
        answer = await http.get(f"{server.url}/readyz")
        notes = {"checks-left-out": "Some checks are left out."}
        assert (answer.status, answer.json()["notes"]) == (200, notes)
        (found,) = server.appliance.health.health.present()
        assert found.sentence == "20 % of the checks are left out: this machine is overloaded."
