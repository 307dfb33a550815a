"""The route that gives a status page as files, for `kuma-lite export-page`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Final

from kuma_lite.core.access import Actor, Right
from kuma_lite.rest.requests import AnyRequest, TextQuery
from kuma_lite.rest.route import GET, Route
from kuma_lite.status_pages.copies import Copies
from kuma_lite.status_pages.model import Document
from kuma_lite.status_pages.page_api import PageApi
from kuma_lite.status_pages.pages import Pages

_FILES: Final = {"files": [{"path": "index.html", "content": "PCFET0NUWVBFIGh0bWw+"}]}


class CopyApi(PageApi):
    """Static copies of pages.

    Args:
        pages: which there are.
        copies: makes them.
        is_root: whether a caller asks in the first project.
    """

    def __init__(self, pages: Pages, copies: Copies, is_root: Callable[[Actor], bool]) -> None:
        super().__init__(pages, is_root)
        self._copies = copies

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
        files = await self._copies.files(self.viewed(request), request.query_params.get("address") or "")
        return {
            "files": [
                {"path": name, "content": base64.b64encode(content).decode()}
                for name, content in sorted(files.items())
            ]
        }
