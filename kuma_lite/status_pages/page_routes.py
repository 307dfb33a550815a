"""The addresses of a page and of its parts: feeds, calendar, history, embeds, live stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final, Protocol

from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Access, RawRoute, Unanswered
from kuma_lite.status_pages import embeds
from kuma_lite.status_pages.answering import (
    BEATS_MINUTES,
    FILE_MINUTES,
    HTML,
    MISSING,
    SCRIPT,
    USUAL_MINUTES,
    Answering,
    Headers,
    Work,
    json_answer,
)
from kuma_lite.status_pages.answers import Answers
from kuma_lite.status_pages.cache import Answer
from kuma_lite.status_pages.gathering import Gathering
from kuma_lite.status_pages.html import content_policy, headline_of, render, render_history
from kuma_lite.status_pages.live import Live
from kuma_lite.status_pages.model import DEFAULT_SLUG, Maintenance, Page, Settings
from kuma_lite.status_pages.news import News, news
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.query import Query
from kuma_lite.status_pages.requests import base_url, host_name

PREFIX: Final = "/status/"
_HOURS: Final = "hours"  # in the query: bars are hours, not days
_LIVE: Final = "live"

_RSS: Final = b"application/rss+xml; charset=utf-8"
_ATOM: Final = b"application/atom+xml; charset=utf-8"
_JSON_FEED: Final = b"application/feed+json; charset=utf-8"
_CALENDAR: Final = b"text/calendar; charset=utf-8"
_ANYBODY: Final = ((b"access-control-allow-origin", b"*"),)

Part = Callable[[Page, Any], Awaitable[Answer]]  # page, scope


class Visitors(Protocol):
    """What pages need of subscribing (see `subscribers.visitors`)."""

    def offered(self, page: Page) -> bool:
        """Whether visitors can subscribe."""

    def serves(self, part: str) -> bool:
        """Whether an address below a page is about that."""

    async def serve(
        self, part: str, page: Page | None, scope: Any, receive: Any, send: Any
    ) -> Unanswered | None:
        """It."""


class PageRoutes:
    """Pages and their parts, for everybody."""

    def __init__(
        self,
        pages: Pages,
        answers: Answers,
        gathering: Gathering,
        maintenance: Maintenance,
        settings: Settings,
        answering: Answering,
        live: Live,
        clock: Clock,
        same_origin_frames: bool,
    ) -> None:
        self._pages = pages
        self._answers = answers
        self._gathering = gathering
        self._maintenance = maintenance
        self._settings = settings
        self._answering = answering
        self._live = live
        self._clock = clock
        self._same_origin_frames = same_origin_frames
        self.visitors: Visitors | None = None  # who let them subscribe, when somebody does
        # Name → how it is made, minutes it may be old, whether it names its own address.
        self._parts: dict[str, tuple[Part, float, bool]] = {
            "rss": (self._rss, USUAL_MINUTES, True),
            "atom": (self._atom, USUAL_MINUTES, True),
            "feed.json": (self._json_feed, USUAL_MINUTES, True),
            "maintenance.ics": (self._calendar, USUAL_MINUTES, True),
            "history": (self._history, USUAL_MINUTES, False),
            "card": (self._card, BEATS_MINUTES, False),
            "badge.js": (self._badge_script, FILE_MINUTES, False),
        }

    def routes(self) -> list[RawRoute]:
        """The doors."""
        return [
            RawRoute(PREFIX, self.below, Access.PUBLIC, ignore_case=True),
            RawRoute("/status", self.default_page, Access.PUBLIC, ignore_case=True),
            RawRoute("/status-page", self.default_page, Access.PUBLIC, ignore_case=True),
        ]

    async def below(self, scope: Any, receive: Any, send: Any) -> Unanswered | None:
        """A page, or a part of it."""
        slug, *rest = scope["path"][len(PREFIX) :].split("/")
        if not rest:
            return await self._serve_page(scope, send, slug or DEFAULT_SLUG)
        name, page = "/".join(rest).lower(), self._pages.by_slug(slug)
        if name == _LIVE and scope["method"] in ("GET", "HEAD"):
            if page is None:
                return Unanswered.MISSING
            await self._live.serve(page.id, scope, receive, send)
            return None
        if self.visitors is not None and self.visitors.serves(name):
            return await self.visitors.serve(name, page, scope, receive, send)
        if name not in self._parts:
            return Unanswered.ELSEWHERE
        make, minutes, addressed = self._parts[name]

        async def work() -> Answer:
            return MISSING if page is None else await make(page, scope)

        # What names its own address names what the caller told us: each host has an entry of its own.
        key = base_url(scope, self._trusts_proxy) if addressed else ""
        return await self._answering.answer(scope, send, work, minutes, self._headers(name, page), key)

    async def default_page(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """The page called `default`."""
        return await self._serve_page(scope, send, DEFAULT_SLUG)

    async def serve_mapped(self, scope: Any, send: Any, slug: str) -> None:
        """The page of a host name."""
        page = self._pages.by_slug(slug)
        if page is not None:
            await self._answering.answer(
                scope, send, self._work(page, scope), BEATS_MINUTES, self._headers("", page), f"host {slug}"
            )

    def slug_of_host(self, scope: Any) -> str | None:
        """The page of the host that a request names."""
        page = self._pages.by_host(host_name(scope, self._trusts_proxy))
        return page.slug if page else None

    # --- Contents ----------------------------------------------------------------------------------------

    async def _serve_page(self, scope: Any, send: Any, slug: str) -> Unanswered | None:
        page = self._pages.by_slug(slug)
        minutes = USUAL_MINUTES if page is None else BEATS_MINUTES
        work = self._work(page, scope)
        return await self._answering.answer(scope, send, work, minutes, self._headers("", page))

    def _work(self, page: Page | None, scope: Any) -> Work:
        async def work() -> Answer:
            if page is None:
                return MISSING
            hourly = _HOURS in Query(scope["query_string"].decode("latin-1"))
            return Answer(200, (await self.html(page, self._answers, hourly=hourly)).encode(), HTML)

        return work

    async def html(self, page: Page, answers: Answers, *, hourly: bool = False) -> str:
        """A page, of what is answered about it. Raises StorageTrouble."""
        document, beats = await answers.everything(page), answers.heartbeats(page)
        facts = await self._gathering.facts(page, document, hourly=hourly)
        facts = replace(facts, subscribable=self.visitors is not None and self.visitors.offered(page))
        return render(page, document, beats, answers.servers_on(page.id), self._clock.now(), facts)

    def _headers(self, name: str, page: Page | None) -> Headers:
        if page is None:
            return ()
        if name in ("", "history"):
            policy = content_policy(page, same_origin_frames=self._same_origin_frames)
            return ((b"content-security-policy", policy.encode()),)
        if name == "card":
            return ((b"content-security-policy", embeds.CARD_POLICY.encode()),)
        return () if name == "rss" else _ANYBODY  # the one that Uptime Kuma has as well is as there

    async def _news(self, page: Page, scope: Any) -> News:
        incidents = await self._answers.incidents(page)
        latest, now = self._answers.latest(page), self._clock.now()
        return news(page, self._address(page, scope), incidents, latest, now)

    async def _rss(self, page: Page, scope: Any) -> Answer:
        from kuma_lite.status_pages.rss import rss

        return Answer(200, rss(await self._news(page, scope)).encode(), _RSS)

    async def _atom(self, page: Page, scope: Any) -> Answer:
        from kuma_lite.status_pages.rss import atom

        return Answer(200, atom(await self._news(page, scope)).encode(), _ATOM)

    async def _json_feed(self, page: Page, scope: Any) -> Answer:
        from kuma_lite.status_pages.json_feed import json_feed

        return json_answer(json_feed(await self._news(page, scope)), content_type=_JSON_FEED)

    async def _calendar(self, page: Page, scope: Any) -> Answer:
        from kuma_lite.status_pages.calendar import DAYS, MOST_OF_ONE, calendar

        windows = self._maintenance.windows_on_page(page.id, DAYS, MOST_OF_ONE)
        text = calendar(page, self._address(page, scope), windows, self._clock.now())
        return Answer(200, text, _CALENDAR)

    async def _history(self, page: Page, _scope: Any) -> Answer:
        facts = await self._gathering.history(page)
        return Answer(200, render_history(page, facts, self._clock.now()).encode(), HTML)

    async def _card(self, page: Page, _scope: Any) -> Answer:
        document, beats = await self._answers.everything(page), self._answers.heartbeats(page)
        facts = await self._gathering.facts(page, document)
        found = headline_of(document, beats, self._answers.servers_on(page.id), facts)
        return Answer(200, embeds.card(page, found, self._clock.now()).encode(), HTML)

    async def _badge_script(self, _page: Page, _scope: Any) -> Answer:
        return Answer(200, embeds.BADGE_SCRIPT.encode(), SCRIPT)

    def _address(self, page: Page, scope: Any) -> str:
        return f"{base_url(scope, self._trusts_proxy)}{PREFIX}{page.slug}"

    @property
    def _trusts_proxy(self) -> bool:
        return bool(self._settings.get("trustProxy"))
