from __future__ import annotations

import json
from pathlib import Path

import pytest

from kuma_lite.beats.buckets import DAY_S, HOUR_S, Bucket, fold
from kuma_lite.beats.history import last_down
from kuma_lite.beats.model import Beat
from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import StorageTrouble, UserError
from tests.support.storage import FaultyDisk, Storage, opened


async def history(storage: Storage, monitor: int, count: int, every: float = 20) -> list[Beat]:
    """Beats of which every tenth is a change of state; some in blocks, some in the log."""
    beats = []
    for number in range(count):
        storage.clock.advance(every)
        if number % 10 == 0:
            down = number % 20 == 0
            beats.append(
                await storage.record_now(
                    monitor,
                    status=Status.DOWN if down else Status.UP,
                    msg=f"change {number}",
                    ping=None if down else 7.5,
                    important=True,
                    response="body" if down else None,
                )
            )
        else:
            beats.append(storage.record(monitor, ping=float(number)))
    return beats


async def since(storage: Storage, monitor: int, moment: int) -> list[Beat]:
    """Beats after a moment; their rows as text are the same."""
    found = await storage.store.beats_since(monitor, moment)
    rows = await storage.store.rows_json_since(monitor, moment)
    assert json.loads("".join(rows)) == [each.as_row() for each in found]
    return found


async def test_beats_come_oldest_first_from_blocks_and_memory(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor, other = await storage.monitor("a"), await storage.monitor("b")
        beats = await history(storage, monitor, 250)
        await history(storage, other, 20)
        assert await storage.count("beat_block") >= 2
        assert await since(storage, monitor, 0) == beats
        assert await since(storage, monitor, beats[-30].time) == beats[-29:]
        assert await since(storage, monitor, beats[-1].time) == []
        assert await since(storage, 99, 0) == []


async def test_a_clock_that_was_set_back_changes_the_order_of_both(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        await history(storage, monitor, 130)
        storage.clock.jump(-900)
        await history(storage, monitor, 130)
        found = await since(storage, monitor, 0)
        assert len(found) == 260
        assert [each.id for each in found] != sorted(each.id for each in found)


async def test_events_outlive_their_blocks(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        beats = await history(storage, monitor, 150)
        await storage.recorder.seal(monitor)
        await storage.database.write(lambda connection: connection.execute("DELETE FROM beat_block"))
        storage.recorder.recent.forget(monitor)
        assert await since(storage, monitor, 0) == [found for found in beats if found.important]


async def test_charts_count_every_beat_once(tmp_path: Path) -> None:
    """Whatever part of the beats is in blocks, and whatever in memory only."""
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        beats: list[Beat] = []
        for _ in range(7):
            beats += await history(storage, monitor, 53, every=300)
            now = storage.clock.now()
            day = await storage.store.chart(monitor, 24, now)
            recent = [found for found in beats if found.end_time // 60_000 > now // 60 - 1440]
            assert sum(row["up"] + row["down"] for row in day) == len(recent)
            for hours, seconds in ((720, HOUR_S), (8760, DAY_S)):
                rows = await storage.store.chart(monitor, hours, now)
                expected = fold(beats, seconds)
                assert {row["timestamp"] // seconds for row in rows} == set(expected)
                for row in rows:
                    bucket = expected[row["timestamp"] // seconds]
                    assert (row["up"], row["down"]) == (bucket.up, bucket.down)
                    assert (row["minPing"], row["maxPing"]) == (bucket.ping_min, bucket.ping_max)
                    assert row["avgPing"] == pytest.approx(bucket.ping_sum / bucket.pings)


async def test_a_chart_of_an_unknown_monitor_is_one_empty_bucket(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        now = storage.clock.now()
        for hours, seconds in ((24, 60), (48, HOUR_S), (8760, DAY_S)):
            rows = await storage.store.chart(99, hours, now)
            assert rows == [Bucket().wire(int(now) // seconds * seconds)]
        with pytest.raises(UserError):
            await storage.store.chart(99, 9000, now)


async def test_events_are_counted_and_paged_newest_first(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        first, second = await storage.monitor("a"), await storage.monitor("b")
        beats = await history(storage, first, 100) + await history(storage, second, 40)
        events = [found for found in reversed(beats) if found.important]
        store = storage.store
        assert await store.important_count(None) == 14
        assert await store.important_count([first]) == 10
        assert await store.important_count([first, second]) == 14
        assert await store.important_count([99]) == 0
        assert await store.important_page(None, 0, 100) == events
        assert await store.important_page(None, 2, 3) == events[2:5]
        assert await store.important_page([first], 0, 2) == events[4:6]
        assert await store.important_page(None, 3, -1) == events[3:]
        assert await store.important_page(None, 50, 10) == []


async def test_an_important_beat_that_still_waits_is_an_event(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        found = storage.record(monitor, important=True)
        assert await storage.store.important_page(None, 0, 10) == [found]


async def test_the_last_down_is_known_inside_a_transaction(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        first, *beats = await history(storage, monitor, 55)
        downs = [found for found in (first, *beats) if found.status is Status.DOWN]

        async def ask(found: Beat) -> int | None:
            return await storage.database.write(lambda connection: last_down(connection, found))

        assert await ask(first) is None
        assert await ask(beats[-1]) == downs[-1].time
        assert await ask(downs[-1]) == downs[-2].time


async def test_cleared_events_stay_cleared(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor, other = await storage.monitor("a"), await storage.monitor("b")
        beats = await history(storage, monitor, 230)
        kept = await history(storage, other, 30)
        uptime = storage.recorder.statistics(monitor).totals("1y", storage.clock.now())
        await storage.store.clear_events(monitor)
        cleared = [found._replace(msg="", important=False) for found in beats]
        assert await since(storage, monitor, 0) == cleared
        assert storage.recorder.rows(monitor) == cleared[-100:]
        assert await storage.store.important_count([monitor]) == 0
        assert await since(storage, other, 0) == kept
        assert storage.recorder.statistics(monitor).totals("1y", storage.clock.now()) == uptime
        loaded = await storage.reloaded()
        assert loaded.rows(monitor) == cleared[-100:]
        new = await storage.record_now(monitor, important=True, msg="new")
        assert await storage.store.important_page([monitor], 0, 9) == [new]


async def test_cleared_beats_stay_away(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor, other = await storage.monitor("a"), await storage.monitor("b")
        storage.record(await storage.monitor("needs the log from its beginning"))
        await history(storage, monitor, 230, every=1)
        kept = await history(storage, other, 130, every=1)
        await history(storage, monitor, 15, every=1)
        await storage.store.clear_beats(monitor)
        assert await since(storage, monitor, 0) == []
        assert await storage.store.important_count([monitor]) == 0
        for table in ("beat_block", "beat_event", "stat_hour", "stat_day"):
            query = f"SELECT count(*) FROM {table} WHERE monitor_id = {monitor}"
            assert (
                await storage.database.read(lambda connection, query=query: connection.execute(query).get)
                == 0
            )
        new = storage.record(monitor)
        await storage.recorder.flush()
        loaded = await storage.reloaded()
        assert loaded.rows(monitor) == [new]
        assert loaded.statistics(monitor).totals("1y", storage.clock.now()).up == 1
        assert loaded.rows(other) == kept[-100:]
        assert await since(storage, other, 0) == kept


async def test_all_can_be_cleared(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitors = [await storage.monitor("a"), await storage.monitor("b")]
        for monitor in monitors:
            await history(storage, monitor, 130)
        await storage.store.clear_all_beats()
        new = storage.record(monitors[0])
        await storage.recorder.flush()
        loaded = await storage.reloaded()
        assert loaded.rows(monitors[0]) == [new]
        assert loaded.rows(monitors[1]) == []
        assert await storage.store.important_count(None) == 0
        assert await since(storage, monitors[0], 0) == [new]
        assert await storage.count("stat_day") == 0


async def test_clearing_on_a_full_disk_is_refused(tmp_path: Path) -> None:
    disk = FaultyDisk()
    async with opened(tmp_path, disk=disk) as storage:
        monitor = await storage.monitor()
        await history(storage, monitor, 30)
        disk.full = True
        with pytest.raises(StorageTrouble):
            await storage.store.clear_events(monitor)
        disk.full = False


async def test_much_is_removed_in_slices(tmp_path: Path) -> None:
    """Nobody waits longer than a slice: 1,200 blocks are 120,000 beats."""
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        await storage.database.write(
            lambda connection: connection.executemany(
                "INSERT INTO beat_block (monitor_id, first_time, last_time, count, minutes, beats)"
                " VALUES (?, 0, ?, 100, x'', zeroblob(480))",
                [(monitor, number) for number in range(1_200)],
            )
        )
        before = storage.database.stats.commits
        await storage.store.clear_beats(monitor)
        assert await storage.count("beat_block") == 0
        assert storage.database.stats.commits - before >= 4
