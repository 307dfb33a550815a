"""The first half of a beat's way: a monitor falls due → it is checked → what the check gave is handed on.

Neither database nor bus are known here, so that it can also run in another process, on another machine: of a
monitor it needs `CheckedMonitor`, what it makes is an `Outcome`, and whom it hands it to is one function.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, cast

from kuma_lite.core.clock import Clock
from kuma_lite.core.declarations import (
    CannotCheck,
    CheckFailed,
    CheckResult,
    MonitorType,
    Runs,
    ServerMonitorType,
    Status,
    Wait,
)
from kuma_lite.core.time_limit import TimeLimit
from kuma_lite.monitors.engine.context import CheckedMonitor, Context, OnServer, ServerView
from kuma_lite.monitors.engine.due import REPEAT_S, first_due, is_overdue, next_due, phase, second_due
from kuma_lite.monitors.engine.limits import History, limited, numbers_of
from kuma_lite.monitors.engine.outcome import Outcome
from kuma_lite.monitors.engine.overload import LeftOut, left_out
from kuma_lite.monitors.engine.own_fault import Began, OwnFault
from kuma_lite.monitors.engine.scheduler import Scheduler
from kuma_lite.net.connect import OUR_OWN_LIMITS

if TYPE_CHECKING:
    from kuma_lite.core.targets import Network

log = logging.getLogger(__name__)

NO_ROOM: Final = "This machine is out of file descriptors or memory."
SOON_S: Final = 2.0  # to the next look after trouble of our own that is over
MAX_RUNNING: Final = 500  # checks at the same time: sockets and memory of a small machine

# Takes what a check gave; answers with the seconds from the beginning of that check to the next one.
Conclude = Callable[[Outcome], Awaitable[float]]


class Checker:
    """Checks monitors in their time.

    Args:
        find: the monitor of an id, as it is now; None for one that is gone.
        in_maintenance: whether a monitor is to be left alone now.
        conclude: see `Conclude`.
        view: what types that run on the server only may ask for; None where there is no server.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        network: Network,
        fault: OwnFault,
        find: Callable[[int], CheckedMonitor | None],
        in_maintenance: Callable[[int], bool],
        conclude: Conclude,
        view: ServerView | None = None,
    ) -> None:
        self.fault = fault
        self.scheduler = Scheduler(clock, self._fall_due, fault.tick, self._room, lambda: bool(self._running))
        self.looks = 0  # checks begun
        self.bugs = 0  # turns that ended in a failure of our own
        self._left_out = 0
        self._recently_left_out = LeftOut()
        fault.on_return = self.check_disbelieved
        self._clock = clock
        self._network = network
        self._find = find
        self._in_maintenance = in_maintenance
        self._conclude = conclude
        self._view = view
        self.turned: dict[int, float] = {}  # when something came of a monitor last, or since it is watched
        self._disbelieved: set[int] = set()  # whose latest failure was ours
        self._limits: dict[int, History] = {}  # of monitors that have limits
        self._overdue: dict[int, float] = {}  # since when, of monitors before their first look of this run
        self._running: dict[int, asyncio.Task[None]] = {}

    # --- which monitors, and when ------------------------------------------------------------------------

    def start(self) -> None:
        """Begin with what has been put in by `resume` or `watch`."""
        self.scheduler.start()

    async def stop(self) -> None:
        """Take no new checks, end the running ones without handing anything on."""
        self.scheduler.stop()
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)

    def resume(self, monitor: CheckedMonitor, age: float | None) -> None:
        """Check a monitor in the rhythm it had before the program started; `age`: see `first_due`."""
        if not is_checkable(monitor):
            return
        pushed = monitor.kind is not None and monitor.kind.pushed
        now = self.turned[monitor.id] = self._clock.monotonic()
        place = phase(monitor.id)
        if not pushed and is_overdue(monitor.interval, age):
            self._overdue[monitor.id] = now
        self.scheduler.put(monitor.id, first_due(now, monitor.interval, age, place, delay=pushed))

    def watch(self, monitor: CheckedMonitor) -> None:
        """A monitor was added, edited or switched on: check it at once (pushed ones after an interval)."""
        self.leave(monitor.id)
        if not is_checkable(monitor):
            return
        pushed = monitor.kind is not None and monitor.kind.pushed
        now = self.turned[monitor.id] = self._clock.monotonic()
        self.scheduler.put(monitor.id, now + (monitor.interval if pushed else 0))

    def leave(self, monitor_id: int) -> None:
        """Do not check a monitor any more; a check under way is ended, and nothing handed on."""
        self.scheduler.drop(monitor_id)
        self.turned.pop(monitor_id, None)
        self._disbelieved.discard(monitor_id)
        self._limits.pop(monitor_id, None)
        self._overdue.pop(monitor_id, None)
        task = self._running.pop(monitor_id, None)
        if task is not None:
            task.cancel()

    def is_watched(self, monitor_id: int) -> bool:
        """Whether a monitor is checked now or will be."""
        return monitor_id in self._running or monitor_id in self.scheduler

    def is_running(self, monitor_id: int) -> bool:
        """Whether a check of it is under way."""
        return monitor_id in self._running

    @property
    def running(self) -> int:
        """Checks under way."""
        return len(self._running)

    def share_left_out(self) -> float:
        """The share of checks that this machine has had no time for in the last minute, 0…1."""
        return self._recently_left_out.share(self._clock.monotonic(), self.looks, self._left_out)

    def check_disbelieved(self) -> None:
        """Our own trouble may be over: look at once at those whose latest failure was not believed."""
        now = self._clock.monotonic()
        for monitor_id in self._disbelieved:
            if monitor_id in self.scheduler:
                self.scheduler.put(monitor_id, now + SOON_S * phase(monitor_id))

    # --- one turn ----------------------------------------------------------------------------------------

    def _fall_due(self, monitor_id: int, due: float) -> None:
        monitor = self._find(monitor_id)
        if monitor is None or monitor_id in self._running:
            return
        self._running[monitor_id] = asyncio.create_task(self._beat(monitor, due))

    def _room(self) -> int:
        return MAX_RUNNING - len(self._running)

    async def _beat(self, monitor: CheckedMonitor, due: float) -> None:
        """One turn of a monitor, from falling due to its next due time."""
        wait, well = REPEAT_S, False
        late = self._clock.monotonic() - due
        try:
            wait, well = await self._turn(monitor)
            if monitor.id in self.turned:
                self.turned[monitor.id] = self._clock.monotonic()
        except asyncio.CancelledError:
            self._ended(monitor.id)
            raise
        except Exception:
            self.bugs += 1
            log.exception("What came of monitor %d could not be kept; it is checked again", monitor.id)
        self._ended(monitor.id)
        now = self._clock.monotonic()
        if self._find(monitor.id) is monitor:
            following = self._following(monitor, due, wait, now, well)
            self._left_out += left_out(due, late, following, wait)
            self.scheduler.put(monitor.id, following)
        if self.scheduler.held_back:
            self.scheduler.hand_out(now)

    def _following(self, monitor: CheckedMonitor, due: float, wait: float, now: float, well: bool) -> float:
        # Retries are what somebody has asked for: only what is well is moved to its place in the interval.
        began = self._overdue.pop(monitor.id, None) if well else None
        if began is None:
            return next_due(due, wait, now)
        return second_due(began, monitor.interval, phase(monitor.id), wait, now)

    def _ended(self, monitor_id: int) -> None:
        if self._running.get(monitor_id) is asyncio.current_task():  # not that of another turn after `leave`
            del self._running[monitor_id]

    async def _turn(self, monitor: CheckedMonitor) -> tuple[float, bool]:
        """Check and hand on; returns the seconds to the next turn, and whether all was well."""
        began = self.fault.begin()
        if self._in_maintenance(monitor.id):
            return await self._conclude(Outcome(monitor.id, began.wall, Status.MAINTENANCE, False, "")), False
        try:
            outcome = await self._check(monitor, began)
        except Exception as error:
            outcome = self._faulty(monitor, began, error)
        if isinstance(outcome, Wait):
            return outcome.seconds, False
        wait = await self._conclude(outcome)
        if outcome.own_fault is None:
            self._disbelieved.discard(monitor.id)
            return wait, outcome.failed == monitor.upside_down
        self._disbelieved.add(monitor.id)
        return (wait if self.fault.is_troubled else min(wait, SOON_S)), False

    async def _check(self, monitor: CheckedMonitor, began: Began) -> Outcome | Wait:
        """What the target gave, and whether a failure is our own."""
        self.looks += 1
        try:
            result = await self._ask(monitor, began.wall)
        except CheckFailed as failure:
            ours = await self.fault.reason(began, _host(monitor), suspect=failure.local)
            if ours is not None:
                log.warning("A failure of %r is not believed: %s", monitor.name, ours)
            return Outcome.of(monitor.id, began.wall, failure, ours)
        if isinstance(result, Wait):
            return result
        if self.fault.is_troubled and result.status is Status.UP and (host := _host(monitor)):
            self.fault.succeeded(host, began)
        found = self._limited(monitor, result, began.wall) if monitor.limits else result
        return Outcome.of(monitor.id, began.wall, found)

    def _limited(self, monitor: CheckedMonitor, result: CheckResult, now: float) -> CheckResult | CheckFailed:
        """A good answer as the limits on its numbers have it."""
        if monitor.kind is None or result.status is not Status.UP:
            return result
        history = self._limits.get(monitor.id)
        if history is None or history.limits != monitor.limits:
            history = self._limits[monitor.id] = History(monitor.limits, monitor.kind.numbers)
        broken = history.note(numbers_of(result, now))
        return result if broken is None else limited(result, broken)

    def _faulty(self, monitor: CheckedMonitor, began: Began, error: Exception) -> Outcome:
        """An exception that nobody foresaw says nothing about the target."""
        self.bugs += 1
        limit = isinstance(error, OSError) and error.errno in OUR_OWN_LIMITS
        reason = NO_ROOM if limit else f"The check itself has a fault ({type(error).__name__})."
        self.fault.note(reason)
        log.error("Checking %r failed", monitor.name, exc_info=error)
        failure = CheckFailed(reason)
        return Outcome.of(monitor.id, began.wall, failure, reason, fault=not limit)

    async def _ask(self, monitor: CheckedMonitor, now: float) -> CheckResult | Wait:
        """Run the type's check within its deadline."""
        kind, options = monitor.kind, monitor.options
        if kind is None or options is None:
            raise RuntimeError("A monitor that cannot be checked has fallen due")
        try:
            if kind.runs is Runs.SERVER:
                return await self._ask_on_server(cast("ServerMonitorType[Any]", kind), monitor, now)
            context = Context.of(monitor, now, self._network)
            loop = asyncio.get_running_loop()
            with TimeLimit(loop, loop.time() + kind.deadline(options, context)):
                return await cast("MonitorType[Any]", kind).check(options, context)
        except CannotCheck as cannot:
            return cannot.as_result()
        except TimeoutError:
            raise CheckFailed(f"timeout by AbortSignal ({monitor.timeout:g}s)", local=True) from None

    async def _ask_on_server(
        self, kind: ServerMonitorType[Any], monitor: CheckedMonitor, now: float
    ) -> CheckResult | Wait:
        if self._view is None:
            raise RuntimeError(f"Monitors of the type {kind.name} cannot be checked by a probe")
        context = OnServer.beside(self._view, monitor, now, self._network)
        loop = asyncio.get_running_loop()
        with TimeLimit(loop, loop.time() + kind.deadline(monitor.options, context)):
            return await kind.check(monitor.options, context)


def is_checkable(monitor: CheckedMonitor) -> bool:
    """Whether its type is known here and its settings can be used; else it has no beats at all."""
    return monitor.kind is not None and monitor.options is not None


def _host(monitor: CheckedMonitor) -> str:
    """Name or address of what it points at; "" where it has none."""
    if monitor.kind is None or monitor.options is None:
        return ""
    target = monitor.kind.target(monitor.options)
    return target.hostname if target is not None else ""
