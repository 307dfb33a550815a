"""The second half of a beat's way: what a check gave is judged → recorded → those who care are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from kuma_lite.beats.model import Beat, NewBeat
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.declarations import Certificate, Status
from kuma_lite.core.limits import MAX_MESSAGE_CHARS
from kuma_lite.monitors.engine.disbelief import CANNOT, Disbelief
from kuma_lite.monitors.engine.disbelief import after as disbelief_after
from kuma_lite.monitors.engine.due import REPEAT_S
from kuma_lite.monitors.engine.judge import Policy, Verdict, is_well_again, judge, wait_after
from kuma_lite.monitors.engine.outcome import Outcome
from kuma_lite.monitors.engine.roster import Monitor, Roster
from kuma_lite.monitors.model import BeatRecorded

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection


# What has failed when the target was not even asked, by the field that names it.
SHARED: Final = {
    "proxyId": "Its proxy cannot be used: {problem}",
    "docker_host": "Its Docker host does not answer: {problem}",
}
SHARED_OTHERWISE: Final = "What it is checked through cannot be used: {problem}"


class Recorder(Protocol):
    """Where beats go (see `beats.recorder`)."""

    def record(self, new: NewBeat) -> Beat:
        """Record an ordinary beat; it is on disk within seconds."""

    async def record_now(
        self,
        new: NewBeat,
        also: Callable[[Connection, Beat], None] | None = None,
        unstored: Callable[[Beat, bool | None], None] | None = None,
    ) -> Beat:
        """Record a beat that will be announced; returns when it is on disk, or `unstored` was called."""

    async def flush(self) -> None:
        """Returns when everything recorded so far is on disk."""

    def last(self, monitor_id: int) -> Beat | None:
        """The latest beat."""


class Announcer(Protocol):
    """Who writes messages into the outbox, in the transaction of the beat."""

    def announce(
        self, monitor: Monitor, *, pushed: bool
    ) -> tuple[Callable[[Connection, Beat], None], Callable[[Beat, bool | None], None]]:
        """What writes the rows, and what tells without them (see `beats.recorder.Unstored`).

        `pushed`: the beat came by request.
        """


class Concluder:
    """Makes beats of outcomes, wherever they come from."""

    def __init__(
        self,
        *,
        clock: Clock,
        bus: Bus,
        roster: Roster,
        recorder: Recorder,
        announcer: Announcer,
        in_maintenance: Callable[[int], bool],
        keep_certificate: Callable[[Monitor, Certificate], None],
        keep_last_result: Callable[[Monitor, str, str | list[str]], None],
    ) -> None:
        self._clock = clock
        self._bus = bus
        self._roster = roster
        self._recorder = recorder
        self._announcer = announcer
        self._in_maintenance = in_maintenance
        self._keep_certificate = keep_certificate
        self._keep_last_result = keep_last_result
        self._locks: dict[int, asyncio.Lock] = {}

    async def conclude(self, outcome: Outcome) -> float:
        """A check has ended; returns the seconds from its beginning to the next one."""
        monitor = self._roster.get(outcome.monitor_id)
        if monitor is None:  # it is gone, and nobody will ask again
            return REPEAT_S
        if outcome.certificate is not None:
            self._keep_certificate(monitor, outcome.certificate)
        if outcome.last_result is not None and monitor.kind is not None:
            field = monitor.kind.keeps
            if monitor.get(field) != outcome.last_result:
                self._keep_last_result(monitor, field, outcome.last_result)
        reason = outcome.own_fault
        if reason is None and outcome.shared and self._roster.others_share(monitor, outcome.shared):
            reason = SHARED.get(outcome.shared, SHARED_OTHERWISE).format(problem=outcome.message)
        if reason is not None:
            return await self._not_believed(monitor, outcome, reason)
        monitor.disbelief = self._cannot(monitor, outcome) if outcome.cannot else None
        monitor.misconfigured = outcome.message.removeprefix(CANNOT) if outcome.cannot else None
        maintenance = outcome.status is Status.MAINTENANCE
        if maintenance:
            monitor.heard_at = self._clock.monotonic()  # who reports gets a full interval afterwards
        lock = self._locks.get(monitor.id)
        if lock is None or not lock.locked():
            if is_well_again(monitor.previous, outcome, monitor.policy):
                self._record_well(monitor, outcome)
                return monitor.interval
            # Mostly nothing has changed, and nobody is waited for: then nobody can come between either.
            verdict = judge(monitor.previous, outcome, monitor.policy, maintenance=maintenance)
            if not verdict.important and not verdict.notify:
                self._record_ordinary(monitor, verdict, outcome.began, pushed=False)
                return wait_after(verdict.status, monitor.interval, monitor.retry_interval)
        async with self._lock(monitor.id):
            verdict = judge(monitor.previous, outcome, monitor.policy, maintenance=maintenance)
            await self._record(monitor, verdict, outcome.began)
        return wait_after(verdict.status, monitor.interval, monitor.retry_interval)

    def _cannot(self, monitor: Monitor, outcome: Outcome) -> Disbelief:
        """Nobody was asked, and that is shown at once: waiting mends no settings."""
        now = self._clock.monotonic()
        since = monitor.disbelief.since if monitor.disbelief else now
        return Disbelief(since, 1, outcome.message.removeprefix(CANNOT), now)

    async def _not_believed(self, monitor: Monitor, outcome: Outcome, reason: str) -> float:
        """A failure of our own: soon again, and a beat that says so when it goes on (see `disbelief`)."""
        now = self._clock.monotonic()
        began = now - max(0.0, self._clock.now() - outcome.began)
        disbelief, shown = disbelief_after(
            monitor.disbelief, reason, min(began, now), now, fault=outcome.fault, interval=monitor.interval
        )
        monitor.disbelief = disbelief
        if shown:
            cannot = Outcome(monitor.id, outcome.began, Status.PENDING, False, disbelief.as_beat())
            async with self._lock(monitor.id):
                await self._record(monitor, judge(monitor.previous, cannot, monitor.policy), outcome.began)
        return min(REPEAT_S, monitor.interval)

    async def pushed(self, outcome: Outcome) -> None:
        """A client has pushed a beat; returns when it is on disk."""
        monitor = self._roster.get(outcome.monitor_id)
        if monitor is None:
            return
        monitor.heard_at, monitor.disbelief = self._clock.monotonic(), None
        policy = monitor.policy
        policy = Policy(policy.max_retries, policy.resend_interval, policy.upside_down, pushed=True)
        async with self._lock(monitor.id):
            maintenance = self._in_maintenance(monitor.id)
            verdict = judge(monitor.previous, outcome, policy, maintenance=maintenance)
            await self._record(monitor, verdict, outcome.began, pushed=True)
        await self._recorder.flush()

    def forget(self, monitor_id: int) -> None:
        """The monitor is gone."""
        self._locks.pop(monitor_id, None)

    async def _record(
        self, monitor: Monitor, verdict: Verdict, began: float, *, pushed: bool = False
    ) -> None:
        """Record a judged beat and tell the process; a change is told after it is on disk, if it can be."""
        if verdict.important or verdict.notify:
            # An edit, or a client that goes away, may end this task: what is being written down must not be
            # half known. An ordinary beat is recorded without a pause.
            await asyncio.shield(self._record_change(monitor, verdict, began, pushed))
        else:
            self._record_ordinary(monitor, verdict, began, pushed)

    def _record_ordinary(self, monitor: Monitor, verdict: Verdict, began: float, pushed: bool) -> None:
        first = monitor.previous is None
        beat = self._recorder.record(self._beat(monitor, verdict, began))
        self._recorded(monitor, verdict, beat, first, pushed)

    def _record_well(self, monitor: Monitor, outcome: Outcome) -> None:
        """Record what `judge` says of a monitor that was well and is so again."""
        beat = self._recorder.record(
            NewBeat(
                monitor.id,
                to_ms(outcome.began),
                to_ms(self._clock.now()),
                Status.UP,
                outcome.message[:MAX_MESSAGE_CHARS],
                outcome.ping,
                False,
                outcome.duration,
                0,
                0,
                outcome.response,
            )
        )
        self._bus.publish(BeatRecorded(beat, monitor.organisation, False, False))

    async def _record_change(self, monitor: Monitor, verdict: Verdict, began: float, pushed: bool) -> None:
        first = monitor.previous is None
        also: Callable[[Connection, Beat], None] | None = None
        unstored: Callable[[Beat, bool | None], None] = _nobody
        if verdict.notify:
            also, unstored = self._announcer.announce(monitor, pushed=pushed)
        beat = await self._recorder.record_now(self._beat(monitor, verdict, began), also, unstored)
        self._recorded(monitor, verdict, beat, first, pushed)

    def _beat(self, monitor: Monitor, verdict: Verdict, began: float) -> NewBeat:
        return NewBeat(
            monitor.id,
            to_ms(began),
            to_ms(self._clock.now()),
            verdict.status,
            verdict.msg,
            verdict.ping,
            verdict.important,
            verdict.duration,
            verdict.retries,
            verdict.down_count,
            verdict.response,
        )

    def _recorded(self, monitor: Monitor, verdict: Verdict, beat: Beat, first: bool, pushed: bool) -> None:
        monitor.previous = verdict.then(monitor.previous)
        if verdict.important:
            monitor.since = beat.time
        self._bus.publish(BeatRecorded(beat, monitor.organisation, first, pushed))

    def _lock(self, monitor_id: int) -> asyncio.Lock:
        """A pushed beat and the timer of the same monitor are judged one after the other."""
        lock = self._locks.get(monitor_id)
        if lock is None:
            lock = self._locks[monitor_id] = asyncio.Lock()
        return lock


def _nobody(beat: Beat, stored: bool | None) -> None:
    """The change waits in memory, and nobody is to be told of it."""
