"""What our own page asks about the things a server is linked with: notifications, maintenance, status pages.

Part of `docs/page-protocol.md`, like `servers` and `tokens`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from kuma_lite.core.access import Actor, Right, may, require
from kuma_lite.core.doors import PAGE, Answer, Caller, Event, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.core.wire_values import identifier
from kuma_lite.rest.errors import NotFound
from kuma_lite.servers.model import Server
from kuma_lite.servers.service import Servers

MAX_AT_ONCE: Final = 10_000  # servers of one order
MAX_ON_PAGE: Final = 100  # servers of one status page; visitors read it as one list
NO_SERVER: Final = "The server does not exist."
NO_PAGE: Final = "The status page does not exist."

# Organisation → id, title and slug of each of its status pages.
Titles = Callable[[int], Sequence[tuple[int, str, str]]]


class LinksPage:
    """Switches between a server and what stands beside it.

    Args:
        servers: whose links they are.
        status_pages: those of an organisation.
    """

    def __init__(self, servers: Servers, status_pages: Titles) -> None:
        self._servers = servers
        self._status_pages = status_pages

    def events(self) -> list[Event]:
        """The page's questions and orders about links."""
        return [
            _event("setServerNotification", self.set_notification, Right.SERVERS_EDIT, 3),
            _event("setServerMaintenance", self.set_maintenance, Right.SERVERS_EDIT, 2),
            _event("changeServerTags", self.change_tags, Right.SERVERS_EDIT, 3),
            _event("planServers", self.servers_of_plans, Right.SERVERS_VIEW, 0),
            _event("setPlanServers", self.set_servers_of_plan, Right.SERVERS_EDIT, 2),
            _event("serverPages", self.pages_of_server, Right.SERVERS_VIEW, 1),
            _event("setServerPage", self.set_page_of_server, Right.STATUS_PAGES_EDIT, 3),
            _event("pageServers", self.servers_of_page, Right.STATUS_PAGES_VIEW, 1),
            _event("setPageServers", self.set_servers_of_page, Right.STATUS_PAGES_EDIT, 2),
        ]

    async def set_notification(self, caller: Caller, key: Any, channel_id: Any, on: Any) -> Answer:
        """Let a notification have the alerts, or not."""
        if type(channel_id) is not int:
            raise UserError("The notification does not exist.")
        server = find_server(self._servers, actor_of(caller), key, Right.SERVERS_EDIT)
        try:
            await self._servers.links.notify(server, channel_id, on=on is True)
        except NotFound:
            raise UserError("The notification does not exist.") from None
        return {"ok": True, "notifications": sorted(server.channels)}

    async def set_maintenance(self, caller: Caller, key: Any, plans: Any) -> Answer:
        """Which maintenance plans cover the server."""
        if not isinstance(plans, list) or not all(type(plan) is int for plan in plans):
            raise UserError("A list of maintenance ids is expected.")
        server = find_server(self._servers, actor_of(caller), key, Right.SERVERS_EDIT)
        await self._servers.links.set_plans(server, plans)
        return {"ok": True, "maintenancePlans": self._servers.links.plans_of(server)}

    async def change_tags(self, caller: Caller, keys: Any, more: Any, fewer: Any) -> Answer:
        """Put tags on some servers, take others off."""
        if not all(isinstance(ids, list) and all(type(tag) is int for tag in ids) for ids in (more, fewer)):
            raise UserError("Two lists of tag ids are expected.")
        servers = find_servers(self._servers, actor_of(caller), keys)
        await self._servers.links.change_tags(servers, more, fewer)
        return {"ok": True, "msg": "Saved.", "msgi18n": True}

    async def servers_of_plans(self, caller: Caller) -> Answer:
        """The servers of every maintenance plan that has any."""
        found: dict[str, list[str]] = {}
        for server in self._servers.of_organisation(actor_of(caller).organisation):
            for plan in self._servers.links.plans_of(server):
                found.setdefault(str(plan), []).append(server.uuid)
        return {"ok": True, "servers": found}

    async def set_servers_of_plan(self, caller: Caller, plan_id: Any, keys: Any) -> Answer:
        """Which servers a maintenance plan covers."""
        number = identifier(plan_id)
        if not isinstance(keys, list) or number is None:
            raise UserError("A maintenance id and a list of servers are expected.")
        actor = actor_of(caller)
        found = [find_server(self._servers, actor, key, Right.SERVERS_EDIT) for key in keys]
        await self._servers.links.set_plan_servers(number, found, actor.organisation)
        return {"ok": True, "servers": [server.uuid for server in found]}

    # --- status pages ------------------------------------------------------------------------------------

    async def pages_of_server(self, caller: Caller, key: Any) -> Answer:
        """Every status page, and whether the server stands on it."""
        return self._answer(caller, find_server(self._servers, actor_of(caller), key))

    def _answer(self, caller: Caller, server: Server) -> Answer:
        pages = [
            {"id": number, "title": title, "slug": slug, "shown": self._is_on(server, number)}
            for number, title, slug in self._status_pages(actor_of(caller).organisation)
        ]
        return {"ok": True, "pages": pages}

    async def set_page_of_server(self, caller: Caller, key: Any, page_id: Any, on: Any) -> Answer:
        """Put a server on a status page, behind those that are there, or take it off."""
        server = find_server(self._servers, actor_of(caller), key, Right.STATUS_PAGES_EDIT)
        number = self._page(caller, page_id)
        if on is True and not self._is_on(server, number):
            _check_room(len(self._servers.links.servers_of_page(number)) + 1)
        await self._servers.links.show_on_page(server, number, shown=on is True)
        return self._answer(caller, server)

    async def servers_of_page(self, caller: Caller, page_id: Any) -> Answer:
        """Which servers stand on a status page, in their order."""
        found = self._servers.links.servers_of_page(page_id) if type(page_id) is int else []
        mine = [server.uuid for server in found if may(actor_of(caller), Right.STATUS_PAGES_VIEW, server)]
        return {"ok": True, "servers": mine}

    async def set_servers_of_page(self, caller: Caller, page_id: Any, keys: Any) -> Answer:
        """Put servers on a status page, in that order."""
        if not isinstance(keys, list):
            raise UserError("A list of servers is expected.")
        _check_room(len(keys))
        actor = actor_of(caller)
        found = [find_server(self._servers, actor, key, Right.STATUS_PAGES_EDIT) for key in keys]
        await self._servers.links.set_page_servers(self._page(caller, page_id), found)
        return {"ok": True, "servers": [server.uuid for server in found]}

    def _is_on(self, server: Server, page_id: int) -> bool:
        return any(found is server for found in self._servers.links.servers_of_page(page_id))

    def _page(self, caller: Caller, page_id: Any) -> int:
        """A status page that exists. Raises UserError."""
        if type(page_id) is not int or all(
            number != page_id for number, _, _ in self._status_pages(actor_of(caller).organisation)
        ):
            raise UserError(NO_PAGE)
        return page_id


def find_server(servers: Servers, actor: Actor, key: Any, right: Right = Right.SERVERS_VIEW) -> Server:
    """A server by its UUID, if the actor may do that with it. Raises UserError with a sentence for people."""
    try:
        server = servers.find(key)
    except NotFound:
        raise UserError(NO_SERVER) from None
    require(actor, right, server, refusal=NO_SERVER)
    return server


def find_servers(servers: Servers, actor: Actor, keys: Any) -> list[Server]:
    """Those that an order is about, each once, if the actor may edit them all. Raises UserError."""
    if not isinstance(keys, list) or not 1 <= len(keys) <= MAX_AT_ONCE:
        raise UserError("A list of at most {most} servers is expected.", most=MAX_AT_ONCE)
    found = [find_server(servers, actor, key, Right.SERVERS_EDIT) for key in keys]
    return list({server.id: server for server in found}.values())


def _check_room(count: int) -> None:
    if count > MAX_ON_PAGE:
        raise UserError("A status page shows at most {most} servers.", most=MAX_ON_PAGE)


def _event(name: str, handler: Any, needs: Right, arguments: int) -> Event:
    return Event(name, handler, arguments, namespaces=(PAGE,), needs=needs)
