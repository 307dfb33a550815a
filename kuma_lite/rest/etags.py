"""`ETag` of what can be changed, and what clients say of it: no change is overwritten unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from litestar import Response

from kuma_lite.rest.problems import Problem
from kuma_lite.rest.requests import AnyRequest

ETAG: Final = "ETag"
_NOT_MODIFIED: Final = 304


def etag_of(document: Mapping[str, Any]) -> str:
    """The `ETag` of a document."""
    text = json.dumps(document, sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]}"'


def not_modified(request: AnyRequest, tag: str) -> Response[Any] | None:
    """The answer to whoever has it already; None: it has to be sent."""
    if request.headers.get("if-none-match") != tag:
        return None
    return Response(None, status_code=_NOT_MODIFIED, headers={ETAG: tag})


def refuse_stale(request: AnyRequest, tag: str, shown_name: str) -> None:
    """Raise Problem (412) where the client wants to change something else than what is there now."""
    if request.headers.get("if-match") not in (None, "*", tag):
        raise Problem(412, f"The {shown_name} was changed by somebody else meanwhile.")
