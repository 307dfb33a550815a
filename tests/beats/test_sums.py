"""The sliding windows against a model that keeps every beat and looks at all of them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.beats.buckets import fold
from kuma_lite.beats.minutes import DAY_MINUTES, Minutes, pack_minutes
from kuma_lite.beats.sums import Statistics
from kuma_lite.core.declarations import Status
from tests.support.examples import examples
from tests.support.storage import START_MS, beat

MINUTE, DAY = 60_000, 86_400_000
WINDOWS = {"24": (MINUTE, 1440), "720": (DAY, 30), "1y": (DAY, 365)}
Row = tuple[Status, float | None, int]


def inside(rows: list[Row], window: str, now: int) -> list[Row]:
    unit, length = WINDOWS[window]
    return [row for row in rows if now // unit - length < row[2] // unit <= now // unit]


def model(rows: list[Row], window: str, now: int) -> tuple[float, float | None]:
    """Uptime and average ping by the definition: retries count as nothing."""
    rows = [row for row in rows if row[0] is not Status.PENDING]
    unit, _ = WINDOWS[window]
    wanted = inside(rows, window, now)
    if not any(status is not Status.MAINTENANCE for status, _, _ in wanted):
        if not rows:
            return 0.0, None
        last = max(at // unit for _, _, at in rows)
        wanted = [row for row in rows if row[2] // unit == last]
    up = sum(status is Status.UP for status, _, _ in wanted)
    down = sum(status is Status.DOWN for status, _, _ in wanted)
    pings = [ping for status, ping, _ in wanted if status is Status.UP and ping is not None]
    return (up / (up + down) if up + down else 0.0), (sum(pings) / len(pings) if pings else None)


def check(
    statistics: Statistics, rows: list[Row], now: int, windows: tuple[str, ...] = tuple(WINDOWS)
) -> None:
    for window in windows:
        uptime, ping = model(rows, window, now)
        assert statistics.uptime(window, now / 1000) == pytest.approx(uptime, abs=1e-12), window
        found = statistics.average_ping(window, now / 1000)
        assert found == (None if ping is None else pytest.approx(ping, rel=1e-6)), window


def test_nothing_is_known_at_first() -> None:
    statistics = Statistics()
    for window in WINDOWS:
        assert statistics.uptime(window, START_MS / 1000) == 0
        assert statistics.average_ping(window, START_MS / 1000) is None


def test_a_hiccup_that_never_was_an_outage_costs_no_uptime() -> None:
    statistics = Statistics()
    for step in range(3):
        statistics.add(Status.UP, 10.0, START_MS + step * 60_000)
        for retry in range(20):  # as many as a short retry interval makes
            statistics.add(Status.PENDING, None, START_MS + step * 60_000 + retry * 1_000)
    now = START_MS / 1000 + 180
    assert [statistics.uptime(window, now) for window in WINDOWS] == [1.0] * len(WINDOWS)


def test_an_outage_counts_from_its_first_down() -> None:
    statistics = Statistics()
    for status in (Status.UP, Status.PENDING, Status.PENDING, Status.DOWN, Status.UP, Status.UP):
        statistics.add(status, None, START_MS)
    assert statistics.uptime("24", START_MS / 1000) == 0.75


def test_a_monitor_that_only_tries_has_no_uptime() -> None:
    statistics = Statistics()
    statistics.add(Status.PENDING, None, START_MS)
    assert statistics.uptime("24", START_MS / 1000) == 0.0
    statistics.add(Status.UP, None, START_MS)
    statistics.add(Status.PENDING, None, START_MS + 2 * DAY)
    assert statistics.uptime("24", START_MS / 1000 + 2 * 86_400) == 1.0


def test_what_counts_as_what() -> None:
    statistics = Statistics()
    for status, ping in [
        (Status.UP, 10.0),
        (Status.UP, None),
        (Status.UP, 30.0),
        (Status.DOWN, 1000.0),
        (Status.PENDING, 1000.0),
        (Status.MAINTENANCE, 1000.0),
    ]:
        statistics.add(status, ping, START_MS)
    for window in WINDOWS:
        assert statistics.uptime(window, START_MS / 1000) == 0.75
        assert statistics.average_ping(window, START_MS / 1000) == 20


def test_a_beat_leaves_the_day_after_1440_minutes() -> None:
    statistics = Statistics()
    statistics.add(Status.DOWN, None, START_MS)
    statistics.add(Status.UP, 5.0, START_MS + MINUTE)
    end = START_MS // MINUTE * MINUTE + DAY
    assert statistics.uptime("24", (end - 1) / 1000) == 0.5
    assert statistics.uptime("24", end / 1000) == 1


def test_a_day_leaves_the_month_after_30_days_and_the_year_after_365() -> None:
    statistics = Statistics()
    day = START_MS // DAY
    statistics.add(Status.DOWN, None, day * DAY)
    statistics.add(Status.UP, 5.0, (day + 29) * DAY)
    statistics.add(Status.UP, 5.0, (day + 364) * DAY)
    assert statistics.uptime("720", (day + 29) * DAY / 1000) == 0.5
    assert statistics.uptime("720", (day + 30) * DAY / 1000) == 1
    assert statistics.uptime("1y", (day + 364) * DAY / 1000) == pytest.approx(2 / 3)
    assert statistics.uptime("1y", (day + 365) * DAY / 1000) == 1


def test_an_empty_window_shows_the_last_bucket() -> None:
    statistics = Statistics()
    statistics.add(Status.UP, 7.0, START_MS)
    statistics.add(Status.DOWN, None, START_MS)
    later = START_MS / 1000 + 3 * 365 * 86_400
    for window in WINDOWS:
        assert statistics.uptime(window, later) == 0.5
        assert statistics.average_ping(window, later) == 7


def test_maintenance_alone_is_an_empty_last_bucket() -> None:
    statistics = Statistics()
    statistics.add(Status.UP, 7.0, START_MS)
    later = START_MS + 2 * DAY
    statistics.add(Status.MAINTENANCE, None, later)
    assert statistics.uptime("24", later / 1000) == 0
    assert statistics.average_ping("24", later / 1000) is None
    assert statistics.uptime("720", later / 1000) == 1


def test_a_flood_in_one_minute_is_counted_to_the_last() -> None:
    """More beats than an entry can count, with and without response times."""
    statistics, rows = Statistics(), []
    for number in range(2_000):
        status = Status.DOWN if number % 3 == 0 else Status.UP
        row = (status, None if number % 5 == 0 else float(number % 50), START_MS + number)
        statistics.add(*row)
        rows.append(row)
    later = (Status.UP, 1.0, START_MS + 5 * MINUTE)
    statistics.add(*later)
    rows.append(later)
    check(statistics, rows, START_MS + 5 * MINUTE)
    check(statistics, rows, START_MS + DAY + 2 * MINUTE)


def test_a_response_time_of_years_does_no_harm() -> None:
    statistics = Statistics()
    statistics.add(Status.UP, 1e39, START_MS)
    statistics.add(Status.UP, 5.0, START_MS + MINUTE)
    assert statistics.average_ping("24", START_MS / 1000 + 60) == pytest.approx(1.5e38)
    end = START_MS // MINUTE * MINUTE + DAY
    statistics.add(Status.UP, 6.0, end)
    assert statistics.average_ping("24", end / 1000) == 5.5


STEPS = st.lists(
    st.tuples(
        st.sampled_from(Status),
        st.one_of(st.none(), st.floats(0, 10_000, allow_nan=False, width=32)),
        st.one_of(
            st.integers(0, 3 * MINUTE),
            st.integers(0, 2 * DAY),
            st.sampled_from([0, 1, MINUTE, DAY, 31 * DAY, 366 * DAY]),
        ),
    ),
    max_size=60,
)


@examples(200)
@given(STEPS, st.integers(0, 400 * DAY))
def test_windows_agree_with_the_model(steps: list[tuple[Status, float | None, int]], after: int) -> None:
    statistics, rows, now = Statistics(), [], START_MS
    for status, ping, step in steps:
        now += step
        statistics.add(status, ping, now)
        rows.append((status, ping, now))
        check(statistics, rows, now)
    check(statistics, rows, now + after)


@examples(100)
@given(
    st.lists(
        st.tuples(st.sampled_from(Status), st.integers(0, 500), st.integers(-5 * MINUTE, 10 * MINUTE)),
        max_size=60,
    )
)
def test_a_clock_that_goes_back_a_little_costs_nothing(steps: list[tuple[Status, int, int]]) -> None:
    statistics, rows, now = Statistics(), [], START_MS
    for status, ping, step in steps:
        now += step
        statistics.add(status, float(ping), now)
        rows.append((status, float(ping), now))
    for at in (now, now + 30 * MINUTE, now + DAY - 5 * MINUTE):
        if any(row[0] in (Status.UP, Status.DOWN) for row in inside(rows, "24", at)):
            check(statistics, rows, at, ("24",))


def test_a_clock_that_was_far_ahead_is_forgotten() -> None:
    statistics = Statistics()
    statistics.add(Status.UP, 5.0, START_MS)
    statistics.add(Status.DOWN, None, START_MS + 200 * DAY)
    statistics.add(Status.UP, 5.0, START_MS + MINUTE)
    statistics.add(Status.UP, 5.0, START_MS + 2 * MINUTE)
    assert statistics.uptime("24", START_MS / 1000 + 120) == 1
    assert statistics.uptime("1y", START_MS / 1000 + 120) == 1


def test_three_days_at_twenty_seconds() -> None:
    """Sums that are carried along for long stay exact."""
    chance, statistics, rows = random.Random(3), Statistics(), []
    for number in range(3 * 4320):
        status = Status.DOWN if chance.random() < 0.01 else Status.UP
        row = (status, chance.randint(1, 500) / 10, START_MS + number * 20_000 + chance.randint(0, 200))
        statistics.add(*row)
        rows.append(row)
        if number % 997 == 0:
            check(statistics, rows, row[2])
    check(statistics, rows, rows[-1][2])
    assert len(statistics.minutes.packed()) <= 8 * DAY_MINUTES


@examples(100)
@given(STEPS, st.integers(1, 20), st.integers(0, 2 * DAY))
def test_what_was_packed_in_parts_loads_as_the_whole(
    steps: list[tuple[Status, float | None, int]], part: int, after: int
) -> None:
    beats, now = [], START_MS
    for number, (status, ping, step) in enumerate(steps):
        now += min(step, 2 * DAY)
        beats.append(beat(number, now - 5, status=status, ping=ping))
    loaded, whole = Minutes(), Statistics()
    for start in range(0, len(beats), part):
        block = beats[start : start + part]
        loaded.load(pack_minutes(fold(block, 60)), block[-1].time // MINUTE)
    loaded.loaded()
    for found in beats:
        whole.add(found.status, found.ping, found.end_time)
    for at in (now, now + after):
        expected = whole.minutes.totals(at // MINUTE)
        total = loaded.totals(at // MINUTE)
        assert total[:3] == expected[:3]
        assert total.ping_sum == pytest.approx(expected.ping_sum, rel=1e-6, abs=1e-6)


@given(STEPS)
def test_minutes_counted_together_are_beats_counted_one_by_one(
    steps: list[tuple[Status, float | None, int]],
) -> None:
    beats, now = [], START_MS
    for number, (status, ping, step) in enumerate(steps):
        now += step
        beats.append(beat(number, now - 5, status=status, ping=ping))
    one_by_one, together = Statistics(), Statistics()
    for found in beats:
        one_by_one.add(found.status, found.ping, found.end_time)
    together.add_minutes(fold(beats, 60))
    for window in WINDOWS:
        first, second = one_by_one.totals(window, now / 1000), together.totals(window, now / 1000)
        assert first[:3] == second[:3]
        assert first.ping_sum == pytest.approx(second.ping_sum, rel=1e-6, abs=1e-6)


def test_a_year_of_days_is_kept_and_not_more() -> None:
    statistics = Statistics()
    for day in range(1_000):
        statistics.add(Status.UP, 5.0, START_MS + day * DAY)
    assert len(statistics.days) <= 400
    totals = statistics.totals("1y", (START_MS + 999 * DAY) / 1000)
    assert totals.up == 365
