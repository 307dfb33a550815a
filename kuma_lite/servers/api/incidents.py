"""The routes about incidents: alerts of servers, and outages of monitors where somebody tells of them."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any, Final, Protocol

from litestar import get, post
from litestar.params import FromPath

from kuma_lite.core.access import Actor, Right
from kuma_lite.rest.errors import Unprocessable
from kuma_lite.rest.operation import documented
from kuma_lite.rest.requests import (
    MAX_PER_PAGE,
    PAGE,
    AnyRequest,
    TextQuery,
    WholeQuery,
    actor_of,
    json_object,
    route_for,
)
from kuma_lite.servers.alerting.documents import Listed, incident_wire
from kuma_lite.servers.api import examples
from kuma_lite.servers.service import Servers

PER_PAGE: Final = 25  # incidents, as on the hosted product
_PER_PAGE: Final = WholeQuery("per_page", "Incidents per page", PER_PAGE, MAX_PER_PAGE)
_ONGOING: Final = {"ongoing": True, "resolved": False}
_STATUS: Final = TextQuery("status", "Both when it is left out", choices=tuple(_ONGOING))
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


def incident_routes(servers: Servers, outages: MonitorIncidents) -> Sequence[Any]:
    """The routes. Monitors belong to the first project."""

    async def listed(actor: Actor, ongoing: bool | None, offset: int, count: int) -> tuple[list[Any], int]:
        wanted = offset + count
        status = None if ongoing is None else "ongoing" if ongoing else "resolved"
        incidents, total = await servers.incidents.page(servers.of(actor.project_id), status, 0, wanted)
        found = [Listed(one.closed is None, one.started, incident_wire(servers, one)) for one in incidents]
        if actor.project_id == servers.projects.root_of(actor.organisation).id:
            others, more = await outages.page(actor.organisation, wanted, ongoing=ongoing)
            found, total = list(heapq.merge(found, others, key=_ongoing_then_newest)), total + more
        return [dict(one.wire) for one in found[offset:wanted]], total

    def own_server(key: str) -> None:
        if outages.is_one(key):
            raise Unprocessable(_NO_SERVER)

    @get(
        "/api/v1/incidents",
        operation_class=documented(examples.INCIDENTS, query=[PAGE, _PER_PAGE, _STATUS]),
        tags=["Incidents"],
        **route_for(Right.INCIDENTS_VIEW),
    )
    async def list_incidents(request: AnyRequest) -> dict[str, Any]:
        """List incidents: ongoing ones first, then the newest."""
        page, count = PAGE.of(request), _PER_PAGE.of(request)
        status = request.query_params.get(_STATUS.name) or None
        if status is not None and status not in _ONGOING:
            raise Unprocessable("status must be ongoing or resolved")
        actor, ongoing = actor_of(request), _ONGOING.get(status or "")
        found, total = await listed(actor, ongoing, (page - 1) * count, count)
        return {
            "data": found,
            "meta": {
                "current_page": page,
                "per_page": count,
                "total_pages": -(-total // count),
                "total_count": total,
            },
        }

    @post(
        "/api/v1/incidents/{key:str}/acknowledge",
        status_code=200,
        operation_class=documented(examples.INCIDENT),
        tags=["Incidents"],
        **route_for(Right.INCIDENTS_RESPOND),
    )
    async def acknowledge_incident(request: AnyRequest, key: FromPath[str]) -> dict[str, Any]:
        """Say that somebody takes care of it."""
        own_server(key)
        caller = actor_of(request)
        incident = await servers.incidents.acknowledge(caller, key, caller.username or "API")
        return incident_wire(servers, incident)

    @post(
        "/api/v1/incidents/{key:str}/snooze",
        status_code=200,
        operation_class=documented(examples.INCIDENT, request=examples.SNOOZE),
        tags=["Incidents"],
        **route_for(Right.INCIDENTS_RESPOND),
    )
    async def snooze_incident(request: AnyRequest, key: FromPath[str]) -> dict[str, Any]:
        """Be silent about it, and about the next ones of its cause, for some minutes; 0 ends that."""
        own_server(key)
        minutes = (await json_object(request)).get("minutes")
        incident = await servers.incidents.snooze(actor_of(request), key, minutes)
        return incident_wire(servers, incident)

    return [list_incidents, acknowledge_incident, snooze_incident]


def _ongoing_then_newest(one: Listed) -> tuple[bool, int]:
    return not one.ongoing, -one.began
