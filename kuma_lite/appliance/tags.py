"""Where tags and monitors meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kuma_lite.core.bus import Bus
from kuma_lite.monitors.doors.pushes import MonitorPushes
from kuma_lite.monitors.engine.roster import Tag
from kuma_lite.monitors.model import MonitorChanged
from kuma_lite.monitors.service import Monitors
from kuma_lite.tags.store import TagOnMonitor


class MonitorTags:
    """What tags need of monitors (see `tags.live.TaggedMonitors`)."""

    def __init__(self, monitors: Monitors, pushes: MonitorPushes, bus: Bus) -> None:
        self._monitors = monitors
        self._pushes = pushes
        self._bus = bus

    def owned_id(self, user_id: int, monitor_id: Any) -> int:
        """The id of a monitor of the user. Raises UserError."""
        return self._monitors.owned(user_id, monitor_id, refusal="The monitor does not exist.").id

    async def tags_changed(self, user_id: int, monitor_id: int, tags: Sequence[TagOnMonitor]) -> None:
        """Take over what a monitor carries; compatible clients are pushed it unless `user_id` is 0."""
        monitor = self._monitors.roster.get(monitor_id)
        if monitor is None:
            return
        monitor.tags = [Tag(*tag) for tag in tags]
        self._bus.publish(MonitorChanged(monitor.id, monitor.owner))
        if user_id:
            await self._pushes.push_monitor(user_id, monitor_id)
