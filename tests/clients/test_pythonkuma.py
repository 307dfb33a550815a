"""`pythonkuma`, through which Home Assistant reads `/metrics`, against our server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.served import PASSWORD, USER, serving
from tests.support.sio import Client, connect

pythonkuma = pytest.importorskip("pythonkuma", reason="pythonkuma needs Python 3.12")
aiohttp = pytest.importorskip("aiohttp")


async def read(url: str, key: str) -> Any:
    async with aiohttp.ClientSession() as session:
        client = pythonkuma.UptimeKuma(session, url, key)
        return await client.metrics(), client.version


async def add_push_monitor(client: Client) -> int:
    answer = await client.call(
        "add",
        {
            "type": "push",
            "name": "backup",
            "pushToken": "p" * 32,
            "interval": 3600,
            "retryInterval": 3600,
            "accepted_statuscodes": ["200-299"],
            "notificationIDList": {},
            "conditions": [],
        },
    )
    tag = await client.call("addTag", {"name": "host", "color": "#fff"})
    await client.call("addMonitorTag", tag["tag"]["id"], answer["monitorID"], "nas")
    return int(answer["monitorID"])


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
