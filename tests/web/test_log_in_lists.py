"""What a client starts with goes to that client alone, however many of the same person are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.appliance import CREDENTIALS, add_monitor, running
from tests.support.sio import connect

LISTS = (
    "monitorList",
    "monitorTypeList",
    "heartbeatList",
    "avgPing",
    "uptime",
    "notificationList",
    "proxyList",
)
LISTS += ("statusPageList", "maintenanceList", "apiKeyList", "dockerHostList", "remoteBrowserList", "info")


@pytest.mark.parametrize("namespace", ["/", "/page"])
async def test_a_log_in_tells_nobody_else_anything(tmp_path: Path, namespace: str) -> None:
    async with running(tmp_path / "data") as server, server.logged_in(namespace) as other:
        await add_monitor(other, type="push", pushToken="a" * 32, active=False)
        if namespace == "/page":
            await other.wait_for("changes")
        await other.call("needSetup")
        before = len(other.names())
        async with connect(server.url, namespace) as mine:
            assert (await mine.call("login", CREDENTIALS))["ok"] is True
            await other.call("needSetup")
            assert other.names()[before:] == []
            assert namespace == "/page" or set(LISTS) <= set(mine.names())
            await mine.call("getMonitorList")
            await other.call("needSetup")
            assert other.names()[before:] == []


async def test_changes_are_still_told_to_all(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server, server.logged_in() as other, server.logged_in() as mine:
        await add_monitor(mine)
        await mine.call("addDockerHost", {"name": "d", "dockerDaemon": "/x", "dockerType": "socket"}, None)
        await other.wait_for("updateMonitorIntoList")
        await other.call("needSetup")
        assert other.names()[-1] == "dockerHostList"
