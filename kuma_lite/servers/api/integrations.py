"""The routes of the Servers API about integrations, and about which servers use them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from litestar import delete, get, post, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from kuma_lite.core.access import Right
from kuma_lite.rest.errors import NotFound, Unprocessable
from kuma_lite.rest.operation import documented
from kuma_lite.rest.requests import AnyRequest, actor_of, inner_object, json_object, project_of, route_for
from kuma_lite.servers.api import examples
from kuma_lite.servers.api.integration_store import Integrations
from kuma_lite.servers.service import Servers

_TAGS: Final = ["Integrations"]


def integration_routes(servers: Servers, integrations: Integrations) -> Sequence[Any]:
    """The routes."""

    @get(
        "/api/v1/servers/{key:str}/integrations",
        operation_class=documented([examples.INTEGRATION]),
        tags=_TAGS,
        **route_for(Right.NOTIFICATIONS_VIEW),
    )
    async def list_server_integrations(request: AnyRequest, key: FromPath[str]) -> list[dict[str, Any]]:
        """List what gets the alerts of a server."""
        return await integrations.of(
            actor_of(request).organisation, servers.find(key, project_of(request)).channels
        )

    @post(
        "/api/v1/servers/{key:str}/integrations",
        status_code=201,
        operation_class=documented(examples.ATTACHED, status=201, request=examples.ATTACH),
        tags=_TAGS,
        **route_for(Right.SERVERS_EDIT),
    )
    async def attach_integration(request: AnyRequest, key: FromPath[str]) -> dict[str, Any]:
        """Let an integration have the alerts of a server; doing it twice changes nothing."""
        server = servers.find(key, project_of(request))
        wanted = (await json_object(request)).get("integration_id")
        if not isinstance(wanted, str) or not wanted:
            raise Unprocessable("integration_id is required")
        channel, shown = await integrations.find(actor_of(request), wanted)
        await servers.links.notify(server, channel.id, on=True)
        return {"message": "Integration attached to server", "integration": shown}

    @delete(
        "/api/v1/servers/{key:str}/integrations/{integration:str}",
        operation_class=documented(status=204),
        tags=_TAGS,
        **route_for(Right.SERVERS_EDIT),
    )
    async def detach_integration(request: AnyRequest, key: FromPath[str], integration: FromPath[str]) -> None:
        """Take the alerts of a server away from an integration."""
        server = servers.find(key, project_of(request))
        channel, _ = await integrations.find(actor_of(request), integration)
        if channel.id not in server.channels:
            raise NotFound
        await servers.links.notify(server, channel.id, on=False)

    @get(
        "/api/v1/integrations",
        operation_class=documented([examples.INTEGRATION]),
        tags=_TAGS,
        **route_for(Right.NOTIFICATIONS_VIEW),
    )
    async def list_integrations(request: AnyRequest) -> list[dict[str, Any]]:
        """List all integrations; secrets are veiled."""
        return await integrations.all(actor_of(request))

    @post(
        "/api/v1/integrations",
        status_code=201,
        operation_class=documented(examples.INTEGRATION, status=201, request=examples.NEW_INTEGRATION),
        tags=_TAGS,
        **route_for(Right.NOTIFICATIONS_EDIT),
    )
    async def create_integration(request: AnyRequest) -> dict[str, Any]:
        """Add an integration."""
        wishes = inner_object(await json_object(request), "integration")
        return await integrations.add(actor_of(request), wishes)

    @get(
        "/api/v1/integrations/{integration:str}",
        operation_class=documented(examples.INTEGRATION),
        tags=_TAGS,
        **route_for(Right.NOTIFICATIONS_VIEW),
    )
    async def get_integration(request: AnyRequest, integration: FromPath[str]) -> dict[str, Any]:
        """Show one integration."""
        return (await integrations.find(actor_of(request), integration))[1]

    @route(
        "/api/v1/integrations/{integration:str}",
        http_method=[HttpMethod.PATCH, HttpMethod.PUT],
        operation_class=documented(examples.INTEGRATION, request=examples.INTEGRATION_CHANGE),
        tags=_TAGS,
        **route_for(Right.NOTIFICATIONS_EDIT),
    )
    async def update_integration(request: AnyRequest, integration: FromPath[str]) -> dict[str, Any]:
        """Change an integration; its type stays, and settings that are not mentioned, or sent back veiled."""
        wishes = inner_object(await json_object(request), "integration")
        return await integrations.change(actor_of(request), integration, wishes)

    @delete(
        "/api/v1/integrations/{integration:str}",
        operation_class=documented(status=204),
        tags=_TAGS,
        **route_for(Right.NOTIFICATIONS_EDIT),
    )
    async def delete_integration(request: AnyRequest, integration: FromPath[str]) -> None:
        """Remove an integration, from all servers and monitors too."""
        await integrations.remove(actor_of(request), integration)

    return [
        list_server_integrations,
        attach_integration,
        detach_integration,
        list_integrations,
        create_integration,
        get_integration,
        update_integration,
        delete_integration,
    ]
