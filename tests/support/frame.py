"""The frame around a feature: database, settings, accounts and a real server on a free port.

async with frame(tmp_path, lambda push: [MyDoors(push).doors()]) as server:
    async with server.logged_in() as client:
        assert await client.call("myEvent") == {"ok": True}
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kuma_lite.accounts.events import AccountDoors
from kuma_lite.accounts.limiters import LoginLimiter, make_limiters
from kuma_lite.accounts.service import Accounts
from kuma_lite.core.bus import Bus
from kuma_lite.core.client_address import ClientAddresses
from kuma_lite.core.clock import Clock, SystemClock
from kuma_lite.core.config import Tls
from kuma_lite.core.database import Database
from kuma_lite.core.doors import Doors, Push
from kuma_lite.settings.events import SettingsDoors
from kuma_lite.settings.service import Settings
from kuma_lite.web.app import App, build_app
from kuma_lite.web.front import Proofs
from kuma_lite.web.health import Probe
from kuma_lite.web.server import WebServer
from kuma_lite.web.sockets import SocketServer
from tests.support.ports import held_port
from tests.support.sio import Client, connect

USER = "admin"
PASSWORD = "a-Good-1"


@dataclass
class Server:
    """What runs, for a test to reach into."""

    url: str
    web: WebServer
    app: App
    sockets: SocketServer
    database: Database
    settings: Settings
    accounts: Accounts
    bus: Bus
    clock: Clock
    doors: list[Doors] = field(default_factory=list)

    async def set_up(self) -> None:
        """Add the first user, `USER` with `PASSWORD`."""
        await self.accounts.setup(USER, PASSWORD)

    async def token(self) -> str:
        """A session token of the first user."""
        user = await self.accounts.log_in(USER, PASSWORD, None)
        return self.accounts.token_for(user)

    @asynccontextmanager
    async def logged_in(self, namespace: str = "/", **options: Any) -> AsyncIterator[Client]:
        """A client of the first user, who is set up if there is none."""
        if await self.accounts.need_setup():
            await self.set_up()
        async with connect(self.url, namespace, **options) as client:
            assert await client.call("loginByToken", await self.token()) == {"ok": True}
            yield client


@asynccontextmanager
async def frame(
    folder: Path,
    features: Callable[[Push], Sequence[Doors]] = lambda push: (),
    *,
    clock: Clock | None = None,
    probes: Mapping[str, Probe] | None = None,
    page_folder: Path | None = None,
    same_origin_frames: bool = True,
    check_origin: bool = True,
    host: str = "127.0.0.1",
    tls: Tls | None = None,
    proofs: Proofs | None = None,
    environment_zone: str = "UTC",
) -> AsyncIterator[Server]:
    """A running server with the given features."""
    clock = clock or SystemClock()
    bus = Bus()
    database = await Database.open(folder / "kuma-lite.db", clock=clock)
    try:
        settings = await Settings.load(database, bus, clock, environment_zone=environment_zone)
        accounts = Accounts(database, settings, clock)
        await accounts.prepare()
        clients = ClientAddresses(lambda: bool(settings.get("trustProxy")))
        sockets = SocketServer(clients=clients, check_origin=check_origin)
        logins = LoginLimiter(clock, accounts.device_of)
        doors = [
            *AccountDoors(accounts, settings, sockets.push, logins).doors(),
            *SettingsDoors(settings, accounts, sockets.push).doors(),
            *features(sockets.push),
        ]
        app = build_app(
            doors,
            sockets=sockets,
            settings=settings,
            sessions=accounts.session,
            limiters=make_limiters(logins, clock),
            probes=probes or {},
            page_folder=page_folder,
            same_origin_frames=same_origin_frames,
        )
        with held_port() as port:
            web = WebServer(app, host, port, tls, proofs=proofs)
            await web.start()
            try:
                yield Server(web.url, web, app, sockets, database, settings, accounts, bus, clock, doors)
            finally:
                await web.stop()
    finally:
        await database.close()
