"""Where tags and monitors meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.bus import Bus
from kuma_lite.monitors.doors.pushes import MonitorPushes
from kuma_lite.monitors.engine.roster import Tag
from kuma_lite.monitors.model import MonitorChanged
from kuma_lite.monitors.service import NOT_THERE, Monitors
from kuma_lite.tags.store import TagOnMonitor


class MonitorTags:
    """What tags need of monitors (see `tags.service.TaggedMonitors`)."""

    def __init__(self, monitors: Monitors, pushes: MonitorPushes, bus: Bus) -> None:
        self._monitors = monitors
        self._pushes = pushes
        self._bus = bus

    def editable_id(self, actor: Actor, monitor_id: Any) -> int:
        """The id of a monitor that the actor may edit. Raises UserError."""
        return self._monitors.get(actor, Right.MONITORS_EDIT, monitor_id, refusal=NOT_THERE).id

    async def tags_changed(self, monitor_id: int, tags: Sequence[TagOnMonitor], *, push: bool) -> None:
        """Take over what a monitor carries; `push`: tell compatible clients."""
        monitor = self._monitors.roster.get(monitor_id)
        if monitor is None:
            return
        monitor.tags = [Tag(*tag) for tag in tags]
        self._bus.publish(MonitorChanged(monitor.id, monitor.organisation))
        if push:
            await self._pushes.push_monitor(monitor.organisation, monitor_id)
