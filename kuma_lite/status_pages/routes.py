"""The addresses of programs: badges, JSON, pictures, style and scripts. None of them asks for a log-in."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core.declarations import Status
from kuma_lite.core.doors import Access, RawRoute, Unanswered
from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.analytics import analytics_of
from kuma_lite.status_pages.answering import (
    BEATS_MINUTES,
    CSS,
    FILE_MINUTES,
    SCRIPT,
    USUAL_MINUTES,
    Answering,
    Work,
    json_answer,
    picture,
)
from kuma_lite.status_pages.answers import Answers
from kuma_lite.status_pages.badge_routes import MonitorBadges
from kuma_lite.status_pages.badges import page_badge
from kuma_lite.status_pages.cache import Answer
from kuma_lite.status_pages.html import LIVE_PATH, STYLE_PATH, TIMES_PATH
from kuma_lite.status_pages.incidents import Incidents
from kuma_lite.status_pages.model import Page
from kuma_lite.status_pages.pages import Pages
from kuma_lite.status_pages.query import Query
from kuma_lite.status_pages.requests import send_answer
from kuma_lite.status_pages.scripts import LIVE, TIMES
from kuma_lite.status_pages.style import STYLE
from kuma_lite.status_pages.uploads import PREFIX as UPLOADS
from kuma_lite.status_pages.uploads import Uploads

_BADGES: Final = "/api/badge/"
_JSON_PREFIX: Final = "/api/status-page/"
_PNG: Final = b"image/png"

_CORS: Final = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, PUT, POST, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"Origin, X-Requested-With, Content-Type, Accept"),
)
_NO_PAGE: Final = "Status Page Not Found"
_FILES: Final = {
    STYLE_PATH: Answer(200, STYLE.encode(), CSS),
    TIMES_PATH: Answer(200, TIMES.encode(), SCRIPT),
    LIVE_PATH: Answer(200, LIVE.encode(), SCRIPT),
}


class PublicRoutes:
    """What programs, browsers and other sites may ask for."""

    def __init__(
        self,
        pages: Pages,
        incidents: Incidents,
        answers: Answers,
        monitor_badges: MonitorBadges,
        uploads: Uploads,
        answering: Answering,
    ) -> None:
        self._pages = pages
        self._incidents = incidents
        self._answers = answers
        self._monitor_badges = monitor_badges
        self._uploads = uploads
        self._answering = answering

    def routes(self) -> list[RawRoute]:
        """The doors."""
        return [
            RawRoute(_BADGES, self.badge, Access.PUBLIC, ignore_case=True),
            RawRoute(_JSON_PREFIX, self.status_page_data, Access.PUBLIC, ignore_case=True),
            *(RawRoute(path, self.file, Access.PUBLIC) for path in _FILES),
            RawRoute(UPLOADS, self.upload, Access.PUBLIC, ignore_case=True),
        ]

    # --- Addresses ---------------------------------------------------------------------------------------

    async def badge(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """A badge of a monitor; other sites may embed and read it."""
        parts = scope["path"][len(_BADGES) :].split("/")
        if not self._monitor_badges.knows(parts):
            return Unanswered.ELSEWHERE

        async def work() -> Answer:
            return picture(await self._monitor_badges.make(parts, _query(scope)))

        return await self._answering.answer(scope, send, work, USUAL_MINUTES, _CORS)

    async def status_page_data(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """What clients ask about a page."""
        parts = scope["path"][len(_JSON_PREFIX) :].split("/")
        if len(parts) == 2 and parts[0].lower() == "heartbeat":
            return await self._answering.answer(
                scope, send, lambda: self._heartbeats(parts[1]), BEATS_MINUTES
            )
        slug, kind = parts[0], "/".join(parts[1:]).lower()
        known: dict[str, tuple[Work, float]] = {
            "": (lambda: self._everything(slug), USUAL_MINUTES),
            "manifest.json": (lambda: self._manifest(slug), FILE_MINUTES),
            "incident-history": (lambda: self._history(slug, _query(scope)), USUAL_MINUTES),
            "badge": (lambda: self._page_badge(slug, _query(scope)), USUAL_MINUTES),
            "custom.css": (lambda: self._custom_style(slug), USUAL_MINUTES),
            "analytics.js": (lambda: self._analytics(slug), USUAL_MINUTES),
        }
        if not slug or kind not in known:
            return Unanswered.ELSEWHERE
        work, minutes = known[kind]
        return await self._answering.answer(scope, send, work, minutes)

    async def file(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """The looks of all pages, and their scripts."""

        async def work() -> Answer:
            return _FILES[scope["path"]]

        return await self._answering.answer(scope, send, work, FILE_MINUTES)

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

    # --- Contents ----------------------------------------------------------------------------------------

    async def _everything(self, slug: str) -> Answer:
        return json_answer(await self._answers.everything(self._known(slug)))

    async def _heartbeats(self, slug: str) -> Answer:
        return json_answer(self._answers.heartbeats(self._pages.by_slug(slug)))

    async def _manifest(self, slug: str) -> Answer:
        return json_answer(self._answers.manifest(self._known(slug, "Not Found")))

    async def _history(self, slug: str, query: Query) -> Answer:
        page = self._known(slug)
        return json_answer({"ok": True, **await self._incidents.history(page, query.text("cursor"))})

    async def _page_badge(self, slug: str, query: Query) -> Answer:
        page = self._pages.by_slug(slug)
        latest: list[Status] = [state.status for state in self._answers.latest(page)] if page else []
        return picture(page_badge(query, latest))

    async def _custom_style(self, slug: str) -> Answer:
        return Answer(200, (self._known(slug).custom_css or "").encode("utf-8", "replace"), CSS)

    async def _analytics(self, slug: str) -> Answer:
        return Answer(200, analytics_of(self._known(slug)).own_script.encode(), SCRIPT)

    def _known(self, slug: str, refusal: str = _NO_PAGE) -> Page:
        page = self._pages.by_slug(slug)
        if page is None:
            raise UserError(refusal, status=404)
        return page


def _query(scope: Any) -> Query:
    return Query(scope["query_string"].decode("latin-1"))
