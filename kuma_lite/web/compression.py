"""Compresses whole answers of the API and of polling clients; a stream goes out as it comes."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any, Final

from kuma_lite.core.client_address import header

LEAST_BYTES: Final = 1_024  # below, the head of the packet outweighs it
_LARGE_BYTES: Final = 64_000  # from there on in a thread: the loop has checks to make
_LEVEL: Final = 5
_HUGE_BYTES: Final = 1_000_000  # from there on as quickly as can be: the client waits for us
_QUICK_LEVEL: Final = 1
_KINDS: Final = (b"application/json", b"application/problem+json", b"application/vnd.oai", b"text/html")
POLLED: Final = (b"text/plain",)  # what Engine.IO answers a poll


def accepts_gzip(value: str | None) -> bool:
    """Whether an `Accept-Encoding` header allows it."""
    for part in (value or "").lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def compressing(scope: Any, send: Any, kinds: tuple[bytes, ...] = _KINDS) -> Any:
    """The `send` for one request; `kinds`: beginnings of the content types that are compressed."""
    wanted = scope["method"] != "HEAD" and accepts_gzip(header(scope, b"accept-encoding"))
    begun: list[Any] = []

    async def send_compressed(message: Any) -> None:
        if message["type"] == "http.response.start" and _fits(message, kinds):
            message["headers"] = [*message["headers"], (b"vary", b"Accept-Encoding")]
            if wanted:
                begun.append(message)  # until the body says whether it is whole
                return
        elif begun:
            start = begun.pop()
            body = message.get("body", b"")
            if not message.get("more_body") and len(body) >= LEAST_BYTES:
                body = await _compressed(body)
                message = {**message, "body": body}
                start["headers"] = [
                    *(entry for entry in start["headers"] if entry[0].lower() != b"content-length"),
                    (b"content-length", str(len(body)).encode()),
                    (b"content-encoding", b"gzip"),
                ]
            await send(start)
        await send(message)

    return send_compressed


def _fits(message: Any, kinds: tuple[bytes, ...]) -> bool:
    headers = {name.lower(): value for name, value in message.get("headers", ())}
    kind = headers.get(b"content-type", b"")
    return kind.startswith(kinds) and b"content-encoding" not in headers


async def _compressed(body: bytes) -> bytes:
    if len(body) < _LARGE_BYTES:
        return gzip.compress(body, _LEVEL, mtime=0)
    level = _LEVEL if len(body) < _HUGE_BYTES else _QUICK_LEVEL
    return await asyncio.to_thread(gzip.compress, body, level, mtime=0)
