"""A monitor, its beats and the messages about it, as receivers of Uptime Kuma 2.5 get them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kuma_lite.core.declarations import Message, Status

MONITOR: dict[str, Any] = {
    "id": 7,
    "name": "service",
    "type": "http",
    "url": "http://127.0.0.1:1/flip/n",
    "hostname": None,
    "port": None,
    "tags": [
        {"tag_id": 1, "monitor_id": 7, "value": "v", "name": "t", "color": "#111111"},
        {"tag_id": 2, "monitor_id": 7, "value": "", "name": "bare", "color": "#111111"},
    ],
}
DOWN_BEAT: dict[str, Any] = {
    "monitorID": 7,
    "status": 0,
    "time": "2026-11-22 01:42:03.926",
    "msg": "Request failed with status code 503",
    "important": True,
    "retries": 1,
    "timezone": "Europe/Berlin",
    "timezoneOffset": "+01:00",
    "localDateTime": "2026-11-22 02:42:03",
}
UP_BEAT: dict[str, Any] = {
    **DOWN_BEAT,
    "status": 1,
    "time": "2026-11-22 02:46:13.100",
    "localDateTime": "2026-11-22 03:46:13",
    "msg": "200 - OK",
    "ping": 4,
    "retries": 0,
    "lastDownTime": "2026-11-22 01:42:03.926",
}
DOWN = Message("[service] [🔴 Down] Request failed with status code 503", MONITOR, DOWN_BEAT)
UP = Message("[service] [✅ Up] 200 - OK", MONITOR, UP_BEAT)
TEST = Message("My Alert Testing")
EXPIRY = Message("[service][http://x/] server certificate x will expire in 7 days")


@dataclass(frozen=True)
class Beat:
    """The facts of a beat that a message is made of."""

    monitor_id: int = 7
    status: Status = Status.DOWN
    time: int = 1_795_311_723_926
    msg: str = "bad"
    ping: float | None = None
    important: bool = True
    duration: int = 0
    retries: int = 1
