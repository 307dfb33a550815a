"""What the routes about status pages have in common: who may ask for which page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kuma_lite.core.access import Actor, Right, may
from kuma_lite.core.errors import UserError
from kuma_lite.rest.requests import AnyRequest, actor_of
from kuma_lite.rest.route import key_in
from kuma_lite.status_pages.model import Page
from kuma_lite.status_pages.pages import Pages

NOT_FOUND: Final = "Not Found"


class PageApi:
    """Pages by the slug in the path of a request; they belong to the first project.

    Args:
        pages: which there are.
        is_root: whether a caller asks in the first project.
    """

    def __init__(self, pages: Pages, is_root: Callable[[Actor], bool]) -> None:
        self._pages = pages
        self._is_root = is_root

    def viewed(self, request: AnyRequest) -> Page:
        """A page that the caller may look at. Raises UserError."""
        actor, page = actor_of(request), self._pages.named(key_in(request))
        if page is None or not self._is_root(actor) or not may(actor, Right.STATUS_PAGES_VIEW, page):
            raise UserError(NOT_FOUND, status=404)
        return page

    def edited(self, request: AnyRequest) -> tuple[Actor, Page]:
        """Who asks, and a page that they may edit. Raises UserError."""
        actor = actor_of(request)
        page = self._pages.editable(actor, key_in(request)) if self._is_root(actor) else None
        if page is None:
            raise UserError(NOT_FOUND, status=404)
        return actor, page
