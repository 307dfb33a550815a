"""Plain ASGI answers for routes that need no framework."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

TEXT: Final = b"text/plain; charset=utf-8"
HTML: Final = b"text/html; charset=utf-8"
JSON: Final = b"application/json; charset=utf-8"

Headers = Iterable[tuple[bytes, bytes]]


async def respond(
    scope: Any, send: Any, status: int, body: bytes, content_type: bytes, headers: Headers = ()
) -> None:
    """One whole answer; HEAD gets its headers only."""
    everything = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": everything})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def respond_json(scope: Any, send: Any, document: Any, status: int = 200) -> None:
    """A JSON document."""
    await respond(scope, send, status, msgspec.json.encode(document), JSON)


async def redirect(scope: Any, send: Any, location: str) -> None:
    """302 with the little text Express adds."""
    body = f"Found. Redirecting to {location}".encode()
    await respond(scope, send, 302, body, TEXT, [(b"location", location.encode())])


async def refuse_websocket(send: Any, status: int, body: bytes, content_type: bytes) -> None:
    """Answer a websocket handshake with a plain HTTP response."""
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
