"""The routes of the Servers API about servers, and the one that takes reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from litestar import Response
from litestar.openapi.spec.enums import OpenAPIFormat

from kuma_lite.core.access import Right
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.iso_time import iso, iso_exact, parse_iso
from kuma_lite.core.resources import Resource
from kuma_lite.rest.errors import Failure, Unprocessable
from kuma_lite.rest.operation import Tagged
from kuma_lite.rest.requests import (
    AnyRequest,
    TextQuery,
    WholeQuery,
    actor_of,
    inner_object,
    json_object,
    project_of,
)
from kuma_lite.rest.resource import Rest
from kuma_lite.rest.route import CHANGE, GET, POST, Route, key_in
from kuma_lite.rest.shapes import error
from kuma_lite.servers.api import examples, report
from kuma_lite.servers.model import Server, as_wire, as_wire_json
from kuma_lite.servers.samples.metrics import FRIENDLY
from kuma_lite.servers.samples.queries import is_known
from kuma_lite.servers.samples.rollup import HOUR_MS
from kuma_lite.servers.service import Servers

SERVERS_PER_PAGE: Final = 100  # when the caller says nothing
MAX_SERVERS_PER_PAGE: Final = 1_000
_PER_PAGE: Final = WholeQuery("per_page", "Servers per page", SERVERS_PER_PAGE, MAX_SERVERS_PER_PAGE)
POINTS: Final = 10_000  # of the Servers API
MAX_POINTS: Final = 50_000
_POINTS: Final = WholeQuery("per_page", "Most points of all metrics together", POINTS, MAX_POINTS)
_SINCE: Final = TextQuery(
    "since", "With `until`, or neither for the last hour", format=OpenAPIFormat.DATE_TIME
)
_UNTIL: Final = TextQuery("until", "With `since`", format=OpenAPIFormat.DATE_TIME)
_METRICS: Final = TextQuery(
    "metrics", "Names separated by commas, friendly (cpu, ram, disk, net_in, net_out) or stored"
)
MAX_NAMES: Final = 200  # metrics asked for at once
_BOTH: Final = "Provide both since and until, or omit both to use the last hour"
_BAD_DATE: Final = "Invalid date format"
_ORDER: Final = "until must not be before since"
_TAG: Final = "Servers"
_SERVER: Final = "/api/v1/servers/{key:str}"


class ServerApi:
    """Servers, and what agents report of them."""

    def __init__(self, servers: Servers, resource: Resource[Server], clock: Clock) -> None:
        self._servers = servers
        self._resource = resource
        self._clock = clock
        self._rest = Rest(
            things=resource,
            one="server",
            many="servers",
            tag=_TAG,
            view=Right.SERVERS_VIEW,
            edit=Right.SERVERS_EDIT,
            shown=as_wire,
            example=examples.SERVER,
            per_page=_PER_PAGE,
            version=lambda server: {"uuid": server.uuid, "alert_settings": server.settings},
            listed=as_wire_json,
        )

    def routes(self) -> Iterator[Route]:
        """The routes."""
        yield from self._rest.routes()
        yield from self._others()

    def _others(self) -> Iterator[Route]:
        yield Route(
            name="update_server",
            method=CHANGE,
            path=_SERVER,
            needs=Right.SERVERS_EDIT,
            handler=self.update,
            tag=_TAG,
            response=examples.SERVER,
            request=examples.UPDATE,
            tagged=Tagged.CHANGED,
        )
        yield Route(
            name="get_server_metrics",
            method=GET,
            path=f"{_SERVER}/metrics",
            needs=Right.SERVERS_VIEW,
            handler=self.metrics,
            tag=_TAG,
            response=examples.METRICS,
            query=[_SINCE, _UNTIL, _METRICS, _POINTS],
            misfit=error(_BOTH),
        )
        yield Route(
            name="create_server_metrics",
            method=POST,
            path=report.PATH,
            needs=Right.SERVERS_REPORT,
            handler=self.report,
            tag="Agents",
            status=report.STATUS,
            response=examples.REPORTED,
            request=examples.REPORT,
        )

    async def report(self, request: AnyRequest) -> dict[str, Any]:
        """Take the report of an agent: who it is, and samples. A sample sent twice is stored once."""
        return await self._servers.take_report(project_of(request), await request.body())

    async def update(self, request: AnyRequest) -> Response[Any]:
        """Change alert settings; what is not mentioned stays as it is."""
        server = await self._resource.get(actor_of(request), key_in(request), Right.SERVERS_EDIT)
        wishes = inner_object(await json_object(request), "server")
        async with self._rest.turn(request):
            if "alert_settings" in wishes:
                await self._servers.save_settings(server, wishes["alert_settings"])
        return self._rest.answer(server)

    async def metrics(self, request: AnyRequest) -> dict[str, Any]:
        """Show metrics of a time range. Ranges beyond a day are rolled up as far as the limit asks for."""
        server = await self._resource.get(actor_of(request), key_in(request))
        since, until = _range(request, to_ms(self._clock.now()))
        limit = _POINTS.of(request)
        found = await self._servers.values(server, _names(request), since, until, limit)
        return _series(server, found, since, until, limit)


def _range(request: AnyRequest, now: int) -> tuple[int, int]:
    """Beginning and end, ms. Raises Failure."""
    texts = [request.query_params.get(name) or None for name in (_SINCE.name, _UNTIL.name)]
    if texts == [None, None]:
        return now - HOUR_MS, now
    if None in texts:
        raise Failure(422, {"error": _BOTH})
    # A plus sign that was not escaped arrives as a blank.
    since, until = (parse_iso(str(text).replace(" ", "+") if "T" in str(text) else text) for text in texts)
    if since is None or until is None:
        raise Failure(422, {"error": _BAD_DATE})
    if until < since:
        raise Failure(422, {"error": _ORDER})
    return since, until


def _names(request: AnyRequest) -> list[str]:
    """The metrics that are asked for; all friendly ones when none is named. Raises Unprocessable."""
    text = request.query_params.get(_METRICS.name) or ""
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if len(names) > MAX_NAMES:
        raise Unprocessable(f"No more than {MAX_NAMES} metrics can be asked for at once")
    if not all(is_known(name) for name in names):
        raise Unprocessable("Invalid metric name")
    return names or list(FRIENDLY)


def _series(server: Server, found: dict[str, Any], since: int, until: int, limit: int) -> dict[str, Any]:
    return {
        "server_uuid": server.uuid,
        "since": iso(since),
        "until": iso(until),
        "metrics": {
            name: [{"value": value, "timestamp": iso_exact(time)} for time, value in values]
            for name, values in found.items()
        },
        "meta": {
            "total_count": sum(map(len, found.values())),
            "limit": limit,
            "metric_types": list(found),
        },
    }
