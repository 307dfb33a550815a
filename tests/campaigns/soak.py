"""Does a server grow, or fall behind, while it works for hours? `make soak`

    python -m tests.campaigns.soak [--minutes 60] [--monitors 1000] [--interval 20] [--dashboards 200]
                                  [--history 1440]

Monitors of a local web server with `history` minutes behind them, and dashboards that listen all the time;
memory, open files and lateness once a minute. What is kept of every monitor is bounded (its last 100 beats, a
day of minutes) and is full at the beginning, so that what grows is not that; the first quarter settles caches
and is not counted. Ends with 1 when more than 2 MB were added after it, when files were, when a check was
more than a second late (99 of 100), or when a dashboard was cut.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.benchmarks.__main__ import ask, local_target
from tests.benchmarks.client import Client
from tests.benchmarks.process import Served
from tests.benchmarks.seed import seed
from tests.support.websocket import Closed, WebSocket

GROWTH_MB = 2.0
FILES = 8
AROUND = 5  # figures at the beginning and the end, whose median counts
LATE_MS = 1000.0
CHUNK = 1 << 16
PING = b"\x81\x012"  # a whole frame; no text of JSON holds these bytes
AT_ONCE = 5  # dashboards that log in at the same time: each is sent megabytes


class Dashboard:
    """A page that listens. What comes is only looked through for pings: two hundred clients that read all of
    it would need more of the machine than the server that is measured.
    """

    def __init__(self) -> None:
        self.heard = 0  # bytes
        self.cut = False

    async def listen(self, url: str, token: str, door: asyncio.Semaphore) -> None:
        """Until it is cancelled, or cut off; through the door while it is a guest."""
        address = url.replace("http://", "ws://") + "/socket.io/?EIO=4&transport=websocket"
        try:
            async with door:
                socket = await WebSocket.open(address)
                await socket.receive()
                await socket.send("40")
                await socket.send(f'420["loginByToken","{token}"]')
                while not str(await socket.receive()).startswith("430["):
                    pass
            end = b""
            while chunk := await socket.reader.read(CHUNK):
                self.heard += len(chunk)
                for _ in range((end + chunk).count(PING)):
                    await socket.send("3")
                end = chunk[1 - len(PING) :]
        except (Closed, OSError):
            pass
        self.cut = True


def open_files(server: Served) -> int:
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


async def campaign(arguments: argparse.Namespace) -> int:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder, local_target() as target:
        data = Path(folder) / "data"
        data.mkdir()
        await seed(
            data, arguments.monitors, arguments.history, url=target.rstrip("/"), interval=arguments.interval
        )
        server = Served(data)
        server.wait_ready()
        async with Client(server.url) as client:
            await client.log_in()
            token = client.token
        dashboards = [Dashboard() for _ in range(arguments.dashboards)]
        door = asyncio.Semaphore(AT_ONCE)
        listening = [asyncio.create_task(one.listen(server.url, token, door)) for one in dashboards]
        try:
            return await watch(server, token, arguments.minutes, dashboards)
        finally:
            for task in listening:
                task.cancel()
            with suppress(RuntimeError):
                print(f"stopped in {await asyncio.to_thread(server.stop):.2f} s")


async def watch(server: Served, token: str, minutes: float, dashboards: list[Dashboard]) -> int:
    """Take the figures once a minute; returns the exit status."""
    began, taken = time.monotonic(), []
    step = min(60.0, minutes * 60 / 8)
    await asyncio.to_thread(ask, server, token, "/api/v1/figures/reset", method="POST")
    while time.monotonic() - began < minutes * 60:
        await asyncio.sleep(step)
        figures = server.figures()
        late = (await asyncio.to_thread(ask, server, token, "/api/v1/figures"))["latenessP99"]
        taken.append((figures.rss, open_files(server), late))
        print(
            f"{(time.monotonic() - began) / 60:5.1f} min  {figures.rss:7.2f} MB  {taken[-1][1]:4d} files  "
            f"{late:6.1f} ms late (99 of 100)  {figures.cpu:7.1f} s CPU  "
            f"{sum(not one.cut for one in dashboards):3d} dashboards",
            flush=True,
        )
    settled = taken[len(taken) // 4 :]
    # Of some figures each: a single one may be a spike of the allocator.
    first, last = ([rss for rss, _, _ in part] for part in (settled[:AROUND], settled[-AROUND:]))
    grown = statistics.median(last) - statistics.median(first)
    files = settled[-1][1] - settled[0][1]
    late = max(late for _, _, late in settled)
    cut = sum(one.cut for one in dashboards)
    heard = sum(one.heard for one in dashboards) / 1e6
    print(
        f"grown by {grown:.2f} MB and {files} files; {late:.1f} ms late; {cut} dashboards cut; "
        f"{heard:.0f} MB heard"
    )
    return 1 if grown > GROWTH_MB or files > FILES or late > LATE_MS or cut else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--monitors", type=int, default=1000)
    parser.add_argument("--interval", type=int, default=20)
    parser.add_argument("--dashboards", type=int, default=200)
    parser.add_argument("--history", type=int, default=1440)
    return asyncio.run(campaign(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
