"""What a beat is."""

from __future__ import annotations

from typing import Any, NamedTuple

from kuma_lite.core.clock import wire_time
from kuma_lite.core.declarations import Status


class NewBeat(NamedTuple):
    """A beat that is about to be recorded: the fields of `Beat`, but its number."""

    monitor_id: int
    time: int
    end_time: int
    status: Status
    msg: str
    ping: float | None
    important: bool
    duration: int
    retries: int
    down_count: int
    response: str | None = None


class Beat(NamedTuple):
    """One recorded look at a monitor.

    Times are milliseconds since 1970 UTC. `id` grows with the order of recording over all monitors.
    """

    id: int
    monitor_id: int
    time: int  # when the check began
    end_time: int  # when it was judged
    status: Status
    msg: str
    ping: float | None  # milliseconds
    important: bool  # a change of state worth an entry in the list of events
    duration: int  # whole seconds since the previous beat; pushed monitors only, else 0
    retries: int  # failures in a row so far
    down_count: int  # DOWN beats since the last notification, for repeating it
    response: str | None = None  # kept body: base64 of brotli or deflate, as stored

    def as_row(self) -> dict[str, Any]:
        """The raw row of `heartbeatList` and `getMonitorBeats` (Uptime Kuma 2.5 column names, 0/1)."""
        return {
            "id": self.id,
            "important": int(self.important),
            "monitor_id": self.monitor_id,
            "status": int(self.status),
            "msg": self.msg,
            "time": wire_time(self.time),
            "ping": wire_number(self.ping),
            "duration": self.duration,
            "down_count": self.down_count,
            "end_time": wire_time(self.end_time),
            "retries": self.retries,
            "response": self.response,
        }


def wire_number(value: float | None) -> float | None:
    """A number as JavaScript would write it: whole ones without `.0` (typed clients decode integers)."""
    if value is not None and value == int(value):
        return int(value)
    return value
