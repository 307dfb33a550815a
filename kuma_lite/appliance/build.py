"""Builds everything of the one process, starts it in order and stops it in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

from kuma_lite.accounts.limiters import make_limiters
from kuma_lite.accounts.live import AccountDoors
from kuma_lite.accounts.service import Accounts
from kuma_lite.appliance.background import Background
from kuma_lite.appliance.messages import Messages
from kuma_lite.appliance.tagging import MonitorTags
from kuma_lite.checks import monitor_types
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock
from kuma_lite.core.config import Config
from kuma_lite.core.data_folder import DataFolder
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Certificate
from kuma_lite.core.doors import Doors
from kuma_lite.monitors.certificates import Certificates
from kuma_lite.monitors.engine import Engine
from kuma_lite.monitors.expiry import ExpiryWatch
from kuma_lite.monitors.figures import Figures
from kuma_lite.monitors.live import MonitorEvents
from kuma_lite.monitors.ownfault import OwnFault
from kuma_lite.monitors.page import MonitorPage
from kuma_lite.monitors.push_route import PushRoute
from kuma_lite.monitors.pushes import MonitorPushes
from kuma_lite.monitors.recorder import Recorder
from kuma_lite.monitors.roster import Monitor, Roster
from kuma_lite.monitors.routes import monitor_routes
from kuma_lite.monitors.service import Monitors
from kuma_lite.monitors.store import MonitorStore
from kuma_lite.net.anchor import Anchor
from kuma_lite.net.network import Network
from kuma_lite.notifications.model import LinksChanged
from kuma_lite.notifications.service import Notifications
from kuma_lite.settings.live import SettingsDoors
from kuma_lite.settings.service import Settings
from kuma_lite.tags.live import TagEvents
from kuma_lite.web.app import App, build_app
from kuma_lite.web.empty_lists import empty_lists
from kuma_lite.web.page import find_page
from kuma_lite.web.server import WebServer
from kuma_lite.web.sockets import SocketServer

log = logging.getLogger(__name__)


class Appliance:
    """Everything of the one process."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._background = Background()
        self._closing: list[Callable[[], Any]] = []  # last opened, first closed
        self.bus = Bus()
        self.web: WebServer | None = None

    async def start(self) -> None:
        """Open, load, watch, listen. Raises StartupError; what was opened is closed by `stop`."""
        folder = DataFolder.open(self._config.data_dir)
        self._closing.append(folder.close)
        database = await Database.open(folder.database, clock=self._clock)
        self._closing.append(database.close)
        network = Network(self._clock)
        self._closing.append(network.close)
        settings = self.settings = await Settings.load(database, self.bus, self._clock)
        accounts = Accounts(database, settings, self._clock)
        await accounts.prepare()
        sockets = SocketServer(
            trust_proxy=lambda: bool(settings.get("trustProxy")),
            check_origin=self._config.ws_origin_check != "bypass",
        )
        notifications = Notifications(database, network, settings, self._clock, self.bus, sockets.push)
        doors = await self._monitors(database, network, notifications, sockets)
        doors += [
            *AccountDoors(accounts, settings, sockets.push).doors(),
            *SettingsDoors(settings, accounts, sockets.push, is_container=self._config.is_container).doors(),
            notifications.doors(),
            *empty_lists(sockets.push),
        ]
        app = self._app(doors, sockets, settings, accounts)
        self.web = WebServer(app, self._config.host, self._config.port, self._config.tls)
        await self.web.start()
        self._closing.append(self.web.stop)
        await notifications.start()
        self._closing.append(notifications.stop)
        self.engine.start()
        self._closing.append(self.engine.stop)

    async def _monitors(
        self, database: Database, network: Network, notifications: Notifications, sockets: SocketServer
    ) -> list[Doors]:
        clock, bus, push, spawn = self._clock, self.bus, sockets.push, self._background.spawn
        roster = Roster()
        recorder = Recorder(database, clock)
        await recorder.load()
        self._closing.append(recorder.close)
        store = MonitorStore(database, recorder)
        certificates = Certificates(store, clock.now, spawn)
        messages = Messages(notifications, clock, bus)
        fault = OwnFault(
            clock, network.has_uplink, Anchor(self._config.connectivity_target, network).reachable
        )

        expiry = ExpiryWatch(database, messages, lambda: self.settings.get("tlsExpiryNotifyDays"), clock.now)

        def keep(monitor: Monitor, certificate: Certificate) -> None:
            certificates.keep(monitor, certificate)
            spawn(expiry.look(monitor, certificate))

        self.engine = Engine(
            clock=clock,
            bus=bus,
            roster=roster,
            recorder=recorder,
            announcer=messages,
            network=network,
            fault=fault,
            in_maintenance=lambda monitor_id: False,
            keep_certificate=keep,
        )
        types = monitor_types()
        monitors = Monitors(
            store=store,
            recorder=recorder,
            roster=roster,
            engine=self.engine,
            types=types,
            bus=bus,
            clock=clock,
            in_maintenance=lambda monitor_id: False,
        )
        messages.monitors = monitors
        await monitors.load()
        bus.subscribe(LinksChanged, lambda event: monitors.notifications_changed(event.links))
        self.figures = Figures(self.engine, database)
        pushes = MonitorPushes(monitors, recorder, certificates, push, bus, clock, spawn)
        events = MonitorEvents(monitors, pushes, push, clock)
        page = MonitorPage(monitors, recorder, certificates, push, bus, clock, spawn)
        push_route = PushRoute(roster, self.engine, clock.now)
        tags = TagEvents(database, MonitorTags(monitors, pushes, bus), clock)
        return [
            events.doors(),
            pushes.doors(),
            *pushes.late_doors(),
            page.doors(),
            tags.doors(),
            Doors(raw=[push_route.route()], routes=monitor_routes(types, self.figures)),
        ]

    def _app(self, doors: list[Doors], sockets: SocketServer, settings: Settings, accounts: Accounts) -> App:
        probes = {
            "database": self.figures.storage_problem,
            "scheduler": self.figures.scheduler_problem,
            "network": self.figures.network_problem,
        }
        return build_app(
            doors,
            sockets=sockets,
            settings=settings,
            sessions=accounts.session,
            limiters=make_limiters(self._clock),
            probes=probes,
            page_folder=find_page(),
            same_origin_frames=not self._config.disable_frame_sameorigin,
        )

    async def stop(self) -> None:
        """Take no more checks, say goodbye to clients, write everything down, close. Never raises."""
        for index, close in enumerate(reversed(self._closing)):
            with contextlib.suppress(Exception):
                ending = close()
                if asyncio.iscoroutine(ending):
                    await ending
            if index == 0:
                await self._background.stop()
        self._closing.clear()
