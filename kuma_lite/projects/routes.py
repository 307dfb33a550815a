"""The routes about projects and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import delete, get, post
from litestar.params import FromPath

from kuma_lite.core.access import Right
from kuma_lite.core.errors import UserError
from kuma_lite.core.iso_time import parse_iso
from kuma_lite.projects import examples
from kuma_lite.projects.documents import project_wire, token_wire
from kuma_lite.projects.service import Projects
from kuma_lite.projects.tokens import PROJECT
from kuma_lite.rest.operation import documented
from kuma_lite.rest.requests import AnyRequest, actor_of, inner_object, json_object, route_for


def expiry(value: object) -> int | None:
    """The moment (ms) a token ends at; None for never. Raises UserError."""
    if value is None:
        return None
    moment = parse_iso(value)
    if moment is None:
        raise UserError("expires_at must be an ISO 8601 date.", status=422)
    return moment


def project_routes(projects: Projects) -> Sequence[Any]:
    """Projects and tokens; for people only, a machine cannot make itself more keys."""

    @get(
        "/api/v1/projects",
        operation_class=documented([examples.PROJECT], people=True),
        tags=["Projects"],
        **route_for(Right.TOKENS_VIEW),
    )
    async def list_projects(request: AnyRequest) -> list[dict[str, Any]]:
        """List the projects."""
        return [project_wire(project) for project in projects.of(actor_of(request).organisation)]

    @post(
        "/api/v1/projects",
        status_code=201,
        operation_class=documented(examples.PROJECT, status=201, request=examples.NEW_PROJECT, people=True),
        tags=["Projects"],
        **route_for(Right.TOKENS_EDIT),
    )
    async def create_project(request: AnyRequest) -> dict[str, Any]:
        """Add a project."""
        wishes = inner_object(await json_object(request), "project")
        return project_wire(await projects.add(actor_of(request), wishes.get("name")))

    @delete(
        "/api/v1/projects/{key:str}",
        operation_class=documented(status=204, people=True),
        tags=["Projects"],
        **route_for(Right.TOKENS_EDIT),
    )
    async def delete_project(request: AnyRequest, key: FromPath[str]) -> None:
        """Remove a project that has no servers, with its tokens."""
        await projects.remove(projects.find(actor_of(request), key))

    @get(
        "/api/v1/tokens",
        operation_class=documented([examples.TOKEN], people=True),
        tags=["Tokens"],
        **route_for(Right.TOKENS_VIEW),
    )
    async def list_tokens(request: AnyRequest) -> list[dict[str, Any]]:
        """List the tokens of all projects by their prefix, the newest first."""
        return [
            token_wire(projects, token)
            for token in await projects.list_tokens(actor_of(request).organisation)
        ]

    @post(
        "/api/v1/tokens",
        status_code=201,
        operation_class=documented(
            examples.CREATED_TOKEN, status=201, request=examples.NEW_TOKEN, people=True
        ),
        tags=["Tokens"],
        **route_for(Right.TOKENS_EDIT),
    )
    async def create_token(request: AnyRequest) -> dict[str, Any]:
        """Make a token. `token` in the answer is the only time it is shown."""
        actor = actor_of(request)
        wishes = inner_object(await json_object(request), "token")
        token, secret = await projects.add_token(
            wishes.get("name"),
            project=projects.find(actor, wishes.get("project_uuid")),
            kind=wishes.get("kind") or PROJECT,
            user_id=actor.user_id,
            expires=expiry(wishes.get("expires_at")),
        )
        return {**token_wire(projects, token), "token": secret}

    @delete(
        "/api/v1/tokens/{key:str}",
        operation_class=documented(status=204, people=True),
        tags=["Tokens"],
        **route_for(Right.TOKENS_EDIT),
    )
    async def revoke_token(request: AnyRequest, key: FromPath[str]) -> None:
        """End a token; it stays in the list."""
        await projects.revoke(actor_of(request).organisation, key)

    return [list_projects, create_project, delete_project, list_tokens, create_token, revoke_token]
