"""Who may see monitors and not change them is shown everything but their secrets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.access import Right
from kuma_lite.monitors.document.fields import SENSITIVE
from tests.support import http
from tests.support.actors import OWNER, STRANGER, VIEWER, with_only, without
from tests.support.appliance import Running, add_monitor, running
from tests.support.sio import Client

KAFKA = {"mechanism": "plain", "username": "u", "password": "s3cret-kafka"}
SECRETS: dict[str, Any] = {
    **{name: f"s3cret-{name}" for name in SENSITIVE},
    "kafkaProducerSaslOptions": KAFKA,
    "headers": '{"Authorization": "s3cret-headers"}',
    "body": '{"token": "s3cret-body"}',
}
EDITOR = with_only(Right.MONITORS_VIEW, Right.MONITORS_EDIT)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path / "data") as found:
        async with found.logged_in() as owner:
            assert await add_monitor(owner, name="first", active=False, **SECRETS) == 1
        yield found


def assert_hidden(monitor: dict[str, Any]) -> None:
    assert "s3cret" not in json.dumps(monitor)
    assert not SENSITIVE & monitor.keys()
    assert (monitor["id"], monitor["includeSensitiveData"]) == (1, False)


def assert_shown(monitor: dict[str, Any]) -> None:
    assert {name: monitor[name] for name in SECRETS} == SECRETS
    assert (monitor["id"], monitor["includeSensitiveData"]) == (1, True)


def listed(client: Client, event: str) -> dict[str, Any]:
    """The first monitor in the last list that was pushed."""
    (monitors,) = client.pushed(event)[-1]
    found: dict[str, Any] = monitors["1"]
    return found


async def test_the_list(server: Running) -> None:
    for actor, look in ((VIEWER, assert_hidden), (EDITOR, assert_shown), (OWNER, assert_shown)):
        async with server.logged_in_as(actor) as client:
            look(listed(client, "monitorList"))
            client.forget()
            assert await client.call("getMonitorList") == {"ok": True}
            look(listed(client, "monitorList"))
    async with server.logged_in_as(STRANGER) as client:
        assert client.pushed("monitorList") == [[{}]]


async def test_one_monitor(server: Running) -> None:
    for actor, look in ((VIEWER, assert_hidden), (EDITOR, assert_shown), (OWNER, assert_shown)):
        async with server.logged_in_as(actor) as client:
            look((await client.call("getMonitor", 1))["monitor"])
        async with server.logged_in_as(actor, "/page") as page:
            look((await page.call("monitor", 1))["monitor"])


async def test_changes(server: Running) -> None:
    """Each connection is told once, whatever its rights."""
    async with (
        server.logged_in_as(VIEWER) as viewer,
        server.logged_in_as(EDITOR) as editor,
        server.logged_in_as(without(Right.MONITORS_VIEW, VIEWER)) as blind,
        server.logged_in_as(STRANGER) as stranger,
    ):
        clients = (viewer, editor, blind, stranger)
        for client in clients:
            client.forget()
        assert (await editor.call("pauseMonitor", 1))["ok"] is True
        for client in clients:
            await client.call("needSetup")
        event = "updateMonitorIntoList"
        assert [len(client.pushed(event)) for client in clients] == [1, 1, 0, 0]
        assert_hidden(listed(viewer, event))
        assert_shown(listed(editor, event))


async def test_what_happens_reaches_viewers_as_well(server: Running) -> None:
    async with (
        server.logged_in_as(VIEWER) as viewer,
        server.logged_in_as(VIEWER, "/page") as page,
        server.logged_in_as(STRANGER) as stranger,
        server.logged_in_as(OWNER) as owner,
    ):
        number = await add_monitor(owner, type="push", name="pushed", pushToken="s3cret-of-the-push")
        assert (await http.get(f"{server.url}/api/push/s3cret-of-the-push")).json() == {"ok": True}
        (beat,) = await viewer.wait_for("heartbeat")
        assert beat["monitorID"] == number
        await page.wait_for("beats")
        await page.wait_for("changes")
        assert "s3cret" not in json.dumps([viewer.events, page.events])
        await stranger.call("needSetup")
        assert stranger.pushed("heartbeat") == stranger.pushed("updateMonitorIntoList") == []


async def test_viewers_change_nothing(server: Running) -> None:
    async with server.logged_in_as(VIEWER) as viewer, server.logged_in_as(OWNER) as owner:
        before = await owner.call("getMonitor", 1)
        for event, arguments in (
            ("add", [before["monitor"]]),
            ("editMonitor", [{**before["monitor"], "name": "other"}]),
            ("resumeMonitor", [1]),
            ("clearEvents", [1]),
            ("clearHeartbeats", [1]),
            ("clearStatistics", []),
            ("deleteMonitor", [1]),
        ):
            answer = await viewer.call(event, *arguments)
            assert answer == {"ok": False, "msg": "Permission denied."}, event
        assert await owner.call("getMonitor", 1) == before
