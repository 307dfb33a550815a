"""The whole program in this process, with a client that has logged in."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kuma_lite.appliance.build import Appliance
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config
from tests.support import http
from tests.support.ports import held_port
from tests.support.served import PASSWORD, USER
from tests.support.sio import Client, connect

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
LOGO = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
LEAST: dict[str, Any] = {"analyticsType": None, "domainNameList": []}


@dataclass
class Running:
    """What a test talks to."""

    url: str
    client: Client
    folder: Path

    async def get(self, path: str, **headers: str) -> http.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await http.get(f"{self.url}{path}", headers=named)

    async def json(self, path: str) -> Any:
        return (await self.get(path)).json()

    async def ok(self, event: str, *arguments: Any) -> Any:
        answer = await self.client.call(event, *arguments)
        assert answer["ok"] is True, answer
        return answer

    async def add_push_monitor(self, token: str, **fields: Any) -> int:
        """A monitor that says what a test tells it to say."""
        monitor = {
            "type": "push", "name": token, "interval": 3600, "retryInterval": 3600, "maxretries": 0,
            "pushToken": token, "accepted_statuscodes": ["200-299"], "notificationIDList": {}, **fields,
        }  # fmt: skip
        number: int = (await self.ok("add", monitor))["monitorID"]
        return number

    async def push(self, token: str, query: str = "") -> None:
        assert (await self.json(f"/api/push/{token}?{query}")) == {"ok": True}

    async def add_page(self, slug: str, *monitor_ids: int, **config: Any) -> None:
        """A page with one group of monitors."""
        await self.ok("addStatusPage", config.get("title", slug), slug)
        members = [{"id": number} for number in monitor_ids]
        await self.save_page(slug, [{"name": "Group", "monitorList": members}], **config)

    async def save_page(self, slug: str, groups: list[Any], logo: str = "", **config: Any) -> Any:
        return await self.ok("saveStatusPage", slug, {"slug": slug, **LEAST, **config}, logo, groups)


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Running]:
    """Started, set up and logged in."""
    with held_port() as port:
        appliance = Appliance(Config(port=port, data_dir=folder), SystemClock())
        await appliance.start()
        url = f"http://127.0.0.1:{port}"
        try:
            async with connect(url) as client:
                await client.call("setup", USER, PASSWORD)
                assert (await client.call("login", {"username": USER, "password": PASSWORD}))["ok"]
                yield Running(url, client, folder)
        finally:
            await appliance.stop()
