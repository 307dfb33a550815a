"""What a beat costs on disk: `python -m tests.benchmarks.storage [hours] [monitors]`.

1,000 monitors at 20 seconds, compressed in time: the clock is ours, and a commit is made where one would
fall due. Written bytes are counted where SQLite writes them, because the kernel's own figures depend on when
it flushes; the write-ahead log and the file are both in them.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path
from typing import Any

import apsw

from kuma_lite.beats.model import NewBeat
from kuma_lite.beats.recorder import Recorder
from kuma_lite.beats.retention import EVERY_S, Retention
from kuma_lite.core.clock import ManualClock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.database_commits import COMMIT_EVERY_S
from kuma_lite.core.declarations import Status
from kuma_lite.monitors.store import MonitorStore
from tests.support.actors import OWNER

INTERVAL_S = 20.0
CHANGES_PER_HOUR = 60  # of state, over all monitors

BUDGETS = {
    "written bytes per beat": 300.0,
    "file bytes per beat": 40.0,
    "load cpu ms": 300.0,  # CPU, as on a busy machine everything waits for others
    "login list cpu ms": 150.0,
}


class CountingFile(apsw.VFSFile):
    """A file that counts what is written."""

    def __init__(self, vfs: CountingVFS, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._vfs = vfs
        self._kind = "log" if path and path.endswith("-wal") else "file"

    def xWrite(self, data: Any, offset: int) -> None:
        self._vfs.written[self._kind] += len(data)
        super().xWrite(data, offset)


class CountingVFS(apsw.VFS):
    """SQLite's door to the disk, with a counter."""

    def __init__(self, name: str = "counting") -> None:
        super().__init__(name, "")
        self.vfs_name = name
        self.written = {"log": 0, "file": 0}

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        return CountingFile(self, name, flags)


def new_beat(monitor_id: int, at: float, chance: random.Random, up: bool = True) -> NewBeat:
    ping = chance.randint(3, 90)
    began = to_ms(at)
    return NewBeat(
        monitor_id,
        began,
        began + ping + chance.randint(0, 2),
        Status.UP if up else Status.DOWN,
        "200 - OK" if up else "connect ECONNREFUSED 127.0.0.1:9",
        ping if up else None,
        important=False,
        duration=0,
        retries=0,
        down_count=0,
    )


async def simulate(folder: Path, hours: float, monitors: int, vfs: CountingVFS | None) -> dict[str, float]:
    clock, chance = ManualClock(), random.Random(7)
    database = await Database.open(
        folder / "kuma-lite.db", clock=clock, vfs=vfs.vfs_name if vfs is not None else None
    )
    await database.write(lambda connection: connection.execute("INSERT INTO user (username) VALUES ('a')"))
    recorder = Recorder(database, clock)
    store = MonitorStore(database, recorder)
    for number in range(monitors):
        await store.insert(OWNER, True, {"type": "http", "name": f"m{number}"}, [], 0)
    await recorder.load()
    retention = Retention(database, clock, lambda: 180)
    began = clock.now()
    offsets = sorted((chance.random() * INTERVAL_S, number + 1) for number in range(monitors))
    counted_from = dict(vfs.written) if vfs else {}
    cpu = time.process_time()
    beats, next_commit, swept, slowest = 0, COMMIT_EVERY_S, 0.0, 0.0
    down: set[int] = set()
    for round_number in range(int(hours * 3600 / INTERVAL_S)):
        for offset, monitor_id in offsets:
            at = round_number * INTERVAL_S + offset
            if at >= next_commit:
                clock.advance(began + next_commit - clock.now())
                step = time.perf_counter()
                await database.flush()
                slowest = max(slowest, time.perf_counter() - step)
                next_commit += COMMIT_EVERY_S
            new = new_beat(monitor_id, began + at + chance.random() * 0.1, chance, monitor_id not in down)
            if chance.random() < CHANGES_PER_HOUR * INTERVAL_S / 3600 / monitors:
                down.symmetric_difference_update((monitor_id,))
                await recorder.record_now(new._replace(important=True))
            else:
                recorder.record(new)
            beats += 1
        if clock.now() - began - swept > EVERY_S:
            swept = clock.now() - began
            await retention.once()
    cpu = time.process_time() - cpu
    await database.flush()
    figures = {"beats": float(beats), "slowest commit ms": slowest * 1000, "longest in thread ms": 0.0}
    figures["longest in thread ms"] = database.stats.longest_commit_s * 1000
    if vfs is None:
        figures["cpu us per beat"] = cpu / beats * 1e6
        figures.update(await measure_start(database, clock, store, monitors))
        figures.update(measure_lists(recorder, monitors))
    else:
        figures["log bytes per beat"] = (vfs.written["log"] - counted_from["log"]) / beats
        figures["into file bytes per beat"] = (vfs.written["file"] - counted_from["file"]) / beats
        figures["written bytes per beat"] = (
            figures["log bytes per beat"] + figures["into file bytes per beat"]
        )
    step = time.perf_counter()
    await recorder.close()
    figures["seal all at stop ms"] = (time.perf_counter() - step) * 1000
    await database.close()
    kept = min(beats, int(monitors * 24 * 3600 / INTERVAL_S))
    figures["file bytes per beat"] = (folder / "kuma-lite.db").stat().st_size / kept
    return figures


async def measure_start(
    database: Database, clock: ManualClock, store: MonitorStore, monitors: int
) -> dict[str, float]:
    """What a start after a kill costs: the log is full."""
    loaded = Recorder(database, clock)
    cpu, wall = time.process_time(), time.perf_counter()
    await loaded.load()
    figures = {
        "load ms": (time.perf_counter() - wall) * 1000,
        "load cpu ms": (time.process_time() - cpu) * 1000,
    }
    wall = time.perf_counter()
    for monitor_id in range(1, 11):
        await store.beats_since(monitor_id, to_ms(clock.now() - 86_400))
    figures["beats of a day ms"] = (time.perf_counter() - wall) * 100
    wall = time.perf_counter()
    for monitor_id in range(1, 11):
        await store.chart(monitor_id, 720, clock.now())
    figures["chart of a month ms"] = (time.perf_counter() - wall) * 100
    database._contributors.remove(loaded)
    return figures


def measure_lists(recorder: Recorder, monitors: int) -> dict[str, float]:
    """The heartbeat lists of a login."""
    wall, cpu = time.perf_counter(), time.process_time()
    size = sum(len(recorder.rows_json(monitor_id)) for monitor_id in range(1, monitors + 1))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rings = recorder.recent.rings.values()
    ring = sum(
        map(sys.getsizeof, chain.from_iterable((r.data, *(run.packed for run in r.runs)) for r in rings))
    )
    minutes = [found.minutes for found in recorder._statistics.values()]
    day = sum(map(sys.getsizeof, chain.from_iterable((m._head, m._entries, *m._folds) for m in minutes)))
    return {
        "login list ms": wall * 1000,
        "login list cpu ms": cpu * 1000,
        "login list MB": size / 1e6,
        "recent bytes per monitor": ring / monitors,
        "day bytes per monitor": day / monitors,
        "shapes": float(recorder.recent.shape_count()),
    }


def main() -> None:
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    monitors = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    figures: dict[str, float] = {}
    for vfs in (CountingVFS(), None):
        with tempfile.TemporaryDirectory() as folder:
            figures.update(asyncio.run(simulate(Path(folder), hours, monitors, vfs)))
    print(f"{monitors} monitors @ {INTERVAL_S:g} s, {hours:g} h, {figures['beats']:,.0f} beats")
    for name, figure in figures.items():
        budget = BUDGETS.get(name)
        print(f"  {name:28} {figure:12,.1f}" + (f"   budget {budget:g}" if budget else ""))


if __name__ == "__main__":
    main()
