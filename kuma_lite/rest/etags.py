"""`ETag` of what can be changed, and what clients say of it: no change is overwritten unseen."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from litestar import Response

from kuma_lite.rest.problems import Problem
from kuma_lite.rest.requests import AnyRequest

ETAG: Final = "ETag"
STALE: Final = "The {shown_name} was changed by somebody else meanwhile."
_NOT_MODIFIED: Final = 304
_ANY: Final = "*"
_BESIDE: Final = "-"  # between the digest of what can be changed and that of what is told beside it
_DOCUMENT_CHARS: Final = 20
# Documents hold secrets: without a key whoever reads the rest could guess them from the tag.
_KEY: Final = secrets.token_bytes(32)
_STATE_CHARS: Final = 12


def etag_of(document: Mapping[str, Any], state: Mapping[str, Any] | None = None) -> str:
    """The `ETag` of a document.

    Args:
        document: what can be changed.
        state: what an answer tells beside it. It makes another answer, but nobody is refused a change for it.
    """
    tag = _digest(document, _DOCUMENT_CHARS)
    return f'"{tag}{_BESIDE}{_digest(state, _STATE_CHARS)}"' if state is not None else f'"{tag}"'


def not_modified(request: AnyRequest, tag: str) -> Response[Any] | None:
    """The answer to whoever has it already; None: it has to be sent."""
    known = _tags(request.headers.get("if-none-match"))
    if tag not in known and _ANY not in known:
        return None
    return Response(None, status_code=_NOT_MODIFIED, headers={ETAG: tag})


def refuse_stale(request: AnyRequest, tag: str, shown_name: str) -> None:
    """Raise Problem (412) where the client wants to change something else than what is there now."""
    if is_stale(request, tag):
        raise Problem(412, STALE.format(shown_name=shown_name))


def is_stale(request: AnyRequest, tag: str) -> bool:
    """Whether the client wants to change something else than what is there now."""
    header = request.headers.get("if-match")
    known = {_of_document(one) for one in _tags(header)}
    return header is not None and _ANY not in known and _of_document(tag) not in known


def _tags(header: str | None) -> list[str]:
    """The tags of a header. Proxies that compress make them weak; they mean the same."""
    return [one.strip().removeprefix("W/") for one in (header or "").split(",")]


def _of_document(tag: str) -> str:
    return tag.strip('"').partition(_BESIDE)[0]


def _digest(document: Mapping[str, Any], chars: int) -> str:
    text = json.dumps(document, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=_KEY).hexdigest()[:chars]
