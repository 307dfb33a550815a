"""`maintenanceList`, to those who are to know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import COMPATIBLE, PAGE, Push
from kuma_lite.maintenance.plans import Entry, Plans
from kuma_lite.maintenance.wire import Document, listed


class MaintenancePushes:
    """The list of plans, pushed whole as Uptime Kuma 2.5 does."""

    def __init__(self, plans: Plans, push: Push, clock: Clock) -> None:
        self._plans = plans
        self._push = push
        self._clock = clock

    def wire(self, entries: Iterable[Entry]) -> list[Document]:
        """Plans as clients see them now."""
        now = self._clock.now()
        return [listed(entry.plan, now, self._plans.zone) for entry in entries]

    async def push_list(self, user_id: int, namespace: str = COMPATIBLE) -> None:
        """To every connection of a user."""
        if not self._push.has_listeners(user_id, namespace):
            return
        by_id: dict[str, Any] = {str(item["id"]): item for item in self.wire(self._plans.of(user_id))}
        await self._push.to_user(user_id, "maintenanceList", by_id, namespace=namespace)

    async def push_change(self, user_id: int) -> None:
        """To compatible clients and to our own page."""
        await self.push_list(user_id)
        await self.push_list(user_id, PAGE)
