"""The monitors that carry a tag, or stand in a group: to what a key or token may be limited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from kuma_lite.core.access import Owned
from kuma_lite.core.scopes import TAG, Limit
from kuma_lite.core.wire_values import whole
from kuma_lite.monitors.engine.roster import Monitor, Roster


class MonitorReach(Struct, frozen=True):
    """The monitors within a limit, as they are at each moment; a group is within itself."""

    roster: Roster
    limit: Limit

    def holds(self, thing: Owned) -> bool:
        """Whether it is a monitor within."""
        if not isinstance(thing, Monitor):
            return False
        if self.limit.kind == TAG:
            return any(tag.tag_id == self.limit.id for tag in thing.tags)
        return thing.id == self.limit.id or self._is_below(thing)

    def takes(self, document: Mapping[str, Any]) -> bool:
        """Whether a monitor with this document is."""
        if self.limit.kind == TAG:
            tags = document.get("tags")
            return isinstance(tags, list) and any(
                isinstance(tag, Mapping) and whole(tag.get("tag")) == self.limit.id for tag in tags
            )
        parent = self.roster.get(whole(document.get("parent")) or 0)
        return parent is not None and self.holds(parent)

    def _is_below(self, monitor: Monitor) -> bool:
        return any(group.id == self.limit.id for group in self.roster.ancestors(monitor))
