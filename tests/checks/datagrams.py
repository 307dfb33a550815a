"""Servers on loopback that are asked in datagrams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from tests.support.ports import closed_port

Reply = Callable[[bytes], Iterable[bytes]]


@asynccontextmanager
async def answering(reply: Reply, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """A server on a free port: what it sends back for each datagram."""

    class Protocol(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            for answer in reply(data):
                self.transport.sendto(answer, addr)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        Protocol, local_addr=(host, closed_port())
    )
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


class Silent:
    """Says nothing, and counts what it was sent."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    def __call__(self, data: bytes) -> list[bytes]:
        self.asked.append(data)
        return []
