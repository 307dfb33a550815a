"""A process that records as fast as it can and says what it was told is on disk, until it is killed.

Reads folders from stdin, one per line; forks a writer for each and prints its number. A writer prints the
highest id that `flush` or `record_now` has vouched for.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import apsw

from kuma_lite.beats.model import Beat
from kuma_lite.core import database
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.declarations import Status
from tests.support.storage import Storage, new_beat, opened

MONITORS = 5
ROUNDS = 100_000


def told(connection: apsw.Connection, beat: Beat) -> None:
    """Stands for the messages in the outbox."""
    connection.execute("INSERT INTO setting (key, value) VALUES (?, '1')", (f"told {beat.id}",))


async def write(folder: Path) -> None:
    database.CHECKPOINT_PAGES = 40  # type: ignore[misc]  # often enough to be killed in the middle of one
    clock = ManualClock()
    async with opened(folder, clock=clock) as storage:
        if not await storage.count("monitor"):
            for number in range(MONITORS):
                await storage.monitor(str(number))
        clock.advance(storage.recorder.last_id * 4)
        for number in range(ROUNDS):
            await one_round(storage, number)


async def one_round(storage: Storage, number: int) -> None:
    storage.clock.advance(20)
    for monitor_id in range(1, MONITORS + 1):
        new = new_beat(monitor_id, storage.now + monitor_id)
        if (number + monitor_id) % 11 == 0:
            down = new._replace(status=Status.DOWN, ping=None, important=True, msg=f"down {number}")
            await storage.recorder.record_now(down, told)
            say(storage.recorder.last_id)
        else:
            storage.recorder.record(new)
    if number % 3 == 0:
        await storage.recorder.flush()
        say(storage.recorder.last_id)


def say(number: int) -> None:
    os.write(1, b"%d\n" % number)


def main() -> None:
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            asyncio.run(write(Path(line.strip())))
            os._exit(0)
        say(pid)
        os.waitpid(pid, 0)
        os.write(1, b"dead\n")


if __name__ == "__main__":
    main()
