"""`maintenanceList`, to those who are to know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.access import Audience, Right
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import COMPATIBLE, PAGE, Push
from kuma_lite.maintenance.document import Document, listed
from kuma_lite.maintenance.model import Plan
from kuma_lite.maintenance.plans import Entry, Plans

FRESH_S: Final = 1.0  # when everything goes down at once, every beat pushes the list


class _Made(Struct, frozen=True):
    """An object for the wire, and for what it was made."""

    plan: Plan
    zone: str
    since: float
    until: float
    document: Document


class MaintenancePushes:
    """The list of plans, pushed whole as Uptime Kuma 2.5 does."""

    def __init__(self, plans: Plans, push: Push, clock: Clock) -> None:
        self._plans = plans
        self._push = push
        self._clock = clock
        self._made: dict[int, _Made] = {}

    def wire(self, entries: Iterable[Entry]) -> list[Document]:
        """Plans as clients see them now."""
        now, zone = self._clock.now(), self._plans.zone
        return [self._document(entry, now, zone) for entry in entries]

    def forget(self, plan_id: int) -> None:
        """A plan has changed, or is gone."""
        self._made.pop(plan_id, None)

    def _document(self, entry: Entry, now: float, zone: str) -> Document:
        plan = entry.plan
        made = self._made.get(plan.id)
        if made is None or made.plan is not plan or made.zone != zone or not made.since <= now < made.until:
            until = min(entry.due, now + FRESH_S)
            made = self._made[plan.id] = _Made(plan, zone, now, until, listed(plan, now, zone))
        return made.document

    async def push_list(self, audience: Audience, namespace: str = COMPATIBLE) -> None:
        """To every connection of an audience."""
        if not self._push.has_listeners(audience, namespace):
            return
        entries = self._plans.of(audience.organisation)
        by_id: dict[str, Any] = {str(item["id"]): item for item in self.wire(entries)}
        await self._push.to_audience(audience, "maintenanceList", by_id, namespace=namespace)

    async def push_change(self, organisation: int) -> None:
        """The list to compatible clients; our own page asks for what it shows."""
        await self.push_list(Audience(organisation, Right.MAINTENANCE_VIEW))
        await self.push_to_page(organisation)

    async def push_to_page(self, organisation: int) -> None:
        """That something has changed, to our own page alone."""
        viewers = Audience(organisation, Right.MAINTENANCE_VIEW)
        await self._push.to_audience(viewers, "maintenanceChanged", {}, namespace=PAGE)
