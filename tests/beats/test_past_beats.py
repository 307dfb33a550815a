from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from kuma_lite.beats.buckets import DAY_S, HOUR_S, fold
from kuma_lite.beats.model import Beat
from kuma_lite.beats.past_beats import RUN_LENGTH, recorded_up_to, write_beats, write_statistics
from tests.support.storage import START_MS, Storage, beat, opened

DAY_MS = 86_400_000


def past(count: int, monitor_id: int = 1, first_id: int = 1000) -> list[Beat]:
    return [
        beat(
            first_id + number,
            START_MS - (count - number) * 60_000,
            monitor_id=monitor_id,
            important=number % 50 == 0,
            msg=f"old {number % 50}",
            ping=number % 7 or None,
        )
        for number in range(count)
    ]


async def take_over(storage: Storage, beats: list[Beat], *, statistics: bool) -> None:
    runs = [beats[start : start + RUN_LENGTH] for start in range(0, len(beats), RUN_LENGTH)]
    await storage.database.write(partial(write_beats, runs=runs, statistics=statistics))


async def test_beats_are_taken_over_with_their_ids(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor, other = await storage.monitor("a"), await storage.monitor("b")
        beats = past(250, monitor)
        await take_over(storage, beats, statistics=True)
        loaded = await storage.reloaded()
        now = storage.clock.now()
        assert await storage.store.beats_since(monitor, 0) == beats
        assert loaded.rows(monitor) == beats[-100:]
        assert loaded.rows(other) == []
        assert await storage.store.important_page(None, 0, -1) == [
            found for found in beats[::-1] if found.important
        ]
        assert loaded.last_id == beats[-1].id
        for window in ("24", "720", "1y"):
            totals = loaded.statistics(monitor).totals(window, now)
            assert totals[:3] == (250, 0, sum(found.ping is not None for found in beats))
        for hours, seconds in ((48, HOUR_S), (8760, DAY_S)):
            rows = {
                row["timestamp"] // seconds: row["up"]
                for row in await storage.store.chart(monitor, hours, now)
            }
            assert {number: up for number, up in rows.items() if up} == {
                number: bucket.up for number, bucket in fold(beats, seconds).items()
            }


async def test_new_beats_go_on_where_the_past_ended(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        beats = past(120, monitor)
        await take_over(storage, beats, statistics=True)
    async with opened(tmp_path) as storage:
        new = storage.record(monitor)
        assert new.id == beats[-1].id + 1
        await storage.recorder.close()
        assert await storage.store.beats_since(monitor, 0) == [*beats, new]
        assert await storage.count("beat_block") == 2


async def test_it_is_known_how_far_an_import_came(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor, other = await storage.monitor("a"), await storage.monitor("b")
        assert await storage.database.read(recorded_up_to) == {}
        await storage.store.delete([await storage.monitor("gone")])
        await take_over(storage, past(150, monitor), statistics=False)
        await take_over(storage, past(5, other, 7), statistics=False)
        assert await storage.database.read(recorded_up_to) == {monitor: 1149, other: 11}


async def test_statistics_of_beats_that_are_gone(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        day = START_MS // DAY_MS - 40
        rows = [(monitor, day, 10, 5, 2, 8, 100.0, 1.5, 30.0), (monitor, day + 1, 1, 0, 0, 0, 0.0, 0.0, 0.0)]
        await storage.database.write(partial(write_statistics, unit="day", rows=rows))
        await storage.database.write(partial(write_statistics, unit="day", rows=rows[:1]))
        loaded = await storage.reloaded()
        assert loaded.statistics(monitor).totals("1y", storage.clock.now()) == pytest.approx(
            (21, 10, 16, 200.0)
        )
        (row,) = [row for row in await storage.store.chart(monitor, 8760, storage.clock.now()) if row["down"]]
        assert row == {
            "up": 20,
            "down": 10,
            "avgPing": 12.5,
            "minPing": 1.5,
            "maxPing": 30,
            "timestamp": day * DAY_S,
            "maintenance": 4,
        }
