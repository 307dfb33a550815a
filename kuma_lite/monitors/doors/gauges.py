"""What can be measured at a monitor right now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kuma_lite.beats.minutes import Totals
from kuma_lite.beats.model import Beat
from kuma_lite.beats.recorder import Recorder
from kuma_lite.core.clock import Clock
from kuma_lite.monitors.certificates import Certificates
from kuma_lite.monitors.engine.roster import Monitor, Roster

WINDOWS: Final = (("1d", "24"), ("30d", "720"), ("365d", "1y"))  # name outside, name of the statistics


class Reading(NamedTuple):
    """One monitor that has beaten and is looked at."""

    id: int
    name: str
    type: str
    url: str | None
    hostname: str | None
    port: int | None
    tags: Sequence[tuple[str, str | None]]  # name, value
    status: int
    ping: float | None  # milliseconds, of the latest beat
    # Window, share of beats that were up (0..1), average response time (milliseconds, 0 of none); none for
    # monitors that only receive beats.
    windows: Sequence[tuple[str, float, float]]
    certificate: tuple[bool, int] | None  # valid, days remaining


class Readings:
    """Reads all monitors, one after the other, as the caller asks for them."""

    def __init__(self, roster: Roster, recorder: Recorder, certificates: Certificates, clock: Clock) -> None:
        self._roster = roster
        self._recorder = recorder
        self._certificates = certificates
        self._clock = clock

    async def prepare(self) -> None:
        """To be awaited before `all`: certificates of earlier runs are read once."""
        await self._certificates.warm()

    def all(self) -> Iterator[Reading]:
        """Monitors that are switched on and have beaten, oldest first; they may change between two."""
        now = self._clock.now()
        for monitor_id in sorted(monitor.id for monitor in self._roster):
            monitor = self._roster.get(monitor_id)
            beat = self._recorder.last(monitor_id)
            if monitor is not None and beat is not None and self._roster.is_active(monitor):
                yield self._read(monitor, beat, now)

    def _read(self, monitor: Monitor, beat: Beat, now: float) -> Reading:
        statistics = self._recorder.statistics(monitor.id)
        pushed = monitor.kind is not None and monitor.kind.pushed
        return Reading(
            id=monitor.id,
            name=monitor.name,
            type=monitor.type,
            url=monitor.get("url"),
            hostname=monitor.get("hostname"),
            port=monitor.get("port"),
            tags=[(tag.name, tag.value) for tag in monitor.tags],
            status=int(beat.status),
            ping=beat.ping,
            windows=() if pushed else [_window(name, statistics.totals(key, now)) for name, key in WINDOWS],
            certificate=_certificate(self._certificates.wire(monitor.id, now)),
        )


def _window(name: str, totals: Totals) -> tuple[str, float, float]:
    counted = totals.up + totals.down
    return (
        name,
        totals.up / counted if counted else 0.0,
        totals.ping_sum / totals.pings if totals.pings else 0.0,
    )


def _certificate(info: Mapping[str, Any] | None) -> tuple[bool, int] | None:
    """The two figures of a `certInfo` document; None where the days are unknown."""
    leaf = info.get("certInfo") if info else None
    days = leaf.get("daysRemaining") if isinstance(leaf, Mapping) else None
    if info is None or not isinstance(days, int):
        return None
    return bool(info.get("valid")), days
