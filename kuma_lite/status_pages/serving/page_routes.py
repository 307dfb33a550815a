"""The addresses of a page and of its parts: feeds, calendar, history, embeds, live stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Access, RawRoute, Unanswered
from kuma_lite.core.records import replace
from kuma_lite.status_pages.answering.answering import (
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
from kuma_lite.status_pages.answering.cache import Answer
from kuma_lite.status_pages.answering.requests import base_url, host_name
from kuma_lite.status_pages.badges.query import Query
from kuma_lite.status_pages.drawing import embeds
from kuma_lite.status_pages.drawing.html import PICTURE, content_policy, headline_of, render, render_history
from kuma_lite.status_pages.feeds.news import News, news
from kuma_lite.status_pages.model import DEFAULT_SLUG, Maintenance, Page, Settings, Written
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.protection.access import PageAccess
from kuma_lite.status_pages.protection.unlocking import UNLOCK, Unlocking
from kuma_lite.status_pages.protection.visitors import Visitors
from kuma_lite.status_pages.serving.answers import Answers
from kuma_lite.status_pages.serving.gathering import Gathering
from kuma_lite.status_pages.serving.live import Live

PREFIX: Final = "/status/"
_LOCKED: Final = ("", "history", UNLOCK)  # where a password is asked for; everything else is not there
_HOURS: Final = "hours"  # in the query: bars are hours, not days
_LIVE: Final = "live"

_RSS: Final = b"application/rss+xml; charset=utf-8"
_ATOM: Final = b"application/atom+xml; charset=utf-8"
_JSON_FEED: Final = b"application/feed+json; charset=utf-8"
_CALENDAR: Final = b"text/calendar; charset=utf-8"
_ANYBODY: Final = ((b"access-control-allow-origin", b"*"),)

Part = Callable[[Page, str], Awaitable[Answer]]  # page, its absolute address


class Subscribing(Protocol):
    """What pages need of subscribing (see `subscribers.visitors`)."""

    def offered(self, page: Page) -> bool:
        """Whether visitors can subscribe."""

    def address(self, page: Page) -> str:
        """Where a page is, absolute; "" where nobody has said so."""

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
        visitors: Visitors,
        access: PageAccess,
        place: Callable[[Any], str],
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
        self._visitors = visitors
        self._access = access
        self._unlocking = Unlocking(access, place, self._is_secure, self._at_own_host, clock)
        self._clock = clock
        self._same_origin_frames = same_origin_frames
        self.subscribing: Subscribing | None = None  # who let them subscribe, when somebody does
        # Name → how it is made, minutes it may be old, whether it names its own address.
        self._parts: dict[str, tuple[Part, float, bool]] = {
            "rss": (self._rss, USUAL_MINUTES, True),
            "atom": (self._atom, USUAL_MINUTES, True),
            "feed.json": (self._json_feed, USUAL_MINUTES, True),
            "maintenance.ics": (self._calendar, USUAL_MINUTES, True),
            "history": (self._history, USUAL_MINUTES, False),
            "card": (self._card, BEATS_MINUTES, False),
            PICTURE: (self._picture, USUAL_MINUTES, False),
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
        name, page = "/".join(rest).lower(), self._visitors.page(scope, slug or DEFAULT_SLUG)
        if name in _LOCKED and await self._at_the_door(scope, receive, send, slug or DEFAULT_SLUG, name):
            return None
        if not rest:
            return await self._serve_page(scope, send, slug or DEFAULT_SLUG)
        if name == _LIVE and scope["method"] in ("GET", "HEAD"):
            if page is None:
                return Unanswered.MISSING
            await self._live.serve(page.id, scope, receive, send)
            return None
        if self.subscribing is not None and self.subscribing.serves(name):
            return await self.subscribing.serve(name, page, scope, receive, send)
        if name not in self._parts:
            return Unanswered.ELSEWHERE
        make, minutes, addressed = self._parts[name]

        async def work() -> Answer:
            return MISSING if page is None else await make(page, self._address(page, scope))

        # What names its own address names what the caller told us: each host has an entry of its own.
        key = base_url(scope, self._trusts_proxy) if addressed else ""
        headers, private = self._headers(name, page), self._private(page)
        return await self._answering.answer(scope, send, work, minutes, headers, key, private=private)

    async def default_page(self, scope: Any, receive: Any, send: Any) -> Unanswered | None:
        """The page called `default`."""
        if await self._at_the_door(scope, receive, send, DEFAULT_SLUG, ""):
            return None
        return await self._serve_page(scope, send, DEFAULT_SLUG)

    async def serve_mapped(self, scope: Any, send: Any, slug: str) -> bool:
        """The page of a host name; False: there is none that this visitor may know of."""
        if await self._at_the_door(scope, None, send, slug, ""):
            return True
        page = self._visitors.page(scope, slug)
        if page is None:
            return False
        headers, key = self._headers("", page), f"host {slug}"
        await self._answering.answer(
            scope, send, self._work(page, scope), BEATS_MINUTES, headers, key, private=self._private(page)
        )
        return True

    async def _at_the_door(self, scope: Any, receive: Any, send: Any, slug: str, name: str) -> bool:
        """Ask for a password, take one, or keep in a cookie what a link says; False: nothing of that."""
        reading = scope["method"] in ("GET", "HEAD")
        seen = self._visitors.page(scope, slug)
        if name != UNLOCK and seen is not None:
            link, guard = self._visitors.link(scope, seen), self._access.guard(seen.id)
            if reading and link is not None and guard is not None:
                cookie = guard.cookie(link, self._clock.now())
                await self._unlocking.by_link(scope, send, seen, cookie, name)
                return True
            return False
        page = self._visitors.asks_for_password(slug)
        if page is None:
            return False
        if name != UNLOCK:
            if reading:
                await self._unlocking.ask(scope, send, page)
            return reading
        if scope["method"] == "POST":
            await self._unlocking.unlock(scope, receive, send, page)
            return True
        return False

    def _private(self, page: Page | None) -> int | None:
        return page.id if page is not None and self._visitors.is_private(page) else None

    def _is_secure(self, scope: Any) -> bool:
        return base_url(scope, self._trusts_proxy).startswith("https:")

    def _at_own_host(self, scope: Any, page: Page) -> bool:
        return self.slug_of_host(scope) == page.slug

    def slug_of_host(self, scope: Any) -> str | None:
        """The page of the host that a request names, if this visitor may know that there is one."""
        page = self._pages.by_host(host_name(scope, self._trusts_proxy))
        if page is None or self._visitors.may_see(scope, page):
            return page.slug if page else None
        return page.slug if self._visitors.asks_for_password(page.slug) else None

    # --- Contents ----------------------------------------------------------------------------------------

    async def _serve_page(self, scope: Any, send: Any, slug: str) -> Unanswered | None:
        page = self._visitors.page(scope, slug)
        minutes = USUAL_MINUTES if page is None else BEATS_MINUTES
        work, headers = self._work(page, scope), self._headers("", page)
        return await self._answering.answer(scope, send, work, minutes, headers, private=self._private(page))

    def _work(self, page: Page | None, scope: Any) -> Work:
        async def work() -> Answer:
            if page is None:
                return MISSING
            hourly = _HOURS in Query(scope["query_string"].decode("latin-1"))
            return Answer(200, (await self.html(page, self._answers, hourly=hourly)).encode(), HTML)

        return work

    async def html(
        self,
        page: Page,
        answers: Answers,
        *,
        hourly: bool = False,
        written: Written | None = None,
        live: bool = True,
        edited: bool = False,
    ) -> str:
        """A page, of what is answered about it; `live`: at this server, `edited`: a draft. StorageTrouble."""
        document, beats = await answers.everything(page), answers.heartbeats(page)
        facts = await self._gathering.facts(
            page, document, answers.components(page), answers.rules(page), hourly=hourly, written=written
        )
        facts = replace(facts, subscribe=self._subscribe(page, live=live), edited=edited)
        servers, private = answers.servers_on(page.id), self._private(page) is not None
        base = "" if private else self._base(page)
        return render(page, document, beats, servers, self._clock.now(), facts, private=private, base=base)

    async def document(self, page: Page, part: str, url: str) -> bytes:
        """A page ("", or "?hours") or a part of it, for a copy elsewhere; `url`: its absolute address."""
        if part in ("", f"?{_HOURS}"):
            return (await self.html(page, self._answers, hourly=bool(part), live=False)).encode()
        return (await self._parts[part][0](page, url)).body or b""

    def _headers(self, name: str, page: Page | None) -> Headers:
        if page is None:
            return ()
        if name in ("", "history"):
            policy = content_policy(page, same_origin_frames=self._same_origin_frames)
            return ((b"content-security-policy", policy.encode()),)
        if name == "card":
            return ((b"content-security-policy", embeds.CARD_POLICY.encode()),)
        if self._private(page) is not None:
            return ()
        return () if name == "rss" else _ANYBODY  # the one that Uptime Kuma has as well is as there

    async def _news(self, page: Page, url: str) -> News:
        incidents = await self._answers.incidents(page)
        latest, now = self._answers.latest(page), self._clock.now()
        return news(page, url, incidents, latest, now)

    async def _rss(self, page: Page, url: str) -> Answer:
        from kuma_lite.status_pages.feeds.rss import rss

        return Answer(200, rss(await self._news(page, url)).encode(), _RSS)

    async def _atom(self, page: Page, url: str) -> Answer:
        from kuma_lite.status_pages.feeds.rss import atom

        return Answer(200, atom(await self._news(page, url)).encode(), _ATOM)

    async def _json_feed(self, page: Page, url: str) -> Answer:
        from kuma_lite.status_pages.feeds.json_feed import json_feed

        return json_answer(json_feed(await self._news(page, url)), content_type=_JSON_FEED)

    async def _calendar(self, page: Page, url: str) -> Answer:
        from kuma_lite.status_pages.feeds.calendar import DAYS, MOST_OF_ONE, calendar

        windows = self._maintenance.windows_on_page(page.id, DAYS, MOST_OF_ONE)
        text = calendar(page, url, windows, self._clock.now())
        return Answer(200, text, _CALENDAR)

    async def _history(self, page: Page, _url: str) -> Answer:
        facts = await self._gathering.history(page, self._pages.public_members(page.id))
        private = self._private(page) is not None
        return Answer(200, render_history(page, facts, self._clock.now(), private=private).encode(), HTML)

    async def _card(self, page: Page, _url: str) -> Answer:
        document, beats = await self._answers.everything(page), self._answers.heartbeats(page)
        facts = await self._gathering.facts(page, document, self._answers.components(page))
        found = headline_of(document, beats, self._answers.servers_on(page.id), facts)
        return Answer(200, embeds.card(page, found, self._clock.now()).encode(), HTML)

    async def _picture(self, page: Page, _url: str) -> Answer:
        from kuma_lite.status_pages.drawing.og_picture import picture

        document, beats = await self._answers.everything(page), self._answers.heartbeats(page)
        components, rules = self._answers.components(page), self._answers.rules(page)
        facts = await self._gathering.facts(page, document, components, rules)
        found = headline_of(document, beats, self._answers.servers_on(page.id), facts)
        services = [*facts.component_bars.values(), *facts.bars.values()]
        return Answer(200, picture(found.kind, services), b"image/png")

    def _subscribe(self, page: Page, *, live: bool) -> str:
        """Where visitors subscribe; a copy has no such form, and leads to the page itself."""
        if self.subscribing is None or not self.subscribing.offered(page):
            return ""
        begins = f"{PREFIX}{page.slug}" if live else self.subscribing.address(page)
        return f"{begins}/subscribe" if begins else ""

    def _base(self, page: Page) -> str:
        """Where strangers find a page, as far as somebody has said so."""
        own = f"https://{page.domains[0]}" if page.domains else ""
        return own or str(self._settings.get("primaryBaseURL") or "").rstrip("/")

    async def _badge_script(self, _page: Page, _url: str) -> Answer:
        return Answer(200, embeds.BADGE_SCRIPT.encode(), SCRIPT)

    def _address(self, page: Page, scope: Any) -> str:
        return f"{base_url(scope, self._trusts_proxy)}{PREFIX}{page.slug}"

    @property
    def _trusts_proxy(self) -> bool:
        return bool(self._settings.get("trustProxy"))
