"""The routes of the Servers API about servers, and the one that takes reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from litestar import Response, delete, get, post, route
from litestar.enums import HttpMethod
from litestar.openapi.spec.enums import OpenAPIFormat
from litestar.params import FromPath

from kuma_lite.core.access import Right
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.iso_time import iso, iso_exact, parse_iso
from kuma_lite.rest.errors import Failure, Unprocessable
from kuma_lite.rest.operation import documented
from kuma_lite.rest.requests import (
    PAGE,
    AnyRequest,
    TextQuery,
    WholeQuery,
    inner_object,
    json_object,
    project_of,
    route_for,
)
from kuma_lite.rest.shapes import error
from kuma_lite.servers.api import examples
from kuma_lite.servers.model import Server, as_wire
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
_TAGS: Final = ["Servers"]


def server_routes(servers: Servers, clock: Clock) -> Sequence[Any]:
    """The routes."""

    @post(
        "/api/v1/server_metrics",
        status_code=201,
        operation_class=documented(examples.REPORTED, status=201, request=examples.REPORT),
        tags=["Agents"],
        **route_for(Right.SERVERS_REPORT),
    )
    async def create_server_metrics(request: AnyRequest) -> dict[str, Any]:
        """Take the report of an agent: who it is, and samples. A sample sent twice is stored once."""
        return await servers.take_report(project_of(request), await request.body())

    @get(
        "/api/v1/servers",
        operation_class=documented([examples.SERVER], query=[PAGE, _PER_PAGE]),
        tags=_TAGS,
        **route_for(Right.SERVERS_VIEW),
    )
    async def list_servers(request: AnyRequest) -> list[dict[str, Any]]:
        """List the servers of the project, in the order of their first contact."""
        page, count = PAGE.of(request), _PER_PAGE.of(request)
        found = servers.of(project_of(request))[(page - 1) * count : page * count]
        return [as_wire(server) for server in found]

    @get(
        "/api/v1/servers/{key:str}",
        operation_class=documented(examples.SERVER),
        tags=_TAGS,
        **route_for(Right.SERVERS_VIEW),
    )
    async def get_server(request: AnyRequest, key: FromPath[str]) -> dict[str, Any]:
        """Show one server with its latest metrics."""
        return as_wire(servers.find(key, project_of(request)))

    @route(
        "/api/v1/servers/{key:str}",
        http_method=[HttpMethod.PATCH, HttpMethod.PUT],
        operation_class=documented(examples.SERVER, request=examples.UPDATE),
        tags=_TAGS,
        **route_for(Right.SERVERS_EDIT),
    )
    async def update_server(request: AnyRequest, key: FromPath[str]) -> dict[str, Any]:
        """Change alert settings; what is not mentioned stays as it is."""
        server = servers.find(key, project_of(request))
        wishes = inner_object(await json_object(request), "server")
        if "alert_settings" in wishes:
            await servers.save_settings(server, wishes["alert_settings"])
        return as_wire(server)

    @delete(
        "/api/v1/servers/{key:str}",
        operation_class=documented(status=204),
        tags=_TAGS,
        **route_for(Right.SERVERS_EDIT),
    )
    async def delete_server(request: AnyRequest, key: FromPath[str]) -> None:
        """Remove a server and its history."""
        await servers.delete(servers.find(key, project_of(request)))

    @get(
        "/api/v1/servers/{key:str}/metrics",
        operation_class=documented(
            examples.METRICS, query=[_SINCE, _UNTIL, _METRICS, _POINTS], misfit=error(_BOTH)
        ),
        tags=_TAGS,
        **route_for(Right.SERVERS_VIEW),
    )
    async def get_server_metrics(request: AnyRequest, key: FromPath[str]) -> Response[dict[str, Any]]:
        """Show metrics of a time range. Ranges beyond a day are rolled up as far as the limit asks for."""
        server = servers.find(key, project_of(request))
        since, until = _range(request, to_ms(clock.now()))
        limit = _POINTS.of(request)
        found = await servers.values(server, _names(request), since, until, limit)
        return Response(_series(server, found, since, until, limit))

    return [
        create_server_metrics,
        list_servers,
        get_server,
        update_server,
        delete_server,
        get_server_metrics,
    ]


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
