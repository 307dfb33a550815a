"""The busiest containers, asked from Docker's own socket where there is one."""

from __future__ import annotations

import http.client
import json
import os
import socket
from typing import Any, Final

SOCKET: Final = "/var/run/docker.sock"
TIMEOUT_S: Final = 3.0  # of one answer; a hanging Docker must not keep the host's samples back
MAX_CONTAINERS: Final = 20  # asked for their figures
SHOWN: Final = 10
MAX_ANSWER_BYTES: Final = 4_000_000


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("docker", timeout=TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT_S)
        self.sock.connect(self._path)


class Containers:
    """Asks, and remembers what processor time is compared with."""

    def __init__(self, path: str = SOCKET) -> None:
        self._path = path
        self._before: dict[str, tuple[float, float]] = {}  # id → own and system's nanoseconds

    def busiest(self) -> list[dict[str, Any]] | None:
        """What each is, percent of one core and bytes of memory; None where there is no Docker."""
        if not self._path or not os.path.exists(self._path):
            return None
        try:
            listed = self._ask("/containers/json")
            rows = [self._row(item) for item in listed[:MAX_CONTAINERS]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, http.client.HTTPException):
            return None
        still = {item["Id"] for item in listed}
        self._before = {key: value for key, value in self._before.items() if key in still}
        return sorted(rows, key=lambda row: (row["cpu"], row["memory"]), reverse=True)[:SHOWN]

    def _row(self, item: dict[str, Any]) -> dict[str, Any]:
        key = item["Id"]
        figures = self._ask(f"/containers/{key}/stats?stream=false&one-shot=true")
        cpu = figures.get("cpu_stats") or {}
        now = ((cpu.get("cpu_usage") or {}).get("total_usage") or 0, cpu.get("system_cpu_usage") or 0)
        before = self._before.get(key)
        self._before[key] = now
        return {
            "name": str((item.get("Names") or [key[:12]])[0]).lstrip("/"),
            "image": str(item.get("Image") or ""),
            "status": str(item.get("Status") or ""),
            "cpu": percent(before, now, cpu.get("online_cpus") or _cores(cpu)),
            "memory": memory_in_use(figures.get("memory_stats") or {}),
        }

    def _ask(self, path: str) -> Any:
        connection = _Connection(self._path)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read(MAX_ANSWER_BYTES)
            if answer.status != 200:
                raise ValueError(f"Docker answers {answer.status}")
            return json.loads(body)
        finally:
            connection.close()


def _cores(cpu: dict[str, Any]) -> int:
    """As an old Docker tells it."""
    return len((cpu.get("cpu_usage") or {}).get("percpu_usage") or [0])


def memory_in_use(memory: dict[str, Any]) -> int:
    """Bytes without the cache of files that can be given back, as Docker's own command counts them.

    The first version of control groups tells that of the group alone (`inactive_file`) and of all within it.
    """
    stats = memory.get("stats") or {}
    usage = memory.get("usage") or 0
    cache = stats.get("total_inactive_file", stats.get("inactive_file")) or 0
    return int(usage - cache if cache < usage else usage)


def percent(before: tuple[float, float] | None, now: tuple[float, float], cores: int) -> float:
    """Processor time between two readings in percent of one core; 0 for a first or a restarted one."""
    if before is None or now[0] < before[0] or now[1] <= before[1]:
        return 0.0
    return round((now[0] - before[0]) / (now[1] - before[1]) * cores * 100, 1)
