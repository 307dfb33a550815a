from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.beats import retention as module
from kuma_lite.beats.retention import ALL_BEATS_MS, Retention, StoredBlock, surplus
from kuma_lite.core.declarations import Status
from tests.support.storage import START_MS, FaultyDisk, Storage, opened

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


def blocks(*hours_ago: float, monitor_id: int = 1, length: int = 100) -> list[StoredBlock]:
    return [
        StoredBlock(monitor_id * 1000 + number, monitor_id, int(START_MS - hours * HOUR_MS), length)
        for number, hours in enumerate(hours_ago)
    ]


def ids(found: list[StoredBlock]) -> list[int]:
    return [block.id for block in found]


# --- the rule ----------------------------------------------------------------------------------------------


def test_a_day_is_kept_whole() -> None:
    stored = blocks(1, 10, 20, 23.9, 25, 30)
    assert surplus(stored, START_MS, 365) == ids(stored[4:])


def test_the_newest_hundred_are_kept_however_old() -> None:
    stored = blocks(500, 600, 700)
    assert surplus(stored, START_MS, 365) == ids(stored[1:])
    stored = blocks(500, 600, 700, length=40)
    assert surplus(stored, START_MS, 365) == []
    stored = blocks(500, 600, 700, 800, length=40)
    assert surplus(stored, START_MS, 365) == ids(stored[3:])


def test_nothing_is_kept_beyond_the_period() -> None:
    stored = blocks(23, 25, 49, 100)
    assert surplus(stored, START_MS, 1) == ids(stored[1:])
    assert surplus(stored, START_MS, 2) == ids(stored[1:])
    assert surplus(blocks(24 * 800), START_MS, 365) == [1000]


@pytest.mark.parametrize("for_ever", [0, -1])
def test_a_period_below_one_means_for_ever(for_ever: int) -> None:
    assert surplus(blocks(24 * 8000), START_MS, for_ever) == []


def test_monitors_are_judged_one_by_one() -> None:
    stored = blocks(500, 600) + blocks(500, 600, monitor_id=2)
    assert surplus(stored, START_MS, 365) == [1001, 2001]


@given(
    st.lists(st.tuples(st.floats(0, 2000), st.integers(1, 100)), max_size=40),
    st.integers(0, 60),
)
def test_what_the_rule_promises(found: list[tuple[float, int]], keep_days: int) -> None:
    stored = [
        StoredBlock(number, 1, int(START_MS - hours * HOUR_MS), length)
        for number, (hours, length) in enumerate(sorted(found))
    ]
    gone = set(surplus(stored, START_MS, keep_days))
    limit = START_MS - keep_days * DAY_MS if keep_days else -1
    newer = 0
    for block in stored:
        wanted = block.last_time >= START_MS - ALL_BEATS_MS or newer < 100
        assert (block.id not in gone) == (wanted and block.last_time >= limit)
        newer += block.length


# --- the job -----------------------------------------------------------------------------------------------


async def days_of_beats(storage: Storage, monitor: int, days: int, every: float = 300) -> int:
    count = int(days * 86_400 / every)
    for number in range(count):
        storage.clock.advance(every)
        if number % 200 == 0:
            await storage.record_now(monitor, important=True, status=Status.DOWN)
        else:
            storage.record(monitor)
    await storage.recorder.flush()
    return count


async def test_old_beats_go_and_everything_else_stays(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        count = await days_of_beats(storage, monitor, 3)
        now = storage.clock.now()
        day, month = await storage.store.chart(monitor, 24, now), await storage.store.chart(monitor, 72, now)
        events = await storage.store.important_page(None, 0, -1)
        rows = storage.recorder.rows(monitor)
        assert await Retention(storage.database, storage.clock, lambda: 365).once() > 0
        left = await storage.store.beats_since(monitor, 0)
        assert 288 <= len(left) < count
        assert await storage.store.chart(monitor, 24, now) == day
        assert await storage.store.chart(monitor, 72, now) == month
        assert await storage.store.important_page(None, 0, -1) == events
        loaded = await storage.reloaded()
        assert loaded.rows(monitor) == rows
        for window in ("24", "720", "1y"):
            assert loaded.statistics(monitor).totals(window, now) == storage.recorder.statistics(
                monitor
            ).totals(window, now)
        assert await Retention(storage.database, storage.clock, lambda: 365).once() == 0


async def test_what_is_beyond_the_period_goes_altogether(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        await days_of_beats(storage, monitor, 6, every=3600)
        await Retention(storage.database, storage.clock, lambda: 2).once()
        limit = storage.now - 2 * DAY_MS
        assert all(found.time >= limit for found in await storage.store.important_page(None, 0, -1))
        rows = await storage.store.chart(monitor, 2000, storage.clock.now())
        assert len(rows) == 3


async def test_hours_are_kept_for_a_month(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        await days_of_beats(storage, monitor, 33, every=7200)
        await storage.recorder.close()
        before = await storage.store.chart(monitor, 720, storage.clock.now())
        await Retention(storage.database, storage.clock, lambda: 0).once()
        assert await storage.store.chart(monitor, 720, storage.clock.now()) == before
        assert await storage.count("stat_hour") <= 361
        assert await storage.count("stat_day") >= 33


async def test_what_a_killed_deletion_left_is_removed(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor, stays = await storage.monitor("gone"), await storage.monitor("stays")
        await days_of_beats(storage, monitor, 1)
        await days_of_beats(storage, stays, 1)
        await storage.recorder.close()
        await storage.database.write(
            lambda connection: connection.execute("DELETE FROM monitor WHERE id = 1")
        )
        await Retention(storage.database, storage.clock, lambda: 365).once()
        for table in ("beat_block", "beat_event", "stat_hour", "stat_day"):
            found = await storage.database.read(
                lambda connection, table=table: connection.execute(
                    f"SELECT DISTINCT monitor_id FROM {table}"
                ).fetchall()
            )
            assert found == [(stays,)], table


async def test_the_file_becomes_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FREE_PAGES", 10)
    path = tmp_path / "kuma-lite.db"
    async with opened(tmp_path) as storage:
        await storage.database.write(
            lambda connection: connection.execute(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
                " INSERT INTO beat_block (monitor_id, first_time, last_time, count, minutes, beats)"
                " SELECT 99, 0, 0, 100, x'', zeroblob(1000) FROM n"
            )
        )
        await storage.database.close()
    full = path.stat().st_size
    async with opened(tmp_path) as storage:
        await Retention(storage.database, storage.clock, lambda: 365).once()
    assert path.stat().st_size < full / 2


async def test_it_goes_on_after_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "FIRST_S", 0.0)
    monkeypatch.setattr(module, "EVERY_S", 0.02)
    disk = FaultyDisk()
    async with opened(tmp_path, disk=disk) as storage:
        monitor = await storage.monitor()
        await days_of_beats(storage, monitor, 3)
        before = await storage.count("beat_block")
        disk.full = True
        job = Retention(storage.database, storage.clock, lambda: 365)
        job.start()
        async with asyncio.timeout(20):
            while "Old beats could not be removed: The disk is full." not in caplog.text:
                await asyncio.sleep(0.02)
        disk.full = False
        async with asyncio.timeout(20):
            while await storage.count("beat_block") >= before:
                await asyncio.sleep(0.02)
        await job.stop()
