"""The routes of the Servers API about status pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from litestar import get

from kuma_lite.core.access import Right
from kuma_lite.rest.operation import documented
from kuma_lite.rest.requests import AnyRequest, actor_of, route_for
from kuma_lite.servers.api import examples
from kuma_lite.servers.service import Servers


class StatusPages(Protocol):
    """The status pages, wherever they are kept."""

    async def listed(self, organisation: int) -> Sequence[Mapping[str, Any]]:
        """All of an organisation as the Servers API shows them."""


def status_page_routes(servers: Servers, pages: StatusPages) -> Sequence[Any]:
    """Status pages. They belong to the first project, as what they show does."""

    @get(
        "/api/v1/status_pages",
        operation_class=documented([examples.STATUS_PAGE]),
        tags=["Status pages"],
        **route_for(Right.STATUS_PAGES_VIEW),
    )
    async def list_status_pages(request: AnyRequest) -> list[dict[str, Any]]:
        """List the status pages and their monitors."""
        actor = actor_of(request)
        is_first = actor.project_id == servers.projects.root_of(actor.organisation).id
        return [dict(page) for page in await pages.listed(actor.organisation)] if is_first else []

    return [list_status_pages]
