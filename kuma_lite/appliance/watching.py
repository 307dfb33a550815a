"""The monitors with everything that makes them beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kuma_lite.appliance.house import House
from kuma_lite.appliance.messages import Messages
from kuma_lite.beats.outages import Outages
from kuma_lite.beats.recorder import Recorder
from kuma_lite.beats.retention import KEEP_DAYS, Retention
from kuma_lite.checks import monitor_types
from kuma_lite.core.declarations import Certificate
from kuma_lite.core.doors import Doors
from kuma_lite.maintenance.service import Maintenance, no_pages
from kuma_lite.monitors.certificates import Certificates
from kuma_lite.monitors.doors.events import MonitorEvents
from kuma_lite.monitors.doors.page import MonitorPage
from kuma_lite.monitors.doors.push_route import PushRoute
from kuma_lite.monitors.doors.pushes import MonitorPushes
from kuma_lite.monitors.engine.engine import Engine
from kuma_lite.monitors.engine.expiry import ExpiryWatch
from kuma_lite.monitors.engine.health import Figures
from kuma_lite.monitors.engine.own_fault import OwnFault
from kuma_lite.monitors.engine.roster import Monitor, Roster
from kuma_lite.monitors.model import MonitorRemoved
from kuma_lite.monitors.service import Monitors
from kuma_lite.monitors.store import MonitorStore
from kuma_lite.net.anchor import Anchor
from kuma_lite.notifications.model import LinksChanged
from kuma_lite.notifications.service import Notifications


class Watching:
    """Roster, recorder, engine and doors of the monitors."""

    def __init__(self, house: House, notifications: Notifications) -> None:
        self._house = house
        self.title_of_page: Callable[[int], str | None] = no_pages  # status pages come later
        clock, bus, spawn = house.clock, house.bus, house.spawn
        self.roster = Roster()
        self.recorder = Recorder(house.database, clock)
        self.store = MonitorStore(house.database, self.recorder)
        self.outages = Outages(house.database, self.recorder, self.roster.activity)
        self.certificates = Certificates(self.store, clock.now, spawn)
        messages = Messages(notifications, clock, bus)
        self.expiry = ExpiryWatch(
            house.database, messages, lambda: house.settings.get("tlsExpiryNotifyDays"), clock.now
        )
        anchor = Anchor(house.config.connectivity_target, house.network)
        self.engine = Engine(
            clock=clock,
            bus=bus,
            roster=self.roster,
            recorder=self.recorder,
            announcer=messages,
            network=house.network,
            fault=OwnFault(clock, house.network.has_uplink, anchor.reachable),
            in_maintenance=self._in_maintenance,
            keep_certificate=self._keep_certificate,
        )
        self.monitors = Monitors(
            store=self.store,
            recorder=self.recorder,
            roster=self.roster,
            engine=self.engine,
            types=monitor_types(),
            bus=bus,
            clock=clock,
            in_maintenance=self._in_maintenance,
        )
        messages.monitors = self.monitors
        self.maintenance = Maintenance(
            house.database,
            clock,
            bus,
            house.push,
            house.settings,
            self._monitor_exists,
            lambda page_id: self.title_of_page(page_id),
        )
        self._retention = Retention(house.database, clock, self._keep_days)
        self.figures = Figures(self.engine, house.database)
        self.pushes = MonitorPushes(
            self.monitors,
            self.recorder,
            self.certificates,
            house.push,
            bus,
            clock,
            spawn,
            self.maintenance.push_list,
        )
        self.page = MonitorPage(
            self.monitors, self.recorder, self.certificates, house.push, bus, clock, spawn
        )
        bus.subscribe(LinksChanged, lambda event: self.monitors.notifications_changed(event.links))
        bus.subscribe(MonitorRemoved, self._forget)

    async def load(self) -> None:
        """Read everything; nothing is checked yet."""
        await self.recorder.load()
        self._house.at_close(self.recorder.close)
        await self.monitors.load()
        await self.maintenance.load()

    def start(self) -> None:
        """Begin to check."""
        self.maintenance.start()
        self._house.at_close(self.maintenance.stop)
        self.engine.start()
        self._house.at_close(self.engine.stop)
        self._retention.start()
        self._house.at_close(self._retention.stop)

    def doors(self) -> list[Doors]:
        """Events and routes of monitors and maintenance."""
        clock = self._house.clock
        push_route = PushRoute(self.roster, self.engine, clock.now)
        return [
            MonitorEvents(self.monitors, self.pushes, self._house.push, clock).doors(),
            self.pushes.doors(),
            *self.pushes.late_doors(),
            self.page.doors(),
            self.maintenance.doors(),
            Doors(raw=[push_route.route()], routes=self._routes),
        ]

    def _routes(self) -> Sequence[Any]:
        from kuma_lite.monitors.doors.routes import monitor_routes

        return monitor_routes(self.figures)

    def _keep_days(self) -> int:
        kept = self._house.settings.get("keepDataPeriodDays", KEEP_DAYS)
        return kept if isinstance(kept, int) else KEEP_DAYS

    def _in_maintenance(self, monitor_id: int) -> bool:
        return self.maintenance.covers(monitor_id, self._ancestors)

    def _ancestors(self, monitor_id: int) -> list[int]:
        monitor = self.roster.get(monitor_id)
        return [group.id for group in self.roster.ancestors(monitor)] if monitor else []

    def _monitor_exists(self, user_id: int, monitor_id: int) -> bool:
        monitor = self.roster.get(monitor_id)
        return monitor is not None and monitor.owner == user_id

    def _keep_certificate(self, monitor: Monitor, certificate: Certificate) -> None:
        self.certificates.keep(monitor, certificate)
        self._house.spawn(self.expiry.look(monitor, certificate))

    def _forget(self, event: MonitorRemoved) -> None:
        self.maintenance.forget_monitor(event.monitor_id)
        self.certificates.forget(event.monitor_id)
        self.expiry.forget(event.monitor_id)
