"""The addresses of visitors: pages, feeds, badges, JSON and pictures. None of them asks for a log-in."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from kuma_lite.core.clock import Clock
from kuma_lite.core.declarations import Status
from kuma_lite.core.doors import Access, RawRoute, Unanswered
from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.analytics import analytics_of
from kuma_lite.status_pages.answers import Answers
from kuma_lite.status_pages.badge_routes import MonitorBadges
from kuma_lite.status_pages.badge_svg import Badge
from kuma_lite.status_pages.badge_svg import render as render_badge
from kuma_lite.status_pages.badges import page_badge
from kuma_lite.status_pages.cache import Answer, AnswerCache
from kuma_lite.status_pages.html import STYLE_PATH, content_policy
from kuma_lite.status_pages.html import render as render_page
from kuma_lite.status_pages.incidents import Incidents
from kuma_lite.status_pages.model import DEFAULT_SLUG, Page, Settings
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.query import Query
from kuma_lite.status_pages.requests import base_url, header, host_name, send_answer
from kuma_lite.status_pages.style import STYLE
from kuma_lite.status_pages.uploads import PREFIX as UPLOADS
from kuma_lite.status_pages.uploads import Uploads

_BADGES: Final = "/api/badge/"
_JSON_PREFIX: Final = "/api/status-page/"
_PAGES: Final = "/status/"

# Minutes an answer may be old. Beats are in the page itself here, so it is kept as long as they are.
_USUAL_MINUTES: Final = 5.0
_BEATS_MINUTES: Final = 1.0
_MANIFEST_MINUTES: Final = 1440.0

_HTML: Final = b"text/html; charset=utf-8"
_JSON: Final = b"application/json; charset=utf-8"
_SVG: Final = b"image/svg+xml; charset=utf-8"
_RSS: Final = b"application/rss+xml; charset=utf-8"
_CSS: Final = b"text/css; charset=utf-8"
_SCRIPT: Final = b"text/javascript; charset=utf-8"
_PNG: Final = b"image/png"

_CORS: Final = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, PUT, POST, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"Origin, X-Requested-With, Content-Type, Accept"),
)
_MISSING: Final = Answer(404, None)
_NO_PAGE: Final = "Status Page Not Found"

Headers = tuple[tuple[bytes, bytes], ...]
Work = Callable[[], Awaitable[Answer]]


class PublicRoutes:
    """What anybody may ask for."""

    def __init__(
        self,
        pages: Pages,
        incidents: Incidents,
        answers: Answers,
        monitor_badges: MonitorBadges,
        uploads: Uploads,
        settings: Settings,
        cache: AnswerCache,
        clock: Clock,
        same_origin_frames: bool,
    ) -> None:
        self._pages = pages
        self._incidents = incidents
        self._answers = answers
        self._monitor_badges = monitor_badges
        self._uploads = uploads
        self._settings = settings
        self._cache = cache
        self._clock = clock
        self._same_origin_frames = same_origin_frames

    def routes(self) -> list[RawRoute]:
        """The doors."""
        return [
            RawRoute(_BADGES, self.badge, Access.PUBLIC, ignore_case=True),
            RawRoute(_JSON_PREFIX, self.status_page_data, Access.PUBLIC, ignore_case=True),
            RawRoute(_PAGES, self.status_page, Access.PUBLIC, ignore_case=True),
            RawRoute("/status", self.default_page, Access.PUBLIC, ignore_case=True),
            RawRoute("/status-page", self.default_page, Access.PUBLIC, ignore_case=True),
            RawRoute(STYLE_PATH, self.style, Access.PUBLIC),
            RawRoute(UPLOADS, self.upload, Access.PUBLIC, ignore_case=True),
        ]

    # --- Addresses ---------------------------------------------------------------------------------------

    async def badge(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """A badge of a monitor; other sites may embed and read it."""
        parts = scope["path"][len(_BADGES) :].split("/")
        if not self._monitor_badges.knows(parts):
            return Unanswered.ELSEWHERE

        async def work() -> Answer:
            return _picture(await self._monitor_badges.make(parts, _query(scope)))

        return await self._answer(scope, send, work, _USUAL_MINUTES, _CORS)

    async def status_page_data(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """What clients ask about a page."""
        parts = scope["path"][len(_JSON_PREFIX) :].split("/")
        if len(parts) == 2 and parts[0].lower() == "heartbeat":
            return await self._answer(scope, send, lambda: self._heartbeats(parts[1]), _BEATS_MINUTES)
        slug, kind = parts[0], "/".join(parts[1:]).lower()
        known: dict[str, tuple[Work, float]] = {
            "": (lambda: self._everything(slug), _USUAL_MINUTES),
            "manifest.json": (lambda: self._manifest(slug), _MANIFEST_MINUTES),
            "incident-history": (lambda: self._history(slug, _query(scope)), _USUAL_MINUTES),
            "badge": (lambda: self._page_badge(slug, _query(scope)), _USUAL_MINUTES),
            "custom.css": (lambda: self._custom_style(slug), _USUAL_MINUTES),
            "analytics.js": (lambda: self._analytics(slug), _USUAL_MINUTES),
        }
        if not slug or kind not in known:
            return Unanswered.ELSEWHERE
        work, minutes = known[kind]
        return await self._answer(scope, send, work, minutes)

    async def status_page(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """A page, or its feed."""
        slug, *rest = scope["path"][len(_PAGES) :].split("/")
        if not rest:
            return await self._serve_page(scope, send, slug or DEFAULT_SLUG)
        if [part.lower() for part in rest] != ["rss"]:
            return Unanswered.ELSEWHERE
        # The feed names its own address, and that comes from whoever asks: each has an entry of its own.
        base = base_url(scope, self._trusts_proxy)
        return await self._answer(scope, send, lambda: self._feed(slug, base), _USUAL_MINUTES, key=base)

    async def default_page(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """The page called `default`."""
        return await self._serve_page(scope, send, DEFAULT_SLUG)

    async def style(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """The looks of all pages."""

        async def work() -> Answer:
            return Answer(200, STYLE.encode(), _CSS)

        return await self._answer(scope, send, work, _MANIFEST_MINUTES)

    async def upload(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """An uploaded picture."""
        if scope["method"] not in ("GET", "HEAD"):
            return Unanswered.ELSEWHERE
        png = await self._uploads.read(scope["path"][len(UPLOADS) :])
        if png is None:
            return Unanswered.ELSEWHERE
        headers = (
            (b"cache-control", b"public, max-age=0"),
            (b"content-security-policy", b"default-src 'none'"),
        )
        await send_answer(scope, send, Answer(200, png, _PNG), headers)
        return None

    async def serve_mapped(self, scope: Any, send: Any, slug: str) -> None:
        """The page of a host name, as it is now."""
        page = self._pages.by_slug(slug)
        if page is not None:
            await send_answer(scope, send, await self._page(page), self._page_headers(page))

    def slug_of_host(self, scope: Any) -> str | None:
        """The page of the host that a request names."""
        page = self._pages.by_host(host_name(scope, self._trusts_proxy))
        return page.slug if page else None

    # --- Contents ----------------------------------------------------------------------------------------

    async def _serve_page(self, scope: Any, send: Any, slug: str) -> Unanswered | None:
        page = self._pages.by_slug(slug)

        async def work() -> Answer:
            return _MISSING if page is None else await self._page(page)

        headers = self._page_headers(page) if page else ()
        minutes = _USUAL_MINUTES if page is None else _BEATS_MINUTES
        return await self._answer(scope, send, work, minutes, headers)

    async def _page(self, page: Page) -> Answer:
        return Answer(200, (await self.html(page, self._answers)).encode(), _HTML)

    async def html(self, page: Page, answers: Answers) -> str:
        """A page, of what is answered about it."""
        document, beats = await answers.everything(page), answers.heartbeats(page)
        return render_page(page, document, beats, answers.servers_on(page.id), self._clock.now())

    def _page_headers(self, page: Page) -> Headers:
        policy = content_policy(page, same_origin_frames=self._same_origin_frames)
        return ((b"content-security-policy", policy.encode()),)

    async def _feed(self, slug: str, base: str) -> Answer:
        page = self._pages.by_slug(slug)
        if page is None:
            return _MISSING
        return Answer(200, (await self._answers.feed(page, f"{base}/status/{page.slug}")).encode(), _RSS)

    async def _everything(self, slug: str) -> Answer:
        return _json(await self._answers.everything(self._known(slug)))

    async def _heartbeats(self, slug: str) -> Answer:
        return _json(self._answers.heartbeats(self._pages.by_slug(slug)))

    async def _manifest(self, slug: str) -> Answer:
        return _json(self._answers.manifest(self._known(slug, "Not Found")))

    async def _history(self, slug: str, query: Query) -> Answer:
        page = self._known(slug)
        return _json({"ok": True, **await self._incidents.history(page, query.text("cursor"))})

    async def _page_badge(self, slug: str, query: Query) -> Answer:
        page = self._pages.by_slug(slug)
        latest: list[Status] = [beat.status for _name, beat in self._answers.latest(page)] if page else []
        return _picture(page_badge(query, latest))

    async def _custom_style(self, slug: str) -> Answer:
        return Answer(200, (self._known(slug).custom_css or "").encode("utf-8", "replace"), _CSS)

    async def _analytics(self, slug: str) -> Answer:
        return Answer(200, analytics_of(self._known(slug)).own_script.encode(), _SCRIPT)

    def _known(self, slug: str, refusal: str = _NO_PAGE) -> Page:
        page = self._pages.by_slug(slug)
        if page is None:
            raise UserError(refusal, status=404)
        return page

    # --- Answering ---------------------------------------------------------------------------------------

    async def _answer(
        self, scope: Any, send: Any, work: Work, minutes: float, headers: Headers = (), key: str = ""
    ) -> Unanswered | None:
        """From the cache, or worked out and kept, refusals included."""
        if scope["method"] == "OPTIONS":
            await send_answer(scope, send, Answer(200, b"GET,HEAD", _HTML), ((b"allow", b"GET,HEAD"),))
            return None
        if scope["method"] not in ("GET", "HEAD"):
            return Unanswered.ELSEWHERE
        name = f"{key} {scope['path']}?{scope['query_string'].decode('latin-1')}"
        bypass = header(scope, b"x-apicache-bypass") is not None
        answer = None if bypass else self._cache.get(name)
        if answer is None:
            keep = self._cache.keep(name, minutes)
            answer = await _refusals_too(work)
            if not bypass and answer.status < 500:  # trouble of ours is no answer to live with
                keep(answer)
            headers = (*headers, (b"cache-control", b"no-cache"))
        if answer.body is None:
            return Unanswered.MISSING
        await send_answer(scope, send, answer, headers)
        return None

    @property
    def _trusts_proxy(self) -> bool:
        return bool(self._settings.get("trustProxy"))


async def _refusals_too(work: Work) -> Answer:
    """An answer in any case: a sentence for the caller is one as well."""
    try:
        return await work()
    except UserError as error:
        status = error.status if error.status in (404, 503) else 403
        return _json({"status": "fail", "msg": error.message}, status)


def _query(scope: Any) -> Query:
    return Query(scope["query_string"].decode("latin-1"))


def _json(document: Any, status: int = 200) -> Answer:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, text.encode("utf-8", "replace"), _JSON)


def _picture(badge: Badge) -> Answer:
    return Answer(200, render_badge(badge).encode(), _SVG)
