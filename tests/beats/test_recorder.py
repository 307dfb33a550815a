from __future__ import annotations

import asyncio
from pathlib import Path

import apsw
import pytest

from kuma_lite.beats import recorder as module
from kuma_lite.beats.model import Beat
from kuma_lite.beats.recorder import Recorder, clean
from kuma_lite.core import database_commits as database_module
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import StorageTrouble
from tests.support.storage import FaultyDisk, Storage, new_beat, opened


async def run(
    storage: Storage, monitor_ids: list[int], rounds: int, every: float = 20, flush_every: int = 7
) -> None:
    """Let monitors report once per round; what is recorded is on disk at the end."""
    for number in range(rounds):
        storage.clock.advance(every)
        for monitor_id in monitor_ids:
            status = Status.DOWN if (number + monitor_id) % 17 == 0 else Status.UP
            storage.record(monitor_id, status=status, ping=None if status is Status.DOWN else number % 90)
        if number % flush_every == 0:
            await storage.recorder.flush()
    await storage.recorder.flush()


async def assert_same_after_reload(storage: Storage, monitor_ids: list[int]) -> Recorder:
    loaded = await storage.reloaded()
    now = storage.clock.now()
    for monitor_id in monitor_ids:
        assert loaded.rows(monitor_id) == storage.recorder.rows(monitor_id)
        for window in ("24", "720", "1y"):
            found = loaded.statistics(monitor_id).totals(window, now)
            expected = storage.recorder.statistics(monitor_id).totals(window, now)
            assert found[:3] == expected[:3], (monitor_id, window)
            assert found.ping_sum == pytest.approx(expected.ping_sum)
    assert loaded.last_id == storage.recorder.last_id
    return loaded


async def test_a_beat_is_in_memory_at_once_and_on_disk_soon(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        beat = storage.record(monitor, msg="hello")
        assert storage.recorder.last(monitor) == beat
        assert storage.recorder.statistics(monitor).uptime("24", storage.clock.now()) == 1
        assert storage.recorder.unwritten == 1
        await storage.recorder.flush()
        assert storage.recorder.unwritten == 0
        assert await storage.count("beat_log") == 1


async def test_ordinary_beats_are_committed_without_being_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "COMMIT_EVERY_S", 0.05)
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        storage.record(monitor)
        async with asyncio.timeout(20):
            while storage.recorder.unwritten:
                await asyncio.sleep(0.01)
        assert await storage.count("beat_log") == 1


async def test_ids_grow_and_are_not_given_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        first = storage.record(monitor)
        second = await storage.record_now(monitor)
        assert (first.id, second.id) == (1, 2)
    async with opened(tmp_path) as storage:
        assert storage.record(monitor).id == 3
        await storage.store.clear_all_beats()
    async with opened(tmp_path) as storage:
        assert storage.record(monitor).id == 4
        await storage.store.delete([monitor])
        await storage.recorder.close()
    async with opened(tmp_path) as storage:
        assert storage.record(await storage.monitor()).id == 5


async def test_an_announced_beat_is_on_disk_with_its_messages(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        seen: list[Beat] = []

        def also(connection: apsw.Connection, beat: Beat) -> None:
            seen.append(beat)
            connection.execute("INSERT INTO setting (key, value) VALUES ('told', ?)", (str(beat.id),))

        new = new_beat(monitor, storage.now, important=True)
        beat = await storage.recorder.record_now(new, also)
        assert seen == [beat]
        assert await storage.count("setting") == 1
        assert await storage.count("beat_event") == 1
        assert storage.recorder.last(monitor) == beat


async def test_neither_beat_nor_message_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        before = storage.record(monitor)

        def also(connection: apsw.Connection, beat: Beat) -> None:
            connection.execute("INSERT INTO setting (key, value) VALUES ('told', '1')")
            raise ValueError("cannot say it")

        with pytest.raises(ValueError, match="cannot say it"):
            await storage.recorder.record_now(new_beat(monitor, storage.now, important=True), also)
        assert await storage.count("setting") == 0
        assert await storage.count("beat_event") == 0
        assert storage.recorder.last(monitor) == before


async def test_a_caller_that_is_cancelled_leaves_no_half_known_beat(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        task = asyncio.create_task(storage.record_now(monitor, important=True))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(20):
            while storage.recorder.last(monitor) is None:
                await asyncio.sleep(0.01)
        assert await storage.count("beat_event") == 1
        await assert_same_after_reload(storage, [monitor])


async def test_a_full_block_is_packed_and_the_log_is_cut(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitors = [await storage.monitor(str(number)) for number in range(3)]
        await run(storage, monitors, 250)
        for _ in range(4):
            storage.record(monitors[0])
            await storage.recorder.flush()
        assert await storage.count("beat_block") == 6
        assert await storage.count("beat_log") < 25
        await assert_same_after_reload(storage, monitors)


async def test_a_start_after_a_kill_at_any_moment_knows_the_same(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitors = [await storage.monitor(str(number)) for number in range(4)]
        for _ in range(12):
            await run(storage, monitors, 23)
            await storage.record_now(monitors[1], important=True, status=Status.DOWN)
            await assert_same_after_reload(storage, monitors)


async def test_a_clean_stop_leaves_an_empty_log(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitors = [await storage.monitor(str(number)) for number in range(60)]
        await run(storage, monitors, 12)
        expected = {monitor: storage.recorder.rows(monitor) for monitor in monitors}
        await storage.recorder.close()
        assert await storage.count("beat_log") == 0
    async with opened(tmp_path, clock=storage.clock) as again:
        assert {monitor: again.recorder.rows(monitor) for monitor in monitors} == expected


async def test_blocks_are_filled_up_after_restarts(tmp_path: Path) -> None:
    """Stopping ten times an hour must not leave ten times as many blocks."""
    clock = ManualClock()
    for _ in range(10):
        async with opened(tmp_path, clock=clock) as storage:
            monitor = 1 if await storage.count("monitor") else await storage.monitor()
            await run(storage, [monitor], 9)
            await storage.recorder.close()
    async with opened(tmp_path, clock=clock) as storage:
        assert await storage.count("beat_block") == 1
        assert len(storage.recorder.rows(monitor)) == 90
        assert storage.recorder.statistics(monitor).totals("24", clock.now())[:2] == (90, 0)


async def test_a_block_that_is_not_loaded_whole_is_not_filled_up(tmp_path: Path) -> None:
    """Of 81 beats in the last block memory has 24, and 76 are in the log: more than a block holds."""
    async with opened(tmp_path) as storage:
        monitor_id = await storage.monitor()
        for count in (100, 81):
            for _ in range(count):
                storage.record(monitor_id)
                storage.clock.advance(20)
            await storage.recorder.seal(monitor_id)
        for _ in range(76):
            storage.record(monitor_id)
            storage.clock.advance(20)
        await storage.recorder.flush()
        loaded = await storage.reloaded()
        ring = loaded.recent.rings[monitor_id]
        assert (len(ring), ring.unsealed, ring.tail_count) == (100, 76, 81)
        storage.database._contributors[:] = [loaded]
        await loaded.close()
        assert len(await storage.store.beats_since(monitor_id, 0)) == 257


async def test_slow_monitors_are_packed_every_hour(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        await run(storage, [monitor], 5, every=900)
        await run(storage, [monitor], 3, every=10)
        assert await storage.count("beat_block") == 1
        await assert_same_after_reload(storage, [monitor])


async def test_many_monitors_are_packed_a_slice_at_a_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitors = [await storage.monitor(str(number)) for number in range(95)]
        await run(storage, monitors, 100, flush_every=1)
        assert await storage.count("beat_block") == 40
        for expected in (80, 95, 95):
            await storage.database.flush()
            assert await storage.count("beat_block") == expected
        await storage.database.flush()
        assert await storage.count("beat_log") == 0
        await assert_same_after_reload(storage, monitors)


async def test_other_monitors_keep_their_part_of_the_log(tmp_path: Path) -> None:
    """A fast monitor is packed often; the log stays as long as a slow one needs it."""
    async with opened(tmp_path) as storage:
        fast, slow = await storage.monitor("fast"), await storage.monitor("slow")
        storage.record(slow, msg="once")
        await run(storage, [fast], 350, every=1)
        await storage.database.flush()
        assert await storage.count("beat_block") >= 3
        loaded = await assert_same_after_reload(storage, [fast, slow])
        assert [beat.msg for beat in loaded.rows(slow)] == ["once"]


async def test_a_full_disk_costs_memory_and_not_beats(tmp_path: Path) -> None:
    disk = FaultyDisk()
    async with opened(tmp_path, disk=disk) as storage:
        monitor = await storage.monitor()
        disk.full = True
        for _ in range(150):
            storage.clock.advance(20)
            storage.record(monitor)
            with pytest.raises(StorageTrouble):
                await storage.recorder.flush()
        with pytest.raises(StorageTrouble):
            await storage.record_now(monitor, status=Status.DOWN, important=True)
        assert storage.recorder.last(monitor).status is Status.UP  # type: ignore[union-attr]
        assert storage.recorder.unwritten == 150
        disk.full = False
        await storage.recorder.flush()
        assert storage.recorder.unwritten == 0
        assert storage.recorder.lost == 0
        storage.record(monitor)
        await storage.recorder.flush()
        await assert_same_after_reload(storage, [monitor])


async def test_memory_has_an_end_while_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_UNWRITTEN", 20)
    disk = FaultyDisk()
    async with opened(tmp_path, disk=disk) as storage:
        monitor = await storage.monitor()
        disk.full = True
        for _ in range(50):
            storage.record(monitor)
        assert storage.recorder.unwritten == 20
        assert storage.recorder.lost == 30
        disk.full = False


async def test_forgetting_a_monitor_while_a_commit_is_under_way(tmp_path: Path) -> None:
    disk = FaultyDisk()
    async with opened(tmp_path, disk=disk) as storage:
        gone, stays = await storage.monitor("gone"), await storage.monitor("stays")
        await run(storage, [gone, stays], 120, flush_every=1000)
        disk.open_door.clear()
        committing = asyncio.create_task(storage.database.flush())
        await disk.until_held()
        storage.recorder.forget(gone)
        disk.open_door.set()
        await committing
        await storage.store.clear_beats(gone)
        assert storage.recorder.rows(gone) == []
        await run(storage, [gone, stays], 3)
        await assert_same_after_reload(storage, [gone, stays])
        assert len(storage.recorder.rows(gone)) == 3


async def test_beats_recorded_while_a_block_is_written_stay_in_the_log(tmp_path: Path) -> None:
    disk = FaultyDisk()
    async with opened(tmp_path, disk=disk) as storage:
        monitor, other = await storage.monitor("a"), await storage.monitor("b")
        await run(storage, [monitor], 99)
        storage.record(monitor)
        disk.open_door.clear()
        committing = asyncio.create_task(storage.database.flush())
        await disk.until_held()
        meanwhile = [storage.record(monitor, msg=f"meanwhile {number}") for number in range(3)]
        disk.open_door.set()
        await committing
        assert await storage.count("beat_block") == 1
        await run(storage, [other], 101, every=1)
        await storage.recorder.close()
        assert await storage.count("beat_log") == 0
        loaded = await assert_same_after_reload(storage, [monitor, other])
        assert loaded.rows(monitor)[-3:] == meanwhile
        assert len(await storage.store.beats_since(monitor, 0)) == 103


async def test_the_log_is_not_cut_under_a_beat_that_is_being_recorded(tmp_path: Path) -> None:
    """It is on disk before it is in memory; a commit between the two must leave its row alone."""
    disk = FaultyDisk()
    async with opened(tmp_path, disk=disk) as storage:
        slow, fast = await storage.monitor("slow"), await storage.monitor("fast")
        await run(storage, [fast], 99)
        await storage.recorder.seal(fast)
        disk.open_door.clear()
        recording = asyncio.create_task(storage.record_now(slow, important=True, msg="keep me"))
        await disk.until_held()
        beat_id = storage.recorder.last_id
        storage.record(fast)
        storage.recorder._log_to_cut = True
        storage.recorder.take()
        assert storage.recorder._taken is not None
        assert storage.recorder._taken.cut_before <= beat_id
        disk.open_door.set()
        await recording


async def test_beats_of_a_monitor_that_is_gone_are_not_loaded(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        await run(storage, [monitor, 999], 5)
        loaded = await storage.reloaded()
        assert loaded.rows(999) == []
        assert len(loaded.rows(monitor)) == 5


async def test_a_year_of_days_is_loaded(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        for day in range(400):
            storage.clock.advance(86_400)
            storage.record(monitor, status=Status.DOWN if day % 4 else Status.UP)
            if day % 20 == 0:
                await storage.recorder.flush()
        await storage.recorder.close()
        loaded = await assert_same_after_reload(storage, [monitor])
        assert loaded.statistics(monitor).totals("1y", storage.clock.now()).up == 91


def test_halves_of_characters_are_replaced() -> None:
    assert clean("plain") == "plain"
    assert clean("é 🐻") == "é 🐻"
    assert clean("half \ud83d here") == "half ? here"


@pytest.mark.parametrize("ping", [float("inf"), float("nan"), -float("inf")])
async def test_a_response_time_that_is_no_number_is_none(tmp_path: Path, ping: float) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        assert storage.record(monitor, ping=ping).ping is None
        assert '"ping":null' in storage.recorder.rows_json(monitor)


async def test_odd_texts_are_recorded(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        await storage.record_now(monitor, msg="half \udc00\x00 é", important=True)
        (found,) = await storage.store.important_page(None, 0, 10)
        assert found.msg == "half ?\x00 é"
        await assert_same_after_reload(storage, [monitor])
