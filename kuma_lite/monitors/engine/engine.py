"""The way of a beat in one process: `checking` hands its outcomes to `concluding`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.declarations import Certificate, Child, LastBeat, Silence
from kuma_lite.monitors.engine.checking import Checker, is_checkable
from kuma_lite.monitors.engine.concluding import Announcer, Concluder, Recorder
from kuma_lite.monitors.engine.outcome import Outcome
from kuma_lite.monitors.engine.own_fault import OwnFault
from kuma_lite.monitors.engine.roster import Monitor, Roster
from kuma_lite.monitors.engine.trouble import counted_silence

if TYPE_CHECKING:
    from kuma_lite.core.targets import Network

AT_ONCE: Final = 500  # monitors that are begun with in one turn of the loop: some 20 ms


class Engine:
    """Checks every active monitor in its time, and makes beats of what it finds."""

    def __init__(
        self,
        *,
        clock: Clock,
        bus: Bus,
        roster: Roster,
        recorder: Recorder,
        announcer: Announcer,
        network: Network,
        fault: OwnFault,
        in_maintenance: Callable[[int], bool],
        keep_certificate: Callable[[Monitor, Certificate], None],
        keep_last_result: Callable[[Monitor, str, str | list[str]], None],
    ) -> None:
        self.roster = roster
        self.recorder = recorder
        self._clock = clock
        self._resuming: asyncio.Task[None] | None = None  # held, or it could vanish
        self.concluder = Concluder(
            clock=clock,
            bus=bus,
            roster=roster,
            recorder=recorder,
            announcer=announcer,
            in_maintenance=in_maintenance,
            keep_certificate=keep_certificate,
            keep_last_result=keep_last_result,
        )
        self.checker = Checker(
            clock=clock,
            network=network,
            fault=fault,
            find=roster.get,
            in_maintenance=in_maintenance,
            conclude=self.concluder.conclude,
            view=_View(roster, recorder, fault, clock),
        )

    def start(self) -> None:
        """Begin with all monitors that are switched on, spread over their intervals."""
        monitors = list(self.roster)
        self._resume(monitors[:AT_ONCE])
        if len(monitors) > AT_ONCE:
            self._resuming = asyncio.create_task(self._resume_more(monitors[AT_ONCE:]), name="first looks")
        self.checker.start()

    async def _resume_more(self, monitors: Sequence[Monitor]) -> None:
        """The others, while the first ones are checked and clients get their answers."""
        for first in range(0, len(monitors), AT_ONCE):
            await asyncio.sleep(0)
            self._resume(monitors[first : first + AT_ONCE])

    def _resume(self, monitors: Sequence[Monitor]) -> None:
        wall, now = to_ms(self._clock.now()), self._clock.monotonic()
        for monitor in monitors:
            # It may have been edited or removed since, and be watched already.
            if self.roster.get(monitor.id) is not monitor or self.checker.is_watched(monitor.id):
                continue
            if self.roster.is_active(monitor):
                monitor.heard_at = now
                last = self.recorder.last(monitor.id)
                self.checker.resume(monitor, (wall - last.time) / 1000 if last else None)

    async def stop(self) -> None:
        """Take no new checks, end the running ones without recording them."""
        if self._resuming is not None:
            self._resuming.cancel()
        await self.checker.stop()

    def watch(self, monitor: Monitor) -> None:
        """A monitor was added, edited or switched on: check it at once (pushed ones after an interval)."""
        monitor.heard_at = self._clock.monotonic()
        self.checker.watch(monitor)

    def keep_time(self, monitor: Monitor, age: float | None) -> None:
        """A watched monitor has another interval: check it when that says; `age`: see `first_due`."""
        if not self.checker.is_running(monitor.id):  # which looks at the interval when it ends
            self.checker.resume(monitor, age)

    def leave(self, monitor_id: int) -> None:
        """Do not check a monitor any more; a check under way is ended and not recorded."""
        self.checker.leave(monitor_id)

    def is_watched(self, monitor_id: int) -> bool:
        """Whether a monitor is checked now or will be."""
        return self.checker.is_watched(monitor_id)

    async def pushed(self, outcome: Outcome) -> None:
        """A client has pushed a beat; returns when it is on disk."""
        await self.concluder.pushed(outcome)

    def forget(self, monitor_id: int) -> None:
        """A monitor that was left is gone for good."""
        self.concluder.forget(monitor_id)


class _View:
    """What checks may see of other monitors and of beats (see `context.ServerView`)."""

    def __init__(self, roster: Roster, recorder: Recorder, fault: OwnFault, clock: Clock) -> None:
        self._roster = roster
        self._recorder = recorder
        self._fault = fault
        self._clock = clock

    def children(self, monitor_id: int) -> Sequence[Child]:
        """Direct children, as last recorded."""
        return [
            Child(child.id, child.name, child.active, child.previous.status if child.previous else None)
            for child in self._roster.children(monitor_id)
            if is_checkable(child)
        ]

    def last_beat(self, monitor_id: int) -> LastBeat | None:
        """The latest recorded beat."""
        beat = self._recorder.last(monitor_id)
        return LastBeat(beat.status, beat.time / 1000) if beat else None

    def silence(self, monitor_id: int) -> Silence:
        """Since the latest pushed beat; both by a clock that nobody sets."""
        now = self._clock.monotonic()
        monitor = self._roster.get(monitor_id)
        heard = monitor.heard_at if monitor is not None and monitor.heard_at is not None else now
        return Silence(now - heard, counted_silence(self._fault.deaf_within(heard), heard, now))
