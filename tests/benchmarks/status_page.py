"""What visitors of a status page cost.

    python -m tests.benchmarks.status_page [--monitors 30] [--beside 1000]

A server with a page of paused monitors, each with a hundred beats, in a process of its own, and visitors in
another one, who ask again on the same connections as soon as they are answered. "A core" is the kernel's
account of the server's processor time, which does not depend on what else runs here; requests per second and
waiting times are those of this machine at this moment, with the visitors on the same processors.

Then how long visitors wait beside the work that a server is there for: 1,000 monitors, checked every 20 s
against a web server of this machine, and a visitor who asks 100 times a second.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.client import Client
from tests.benchmarks.process import Served
from tests.benchmarks.seed import seed

BEATS = 100
SLUG = "bench"
INTERVAL_S = 20
PAUSE_S = 0.01  # between two requests of the visitor who is in no hurry
# What is asked for, its headers, and requests per second of a core that are wished for.
ASKED = {
    "HTML, brotli": (f"/status/{SLUG}", "Accept-Encoding: br\r\n", 5_000),
    "HTML, gzip": (f"/status/{SLUG}", "Accept-Encoding: gzip\r\n", 5_000),
    "HTML, as it is": (f"/status/{SLUG}", "", 5_000),
    "HTML, not changed": (f"/status/{SLUG}", "If-None-Match: {etag}\r\n", 5_000),
    "JSON of the page": (f"/api/status-page/{SLUG}", "Accept-Encoding: br\r\n", 10_000),
    "JSON of the beats": (f"/api/status-page/heartbeat/{SLUG}", "Accept-Encoding: br\r\n", 10_000),
    "RSS": (f"/status/{SLUG}/rss", "", 5_000),
    "badge": ("/api/badge/1/status", "", 5_000),
}


class Rush(NamedTuple):
    """What came of one kind of request."""

    requests: int
    seconds: float
    bytes: int  # of one answer, its head included
    waits: list[float]  # s


async def _visit(port: int, request: bytes, until: float, waits: list[float]) -> int:
    """One connection; returns the bytes of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    size = 0
    while time.monotonic() < until:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        if length:
            await reader.readexactly(length)
        waits.append(time.perf_counter() - began)
        assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")), head
        size = len(head) + length
    writer.close()
    return size


def _rush(port: int, request: bytes, seconds: float, connections: int) -> Rush:
    """In a process of its own."""
    waits: list[float] = []

    async def all_of_them() -> int:
        until = time.monotonic() + seconds
        sizes = await asyncio.gather(*(_visit(port, request, until, waits) for _ in range(connections)))
        return max(sizes)

    began = time.monotonic()
    size = asyncio.run(all_of_them())
    return Rush(len(waits), time.monotonic() - began, size, waits)


def _etag(port: int, path: str) -> str:
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.headers["etag"])


async def _make_page(server: Served, monitors: int) -> None:
    async with Client(server.url) as client:
        await client.log_in()
        await client.call("addStatusPage", "Bench", SLUG)
        config: dict[str, object] = {"slug": SLUG, "analyticsType": None, "domainNameList": []}
        groups = [{"name": "All", "monitorList": [{"id": number} for number in range(1, monitors + 1)]}]
        answer = await client.call("saveStatusPage", SLUG, config, "", groups)
        assert answer["ok"], answer


def measure(options: argparse.Namespace, folder: Path) -> None:
    """Print the table."""
    asyncio.run(seed(folder, options.monitors, BEATS, paused=True))
    server = Served(folder)
    server.wait_ready()
    asyncio.run(_make_page(server, options.monitors))
    title = f"{options.monitors} monitors, {options.connections} connections"
    print(f"\n| {title} | bytes | per second | per second of a core | wished | p50 | p99 |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for name, (path, headers, wished) in ASKED.items():
            lines = headers.format(etag=_etag(server.port, path))
            request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{lines}\r\n".encode()
            pool.apply(_rush, (server.port, request, 0.3, 2))  # fills the cache
            before = server.figures()
            rush = pool.apply(_rush, (server.port, request, options.seconds, options.connections))
            used = server.figures().since(before)
            cuts = statistics.quantiles(rush.waits, n=100)
            speed = f"{rush.requests / rush.seconds:.0f} | {rush.requests / used.cpu:.0f}"
            print(
                f"| {name} | {rush.bytes} | {speed} | {wished} "
                f"| {cuts[49] * 1000:.1f} ms | {cuts[98] * 1000:.1f} ms |",
                flush=True,
            )
    server.stop()


async def _ask_calmly(port: int, request: bytes, seconds: float, pause: float) -> list[float]:
    """How long each of many requests took that come one after the other; one every `pause` seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waits: list[float] = []
    began = time.monotonic()
    while (due := began + len(waits) * pause) < began + seconds:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        asked = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
        )
        await reader.readexactly(length)
        waits.append(time.perf_counter() - asked)
        assert head.startswith(b"HTTP/1.1 200"), head
    writer.close()
    return waits


def _calmly(port: int, request: bytes, seconds: float) -> list[float]:
    """In a process of its own."""
    return asyncio.run(_ask_calmly(port, request, seconds, PAUSE_S))


def _figures(server: Served, token: str, path: str = "", method: str = "GET") -> dict[str, float]:
    import json
    import urllib.request

    request = urllib.request.Request(f"{server.url}/api/v1/figures{path}", method=method)
    request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, float] = json.load(answer)
    return found


async def _token(server: Served) -> str:
    async with Client(server.url) as client:
        await client.log_in()
        return client.token


def measure_beside(options: argparse.Namespace, folder: Path) -> None:
    """Print how long visitors wait while monitors are checked, and how late those are."""
    from tests.benchmarks.__main__ import local_target

    with local_target() as target, multiprocessing.get_context("spawn").Pool(1) as pool:
        asyncio.run(seed(folder, options.beside, BEATS, url=target.rstrip("/"), interval=INTERVAL_S))
        server = Served(folder)
        server.wait_ready()
        asyncio.run(_make_page(server, options.monitors))
        token = asyncio.run(_token(server))
        time.sleep(INTERVAL_S + 5)  # every monitor has been checked once
        title = f"beside {options.beside} monitors, every {INTERVAL_S} s"
        print(f"\n| {title} | p50 | p99 | most | checks | late by, p99 | most | load |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for name in ("HTML, brotli", "JSON of the page"):
            path, headers, _wished = ASKED[name]
            request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{headers}\r\n".encode()
            _figures(server, token, "/reset", "POST")
            looks = _figures(server, token)["looks"]
            waits = sorted(pool.apply(_calmly, (server.port, request, options.beside_seconds)))
            after = _figures(server, token)
            cuts = [waits[len(waits) // 2], waits[len(waits) * 99 // 100], waits[-1]]
            shown = " | ".join(f"{each * 1000:.1f} ms" for each in cuts)
            late = f"{after['latenessP99']:.0f} ms | {after['latenessMost']:.0f} ms"
            checks = round(after["looks"] - looks)
            print(f"| {name} | {shown} | {checks} | {late} | {os.getloadavg()[0]:.1f} |", flush=True)
        server.stop()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--monitors", type=int, default=30)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument(
        "--beside", type=int, default=1000, help="monitors that are checked meanwhile; 0: none"
    )
    parser.add_argument("--beside-seconds", type=float, default=40.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.seconds:
            measure(options, Path(folder) / "data")
        if options.beside:
            measure_beside(options, Path(folder) / "beside")


if __name__ == "__main__":
    main()
