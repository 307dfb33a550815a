"""The feature as a whole: its plans, its doors, and the one task that waits for the next change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from kuma_lite.core.access import Audience
from kuma_lite.core.bus import Bus
from kuma_lite.core.bus_events import SettingsChanged
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Doors, Push
from kuma_lite.core.records import replace
from kuma_lite.core.transactions import Transactions
from kuma_lite.maintenance.document import Document, state_of
from kuma_lite.maintenance.events import MaintenanceEvents
from kuma_lite.maintenance.model import MaintenanceChanged, Plan
from kuma_lite.maintenance.page import MaintenancePage, no_groups
from kuma_lite.maintenance.plans import Entry, Plans, ServerSettings
from kuma_lite.maintenance.pushes import MaintenancePushes
from kuma_lite.maintenance.resource import maintenance_resource
from kuma_lite.maintenance.rules import DAY_S
from kuma_lite.maintenance.windows import Window, windows_until

log = logging.getLogger(__name__)

MAX_SLEEP_S: Final = 60.0  # windows are wall clock times: a clock that was set is noticed within this
RETRY_S: Final = 5.0  # after a failure


def no_pages(organisation: int, page_id: int) -> str | None:
    """The titles of status pages where there are none."""
    del organisation, page_id
    return None


class Maintenance:
    """Planned maintenance.

    Args:
        database: where plans are kept.
        clock: wall clock times decide.
        bus: is told `MaintenanceStarted`, `MaintenanceEnded` and `MaintenanceChanged`.
        push: to the clients.
        settings: for the server's time zone.
        monitor_exists: (organisation, monitor id) → whether the organisation has such a monitor.
        page_title: (organisation, status page id) → its title, None for a page that it does not have.
        ancestors: monitor id → the groups above it.
        page_slug: (organisation, status page id) → its name in addresses.
    """

    def __init__(
        self,
        database: Transactions,
        clock: Clock,
        bus: Bus,
        push: Push,
        settings: ServerSettings,
        monitor_exists: Callable[[int, int], bool],
        page_title: Callable[[int, int], str | None] = no_pages,
        ancestors: Callable[[int], Sequence[int]] = no_groups,
        page_slug: Callable[[int, int], str | None] = no_pages,
    ) -> None:
        self._clock = clock
        self._plans = Plans(database, clock, bus, settings, monitor_exists, page_title)
        self.resource = maintenance_resource(self._plans)
        self._pushes = MaintenancePushes(self._plans, push, clock)
        self._page = MaintenancePage(self._plans, clock, ancestors, page_slug)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        bus.subscribe(MaintenanceChanged, self._on_change)
        bus.subscribe(SettingsChanged, lambda _: self._wake.set())  # the server's zone may be another

    def doors(self) -> Doors:
        """Events, and the list at login."""
        events = MaintenanceEvents(self._plans, self.resource, self._pushes, self._clock, self._page)
        return replace(events.doors(), routes=self._routes)

    def state(self, entry: Entry) -> Mapping[str, Any]:
        """What a plan is now, as the API tells it beside its fields."""
        return state_of(entry.plan, self._clock.now(), self._plans.zone)

    def _routes(self) -> Sequence[Any]:
        from kuma_lite.maintenance.api import MaintenanceApi

        api = MaintenanceApi(self._plans, self.resource, self.state, self._pushes.push_change, self._clock)
        return api.mounted()

    async def load(self) -> None:
        """Read the plans; from then on `covers` is right."""
        await self._plans.load()

    def start(self) -> None:
        """Begin to wait for windows."""
        self._task = asyncio.create_task(self._run(), name="maintenance windows")

    async def stop(self) -> None:
        """Wait no longer."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def covers(self, monitor_id: int, ancestors: Callable[[int], Sequence[int]]) -> bool:
        """Whether a monitor, or a group above it, is under maintenance; asked for every beat."""
        return self._plans.covers(monitor_id, ancestors)

    def is_running(self, plan_id: int) -> bool:
        """Whether a plan is under maintenance now, for what else it covers."""
        return self._plans.is_running(plan_id)

    def exists(self, plan_id: int) -> bool:
        """Whether there is such a plan."""
        return self._plans.exists(plan_id)

    def monitors_of(self, plan_id: int) -> list[int]:
        """What a plan is for: monitors, and groups of them; none for an unknown plan."""
        entry = self._plans.entry(plan_id)
        return self._plans.monitors_of(entry) if entry is not None else []

    def running_on_page(self, page_id: int) -> list[Document]:
        """What a status page shows: its plans that are under maintenance now."""
        return self._pushes.wire(self._plans.running_on_page(page_id))

    def windows_on_page(
        self, page_id: int, days: int, most_of_one: int
    ) -> list[tuple[Plan, Window | None, bool]]:
        """When the plans of a status page are under maintenance: now, or within some days.

        Returns:
            Plan, window and whether it lasts, by when it begins. None stands for what lasts until somebody
            ends it, and began whenever somebody switched it on.
        """
        now, zone = self._clock.now(), self._plans.zone
        found: list[tuple[Plan, Window | None, bool]] = []
        for entry in self._plans.on_page(page_id):
            plan = entry.plan
            windows, _more = windows_until([plan], now, now + days * DAY_S, zone, most_of_one, most_of_one)
            lasting = entry.running and not any(window.start <= now for _plan, window in windows)
            found += [(plan, None, True)] if lasting else []
            found += [(plan, window, entry.running and window.start <= now) for _plan, window in windows]
        return sorted(found, key=lambda each: (each[1].start if each[1] else 0.0, each[0].id))

    def forget_monitor(self, monitor_id: int) -> None:
        """To be told when a monitor is removed."""
        self._plans.forget_monitor(monitor_id)

    async def push_list(self, audience: Audience) -> None:
        """`maintenanceList`, to the compatible clients of an audience."""
        await self._pushes.push_list(audience)

    def _on_change(self, event: MaintenanceChanged) -> None:
        self._pushes.forget(event.plan_id)
        self._wake.set()

    async def tick(self) -> None:
        """Begin and end what is due now."""
        for organisation in self._plans.refresh():
            await self._pushes.push_change(organisation)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self.tick()
                wait = min(MAX_SLEEP_S, max(0.0, self._plans.next_due - self._clock.now()))
            except Exception:
                log.exception("A maintenance window could not be begun or ended in time")
                wait = RETRY_S
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._wake.wait()
