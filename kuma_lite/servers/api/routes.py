"""All routes of the Servers API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kuma_lite.core.clock import Clock
from kuma_lite.projects.routes import project_routes
from kuma_lite.rest.route import mounted
from kuma_lite.servers.api.incidents import IncidentApi, MonitorIncidents
from kuma_lite.servers.api.integration_store import Integrations
from kuma_lite.servers.api.integrations import IntegrationApi
from kuma_lite.servers.api.servers import ServerApi
from kuma_lite.servers.api.status_pages import StatusPageApi, StatusPages
from kuma_lite.servers.resource import Kinds
from kuma_lite.servers.service import Servers


def all_routes(
    servers: Servers,
    kinds: Kinds,
    integrations: Integrations,
    pages: StatusPages,
    outages: MonitorIncidents,
    clock: Clock,
) -> Sequence[Any]:
    """As Litestar serves them."""
    return mounted(
        [
            *ServerApi(servers, kinds.server, clock).routes(),
            *IntegrationApi(servers, kinds.server, integrations).routes(),
            *IncidentApi(servers, outages).routes(),
            *StatusPageApi(servers.projects, pages).routes(),
            *project_routes(servers.projects, kinds.project, kinds.token),
        ]
    )
