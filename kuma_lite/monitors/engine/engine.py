"""The way of a beat: a monitor falls due → it is checked → judged → recorded → those who care are told."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

from kuma_lite.beats.model import Beat
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.declarations import Certificate, CheckFailed, CheckResult, Status, Wait
from kuma_lite.monitors.engine.context import Context
from kuma_lite.monitors.engine.due import first_due, next_due, phase
from kuma_lite.monitors.engine.judge import Look, Policy, Previous, Verdict, judge, look_of, wait_after
from kuma_lite.monitors.engine.own_fault import Began, OwnFault
from kuma_lite.monitors.engine.roster import Monitor, Roster
from kuma_lite.monitors.engine.scheduler import Scheduler
from kuma_lite.monitors.model import BeatRecorded

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection

log = logging.getLogger(__name__)

MAX_RUNNING: Final = 500  # checks at the same time: sockets and memory of a small machine
REPEAT_S: Final = 5.0  # after trouble of our own: soon, but not in a storm
UNKNOWN_TYPE: Final = "Unknown Monitor Type"  # what Uptime Kuma 2.5 says of a type it does not know


class Recorder(Protocol):
    """Where beats go (see `recorder`)."""

    def record(self, **fields: Any) -> Beat:
        """Record an ordinary beat; it is on disk within seconds."""

    async def record_now(self, also: Callable[[Connection, Beat], None] | None = None, **fields: Any) -> Beat:
        """Record a beat that will be announced; returns when it is on disk."""

    async def flush(self) -> None:
        """Returns when everything recorded so far is on disk."""

    def last(self, monitor_id: int) -> Beat | None:
        """The latest beat."""


class Announcer(Protocol):
    """Who writes messages into the outbox, in the transaction of the beat."""

    def announce(self, monitor: Monitor, *, pushed: bool) -> Callable[[Connection, Beat], None]:
        """The function that writes the rows; `pushed`: the beat came by request."""


class Network(Protocol):
    """What the checks share."""

    def is_local_target(self, host: str) -> bool:
        """Whether a host is this machine."""


class Engine:
    """Looks at every active monitor in its time."""

    def __init__(
        self,
        *,
        clock: Clock,
        bus: Bus,
        roster: Roster,
        recorder: Recorder,
        announcer: Announcer,
        network: Any,
        fault: OwnFault,
        in_maintenance: Callable[[int], bool],
        keep_certificate: Callable[[Monitor, Certificate], None],
    ) -> None:
        self.roster = roster
        self.recorder = recorder
        self.fault = fault
        self._clock = clock
        self._bus = bus
        self._announcer = announcer
        self._network = network
        self._in_maintenance = in_maintenance
        self._keep_certificate = keep_certificate
        self._running: dict[int, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(MAX_RUNNING)
        self._locks: dict[int, asyncio.Lock] = {}
        self.scheduler = Scheduler(clock, self._fall_due, fault.tick)
        self.looks = 0
        self.bugs = 0

    # --- starting and stopping ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin with all monitors that are switched on, spread over their intervals."""
        now, wall = self._clock.monotonic(), to_ms(self._clock.now())
        for monitor in self.roster:
            if self.roster.is_active(monitor):
                last = self.recorder.last(monitor.id)
                age = (wall - last.time) / 1000 if last else None
                pushed = bool(monitor.kind and monitor.kind.pushed)
                due = first_due(now, monitor.interval, age, phase(monitor.id), delay=pushed)
                self.scheduler.put(monitor.id, due)
        self.scheduler.start()

    async def stop(self) -> None:
        """Take no new checks, end the running ones without recording them."""
        await self.scheduler.stop()
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)

    def watch(self, monitor: Monitor) -> None:
        """A monitor was added, edited or switched on: look at once (pushed ones after an interval)."""
        self.leave(monitor.id)
        pushed = bool(monitor.kind and monitor.kind.pushed)
        self.scheduler.put(monitor.id, self._clock.monotonic() + (monitor.interval if pushed else 0))

    def leave(self, monitor_id: int) -> None:
        """Do not look at a monitor any more; a check under way is ended and not recorded."""
        self.scheduler.drop(monitor_id)
        task = self._running.pop(monitor_id, None)
        if task is not None:
            task.cancel()

    def is_watched(self, monitor_id: int) -> bool:
        """Whether a monitor is looked at now or will be."""
        return monitor_id in self._running or monitor_id in self.scheduler

    @property
    def running(self) -> int:
        """Checks under way."""
        return len(self._running)

    # --- the way of a beat -------------------------------------------------------------------------------

    def _fall_due(self, monitor_id: int, due: float) -> None:
        monitor = self.roster.get(monitor_id)
        if monitor is None or monitor_id in self._running:
            return
        task = asyncio.create_task(self._beat(monitor, due))
        self._running[monitor_id] = task
        task.add_done_callback(lambda done: self._ended(monitor_id, done))

    def _ended(self, monitor_id: int, task: asyncio.Task[None]) -> None:
        if self._running.get(monitor_id) is task:
            del self._running[monitor_id]

    async def _beat(self, monitor: Monitor, due: float) -> None:
        """One turn of a monitor, from falling due to its next due time."""
        wait: float = REPEAT_S
        try:
            async with self._slots:
                wait = await self._turn(monitor)
        except asyncio.CancelledError:
            raise
        except Exception:
            self.bugs += 1
            log.exception("Looking at monitor %d failed; it is tried again", monitor.id)
        if self.roster.get(monitor.id) is monitor:
            self.scheduler.put(monitor.id, next_due(due, wait, self._clock.monotonic()))

    async def _turn(self, monitor: Monitor) -> float:
        """Check, judge, record and tell; returns the seconds to the next turn."""
        began = self.fault.begin()
        maintenance = self._in_maintenance(monitor.id)
        look: Look
        if maintenance:
            look = Look(Status.MAINTENANCE, False, "")
        else:
            outcome = await self._check(monitor, began)
            if isinstance(outcome, Wait):
                return outcome.seconds
            if outcome is None:
                return min(REPEAT_S, monitor.interval)
            look = look_of(outcome)
        async with self._lock(monitor.id):
            verdict = judge(monitor.previous, look, monitor.policy, maintenance=maintenance)
            if verdict.important or verdict.notify:
                # An edit may end this task; what is being written down must not be half known.
                await asyncio.shield(self._conclude(monitor, verdict, began.wall))
            else:
                await self._conclude(monitor, verdict, began.wall)
        return wait_after(verdict.status, monitor.interval, monitor.retry_interval)

    async def _check(self, monitor: Monitor, began: Began) -> CheckResult | CheckFailed | Wait | None:
        """What the target gave; None when the failure was ours and must not be written down."""
        self.looks += 1
        try:
            outcome = await self._ask(monitor, began)
        except CheckFailed as failure:
            if failure.certificate is not None:
                self._keep_certificate(monitor, failure.certificate)
            ours = await self.fault.reason(
                began, network_suspect=failure.local, local_target=self._is_local(monitor)
            )
            if ours is None:
                return failure
            log.warning("A failure of %r is not believed: %s", monitor.name, ours)
            return None
        if isinstance(outcome, CheckResult) and outcome.certificate is not None:
            self._keep_certificate(monitor, outcome.certificate)
        return outcome

    async def _ask(self, monitor: Monitor, began: Began) -> CheckResult | Wait:
        """Run the type's check within its deadline."""
        if monitor.kind is None:
            raise CheckFailed(UNKNOWN_TYPE)
        if monitor.options is None:
            raise CheckFailed(monitor.problem or "The monitor's settings cannot be used.")
        context = Context.of(monitor, began.wall, self._network, self.roster, self.recorder.last)
        deadline = monitor.kind.deadline(monitor.options, context)
        try:
            async with asyncio.timeout(deadline):
                return await monitor.kind.check(monitor.options, context)
        except TimeoutError:
            raise CheckFailed(f"timeout by AbortSignal ({monitor.timeout:g}s)", local=True) from None

    async def _conclude(
        self, monitor: Monitor, verdict: Verdict, wall: float, *, pushed: bool = False
    ) -> Beat:
        """Record a judged beat and tell the process about it; a change is on disk before it is told."""
        fields = {
            "monitor_id": monitor.id,
            "time": to_ms(wall),
            "end_time": to_ms(self._clock.now()),
            "status": verdict.status,
            "msg": verdict.msg,
            "ping": verdict.ping,
            "important": verdict.important,
            "duration": verdict.duration,
            "retries": verdict.retries,
            "down_count": verdict.down_count,
            "response": verdict.response,
        }
        first = monitor.previous is None
        if verdict.important or verdict.notify:
            also = self._announcer.announce(monitor, pushed=pushed) if verdict.notify else None
            beat = await self.recorder.record_now(also, **fields)
        else:
            beat = self.recorder.record(**fields)
        monitor.previous = verdict.then(monitor.previous)
        if verdict.important:
            monitor.since = beat.time
        self._bus.publish(BeatRecorded(beat, monitor.organisation, first, pushed))
        return beat

    async def pushed(self, monitor: Monitor, look: Look) -> Beat:
        """A client has pushed a beat; returns when it is on disk."""
        wall = self._clock.now()
        policy = Policy(
            monitor.policy.max_retries,
            monitor.policy.resend_interval,
            monitor.policy.upside_down,
            pushed=True,
        )
        async with self._lock(monitor.id):
            verdict = judge(monitor.previous, look, policy, maintenance=self._in_maintenance(monitor.id))
            beat = await asyncio.shield(self._conclude(monitor, verdict, wall, pushed=True))
        await self.recorder.flush()
        return beat

    def _lock(self, monitor_id: int) -> asyncio.Lock:
        """A pushed beat and the timer of the same monitor are judged one after the other."""
        lock = self._locks.get(monitor_id)
        if lock is None:
            lock = self._locks[monitor_id] = asyncio.Lock()
        return lock

    def _is_local(self, monitor: Monitor) -> bool:
        host = monitor.get("hostname") or ""
        if not host:
            with contextlib.suppress(ValueError):
                host = urlsplit(monitor.get("url") or "").hostname or ""
        return bool(host) and bool(self._network.is_local_target(host))

    def forget(self, monitor: Monitor, previous: Previous | None = None) -> None:
        """A monitor's beats were cleared: its next one is the first."""
        monitor.previous = previous
        self._locks.pop(monitor.id, None)
