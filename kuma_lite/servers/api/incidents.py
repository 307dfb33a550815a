"""The routes about incidents: alerts of servers, and outages of monitors where somebody tells of them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final, Protocol

from kuma_lite.core.access import Actor, Right
from kuma_lite.rest.errors import Unprocessable
from kuma_lite.rest.requests import (
    MAX_PER_PAGE,
    PAGE,
    AnyRequest,
    TextQuery,
    WholeQuery,
    actor_of,
    json_object,
    part_of,
)
from kuma_lite.rest.route import GET, POST, Route, key_in
from kuma_lite.servers.alerting.documents import Listed, incident_wire
from kuma_lite.servers.api import examples
from kuma_lite.servers.service import Servers

PER_PAGE: Final = 25  # incidents, as on the hosted product
_PER_PAGE: Final = WholeQuery("per_page", "Incidents per page", PER_PAGE, MAX_PER_PAGE)
_ONGOING: Final = {"ongoing": True, "resolved": False}
_STATUS: Final = TextQuery("status", "Both when it is left out", choices=tuple(_ONGOING))
_TAG: Final = "Incidents"
_INCIDENT: Final = "/api/v1/incidents/{key:str}"
_NO_SERVER: Final = "Only incidents of servers can be acknowledged or snoozed"


class MonitorIncidents(Protocol):
    """The outages of monitors, wherever they are kept."""

    async def page(
        self, organisation: int, count: int, *, ongoing: bool | None
    ) -> tuple[Sequence[Listed], int]:
        """The first `count` of an organisation, ongoing ones first, then the newest; and how many there are.

        `ongoing`: of both kinds (None), or of one.
        """

    def is_one(self, key: str) -> bool:
        """Whether a UUID can only be one of theirs."""


class IncidentApi:
    """Incidents of servers and monitors; the latter belong to the first project."""

    def __init__(self, servers: Servers, outages: MonitorIncidents) -> None:
        self._servers = servers
        self._outages = outages

    def routes(self) -> Iterator[Route]:
        """The routes."""
        yield Route(
            name="list_incidents",
            method=GET,
            path="/api/v1/incidents",
            needs=Right.INCIDENTS_VIEW,
            handler=self.list,
            tag=_TAG,
            response=examples.INCIDENTS,
            query=[PAGE, _PER_PAGE, _STATUS],
        )
        respond = partial(
            Route, method=POST, needs=Right.INCIDENTS_RESPOND, tag=_TAG, response=examples.INCIDENT
        )
        yield respond(name="acknowledge_incident", path=f"{_INCIDENT}/acknowledge", handler=self.acknowledge)
        yield respond(
            name="snooze_incident",
            path=f"{_INCIDENT}/snooze",
            handler=self.snooze,
            request=examples.SNOOZE,
        )

    async def list(self, request: AnyRequest) -> dict[str, Any]:
        """List incidents: ongoing ones first, then the newest."""
        page, count = PAGE.of(request), _PER_PAGE.of(request)
        status = request.query_params.get(_STATUS.name) or None
        if status is not None and status not in _ONGOING:
            raise Unprocessable("status must be ongoing or resolved")
        actor, ongoing = actor_of(request), _ONGOING.get(status or "")
        found, total = await self._page(actor, ongoing, (page - 1) * count, count)
        return {
            "data": found,
            "meta": part_of(total, page, count),
        }

    async def acknowledge(self, request: AnyRequest) -> dict[str, Any]:
        """Acknowledge an incident."""
        key, caller = self._key(request), actor_of(request)
        incident = await self._servers.incidents.acknowledge(caller, key, caller.username or "API")
        return incident_wire(self._servers, incident)

    async def snooze(self, request: AnyRequest) -> dict[str, Any]:
        """Snooze an incident for some minutes, and the next ones of its cause; 0 ends the snooze."""
        key = self._key(request)
        minutes = (await json_object(request)).get("minutes")
        incident = await self._servers.incidents.snooze(actor_of(request), key, minutes)
        return incident_wire(self._servers, incident)

    async def _page(
        self, actor: Actor, ongoing: bool | None, offset: int, count: int
    ) -> tuple[Sequence[Any], int]:
        servers, wanted = self._servers, offset + count
        status = None if ongoing is None else "ongoing" if ongoing else "resolved"
        incidents, total = await servers.incidents.page(servers.of(actor.project_id), status, 0, wanted)
        found = [Listed(one.closed is None, one.started, incident_wire(servers, one)) for one in incidents]
        if servers.projects.is_root(actor):
            others, more = await self._outages.page(actor.organisation, wanted, ongoing=ongoing)
            found, total = [*heapq.merge(found, others, key=_ongoing_then_newest)], total + more
        return [dict(one.wire) for one in found[offset:wanted]], total

    def _key(self, request: AnyRequest) -> str:
        """The UUID of an incident of a server. Raises Unprocessable for an outage's."""
        key = key_in(request)
        if self._outages.is_one(key):
            raise Unprocessable(_NO_SERVER)
        return key


def _ongoing_then_newest(one: Listed) -> tuple[bool, int]:
    return not one.ongoing, -one.began
