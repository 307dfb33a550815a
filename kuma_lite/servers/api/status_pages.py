"""The routes of the Servers API about status pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from kuma_lite.core.access import Right
from kuma_lite.projects.service import Projects
from kuma_lite.rest.requests import AnyRequest, actor_of
from kuma_lite.rest.route import GET, Route
from kuma_lite.servers.api import examples


class StatusPages(Protocol):
    """The status pages, wherever they are kept."""

    async def listed(self, organisation: int) -> Sequence[Mapping[str, Any]]:
        """All of an organisation as the Servers API shows them."""


class StatusPageApi:
    """Status pages. They belong to the first project, as what they show does."""

    def __init__(self, projects: Projects, pages: StatusPages) -> None:
        self._projects = projects
        self._pages = pages

    def routes(self) -> Iterator[Route]:
        """The one route."""
        yield Route(
            name="list_status_pages",
            method=GET,
            path="/api/v1/status_pages",
            needs=Right.STATUS_PAGES_VIEW,
            handler=self.list,
            tag="Status pages",
            response=[examples.STATUS_PAGE],
        )

    async def list(self, request: AnyRequest) -> Sequence[Mapping[str, Any]]:
        """List the status pages and their monitors."""
        actor = actor_of(request)
        if not self._projects.is_root(actor):
            return []
        return [dict(page) for page in await self._pages.listed(actor.organisation)]
