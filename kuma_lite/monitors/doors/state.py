"""How a monitor is doing, as the API tells it beside its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.beats.recorder import Recorder
from kuma_lite.core.declarations import Status
from kuma_lite.core.iso_time import iso
from kuma_lite.monitors.engine.roster import Monitor, Roster

WORDS: Final = {
    Status.DOWN: "down",
    Status.UP: "up",
    Status.PENDING: "pending",
    Status.MAINTENANCE: "maintenance",
}
PAUSED: Final = "paused"
EXAMPLE: Final = {"status": "up", "checked_at": "2024-01-20T14:22:00Z", "message": "200 - OK", "ping": 41.2}


class MonitorStates:
    """Reads what is in memory."""

    def __init__(self, roster: Roster, recorder: Recorder) -> None:
        self._roster = roster
        self._recorder = recorder

    def of(self, monitor: Monitor) -> Mapping[str, Any]:
        """Status in words, last check, text and response time; null before the first check."""
        beat = self._recorder.last(monitor.id)
        active = self._roster.is_active(monitor)
        return {
            "status": PAUSED if not active else WORDS[Status(beat.status)] if beat else None,
            "checked_at": iso(beat.time) if beat else None,
            "message": beat.msg if beat else None,
            "ping": beat.ping if beat else None,
        }
