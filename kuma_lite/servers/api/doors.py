"""All doors of this feature."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Access, Doors, Push
from kuma_lite.servers.api.integration_store import Integrations
from kuma_lite.servers.api.report import quick_route
from kuma_lite.servers.page.links import LinksPage, Titles
from kuma_lite.servers.page.servers import ServerPage
from kuma_lite.servers.page.tokens import KeyPage
from kuma_lite.servers.resource import Kinds
from kuma_lite.servers.service import Servers

if TYPE_CHECKING:
    from kuma_lite.servers.api.incidents import MonitorIncidents
    from kuma_lite.servers.api.status_pages import StatusPages


def server_doors(
    servers: Servers,
    kinds: Kinds,
    integrations: Integrations,
    pages: StatusPages,
    outages: MonitorIncidents,
    *,
    push: Push,
    bus: Bus,
    clock: Clock,
    spawn: Callable[[Coroutine[Any, Any, None]], None],
    base_url: Callable[[], str],
    status_pages: Titles,
) -> Doors:
    """Routes of the Servers API, events of the page, and who may use the former."""
    page = ServerPage(servers, push, bus, clock, spawn)
    links = LinksPage(servers, status_pages)
    keys = KeyPage(servers, clock, base_url)

    def routes() -> Sequence[Any]:
        from kuma_lite.servers.api.routes import all_routes

        return all_routes(servers, kinds, integrations, pages, outages, clock)

    return Doors(
        events=[*page.events(), *links.events(), *keys.events()],
        routes=routes,
        quick=[quick_route(servers)],
        identify={Access.PROJECT: servers.projects.identify},
    )
