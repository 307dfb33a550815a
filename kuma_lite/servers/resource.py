"""What a server is to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.errors import UserError
from kuma_lite.core.resources import DELETE, REPLACE, Document, Reference, Resource
from kuma_lite.projects.model import Project
from kuma_lite.projects.resource import KeptToken
from kuma_lite.rest.errors import NotFound
from kuma_lite.servers.model import Server
from kuma_lite.servers.rules.alert_settings import changed
from kuma_lite.servers.service import Servers

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

_ALERTS: Final = "alert_settings"
_NOTIFICATIONS: Final = "notifications"
_MAINTENANCE: Final = "maintenance"
_TAGS: Final = "tags"


class Kinds(Struct, frozen=True):
    """What the API is about, as people keep it."""

    server: Resource[Server]
    project: Resource[Project]
    token: Resource[KeptToken]


class ServerKeeper:
    """Servers as things that people keep: their agents make them, people say what is to be alerted."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    async def all(self, actor: Actor) -> list[Server]:
        """Those of the actor's project, or else of the organisation, in the order of their first contact."""
        if actor.project_id is not None:
            return self._servers.of(actor.project_id)
        return self._servers.of_organisation(actor.organisation)

    async def find(self, actor: Actor, key: Any) -> Server | None:
        """One by its UUID."""
        try:
            return self._servers.find(key, actor.project_id)
        except NotFound:
            return None

    def document(self, server: Server) -> Document:
        """What was chosen for it."""
        return {
            _ALERTS: {section: dict(values) for section, values in server.overrides.items()},
            _NOTIFICATIONS: sorted(server.channels),
            _MAINTENANCE: self._servers.links.plans_of(server),
            _TAGS: self._servers.links.tags_of(server),
        }

    async def create(self, actor: Actor, document: Any) -> Server:
        """Raises UserError."""
        raise UserError("A server is made by the first report of its agent.", status=405)

    async def replace(self, actor: Actor, server: Server, document: Any) -> Server:
        """Another document for one; what it leaves out has its default. Raises UserError."""
        _settled(actor, server, document)
        await self._servers.links.replace(
            server, _ids(document, _NOTIFICATIONS), _ids(document, _MAINTENANCE), _ids(document, _TAGS)
        )
        await self._servers.save_settings(server, document.get(_ALERTS) or {}, whole=True)
        return server

    async def delete(self, actor: Actor, server: Server) -> None:
        """Remove one with its history; a report that comes later makes it anew."""
        await self._servers.delete(server)


def _settled(_actor: Actor, _server: Server | None, document: Document) -> Document:
    _, errors = changed({}, document.get(_ALERTS) or {})
    if errors:
        raise UserError("{reason}.", reason=errors[0], extra={"errors": errors})
    for key in (_NOTIFICATIONS, _MAINTENANCE, _TAGS):
        _ids(document, key)
    return document


def _ids(document: Any, key: str) -> set[int]:
    found = document.get(key) or []
    if not isinstance(found, list) or not all(type(number) is int for number in found):
        raise UserError("{key} must be a list.", key=key)
    return set(found)


def server_resource(servers: Servers) -> Resource[Server]:
    """Servers; documents name them by the name of their host."""
    return Resource(
        name="server",
        plural="servers",
        view=Right.SERVERS_VIEW,
        edit=Right.SERVERS_EDIT,
        keeper=ServerKeeper(servers),
        options=_options,
        title=lambda server: server.name,
        named_by="",
        identify=lambda server: server.uuid,
        references=(
            Reference(f"{_NOTIFICATIONS}[]", "notification"),
            Reference(f"{_MAINTENANCE}[]", "maintenance"),
            Reference(f"{_TAGS}[]", "tag"),
        ),
        can=frozenset({REPLACE, DELETE}),
        settled=_settled,
    )


def _options(_document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.servers.rules.options import ServerOptions

    return (ServerOptions,)
