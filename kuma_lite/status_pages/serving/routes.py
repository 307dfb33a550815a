"""The addresses of programs: badges, JSON, pictures, style and scripts. None of them asks for a log-in."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from kuma_lite.core.declarations import Status
from kuma_lite.core.doors import Access, RawRoute, Unanswered
from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.answering.answering import (
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
from kuma_lite.status_pages.answering.cache import Answer
from kuma_lite.status_pages.answering.requests import send_answer
from kuma_lite.status_pages.badges.badge_routes import MonitorBadges
from kuma_lite.status_pages.badges.badges import page_badge
from kuma_lite.status_pages.badges.query import Query
from kuma_lite.status_pages.drawing.analytics import analytics_of
from kuma_lite.status_pages.drawing.html import LIVE_PATH, STYLE_PATH, TIMES_PATH
from kuma_lite.status_pages.drawing.scripts import LIVE, TIMES
from kuma_lite.status_pages.drawing.style import STYLE
from kuma_lite.status_pages.incidents import Incidents
from kuma_lite.status_pages.model import Page
from kuma_lite.status_pages.protection.visitors import KEY, Visitors, parameter
from kuma_lite.status_pages.serving.answers import Answers
from kuma_lite.status_pages.uploads import PREFIX as UPLOADS
from kuma_lite.status_pages.uploads import Uploads

_BADGES: Final = "/api/badge/"
_JSON_PREFIX: Final = "/api/status-page/"
_PNG: Final = b"image/png"
_HEARTBEAT: Final = "heartbeat"  # which stands before the name of the page

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
        incidents: Incidents,
        answers: Answers,
        monitor_badges: MonitorBadges,
        uploads: Uploads,
        answering: Answering,
        visitors: Visitors,
    ) -> None:
        self._incidents = incidents
        self._answers = answers
        self._monitor_badges = monitor_badges
        self._uploads = uploads
        self._answering = answering
        self._visitors = visitors

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
            may_know = partial(self._visitors.may_know, scope)
            return picture(await self._monitor_badges.make(parts, _query(scope), may_know))

        private = 0 if parameter(scope, KEY) else None  # with the key of a link it may be of a protected page
        return await self._answering.answer(scope, send, work, USUAL_MINUTES, _CORS, private=private)

    async def status_page_data(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """What clients ask about a page."""
        parts = scope["path"][len(_JSON_PREFIX) :].split("/")
        if len(parts) == 2 and parts[0].lower() == "heartbeat":
            parts, kind = [parts[1]], _HEARTBEAT
        else:
            kind = "/".join(parts[1:]).lower()
        page = self._visitors.page(scope, parts[0])
        known: dict[str, tuple[Work, float]] = {
            "": (lambda: self._everything(page), USUAL_MINUTES),
            _HEARTBEAT: (lambda: self._heartbeats(page), BEATS_MINUTES),
            "manifest.json": (lambda: self._manifest(page), FILE_MINUTES),
            "incident-history": (lambda: self._history(page, _query(scope)), USUAL_MINUTES),
            "badge": (lambda: self._page_badge(page, _query(scope)), USUAL_MINUTES),
            "custom.css": (lambda: self._custom_style(page), USUAL_MINUTES),
            "analytics.js": (lambda: self._analytics(page), USUAL_MINUTES),
        }
        if (not parts[0] and kind != _HEARTBEAT) or kind not in known:
            return Unanswered.ELSEWHERE
        work, minutes = known[kind]
        private = page.id if page is not None and self._visitors.is_private(page) else None
        return await self._answering.answer(scope, send, work, minutes, private=private)

    async def file(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """The looks of all pages, and their scripts."""

        async def work() -> Answer:
            return _FILES[scope["path"]]

        return await self._answering.answer(scope, send, work, FILE_MINUTES)

    async def upload(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """An uploaded picture."""
        if scope["method"] not in ("GET", "HEAD"):
            return Unanswered.ELSEWHERE
        name = scope["path"][len(UPLOADS) :]
        png = await self._uploads.read(name) if self._visitors.may_load(scope, name) else None
        if png is None:
            return Unanswered.ELSEWHERE
        headers = (
            (b"cache-control", b"public, max-age=0"),
            (b"content-security-policy", b"default-src 'none'"),
        )
        await send_answer(scope, send, Answer(200, png, _PNG), headers)
        return None

    # --- Contents ----------------------------------------------------------------------------------------

    async def _everything(self, page: Page | None) -> Answer:
        return json_answer(await self._answers.everything(_known(page)))

    async def _heartbeats(self, page: Page | None) -> Answer:
        return json_answer(self._answers.heartbeats(page))

    async def _manifest(self, page: Page | None) -> Answer:
        return json_answer(self._answers.manifest(_known(page, "Not Found")))

    async def _history(self, page: Page | None, query: Query) -> Answer:
        page = _known(page)
        return json_answer({"ok": True, **await self._incidents.history(page, query.text("cursor"))})

    async def _page_badge(self, page: Page | None, query: Query) -> Answer:
        latest: list[Status] = [state.status for state in self._answers.latest(page)] if page else []
        return picture(page_badge(query, latest))

    async def _custom_style(self, page: Page | None) -> Answer:
        return Answer(200, (_known(page).custom_css or "").encode("utf-8", "replace"), CSS)

    async def _analytics(self, page: Page | None) -> Answer:
        return Answer(200, analytics_of(_known(page)).own_script.encode(), SCRIPT)


def _known(page: Page | None, refusal: str = _NO_PAGE) -> Page:
    if page is None:
        raise UserError(refusal, status=404)
    return page


def _query(scope: Any) -> Query:
    return Query(scope["query_string"].decode("latin-1"))
