"""The plans in memory: what they are now, whom they cover, when that changes.

Everything that is changed here is on disk before the call returns; then it is in force, and the bus is told.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol

from msgspec import Struct

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor, Right, may, require
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.transactions import Transactions
from kuma_lite.maintenance import store
from kuma_lite.maintenance.ending import ended_at
from kuma_lite.maintenance.model import (
    MaintenanceChanged,
    MaintenanceEnded,
    MaintenanceStarted,
    Plan,
    PlanStatus,
    Strategy,
)
from kuma_lite.maintenance.reading import read_added, read_edited
from kuma_lite.maintenance.rules import current_and_next_slots, next_change, status_at

log = logging.getLogger(__name__)

NOT_FOUND: Final = "Maintenance not found"


class ServerSettings(Protocol):
    """What maintenance needs of the settings."""

    def timezone(self) -> str:
        """IANA name of the server's time zone."""


class Entry(Struct):
    """A plan with its links and what it is now."""

    plan: Plan
    monitor_ids: tuple[int, ...] = ()  # in the order in which they were attached, as the pages
    page_ids: tuple[int, ...] = ()
    status: PlanStatus = PlanStatus.UNKNOWN
    due: float = 0.0  # when to look again, seconds since 1970

    @property
    def id(self) -> int:
        """By what clients know it."""
        return self.plan.id

    @property
    def organisation(self) -> int:
        """Whose it is."""
        return self.plan.organisation

    @property
    def running(self) -> bool:
        """Whether what is linked is under maintenance."""
        return self.status is PlanStatus.UNDER_MAINTENANCE


class Plans:
    """All maintenance plans of all organisations."""

    def __init__(
        self,
        database: Transactions,
        clock: Clock,
        bus: Bus,
        settings: ServerSettings,
        monitor_exists: Callable[[int, int], bool],
        page_title: Callable[[int, int], str | None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._settings = settings
        self._monitor_exists = monitor_exists
        self._page_title = page_title
        self._entries: dict[int, Entry] = {}  # ascending by id
        self._covered: frozenset[int] = frozenset()
        self._zone = settings.timezone()
        self._refreshed = clock.now()

    async def load(self) -> None:
        """Read everything; what is under maintenance already is so without being told as new."""
        for stored in await self._database.read(store.read_all):
            entry = Entry(stored.plan, stored.monitor_ids, stored.page_ids)
            self._entries[entry.plan.id] = entry
            self._look_at(entry)
        self._cover()

    # --- questions ---------------------------------------------------------------------------------------

    @property
    def zone(self) -> str:
        """The server's time zone."""
        return self._settings.timezone()

    @property
    def next_due(self) -> float:
        """When something changes (seconds since 1970); infinity for never."""
        return min((entry.due for entry in self._entries.values()), default=math.inf)

    def of(self, organisation: int) -> list[Entry]:
        """An organisation's plans, ascending by id."""
        return [entry for entry in self._entries.values() if entry.plan.organisation == organisation]

    def on_page(self, page_id: int) -> list[Entry]:
        """What is linked with a status page, ascending by id."""
        return [entry for entry in self._entries.values() if page_id in entry.page_ids]

    def running_on_page(self, page_id: int) -> list[Entry]:
        """What a status page shows now."""
        return [entry for entry in self.on_page(page_id) if entry.running]

    def entry(self, plan_id: Any) -> Entry | None:
        """A plan by whatever a client sends as its id."""
        number = wire_values.whole(plan_id)
        return None if number is None else self._entries.get(number)

    def find(self, actor: Actor, right: Right, plan_id: Any) -> Entry | None:
        """The same, if the actor may do that with it."""
        entry = self.entry(plan_id)
        return entry if entry is not None and may(actor, right, entry.plan) else None

    def get(self, actor: Actor, right: Right, plan_id: Any) -> Entry:
        """The same. Raises UserError when there is none."""
        entry = self.entry(plan_id)
        if entry is None:
            raise UserError(NOT_FOUND)
        require(actor, right, entry.plan)
        return entry

    def _editable(self, actor: Actor, plan_id: Any) -> Entry:
        return self.get(actor, Right.MAINTENANCE_EDIT, plan_id)

    def covers(self, monitor_id: int, ancestors: Callable[[int], Sequence[int]]) -> bool:
        """Whether a monitor or a group above it is under maintenance."""
        covered = self._covered
        if not covered:
            return False
        return monitor_id in covered or any(item in covered for item in ancestors(monitor_id))

    def is_running(self, plan_id: int) -> bool:
        """Whether a plan, of whomever, is under maintenance now; False for one that does not exist."""
        entry = self._entries.get(plan_id)
        return entry is not None and entry.running

    def exists(self, plan_id: int) -> bool:
        """Whether there is such a plan, of whomever."""
        return plan_id in self._entries

    def monitors_of(self, entry: Entry) -> list[int]:
        """Linked monitors that exist, as they were attached."""
        return [item for item in entry.monitor_ids if self._monitor_exists(entry.plan.organisation, item)]

    def pages_of(self, entry: Entry) -> list[tuple[int, str]]:
        """Linked status pages that exist, with their titles, as they were attached."""
        owner = entry.plan.organisation
        titles = ((item, self._page_title(owner, item)) for item in entry.page_ids)
        return [(item, title) for item, title in titles if title is not None]

    # --- changes -----------------------------------------------------------------------------------------

    async def add(self, actor: Actor, payload: Any) -> int:
        """A new plan from a client's object; returns its id. Raises UserError."""
        plan = read_added(actor, payload)
        plan_id = await self._database.write(lambda db: store.insert(db, plan))
        self._entries[plan_id] = Entry(replace(plan, id=plan_id))
        self._changed(self._entries[plan_id])
        return plan_id

    async def edit(self, actor: Actor, payload: Any) -> int:
        """Change a plan by a client's object that names its id; returns it. Raises UserError."""
        entry = self._editable(actor, payload.get("id") if isinstance(payload, dict) else None)
        await self._save(entry, read_edited(payload, entry.plan))
        return entry.plan.id

    async def switch(self, actor: Actor, plan_id: Any, *, active: bool) -> None:
        """Pause or resume. Raises UserError."""
        entry = self._editable(actor, plan_id)
        await self._save(entry, replace(entry.plan, active=active, cron=entry.plan.cron or ""))

    async def end(self, actor: Actor, plan_id: Any) -> None:
        """Let a plan be under maintenance no longer, until its next window. Raises UserError."""
        entry = self._editable(actor, plan_id)
        await self._save(entry, ended_at(entry.plan, self._clock.now(), self.zone))

    async def delete(self, actor: Actor, plan_id: Any) -> None:
        """Remove a plan; an unknown one is gone, as asked."""
        entry = self.find(actor, Right.MAINTENANCE_EDIT, plan_id)
        if entry is None:
            return
        number = entry.plan.id
        await self._database.write(lambda db: store.delete(db, number))
        if self._entries.pop(number, None) is None:
            return
        self._cover()
        if entry.running:
            self._bus.publish(MaintenanceEnded(number, frozenset(entry.monitor_ids)))
        self._bus.publish(MaintenanceChanged(number, entry.plan.organisation))

    async def link_monitors(self, actor: Actor, plan_id: Any, monitor_ids: Iterable[int]) -> None:
        """Replace the monitors a plan is for. Raises UserError for one that is not the organisation's."""
        entry, wanted = self._editable(actor, plan_id), tuple(dict.fromkeys(monitor_ids))
        if not all(self._monitor_exists(actor.organisation, item) for item in wanted):
            raise UserError("One of the monitors does not exist.", about="monitors")
        await self._database.write(lambda db: store.link_monitors(db, entry.plan.id, wanted))
        before, now = frozenset(entry.monitor_ids), frozenset(wanted)
        entry.monitor_ids = wanted
        self._cover()
        if entry.running:
            self._tell(entry.plan.id, started=now - before, ended=before - now)
        self._bus.publish(MaintenanceChanged(entry.plan.id, entry.plan.organisation))

    async def link_more(self, actor: Actor, plan_id: Any, monitor_ids: Iterable[int]) -> None:
        """Let a plan be for some monitors as well. Raises UserError."""
        entry = self._editable(actor, plan_id)
        await self.link_monitors(actor, plan_id, (*self.monitors_of(entry), *monitor_ids))

    async def link_pages(self, actor: Actor, plan_id: Any, page_ids: Iterable[int]) -> None:
        """Replace the status pages that show a plan. Raises UserError for one that does not exist."""
        entry, wanted = self._editable(actor, plan_id), tuple(dict.fromkeys(page_ids))
        if any(self._page_title(actor.organisation, item) is None for item in wanted):
            raise UserError("One of the status pages does not exist.", about="status_pages")
        await self._database.write(lambda db: store.link_pages(db, entry.plan.id, wanted))
        entry.page_ids = wanted
        self._bus.publish(MaintenanceChanged(entry.plan.id, entry.plan.organisation))

    def forget_monitor(self, monitor_id: int) -> None:
        """A monitor has been removed; its rows went with it."""
        for entry in self._entries.values():
            entry.monitor_ids = tuple(item for item in entry.monitor_ids if item != monitor_id)
        self._cover()

    # --- time --------------------------------------------------------------------------------------------

    def refresh(self) -> set[int]:
        """Take note of what has begun or ended; returns whose plans have another status now."""
        now, zone = self._clock.now(), self._settings.timezone()
        # After a step back of the wall clock, or in another zone, no plan's `due` means anything.
        everything = now < self._refreshed or zone != self._zone
        self._refreshed, self._zone = now, zone
        organisations = set()
        for entry in list(self._entries.values()):
            if (everything or entry.due <= now) and self._judge(entry):
                organisations.add(entry.plan.organisation)
        return organisations

    async def _save(self, entry: Entry, plan: Plan) -> None:
        await self._database.write(lambda db: store.update(db, plan))
        entry.plan = plan
        if plan.id in self._entries:  # else removed meanwhile
            self._changed(entry)

    def _changed(self, entry: Entry) -> None:
        self._judge(entry)
        self._bus.publish(MaintenanceChanged(entry.plan.id, entry.plan.organisation))

    def _judge(self, entry: Entry) -> bool:
        """Look at a plan again and tell what that means; whether its status is another one."""
        before, was_running = entry.status, entry.running
        self._look_at(entry)
        if entry.running != was_running:
            self._cover()
            # Also without monitors: a plan may cover other things, which only those who link them know.
            happened = MaintenanceStarted if entry.running else MaintenanceEnded
            self._bus.publish(happened(entry.plan.id, frozenset(entry.monitor_ids)))
        return entry.status is not before

    def _look_at(self, entry: Entry) -> None:
        now, plan = self._clock.now(), entry.plan
        entry.status = status_at(plan, now, self._zone)
        if entry.running and plan.strategy is Strategy.INTERVAL:
            current, _ = current_and_next_slots(plan, now, self._zone)
            if current is not None and plan.last_start != current.trigger:
                self._note_start(entry, int(current.trigger))
        due = next_change(entry.plan, now, self._zone)
        entry.due = math.inf if due is None else due

    def _note_start(self, entry: Entry, moment: int) -> None:
        plan_id = entry.plan.id
        entry.plan = replace(entry.plan, last_start=moment)
        self._database.defer(lambda db: store.note_start(db, plan_id, moment))

    def _cover(self) -> None:
        self._covered = frozenset().union(*(e.monitor_ids for e in self._entries.values() if e.running))

    def _tell(self, plan_id: int, *, started: frozenset[int], ended: frozenset[int]) -> None:
        if ended:
            self._bus.publish(MaintenanceEnded(plan_id, ended))
        if started:
            self._bus.publish(MaintenanceStarted(plan_id, started))
