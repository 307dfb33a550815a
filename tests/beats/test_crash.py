"""A process killed at any moment loses nothing it has vouched for, and counts nothing twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import apsw
import pytest

from kuma_lite.beats.buckets import DAY_S, HOUR_S, fold
from kuma_lite.beats.packing import decode
from kuma_lite.beats.sums import Statistics
from kuma_lite.core.clock import ManualClock
from tests.beats.crash_writer import MONITORS
from tests.support.storage import Storage, opened

ROUNDS = 15
ROOT = Path(__file__).parents[2]


class Writers:
    """Starts writers and kills them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.beats.crash_writer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )

    def run_and_kill(self, folder: Path, seconds: float, at_least: int = 0) -> int:
        """Let a writer run for so long after it vouched for an id; returns the highest it vouched for."""
        stdin, stdout = self._pipes()
        stdin.write(f"{folder}\n".encode())
        stdin.flush()
        pid = int(stdout.readline())
        vouched = int(stdout.readline())
        while vouched < at_least:
            vouched = int(stdout.readline())
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        for line in stdout:
            if line == b"dead\n":
                break
            vouched = int(line)
        return vouched

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def writers() -> Iterator[Writers]:
    found = Writers()
    yield found
    found.close()


async def assert_whole(storage: Storage, vouched: int) -> None:
    recorder, store = storage.recorder, storage.store
    storage.clock.advance(recorder.last_id * 4 + 60)
    now = storage.clock.now()
    assert recorder.last_id >= vouched
    everything = []
    for monitor_id in range(1, MONITORS + 1):
        beats = await store.beats_since(monitor_id, 0)
        everything += beats
        assert recorder.rows(monitor_id) == beats[-100:]
        recounted = Statistics()
        for beat in beats:
            recounted.add(beat.status, beat.ping, beat.end_time)
        for window in ("24", "720", "1y"):
            assert recorder.statistics(monitor_id).totals(window, now) == recounted.totals(window, now)
        for hours, seconds in ((720, HOUR_S), (8760, DAY_S)):
            rows = await store.chart(monitor_id, hours, now)
            found = {row["timestamp"] // seconds: (row["up"], row["down"]) for row in rows}
            counted = {number: (bucket.up, bucket.down) for number, bucket in fold(beats, seconds).items()}
            assert {number: counts for number, counts in found.items() if any(counts)} == counted
    ids = sorted(beat.id for beat in everything)
    assert len(set(ids)) == len(ids)
    assert set(range(1, vouched + 1)) <= set(ids)
    important = {beat.id for beat in everything if beat.important}
    assert {beat.id for beat in await store.important_page(None, 0, -1)} == important
    told = await storage.database.read(
        lambda connection: connection.execute("SELECT key FROM setting WHERE key LIKE 'told %'").fetchall()
    )
    assert {int(str(key).split()[1]) for (key,) in told} == important
    await storage.database.read(assert_blocks_are_whole)


def assert_blocks_are_whole(connection: apsw.Connection) -> None:
    assert connection.execute("PRAGMA integrity_check").get == "ok"
    seen: set[int] = set()
    query = "SELECT monitor_id, first_time, last_time, count, beats FROM beat_block"
    for monitor_id, first, last, count, packed in connection.execute(query):
        beats = decode(packed)
        assert len(beats) == count
        assert {beat.monitor_id for beat in beats} == {monitor_id}
        assert (min(beat.time for beat in beats), max(beat.time for beat in beats)) == (first, last)
        assert not seen & {beat.id for beat in beats}
        seen |= {beat.id for beat in beats}


async def test_killed_at_random_moments(tmp_path: Path, writers: Writers) -> None:
    chance = random.Random(5)
    for _ in range(ROUNDS):
        vouched = writers.run_and_kill(tmp_path, chance.uniform(0, 0.25))
        async with opened(tmp_path, clock=ManualClock()) as storage:
            await assert_whole(storage, vouched)
            assert await storage.count("beat_log") > 0


async def test_killed_again_and_again_without_a_clean_stop_between(tmp_path: Path, writers: Writers) -> None:
    vouched = 0
    for number, seconds in enumerate((0.1, 0.0, 0.02, 0.2, 0.05), 1):
        # However slow the disk is: in the end each monitor has more beats than two blocks hold.
        before, vouched = vouched, writers.run_and_kill(tmp_path, seconds, number * 50 * MONITORS)
        assert vouched > before
    async with opened(tmp_path, clock=ManualClock()) as storage:
        await assert_whole(storage, vouched)
        assert await storage.count("beat_block") > MONITORS


async def test_stopped_cleanly_after_a_kill(tmp_path: Path, writers: Writers) -> None:
    vouched = writers.run_and_kill(tmp_path, 0.2)
    async with opened(tmp_path, clock=ManualClock()) as storage:
        await storage.recorder.close()
        assert await storage.count("beat_log") == 0
        await assert_whole(storage, vouched)
    async with opened(tmp_path, clock=ManualClock()) as storage:
        await assert_whole(storage, vouched)
