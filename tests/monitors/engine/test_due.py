"""When monitors fall due: no drift, no bursts, evenly spread."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.clock import ManualClock, SystemClock
from kuma_lite.monitors.engine.due import (
    FINE_AT,
    FINE_S,
    GRID_S,
    IDLE_S,
    LEAST_GAP_S,
    START_SPREAD_S,
    first_due,
    grid,
    is_overdue,
    next_due,
    next_wake,
    phase,
    second_due,
)
from kuma_lite.monitors.engine.scheduler import Scheduler

SECONDS = st.floats(0.1, 100_000, allow_nan=False)


def test_phases_spread_consecutive_ids_evenly() -> None:
    buckets = [0] * 20
    for monitor_id in range(1, 1001):
        buckets[int(phase(monitor_id) * 20)] += 1
    assert max(buckets) - min(buckets) <= 3


@given(SECONDS, SECONDS, st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False)), st.floats(0, 0.999))
def test_first_due_is_soon_and_never_in_the_past(
    now: float, interval: float, age: float | None, place: float
) -> None:
    due = first_due(now, interval, age, place)
    assert now <= due <= now + interval


def test_first_due_goes_on_with_the_schedule_of_the_last_run() -> None:
    assert first_due(1000, 60, 45, 0.5) == 1015
    assert first_due(1000, 60, 61, 0.5) == 1000 + 0.5 * START_SPREAD_S
    assert first_due(1000, 60, None, 0.25) == 1000 + 0.25 * START_SPREAD_S
    assert first_due(1000, 60, 5, 0.5, delay=True) == 1060


def test_first_due_at_the_edges_of_an_interval() -> None:
    assert first_due(1000, 60, 0, 0.5) == 1060, "looked at this very moment: a whole interval is left"
    assert first_due(1000, 60, 0.5, 0.5) == 1059.5
    assert first_due(1000, 60, 59.5, 0.5) == 1000.5
    assert first_due(1000, 60, 60, 0.5) == 1015, "a whole interval ago: overdue"
    assert first_due(1000, 60, -0.5, 0.5) == 1015, "the clock ran backwards"
    assert first_due(1000, 10, 20, 0.5) == 1005, "never more than an interval"


def test_next_due_at_the_edges_of_a_turn() -> None:
    assert next_due(100, 20, 100) == 120
    assert next_due(100, 20, 119.9) == 120
    assert next_due(100, 20, 120) == 140, "a moment that has come is not the next one"
    assert next_due(100, 20, 139.9) == 140
    assert next_due(100, 20, 90) == 120


@pytest.mark.parametrize("interval", [20.0, 60.0, 600.0, 86_400.0])
def test_whoever_was_overdue_is_spread_over_the_whole_interval(interval: float) -> None:
    seconds: list[float] = []
    for monitor_id in range(1, 2001):
        place = phase(monitor_id)
        first = first_due(1000, interval, None, place)
        second = second_due(1000, interval, place, interval, first + 0.05)
        assert first < second <= first + interval + LEAST_GAP_S
        assert next_due(second, interval, second) == second + interval
        seconds.append((second - 1000) % interval)
    parts = Counter(int(moment / interval * 10) for moment in seconds)
    assert max(parts.values()) - min(parts.values()) <= 20  # of 200


@given(SECONDS, SECONDS, SECONDS, st.floats(0, 0.999), st.floats(0, 1e6, allow_nan=False))
def test_a_second_look_is_never_later_than_what_follows_the_first(
    began: float, interval: float, wait: float, place: float, late: float
) -> None:
    now = first_due(began, interval, None, place) + late
    following = second_due(began, interval, place, wait, now)
    assert now - 1e-6 < following <= now + wait + LEAST_GAP_S + 1e-6


def test_second_due_at_its_edges() -> None:
    assert second_due(1000, 600, 0.5, 600, 1015) == 1300
    assert second_due(1000, 600, 0.0, 600, 1000) == 1600, "the first look was in its place"
    assert second_due(1000, 600, 0.5, 600, 1299.5) == 1900, "too soon after the first one"
    assert second_due(1000, 600, 0.5, 600, 1298) == 1300


def test_what_is_overdue() -> None:
    assert all(is_overdue(60, age) for age in (None, -0.1, 60, 61))
    assert not any(is_overdue(60, age) for age in (0, 59.9))


def test_phases_are_what_they_were() -> None:
    # They decide when monitors are looked at after a start: another spread would move all of them.
    assert [round(phase(monitor_id), 3) for monitor_id in (0, 1, 2, 5)] == [0.0, 0.618, 0.236, 0.09]


@given(SECONDS, SECONDS, st.floats(0, 1e6, allow_nan=False))
def test_next_due_stays_on_the_schedule(due: float, wait: float, late: float) -> None:
    now = due + late
    following = next_due(due, wait, now)
    assert following > now - 1e-6
    assert following <= now + wait + 1e-6
    steps = (following - due) / wait
    assert abs(steps - round(steps)) < 1e-3


def test_no_drift_over_a_day() -> None:
    due, now = 0.0, 0.0
    for _ in range(4320):
        now = due + 0.037  # every check ends a little late
        due = next_due(due, 20, now)
    assert due == 4320 * 20


@pytest.mark.parametrize("moment", [0.0, 0.01, 12.3456, 99.99])
def test_grid(moment: float) -> None:
    assert moment <= grid(moment) < moment + GRID_S + 1e-9


class TestScheduler:
    def make(self) -> tuple[Scheduler, ManualClock, list[tuple[int, float]]]:
        clock = ManualClock()
        handed: list[tuple[int, float]] = []
        return (
            Scheduler(clock, lambda i, due: handed.append((i, due)), lambda now, pause: None),
            clock,
            handed,
        )

    def test_hands_out_what_is_due_in_order(self) -> None:
        scheduler, clock, handed = self.make()
        now = clock.monotonic()
        for monitor_id, delay in ((1, 3.0), (2, 1.0), (3, 2.0), (4, 9.0)):
            scheduler.put(monitor_id, now + delay)
        clock.advance(3)
        assert scheduler.hand_out(clock.monotonic()) == 3
        assert [i for i, _ in handed] == [2, 3, 1]
        assert len(scheduler) == 1

    def test_nothing_is_due_twice(self) -> None:
        scheduler, clock, handed = self.make()
        scheduler.put(1, clock.monotonic())
        scheduler.hand_out(clock.monotonic())
        scheduler.hand_out(clock.monotonic() + 100)
        assert len(handed) == 1

    def test_the_latest_put_counts(self) -> None:
        scheduler, clock, handed = self.make()
        now = clock.monotonic()
        scheduler.put(1, now + 5)
        scheduler.put(1, now + 1)
        scheduler.put(1, now + 3)
        scheduler.hand_out(now + 2)
        assert handed == []
        scheduler.hand_out(now + 10)
        assert handed == [(1, now + 3)]

    def test_dropped_is_dropped(self) -> None:
        scheduler, clock, handed = self.make()
        scheduler.put(1, clock.monotonic())
        scheduler.drop(1)
        scheduler.drop(2)
        assert scheduler.hand_out(clock.monotonic() + 1) == 0
        assert handed == []

    def test_what_waits_longest_gets_the_room_there_is(self) -> None:
        clock, room = ManualClock(), 2
        handed: list[int] = []
        scheduler = Scheduler(clock, lambda i, due: handed.append(i), lambda now, pause: None, lambda: room)
        now = clock.monotonic()
        for monitor_id, delay in ((1, 3.0), (2, 1.0), (3, 2.0), (4, 9.0)):
            scheduler.put(monitor_id, now + delay)
        assert scheduler.hand_out(now + 3) == 2
        assert (handed, scheduler.held_back, len(scheduler)) == ([2, 3], True, 2)
        room = 0
        assert scheduler.hand_out(now + 3) == 0
        assert scheduler.held_back
        room = 5
        assert scheduler.hand_out(now + 3) == 1
        assert (handed, scheduler.held_back) == ([2, 3, 1], False)
        assert list(scheduler.lateness) == [2.0, 1.0, 0.0]

    async def test_runs_on_the_real_clock(self) -> None:
        clock = SystemClock()
        done = asyncio.Event()
        promised: list[tuple[float, float]] = []
        scheduler = Scheduler(clock, lambda i, due: done.set(), lambda *each: promised.append(each))
        ticks: list[float] = []
        scheduler.ticks.append(ticks.append)
        scheduler.put(1, clock.monotonic() + 0.15)
        scheduler.start()
        await asyncio.wait_for(done.wait(), 20)
        scheduler.stop()
        assert 0 <= scheduler.lateness[0] < 10
        assert ticks[0] == promised[0][0]
        assert all(0 < pause <= IDLE_S for _, pause in promised)

    async def test_what_is_put_in_while_it_sleeps_wakes_it(self) -> None:
        clock, done, awake = SystemClock(), asyncio.Event(), asyncio.Event()
        scheduler = Scheduler(clock, lambda i, due: done.set(), lambda now, pause: awake.set())
        scheduler.start()
        scheduler.put(1, clock.monotonic() + 3600)
        await asyncio.wait_for(awake.wait(), 20)
        sleeping = scheduler._timer
        scheduler.put(2, clock.monotonic())
        assert sleeping is not None
        assert sleeping.cancelled()
        await asyncio.wait_for(done.wait(), 20)
        scheduler.stop()

    async def test_goes_on_after_a_fault(self, caplog: pytest.LogCaptureFixture) -> None:
        clock, done = SystemClock(), asyncio.Event()

        def look(monitor_id: int, due: float) -> None:
            if monitor_id == 1:
                raise ValueError("a fault")
            done.set()

        scheduler = Scheduler(clock, look, lambda now, pause: None)
        scheduler.put(1, clock.monotonic())
        scheduler.put(2, clock.monotonic() + 0.01)
        scheduler.start()
        await asyncio.wait_for(done.wait(), 20)
        scheduler.stop()
        assert "could not be handed out" in caplog.text


@given(st.floats(0, 1e7), st.one_of(st.none(), st.floats(0, 1e7)), st.floats(0, 5000), st.booleans())
def test_the_next_wake_up(now: float, due: float | None, rate: float, watched: bool) -> None:
    step = FINE_S if rate >= FINE_AT else GRID_S
    pause = next_wake(now, due, rate, watched=watched) - now
    assert step / 2 - 1e-6 <= pause <= IDLE_S + 1e-6
    if watched or (due is not None and due <= now):
        assert pause <= 1.5 * step + 1e-6, "a witness, or what is due, waits for no longer"
    elif due is not None and due - now < IDLE_S - step:
        assert due - 1e-6 <= now + pause <= max(due, now + step / 2) + step + 1e-6, (
            "with what is due, not before"
        )
    else:
        assert pause >= IDLE_S - 2 * step


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_more_than_can_be_done_stretches_all_intervals_alike(share: float) -> None:
    """Half an hour of 300 monitors every 20 s, of whose checks only a share can be made; each takes 0.3 s."""
    clock, monitors, interval = ManualClock(), 300, 20.0
    running: list[tuple[float, int, float]] = []
    most = round(monitors / interval * share * 0.3)
    looks: Counter[int] = Counter()

    def look(monitor_id: int, due: float) -> None:
        looks[monitor_id] += 1
        running.append((clock.monotonic() + 0.3, monitor_id, due))

    scheduler = Scheduler(clock, look, lambda now, pause: None, lambda: most - len(running))
    for monitor_id in range(1, monitors + 1):
        scheduler.put(monitor_id, first_due(clock.monotonic(), interval, None, phase(monitor_id)))
    for _ in range(18_000):
        clock.advance(FINE_S)
        now = clock.monotonic()
        ended = [each for each in running if each[0] <= now + 1e-9]
        running[:] = [each for each in running if each[0] > now + 1e-9]
        for _, monitor_id, due in ended:
            scheduler.put(monitor_id, next_due(due, interval, now))
        scheduler.hand_out(now)
    could_be = most / 0.3 * 1800
    assert sum(looks.values()) >= 0.97 * could_be, "there is always somebody to look at"
    assert max(looks.values()) - min(looks.values()) <= 2
    assert max(scheduler.lateness) <= interval / share + 2 * interval
