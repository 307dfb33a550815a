"""What a server is linked with: notifications, maintenance plans, tags, status pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from kuma_lite.core.bus import Bus
from kuma_lite.core.errors import UserError
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.rest.errors import NotFound
from kuma_lite.servers import store
from kuma_lite.servers.model import PageServersChanged, Server, ServerChanged


class Links:
    """The links of all servers.

    Args:
        database: where they are kept.
        bus: is told `ServerChanged` and `PageServersChanged`.
        servers: id → server.
        plans_run: whether one of these maintenance plans is running.
    """

    def __init__(
        self,
        database: Transactions,
        bus: Bus,
        servers: Mapping[int, Server],
        plans_run: Callable[[Iterable[int]], bool],
    ) -> None:
        self._database = database
        self._bus = bus
        self._servers = servers
        self._plans_run = plans_run
        self._plans: dict[int, set[int]] = {}  # server id → maintenance plans
        self._tags: dict[int, set[int]] = {}  # server id → tags
        self._pages: dict[int, list[int]] = {}  # status page → server ids
        self._linking = asyncio.Lock()  # of two links made at once, both stay

    async def load(self) -> None:
        """Read them; those with notifications come with the servers."""
        self._plans = await self._database.read(store.read_plans)
        self._tags = await self._database.read(store.read_tags)
        self._pages = await self._database.read(store.read_page_servers)

    def forget(self, server: Server) -> None:
        """A server is gone, and its links with it."""
        self._plans.pop(server.id, None)
        self._tags.pop(server.id, None)

    # --- notifications -----------------------------------------------------------------------------------

    async def notify(self, server: Server, channel_id: int, *, on: bool) -> None:
        """Let a notification have the server's alerts, or not. Raises NotFound."""

        async with self._linking:
            if not on:
                await self._database.write(lambda db: store.unlink(db, server.id, channel_id))
                server.channels.discard(channel_id)
            elif await self._database.write(
                lambda db: store.link(db, server.id, channel_id, server.organisation)
            ):
                server.channels.add(channel_id)
            else:
                raise NotFound
        self._bus.publish(ServerChanged(server.id))

    async def reread_notifications(self) -> None:
        """Notifications were removed, or given to all servers."""
        async with self._linking:
            links = await self._database.read(store.read_links)
            changed = [one for one in self._servers.values() if one.channels != links.get(one.id, set())]
            for server in changed:
                server.channels = links.get(server.id, set())
        for server in changed:
            self._bus.publish(ServerChanged(server.id))

    # --- maintenance -------------------------------------------------------------------------------------

    def plans_of(self, server: Server) -> list[int]:
        """Ids of the maintenance plans that cover it."""
        return sorted(self._plans.get(server.id, ()))

    async def set_plans(self, server: Server, plans: Iterable[int]) -> None:
        """Replace them. Raises UserError for a plan that does not exist."""
        wanted = set(plans)
        await self._database.write(lambda db: store.set_plans(db, server.id, wanted, server.organisation))
        self._plans[server.id] = wanted
        self._bus.publish(ServerChanged(server.id))

    async def set_plan_servers(self, plan_id: int, servers: Sequence[Server], organisation: int) -> None:
        """Replace the servers of a plan. Raises UserError for a plan that does not exist."""
        wanted = {server.id for server in servers}
        async with self._linking:
            await self._database.write(lambda db: store.set_plan_servers(db, plan_id, wanted, organisation))
            before = {number for number, plans in self._plans.items() if plan_id in plans}
            for number in before - wanted:
                self._plans[number].discard(plan_id)
            for number in wanted - before:
                self._plans.setdefault(number, set()).add(plan_id)
        for number in before ^ wanted:
            self._bus.publish(ServerChanged(number))

    async def replace(
        self, server: Server, channels: Iterable[int], plans: Iterable[int], tags: Iterable[int]
    ) -> None:
        """Other notifications, maintenance plans and tags, all or nothing. Raises UserError."""
        wanted, covering, carried = set(channels), set(plans), set(tags)

        def write(connection: Connection) -> None:
            store.set_plans(connection, server.id, covering, server.organisation)
            store.set_tags(connection, server.id, carried, server.organisation)
            for channel in server.channels - wanted:
                store.unlink(connection, server.id, channel)
            for channel in wanted:
                if not store.link(connection, server.id, channel, server.organisation):
                    raise UserError("One of the notifications does not exist.")

        async with self._linking:
            await self._database.write(write)
            server.channels, self._plans[server.id], self._tags[server.id] = wanted, covering, carried
        self._bus.publish(ServerChanged(server.id))

    def maintenance_changed(self, plan_id: int, *, exists: bool) -> None:
        """A plan began, ended, was edited or removed (its links went with it)."""
        for server_id, plans in self._plans.items():
            if plan_id in plans:
                if not exists:
                    plans.discard(plan_id)
                self._bus.publish(ServerChanged(server_id))

    def is_covered(self, server: Server) -> bool:
        """Whether the server is under maintenance now."""
        plans = self._plans.get(server.id)
        return bool(plans) and self._plans_run(plans or ())

    # --- tags --------------------------------------------------------------------------------------------

    def tags_of(self, server: Server) -> list[int]:
        """Ids of the tags it carries."""
        return sorted(self._tags.get(server.id, ()))

    async def change_tags(self, servers: Sequence[Server], more: Iterable[int], fewer: Iterable[int]) -> None:
        """Put tags on some servers and take others off, all or nothing. Raises UserError."""
        added, removed = set(more), set(fewer)
        async with self._linking:
            wanted = {one.id: (self._tags.get(one.id, set()) - removed) | added for one in servers}

            def write(connection: Connection) -> None:
                for server in servers:
                    store.set_tags(connection, server.id, wanted[server.id], server.organisation)

            await self._database.write(write)
            self._tags.update(wanted)
        for server in servers:
            self._bus.publish(ServerChanged(server.id))

    def tag_removed(self, tag_id: int) -> None:
        """A tag is gone, and its links with it."""
        for server_id, tags in self._tags.items():
            if tag_id in tags:
                tags.discard(tag_id)
                self._bus.publish(ServerChanged(server_id))

    # --- status pages ------------------------------------------------------------------------------------

    def servers_of_page(self, page_id: int) -> list[Server]:
        """The servers on a status page, in their order."""
        ids = self._pages.get(page_id, ())
        return [self._servers[number] for number in ids if number in self._servers]

    async def set_page_servers(self, page_id: int, servers: Sequence[Server]) -> None:
        """Put servers on a status page, in that order."""
        ids = [server.id for server in servers]
        await self._database.write(lambda db: store.set_page_servers(db, page_id, ids))
        self._pages[page_id] = ids
        self._bus.publish(PageServersChanged(page_id))

    async def show_on_page(self, server: Server, page_id: int, *, shown: bool) -> None:
        """Put a server on a status page, behind those that are there, or take it off."""
        async with self._linking:
            others = [found for found in self.servers_of_page(page_id) if found is not server]
            is_there = len(others) < len(self.servers_of_page(page_id))
            if shown != is_there:
                await self.set_page_servers(page_id, [*others, server] if shown else others)
