"""How long the event loop is held by what clients ask for, at a size that few have, and by whom.

    python -m tests.benchmarks.holds [--monitors 10000] [--beats 20] [--rows 10080] [--base CHECKOUT]

Each question is asked of a server that does nothing else. A hold is CPU time of the loop's thread between two
of its turns (see `watched`), so that other programs do not count; CPU is that of the whole process.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import shutil
import sys
import tempfile
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from kuma_lite.beats.model import NewBeat
from kuma_lite.beats.recorder import Recorder
from kuma_lite.core.clock import SystemClock, to_ms
from kuma_lite.core.data_folder import DataFolder
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Status
from tests.benchmarks.client import PASSWORD, USER, fast_log_in, time_log_in
from tests.benchmarks.process import ENVIRONMENT, Served
from tests.benchmarks.seed import seed
from tests.support.websocket import WebSocket

MOST_MS = 30  # that the loop may be held
QUIET_S = 0.05  # of CPU in a second: the watchdog's own, and what a server does by itself
WATCHED = ("-m", "tests.benchmarks.watched")


async def add_week(folder: Path, monitor_id: int, rows: int) -> None:
    """A week of beats for one monitor, before those that it has."""
    clock = SystemClock()
    data = DataFolder.open(folder)
    database = await Database.open(data.database, clock=clock)
    recorder = Recorder(database, clock)
    await recorder.load()
    now = to_ms(clock.now())
    for index in range(rows):
        time = now - (rows - index) * 60_000
        recorder.record(
            NewBeat(monitor_id, time, time + 12, Status.UP, "200 - OK", 10.0 + index % 90, False, 0, 0, 0)
        )
        if index % 500 == 499:
            await recorder.flush()
    await recorder.close()
    await database.close()
    data.close()


def scrape(url: str, key: str) -> int:
    """Bytes of /metrics, asked with an API key as Prometheus does."""
    request = urllib.request.Request(f"{url}/metrics")
    request.add_header("Authorization", "Basic " + base64.b64encode(f":{key}".encode()).decode())
    with urllib.request.urlopen(request, timeout=60) as answer:
        return len(answer.read())


async def page_log_in(url: str) -> WebSocket:
    """A connection of our own page, logged in."""
    socket = await WebSocket.open(url.replace("http://", "ws://") + "/socket.io/?EIO=4&transport=websocket")
    await socket.send("40/page,")
    form = json.dumps({"username": USER, "password": PASSWORD, "token": ""})
    await socket.send(f'42/page,0["login",{form}]')
    while str(await socket.receive())[:9] != "43/page,0":
        pass
    return socket


async def measure(options: argparse.Namespace, folder: Path, tree: Path | None) -> list[str]:
    """A line of the table for each question."""
    notes = folder.parent / f"{folder.name}.holds"
    notes.touch()
    ENVIRONMENT["HOLDS"] = str(notes)
    server = Served(folder, program=(sys.executable, *WATCHED), tree=tree)
    server.wait_ready(120)
    rows = []

    async def settled() -> None:
        """What a start leaves to be done is done."""
        before = server.figures()
        while True:
            await asyncio.sleep(1)
            now = server.figures()
            if now.since(before).cpu <= QUIET_S:
                return
            before = now

    async def row(name: str, question: Callable[[], Awaitable[object]], times: int = 3) -> None:
        await question()  # what is read once is read
        await settled()
        notes.write_text("")
        before = server.figures()
        for _ in range(times):
            await question()
        used = server.figures().since(before).cpu / times * 1000
        await asyncio.sleep(1)
        held = [json.loads(line) for line in notes.read_text().splitlines()]
        worst: dict[str, Any] = max(held, key=lambda each: each["ms"], default={"ms": 0, "who": "nobody"})
        rows.append(f"| {name} | {used:.0f} ms | {worst['ms']:.0f} ms | ≤ {MOST_MS} ms | {worst['who']} |")
        print(rows[-1], flush=True)

    socket, _, _ = await fast_log_in(server.url)

    async def week() -> None:
        await socket.send(f'421["getMonitorBeats",1,{24 * 8}]')
        while not (frame := str(await socket.receive())).startswith("431"):
            pass
        assert frame.count('"end_time"') >= options.rows

    await row(f"a week of beats, {options.rows}", week, 20)
    await socket.send('422["addAPIKey",{"name":"k","expires":null,"active":true}]')
    while not (frame := str(await socket.receive())).startswith("432"):
        pass
    key = json.loads(frame[3:])[0]["key"]
    socket.close()
    await row("/metrics", lambda: asyncio.to_thread(scrape, server.url, key), 10)
    await row("log-in → all compatible lists", lambda: time_log_in(server.url))
    page = await page_log_in(server.url)

    async def summary() -> None:
        await page.send('42/page,1["summary"]')
        while str(await page.receive())[:9] != "43/page,1":
            pass

    await row("summary of the page", summary, 10)
    page.close()
    server.stop()
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--monitors", type=int, default=10_000)
    parser.add_argument("--beats", type=int, default=20)
    parser.add_argument("--rows", type=int, default=10_080)
    parser.add_argument("--base", type=Path, help="another checkout, measured after this one")
    parser.add_argument("--folder", type=Path, help="where the data folder is kept for another time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as base:
        made = options.folder or Path(base) / "made"
        if not made.exists():
            asyncio.run(seed(made, options.monitors, options.beats, paused=False, interval=86_400))
            asyncio.run(add_week(made, 1, options.rows))
        for tree in (None, options.base) if options.base is not None else (None,):
            which = "this" if tree is None else "base"
            folder = Path(base) / which
            shutil.copytree(made, folder)
            print(f"\n| {options.monitors} monitors, {which} | CPU | longest hold | budget | by |")
            print("| --- | --- | --- | --- | --- |", flush=True)
            asyncio.run(measure(options, folder, tree))


if __name__ == "__main__":
    main()
