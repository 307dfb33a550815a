"""The Socket.IO events about maintenance (Uptime Kuma 2.5, socket reference §4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import COMPATIBLE, PAGE, Answer, Caller, Doors, Event, Then, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.resource_events import LOGIN_ORDER, ResourceEvents, Told
from kuma_lite.core.resources import Resource
from kuma_lite.core.wire_values import not_there, whole
from kuma_lite.maintenance.document import plan_from_now, stored
from kuma_lite.maintenance.page import MaintenancePage
from kuma_lite.maintenance.plans import NOT_FOUND, Entry, Plans
from kuma_lite.maintenance.pushes import MaintenancePushes
from kuma_lite.maintenance.resource import LINKS, MONITORS

MAX_LINKS: Final = 100_000  # of one plan; ten times the monitors one server is built for
NOT_THERE: Final = not_there("maintenance")


class MaintenanceEvents:
    """What clients may ask of maintenance plans."""

    def __init__(
        self,
        plans: Plans,
        resource: Resource[Entry],
        pushes: MaintenancePushes,
        clock: Clock,
        page: MaintenancePage,
    ) -> None:
        self._plans = plans
        self._page = page
        self._resource = resource
        self._pushes = pushes
        self._clock = clock

    def doors(self) -> Doors:
        """Every event of this feature, and the list at login."""
        events = ResourceEvents(
            self._resource, self._pushes, missing=NOT_FOUND, foreign="Permission denied.", reading=_read
        )
        (doors,) = events.doors(
            [
                events.create("addMaintenance", _answer, "successAdded"),
                events.edit("editMaintenance", _answer, missing=NOT_THERE),
                events.one("getMaintenance", self._stored, NOT_THERE),
                events.pushed("getMaintenanceList"),
                events.delete("deleteMaintenance", Told.AFTER, forgiving=True),
                events.deed("pauseMaintenance", self._pause, "successPaused"),
                events.deed("resumeMaintenance", self._resume, "successResumed"),
                Event("addMonitorMaintenance", self.link_monitors, 2, needs=Right.MAINTENANCE_EDIT),
                Event("addMaintenanceStatusPage", self.link_pages, 2, needs=Right.MAINTENANCE_EDIT),
                Event("getMonitorMaintenance", self.monitors, 1, needs=Right.MAINTENANCE_VIEW),
                Event("getMaintenanceStatusPage", self.pages, 1, needs=Right.MAINTENANCE_VIEW),
                *self._page.events(),
                Event("maintainMonitors", self.maintain, 2, namespaces=(PAGE,), needs=Right.MAINTENANCE_EDIT),
                replace(events.deed("endMaintenance", self._end, "maintenanceEnded"), namespaces=(PAGE,)),
            ],
            {COMPATIBLE: LOGIN_ORDER},
        )
        return doors

    def _stored(self, entry: Entry) -> dict[str, Any]:
        return {"maintenance": stored(entry.plan, self._clock.now(), self._plans.zone)}

    async def _pause(self, actor: Actor, entry: Entry) -> None:
        await self._plans.switch(actor, entry.id, active=False)

    async def _resume(self, actor: Actor, entry: Entry) -> None:
        await self._plans.switch(actor, entry.id, active=True)

    async def _end(self, actor: Actor, entry: Entry) -> None:
        await self._plans.end(actor, entry.id)

    async def link_monitors(self, caller: Caller, plan_id: Any, monitors: Any) -> Answer:
        """All monitors the plan is for."""
        await self._plans.link_monitors(actor_of(caller), plan_id, ids_in(monitors))
        return self._linked(caller)

    async def link_pages(self, caller: Caller, plan_id: Any, pages: Any) -> Answer:
        """All status pages that show the plan."""
        await self._plans.link_pages(actor_of(caller), plan_id, ids_in(pages))
        return self._linked(caller)

    async def maintain(self, caller: Caller, monitors: Any, wanted: Any) -> Answer:
        """More monitors for a plan, or for a new one that begins now; all or nothing."""
        actor, data = actor_of(caller), wanted if isinstance(wanted, Mapping) else {}
        ids = [whole(item) for item in monitors] if isinstance(monitors, list) else [None]
        if None in ids or len(ids) > MAX_LINKS:
            raise UserError("A list of monitor ids is expected.")
        if data.get("plan") is None:
            plan = plan_from_now(data.get("title"), data.get("minutes"), self._clock.now())
            await self._resource.keeper.create(actor, {**plan, MONITORS: ids})
        else:
            await self._plans.link_more(actor, data["plan"], [item for item in ids if item is not None])
        return Then(
            {"ok": True, "count": len(set(ids))}, lambda: self._pushes.push_change(actor.organisation)
        )

    def _linked(self, caller: Caller) -> Answer:
        """Uptime Kuma 2.5 pushes no list after this; our own page is told."""
        organisation = actor_of(caller).organisation
        answer = {"ok": True, "msg": "successAdded", "msgi18n": True}
        return Then(answer, lambda: self._pushes.push_to_page(organisation))

    async def monitors(self, caller: Caller, plan_id: Any) -> Answer:
        """The monitors a plan is for; none for an unknown plan."""
        entry = self._plans.find(actor_of(caller), Right.MAINTENANCE_VIEW, plan_id)
        linked = self._plans.monitors_of(entry) if entry else []
        return {"ok": True, "monitors": [{"id": item} for item in linked]}

    async def pages(self, caller: Caller, plan_id: Any) -> Answer:
        """The status pages that show a plan; none for an unknown plan."""
        entry = self._plans.find(actor_of(caller), Right.MAINTENANCE_VIEW, plan_id)
        linked = self._plans.pages_of(entry) if entry else []
        return {"ok": True, "statusPages": [{"id": item, "title": title} for item, title in linked]}


def _answer(entry: Entry) -> dict[str, Any]:
    return {"maintenanceID": entry.id}


def _read(_caller: Caller, payload: Any, _old: Entry | None) -> Any:
    """Links have events of their own."""
    if not isinstance(payload, Mapping):
        return payload
    return {key: value for key, value in payload.items() if key not in LINKS}


def ids_in(items: Any) -> list[int]:
    """The ids of `[{id, ...}, ...]`; one object stands for a list of it. Raises UserError."""
    if isinstance(items, Mapping):
        items = [items]
    if not isinstance(items, list) or len(items) > MAX_LINKS:
        raise UserError("A list of objects with an id is expected.")
    ids = [whole(item.get("id")) if isinstance(item, Mapping) else None for item in items]
    if None in ids:
        raise UserError("A list of objects with an id is expected.")
    return [item for item in ids if item is not None]
