"""A web server that costs next to nothing: what the monitors of the benchmarks look at.

    python -m tests.benchmarks.target [PORT]

prints its port and answers 200 to everything until it is ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Any

import uvloop

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"


class Answering(asyncio.Protocol):
    """Answers the first packet and closes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        transport: Any = self.transport  # of uvloop, which is no asyncio.Transport
        transport.write(ANSWER)
        transport.close()


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", port, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
