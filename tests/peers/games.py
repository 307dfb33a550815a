"""Game servers that answer datagrams as their protocols say; `running` is one of Valve's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.peers.support import keep

Reply = Callable[[bytes], list[bytes]]
WHOLE = b"\xff\xff\xff\xff"
# The example of https://developer.valvesoftware.com/wiki/Server_queries#A2S_INFO (Counter-Strike: Source).
A2S_INFO = WHOLE + bytes.fromhex(
    "49 02 67 61 6d 65 32 78 73 2e 63 6f 6d 20 43 6f 75 6e 74 65 72 2d 53 74 72 69 6b 65 20 53 6f 75 72 63 65"
    "20 23 31 00 64 65 5f 64 75 73 74 00 63 73 74 72 69 6b 65 00 43 6f 75 6e 74 65 72 2d 53 74 72 69 6b 65 3a"
    "20 53 6f 75 72 63 65 00 f0 00 05 10 04 64 6c 00 00 31 2e 30 2e 30 2e 32 32 00"
)
A2S_NAME = "game2xs.com Counter-Strike Source #1"
A2S_QUESTION = WHOLE + b"TSource Engine Query\0"
CHALLENGE = b"\x4b\xa1\xd5\x22"


@asynccontextmanager
async def server(reply: Reply, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """A UDP server on a free port."""

    class Protocol(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            for answer in reply(data):
                self.transport.sendto(answer, addr)

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Protocol, local_addr=(host, 0))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


def valve(asked: bytes) -> list[bytes]:
    """A server of today, which wants its challenge back first."""
    if asked == A2S_QUESTION:
        return [WHOLE + b"A" + CHALLENGE]
    return [A2S_INFO] if asked == A2S_QUESTION + CHALLENGE else []


def answers(question: bytes, *replies: bytes) -> Reply:
    """The same replies to one question, and none to any other."""
    return lambda asked: list(replies) if asked == question else []


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[int]:
    del folder
    async with server(valve) as port:
        yield port


if __name__ == "__main__":
    keep(running)
