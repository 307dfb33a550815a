"""From what is worked out to what is sent: kept for a while, in one form for all who ask."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from kuma_lite.core.doors import Unanswered
from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.answering.cache import Answer, AnswerCache
from kuma_lite.status_pages.answering.requests import header, send_answer
from kuma_lite.status_pages.badges.badge_svg import Badge
from kuma_lite.status_pages.badges.badge_svg import render as render_badge

# Minutes an answer may be old. Beats are in the page itself here, so it is kept as long as they are.
USUAL_MINUTES: Final = 5.0
BEATS_MINUTES: Final = 1.0
FILE_MINUTES: Final = 1440.0

HTML: Final = b"text/html; charset=utf-8"
JSON: Final = b"application/json; charset=utf-8"
SVG: Final = b"image/svg+xml; charset=utf-8"
CSS: Final = b"text/css; charset=utf-8"
SCRIPT: Final = b"text/javascript; charset=utf-8"

MISSING: Final = Answer(404, None)

Headers = tuple[tuple[bytes, bytes], ...]
# Of what not everybody may see: no cache on the way keeps it, and a browser asks before it shows it again.
PRIVATE: Final[Headers] = (
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"cookie, accept-encoding"),
    (b"x-robots-tag", b"noindex"),
)
Work = Callable[[], Awaitable[Answer]]


class Answering:
    """Answers by address, from the cache where they are known."""

    def __init__(self, cache: AnswerCache) -> None:
        self._cache = cache

    async def answer(
        self,
        scope: Any,
        send: Any,
        work: Work,
        minutes: float,
        headers: Headers = (),
        key: str = "",
        *,
        private: int | None = None,
    ) -> Unanswered | None:
        """From the cache, or worked out and kept, refusals included.

        Args:
            scope: of the request.
            send: where the answer goes.
            work: makes the answer.
            minutes: it may be old.
            headers: besides the usual ones.
            key: what tells answers of one address apart.
            private: the protected page that it is about; nobody else gets it from the cache.
        """
        if scope["method"] == "OPTIONS":
            await send_answer(scope, send, Answer(200, b"GET,HEAD", HTML), ((b"allow", b"GET,HEAD"),))
            return None
        if scope["method"] not in ("GET", "HEAD"):
            return Unanswered.ELSEWHERE
        name = f"{key} {scope['path']}?{scope['query_string'].decode('latin-1')}"
        if private is not None:
            name, headers = f"private {private} {name}", (*headers, *PRIVATE)
        bypass = header(scope, b"x-apicache-bypass") is not None
        answer = None if bypass else self._cache.get(name)
        if answer is None:

            async def whole() -> Answer:
                return await _refusals_too(work)

            answer = await (whole() if bypass else self._cache.work_out(name, minutes, whole))
            if private is None:
                headers = (*headers, (b"cache-control", b"no-cache"))
        if answer.body is None:
            return Unanswered.MISSING
        await send_answer(scope, send, answer, headers)
        return None


async def _refusals_too(work: Work) -> Answer:
    """An answer in any case: a sentence for the caller is one as well."""
    try:
        return await work()
    except UserError as error:
        status = error.status if error.status in (404, 503) else 403
        return json_answer({"status": "fail", "msg": error.message}, status)


def json_answer(document: Any, status: int = 200, content_type: bytes = JSON) -> Answer:
    """A JSON document."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, text.encode("utf-8", "replace"), content_type)


def picture(badge: Badge) -> Answer:
    """A badge."""
    return Answer(200, render_badge(badge).encode(), SVG)
