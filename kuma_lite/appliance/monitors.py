"""The monitors with everything that makes them beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kuma_lite.appliance.beat_messages import Messages
from kuma_lite.appliance.ground import Ground
from kuma_lite.beats.outages import Outages
from kuma_lite.beats.recorder import Recorder
from kuma_lite.beats.retention import KEEP_DAYS, Retention
from kuma_lite.checks import monitor_types
from kuma_lite.core.access import Actor, Right
from kuma_lite.core.declarations import Certificate
from kuma_lite.core.doors import Doors
from kuma_lite.maintenance.model import MaintenanceEnded, MaintenanceStarted
from kuma_lite.maintenance.service import Maintenance, no_pages
from kuma_lite.monitors.certificates import Certificates
from kuma_lite.monitors.doors.bulk import BulkDoor
from kuma_lite.monitors.doors.bulk_changes import BulkChanges
from kuma_lite.monitors.doors.events import MonitorEvents
from kuma_lite.monitors.doors.history import MonitorHistory
from kuma_lite.monitors.doors.live import LiveEvents
from kuma_lite.monitors.doors.page import MonitorPage
from kuma_lite.monitors.doors.push_route import PushRoute
from kuma_lite.monitors.doors.pushes import MonitorPushes
from kuma_lite.monitors.doors.screenshots import TYPE as SEES_PAGES
from kuma_lite.monitors.doors.screenshots import Screenshots
from kuma_lite.monitors.doors.trial import TrialDoors
from kuma_lite.monitors.engine.blind_spots import BlindSpots
from kuma_lite.monitors.engine.domain_expiry import DomainExpiry
from kuma_lite.monitors.engine.engine import Engine
from kuma_lite.monitors.engine.expiry import ExpiryWatch
from kuma_lite.monitors.engine.health import Figures
from kuma_lite.monitors.engine.own_fault import OwnFault
from kuma_lite.monitors.engine.roster import Monitor, Roster
from kuma_lite.monitors.model import MonitorChanged, MonitorRemoved
from kuma_lite.monitors.service import Monitors
from kuma_lite.monitors.store import MonitorStore, link_all
from kuma_lite.monitors.trial import Trials
from kuma_lite.net.connectivity import Connectivity
from kuma_lite.net.link_watch import LinkWatch
from kuma_lite.notifications.model import LinksChanged
from kuma_lite.notifications.service import Notifications


class Monitoring:
    """Roster, recorder, engine and doors of the monitors."""

    def __init__(self, ground: Ground, notifications: Notifications) -> None:
        self._ground = ground
        self.title_of_page: Callable[[int, int], str | None] = no_pages  # status pages come later
        self.slug_of_page: Callable[[int, int], str | None] = no_pages
        clock, bus, spawn = ground.clock, ground.bus, ground.spawn
        self.roster = Roster()
        self.recorder = Recorder(ground.database, clock)
        self.store = MonitorStore(ground.database, self.recorder)
        self.outages = Outages(ground.database, self.recorder, self.roster.activity)
        self.certificates = Certificates(self.store, clock.now, spawn)
        notifications.applied.append(link_all)
        messages = Messages(notifications, clock, bus)
        self.expiry = ExpiryWatch(
            ground.database, messages, lambda: ground.settings.get("tlsExpiryNotifyDays"), clock.now
        )
        self.domains = DomainExpiry(
            ground.database,
            ground.network.rdap,
            self.roster,
            clock,
            messages,
            marks=lambda: ground.settings.get("domainExpiryNotifyDays"),
            in_maintenance=self._in_maintenance,
        )
        self._connectivity = Connectivity(ground.config.connectivity_target, ground.network, clock)
        self.fault = OwnFault(clock, ground.network, self._connectivity)
        self._connectivity.on_return = lambda: self.fault.on_return()
        self._links = LinkWatch(self.fault.look_at_uplink)
        self.engine = Engine(
            clock=clock,
            bus=bus,
            roster=self.roster,
            recorder=self.recorder,
            announcer=messages,
            network=ground.network,
            fault=self.fault,
            in_maintenance=self._in_maintenance,
            keep_certificate=self._keep_certificate,
            keep_last_result=self._keep_last_result,
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
        notifications.previews.monitor_of = self._monitor_of
        self.screenshots = Screenshots(ground.folder.screenshots, ground.accounts.sign_number)
        self.monitors.wires.screenshot_of = self._screenshot_of
        ground.network.keep_screenshot = self._keep_screenshot
        self.maintenance = Maintenance(
            ground.database,
            clock,
            bus,
            ground.push,
            ground.settings,
            self._monitor_exists,
            lambda organisation, page_id: self.title_of_page(organisation, page_id),
            self.ancestors,
            lambda organisation, page_id: self.slug_of_page(organisation, page_id),
        )
        self.blind_spots = BlindSpots(self.roster, self.engine.checker, clock.monotonic)
        self._retention = Retention(ground.database, clock, self._keep_days)
        self.figures = Figures(self.engine.checker, self.roster, ground.database)
        self.pushes = MonitorPushes(
            self.monitors,
            self.recorder,
            self.certificates,
            self.domains,
            ground.push,
            bus,
            clock,
            spawn,
            self.maintenance.push_list,
        )
        self.live = LiveEvents(self.roster, bus, clock)
        self.page = MonitorPage(
            self.monitors, self.recorder, self.certificates, self.domains, ground.push, bus, clock, spawn
        )
        self.history = MonitorHistory(self.monitors, self.recorder, self.outages, clock)
        bus.subscribe(LinksChanged, lambda event: self.monitors.notifications_changed(event.links))
        bus.subscribe(MonitorRemoved, self._forget)
        bus.subscribe(MaintenanceStarted, self._on_maintenance)
        bus.subscribe(MaintenanceEnded, self._on_maintenance)

    async def load(self) -> None:
        """Read everything; nothing is checked yet."""
        await self.recorder.load()
        self._ground.at_close(self.recorder.close)
        await self.monitors.load()
        await self.domains.load()
        await self.maintenance.load()
        await self.screenshots.keep_only(each.id for each in self.roster if each.type == SEES_PAGES)

    def start(self) -> None:
        """Begin to check."""
        self.maintenance.start()
        self._ground.at_close(self.maintenance.stop)
        self._links.start()
        self._ground.at_close(self._links.stop)
        self._connectivity.start()
        self._ground.at_close(self._connectivity.stop)
        self.engine.start()
        self._ground.at_close(self.engine.stop)
        self.domains.start()
        self._ground.at_close(self.domains.stop)
        self._retention.start()
        self._ground.at_close(self._retention.stop)

    def doors(self) -> list[Doors]:
        """Events and routes of monitors and maintenance."""
        clock = self._ground.clock
        push_route = PushRoute(self.roster, self.engine, clock, self._ground.clients.place)
        return [
            MonitorEvents(self.monitors, self.pushes, self._ground.push, clock).doors(),
            BulkDoor(BulkChanges(self.monitors), self.pushes).doors(),
            self.pushes.doors(),
            *self.pushes.late_doors(),
            self.page.doors(),
            self.history.doors(),
            TrialDoors(Trials(self.monitors, self._ground.network, clock)).doors(),
            self.maintenance.doors(),
            Doors(raw=[push_route.route(), self.screenshots.route()], routes=self._routes),
        ]

    def _routes(self) -> Sequence[Any]:
        from kuma_lite.monitors.doors.api import MonitorApi
        from kuma_lite.monitors.doors.api_deeds import MonitorDeeds
        from kuma_lite.monitors.doors.routes import monitor_routes
        from kuma_lite.rest.route import mounted

        api = MonitorApi(self.monitors, self.monitors.store, self.live, self._ground.clock)
        deeds = MonitorDeeds(self.monitors, self.pushes, self._ground.clock)
        return [*monitor_routes(self.figures), *api.mounted(), *mounted(deeds.routes())]

    def _keep_days(self) -> int:
        kept = self._ground.settings.get("keepDataPeriodDays", KEEP_DAYS)
        return kept if isinstance(kept, int) else KEEP_DAYS

    def _in_maintenance(self, monitor_id: int) -> bool:
        return self.maintenance.covers(monitor_id, self.ancestors)

    def ancestors(self, monitor_id: int) -> list[int]:
        """The groups above a monitor."""
        monitor = self.roster.get(monitor_id)
        return [group.id for group in self.roster.ancestors(monitor)] if monitor else []

    def _monitor_exists(self, organisation: int, monitor_id: int) -> bool:
        monitor = self.roster.get(monitor_id)
        return monitor is not None and monitor.organisation == organisation

    def _keep_certificate(self, monitor: Monitor, certificate: Certificate) -> None:
        self.certificates.keep(monitor, certificate)
        self._ground.spawn(self.expiry.look(monitor, certificate))

    def _monitor_of(self, actor: Actor, monitor_id: object) -> Mapping[str, Any]:
        """What messages tell of a monitor. Raises UserError."""
        monitor = self.monitors.get(actor, Right.MONITORS_VIEW, monitor_id)
        return self.monitors.wire(monitor, sensitive=False)

    def _screenshot_of(self, monitor: Monitor) -> str | None:
        return self.screenshots.address(monitor.id) if monitor.type == SEES_PAGES else None

    async def _keep_screenshot(self, monitor_id: int, png: bytes) -> None:
        if self.roster.get(monitor_id) is not None:
            await self.screenshots.keep(monitor_id, png)

    def _keep_last_result(self, monitor: Monitor, field: str, value: str | list[str]) -> None:
        self.monitors.keep(monitor, field, value)
        self._ground.spawn(self.store.put_last_result(monitor.id, field, value))

    def _on_maintenance(self, event: MaintenanceStarted | MaintenanceEnded) -> None:
        """What a row of the page shows does not wait for the next beat."""
        for monitor_id in event.monitor_ids:
            monitor = self.roster.get(monitor_id)
            if monitor is not None:
                self._ground.bus.publish(MonitorChanged(monitor_id, monitor.organisation))

    def _forget(self, event: MonitorRemoved) -> None:
        self.maintenance.forget_monitor(event.monitor_id)
        self.certificates.forget(event.monitor_id)
        self.expiry.forget(event.monitor_id)
        self._ground.spawn(self.screenshots.forget(event.monitor_id))
