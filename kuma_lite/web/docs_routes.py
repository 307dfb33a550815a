"""`GET /api/v1/docs`: the API for people, made from its document when somebody first looks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from litestar import Request, Response, get

from kuma_lite.core.doors import Access, door
from kuma_lite.web.docs_assets import SCRIPT, STYLE
from kuma_lite.web.docs_page import docs_page
from kuma_lite.web.document import ApiDocument
from kuma_lite.web.lazy_rest import API

PATH: Final = f"{API}/docs"
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_FILES: Final = {"style.css": ("text/css", STYLE), "script.js": ("text/javascript", SCRIPT)}


def docs_routes(document: ApiDocument) -> Sequence[Any]:
    """The page and its two files."""
    pages: list[str] = []
    opening: dict[str, Any] = {"opt": door(Access.PUBLIC), "include_in_schema": False}

    @get(PATH, **opening)
    async def api_docs(request: Request[Any, Any, Any]) -> Response[str]:
        await document.made(request.app)
        if not pages:
            pages.append(await asyncio.to_thread(docs_page, document.content))
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
        return Response(pages[0], media_type="text/html", headers=headers)

    @get(f"{PATH}/style.css", **opening)
    async def api_docs_style() -> Response[str]:
        return _file("style.css")

    @get(f"{PATH}/script.js", **opening)
    async def api_docs_script() -> Response[str]:
        return _file("script.js")

    return [api_docs, api_docs_style, api_docs_script]


def _file(name: str) -> Response[str]:
    kind, text = _FILES[name]
    return Response(text, media_type=kind, headers={"Cache-Control": "max-age=3600"})
