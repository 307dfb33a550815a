"""To what keys and tokens can be limited (see `core.scopes.Limits`)."""

from __future__ import annotations

from kuma_lite.core.access import Actor, Reach
from kuma_lite.core.errors import UserError
from kuma_lite.core.resources import Resources
from kuma_lite.core.scopes import TAG, Limit
from kuma_lite.monitors.engine.reach import MonitorReach
from kuma_lite.monitors.engine.roster import Roster


class MonitorLimits:
    """The tags and groups of monitors."""

    def __init__(self, resources: Resources, roster: Roster) -> None:
        self._resources = resources
        self._roster = roster

    def reach(self, limit: Limit) -> Reach:
        """The monitors within."""
        return MonitorReach(self._roster, limit)

    async def exists(self, actor: Actor, limit: Limit) -> bool:
        """Whether there is such a tag or group that the actor may see."""
        try:
            thing = await self._resources["tag" if limit.kind == TAG else "monitor"].get(actor, limit.id)
        except UserError:
            return False
        return limit.kind == TAG or thing.type == "group"
