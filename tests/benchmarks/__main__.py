"""What watching costs.

    python -m tests.benchmarks [--monitors 1000] [--interval 20] [--seconds 60]

Starts a local web server and `kuma-lite serve` as processes of their own, adds the monitors through the
compatible protocol, lets them run, restarts the server on a history of 100 beats per monitor, and prints a
table against the budgets. CPU, memory and bytes written are the kernel's accounting of the whole process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks import servers
from tests.benchmarks.client import Client, time_log_in
from tests.benchmarks.process import Served
from tests.benchmarks.seed import seed

HTTP = {"type": "http", "retryInterval": 20, "timeout": 16, "accepted_statuscodes": ["200-299"]}
STARTS = 5  # the first one also fills the caches of the disk
HISTORY = 100  # beats per monitor in the second part


class Row(NamedTuple):
    """One line of the table."""

    figure: str
    value: str
    budget: str = ""


@contextmanager
def local_target() -> Iterator[str]:
    """The address of a web server in a process of its own."""
    with target_port() as port:
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def target_port(*modes: str) -> Iterator[int]:
    """The port of a server of `tests.benchmarks.target`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.target", *modes], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def ask(server: Served, token: str, path: str, *, method: str = "GET") -> Any:
    """JSON of one of our own routes."""
    request = urllib.request.Request(f"{server.url}{path}", method=method)
    request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def start_once(folder: Path) -> tuple[float, float]:
    """Seconds of wall time and of CPU until a fresh server answers."""
    server = Served(folder)
    ready, cpu = server.wait_ready(), server.figures().cpu
    server.stop()
    return ready, cpu


async def running(options: argparse.Namespace, folder: Path, target: str) -> list[Row]:
    """A fresh server, the monitors added, everything running."""
    starts = [start_once(folder.with_name(f"start{number}")) for number in range(STARTS)]
    wall, cpu = (sorted(figures)[STARTS // 2] for figures in zip(*starts, strict=True))
    rows = [
        Row(f"start to ready, wall (median of {STARTS})", f"{wall:.2f} s"),
        Row("CPU until ready", f"{cpu:.2f} s", "≤ 0.8 s"),
    ]
    server = Served(folder)
    server.wait_ready()
    await asyncio.sleep(3)
    rows.append(Row("RSS idle", f"{server.figures().rss:.0f} MB", "≤ 70 MB"))
    async with Client(server.url) as client:
        await client.log_in()
        await client.add_monitors(options.monitors, **{**HTTP, "url": target, "interval": options.interval})
        token = client.token
    await asyncio.sleep(options.interval + 5)  # every monitor has had its first beat
    ask(server, token, "/api/v1/figures/reset", method="POST")
    before, looks = server.figures(), ask(server, token, "/api/v1/figures")["looks"]
    await asyncio.sleep(options.seconds)
    after, figures = server.figures(), ask(server, token, "/api/v1/figures")
    used, beats = after.since(before), figures["looks"] - looks
    rows += [
        Row("beats while measuring", f"{beats} in {used.wall:.0f} s"),
        Row("CPU per HTTP check, all in", f"{used.cpu / beats * 1000:.3f} ms", "≤ 0.6 ms"),
        Row(f"RSS, {options.monitors} monitors", f"{after.rss:.0f} MB", "≤ 110 MB"),
        Row("lateness p50", f"{figures['latenessP50']:.0f} ms"),
        Row("lateness p99", f"{figures['latenessP99']:.0f} ms", "≤ 250 ms"),
        Row("bytes written to storage per beat", f"{used.written / beats:.0f} B", "≤ 300 B"),
        Row("bytes handed to write() per beat", f"{used.characters / beats:.0f} B"),
        Row("orderly stop", f"{server.stop():.2f} s", "< 3 s"),
    ]
    return rows


async def with_history(options: argparse.Namespace, folder: Path) -> list[Row]:
    """A server started on monitors with history: what a start and a log-in cost."""
    await seed(folder, options.monitors, HISTORY, paused=True)
    server = Served(folder)
    ready = server.wait_ready()
    rows = [
        Row(f"start with {options.monitors} × {HISTORY} beats, wall", f"{ready:.2f} s"),
        Row("the same, CPU", f"{server.figures().cpu:.2f} s"),
    ]
    await time_log_in(server.url)
    before = server.figures()
    times = [await time_log_in(server.url) for _ in range(3)]
    used = server.figures().since(before)
    assert all(lists == options.monitors for _, lists in times), times
    rows += [
        Row("login → all compatible lists", f"{min(seconds for seconds, _ in times):.2f} s", "≤ 0.5 s"),
        Row("the same, CPU of the server", f"{used.cpu / len(times):.2f} s"),
    ]
    server.stop()
    return rows


def show(rows: list[Row], options: argparse.Namespace) -> None:
    """The table, as the README carries it."""
    title = f"{options.monitors} monitors @ {options.interval} s, {os.cpu_count()} cores"
    print(f"\n| {title} | measured | budget |\n| --- | --- | --- |")
    for row in rows:
        print(f"| {row.figure} | {row.value} | {row.budget} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="What watching costs.")
    parser.add_argument("--monitors", type=int, default=1000)
    parser.add_argument("--interval", type=int, default=20, help="seconds between two checks of a monitor")
    parser.add_argument("--seconds", type=int, default=60, help="how long to measure")
    options = parser.parse_args()
    base = Path(os.environ.get("BENCH_DIR", tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(dir=base) as folder, local_target() as target:
        rows = asyncio.run(running(options, Path(folder) / "running", target))
        rows += asyncio.run(with_history(options, Path(folder) / "history"))
    show(rows, options)
    print()
    servers.show(servers.measure())


if __name__ == "__main__":
    main()
