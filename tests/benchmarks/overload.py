"""How many checks a second one core makes, and what becomes of more than that.

    python -m tests.benchmarks.overload [--rates 1000 2500 5000] [--seconds 20] [--program PROGRAM]

For each rate a fresh server on one core of its own with so many monitors of HTTP, each checked every second;
what they look at, which counts by monitor, has another core. A row says how many checks were made, how late
they began, how unlike two monitors were treated (checks of the one looked at least and of the one looked at
most), what was said to be not up, which nothing is, what `/readyz` said, and how long an orderly stop took.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import tempfile
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import uvloop

from tests.benchmarks.client import PASSWORD, USER
from tests.benchmarks.process import PROGRAM, Served
from tests.benchmarks.seed import seed
from tests.benchmarks.target import Answering

CORES: Final = sorted(os.sched_getaffinity(0))
LATENESS: Final = 'kuma_lite_check_lateness_seconds{quantile="%s"}'
SETTLE_S: Final = 35.0  # first looks are spread over half a minute


class Counting(Answering):
    """Counts by path."""

    def __init__(self, counts: Counter[bytes]) -> None:
        self._counts = counts

    def data_received(self, data: bytes) -> None:
        self._counts[data.split(b" ", 2)[1]] += 1
        super().data_received(data)


@asynccontextmanager
async def target() -> AsyncIterator[tuple[str, Counter[bytes]]]:
    """The address of what is looked at, and its counts."""
    counts: Counter[bytes] = Counter()
    server = await asyncio.get_running_loop().create_server(
        lambda: Counting(counts), "127.0.0.1", 0, backlog=4096
    )
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", counts


def metrics(server: Served) -> dict[str, float]:
    """What `/metrics` says of this process, by name and labels; and `down`, monitors that are not up."""
    request = urllib.request.Request(f"{server.url}/metrics")
    account = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    request.add_header("Authorization", f"Basic {account}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    found = dict(line.rsplit(" ", 1) for line in lines if line.startswith("kuma_lite_"))
    down = sum(line.startswith("monitor_status{") and not line.endswith(" 1") for line in lines)
    return {**{name: float(value) for name, value in found.items()}, "down": down}


def readiness(server: Served) -> str:
    """What `/readyz` says of the checks."""
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=30) as answer:
            document = json.load(answer)
    except urllib.error.HTTPError as error:
        document = json.load(error)
    return str({**document["notes"], **document["problems"]} or "ready")


async def measure(rate: int, options: argparse.Namespace, folder: Path) -> list[str]:
    """One row."""
    async with target() as (url, counts):
        kind = {"type": "http", "timeout": 1, "accepted_statuscodes": ["200-299"], "maxretries": 0}
        await seed(folder, rate, 1, url=url, interval=1, kinds=[kind])
        server = Served(folder, program=options.program)
        try:
            os.sched_setaffinity(server.process.pid, CORES[:1])
            await asyncio.to_thread(server.wait_ready, 120)
            await asyncio.sleep(SETTLE_S)
            counts.clear()
            before = server.figures()
            await asyncio.sleep(options.seconds)
            used, made = server.figures().since(before), Counter(counts)
            said = await asyncio.to_thread(readiness, server)
            figures = await asyncio.to_thread(metrics, server)
            seconds = await asyncio.to_thread(server.stop)
        finally:
            server.process.kill()  # where something went wrong; it has ended otherwise
    total = made.total()
    shares = [made[f"/{number}".encode()] for number in range(1, rate + 1)]
    return [
        f"{rate}",
        f"{total / used.wall:.0f}",
        f"{used.cpu / total * 1e6:.0f} µs, {used.cpu / used.wall:.0%}",
        f"{figures[LATENESS % '0.5'] * 1000:.0f} / {figures[LATENESS % '0.99'] * 1000:.0f} ms",
        f"{min(shares)}–{max(shares)}",
        f"{figures['down']:.0f}, {figures['kuma_lite_disbelieved_failures_total']:.0f}",
        said,
        f"{seconds:.1f} s",
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rates", type=int, nargs="+", default=[1000, 2500, 5000], help="checks a second")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--program", nargs="+", default=list(PROGRAM), help="another one than this checkout")
    options = parser.parse_args()
    if len(CORES) < 2:
        raise SystemExit("It takes a core for the server and one for what it looks at.")
    os.sched_setaffinity(0, CORES[1:])
    heads = [
        "wanted a second",
        "made",
        "CPU of each, of the core",
        "lateness p50 / p99",
        "checks of a monitor",
    ]
    heads += ["down, not believed", "/readyz", "stop"]
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    for rate in options.rates:
        with tempfile.TemporaryDirectory() as base:
            row = uvloop.run(measure(rate, options, Path(base) / "data"))
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
