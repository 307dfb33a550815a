"""What can be measured at a monitor right now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kuma_lite.beats.model import Beat
from kuma_lite.beats.recorder import Recorder
from kuma_lite.core.clock import Clock
from kuma_lite.monitors.certificates import Certificates
from kuma_lite.monitors.engine.roster import Monitor, Roster

WINDOWS: Final = (("1d", "24"), ("30d", "720"), ("365d", "1y"))  # name outside, name of the statistics


@dataclass(frozen=True, slots=True)
class Reading:
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
    uptime: Mapping[str, float]  # window → share, 0..1; empty for monitors that only receive beats
    average_ping: Mapping[str, float]  # window → milliseconds, 0 of none; the same windows
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
        windows = () if pushed else WINDOWS
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
            uptime={name: statistics.uptime(key, now) for name, key in windows},
            average_ping={name: statistics.average_ping(key, now) or 0.0 for name, key in windows},
            certificate=_certificate(self._certificates.wire(monitor.id, now)),
        )


def _certificate(info: Mapping[str, Any] | None) -> tuple[bool, int] | None:
    """The two figures of a `certInfo` document; None where the days are unknown."""
    leaf = info.get("certInfo") if info else None
    days = leaf.get("daysRemaining") if isinstance(leaf, Mapping) else None
    if info is None or not isinstance(days, int):
        return None
    return bool(info.get("valid")), days
