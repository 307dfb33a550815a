"""What every feature stands on, opened in order and closed in the opposite one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Coroutine
from typing import Any

from kuma_lite.accounts.service import Accounts
from kuma_lite.appliance.background import Background
from kuma_lite.backups.restoring import adopt as adopt_backup
from kuma_lite.core.bus import Bus
from kuma_lite.core.client_address import ClientAddresses, networks_of
from kuma_lite.core.clock import Clock
from kuma_lite.core.config import Config
from kuma_lite.core.data_folder import DataFolder
from kuma_lite.core.database import Database
from kuma_lite.core.disk_reserve import DiskReserve
from kuma_lite.core.doors import Push
from kuma_lite.core.errors import StartupError
from kuma_lite.core.hosts import KNOWN_HOSTS
from kuma_lite.importing.adoption import adopt
from kuma_lite.net.network import Network
from kuma_lite.net.proxy import ProxyRule, environment_rule, parse_proxy
from kuma_lite.settings.service import Settings
from kuma_lite.tools.vapid import VapidKeys
from kuma_lite.web.sockets import SocketServer

log = logging.getLogger(__name__)


class Ground:
    """The ground: folder, database, network, settings, accounts, sockets, bus."""

    folder: DataFolder
    database: Database
    network: Network
    settings: Settings
    push_keys: VapidKeys
    accounts: Accounts
    clients: ClientAddresses
    sockets: SocketServer

    def __init__(self, config: Config, clock: Clock) -> None:
        self.config = config
        self.clock = clock
        self.bus = Bus()
        self.restart = asyncio.Event()  # somebody wants everything to stop and start again
        self._background = Background()
        self._closing: list[Callable[[], Any]] = []

    async def open(self) -> None:
        """Open everything. Raises StartupError; `close` closes what was opened so far."""
        _check_proxy(self.config.notification_proxy)
        self.folder = DataFolder.open(self.config.data_dir)
        self.at_close(self.folder.close)
        if self.folder.warning is not None:
            log.warning(self.folder.warning)
        adopt_backup(self.folder.path, self.clock)
        adopt(self.folder.path)
        self.database = await Database.open(self.folder.database, clock=self.clock)
        self.at_close(self.database.close)
        self.database.reserve = DiskReserve(self.folder.path)
        self.network = Network(self.clock, _proxy_of_environment())
        self.at_close(self.network.close)
        self.at_close(self.network.stop)
        self.settings = await Settings.load(self.database, self.bus, self.clock)
        self.push_keys = VapidKeys(self.settings)
        self.accounts = Accounts(self.database, self.settings, self.clock)
        await self.accounts.prepare()
        self.clients = ClientAddresses(
            lambda: bool(self.settings.get("trustProxy")), networks_of(self.config.trusted_proxies)
        )
        self.sockets = SocketServer(
            clients=self.clients,
            check_origin=self.config.ws_origin_check != "bypass",
        )
        self._warn_of_open_door()

    def _warn_of_open_door(self) -> None:
        if (
            self.settings.get("disableAuth")
            and not self.settings.get(KNOWN_HOSTS)
            and not self.config.host_names
        ):
            log.warning(
                "Logging in is switched off, and any host name is answered: name yours in allowed_hosts, "
                "or pages of other sites may reach this server through a browser (DNS rebinding)"
            )

    @property
    def notification_network(self) -> Network:
        """The network as messages see it: through `NOTIFICATION_PROXY`, where there is one."""
        text = self.config.notification_proxy
        return self.network.through(parse_proxy(text)) if text else self.network

    @property
    def push(self) -> Push:
        """Pushing to connected clients."""
        return self.sockets.push

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a small task that nobody waits for."""
        self._background.spawn(work)

    def at_close(self, close: Callable[[], Any]) -> None:
        """Call `close` (which may be a coroutine function) at the stop, before what was opened earlier."""
        self._closing.append(close)

    async def close(self) -> None:
        """Close everything, last opened first. Never raises."""
        for index, close in enumerate(reversed(self._closing)):
            with contextlib.suppress(asyncio.CancelledError):
                try:
                    ending = close()
                    if asyncio.iscoroutine(ending):
                        await ending
                except Exception:
                    log.exception("Something could not be closed")
            if index == 0:
                await self._background.stop()
        self._closing.clear()


def _proxy_of_environment() -> ProxyRule | None:
    """`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`. Raises StartupError."""
    try:
        return environment_rule(os.environ)
    except ValueError as error:
        raise StartupError(str(error)) from None


def _check_proxy(text: str) -> None:
    """Raises StartupError when the proxy for messages cannot be used."""
    try:
        if text:
            parse_proxy(text)
    except ValueError as error:
        raise StartupError(f"notification_proxy cannot be used: {error}") from None
