"""A data folder as somebody has it after three months: for the pictures of the page.

    python -m tests.benchmarks.example FOLDER --target http://localhost:8801

Monitors of a web shop that ask `--target`, which `frontend/journeys/pictures.mjs` answers, with their past.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from kuma_lite.beats.model import NewBeat
from kuma_lite.beats.recorder import Recorder
from kuma_lite.core.clock import SystemClock, to_ms
from kuma_lite.core.data_folder import DataFolder
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Status
from kuma_lite.monitors.store import MonitorStore
from tests.benchmarks.seed import ACCOUNT
from tests.support.actors import OWNER

MINUTE_MS: Final = 60_000
DAY_MS: Final = 86_400_000
DAYS: Final = 92  # of which the last one has a beat a minute, the others one every half hour
SEED: Final = 7  # the pictures are the same each time


class Example(NamedTuple):
    """A monitor: how long it takes to answer, and how often it is down."""

    name: str
    path: str
    ping: float  # ms
    trouble: float  # share of beats


EXAMPLES: Final = (
    Example("Checkout", "checkout", 84, 0.004),
    Example("Shop", "shop", 46, 0.001),
    Example("Search", "down", 61, 0.02),
    Example("Accounts", "accounts", 38, 0.0),
    Example("Payments API", "payments", 122, 0.003),
    Example("Invoices", "invoices", 57, 0.0),
    Example("Images", "images", 21, 0.0),
    Example("Mail", "mail", 33, 0.001),
    Example("Warehouse", "warehouse", 96, 0.006),
    Example("Website", "website", 29, 0.0),
    Example("Documentation", "documentation", 25, 0.0),
    Example("Staging", "staging", 140, 0.03),
)


async def make(folder: Path, target: str) -> None:
    """Write the folder; it must not exist."""
    clock = SystemClock()
    data = DataFolder.open(folder)
    database = await Database.open(data.database, clock=clock)
    recorder = Recorder(database, clock)
    await recorder.load()
    store = MonitorStore(database, recorder)
    now, chance = to_ms(clock.now()), Random(SEED)
    await database.write(
        lambda connection: connection.execute(
            "INSERT INTO user (id, username, password) VALUES (1, ?, ?)", ACCOUNT
        )
    )
    ids = {
        await store.insert(OWNER, True, _document(example, target), [], now): example for example in EXAMPLES
    }
    down: dict[int, int] = dict.fromkeys(ids, 0)  # beats that an outage still lasts
    was: dict[int, Status | None] = dict.fromkeys(ids)  # the first beat is an event
    step = 30 * MINUTE_MS
    times = [*range(now - DAYS * DAY_MS, now - DAY_MS, step), *range(now - DAY_MS, now, MINUTE_MS)]
    for place, time in enumerate(times):
        for number, example in ids.items():
            if not down[number] and chance.random() < example.trouble / 3:
                down[number] = 3
            status = Status.DOWN if down[number] else Status.UP
            down[number] = max(0, down[number] - 1)
            recorder.record(_beat(number, example, time, status, status is not was[number], chance))
            was[number] = status
        if place % 100 == 0:
            await recorder.flush()
    await recorder.flush()
    await database.close()
    data.close()


def _document(example: Example, target: str) -> dict[str, Any]:
    return {
        "name": example.name,
        "type": "http",
        "url": f"{target}/{example.path}",
        "interval": 60,
        "retryInterval": 60,
    }


def _beat(
    number: int, example: Example, time: int, status: Status, important: bool, chance: Random
) -> NewBeat:
    up = status is Status.UP
    return NewBeat(
        monitor_id=number,
        time=time,
        end_time=time + int(example.ping),
        status=status,
        msg="200 - OK" if up else "Request failed with status code 503",
        ping=round(example.ping * chance.lognormvariate(0, 0.18), 1) if up else None,
        important=important,
        duration=0,
        retries=0,
        down_count=0,
    )


def main() -> None:
    """Make it."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.example", description="An example to be pictured."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--target", default="http://localhost:8801")
    options = parser.parse_args()
    asyncio.run(make(options.folder, options.target))


if __name__ == "__main__":
    main()
