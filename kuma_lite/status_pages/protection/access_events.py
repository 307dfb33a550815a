"""What our own page asks about who may see a status page (namespace `/page`; docs/page-protocol.md)."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.access import Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Event, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.incidents import NO_PAGE
from kuma_lite.status_pages.model import Page
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.protection.access import PageAccess
from kuma_lite.status_pages.protection.visitors import KEY


class AccessEvents:
    """Passwords and links of pages."""

    def __init__(self, pages: Pages, access: PageAccess) -> None:
        self._pages = pages
        self._access = access

    def events(self) -> list[Event]:
        """The page's questions and orders."""
        return [
            _event("statusPageAccess", self.get, 1),
            _event("setStatusPageAccess", self.protect, 2),
            _event("addStatusPageLink", self.add_link, 2),
            _event("deleteStatusPageLink", self.remove_link, 2),
        ]

    async def get(self, caller: Caller, slug: Any) -> Answer:
        """Who may see a page."""
        return self._answer(self._page(caller, slug))

    async def protect(self, caller: Caller, slug: Any, wishes: Any) -> Answer:
        """Let only some see it, or everybody."""
        page = self._page(caller, slug)
        await self._access.protect(page, wishes)
        await self._pages.changed(page.organisation)
        return self._answer(page)

    async def add_link(self, caller: Caller, slug: Any, name: Any) -> Answer:
        """An address that opens it; this answer is the only place where it stands."""
        page = self._page(caller, slug)
        token = await self._access.add_link(page, name)
        return {**self._answer(page), "path": f"/status/{page.slug}?{KEY}={token}"}

    async def remove_link(self, caller: Caller, slug: Any, link_id: Any) -> Answer:
        """An address that opens nothing any more."""
        page = self._page(caller, slug)
        await self._access.remove_link(page, link_id)
        return self._answer(page)

    def _page(self, caller: Caller, slug: Any) -> Page:
        page = self._pages.editable(actor_of(caller), slug)
        if page is None:
            raise UserError(NO_PAGE)
        return page

    def _answer(self, page: Page) -> Answer:
        return {"ok": True, **self._access.document(page)}


def _event(name: str, handler: Any, arguments: int) -> Event:
    return Event(name, handler, arguments, namespaces=(PAGE,), needs=Right.STATUS_PAGES_EDIT)
