"""Static copies of pages: made when somebody asks, and kept in a folder after every change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import StorageTrouble, UserError
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.status_pages.analytics import analytics_of
from kuma_lite.status_pages.answers import Answers
from kuma_lite.status_pages.badge_svg import render as render_badge
from kuma_lite.status_pages.badges import page_badge, status_badge
from kuma_lite.status_pages.copy_folder import is_copy, remove_copy, write_copy
from kuma_lite.status_pages.model import Monitors, Page, Settings
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.query import Query
from kuma_lite.status_pages.scripts import TIMES
from kuma_lite.status_pages.static_copy import INDEX, Parts, files_of
from kuma_lite.status_pages.style import STYLE

log = logging.getLogger(__name__)

SETTLE_S: Final = 5.0  # between two looks: what happens within it is one copy
STALE_S: Final = 3_600.0  # a copy is made anew even if nothing has happened: another day has begun

# Page, name of a part ("" for the page itself, "?hours"), address where it lives → document.
Document = Callable[[Page, str, str], Awaitable[bytes]]
_PAGES: Final = {INDEX: "", "hours.html": "?hours", "history.html": "history", "card.html": "card"}
_FEEDS: Final = {
    "rss.xml": "rss", "atom.xml": "atom", "feed.json": "feed.json", "maintenance.ics": "maintenance.ics",
}  # fmt: skip


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
        folder: where copies of all pages for everybody are kept; None: nowhere.
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
        folder: Path | None,
    ) -> None:
        self._pages = pages
        self._answers = answers
        self._document = document
        self._monitors = monitors
        self._logo = logo
        self._settings = settings
        self._clock = clock
        self._folder = folder
        self._outdated = True
        self._made_at = -STALE_S
        self._trouble = ""
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

    # --- A folder that follows -----------------------------------------------------------------------------

    def outdated(self) -> None:
        """Something that pages show has changed."""
        self._outdated = True

    def start(self) -> None:
        """Follow every change, where there is a folder."""
        if self._folder is not None:
            self._job.start()

    async def stop(self) -> None:
        """End; a copy under way is finished another time."""
        await self._job.stop()

    async def look(self) -> None:
        """Write the copies of all pages, if anything has changed."""
        now, folder = self._clock.monotonic(), self._folder
        if folder is None or (not self._outdated and now - self._made_at < STALE_S):
            return
        self._outdated, self._made_at = False, now
        try:
            await self._keep(folder)
            self._trouble = ""
        except (UserError, StorageTrouble) as error:
            self._outdated = True  # the next time
            if str(error) != self._trouble:
                log.warning("Static copies of status pages: %s", error)
            self._trouble = str(error)

    async def _keep(self, folder: Path) -> None:
        shown: dict[str, Any] = {}
        for page in self._pages.published():
            if not self._pages.is_protected(page.id):
                shown[page.slug] = page
        for old in await asyncio.to_thread(_copies_in, folder):
            if old not in shown:
                await asyncio.to_thread(remove_copy, folder / old)
        for slug, page in shown.items():
            await asyncio.to_thread(write_copy, folder / slug, await self.files(page))


def _copies_in(folder: Path) -> list[str]:
    try:
        return [each.name for each in folder.iterdir() if is_copy(each)]
    except FileNotFoundError:
        return []
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError("{file} cannot be read: {reason}.", file=folder, reason=reason) from None
