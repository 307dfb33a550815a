"""Monitors as the wire of Uptime Kuma 2.5 shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from kuma_lite.monitors.document.fields import Document, shown
from kuma_lite.monitors.document.texts import ACTIVE, shown_text
from kuma_lite.monitors.engine.roster import Monitor, Roster

_encode: Final = msgspec.json.Encoder().encode


class MonitorWires:
    """What is stored of a monitor, and what else the wire tells of it."""

    def __init__(self, roster: Roster, in_maintenance: Callable[[int], bool]) -> None:
        self._roster = roster
        self._in_maintenance = in_maintenance
        # Address of the picture that a monitor has taken; None for one whose type takes none.
        self.screenshot_of: Callable[[Monitor], str | None] = lambda _monitor: None

    def of(self, monitor: Monitor, *, sensitive: bool, name_preloaded: bool = True) -> Document:
        """The monitor object; see `Monitors.wire`."""
        return {
            "id": monitor.id,
            **shown(monitor.document, sensitive=sensitive),
            **self._around(monitor, sensitive, name_preloaded),
        }

    def text(self, monitor: Monitor, *, sensitive: bool) -> bytes:
        """`of` as JSON, at a fourth of the price."""
        around = self._around(monitor, sensitive, name_preloaded=True)
        members = shown_text(monitor.document, active=around.pop(ACTIVE), sensitive=sensitive)
        return b'{"id":%d,%b,%b' % (monitor.id, members, _encode(around)[1:])

    def _around(self, monitor: Monitor, sensitive: bool, name_preloaded: bool) -> Document:
        """What is in no document, or stands there otherwise."""
        around = self._roster.standing(monitor, name_preloaded=name_preloaded)
        around["maintenance"] = self._in_maintenance(monitor.id)
        around["notificationIDList"] = {str(item): True for item in monitor.notification_ids}
        around["tags"] = [tag.as_wire(monitor.id) for tag in monitor.tags]
        around["screenshot"] = self.screenshot_of(monitor)
        around["includeSensitiveData"] = sensitive
        return around
