"""What many monitors cost before one is checked: `python -m tests.benchmarks.fleet [--monitors 50000]`.

A data folder with history as a server leaves it (blocks of a hundred beats, and a tail in the log) is made
once; each start is one of a copy of it. CPU and memory are the kernel's accounting of the process: until it
answers, and some seconds later, so that what is put off is counted as well. With `--tree CHECKOUT` (more
than once) others' code runs on copies of the same folder, in turn; they must know its schema.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from kuma_lite.beats import sealing
from kuma_lite.beats.model import Beat
from kuma_lite.beats.recent import RecentBeats
from kuma_lite.beats.sealing import BLOCK_BEATS, Sealer
from kuma_lite.core.clock import SystemClock, to_ms
from kuma_lite.core.data_folder import DataFolder
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Status
from kuma_lite.core.sql import Connection
from kuma_lite.monitors import store
from tests.benchmarks.process import Figures, Served
from tests.benchmarks.seed import ACCOUNT

INTERVAL_S: Final = 1_000  # 50 checks a second of 50,000 monitors
BEAT_MS: Final = 60_000  # between two beats of the history
LATER_S: Final = 10.0
RUNS: Final = 3
TOGETHER: Final = 500  # monitors in one transaction

BUDGETS: Final = {"CPU until ready": "≤ 1.5 s with 50,000", "memory when ready": "≤ 180 MB with 50,000"}


class Row(NamedTuple):
    """One line of the table."""

    figure: str
    value: str


def history(monitor_id: int, monitors: int, beats: int, now: int) -> Iterator[Beat]:
    """The beats of one monitor: UP, one a minute, numbered over all monitors as if they had come in turn."""
    for index in range(beats):
        began = now - (beats - index) * BEAT_MS + monitor_id % BEAT_MS
        ping = 10 + (index * 7 + monitor_id) % 90
        yield Beat(
            index * monitors + monitor_id,
            monitor_id,
            began,
            began + ping + 1,
            Status.UP,
            "200 - OK",
            float(ping),
            index == 0,
            0,
            0,
            0,
        )


def put_monitors(connection: Connection, ids: range, now: int) -> None:
    """Monitors as people add them: a name, an address, an interval."""
    for number in ids:
        document = {
            "type": "http",
            "name": f"Monitor {number}",
            "url": f"http://127.0.0.1:9/{number}",
            "interval": INTERVAL_S,
            "retryInterval": INTERVAL_S,
        }
        store.insert_row(connection, (number, 1, "http", document["name"], 1, 2000, None, document, now))


def put_blocks(connection: Connection, blocks: list[list[Beat]]) -> None:
    """Pack beats as the recorder does, a block for each list."""
    recent = RecentBeats()
    sealer = Sealer(recent)
    found = []
    for beats in blocks:
        monitor_id = beats[0].monitor_id
        recent.forget(monitor_id)
        for beat in beats:
            recent.append(beat)
        sealer.first(monitor_id)
        made = sealer.blocks()
        found += made
        sealer.done(made, [0] * len(made))
    sealing.write_events(connection, [beat for beats in blocks for beat in beats if beat.important])
    sealing.write_blocks(connection, found)


async def make(folder: Path, monitors: int, beats: int, tail: int) -> None:
    """The data folder: `beats` of each monitor in blocks, and `tail` more in the log."""
    clock = SystemClock()
    data = DataFolder.open(folder)
    database = await Database.open(data.database, clock=clock)
    now = to_ms(clock.now())

    def account(connection: Connection) -> None:
        connection.execute("INSERT INTO user (id, username, password) VALUES (1, ?, ?)", ACCOUNT)

    await database.write(account)
    for number in range(1, monitors + 1, TOGETHER):
        ids = range(number, min(number + TOGETHER, monitors + 1))
        lists = [list(history(each, monitors, beats + tail, now)) for each in ids]

        def write(connection: Connection, ids: range = ids, lists: list[list[Beat]] = lists) -> None:
            put_monitors(connection, ids, now)
            for first in range(0, beats, BLOCK_BEATS):
                put_blocks(connection, [each[first : min(first + BLOCK_BEATS, beats)] for each in lists])
            if tail:
                sealing.write_log(connection, sorted(beat for each in lists for beat in each[beats:]))

        await database.write(write)
    await database.close()
    data.close()


def start(folder: Path, tree: Path | None) -> tuple[float, Figures, Figures]:
    """Seconds until it answers, what it took until then, and until some seconds later."""
    server = Served(folder, tree=tree)
    ready = server.wait_ready(300)
    then = server.figures()
    time.sleep(LATER_S)
    later = server.figures()
    server.process.kill()  # its folder is thrown away
    server.process.wait()
    return ready, then, later


def median(figures: list[float]) -> float:
    """The middle one."""
    return sorted(figures)[len(figures) // 2]


def table(runs: list[tuple[float, Figures, Figures]]) -> list[Row]:
    """Medians of some starts."""
    return [
        Row("ready after", f"{median([ready for ready, _, _ in runs]):.2f} s"),
        Row("CPU until ready", f"{median([then.cpu for _, then, _ in runs]):.2f} s"),
        Row("memory when ready", f"{median([then.rss for _, then, _ in runs]):.0f} MB"),
        Row(f"CPU {LATER_S:.0f} s later", f"{median([later.cpu for _, _, later in runs]):.2f} s"),
        Row(f"memory {LATER_S:.0f} s later", f"{median([later.rss for _, _, later in runs]):.0f} MB"),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--monitors", type=int, default=50_000)
    parser.add_argument("--beats", type=int, default=100, help="of each monitor, in blocks")
    parser.add_argument("--tail", type=int, default=0, help="of each monitor, in the log")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--tree", type=Path, action="append", help="a checkout whose code runs as well")
    parser.add_argument("--folder", type=Path, help="where the data folder is kept for another time")
    options = parser.parse_args()
    trees: list[Path | None] = [*(options.tree or ()), None]
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as place:
        made = options.folder or Path(place) / "made"
        if not made.exists():
            asyncio.run(make(made, options.monitors, options.beats, options.tail))
        found: dict[Any, list[tuple[float, Figures, Figures]]] = {tree: [] for tree in trees}
        for number in range(options.runs):
            for tree in trees:
                copy = Path(place) / f"run{number}"
                shutil.copytree(made, copy)
                found[tree].append(start(copy, tree))
                shutil.rmtree(copy)
    what = (
        f"{options.monitors} monitors, {options.beats} beats of each in blocks and {options.tail} in the log"
    )
    for tree, runs in found.items():
        print(f"\n| {what}{f', {tree}' if tree else ''} | measured | budget |\n| --- | --- | --- |")
        for row in table(runs):
            print(f"| {row.figure} | {row.value} | {BUDGETS.get(row.figure, '')} |")
    print(f"\nLoad of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
