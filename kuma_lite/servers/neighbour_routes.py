"""The routes around servers: incidents, status pages, projects and tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from litestar import delete, get, post
from litestar.params import FromPath

from kuma_lite.core.errors import UserError
from kuma_lite.servers import examples
from kuma_lite.servers.api import (
    MAX_PER_PAGE,
    ROUTE,
    AnyRequest,
    documented,
    identity,
    inner_object,
    json_object,
    person,
    whole_query,
)
from kuma_lite.servers.incoming import Unprocessable
from kuma_lite.servers.model import Incident, Project, Token, iso, parse_iso
from kuma_lite.servers.projects import Projects
from kuma_lite.servers.service import Servers
from kuma_lite.servers.tokens import PROJECT

PER_PAGE: Final = 25  # incidents, as on the hosted product
_ONGOING, _RESOLVED = "ongoing", "resolved"


class StatusPages(Protocol):
    """The status pages, wherever they are kept."""

    async def listed(self) -> Sequence[Mapping[str, Any]]:
        """All of them as the Servers API shows them."""


def incident_wire(servers: Servers, incident: Incident) -> dict[str, Any]:
    """The object of the API. `request` and `response` belong to checks, which a server has none of."""
    server = servers.by_id(incident.server_id)
    return {
        "uuid": incident.uuid,
        "status": _ONGOING if incident.closed is None else _RESOLVED,
        "error_message": incident.message,
        "cause": incident.cause,
        "closed_at": iso(incident.closed),
        "acknowledged_at": iso(incident.acknowledged),
        "acknowledged_by": incident.acknowledged_by,
        "snoozed_at": iso(incident.snoozed),
        "snooze_until": iso(incident.snooze_until),
        "monitorable_type": "Server",
        "monitorable_uuid": server.uuid if server else None,
        "monitorable_name": server.name if server else None,
        "request": None,
        "request_headers": None,
        "response": None,
        "response_headers": None,
        "created_at": iso(incident.started),
        "updated_at": iso(incident.updated),
    }


def project_wire(project: Project) -> dict[str, Any]:
    """A project as the API shows it."""
    return {
        "uuid": project.uuid,
        "name": project.name,
        "root": project.is_root,
        "created_at": iso(project.created),
    }


def token_wire(projects: Projects, token: Token) -> dict[str, Any]:
    """A token as lists show it; of itself only the beginning."""
    project = projects.all.get(token.project_id)
    return {
        "uuid": token.uuid,
        "name": token.name,
        "kind": token.kind,
        "project_uuid": project.uuid if project else None,
        "prefix": token.prefix,
        "created_at": iso(token.created),
        "expires_at": iso(token.expires),
        "last_used_at": iso(token.last_used),
        "revoked_at": iso(token.revoked),
    }


def expiry(value: object) -> int | None:
    """The moment (ms) a token ends at; None for never. Raises UserError."""
    if value is None:
        return None
    moment = parse_iso(value)
    if moment is None:
        raise UserError("expires_at must be an ISO 8601 date.", status=422)
    return moment


def incident_routes(servers: Servers, pages: StatusPages) -> Sequence[Any]:
    """Incidents and status pages."""

    @get(
        "/api/v1/incidents",
        operation_class=documented(
            examples.INCIDENTS,
            query=[
                ("page", "Number of the page, from 1"),
                ("per_page", f"Incidents per page, {PER_PAGE}, at most {MAX_PER_PAGE}"),
                ("status", "ongoing or resolved; both when it is left out"),
            ],
        ),
        tags=["Incidents"],
        **ROUTE,
    )
    async def list_incidents(request: AnyRequest) -> dict[str, Any]:
        """List incidents: ongoing ones first, then the newest."""
        page = whole_query(request, "page", 1, 10**9)
        count = whole_query(request, "per_page", PER_PAGE, MAX_PER_PAGE)
        status = request.query_params.get("status") or None
        if status not in (None, _ONGOING, _RESOLVED):
            raise Unprocessable("status must be ongoing or resolved")
        own = servers.of(identity(request).project_id)
        found, total = await servers.incidents(own, status, (page - 1) * count, count)
        return {
            "data": [incident_wire(servers, incident) for incident in found],
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
        **ROUTE,
    )
    async def acknowledge_incident(request: AnyRequest, key: FromPath[str]) -> dict[str, Any]:
        """Say that somebody takes care of it."""
        caller = identity(request)
        incident = await servers.acknowledge(key, caller.username or "API", caller.project_id)
        return incident_wire(servers, incident)

    @post(
        "/api/v1/incidents/{key:str}/snooze",
        status_code=200,
        operation_class=documented(examples.INCIDENT, request={"minutes": 60}),
        tags=["Incidents"],
        **ROUTE,
    )
    async def snooze_incident(request: AnyRequest, key: FromPath[str]) -> dict[str, Any]:
        """Be silent about it, and about the next ones of its cause, for some minutes; 0 ends that."""
        minutes = (await json_object(request)).get("minutes")
        incident = await servers.snooze(key, minutes, identity(request).project_id)
        return incident_wire(servers, incident)

    @get(
        "/api/v1/status_pages",
        operation_class=documented([examples.STATUS_PAGE]),
        tags=["Status pages"],
        **ROUTE,
    )
    async def list_status_pages() -> list[dict[str, Any]]:
        """List the status pages and their monitors."""
        return [dict(page) for page in await pages.listed()]

    return [list_incidents, acknowledge_incident, snooze_incident, list_status_pages]


def project_routes(servers: Servers) -> Sequence[Any]:
    """Projects and tokens; for people only, a machine cannot make itself more keys."""
    projects = servers.projects

    @get("/api/v1/projects", operation_class=documented([examples.PROJECT]), tags=["Projects"], **ROUTE)
    async def list_projects(request: AnyRequest) -> list[dict[str, Any]]:
        """List the projects."""
        person(request)
        return [project_wire(project) for project in projects.all.values()]

    @post(
        "/api/v1/projects",
        status_code=201,
        operation_class=documented(
            examples.PROJECT, status=201, request={"project": {"name": "Second site"}}
        ),
        tags=["Projects"],
        **ROUTE,
    )
    async def create_project(request: AnyRequest) -> dict[str, Any]:
        """Add a project."""
        person(request)
        wishes = inner_object(await json_object(request), "project")
        return project_wire(await projects.add(wishes.get("name")))

    @delete("/api/v1/projects/{key:str}", operation_class=documented(status=204), tags=["Projects"], **ROUTE)
    async def delete_project(request: AnyRequest, key: FromPath[str]) -> None:
        """Remove a project that has no servers, with its tokens."""
        person(request)
        await projects.remove(projects.find(key))

    @get("/api/v1/tokens", operation_class=documented([examples.TOKEN]), tags=["Tokens"], **ROUTE)
    async def list_tokens(request: AnyRequest) -> list[dict[str, Any]]:
        """List the tokens of all projects by their prefix, the newest first."""
        person(request)
        return [token_wire(projects, token) for token in await projects.list_tokens()]

    @post(
        "/api/v1/tokens",
        status_code=201,
        operation_class=documented(examples.CREATED_TOKEN, status=201, request=examples.NEW_TOKEN),
        tags=["Tokens"],
        **ROUTE,
    )
    async def create_token(request: AnyRequest) -> dict[str, Any]:
        """Make a token. `token` in the answer is the only time it is shown."""
        user = person(request)
        wishes = inner_object(await json_object(request), "token")
        token, secret = await projects.add_token(
            wishes.get("name"),
            project=projects.find(wishes.get("project_uuid")),
            kind=wishes.get("kind") or PROJECT,
            user_id=user,
            expires=expiry(wishes.get("expires_at")),
        )
        return {**token_wire(projects, token), "token": secret}

    @delete("/api/v1/tokens/{key:str}", operation_class=documented(status=204), tags=["Tokens"], **ROUTE)
    async def revoke_token(request: AnyRequest, key: FromPath[str]) -> None:
        """End a token; it stays in the list."""
        person(request)
        await projects.revoke(key)

    return [list_projects, create_project, delete_project, list_tokens, create_token, revoke_token]
