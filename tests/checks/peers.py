"""Servers on loopback that checks are made against."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The only value of a header; fails when it was sent twice."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, values
        return values[0] if values else None


@dataclass
class Answer:
    """What is sent back."""

    status: str = "200 OK"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0

    def as_bytes(self) -> bytes:
        headers = {"Content-Length": str(len(self.body)), **self.headers}
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode() + self.body


@dataclass
class Web:
    """A web server that keeps what it was asked; `answers` by path, or a function of the request."""

    port: int
    scheme: str
    answers: dict[str, Answer | Callable[[Asked], Answer]]
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"{self.scheme}://localhost:{self.port}{path}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in head[1:-2])]
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        request = Asked(method, target, headers, await reader.readexactly(length))
        self.asked.append(request)
        answer = self.answers.get(target.partition("?")[0], Answer("404 Not Found", b"nothing here"))
        answer = answer(request) if callable(answer) else answer
        await asyncio.sleep(answer.delay)
        writer.write(answer.as_bytes())


@asynccontextmanager
async def listening(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A TCP (or TLS) server on a free port of 127.0.0.1."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await talk(reader, writer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def web_server(
    answers: dict[str, Answer | Callable[[Asked], Answer]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[Web]:
    """A web server on a free port."""
    web = Web(0, "https" if tls else "http", answers)
    async with listening(web.talk, tls) as port:
        web.port = port
        yield web
