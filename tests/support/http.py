"""A plain HTTP/1.1 request on a connection of its own; shows exactly what the server sent."""

from __future__ import annotations

import asyncio
import json as json_module
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Response:
    """Status, headers (lower-case names, the last one wins) and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON."""
        return json_module.loads(self.body)


async def request(
    method: str,
    url: str,
    *,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    json: Any = None,
    context: ssl.SSLContext | None = None,
    timeout: float = 60,  # generous: the first request loads the framework, beside other work
) -> Response:
    """Send it, read the whole answer."""
    async with asyncio.timeout(timeout):
        return await _request(method, url, headers or {}, body, json, context)


async def get(url: str, **options: Any) -> Response:
    """GET."""
    return await request("GET", url, **options)


async def _request(
    method: str, url: str, headers: dict[str, str], body: bytes, json: Any, context: ssl.SSLContext | None
) -> Response:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or (443 if secure else 80), ssl=(context or True) if secure else None
    )
    lines = {"Host": parts.netloc, "Connection": "close"}
    if json is not None:
        body = json_module.dumps(json).encode()
        lines["Content-Type"] = "application/json"
    if body or method not in ("GET", "HEAD", "OPTIONS"):
        lines["Content-Length"] = str(len(body))
    lines |= headers
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    writer.write(head.encode() + b"\r\n" + body)
    try:
        return await _read(reader, method)
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader, method: str) -> Response:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ")[1])
    headers = {}
    for line in head[1:]:
        name, _, value = line.partition(":")
        if name:
            headers[name.lower()] = value.strip()
    if method == "HEAD" or status in (204, 304):
        return Response(status, headers, b"")
    if headers.get("transfer-encoding") == "chunked":
        return Response(status, headers, await _chunks(reader))
    if "content-length" in headers:
        return Response(status, headers, await reader.readexactly(int(headers["content-length"])))
    return Response(status, headers, await reader.read())


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body
