"""The route that gives a status page as files, for `kuma-lite export-page`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Final

from kuma_lite.core.access import Actor, Right, may
from kuma_lite.core.errors import UserError
from kuma_lite.rest.requests import AnyRequest, TextQuery, actor_of
from kuma_lite.rest.route import GET, Route, key_in
from kuma_lite.status_pages.copies import Copies
from kuma_lite.status_pages.model import Document
from kuma_lite.status_pages.pages import Pages

_FILES: Final = {"files": [{"path": "index.html", "content": "PCFET0NUWVBFIGh0bWw+"}]}


class CopyApi:
    """Static copies of pages.

    Args:
        pages: which there are.
        copies: makes them.
        is_root: whether a caller asks in the first project.
    """

    def __init__(self, pages: Pages, copies: Copies, is_root: Callable[[Actor], bool]) -> None:
        self._pages = pages
        self._copies = copies
        self._is_root = is_root

    def routes(self) -> Iterator[Route]:
        """The route."""
        yield Route(
            name="copy_status_page",
            method=GET,
            path="/api/v1/status_pages/{key:str}/copy",
            needs=Right.STATUS_PAGES_VIEW,
            handler=self.copy,
            tag="Status pages",
            query=(TextQuery("address", "Where the copy will be reached, for its feeds."),),
            response=_FILES,
        )

    async def copy(self, request: AnyRequest) -> Document:
        """Get a status page as files (Base64) that need no server; `key` is its slug."""
        actor, page = actor_of(request), self._pages.named(key_in(request))
        if page is None or not self._is_root(actor) or not may(actor, Right.STATUS_PAGES_VIEW, page):
            raise UserError("Not Found", status=404)
        files = await self._copies.files(page, request.query_params.get("address") or "")
        return {
            "files": [
                {"path": name, "content": base64.b64encode(content).decode()}
                for name, content in sorted(files.items())
            ]
        }
