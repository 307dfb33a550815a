"""Hours and days of a monitor: what is counted in each, and how long it was down."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kuma_lite.beats.buckets import DAY_S, HOUR_S, MS, Bucket, Span, days_span, hours_span
from kuma_lite.beats.periods import Interval, Period, intervals, periods
from kuma_lite.core.declarations import Status
from tests.support.storage import Storage, opened

HOUR = HOUR_S * MS
SPAN = Span(HOUR_S, 3, 12)  # the hours 10, 11 and 12
NOW = 12 * HOUR + HOUR // 2


def shown(outages: list[Interval]) -> list[tuple[int, int]]:
    return [(period.outages, period.down_ms) for period in periods({}, outages, SPAN, NOW)]


@pytest.mark.parametrize(
    ("outages", "expected"),
    [
        ([], [(0, 0), (0, 0), (0, 0)]),
        ([(11 * HOUR + 5, 11 * HOUR + 65)], [(0, 0), (1, 60), (0, 0)]),
        # One that lasts over the turn of the hour is in both, with its part.
        ([(11 * HOUR - 10, 11 * HOUR + 20)], [(1, 10), (1, 20), (0, 0)]),
        # What ends with the turn is not in the next.
        ([(10 * HOUR, 11 * HOUR)], [(1, HOUR), (0, 0), (0, 0)]),
        # From before the span, and beyond now.
        ([(0, 99 * HOUR)], [(1, HOUR), (1, HOUR), (1, HOUR // 2)]),
        ([(1, 2), (99 * HOUR, 100 * HOUR)], [(0, 0), (0, 0), (0, 0)]),
        # One that is noticed just now has no length yet.
        ([(NOW, NOW)], [(0, 0), (0, 0), (1, 0)]),
        ([(10 * HOUR, 10 * HOUR + 1), (10 * HOUR + 5, 10 * HOUR + 8)], [(2, 4), (0, 0), (0, 0)]),
    ],
)
def test_outages_are_shared_out_among_the_periods(
    outages: list[Interval], expected: list[tuple[int, int]]
) -> None:
    assert shown(outages) == expected


def test_every_period_is_there_with_what_was_counted_in_it() -> None:
    found = periods({9: Bucket(up=9), 11: Bucket(up=3, down=1)}, [], SPAN, NOW)
    assert [period.began for period in found] == [10 * HOUR, 11 * HOUR, 12 * HOUR]
    assert [period.uptime for period in found] == [None, 0.75, None]
    assert Period(0, Bucket(maintenance=5), 0, 0).uptime is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], []),
        ([(10, Status.UP)], []),
        ([(10, Status.DOWN)], [(10, 50)]),
        ([(10, Status.DOWN), (20, Status.UP), (30, Status.DOWN)], [(10, 20), (30, 50)]),
        ([(10, Status.DOWN), (20, Status.MAINTENANCE), (30, Status.UP)], [(10, 20)]),
        ([(10, Status.DOWN), (20, Status.DOWN)], [(10, 20), (20, 50)]),
        ([(60, Status.DOWN)], [(60, 60)]),  # its clock was ahead
    ],
)
def test_a_monitor_is_down_until_the_next_change(
    changes: list[tuple[int, int]], expected: list[Interval]
) -> None:
    assert intervals(changes, 50) == expected


async def fill(storage: Storage, monitor: int, hours: int, seed: int) -> int:
    """Beats by the minute with changes by chance; returns how long it was down, in milliseconds."""
    dice, status, down, since = random.Random(seed), Status.UP, 0, 0
    for _ in range(hours * 60):
        storage.clock.advance(60)
        after = Status.DOWN if dice.random() < 0.05 else Status.UP
        if after is status:
            storage.record(monitor, status=after, ping=5.0 if after is Status.UP else None)
            continue
        await storage.record_now(monitor, status=after, important=True)
        if after is Status.DOWN:
            since = storage.now
        else:
            down += storage.now - since
        status = after
    return down + (storage.now - since if status is Status.DOWN else 0)


async def test_many_monitors_are_read_at_once_from_disk_and_memory(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        names = [await storage.monitor(name) for name in "abc"]
        down = [await fill(storage, monitor, 30, monitor) for monitor in names[:2]]
        now = storage.clock.now()
        for span in (days_span(90, now), hours_span(100, now)):
            found = await storage.store.periods(dict.fromkeys(names, True), span, now)
            assert list(found) == names
            for monitor, lost in zip(names, [*down, 0], strict=True):
                rows = found[monitor]
                assert len(rows) == span.length
                assert rows[-1].began == int(now) // span.seconds * span.seconds * MS
                assert sum(row.down_ms for row in rows) == lost
                counted = sum(row.bucket.up + row.bucket.down for row in rows)
                assert counted == (1800 if monitor != names[2] else 0)
            assert all(row.outages > 0 for row in found[names[0]] if row.bucket.down)
        assert await storage.store.periods({}, days_span(90, now), now) == {}


async def test_an_outage_from_before_the_span_goes_on_until_nobody_watches(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        await storage.record_now(monitor, status=Status.DOWN, important=True)
        for _ in range(3):
            storage.clock.advance(DAY_S)
            last = storage.record(monitor, status=Status.DOWN)
        storage.clock.advance(2 * DAY_S)
        now = storage.clock.now()
        watched = await storage.store.periods({monitor: True}, days_span(3, now), now)
        assert [row.outages for row in watched[monitor]] == [1, 1, 1]
        paused = await storage.store.periods({monitor: False}, days_span(3, now), now)
        assert [row.outages for row in paused[monitor]] == [1, 0, 0]
        assert paused[monitor][0].down_ms == last.end_time - paused[monitor][0].began
