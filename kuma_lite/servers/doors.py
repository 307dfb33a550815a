"""All doors of this feature."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Access, Doors, Push
from kuma_lite.servers.incident_routes import MonitorIncidents, incident_routes
from kuma_lite.servers.integration_routes import integration_routes
from kuma_lite.servers.integrations import Integrations
from kuma_lite.servers.key_page import KeyPage
from kuma_lite.servers.links_page import LinksPage, Titles
from kuma_lite.servers.live import ServerPage
from kuma_lite.servers.neighbour_routes import StatusPages, project_routes, status_page_routes
from kuma_lite.servers.routes import server_routes
from kuma_lite.servers.service import Servers


def server_doors(
    servers: Servers,
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
    return Doors(
        events=[*page.events(), *links.events(), *keys.events()],
        routes=[
            *server_routes(servers, clock),
            *integration_routes(servers, integrations),
            *incident_routes(servers, outages),
            *status_page_routes(servers, pages),
            *project_routes(servers),
        ],
        identify={Access.PROJECT: servers.projects.identify},
    )
