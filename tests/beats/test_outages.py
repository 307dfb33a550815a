"""Outages: from a change to DOWN until the next change, told from the events on disk."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kuma_lite.beats.model import Beat
from kuma_lite.beats.outages import Outage, Outages
from kuma_lite.core.declarations import Status
from kuma_lite.monitors.engine.roster import Monitor, Roster
from tests.support.storage import Storage, opened

STATES = (Status.DOWN, Status.UP, Status.PENDING, Status.MAINTENANCE)


async def watched(storage: Storage, *names: str) -> Roster:
    roster = Roster()
    for name in names:
        number = await storage.monitor(name)
        roster.put(Monitor(number, 1, True, {"name": name, "type": "http"}))
    return roster


def of(storage: Storage, roster: Roster) -> Outages:
    return Outages(storage.database, storage.recorder, roster.activity)


async def newest(outages: Outages, count: int, ongoing: bool | None = None) -> list[Outage]:
    return (await outages.page(count, ongoing=ongoing))[0]


async def total(outages: Outages, ongoing: bool | None = None) -> int:
    return (await outages.page(1, ongoing=ongoing))[1]


async def change(storage: Storage, monitor: int, status: Status, msg: str = "") -> Beat:
    return await storage.record_now(monitor, status=status, msg=msg, important=True)


async def test_an_outage_begins_with_down_and_ends_with_whatever_follows(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        roster = await watched(storage, "a", "b")
        outages = of(storage, roster)
        assert (await newest(outages, 10), await total(outages)) == ([], 0)
        first = await change(storage, 1, Status.DOWN, "refused")
        assert await newest(outages, 10) == [Outage(first.id, 1, first.time, None, "refused")]
        storage.clock.advance(60)
        storage.record(1, status=Status.DOWN)  # an ordinary beat changes nothing
        second = await change(storage, 2, Status.DOWN, "late")
        storage.clock.advance(60)
        back = await change(storage, 1, Status.UP)
        assert await newest(outages, 10) == [
            Outage(second.id, 2, second.time, None, "late"),
            Outage(first.id, 1, first.time, back.time, "refused"),
        ]
        assert [one.id for one in await newest(outages, 10, True)] == [second.id]
        assert [one.id for one in await newest(outages, 10, False)] == [first.id]
        totals = [await total(outages, which) for which in (None, True, False)]
        assert totals == [2, 1, 1]


async def test_what_is_not_watched_any_more_does_not_go_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        roster = await watched(storage, "a")
        begin = await change(storage, 1, Status.DOWN)
        storage.clock.advance(60)
        last = storage.record(1, status=Status.DOWN)
        monitor = roster.get(1)
        assert monitor is not None
        monitor.active = False
        outages = of(storage, roster)
        (outage,) = await newest(outages, 10, False)
        assert (outage.began, outage.ended) == (begin.time, last.end_time)
        assert (await total(outages, True), await total(outages, False)) == (0, 1)


@pytest.mark.parametrize("seed", range(4))
async def test_any_history_is_told_as_a_plain_count_would(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    async with opened(tmp_path) as storage:
        roster = await watched(storage, "a", "b", "c")
        changes: list[Beat] = []
        for _ in range(60):
            storage.clock.advance(dice.choice((0, 1, 30)))
            changes.append(await change(storage, dice.randint(1, 3), dice.choice(STATES), dice.choice("xyz")))
        expected = []
        for place, beat in enumerate(changes):
            if beat.status is Status.DOWN:
                later = [one for one in changes[place + 1 :] if one.monitor_id == beat.monitor_id]
                expected.append(
                    Outage(beat.id, beat.monitor_id, beat.time, later[0].time if later else None, beat.msg)
                )
        expected.sort(key=lambda one: (one.ended is not None, -one.began, -one.id))
        outages = of(storage, roster)
        assert await newest(outages, 1000) == expected
        assert await newest(outages, 7) == expected[:7]
        for ongoing in (True, False):
            kind = [one for one in expected if (one.ended is None) == ongoing]
            assert await newest(outages, 1000, ongoing) == kind
            assert await total(outages, ongoing) == len(kind)
        assert await total(outages) == len(expected)


async def test_the_index_for_them_is_used(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        query = "EXPLAIN QUERY PLAN SELECT count(*) FROM beat_event WHERE status = 0"
        (row,) = await storage.database.read(lambda connection: connection.execute(query).fetchall())
        assert "beat_event_down" in row[3]
