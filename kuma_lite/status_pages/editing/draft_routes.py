"""What a draft looks like: the page of visitors, in a frame of the editor, where nothing of it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from kuma_lite.core.doors import Access, RawRoute, Unanswered
from kuma_lite.core.records import replace
from kuma_lite.status_pages.answering.cache import Answer
from kuma_lite.status_pages.answering.requests import send_answer
from kuma_lite.status_pages.drawing.html import SCRIPTS, content_policy
from kuma_lite.status_pages.editing.drafts import Draft, DraftGroups, DraftIncidents, Drafts
from kuma_lite.status_pages.model import Page, Written
from kuma_lite.status_pages.serving.answers import Answers, ShownIncidents

PREVIEWS: Final = "/status-preview/"
_LOGO: Final = "logo.png"
_STYLE: Final = "custom.css"
_HTML: Final = b"text/html; charset=utf-8"
_CSS: Final = b"text/css; charset=utf-8"
_PNG: Final = b"image/png"
_PRIVATE: Final = (
    (b"cache-control", b"no-store"),
    (b"x-robots-tag", b"noindex"),
    (b"referrer-policy", b"no-referrer"),
)


class Render(Protocol):
    """Makes the HTML of a page, of what is answered about it."""

    async def __call__(self, page: Page, answers: Answers, *, written: Written | None, edited: bool) -> str:
        """Raises StorageTrouble."""


def preview_path(ticket: str) -> str:
    """The address of a draft, below that of the server."""
    return PREVIEWS + ticket


class DraftRoutes:
    """The address of each draft; it is a secret that is good for some minutes.

    Args:
        drafts: which there are.
        answers: what is shown of stored pages.
        incidents: those of stored pages.
        render: makes the page.
        picture: the address of its stored picture for those who edit it.
    """

    def __init__(
        self,
        drafts: Drafts,
        answers: Answers,
        incidents: ShownIncidents,
        render: Render,
        picture: Callable[[Page, str], str],
    ) -> None:
        self._picture = picture
        self._drafts = drafts
        self._answers = answers
        self._incidents = incidents
        self._render = render

    def routes(self) -> list[RawRoute]:
        """The doors."""
        return [RawRoute(PREVIEWS, self.preview, Access.PUBLIC)]

    async def preview(self, scope: Any, _receive: Any, send: Any) -> Unanswered | None:
        """A draft, its style sheet, or its picture."""
        if scope["method"] not in ("GET", "HEAD"):
            return Unanswered.ELSEWHERE
        ticket, _, part = scope["path"][len(PREVIEWS) :].partition("/")
        draft = self._drafts.get(ticket)
        if draft is None:
            return Unanswered.MISSING
        if not part:
            policy = content_policy(draft.page, same_origin_frames=True, own_scripts=False)
            policy += "; sandbox allow-same-origin"
            headers = (*_PRIVATE, (b"content-security-policy", policy.encode()))
            await send_answer(scope, send, Answer(200, await self._html(ticket, draft), _HTML), headers)
        elif part == _STYLE:
            style = (draft.page.custom_css or "").encode("utf-8", "replace")
            await send_answer(scope, send, Answer(200, style, _CSS), _PRIVATE)
        elif part == _LOGO and draft.png is not None:
            headers = (*_PRIVATE, (b"content-security-policy", b"default-src 'none'"))
            await send_answer(scope, send, Answer(200, draft.png, _PNG), headers)
        else:
            return Unanswered.MISSING
        return None

    async def _html(self, ticket: str, draft: Draft) -> bytes:
        stored = self._picture(draft.page, draft.page.icon)
        page = replace(draft.page, icon=stored if draft.png is None else f"{preview_path(ticket)}/{_LOGO}")
        written = draft.written
        incidents = DraftIncidents(self._incidents, written.incident if written else None)
        answers = self._answers.drafted(DraftGroups(draft.groups), incidents, draft.servers)
        html = await self._render(page, answers, written=written, edited=True)
        stored, drafted = f"/api/status-page/{page.slug}/{_STYLE}", f"{preview_path(ticket)}/{_STYLE}"
        return html.replace(f'href="{stored}"', f'href="{drafted}"', 1).replace(SCRIPTS, "", 1).encode()


def without_counting(page: Page) -> Page:
    """Somebody who edits a page is no visitor of it."""
    return replace(page, analytics_id=None)
