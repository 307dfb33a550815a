"""A stand-in for a Docker daemon on a unix socket: lists containers, and tells that something happened."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any


class Daemon:
    """Containers by their names; `tell` says that something happened."""

    def __init__(self) -> None:
        self.containers: dict[str, dict[str, str]] = {}
        self.answers = True
        self.listed = 0
        self._listeners: list[asyncio.StreamWriter] = []

    def tell(self) -> None:
        """An event, as the daemon writes it."""
        event = json.dumps({"Type": "container", "Action": "create"}).encode() + b"\n"
        for writer in self._listeners:
            writer.write(b"%x\r\n%s\r\n" % (len(event), event))

    def run(self, name: str, labels: dict[str, str]) -> None:
        """A container, or another of its name."""
        self.containers[name] = labels

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]
        if request.startswith(b"/events"):
            self._listeners.append(writer)
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            await reader.read()
            self._listeners.remove(writer)
        else:
            self.listed += 1
            body = json.dumps(self._list() if self.answers else {"message": "no"}).encode()
            status = b"200 OK" if self.answers else b"500 No"
            head = b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, len(body))
            writer.write(head + body)
        writer.close()

    def _list(self) -> list[dict[str, Any]]:
        return [
            {"Id": name * 8, "Names": [f"/{name}"], "Image": "shop:1", "State": "exited", "Labels": labels}
            for name, labels in self.containers.items()
        ]


@asynccontextmanager
async def daemon(path: Path) -> AsyncIterator[Daemon]:
    """One that answers at a socket."""
    found = Daemon()
    server = await asyncio.start_unix_server(found.serve, path)
    try:
        yield found
    finally:
        server.close()
        for writer in found._listeners:
            writer.close()
