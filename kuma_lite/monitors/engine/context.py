"""What one check sees of the monitor it runs for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kuma_lite.beats.model import Beat
from kuma_lite.core.declarations import Child, LastBeat
from kuma_lite.monitors.engine.roster import Monitor, Roster


@dataclass(slots=True)
class Context:
    """One run's view (see `declarations.CheckContext`)."""

    monitor_id: int
    name: str
    interval: float
    timeout: float
    upside_down: bool
    now: float
    network: Any
    roster: Roster
    last: Callable[[int], Beat | None]

    @classmethod
    def of(
        cls, monitor: Monitor, now: float, network: Any, roster: Roster, last: Callable[[int], Beat | None]
    ) -> Context:
        """The context of a check that begins at `now` (seconds since 1970)."""
        return cls(
            monitor.id,
            monitor.name,
            monitor.interval,
            monitor.timeout,
            monitor.policy.upside_down,
            now,
            network,
            roster,
            last,
        )

    def children(self) -> Sequence[Child]:
        """Direct children, as last recorded."""
        return [
            Child(child.id, child.name, child.active, child.previous.status if child.previous else None)
            for child in self.roster.children(self.monitor_id)
        ]

    def last_beat(self) -> LastBeat | None:
        """The latest recorded beat."""
        beat = self.last(self.monitor_id)
        return LastBeat(beat.status, beat.time / 1000) if beat else None
