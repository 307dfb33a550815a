"""Which monitors nobody can say anything about at the moment, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kuma_lite.monitors.engine.checking import Checker
from kuma_lite.monitors.engine.roster import Monitor, Roster

INTERVALS: Final = 3  # without anything that came of a check: then something is wrong, whatever it is
SLACK_S: Final = 60.0  # deadlines of checks, and the spread of the first ones after a start
SILENT: Final = "Nothing has come of its checks for {seconds} s."


LOOKED_AT_ONCE: Final = 1000  # monitors; 1 to 3 ms, every second


class BlindSpots:
    """Looks through all monitors, so many at a time, and at those that were found before."""

    def __init__(self, roster: Roster, checker: Checker, monotonic: Callable[[], float]) -> None:
        self._roster = roster
        self._checker = checker
        self._monotonic = monotonic
        self._found: dict[int, tuple[str, str]] = {}
        self._next: list[int] = []  # whom this round has yet to look at, the next one last

    def __call__(self) -> list[tuple[str, str]]:
        """Name and a sentence for each that is switched on and was to be checked, but nobody could."""
        now = self._monotonic()
        if len(self._roster) <= LOOKED_AT_ONCE or not self._next:
            self._next = [monitor.id for monitor in self._roster][::-1]
        looked_at = self._next[-LOOKED_AT_ONCE:][::-1]
        del self._next[-LOOKED_AT_ONCE:]
        for monitor_id in [*self._found, *looked_at]:
            monitor = self._roster.get(monitor_id)
            why = self._why(monitor, now) if monitor is not None else None
            if monitor is not None and why is not None and self._roster.is_active(monitor):
                self._found[monitor_id] = (monitor.name, why)
            else:
                self._found.pop(monitor_id, None)
        return [self._found[monitor_id] for monitor_id in sorted(self._found)]

    def unchecked(self) -> int:
        """How many that are switched on are not checked at all: types or settings nobody here can read."""
        return sum(
            # What is not read yet will be soon: nobody waits for all of it here.
            monitor.is_read and monitor.unchecked is not None and self._roster.is_active(monitor)
            for monitor in self._roster
        )

    def _why(self, monitor: Monitor, now: float) -> str | None:
        if monitor.disbelief is not None and monitor.disbelief.shown_at is not None:
            return monitor.disbelief.reason
        turned = self._checker.turned.get(monitor.id)
        if turned is not None and now - turned > INTERVALS * monitor.interval + monitor.timeout + SLACK_S:
            return SILENT.format(seconds=round(now - turned))
        return None
