"""Alerts: samples are judged, silence is noticed, incidents open and close, people are told.

What is known of a breach lives in `Server.states`; an incident, and the messages about it, are stored in one
transaction before anybody hears of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final, Protocol

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.servers import store
from kuma_lite.servers.alerting.texts import closing_text, opening_text, still_text
from kuma_lite.servers.model import (
    DOWNTIME,
    OFFLINE,
    ONLINE,
    AlertClosed,
    AlertOpened,
    Incident,
    IncidentsChanged,
    Server,
    ServerChanged,
)
from kuma_lite.servers.rules.alerts import Open, Quiet, Rule, is_down, step
from kuma_lite.servers.samples.metrics import FRIENDLY, FRIENDLY_OF, Friendly, rate, scale_of

log = logging.getLogger(__name__)

TICK_S: Final = 5.0  # between looks for silent hosts; grace is counted in minutes
STALLED_S: Final = 30.0  # a tick this late: the machine slept, nobody could be heard meanwhile
FRESH_MS: Final = 10 * 60_000  # older samples are what an agent catches up with: no reason to call anybody

Sample = tuple[str, int, float]  # stored name, ms, value


class Announcer(Protocol):
    """Whoever writes messages into the outbox."""

    def announce(
        self, connection: Connection, server: Server, incident: Incident, text: str, now: int
    ) -> None:
        """Write a message for each notification of the server, in the incident's own transaction."""

    def sent(self) -> None:
        """The messages are committed."""

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
        can_hear: whether reports can reach us, and be stored, at the moment.
    """

    def __init__(
        self,
        database: Transactions,
        clock: Clock,
        bus: Bus,
        announcer: Announcer,
        covered: Callable[[Server], bool],
        servers: Mapping[int, Server],
        can_hear: Callable[[], bool],
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._announcer = announcer
        self._covered = covered
        self._servers = servers
        self._can_hear = can_hear
        self._listening_since = to_ms(clock.now())
        self._ticked = clock.monotonic()
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
        """Open and close incidents as the states say; a full disk is no reason to fail."""
        now = to_ms(self._clock.now())
        with suppress(StorageTrouble):
            async with self.settling:
                if server.id not in self._servers:
                    return  # removed meanwhile
                await self._settle_debts(server, now)
                await self._settle_thresholds(server, now)
                await self._settle_silence(server, now)
                await self._settle_snoozes(server, now)

    async def _settle_thresholds(self, server: Server, now: int) -> None:
        for name in FRIENDLY:
            state, incident = server.states.get(name), server.incidents.get(name)
            if isinstance(state, Open) and incident is None:
                is_fresh = state.last - (server.clock_offset or 0) >= now - FRESH_MS
                if is_fresh and not self._covered(server):
                    await self._open(server, name, state.since, now)
            elif isinstance(state, Quiet) and state.last is not None and incident is not None:
                await self._close(server, incident, now)

    # --- silence -----------------------------------------------------------------------------------------

    async def tick(self) -> None:
        """Look for hosts that have fallen silent, and for alerts that maintenance held back."""
        monotonic = self._clock.monotonic()
        if monotonic - self._ticked > STALLED_S or not self._can_hear():
            self.listen_anew()
        self._ticked = monotonic
        for server in list(self._servers.values()):
            try:
                await self.settle(server)
            except Exception:
                log.exception("The alerts of server %s could not be judged", server.uuid)

    def listen_anew(self) -> None:
        """We were deaf until now: nobody's silence so far is theirs."""
        self._listening_since = to_ms(self._clock.now())

    async def _settle_silence(self, server: Server, now: int) -> None:
        settings = server.settings
        grace = settings["grace_period"][DOWNTIME]
        down = is_down(server.last_seen, self._listening_since, now, grace)
        # After a start of ours nothing is known of a host until it spoke or its grace is over.
        if down != (server.status == OFFLINE) and (down or server.last_seen >= self._listening_since):
            server.status = OFFLINE if down else ONLINE
            self._bus.publish(ServerChanged(server.id))
        incident = server.incidents.get(DOWNTIME)
        wanted = settings["general"][DOWNTIME]
        if down and wanted and incident is None and not self._covered(server):
            await self._open(server, DOWNTIME, server.last_seen, now)
        elif incident is not None and (not wanted or server.last_seen > incident.started):
            await self._close(server, incident, now)

    def start(self) -> None:
        """Begin to look for silent hosts."""
        self._listening_since, self._ticked = to_ms(self._clock.now()), self._clock.monotonic()
        self._job.start()

    async def stop(self) -> None:
        """Look no longer."""
        await self._job.stop()

    # --- snoozes -----------------------------------------------------------------------------------------

    async def _settle_snoozes(self, server: Server, now: int) -> None:
        """A snooze is over and it is still so: say it again, unless somebody takes care of it already."""
        for incident in list(server.incidents.values()):
            if (incident.snooze_until or now + 1) > now or self._covered(server):
                continue
            awake = replace(incident, snoozed=None, snooze_until=None, updated=now)
            text = still_text(incident, server.values.get(incident.cause), server.settings, now)
            await self._tell(partial(self._wake, server=server, incident=awake, text=text, now=now))
            incident.snoozed = incident.snooze_until = None
            incident.updated = now
            self._bus.publish(IncidentsChanged(incident))

    def _wake(self, connection: Connection, server: Server, incident: Incident, text: str, now: int) -> None:
        store.save_wishes(connection, incident)
        if incident.acknowledged is None:
            self._announcer.announce(connection, server, incident, text, now)

    # --- incidents ---------------------------------------------------------------------------------------

    async def _open(self, server: Server, cause: str, since: int, now: int) -> None:
        text = opening_text(cause, server.values.get(cause), server.settings)
        incident = Incident(0, store.new_uuid(), server.id, cause, text, since, None, now)

        def write(connection: Connection) -> None:
            until = store.snoozed_until(connection, server.id, cause)
            if until is not None and until > now:
                incident.snoozed, incident.snooze_until = now, until
            store.open_incident(connection, incident)
            if incident.snooze_until is None:
                self._announcer.announce(connection, server, incident, text, now)

        await self._tell(write)
        server.incidents[cause] = incident
        self._bus.publish(AlertOpened(server.id, incident))
        self._bus.publish(ServerChanged(server.id))

    async def _close(self, server: Server, incident: Incident, now: int) -> None:
        text = closing_text(incident, server.values.get(incident.cause), server.settings, now)
        snoozed = (incident.snooze_until or 0) > now
        incident.owed = text if self._covered(server) and not snoozed else None
        incident.closed = incident.updated = now

        def write(connection: Connection) -> None:
            store.close_incident(connection, incident)
            if not snoozed and incident.owed is None:
                self._announcer.announce(connection, server, incident, text, now)

        try:
            await self._tell(write)
        except StorageTrouble:
            incident.closed = incident.owed = None
            raise
        server.incidents.pop(incident.cause, None)
        if incident.owed is not None:
            server.owed[incident.cause] = incident
        self._bus.publish(AlertClosed(server.id, incident))
        self._bus.publish(ServerChanged(server.id))

    async def _settle_debts(self, server: Server, now: int) -> None:
        """Whoever heard that an alert opened hears how it ended, if need be after the maintenance."""
        if not server.owed or self._covered(server):
            return
        owed = list(server.owed.values())

        def write(connection: Connection) -> None:
            for incident in owed:
                store.pay(connection, incident)
                self._announcer.announce(connection, server, incident, incident.owed or "", now)

        await self._tell(write)
        server.owed.clear()

    async def _tell(self, write: Callable[[Connection], Any]) -> None:
        await self._database.write(write)
        self._announcer.sent()


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
