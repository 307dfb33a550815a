"""Where status pages meet what they show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import Any

from kuma_lite.accounts.passwords import hash_password, password_matches
from kuma_lite.appliance.ground import Ground
from kuma_lite.appliance.monitors import Monitoring
from kuma_lite.beats.buckets import Span
from kuma_lite.beats.model import Beat
from kuma_lite.beats.periods import Period
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import MILLISECONDS
from kuma_lite.core.declarations import Status
from kuma_lite.maintenance.model import MaintenanceChanged, MaintenanceEnded, MaintenanceStarted
from kuma_lite.maintenance.service import Maintenance
from kuma_lite.monitors.model import BeatRecorded, MonitorChanged, MonitorRemoved
from kuma_lite.places.folder import FolderPlace
from kuma_lite.places.keeper import Places
from kuma_lite.places.model import Place
from kuma_lite.status_pages.copies import CopyPlaces
from kuma_lite.status_pages.model import Bar, Figures, PlannedWindow, ShownMonitor, ShownTag, Window
from kuma_lite.status_pages.protection.access import Passwords
from kuma_lite.status_pages.service import StatusPages
from kuma_lite.tags import store as tag_store


class PublishedMonitors:
    """What status pages need of monitors (see `status_pages.model.Monitors`)."""

    def __init__(self, ground: Ground, monitoring: Monitoring) -> None:
        self._database = ground.database
        self._clock = ground.clock
        self._roster = monitoring.roster
        self._recorder = monitoring.recorder
        self._store = monitoring.store
        self._certificates = monitoring.certificates

    def find(self, monitor_id: int) -> ShownMonitor | None:
        """A monitor; None: there is none of that id."""
        monitor = self._roster.get(monitor_id)
        if monitor is None:
            return None
        paused = not self._roster.is_active(monitor)
        return ShownMonitor(monitor.id, monitor.name, monitor.type, monitor.get("url"), paused, monitor.since)

    def last(self, monitor_id: int) -> Beat | None:
        """The newest beat."""
        return self._recorder.last(monitor_id)

    def beats(self, monitor_id: int) -> Sequence[Beat]:
        """The last hundred, oldest first."""
        return self._recorder.rows(monitor_id)

    def uptime_day(self, monitor_id: int) -> float:
        """Share of the last 24 hours' beats that were up, 0..1."""
        return self._recorder.statistics(monitor_id).uptime("24", self._clock.now())

    async def figures(self, monitor_id: int, window: Window) -> Figures:
        """Statistics over a window; of the last minute there was where nothing is in the window."""
        now = self._clock.now()
        span = Span(window.seconds, window.buckets, int(now) // window.seconds)
        total = await self._store.total(monitor_id, span)
        if not total.up and not total.down:
            latest = self._recorder.statistics(monitor_id)
            return Figures(latest.uptime("24", now), latest.average_ping("24", now))
        average = total.ping_sum / total.pings if total.pings else None
        return Figures(total.up / (total.up + total.down), average)

    async def tags(self, monitor_ids: Sequence[int]) -> Mapping[int, Sequence[ShownTag]]:
        """The tags on some monitors, by name."""
        found: dict[int, list[ShownTag]] = {}
        rows = await self._database.read(lambda db: tag_store.on_monitors(db, monitor_ids))
        for monitor_id, link_id, tag in rows:
            found.setdefault(monitor_id, []).append(ShownTag(link_id, *tag))
        return found

    async def certificate(self, monitor_id: int) -> Mapping[str, Any] | None:
        """The `certInfo` document; None when no certificate is known."""
        await self._certificates.warm()
        return self._certificates.wire(monitor_id, self._clock.now())

    async def changes(
        self, monitor_ids: Sequence[int], since: int
    ) -> Mapping[int, Sequence[tuple[float, Status | None]]]:
        """The changes of state of some monitors (see `status_pages.model.Monitors`)."""
        stored = await self._store.changes(monitor_ids, since * MILLISECONDS)
        found: dict[int, list[tuple[float, Status | None]]] = {
            number: [(moment / MILLISECONDS, Status(status)) for moment, status in changes]
            for number, changes in stored.items()
        }
        for number, changes in found.items():
            monitor, last = self._roster.get(number), self._recorder.last(number)
            if last is not None and (monitor is None or not self._roster.is_active(monitor)):
                changes.append((max(changes[-1][0], last.end_time / MILLISECONDS), None))
        return found

    async def bars(self, monitor_ids: Sequence[int], seconds: int, count: int) -> Mapping[int, Sequence[Bar]]:
        """The last `count` days (86,400 seconds) or hours (3,600) of some monitors, oldest first."""
        watched = {
            number: self._roster.is_active(monitor)
            for number in monitor_ids
            if (monitor := self._roster.get(number)) is not None
        }
        now = self._clock.now()
        span = Span(seconds, count, int(now) // seconds)
        found = await self._store.periods(watched, span, now)
        return {number: [_bar(period) for period in periods] for number, periods in found.items()}


def _bar(period: Period) -> Bar:
    return Bar(
        period.began // MILLISECONDS,
        period.uptime,
        period.outages,
        period.down_ms // MILLISECONDS,
        bool(period.bucket.maintenance),
    )


class PublishedMaintenance:
    """What status pages need of maintenance (see `status_pages.model.Maintenance`)."""

    def __init__(self, maintenance: Maintenance, ancestors: Callable[[int], Sequence[int]]) -> None:
        self._maintenance = maintenance
        self._ancestors = ancestors

    def covered(self, plan_id: int, monitor_ids: Sequence[int]) -> list[int]:
        """Which of some monitors a plan is for, by themselves or by a group above them."""
        named = set(self._maintenance.monitors_of(plan_id))
        return [each for each in monitor_ids if not named.isdisjoint((each, *self._ancestors(each)))]

    def running_on_page(self, page_id: int) -> list[dict[str, Any]]:
        """The wire objects of a page's plans that are under way now."""
        return self._maintenance.running_on_page(page_id)

    def windows_on_page(self, page_id: int, days: int, most_of_one: int) -> list[PlannedWindow]:
        """When the plans of a page are under maintenance, now or within some days, by when that begins."""
        return [
            PlannedWindow(
                plan.id,
                plan.title,
                plan.description,
                window.start if window else None,
                window.end if window else None,
                running,
            )
            for plan, window, running in self._maintenance.windows_on_page(page_id, days, most_of_one)
        ]


def places_of_copies(ground: Ground, places: Places) -> CopyPlaces:
    """The folder of the configuration, and the places that people have chosen for copies."""
    folder = ground.config.page_copies

    def found() -> dict[str, Callable[[], AbstractAsyncContextManager[Place]]]:
        chosen: dict[str, Callable[[], AbstractAsyncContextManager[Place]]]
        chosen = {each.name: partial(places.open, each) for each in places.all() if each.pages}
        return chosen if folder is None else {str(folder): lambda: nullcontext(FolderPlace(folder)), **chosen}

    return found


def publish(ground: Ground, monitoring: Monitoring, places: Places) -> StatusPages:
    """The status pages of everything that is watched; `load` them before use."""
    pages = StatusPages(
        ground.database,
        ground.clock,
        ground.bus,
        ground.push,
        ground.settings,
        PublishedMonitors(ground, monitoring),
        PublishedMaintenance(monitoring.maintenance, monitoring.ancestors),
        ground.folder.uploads,
        Passwords(hash_password, password_matches),
        ground.clients.place,
        same_origin_frames=not ground.config.disable_frame_sameorigin,
        copies=places_of_copies(ground, places),
    )
    places.at_change.append(pages.copies.outdated)
    monitoring.title_of_page = pages.title_of
    monitoring.slug_of_page = pages.slug_of
    keep_fresh(pages, ground.bus)
    return pages


def keep_fresh(pages: StatusPages, bus: Bus) -> None:
    """Let what happens to monitors and maintenance show on the pages at once."""

    def on_beat(event: BeatRecorded) -> None:
        if event.beat.important:
            pages.monitor_changed(event.beat.monitor_id)

    def on_edit(event: MonitorChanged) -> None:
        pages.monitor_changed(event.monitor_id, edited=True)

    bus.subscribe(BeatRecorded, on_beat)
    bus.subscribe(MonitorRemoved, lambda event: pages.forget_monitor(event.monitor_id))
    bus.subscribe(MonitorChanged, on_edit)
    for happening in (MaintenanceChanged, MaintenanceStarted, MaintenanceEnded):
        bus.subscribe(happening, lambda _event: pages.clear_cache())
