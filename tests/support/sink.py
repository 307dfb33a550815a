"""An HTTP server that remembers what it was sent, and answers as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Received:
    """One request; names of headers in small letters."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Sink:
    """Where to send to, what came, and the statuses of the next answers; 200 after these."""

    url: str
    got: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait_for(self, count: int, seconds: float = 10) -> list[Received]:
        """The requests, once there are so many."""
        async with asyncio.timeout(seconds):
            while len(self.got) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.got


@asynccontextmanager
async def sink() -> AsyncIterator[Sink]:
    """A server on a free port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        found.got.append(Received(first.split()[1], headers, body))
        status = found.answers.pop(0) if found.answers else 200
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        found.arrived.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    found = Sink(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    try:
        yield found
    finally:
        server.close()
