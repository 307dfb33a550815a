"""Static copies of pages: made when somebody asks, and kept at places after every change."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final

from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import StorageTrouble, UserError
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.places.model import Place
from kuma_lite.status_pages.badges.badge_svg import render as render_badge
from kuma_lite.status_pages.badges.badges import page_badge, status_badge
from kuma_lite.status_pages.badges.query import Query
from kuma_lite.status_pages.copying import copies_at, remove_copy, write_copy
from kuma_lite.status_pages.drawing.analytics import analytics_of
from kuma_lite.status_pages.drawing.scripts import TIMES
from kuma_lite.status_pages.drawing.static_copy import INDEX, Parts, files_of
from kuma_lite.status_pages.drawing.style import STYLE
from kuma_lite.status_pages.model import Monitors, Page, Settings
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.serving.answers import Answers

log = logging.getLogger(__name__)

SETTLE_S: Final = 5.0  # between two looks: what happens within it is one copy
AGAIN_S: Final = 60.0  # after a place that could not be written
STALE_S: Final = 3_600.0  # a copy is made anew even if nothing has happened: another day has begun

# Page, name of a part ("" for the page itself, "?hours"), address where it lives → document.
Document = Callable[[Page, str, str], Awaitable[bytes]]
_PAGES: Final = {INDEX: "", "hours.html": "?hours", "history.html": "history", "card.html": "card"}
_FEEDS: Final = {
    "rss.xml": "rss", "atom.xml": "atom", "feed.json": "feed.json", "maintenance.ics": "maintenance.ics",
}  # fmt: skip


# What people call a place → how it is opened. Asked before every copy: people add places and take them away.
CopyPlaces = Callable[[], Mapping[str, Callable[[], AbstractAsyncContextManager[Place]]]]


class Copies:
    """Makes copies, and keeps them where a folder was named.

    Args:
        pages: which there are.
        answers: what visitors are told.
        document: one part of a page, as visitors get it.
        monitors: for their badges.
        logo: the uploaded picture of a page.
        settings: where the server is.
        clock: for how old a copy is.
        places: where copies of all pages for everybody are kept.
    """

    def __init__(
        self,
        pages: Pages,
        answers: Answers,
        document: Document,
        monitors: Monitors,
        logo: Callable[[Page], Awaitable[bytes | None]],
        settings: Settings,
        clock: Clock,
        places: CopyPlaces,
    ) -> None:
        self._pages = pages
        self._answers = answers
        self._document = document
        self._monitors = monitors
        self._logo = logo
        self._settings = settings
        self._clock = clock
        self._places = places
        self._outdated = True
        self._made_at = -STALE_S
        self._trouble: dict[str, str] = {}  # label of a place → why it has no copies
        self._job = PeriodicJob(
            "copies of status pages",
            self.look,
            every=SETTLE_S,
            first=SETTLE_S,
            failure="Static copies of status pages could not be written",
        )

    async def files(self, page: Page, address: str = "") -> dict[str, bytes]:
        """The files of a copy.

        Args:
            page: which page.
            address: where the copy will be reached, for feeds; "": where the page itself is.

        Raises:
            UserError: not everybody may see the page.
        """
        if not page.published or self._pages.is_protected(page.id):
            raise UserError("Not everybody may see this page: a copy would be open to all.", status=409)
        server = str(self._settings.get("primaryBaseURL") or "").rstrip("/")
        own = f"https://{page.domains[0]}" if page.domains else ""
        url = address.rstrip("/") or own or f"{server or 'http://localhost'}/status/{page.slug}"
        pages = {name: (await self._document(page, part, url)).decode() for name, part in _PAGES.items()}
        feeds = {name: await self._document(page, part, url) for name, part in _FEEDS.items()}
        itself = f'{url}/atom"'  # where the feed is here, which is a file there
        feeds["atom.xml"] = feeds["atom.xml"].replace(itself.encode(), f'{url}/atom.xml"'.encode())
        query = Query("")
        states = [state.status for state in self._answers.latest(page)]
        badges = {}
        for number in self._pages.public_members(page.id):
            last = self._monitors.last(number)
            if last is not None:
                badges[number] = render_badge(status_badge(query, last.status)).encode()
        parts = Parts(
            pages=pages,
            feeds=feeds,
            badge=render_badge(page_badge(query, states)).encode(),
            badges=badges,
            documents={
                "page.json": await self._answers.everything(page),
                "heartbeats.json": self._answers.heartbeats(page),
            },
            style=STYLE,
            times=TIMES,
            analytics=analytics_of(page).own_script,
            picture=await self._logo(page),
        )
        return files_of(page, server, parts)

    # --- Places that follow --------------------------------------------------------------------------------

    def outdated(self) -> None:
        """Something that pages show has changed."""
        self._outdated = True

    def start(self) -> None:
        """Follow every change."""
        self._job.start()

    async def stop(self) -> None:
        """End; a copy under way is finished another time."""
        await self._job.stop()

    async def look(self) -> None:
        """Write the copies of all pages, if anything has changed."""
        now, places = self._clock.monotonic(), self._places()
        due = self._outdated or now - self._made_at >= (AGAIN_S if self._trouble else STALE_S)
        if not places or not due:
            return
        self._outdated, self._made_at = False, now
        try:
            shown = {
                f"{page.slug}/": await self.files(page)
                for page in self._pages.published()
                if not self._pages.is_protected(page.id)
            }
        except (UserError, StorageTrouble) as error:
            self._outdated = True  # the next time
            self._note("", error)
            return
        self._trouble.pop("", None)
        for label, opened in places.items():
            try:
                async with opened() as place:
                    for old in await copies_at(place) - shown.keys():
                        await remove_copy(place, old)
                    for under, files in shown.items():
                        await write_copy(place, under, files)
                self._trouble.pop(label, None)
            except UserError as error:
                self._note(label, error)
        self._trouble = {label: why for label, why in self._trouble.items() if label in places}

    def _note(self, label: str, error: Exception) -> None:
        if str(error) != self._trouble.get(label):
            log.warning("Static copies of status pages: %s", error)
        self._trouble[label] = str(error)
