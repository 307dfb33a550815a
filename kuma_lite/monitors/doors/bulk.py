"""One change to many monitors, asked by our own page (namespace `/page`; docs/page-protocol.md)."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.access import Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, Then, actor_of
from kuma_lite.monitors.doors.bulk_changes import BulkChanges
from kuma_lite.monitors.doors.pushes import MonitorPushes


class BulkDoor:
    """`bulkMonitors`."""

    def __init__(self, changes: BulkChanges, pushes: MonitorPushes) -> None:
        self._changes = changes
        self._pushes = pushes

    def doors(self) -> Doors:
        """The one event."""
        event = Event("bulkMonitors", self.change, 2, namespaces=(PAGE,), needs=Right.MONITORS_EDIT)
        return Doors(events=[event], namespace=PAGE)

    async def change(self, caller: Caller, ids: Any, change: Any) -> Answer:
        """All or nothing; compatible clients are told in one push, of removals after the answer."""
        actor = actor_of(caller)
        done = await self._changes.apply(actor, ids, change)
        await self._pushes.push_monitors(actor.organisation, done.changed)
        answer = {"ok": True, "count": len(done.removed or done.changed)}
        return Then(answer, lambda: self._pushes.push_all_removed(actor.organisation, done.removed))
