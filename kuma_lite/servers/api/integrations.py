"""The routes of the Servers API about integrations, and about which servers use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kuma_lite.core.access import Right
from kuma_lite.core.resources import Resource
from kuma_lite.rest.errors import NotFound, Unprocessable
from kuma_lite.rest.requests import AnyRequest, actor_of, json_object
from kuma_lite.rest.resource import Rest
from kuma_lite.rest.route import CREATED, DELETE, GET, NO_CONTENT, POST, Route, key_in
from kuma_lite.servers.api import examples
from kuma_lite.servers.api.integration_store import Integrations
from kuma_lite.servers.model import Server
from kuma_lite.servers.service import Servers

_TAG: Final = "Integrations"
_OF_SERVER: Final = "/api/v1/servers/{key:str}/integrations"


class IntegrationApi:
    """Integrations, and which of them get the alerts of a server."""

    def __init__(self, servers: Servers, resource: Resource[Server], integrations: Integrations) -> None:
        self._links = servers.links
        self._servers = resource
        self._integrations = integrations

    def routes(self) -> Iterator[Route]:
        """The routes."""
        yield from Rest(
            things=self._integrations,
            one="integration",
            many="integrations",
            tag=_TAG,
            view=Right.NOTIFICATIONS_VIEW,
            edit=Right.NOTIFICATIONS_EDIT,
            shown=dict,
            example=examples.INTEGRATION,
            new=examples.NEW_INTEGRATION,
            change=examples.INTEGRATION_CHANGE,
            key="integration",
            version=lambda shown: {"uuid": shown["uuid"], "name": shown["name"], **shown.options},
        ).routes()
        yield from self._of_servers()

    def _of_servers(self) -> Iterator[Route]:
        yield Route(
            name="list_server_integrations",
            method=GET,
            path=_OF_SERVER,
            needs=Right.NOTIFICATIONS_VIEW,
            handler=self.of_server,
            tag=_TAG,
            response=[examples.INTEGRATION],
        )
        yield Route(
            name="attach_integration",
            method=POST,
            path=_OF_SERVER,
            needs=Right.SERVERS_EDIT,
            handler=self.attach,
            tag=_TAG,
            status=CREATED,
            response=examples.ATTACHED,
            request=examples.ATTACH,
        )
        yield Route(
            name="detach_integration",
            method=DELETE,
            path=f"{_OF_SERVER}/{{integration:str}}",
            needs=Right.SERVERS_EDIT,
            handler=self.detach,
            tag=_TAG,
            status=NO_CONTENT,
        )

    async def of_server(self, request: AnyRequest) -> Any:
        """List the integrations attached to a server."""
        server = await self._server(request, Right.NOTIFICATIONS_VIEW)
        return await self._integrations.of(server.organisation, server.channels)

    async def attach(self, request: AnyRequest) -> dict[str, Any]:
        """Attach an integration to a server (idempotent)."""
        server = await self._server(request, Right.SERVERS_EDIT)
        wanted = (await json_object(request)).get("integration_id")
        if not isinstance(wanted, str) or not wanted:
            raise Unprocessable("integration_id is required")
        channel, shown = await self._integrations.find(actor_of(request), wanted)
        await self._links.notify(server, channel.id, on=True)
        return {"message": "Integration attached to server", "integration": shown}

    async def detach(self, request: AnyRequest) -> None:
        """Detach an integration from a server."""
        server = await self._server(request, Right.SERVERS_EDIT)
        channel, _ = await self._integrations.find(actor_of(request), key_in(request, "integration"))
        if channel.id not in server.channels:
            raise NotFound
        await self._links.notify(server, channel.id, on=False)

    async def _server(self, request: AnyRequest, right: Right) -> Server:
        return await self._servers.get(actor_of(request), key_in(request), right)
