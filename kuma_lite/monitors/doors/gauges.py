"""What can be measured at a monitor right now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from kuma_lite.beats.minutes import Totals
from kuma_lite.beats.recorder import Recorder
from kuma_lite.core.clock import Clock
from kuma_lite.core.declarations import CertificateFigures
from kuma_lite.monitors.certificates import Certificates
from kuma_lite.monitors.engine.roster import Monitor, Roster

WINDOWS: Final = (("1d", "24"), ("30d", "720"), ("365d", "1y"))  # name outside, name of the statistics


class Names(Struct, frozen=True):
    """What a monitor is called."""

    id: int
    name: str
    type: str
    url: str | None
    hostname: str | None
    port: int | None
    tags: Sequence[tuple[str, str | None]]  # name, value


class Figures(Struct, frozen=True):
    """How a monitor is doing."""

    status: int
    ping: float | None  # milliseconds, of the latest beat
    # Share of beats that were up (0..1), average response time (milliseconds, 0 of none), for each of
    # `Readings.windows`; none for monitors that only receive beats.
    windows: Sequence[tuple[float, float]]
    certificate: tuple[bool, int] | None  # valid, days remaining


class Glance(Struct, frozen=True):
    """A monitor that has beaten and is looked at, at one moment: another object when its figures changed.

    Attributes:
        monitor: itself.
        named_by: what its names are made of; another object when they changed.
        beat: id of its newest beat.
        known, certificate: what is known of that, and its figures.
        since, until: when its figures are these, if it does not beat; seconds since 1970.
    """

    monitor: Monitor
    named_by: tuple[object, object]
    beat: int
    known: object
    certificate: CertificateFigures | None
    since: float
    until: float

    @property
    def id(self) -> int:
        """That of the monitor."""
        return self.monitor.id


class Readings:
    """Reads all monitors, one after the other, as the caller asks for them."""

    windows: Final = tuple(name for name, _ in WINDOWS)

    def __init__(self, roster: Roster, recorder: Recorder, certificates: Certificates, clock: Clock) -> None:
        self._roster = roster
        self._recorder = recorder
        self._certificates = certificates
        self._clock = clock
        self._glances: dict[int, Glance] = {}

    async def prepare(self) -> None:
        """To be awaited before `all`: certificates of earlier runs are read once."""
        await self._certificates.warm()

    def all(self) -> Iterator[Glance]:
        """Monitors that are switched on and have beaten, oldest first; they may change between two.

        What is the same as the last time is the same object.
        """
        now = self._clock.now()
        before, glances = self._glances, dict[int, Glance]()
        roster, newest_id, known = self._roster, self._recorder.newest_id, self._certificates.known
        for monitor_id in sorted([monitor.id for monitor in roster]):
            monitor, beat = roster.get(monitor_id), newest_id(monitor_id)
            if monitor is None or beat is None or not roster.is_active(monitor):
                continue
            glance = before.get(monitor_id)
            if (
                glance is None
                or glance.beat != beat
                or glance.monitor is not monitor
                or glance.named_by[0] is not monitor.document
                or glance.named_by[1] is not monitor.tags
                or glance.known is not known(monitor_id)
                or not glance.since <= now < glance.until
            ):
                glance = self._glance(monitor, beat, glance, now)
            glances[monitor_id] = glance
            yield glance
        self._glances = glances

    def names(self, glance: Glance) -> Names:
        """What the monitor is called."""
        monitor = glance.monitor
        return Names(
            monitor.id,
            monitor.name,
            monitor.type,
            monitor.get("url"),
            monitor.get("hostname"),
            monitor.get("port"),
            [(tag.name, tag.value) for tag in monitor.tags],
        )

    def figures(self, glance: Glance) -> Figures:
        """How it is doing; to be asked before the next glance."""
        monitor = glance.monitor
        state = self._recorder.newest_state(monitor.id)
        assert state is not None
        shape, ping = state
        statistics = self._recorder.statistics(monitor.id)
        pushed = monitor.kind is not None and monitor.kind.pushed
        certificate = glance.certificate
        return Figures(
            int(shape.status),
            ping,
            () if pushed else [_window(statistics.totals(key, glance.since)) for _, key in WINDOWS],
            (certificate.valid, certificate.days) if certificate is not None else None,
        )

    def _glance(self, monitor: Monitor, beat: int, before: Glance | None, now: float) -> Glance:
        named_by: Any = before.named_by if before is not None else (None, None)
        if named_by[0] is not monitor.document or named_by[1] is not monitor.tags:
            named_by = (monitor.document, monitor.tags)
        certificate = self._certificates.figures(monitor.id, now)
        until = self._recorder.statistics(monitor.id).steady_until(now)
        return Glance(
            monitor,
            named_by,
            beat,
            self._certificates.known(monitor.id),
            certificate,
            now,
            until if certificate is None else min(until, certificate.until),
        )


def _window(totals: Totals) -> tuple[float, float]:
    return totals.uptime, totals.average_ping or 0.0
