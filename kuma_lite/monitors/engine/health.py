"""How the engine is doing, in numbers: for `/readyz`, the benchmark, and whoever watches the watcher."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from kuma_lite.core.database import Database
from kuma_lite.monitors.engine.checking import Checker
from kuma_lite.monitors.engine.roster import Roster

LATE_S: Final = 5.0  # a scheduler this late cannot be believed to watch anything


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0..1) of the values lie; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Figures:
    """Counts and percentiles since the start."""

    def __init__(self, checker: Checker, roster: Roster, database: Database) -> None:
        self._checker = checker
        self._roster = roster
        self._database = database

    def now(self) -> dict[str, Any]:
        """All figures; milliseconds where not said otherwise."""
        lateness = list(self._checker.scheduler.lateness)
        stats = self._database.stats
        return {
            "monitors": len(self._roster),
            "scheduled": len(self._checker.scheduler),
            "running": self._checker.running,
            "looks": self._checker.looks,
            "bugs": self._checker.bugs,
            "disbelieved": self._checker.fault.count,
            "latestOwnTrouble": self._checker.fault.latest,
            "latenessP50": percentile(lateness, 0.5) * 1000,
            "latenessP99": percentile(lateness, 0.99) * 1000,
            "latenessMost": max(lateness, default=0.0) * 1000,
            "commits": stats.commits,
            "rowsChanged": stats.changes,
            "longestCommit": stats.longest_commit_s * 1000,
        }

    def forget_lateness(self) -> None:
        """Reset the percentiles."""
        self._checker.scheduler.lateness.clear()

    def storage_problem(self) -> str | None:
        """What is wrong with the database, for `/readyz`."""
        if self._database.trouble is not None:
            return self._database.trouble
        return "The disk does not answer." if self._database.stalled else None

    def late_by(self) -> float | None:
        """By how many seconds checks are late; None while they are made in time."""
        recent = list(self._checker.scheduler.lateness)[-20:]
        return min(recent) if recent and min(recent) > LATE_S else None

    def scheduler_problem(self) -> str | None:
        """Whether checks are made in time, for `/readyz`."""
        late = self.late_by()
        return None if late is None else f"Checks are {late:.0f} s late: this machine is overloaded."

    def network_problem(self) -> str | None:
        """Why failures are not believed at the moment, for `/readyz`."""
        return self._checker.fault.current()
