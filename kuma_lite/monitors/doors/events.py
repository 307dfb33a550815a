"""The Socket.IO events about monitors and beats (Uptime Kuma 2.5, socket reference §4.2)."""

from __future__ import annotations

import math
from typing import Any

from kuma_lite.core import wire_values
from kuma_lite.core.access import Right, may
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.doors import Answer, Caller, Doors, Event, Push, Then, actor_of, this_one
from kuma_lite.core.errors import UserError
from kuma_lite.core.written_json import WrittenJson
from kuma_lite.monitors.doors.pushes import MonitorPushes, listed_heartbeat
from kuma_lite.monitors.service import NOT_THERE, Monitors

HOUR_S = 3600


class MonitorEvents:
    """What clients may ask of monitors."""

    def __init__(self, monitors: Monitors, pushes: MonitorPushes, push: Push, clock: Clock) -> None:
        self._monitors = monitors
        self._pushes = pushes
        self._push = push
        self._clock = clock

    def doors(self) -> Doors:
        """Every event of this feature."""
        return Doors(
            events=[
                Event("add", self.add, 1, needs=Right.MONITORS_EDIT),
                Event("editMonitor", self.edit, 1, needs=Right.MONITORS_EDIT),
                Event("getMonitorList", self.get_list, needs=Right.MONITORS_VIEW),
                Event("getMonitor", self.get, 1, needs=Right.MONITORS_VIEW),
                Event("pauseMonitor", self.pause, 1, needs=Right.MONITORS_EDIT),
                Event("resumeMonitor", self.resume, 1, needs=Right.MONITORS_EDIT),
                Event("deleteMonitor", self.delete, 2, optional=1, needs=Right.MONITORS_EDIT),
                Event("getMonitorBeats", self.beats, 2, needs=Right.MONITORS_VIEW),
                Event("getMonitorChartData", self.chart, 2, needs=Right.MONITORS_VIEW),
                Event(
                    "monitorImportantHeartbeatListCount", self.important_count, 1, needs=Right.MONITORS_VIEW
                ),
                Event(
                    "monitorImportantHeartbeatListPaged", self.important_page, 3, needs=Right.MONITORS_VIEW
                ),
                Event("clearEvents", self.clear_events, 1, needs=Right.MONITORS_EDIT),
                Event("clearHeartbeats", self.clear_beats, 1, needs=Right.MONITORS_EDIT),
                Event("clearStatistics", self.clear_statistics, needs=Right.MONITORS_EDIT),
            ]
        )

    async def add(self, caller: Caller, payload: Any) -> Answer:
        """A new monitor; its entry is pushed before the answer."""
        actor = actor_of(caller)
        monitor = await self._monitors.add(actor, payload)
        await self._pushes.push_monitor(actor.organisation, monitor.id)
        return {"ok": True, "msg": "successAdded", "msgi18n": True, "monitorID": monitor.id}

    async def edit(self, caller: Caller, payload: Any) -> Answer:
        """Changes to a monitor."""
        actor = actor_of(caller)
        monitor = await self._monitors.edit(actor, payload)
        await self._pushes.push_monitor(actor.organisation, monitor.id)
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "monitorID": monitor.id}

    async def get_list(self, caller: Caller) -> Answer:
        """Push the whole list."""
        await self._pushes.push_list(this_one(caller, Right.MONITORS_VIEW))
        return {"ok": True}

    async def get(self, caller: Caller, monitor_id: Any) -> Answer:
        """One monitor."""
        actor = actor_of(caller)
        monitor = self._monitors.get(actor, Right.MONITORS_VIEW, monitor_id, refusal=NOT_THERE)
        sensitive = may(actor, Right.MONITORS_EDIT, monitor)
        wire = self._monitors.wire(monitor, sensitive=sensitive, name_preloaded=False)
        return {"ok": True, "monitor": wire}

    async def pause(self, caller: Caller, monitor_id: Any) -> Answer:
        """Switch off."""
        actor = actor_of(caller)
        monitor = await self._monitors.pause(actor, monitor_id)
        await self._pushes.push_monitor(actor.organisation, monitor.id)
        return {"ok": True, "msg": "successPaused", "msgi18n": True}

    async def resume(self, caller: Caller, monitor_id: Any) -> Answer:
        """Switch on."""
        actor = actor_of(caller)
        monitor = await self._monitors.resume(actor, monitor_id)
        await self._pushes.push_monitor(actor.organisation, monitor.id)
        return {"ok": True, "msg": "successResumed", "msgi18n": True}

    async def delete(self, caller: Caller, monitor_id: Any, with_children: Any = False) -> Answer:
        """Remove; kept children are pushed before the answer, removals after it."""
        actor = actor_of(caller)
        monitor = self._monitors.find(monitor_id)
        children = self._monitors.roster.children(monitor.id) if monitor else []
        remove_children = with_children is True
        await self._monitors.delete(actor, monitor_id, with_children=remove_children)
        direct = [child.id for child in children]
        if not remove_children:
            for child in direct:
                await self._pushes.push_monitor(actor.organisation, child)
            direct = []

        async def after() -> None:
            for child in direct:
                await self._pushes.push_removed(actor.organisation, child)
            await self._pushes.push_removed(actor.organisation, monitor_id)

        return Then({"ok": True, "msg": "successDeleted", "msgi18n": True}, after)

    async def beats(self, caller: Caller, monitor_id: Any, period: Any) -> Answer:
        """Raw beats of the last `period` hours, oldest first."""
        hours = period_of(period)
        monitor = self._mine(caller, monitor_id)
        if monitor is None or math.isnan(hours):
            return {"ok": True, "data": []}
        since = to_ms(self._clock.now() - hours * HOUR_S)
        return WrittenJson(['{"ok":true,"data":', *await self._store.rows_json_since(monitor, since), "}"])

    async def chart(self, caller: Caller, monitor_id: Any, period: Any) -> Answer:
        """Statistics by minute, hour or day, newest first."""
        hours = period_of(period)
        if monitor_id is None:
            raise UserError("Monitor ID is required")
        if math.isnan(hours):
            return {"ok": True, "data": []}
        monitor = self._mine(caller, monitor_id)
        return {"ok": True, "data": await self._store.chart(monitor or 0, hours, self._clock.now())}

    async def important_count(self, caller: Caller, monitor_id: Any) -> Answer:
        """How many changes of state there are to page through."""
        wanted = self._mine_or_all(caller, monitor_id)
        count = await self._store.important_count(wanted) if wanted != [] else 0
        return {"ok": True, "count": count}

    async def important_page(self, caller: Caller, monitor_id: Any, offset: Any, count: Any) -> Answer:
        """Changes of state, newest first."""
        wanted = self._mine_or_all(caller, monitor_id)
        first, number = whole(offset), whole(count)
        if wanted == []:
            return {"ok": True, "data": []}
        beats = await self._store.important_page(wanted, max(0, first), number if number >= 0 else -1)
        return {"ok": True, "data": [listed_heartbeat(beat) for beat in beats]}

    async def clear_events(self, caller: Caller, monitor_id: Any) -> Answer:
        """Forget the texts and the changes of state of one monitor."""
        monitor = self._mine(caller, monitor_id)
        if monitor is not None:
            await self._store.clear_events(monitor)
            self._monitors.recorder.clear_events(monitor)
        return {"ok": True}

    async def clear_beats(self, caller: Caller, monitor_id: Any) -> Answer:
        """Forget all beats of one monitor."""
        actor = actor_of(caller)
        await self._monitors.clear_beats(actor, monitor_id)
        everybody = actor.everybody(Right.MONITORS_VIEW)
        await self._push.to_audience(everybody, "heartbeatList", monitor_id, [], True)
        return {"ok": True}

    async def clear_statistics(self, caller: Caller) -> Answer:
        """Forget all beats of all monitors of the caller."""
        await self._monitors.clear_statistics(actor_of(caller))
        return {"ok": True}

    @property
    def _store(self) -> Any:
        return self._monitors.store

    def _mine(self, caller: Caller, monitor_id: Any) -> int | None:
        """The id, if such a monitor exists and is the caller's."""
        monitor = self._monitors.find(monitor_id)
        mine = monitor is not None and may(actor_of(caller), Right.MONITORS_VIEW, monitor)
        return monitor.id if monitor is not None and mine else None

    def _mine_or_all(self, caller: Caller, monitor_id: Any) -> list[int] | None:
        """The ids to look at: None for all there are, [] for none."""
        if monitor_id is None:
            return self._monitors.ids_of(actor_of(caller).organisation)
        monitor = self._mine(caller, monitor_id)
        return [monitor] if monitor is not None else []


def period_of(period: Any) -> float:
    """Hours as a client sends them; NaN for what is no number. Raises UserError for none at all."""
    if period is None:
        raise UserError("Invalid period.")
    try:
        hours = float(period)
    except (TypeError, ValueError):
        return math.nan
    return hours if math.isfinite(hours) else math.nan


def whole(value: Any) -> int:
    """A number as a client sends it, cut to what a database counts to. Raises UserError."""
    found = wire_values.number(value)
    if found is None:
        raise UserError("A whole number is expected.")
    return int(max(-wire_values.MAX_ID, min(wire_values.MAX_ID, found)))
