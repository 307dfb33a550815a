"""What people do about alerts: list, acknowledge and snooze incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from kuma_lite.core.access import Actor, Right, may
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.rest.errors import NotFound
from kuma_lite.servers import store
from kuma_lite.servers.model import Incident, IncidentsChanged, Server
from kuma_lite.servers.samples.rollup import MINUTE_MS

MAX_SNOOZE_MIN: Final = 60 * 24 * 30


class Incidents:
    """The incidents of all servers; `watch` opens and closes them.

    Args:
        database: where they are kept.
        clock: for when something was done.
        bus: is told `IncidentsChanged`.
        server_of: server id → the server, with its open incidents.
    """

    def __init__(
        self, database: Transactions, clock: Clock, bus: Bus, server_of: Callable[[int], Server | None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._server_of = server_of

    async def page(
        self, servers: Iterable[Server], status: str | None, offset: int, count: int
    ) -> tuple[list[Incident], int]:
        """Incidents of some servers, ongoing first, then the newest; and how many there are."""
        ids = [server.id for server in servers]
        return await self._database.read(lambda db: store.read_incidents(db, ids, status, offset, count))

    async def acknowledge(self, actor: Actor, key: object, who: str) -> Incident:
        """Acknowledge an incident; the first one counts. Raises NotFound."""
        incident, now = await self._find(actor, key), to_ms(self._clock.now())
        if incident.acknowledged is not None:
            return incident
        return await self._change(incident, now, acknowledged=now, acknowledged_by=who)

    async def snooze(self, actor: Actor, key: object, minutes: object) -> Incident:
        """Snooze an incident, and the next ones of its cause; 0 ends the snooze.

        Raises NotFound, UserError.
        """
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not 0 <= minutes <= MAX_SNOOZE_MIN:
            raise UserError(
                "minutes must be a whole number between 0 and {most}.", most=MAX_SNOOZE_MIN, status=422
            )
        incident, now = await self._find(actor, key), to_ms(self._clock.now())
        if not minutes:
            return await self._change(incident, now, snoozed=None, snooze_until=None)
        return await self._change(incident, now, snoozed=now, snooze_until=now + minutes * MINUTE_MS)

    async def _find(self, actor: Actor, key: object) -> Incident:
        incident = await self._database.read(lambda db: store.find_incident(db, str(key)))
        server = self._server_of(incident.server_id) if incident else None
        if (
            incident is None
            or server is None
            or not may(actor, Right.INCIDENTS_RESPOND, server)
            or actor.project_id not in (None, server.project_id)
        ):
            raise NotFound
        live = server.incidents.get(incident.cause)
        return live if live is not None and live.uuid == incident.uuid else incident

    async def _change(self, incident: Incident, now: int, **values: Any) -> Incident:
        """Store first: what could not be stored has not happened."""
        draft = replace(incident, updated=now, **values)

        def write(connection: Connection) -> None:
            store.save_wishes(connection, draft)
            if incident.snooze_until is not None and draft.snooze_until is None:
                # Snoozes of earlier ones of its cause would go on being silent.
                store.wake(connection, incident.server_id, incident.cause, now)

        await self._database.write(write)
        for name, value in {"updated": now, **values}.items():
            setattr(incident, name, value)
        self._bus.publish(IncidentsChanged(incident))
        return incident
