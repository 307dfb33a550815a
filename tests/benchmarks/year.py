"""A year of 1,000 monitors, one check a minute (5 × 10⁸ beats): `python -m tests.benchmarks.year`.

Nobody waits a year: what such an installation holds is written down as the program would have left it. All
beats of the last two days in blocks, the sums by hour of a month and a day, the sums by day of a year and a
day, and every change of state of that year (an outage a week of each monitor). Then a start, charts, events,
and the retention of a day: what is a day too old goes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from kuma_lite.beats import sealing
from kuma_lite.beats.buckets import DAY_S, HOUR_S, MS, Bucket, days_span
from kuma_lite.beats.history import BeatHistory
from kuma_lite.beats.model import Beat
from kuma_lite.beats.outages import Outages
from kuma_lite.beats.recorder import Recorder
from kuma_lite.beats.retention import HOURS_KEPT, Retention
from kuma_lite.beats.sealing import BLOCK_BEATS
from kuma_lite.core.clock import SystemClock, to_ms
from kuma_lite.core.data_folder import DataFolder
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Status
from kuma_lite.core.sql import Connection
from tests.benchmarks.fleet import Row, median, put_blocks, put_monitors
from tests.benchmarks.process import Served
from tests.benchmarks.seed import ACCOUNT

DAYS: Final = 365
HELD_DAYS: Final = 2  # of beats: a day and the one that retention takes away
STEP_MS: Final = 60_000
WEEK_MS: Final = 7 * DAY_S * MS
OUTAGE_MS: Final = 11 * STEP_MS
TOGETHER: Final = 20  # monitors in one transaction
ASKED: Final = 20  # charts of which the median is shown
BUDGETS: Final = {"file": "≤ 3 B a beat held", "longest transaction": "≤ 30 ms"}


def beats_of(monitor_id: int, now: int) -> Iterator[Beat]:
    """The last days of one monitor; ids as if all had come in turn."""
    chance = random.Random(monitor_id)
    count = HELD_DAYS * DAY_S * MS // STEP_MS
    base = 20 + monitor_id % 60
    for index in range(count):
        began = now - (count - index) * STEP_MS + monitor_id * 59
        down = is_down(monitor_id, began)
        ping = None if down else float(base + chance.randint(0, 25))
        text = "connect ECONNREFUSED 127.0.0.1:9" if down else "200 - OK"
        took = int(ping or 1) + chance.randint(0, 2)
        status = Status.DOWN if down else Status.UP
        important = down != is_down(monitor_id, began - STEP_MS)
        yield Beat(0, monitor_id, began, began + took, status, text, ping, important, 60, 0, 0)


def is_down(monitor_id: int, moment: int) -> bool:
    """Whether a monitor's outage of that week lasts."""
    return (moment + monitor_id * 604_000) % WEEK_MS < OUTAGE_MS


def events_of(monitor_id: int, since: int, until: int) -> Iterator[Beat]:
    """Both ends of every outage in a span, of which no beats are left."""
    began = since - (since + monitor_id * 604_000) % WEEK_MS + WEEK_MS
    while began + OUTAGE_MS < until:
        yield Beat(0, monitor_id, began, began + 2, Status.DOWN, "connect ECONNREFUSED", None, True, 60, 0, 0)
        over = began + OUTAGE_MS
        yield Beat(0, monitor_id, over, over + 31, Status.UP, "200 - OK", 31.0, True, 660, 0, 0)
        began += WEEK_MS


def past(monitor_id: int, first: int, end: int, beats: int) -> dict[int, Bucket]:
    """Sums of the hours or days from `first` to before `end`, so many beats in each."""
    chance = random.Random(-monitor_id)
    found = {}
    for number in range(first, end):
        least, most = chance.randint(12, 20), chance.randint(70, 400)
        sums = float(beats * (least + 15) + chance.randint(0, 999))
        found[number] = Bucket(beats, 0, 0, beats, sums, float(least), float(most))
    return found


async def make(folder: Path, monitors: int) -> int:
    """The data folder; returns how many beats are held."""
    clock = SystemClock()
    data = DataFolder.open(folder)
    database = await Database.open(data.database, clock=clock)
    now = to_ms(clock.now())
    hour, day = now // (HOUR_S * MS), now // (DAY_S * MS)
    numbers = iter(range(1, 1 << 62))
    held = 0

    def write(connection: Connection, ids: range) -> None:
        nonlocal held
        put_monitors(connection, ids, now)
        hours, days, blocks = [], [], []
        for monitor_id in ids:
            recent = list(beats_of(monitor_id, now))
            old = events_of(monitor_id, now - (DAYS + 1) * DAY_S * MS, recent[0].time)
            events = [beat._replace(id=next(numbers)) for beat in old]
            recent = [beat._replace(id=next(numbers)) for beat in recent]
            first = recent[0].time // MS
            sealing.write_events(connection, events)
            hours.append((monitor_id, past(monitor_id, hour - HOURS_KEPT - 24, first // HOUR_S, 60)))
            days.append((monitor_id, past(monitor_id, day - DAYS - 1, first // DAY_S, 1_440)))
            blocks += [recent[at : at + BLOCK_BEATS] for at in range(0, len(recent), BLOCK_BEATS)]
            held += len(recent)
        put_blocks(connection, blocks)
        sealing.add_statistics(connection, "hour", hours)
        sealing.add_statistics(connection, "day", days)

    def account(connection: Connection) -> None:
        connection.execute("INSERT INTO user (id, username, password) VALUES (1, ?, ?)", ACCOUNT)

    await database.write(account)
    for number in range(1, monitors + 1, TOGETHER):
        ids = range(number, min(number + TOGETHER, monitors + 1))
        await database.write(partial(write, ids=ids))
    await database.close()
    data.close()
    return held


async def use(path: Path, monitors: int) -> list[Row]:
    """What is asked for while people look, and what is thrown away while they sleep."""
    clock = SystemClock()
    database = await Database.open(path, clock=clock)
    recorder = Recorder(database, clock)
    await recorder.load()
    history = BeatHistory(database, recorder)
    rows = []

    async def asked(name: str, ask: Callable[[int], Awaitable[Any]]) -> None:
        costs = []
        for monitor_id in random.Random(1).sample(range(1, monitors + 1), min(ASKED, monitors)):
            began = time.process_time()
            await ask(monitor_id)
            costs.append((time.process_time() - began) * 1000)
        rows.append(Row(f"{name}, CPU", f"{median(costs):.1f} ms"))

    now = clock.now()
    everybody = dict.fromkeys(range(1, monitors + 1), True)
    outages = Outages(database, recorder, lambda: everybody)
    await asked("day bars of a year", lambda each: history.periods({each: True}, days_span(DAYS, now), now))
    await asked("chart of a year", lambda each: history.chart(each, 24 * DAYS, now))
    await asked("beats of a day", lambda each: history.rows_json_since(each, to_ms(now - DAY_S)))
    await asked("outages of a monitor", lambda each: outages.page(25, only=[each]))
    await asked("outages of all monitors", lambda _each: outages.page(25))
    retention = Retention(database, clock, lambda: DAYS)
    began, cpu = time.perf_counter(), time.process_time()
    removed = await retention.once()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    rows += [
        Row("retention of a day: rows", f"{removed:,}"),
        Row("retention of a day: CPU", f"{cpu:.2f} s"),
        Row("retention of a day: all of it", f"{wall:.1f} s"),
        Row("longest transaction", f"{database.stats.longest_commit_s * 1000:.0f} ms"),
    ]
    began = time.process_time()
    again = await retention.once()
    rows.append(Row("retention with nothing to do, CPU", f"{time.process_time() - began:.2f} s"))
    assert not again, again
    await database.close()
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--monitors", type=int, default=1_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as place:
        folder = Path(place) / "data"
        held = asyncio.run(make(folder, options.monitors))
        checked = options.monitors * DAYS * DAY_S * MS // STEP_MS
        file = folder / "kuma-lite.db"
        size = file.stat().st_size
        rows = [
            Row("file", f"{size / 1e6:,.0f} MB, {size / checked:.2f} B of {checked:,} beats checked"),
            Row("beats held", f"{held:,}"),
        ]
        server = Served(folder)
        server.wait_ready(120)
        figures = server.figures()
        server.stop()
        rows += [
            Row("CPU until ready", f"{figures.cpu:.2f} s"),
            Row("memory when ready", f"{figures.rss:.0f} MB"),
            *asyncio.run(use(file, options.monitors)),
            Row("file afterwards", f"{file.stat().st_size / 1e6:,.0f} MB"),
        ]
    print(f"\n| a year of {options.monitors} monitors @ 60 s | measured | budget |\n| --- | --- | --- |")
    for row in rows:
        print(f"| {row.figure} | {row.value} | {BUDGETS.get(row.figure, '')} |")
    print(f"\nLoad of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
