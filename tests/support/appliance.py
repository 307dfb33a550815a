"""The whole appliance in this process, on a free port: for features that need others around them.

async with running(tmp_path) as server, server.logged_in() as client:
    answer = await client.call("addProxy", {...}, None)
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kuma_lite.appliance.build import Appliance
from kuma_lite.core.access import Actor
from kuma_lite.core.clock import Clock, SystemClock
from kuma_lite.core.config import Config
from kuma_lite.web.app import App
from tests.support.ports import held_port
from tests.support.served import PASSWORD, USER
from tests.support.sio import Client, connect

CREDENTIALS = {"username": USER, "password": PASSWORD, "token": ""}


class Running:
    """A started appliance."""

    def __init__(self, appliance: Appliance, url: str) -> None:
        self.appliance = appliance
        self.url = url

    @asynccontextmanager
    async def logged_in_as(self, actor: Actor, namespace: str = "/") -> AsyncIterator[Client]:
        """A client of somebody with other rights, who has got all lists."""
        assert self.appliance.web is not None
        app = self.appliance.web.app
        assert isinstance(app, App)
        async with connect(self.url, namespace) as client:
            assert client.sid is not None
            await app.sockets.hub.connections[client.sid].log_in(actor)
            await client.call("needSetup")  # its answer comes after the lists
            yield client

    @asynccontextmanager
    async def logged_in(self, namespace: str = "/") -> AsyncIterator[Client]:
        """A client of the first user, who is set up if there is none."""
        async with connect(self.url, namespace) as client:
            if await client.call("needSetup"):
                assert (await client.call("setup", USER, PASSWORD))["ok"] is True
            assert (await client.call("login", CREDENTIALS))["ok"] is True
            yield client


@asynccontextmanager
async def running(folder: Path, *, clock: Clock | None = None, **settings: Any) -> AsyncIterator[Running]:
    """Start on `folder`; stop at the end."""
    with held_port() as port:
        appliance = Appliance(Config(port=port, data_dir=folder, **settings), clock or SystemClock())
        try:
            await appliance.start()
            yield Running(appliance, f"http://127.0.0.1:{port}")
        finally:
            await appliance.stop()


async def add_monitor(client: Client, **fields: Any) -> int:
    """A new monitor; returns its id."""
    document = {
        "type": "http",
        "name": "m",
        "url": "http://127.0.0.1:1/",
        "interval": 3600,
        "retryInterval": 3600,
        "timeout": 5,
        "accepted_statuscodes": ["200-299"],
        "notificationIDList": {},
        "conditions": [],
        "kafkaProducerBrokers": [],
        "kafkaProducerSaslOptions": {"mechanism": "None"},
        "rabbitmqNodes": [],
        **fields,
    }
    answer = await client.call("add", document)
    assert answer["ok"] is True, answer
    return int(answer["monitorID"])
