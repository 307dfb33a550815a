"""Alerts: samples are judged, silence is noticed, incidents open and close, people are told.

What is known of a breach lives in `Server.states`; an incident, and the messages about it, are stored in one
transaction before anybody hears of them. Where that cannot be, on a full disk or one that hangs, both go on
from memory, and to disk when there is room.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

from msgspec import Struct

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.kept_writes import KeptWrites, News
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.core.records import replace
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import GroupTransactions
from kuma_lite.servers import store
from kuma_lite.servers.alerting.changes import (
    Change,
    Closed,
    Opened,
    Told,
    Woken,
    changes_of,
    status_of,
)
from kuma_lite.servers.alerting.texts import closing_text, opening_text, still_text
from kuma_lite.servers.model import (
    DOWNTIME,
    AlertClosed,
    AlertOpened,
    Incident,
    IncidentsChanged,
    Server,
    ServerChanged,
)
from kuma_lite.servers.rules.alerts import Quiet, Rule, before_clock_change, is_down, step
from kuma_lite.servers.samples.host_clock import TOLERANCE_MS
from kuma_lite.servers.samples.metrics import FRIENDLY_OF, Friendly, rate, scale_of
from kuma_lite.servers.samples.reports import not_after

log = logging.getLogger(__name__)

TICK_S: Final = 5.0  # between looks for silent hosts; grace is counted in minutes
# Nothing was done for as long: the process slept, nobody could be heard. It is less than what the shortest
# grace period has beyond an interval of a minute.
STALLED_S: Final = 12.0

Sample = tuple[str, int, float]  # stored name, ms, value


class Announcer(Protocol):
    """Whoever words the messages."""

    def announce(self, server: Server, incident: Incident, text: str, now: int) -> News:
        """A message for each notification of the server, to be written with the incident."""

    def for_new(self, connection: Connection, organisation: int) -> Iterable[int]:
        """Ids of the notifications that a new server of the first project gets by itself."""


class Watch:
    """The one that judges.

    Args:
        database: for incidents.
        clock: for silence.
        bus: is told `AlertOpened`, `AlertClosed` and `ServerChanged`.
        announcer: tells people.
        covered: whether a server is under maintenance now.
        servers: id → server, all there are.
        can_hear: whether reports can reach us at the moment.
    """

    def __init__(
        self,
        database: GroupTransactions,
        clock: Clock,
        bus: Bus,
        announcer: Announcer,
        covered: Callable[[Server], bool],
        servers: Mapping[int, Server],
        can_hear: Callable[[], bool],
    ) -> None:
        self._database = database
        self._kept = KeptWrites(database)
        self._clock = clock
        self._bus = bus
        self._announcer = announcer
        self._covered = covered
        self._servers = servers
        self._can_hear = can_hear
        self._listening_since = to_ms(clock.monotonic())
        self._awake = clock.monotonic()  # when something was done last
        # A report and a tick must not open the same incident; whoever removes a server holds it, too.
        self.settling = asyncio.Lock()
        self._job = PeriodicJob(
            "server watch",
            self.tick,
            every=TICK_S,
            first=TICK_S,
            failure="Silence of servers was not looked for",
        )

    # --- samples -----------------------------------------------------------------------------------------

    def take(self, server: Server, samples: Iterable[Sample]) -> None:
        """Judge new samples in order of their time."""
        latest = to_ms(self._clock.now()) + TOLERANCE_MS
        server.counters = not_after(server.counters, latest)
        server.states = {name: before_clock_change(state, latest) for name, state in server.states.items()}
        settings = server.settings
        for name, time, value in sorted(samples, key=lambda sample: sample[1]):
            friendly = FRIENDLY_OF.get(name)
            if friendly is None:
                continue
            seen = derived(server, friendly, time, value)
            if seen is None:
                continue
            newest = server.last.get(name)
            if newest is None or time >= newest[0]:  # what an agent catches up with is not how it is now
                server.values[friendly.name] = seen
            rule = Rule(settings["threshold"][friendly.name], settings["grace_period"][friendly.name])
            server.states[friendly.name] = step(server.states.get(friendly.name, Quiet()), time, seen, rule)

    async def settle(self, server: Server) -> None:
        """Do what the states say, in one transaction, or from memory when nothing can be stored."""
        await self.settling.acquire()
        work: Coroutine[Any, Any, None] | None = None
        try:
            self.wake_up()
            if server.id in self._servers:  # not removed meanwhile
                work = self._judge(server, to_ms(self._clock.now()))
        finally:
            if work is None:
                self.settling.release()
        if work is not None:
            # A client that goes away may end this task: what is being written down must not be half known.
            await asyncio.shield(asyncio.ensure_future(self._do(work)))

    async def _do(self, work: Coroutine[Any, Any, None]) -> None:
        """In the one turn that the caller has got."""
        try:
            await work
        finally:
            self.settling.release()

    def _judge(self, server: Server, now: int) -> Coroutine[Any, Any, None] | None:
        """What is to be done; None: nothing, as nearly always."""
        settings, since = server.settings, self._listening_since
        grace = settings["grace_period"][DOWNTIME]
        down = is_down(server.heard_at, since, to_ms(self._clock.monotonic()), grace)
        status = status_of(server, down=down, listening_since=since)
        if status != server.status:
            server.status = status
            self._bus.publish(ServerChanged(server.id))
        covered = self._covered(server)
        wanted = settings["general"][DOWNTIME]
        changes = changes_of(server, down=down, wanted=wanted, covered=covered, now=now)
        return self._carry_out(server, changes, covered, now) if changes else None

    # --- silence -----------------------------------------------------------------------------------------

    async def tick(self) -> None:
        """Look for hosts that have fallen silent, and for alerts that maintenance held back."""
        self.wake_up()
        if not self._can_hear():
            self.listen_anew()
        for server in list(self._servers.values()):
            try:
                await self.settle(server)
            except Exception:
                log.exception("The alerts of server %s could not be judged", server.uuid)

    def listen_anew(self) -> None:
        """We were deaf until now: nobody's silence so far is theirs."""
        self._listening_since = to_ms(self._clock.monotonic())

    def wake_up(self) -> None:
        """To be said before anything is judged: after a long time without anything, the process slept."""
        monotonic = self._clock.monotonic()
        if monotonic - self._awake > STALLED_S:
            self.listen_anew()
        self._awake = monotonic

    def start(self) -> None:
        """Begin to look for silent hosts."""
        self.listen_anew()
        self._awake = self._clock.monotonic()
        self._job.start()

    async def stop(self) -> None:
        """Look no longer."""
        await self._job.stop()

    # --- incidents ---------------------------------------------------------------------------------------

    async def _carry_out(self, server: Server, changes: list[Change], covered: bool, now: int) -> None:
        """Store all of it and the messages about it; then let the process know."""
        steps = [await self._step(server, change, covered, now) for change in changes]

        def write(connection: Connection) -> None:
            for each in steps:
                each.write(connection)

        await self._kept.write(write, [each.news for each in steps if each.news is not None])
        for each in steps:
            each.then()
        if any(isinstance(change, Opened | Closed) for change in changes):
            self._bus.publish(ServerChanged(server.id))

    async def _step(self, server: Server, change: Change, covered: bool, now: int) -> _Step:
        match change:
            case Opened():
                return self._opening(server, change, await self._snoozed_until(server, change.cause), now)
            case Closed():
                return self._closing(server, change.incident, covered, now)
            case Woken():
                return self._waking(server, change.incident, now)
            case Told():
                return self._telling(server, change.incident, now)

    async def _snoozed_until(self, server: Server, cause: str) -> int | None:
        with suppress(StorageTrouble):  # rather told than not
            return await self._database.read(lambda db: store.snoozed_until(db, server.id, cause))
        return None

    def _opening(self, server: Server, change: Opened, until: int | None, now: int) -> _Step:
        cause = change.cause
        text = opening_text(cause, server.values.get(cause), server.settings)
        incident = Incident(0, store.new_uuid(), server.id, cause, text, change.since, None, now)
        if until is not None and until > now:
            incident.snoozed, incident.snooze_until = now, until
        stored = replace(incident)  # as it is now, whenever that can be stored
        last_seen = server.last_seen

        def write(connection: Connection) -> None:
            store.open_incident(connection, stored)
            if cause == DOWNTIME:
                store.note_seen(connection, server.id, last_seen)

        def then() -> None:
            server.incidents[cause] = incident
            self._bus.publish(AlertOpened(server.id, incident))

        silent = incident.snooze_until is not None
        news = None if silent else self._announcer.announce(server, incident, text, now)
        return _Step(write, then, news)

    def _closing(self, server: Server, incident: Incident, covered: bool, now: int) -> _Step:
        text = closing_text(incident, server.values.get(incident.cause), server.settings, now)
        snoozed = (incident.snooze_until or 0) > now
        pending = text if covered and not snoozed else None
        over = replace(incident, closed=now, updated=now, pending=pending)

        def write(connection: Connection) -> None:
            store.close_incident(connection, over)

        def then() -> None:
            incident.closed = incident.updated = now
            incident.pending = pending
            server.incidents.pop(incident.cause, None)
            if pending is not None:
                server.pending[incident.cause] = incident
            self._bus.publish(AlertClosed(server.id, incident))

        silent = snoozed or pending is not None
        news = None if silent else self._announcer.announce(server, over, text, now)
        return _Step(write, then, news)

    def _waking(self, server: Server, incident: Incident, now: int) -> _Step:
        """Say it again, unless somebody takes care of it already."""
        awake = replace(incident, snoozed=None, snooze_until=None, updated=now)
        text = still_text(incident, server.values.get(incident.cause), server.settings, now)

        def write(connection: Connection) -> None:
            store.save_wishes(connection, awake)

        def then() -> None:
            incident.snoozed = incident.snooze_until = None
            incident.updated = now
            self._bus.publish(IncidentsChanged(incident))

        cared_for = awake.acknowledged is not None
        news = None if cared_for else self._announcer.announce(server, awake, text, now)
        return _Step(write, then, news)

    def _telling(self, server: Server, incident: Incident, now: int) -> _Step:
        """Whoever heard that an alert opened hears how it ended, if need be after the maintenance."""

        def write(connection: Connection) -> None:
            store.mark_told(connection, incident)

        def then() -> None:
            server.pending.pop(incident.cause, None)

        return _Step(write, then, self._announcer.announce(server, incident, incident.pending or "", now))


class _Step(Struct, frozen=True):
    """One change: what is stored of it, what the process learns, and what people are told, if anything."""

    write: Callable[[Connection], None]
    then: Callable[[], None]
    news: News | None


def derived(server: Server, friendly: Friendly, time: int, value: float) -> float | None:
    """The friendly value of a new sample; None when nothing can be said. Remembers readings of counters."""
    scale = scale_of(friendly, server.attributes)
    if not friendly.is_rate:
        return None if scale is None else value * scale
    before = server.counters.get(friendly.stored)
    if before is not None and time <= before[0]:
        return None
    server.counters[friendly.stored] = (time, value)
    growth = rate(before, (time, value)) if before is not None else None
    return None if growth is None or scale is None else growth * scale
