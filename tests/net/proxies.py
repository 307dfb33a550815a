"""Proxies for tests: HTTP (passing on and CONNECT), SOCKS 5, SOCKS 4; each notes what it was told."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from kuma_lite.net.proxy import ProxyServer
from tests.net.servers import serve

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class TestProxy:
    """A proxy that resolves every name to 127.0.0.1."""

    __test__ = False
    protocol: str
    user: str = ""
    password: str = ""
    refusal: int | None = None  # what it answers instead of connecting
    port: int = 0
    told: list[str] = field(default_factory=list)
    established: bytes = b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n"

    def server(self, protocol: str | None = None, **changes: str) -> ProxyServer:
        credentials = {"username": self.user, "password": self.password, **changes}
        return ProxyServer(protocol or self.protocol, "localhost", self.port, **credentials)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        speak = {"http": self._http, "socks5": self._socks5, "socks4": self._socks4}[self.protocol]
        await speak(reader, writer)

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split("\r\n")[0].split(" ")
        self.told.append(f"{method} {target}")
        expected = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if self.user and f"Proxy-Authorization: Basic {expected}\r\n" not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif self.refusal is not None:
            writer.write(f"HTTP/1.1 {self.refusal} No\r\n\r\n".encode())
        elif method == "CONNECT":
            there = await _open(int(target.rpartition(":")[2]))
            writer.write(self.established)
            await _pipe((reader, writer), there)
        else:
            url = urlsplit(target)
            there = await _open(url.port or 80)
            there[1].write(head.replace(target, url.path, 1).encode())
            await _pipe((reader, writer), there)

    async def _socks5(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        if self.user:
            if 2 not in methods:
                writer.write(b"\x05\xff")
                return
            writer.write(b"\x05\x02")
            (_, length) = await reader.readexactly(2)
            user = (await reader.readexactly(length)).decode()
            (length,) = await reader.readexactly(1)
            password = (await reader.readexactly(length)).decode()
            good = (user, password) == (self.user, self.password)
            writer.write(b"\x01\x00" if good else b"\x01\x01")
            if not good:
                return
        else:
            writer.write(b"\x05\x00")
        _, _, _, kind = await reader.readexactly(4)
        if kind == 3:
            (length,) = await reader.readexactly(1)
            host = (await reader.readexactly(length)).decode()
        else:
            family, size = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
            host = socket.inet_ntop(family, await reader.readexactly(size))
        (port,) = struct.unpack(">H", await reader.readexactly(2))
        self.told.append(f"{host}:{port}")
        if self.refusal is not None:
            writer.write(bytes([5, self.refusal, 0, 1]) + bytes(6))
            return
        there = await _open(port)
        writer.write(b"\x05\x00\x00\x03\x04name\x00\x50")
        await _pipe((reader, writer), there)

    async def _socks4(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, _, port = struct.unpack(">BBH", await reader.readexactly(4))
        host = socket.inet_ntoa(await reader.readexactly(4))
        user = (await reader.readuntil(b"\0"))[:-1].decode()
        self.told.append(f"{user}@{host}:{port}")
        if self.refusal is not None:
            writer.write(bytes([0, self.refusal]) + bytes(6))
            return
        there = await _open(port)
        writer.write(b"\x00\x5a" + bytes(6))
        await _pipe((reader, writer), there)


@contextlib.asynccontextmanager
async def proxying(
    protocol: str, *, tls: ssl.SSLContext | None = None, **options: object
) -> AsyncIterator[TestProxy]:
    """A running proxy."""
    proxy = TestProxy(protocol, **options)  # type: ignore[arg-type]
    async with serve(proxy.handle, tls=tls) as server:
        proxy.port = server.port
        yield proxy


async def _open(port: int) -> Streams:
    return await asyncio.open_connection("127.0.0.1", port)


async def _pipe(one: Streams, other: Streams) -> None:
    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
            writer.close()

    try:
        await asyncio.gather(pump(one[0], other[1]), pump(other[0], one[1]))
    finally:
        other[1].close()
