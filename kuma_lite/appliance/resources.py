"""All kinds of things that people keep, and who uses one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from kuma_lite.appliance.helpers import Helpers
from kuma_lite.appliance.monitors import Monitoring
from kuma_lite.appliance.servers import ServerMonitoring
from kuma_lite.core.access import Actor, Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.core.kept_secrets import hidden
from kuma_lite.core.resource_documents import fields_of
from kuma_lite.core.resources import NO_KIND, Resources
from kuma_lite.monitors.resource import monitor_resource
from kuma_lite.notifications.service import Notifications
from kuma_lite.servers.page.links import MAX_ON_PAGE, find_server
from kuma_lite.servers.service import Servers
from kuma_lite.status_pages.service import StatusPages
from kuma_lite.tags.resource import tag_resource
from kuma_lite.tags.service import Tags
from kuma_lite.webhooks.resource import webhook_resource
from kuma_lite.webhooks.service import Webhooks


class PageServers:
    """The servers on status pages (see `status_pages.resource`)."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    def on(self, page_id: int) -> list[str]:
        """Their UUIDs, in their order."""
        return [server.uuid for server in self._servers.links.servers_of_page(page_id)]

    def put(self, actor: Actor, keys: list[Any]) -> Callable[[int], Awaitable[None]]:
        """What lets exactly these stand on a page. Raises UserError."""
        found = [find_server(self._servers, actor, key, Right.STATUS_PAGES_EDIT) for key in keys]
        if len(found) > MAX_ON_PAGE:
            raise UserError("A status page shows at most {most} servers.", most=MAX_ON_PAGE)

        async def put(page_id: int) -> None:
            if [server.uuid for server in found] != self.on(page_id):
                await self._servers.links.set_page_servers(page_id, found)

        return put


def all_resources(
    monitoring: Monitoring,
    notifications: Notifications,
    helpers: Helpers,
    tags: Tags,
    pages: StatusPages,
    server_monitoring: ServerMonitoring,
    webhooks: Webhooks,
) -> Resources:
    """In an order in which each kind comes after those that it names, but for groups of monitors."""
    on_pages = PageServers(server_monitoring.servers)
    return Resources(
        [
            tag_resource(tags),
            helpers.proxy,
            helpers.docker_host,
            helpers.remote_browser,
            notifications.resource,
            monitor_resource(monitoring.monitors, tags.put_on),
            server_monitoring.kinds.project,
            server_monitoring.kinds.server,
            pages.resource(on_pages.on, on_pages.put),
            monitoring.maintenance.resource,
            helpers.api_key,
            server_monitoring.kinds.token,
            webhook_resource(webhooks),
        ]
    )


def usage_doors(resources: Resources) -> Doors:
    """What our own page asks where one thing names another, and before something is removed."""

    async def things(caller: Caller, name: Any) -> Answer:
        """All of a kind by their names, for a form to choose from."""
        resource = resources.known(name)
        found = await resource.list(actor_of(caller))
        shown = [
            {
                "id": resource.identify(thing),
                "name": resource.title(thing),
                **({"default": True} if getattr(thing, "default", False) is True else {}),
            }
            for thing in found
        ]
        return {"ok": True, "things": shown}

    async def listed(caller: Caller, name: Any) -> Answer:
        """All of a kind with what can be chosen for one, but for secrets, and how often each is used."""
        resource = resources.get(name)
        if resource is None or not resource.plain:
            raise UserError(NO_KIND)
        actor = actor_of(caller)
        found = await resource.list(actor)
        models = tuple(resource.options({}))
        secrets = {field.key for field in fields_of(models).values() if field.secret}
        counts = await resources.counts_of(actor, resource.name)
        shown = [
            {
                "id": resource.identify(thing),
                "name": resource.title(thing),
                "users": counts[resource.identify(thing)],
                "values": hidden(resource.keeper.document(thing), secrets),
                **resource.facts(thing),
            }
            for thing in found
        ]
        fields = [field for model in models for field in model.describe()]
        return {"ok": True, "fields": fields, "resources": shown}

    async def used_by(caller: Caller, name: Any, key: Any) -> Answer:
        """What names a thing, as far as the caller may see it."""
        resources.known(name)
        found = await resources.users_of(actor_of(caller), name, key)
        return {"ok": True, "users": [user._asdict() for user in found]}

    return Doors(
        events=[
            Event("things", things, 1, namespaces=(PAGE,), needs=resources.view_of),
            Event("resources", listed, 1, namespaces=(PAGE,), needs=resources.view_of),
            Event("usedBy", used_by, 2, namespaces=(PAGE,), needs=resources.view_of),
        ]
    )
