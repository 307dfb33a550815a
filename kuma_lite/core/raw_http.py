"""Small helpers for routes that are served without the framework (ASGI)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from kuma_lite.core.doors import RawHeaders

JSON: Final = b"application/json; charset=utf-8"
# A page of one sentence needs nothing at all.
_NOTHING_ELSE: Final = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


async def read_body(scope: Any, receive: Any, limit: int, keep: int | None = None) -> bytes | None:
    """The whole request body; None when it is larger than `limit` bytes.

    Of a longer one than `keep` bytes the beginning is kept, the rest read and forgotten.
    """
    del scope
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(chunks)
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            return None
        kept = size - len(chunk)
        chunks.append(chunk if keep is None else chunk[: max(0, keep - kept)])
        if not message.get("more_body"):
            return b"".join(chunks)


async def answer(send: Any, status: int, body: bytes, content_type: bytes, headers: RawHeaders = ()) -> None:
    """Send a whole response."""
    await answer_in_pieces(send, status, [body], content_type, headers)


async def answer_in_pieces(
    send: Any, status: int, pieces: Sequence[bytes], content_type: bytes, headers: RawHeaders = ()
) -> None:
    """Send a whole response, whose body is at least one piece: a large one is not handed over in one go."""
    size = sum(map(len, pieces))
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", str(size).encode()),
                *headers,
            ],
        }
    )
    for piece in pieces[:-1]:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": pieces[-1]})


async def answer_json(send: Any, status: int, content: Any, headers: RawHeaders = ()) -> None:
    """Send JSON."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    await answer(send, status, body, JSON, headers)


async def answer_text(send: Any, status: int, text: str, headers: RawHeaders = ()) -> None:
    """Send plain text."""
    await answer(send, status, text.encode(), b"text/plain; charset=utf-8", headers)


async def answer_html(send: Any, status: int, sentence: str, headers: RawHeaders = ()) -> None:
    """Send a page of one sentence (which must not hold anything a client sent)."""
    page = f'<!DOCTYPE html>\n<html lang="en"><title>Error</title><p>{sentence}</p></html>\n'
    await answer(
        send,
        status,
        page.encode(),
        b"text/html; charset=utf-8",
        [*headers, (b"content-security-policy", _NOTHING_ELSE)],
    )
