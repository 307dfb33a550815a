"""What one check by the HTTP engine costs: CPU of this process by the kernel's accounting.

    python -m tests.benchmarks.http_engine [requests]

A small server runs in a process of its own, so its work is not counted. Every request makes a new connection,
as checks do. Figures depend on the machine: compare columns of one run.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from typing import Any

from kuma_lite.net.http import HttpClient, Request
from tests.net.authority import Authority, Issued

# Requests of one run, and how many of them at the same time.
REQUESTS = 2000
CONCURRENCY = 100
ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Sun, 22 Nov 2026 00:00:00 GMT\r\nContent-Type: text/html\r\n"
    b'Content-Length: 600\r\nConnection: close\r\nETag: "6740"\r\nAccept-Ranges: bytes\r\n\r\n' + b"x" * 600
)


class _Answer(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(ANSWER)  # type: ignore[attr-defined]
        self.transport.close()


def _serve(pipe: Connection, issued: Issued | None) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        context = issued.server_context() if issued else None
        plain = await loop.create_server(_Answer, "127.0.0.1", 0, backlog=1024)
        secure = await loop.create_server(_Answer, "127.0.0.1", 0, ssl=context, backlog=1024)
        pipe.send((plain.sockets[0].getsockname()[1], secure.sockets[0].getsockname()[1]))
        await asyncio.Event().wait()

    _run(main, "uvloop")


def _run(main: Callable[[], Coroutine[Any, Any, None]], loop: str) -> None:
    if loop == "uvloop":
        import uvloop

        uvloop.run(main())
    else:
        asyncio.run(main())


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def _measure(client: HttpClient, request: Callable[[], Request], count: int) -> tuple[float, float]:
    """(CPU microseconds a request, requests a second)."""
    todo = iter(range(count))

    async def worker() -> None:
        for _ in todo:
            response = await client.send(request())
            assert len(response.body) == 600, response

    await client.send(request())
    cpu, begun = _cpu(), time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(min(CONCURRENCY, count))))
    return (_cpu() - cpu) / count * 1e6, count / (time.perf_counter() - begun)


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    authority = Authority.create()
    here, there = multiprocessing.Pipe()
    issued = authority.server("localhost", "127.0.0.1")
    server = multiprocessing.get_context("fork").Process(target=_serve, args=(there, issued), daemon=True)
    server.start()
    plain, secure = here.recv()
    header = [
        ("User-Agent", "Uptime-Kuma/2.5.3"),
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
    ]
    cases: dict[str, Callable[[], Request]] = {
        "HTTP, address": lambda: Request("GET", f"http://127.0.0.1:{plain}/", header, timeout=20),
        "HTTP, name": lambda: Request(
            "GET", f"http://localhost:{plain}/", header, timeout=20, ip_family="ipv4"
        ),
        "HTTPS, verified": lambda: Request(
            "GET", f"https://127.0.0.1:{secure}/", header, timeout=20, ca_pem=authority.root_pem
        ),
        "HTTPS, not verified": lambda: Request(
            "GET", f"https://127.0.0.1:{secure}/", header, timeout=20, verify=False
        ),
    }
    print(f"{'case':<22}{'loop':<10}{'CPU us/check':>14}{'checks/s':>12}")
    for name, request in cases.items():
        for loop in ("uvloop", "asyncio"):

            async def measure(
                request: Callable[[], Request] = request, name: str = name, loop: str = loop
            ) -> None:
                client = HttpClient()
                cost, rate = min([await _measure(client, request, count) for _ in range(2)])
                client.close()
                print(f"{name:<22}{loop:<10}{cost:>14.0f}{rate:>12.0f}", flush=True)

            _run(measure, loop)
    server.terminate()
    server.join()


if __name__ == "__main__":
    main()
