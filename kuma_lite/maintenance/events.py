"""The Socket.IO events about maintenance (Uptime Kuma 2.5, socket reference §4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.core.access import Audience, Right
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, Then, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.maintenance.document import stored
from kuma_lite.maintenance.plans import Plans, id_of
from kuma_lite.maintenance.pushes import MaintenancePushes

MAX_LINKS: Final = 100_000  # of one plan; ten times the monitors one server is built for
_SUMMARY: Final = ("id", "title", "strategy", "status", "active")
_LOGIN_ORDER: Final = 30  # of the list, after monitors and `info`


class MaintenanceEvents:
    """What clients may ask of maintenance plans."""

    def __init__(self, plans: Plans, pushes: MaintenancePushes, clock: Clock) -> None:
        self._plans = plans
        self._pushes = pushes
        self._clock = clock

    def doors(self) -> Doors:
        """Every event of this feature, and the list at login."""
        return Doors(
            events=[
                Event("addMaintenance", self.add, 1, needs=Right.MAINTENANCE_EDIT),
                Event("editMaintenance", self.edit, 1, needs=Right.MAINTENANCE_EDIT),
                Event("addMonitorMaintenance", self.link_monitors, 2, needs=Right.MAINTENANCE_EDIT),
                Event("addMaintenanceStatusPage", self.link_pages, 2, needs=Right.MAINTENANCE_EDIT),
                Event("getMaintenance", self.get, 1, needs=Right.MAINTENANCE_VIEW),
                Event("getMaintenanceList", self.get_list, needs=Right.MAINTENANCE_VIEW),
                Event("maintenancePlans", self.plans, namespaces=(PAGE,), needs=Right.MAINTENANCE_VIEW),
                Event("getMonitorMaintenance", self.monitors, 1, needs=Right.MAINTENANCE_VIEW),
                Event("getMaintenanceStatusPage", self.pages, 1, needs=Right.MAINTENANCE_VIEW),
                Event("deleteMaintenance", self.delete, 1, needs=Right.MAINTENANCE_EDIT),
                Event("pauseMaintenance", self.pause, 1, needs=Right.MAINTENANCE_EDIT),
                Event("resumeMaintenance", self.resume, 1, needs=Right.MAINTENANCE_EDIT),
            ],
            on_login=self.send_list,
            login_order=_LOGIN_ORDER,
            needs=Right.MAINTENANCE_VIEW,
        )

    async def send_list(self, caller: Caller) -> None:
        """The list at login; to everybody of the user, as Uptime Kuma 2.5 does."""
        await self._pushes.push_list(_myself(caller))

    async def add(self, caller: Caller, payload: Any) -> Answer:
        """A new plan; the list is pushed before the answer."""
        actor = actor_of(caller)
        plan_id = await self._plans.add(actor, payload)
        await self._pushes.push_change(actor.organisation)
        return {"ok": True, "msg": "successAdded", "msgi18n": True, "maintenanceID": plan_id}

    async def edit(self, caller: Caller, payload: Any) -> Answer:
        """Changes to a plan; the list is pushed before the answer."""
        actor = actor_of(caller)
        plan_id = await self._plans.edit(actor, payload)
        await self._pushes.push_change(actor.organisation)
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "maintenanceID": plan_id}

    async def link_monitors(self, caller: Caller, plan_id: Any, monitors: Any) -> Answer:
        """All monitors the plan is for."""
        await self._plans.link_monitors(actor_of(caller), plan_id, ids_in(monitors))
        return {"ok": True, "msg": "successAdded", "msgi18n": True}

    async def link_pages(self, caller: Caller, plan_id: Any, pages: Any) -> Answer:
        """All status pages that show the plan."""
        await self._plans.link_pages(actor_of(caller), plan_id, ids_in(pages))
        return {"ok": True, "msg": "successAdded", "msgi18n": True}

    async def get(self, caller: Caller, plan_id: Any) -> Answer:
        """One plan."""
        plan = self._plans.get(actor_of(caller), Right.MAINTENANCE_VIEW, plan_id).plan
        return {"ok": True, "maintenance": stored(plan, self._clock.now(), self._plans.zone)}

    async def get_list(self, caller: Caller) -> Answer:
        """Push the list to where the question came from."""
        await self._pushes.push_list(_myself(caller), caller.namespace)
        return {"ok": True}

    async def plans(self, caller: Caller) -> Answer:
        """What our own page shows where something can be put under maintenance."""
        found = self._pushes.wire(self._plans.of(actor_of(caller).organisation))
        return {"ok": True, "plans": [{key: plan[key] for key in _SUMMARY} for plan in found]}

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

    async def delete(self, caller: Caller, plan_id: Any) -> Answer:
        """Remove; the list is pushed after the answer."""
        await self._plans.delete(actor_of(caller), plan_id)
        return self._then_list(caller, "successDeleted")

    async def pause(self, caller: Caller, plan_id: Any) -> Answer:
        """Switch off; the list is pushed after the answer."""
        await self._plans.switch(actor_of(caller), plan_id, active=False)
        return self._then_list(caller, "successPaused")

    async def resume(self, caller: Caller, plan_id: Any) -> Answer:
        """Switch on; the list is pushed after the answer."""
        await self._plans.switch(actor_of(caller), plan_id, active=True)
        return self._then_list(caller, "successResumed")

    def _then_list(self, caller: Caller, message: str) -> Then:
        actor = actor_of(caller)
        answer = {"ok": True, "msg": message, "msgi18n": True}
        return Then(answer, lambda: self._pushes.push_change(actor.organisation))


def _myself(caller: Caller) -> Audience:
    return actor_of(caller).myself(Right.MAINTENANCE_VIEW)


def ids_in(items: Any) -> list[int]:
    """The ids of `[{id, ...}, ...]`. Raises UserError."""
    if not isinstance(items, list) or len(items) > MAX_LINKS:
        raise UserError("A list of objects with an id is expected.")
    ids = [id_of(item.get("id")) if isinstance(item, Mapping) else None for item in items]
    if None in ids:
        raise UserError("A list of objects with an id is expected.")
    return [item for item in ids if item is not None]
