"""`pythonkuma`, through which Home Assistant reads `/metrics`, against our server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.clients.watched import watching
from tests.requires import ROOT
from tests.support.served import PASSWORD, USER, serving
from tests.support.sio import Client, connect

sys.path.append(str(ROOT / "build" / "clients" / "pythonkuma"))
pythonkuma = pytest.importorskip("pythonkuma", reason="not installed: make clients")

COMMON = {
    "interval": 3600,
    "retryInterval": 3600,
    "maxretries": 0,
    "accepted_statuscodes": ["200-299"],
    "notificationIDList": {},
    "conditions": [],
}


async def read(url: str, key: str) -> Any:
    async with aiohttp.ClientSession() as session:
        client = pythonkuma.UptimeKuma(session, url, key)
        return await client.metrics(), client.version


async def add(client: Client, **fields: Any) -> int:
    return int((await client.call("add", {**COMMON, **fields}))["monitorID"])


async def add_push_monitor(client: Client) -> int:
    monitor = await add(client, type="push", name="backup", pushToken="p" * 32)
    tag = await client.call("addTag", {"name": "host", "color": "#fff"})
    await client.call("addMonitorTag", tag["tag"]["id"], monitor, "nas")
    return monitor


async def beats_of(client: Client, count: int) -> None:
    for _ in range(count):
        await client.wait_for("heartbeat")


async def test_what_home_assistant_sees(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        async with connect(server.url) as client, aiohttp.ClientSession() as session:
            await client.call("setup", USER, PASSWORD)
            await client.call("login", {"username": USER, "password": PASSWORD, "token": ""})
            monitor = await add_push_monitor(client)
            added = await client.call("addAPIKey", {"name": "ha", "expires": None, "active": True})
            async with session.get(f"{server.url}/api/push/{'p' * 32}?ping=12"):
                pass
            monitors, version = await read(server.url, added["key"])
            with pytest.raises(pythonkuma.UptimeKumaAuthenticationException):
                await read(server.url, "uk1_wrong")
    assert version.version == "2.5.3"
    seen = monitors[monitor]
    assert (seen.monitor_name, seen.monitor_type, int(seen.monitor_status)) == ("backup", "push", 1)
    assert seen.monitor_response_time == 12
    assert seen.monitor_hostname is None
    assert seen.monitor_tags == ["host:nas"]


async def test_every_state_and_figure(tmp_path: Path) -> None:
    kinds, states = pythonkuma.MonitorType, pythonkuma.MonitorStatus
    with serving(tmp_path / "data") as server, watching() as web, watching(tls=True) as secure:
        async with connect(server.url) as client:
            await client.call("setup", USER, PASSWORD)
            await client.call("login", {"username": USER, "password": PASSWORD, "token": ""})
            up = await add(client, type="http", name="web", url=web.url)
            tls = await add(client, type="http", name="secure", url=secure.url, ignoreTls=True)
            down = await add(client, type="port", name="closed", hostname="127.0.0.1", port=9)
            waiting = await add(client, type="port", name="tried", hostname="::1", port=9, maxretries=3)
            manual = await add(client, type="manual", name="by hand")
            await beats_of(client, 5)
            plan = {"title": "Move", "description": "", "strategy": "manual", "active": True}
            plan |= {"intervalDay": 1, "dateRange": [None], "timeRange": [], "weekdays": []}
            plan |= {"daysOfMonth": [], "cron": "", "durationMinutes": 60, "timezoneOption": "UTC"}
            added = await client.call("addMaintenance", plan)
            await client.call("addMonitorMaintenance", added["maintenanceID"], [{"id": manual}])
            await client.call("pauseMonitor", manual)
            await client.call("resumeMonitor", manual)
            await beats_of(client, 1)
            key = (await client.call("addAPIKey", {"name": "ha", "expires": None, "active": True}))["key"]
            seen, _version = await read(server.url, key)

    statuses = {number: monitor.monitor_status for number, monitor in seen.items()}
    assert statuses == {
        up: states.UP,
        tls: states.UP,
        down: states.DOWN,
        waiting: states.PENDING,
        manual: states.MAINTENANCE,
    }
    assert (seen[up].monitor_type, seen[up].monitor_url) == (kinds.HTTP, web.url)
    assert seen[up].monitor_uptime_ratio_1d == 1
    assert 0 <= seen[up].monitor_response_time_seconds_1d < 5
    assert (seen[down].monitor_type, seen[down].monitor_hostname) == (kinds.PORT, "127.0.0.1")
    assert (seen[down].monitor_port, seen[down].monitor_uptime_ratio_1d) == ("9", 0)
    assert seen[tls].monitor_cert_days_remaining in (89, 90)
    assert seen[tls].monitor_cert_is_valid is False
    assert seen[up].monitor_cert_is_valid is None
