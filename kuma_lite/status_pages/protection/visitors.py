"""Which pages and monitors the one who asks may see. Every address without log-in asks here."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl

from kuma_lite.core.clock import Clock
from kuma_lite.core.patterns import pattern
from kuma_lite.status_pages.model import Page
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.protection.access import PageAccess
from kuma_lite.status_pages.protection.guards import Link

KEY: Final = "key"  # in the query: the token of a link
EDITOR: Final = "editor"  # the same, for the picture of a page in its editor
_MAX_PARAMETERS: Final = 100
_LOGO: Final = pattern(r"logo([0-9]{1,18})\.png")


class Visitors:
    """People and programs without a log-in.

    Args:
        pages: which there are.
        access: who may see them.
        clock: cookies end.
    """

    def __init__(self, pages: Pages, access: PageAccess, clock: Clock) -> None:
        self._pages = pages
        self._access = access
        self._clock = clock

    def page(self, scope: Any, slug: Any) -> Page | None:
        """The published page of a slug, if this visitor may see it; else it is as if there were none."""
        page = self._pages.by_slug(slug)
        return page if page is not None and self.may_see(scope, page) else None

    def may_see(self, scope: Any, page: Page) -> bool:
        """Whether a visitor may see a published page."""
        guard = self._access.guard(page.id)
        if guard is None or self.link(scope, page) is not None:
            return True
        now = self._clock.now()
        return any(guard.admits(cookie, now) for cookie in cookies(scope, cookie_name(page)))

    def link(self, scope: Any, page: Page) -> Link | None:
        """The link of a protected page by which somebody comes."""
        guard, token = self._access.guard(page.id), parameter(scope, KEY)
        return guard.link_of(token) if guard is not None and token else None

    def is_private(self, page: Page | None) -> bool:
        """Whether an answer about a page is not for everybody."""
        return page is not None and self._access.is_protected(page.id)

    def asks_for_password(self, slug: Any) -> Page | None:
        """The published page of a slug, if a password opens it."""
        page = self._pages.by_slug(slug)
        guard = self._access.guard(page.id) if page is not None else None
        return page if guard is not None and guard.password is not None else None

    def may_know(self, scope: Any, monitor_id: int) -> bool:
        """Whether a monitor stands on a page that everybody, or this visitor by a link, may see."""
        if monitor_id in self._pages.public_monitor_ids():
            return True
        if not parameter(scope, KEY):
            return False
        return any(
            self.link(scope, page) is not None
            for page in self._pages.published()
            if monitor_id in self._pages.public_members(page.id)
        )

    def may_load(self, scope: Any, name: str) -> bool:
        """Whether a visitor may load an uploaded picture."""
        found = _LOGO.fullmatch(name)
        page = self._pages.get(int(found[1])) if found else None
        guard = self._access.guard(page.id) if page is not None else None
        if page is None or guard is None:
            return True
        return self.may_see(scope, page) or guard.opens_picture(parameter(scope, EDITOR) or "")


def cookie_name(page: Page) -> str:
    """What a browser keeps its right to see a page under."""
    return f"kuma-page-{page.id}"


def cookies(scope: Any, name: str) -> list[str]:
    """All cookies of a name: the same one may be kept for several paths."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key == b"cookie"]
    pairs = (pair.strip().partition("=") for line in lines for pair in line.split(";"))
    return [value for key, _, value in pairs if key == name]


def parameter(scope: Any, name: str) -> str | None:
    """The first value of a parameter in the query."""
    query = scope["query_string"].decode("latin-1")
    if name not in query:
        return None
    try:
        pairs = parse_qsl(query, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        return None
    return next((value for key, value in pairs if key == name), None)
