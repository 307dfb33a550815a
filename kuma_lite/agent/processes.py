"""The busiest processes: their names, what they use of the processor, and their memory. No command lines."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core.clock import Clock

SHOWN: Final = 6  # by processor time, and as many by memory
MAX_PROCESSES: Final = 2_000  # looking at one costs 30 µs; beyond this the look is left out

_Key = tuple[int, float]  # number and start: numbers are used again


class Processes:
    """Looks, and remembers what processor time is compared with."""

    def __init__(self, clock: Clock) -> None:
        import psutil

        self._psutil: Any = psutil
        self._clock = clock
        self._before: dict[_Key, float] = {}
        self._looked = clock.monotonic()
        self.busiest()

    def busiest(self) -> list[dict[str, Any]] | None:
        """Name, number, percent of one core and bytes of memory of each; None where that cannot be told."""
        try:
            if len(self._psutil.pids()) > MAX_PROCESSES:
                return None
            found = list(self._psutil.process_iter(["name", "cpu_times", "memory_info", "create_time"]))
        except (OSError, RuntimeError, self._psutil.Error):
            return None
        now = self._clock.monotonic()
        passed, self._looked = now - self._looked, now
        before, self._before = self._before, {}
        rows = [row for process in found if (row := self._row(process, before, passed)) is not None]
        by_cpu = sorted(rows, key=lambda row: row["cpu"], reverse=True)[:SHOWN]
        by_memory = sorted(rows, key=lambda row: row["memory"], reverse=True)[:SHOWN]
        chosen = {row["pid"]: row for row in (*by_cpu, *by_memory) if row["cpu"] or row["memory"]}
        return sorted(chosen.values(), key=lambda row: (row["cpu"], row["memory"]), reverse=True)

    def _row(self, process: Any, before: dict[_Key, float], passed: float) -> dict[str, Any] | None:
        info = process.info
        times, memory = info["cpu_times"], info["memory_info"]
        if times is None or memory is None:  # not for this user
            return None
        key, used = (process.pid, info["create_time"]), times.user + times.system
        self._before[key] = used
        return {
            "name": info["name"] or str(process.pid),
            "pid": process.pid,
            "cpu": share(before.get(key), used, passed),
            "memory": memory.rss,
        }


def share(before: float | None, now: float, passed: float) -> float:
    """Processor time between two looks in percent of one core; 0 for a process that is new.

    Args:
        before: seconds of processor time at the look before; None when it was not there.
        now: the same, now.
        passed: seconds between the looks.
    """
    if before is None or passed <= 0:
        return 0.0
    return round(max(0.0, now - before) / passed * 100, 1)
