from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.servers.samples.metrics import MAX_RATE, rate
from kuma_lite.servers.samples.packing import Point
from kuma_lite.servers.samples.rollup import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SPAN_MS,
    STEP_MS,
    Kept,
    Part,
    Tier,
    bucket_start,
    choose,
    coarser,
    parts,
    points_of,
    rates_of,
    replaced,
    span_start,
    together,
)

T0 = 1_699_920_000_000  # a whole day


def test_ten_minutes_of_a_gauge() -> None:
    points = points_of([(T0 + i * MINUTE_MS, i) for i in range(20)], counter=False)
    assert points == [
        Point(T0, 10, 0, 4.5, 9),
        Point(T0 + 10 * MINUTE_MS, 10, 10, 14.5, 19),
    ]


def test_ten_minutes_of_a_counter_are_rates_and_the_last_reading() -> None:
    samples = [(T0 + i * MINUTE_MS, 6_000 * i) for i in range(1, 11)]
    (first, second) = points_of(samples, counter=True, before=(T0, 0))
    assert first == Point(T0, 9, 100, 100, 100, last=54_000)
    assert second == Point(T0 + 10 * MINUTE_MS, 1, 100, 100, 100, last=60_000)


def test_a_restart_gives_no_rate() -> None:
    samples = [
        (T0, 900_000),
        (T0 + MINUTE_MS, 960_000),
        (T0 + 2 * MINUTE_MS, 60_000),
        (T0 + 3 * MINUTE_MS, 120_000),
    ]
    assert rates_of(samples) == [(T0 + MINUTE_MS, 1000.0), (T0 + 3 * MINUTE_MS, 1000.0)]


def test_a_lone_reading_of_a_counter_is_no_point() -> None:
    assert points_of([(T0, 5)], counter=True) == []


@given(
    st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 10**18)), min_size=2, max_size=40), st.booleans()
)
def test_no_rate_is_negative_or_absurd(steps: list[tuple[int, int]], with_before: bool) -> None:
    time, samples = T0, []
    for gap, value in steps:
        time += gap
        samples.append((time, value))
    before = (T0 - 60_000, 5) if with_before else None
    for _, per_second in rates_of(samples, before):
        assert 0 <= per_second <= MAX_RATE


@pytest.mark.parametrize(
    ("step", "grown", "expected"),
    [
        (60_000, 6_000, 100.0),
        (60_000, 0, 0.0),
        (60_000, -1, None),
        (999, 10, None),
        (0, 10, None),
        (1_000, 2e10, None),
    ],
)
def test_rate(step: int, grown: float, expected: float | None) -> None:
    assert rate((T0, 1e12), (T0 + step, 1e12 + grown)) == expected


points = st.lists(
    st.tuples(
        st.integers(0, 500), st.integers(1, 10), st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9)
    ),
    min_size=1,
    unique_by=lambda row: row[0],
).map(lambda rows: [Point(T0 + r[0] * 600_000, r[1], *sorted(r[2:])) for r in sorted(rows)])


@given(points)
def test_a_day_of_hours_is_a_day_of_ten_minutes(fine: list[Point]) -> None:
    by_hour = coarser(coarser(fine, Tier.HOUR), Tier.DAY)
    at_once = coarser(fine, Tier.DAY)
    for through, direct in zip(by_hour, at_once, strict=True):
        assert (through.time, through.weight, through.low, through.high) == (
            direct.time,
            direct.weight,
            direct.low,
            direct.high,
        )
        assert through.mean == pytest.approx(direct.mean)
        assert through.low <= through.mean <= through.high


def test_coarser_points_are_weighted_and_end_with_the_last_reading() -> None:
    fine = [
        Point(T0, 1, 0.0, 10.0, 20.0, 5),
        Point(T0 + HOUR_MS - 600_000, 3, 5.0, 30.0, 40.0, 7),
        Point(T0 + HOUR_MS, 2, 1.0, 2.0, 3.0, 9),
    ]
    assert coarser(fine, Tier.HOUR) == [
        Point(T0, 4, 0.0, 25.0, 40.0, 7),
        Point(T0 + HOUR_MS, 2, 1.0, 2.0, 3.0, 9),
    ]


@given(points)
def test_weights_add_up(fine: list[Point]) -> None:
    assert sum(p.weight for p in coarser(fine, Tier.DAY)) == sum(p.weight for p in fine)


def test_a_resend_changes_nothing_and_a_better_point_wins() -> None:
    assert together([(1, 5.0)], [(1, 9.0), (0, 2.0)]) == [(0, 2.0), (1, 5.0)]
    old, new = Point(T0, 1, 1, 1, 1), Point(T0, 2, 2, 2, 2)
    assert replaced([old], [new]) == [new]


def test_spans_hold_whole_buckets() -> None:
    for fine, coarse in zip(list(Tier), list(Tier)[1:], strict=False):
        assert SPAN_MS[coarse] % SPAN_MS[fine] == 0
        assert SPAN_MS[fine] % STEP_MS[fine] == 0
    assert SPAN_MS[Tier.HOUR] % DAY_MS == 0
    assert span_start(Tier.RAW, T0 + 7 * HOUR_MS) == T0 + 6 * HOUR_MS


def test_what_ended_before_the_limit_is_thrown_away() -> None:
    kept, now = Kept(raw=2), T0 + 5
    assert (
        kept.first_block(Tier.RAW, now) + SPAN_MS[Tier.RAW] == kept.limit(Tier.RAW, now) == now - 2 * DAY_MS
    )


def test_a_raw_sample_is_its_own_bucket() -> None:
    time = T0 + 3 * HOUR_MS + 12 * MINUTE_MS + 7
    assert [bucket_start(tier, time) - T0 for tier in Tier] == [
        time - T0,
        3 * HOUR_MS + 10 * MINUTE_MS,
        3 * HOUR_MS,
        0,
    ]


def test_blocks_side_by_side_are_one_part() -> None:
    assert parts([(0, 10), (10, 10), (40, 10), (40, 5), (44, 10)], 5, 60) == [
        Part(5, 19, True),
        Part(20, 39, False),
        Part(40, 53, True),
        Part(54, 60, False),
    ]
    assert parts([], 5, 5) == [Part(5, 5, False)]


@given(
    st.sets(st.tuples(st.integers(-20, 140), st.integers(1, 30))), st.integers(-5, 50), st.integers(0, 100)
)
def test_parts_are_the_range(found: set[tuple[int, int]], since: int, length: int) -> None:
    until = since + length
    held = sorted((start, span) for start, span in found if start <= until and start + span > since)
    moments = [
        (moment, part.there)
        for part in parts(held, since, until)
        for moment in range(part.since, part.until + 1)
    ]
    assert moments == [
        (moment, any(start <= moment < start + span for start, span in held))
        for moment in range(since, until + 1)
    ]
    assert all(earlier.there != later.there for earlier, later in pairwise(parts(held, since, until)))


@pytest.mark.parametrize(
    ("back", "points", "tier"),
    [
        (HOUR_MS, 1_000, Tier.RAW),
        (2 * DAY_MS, 1_000, Tier.TEN_MINUTES),
        (2 * DAY_MS, 10_000, Tier.RAW),
        (30 * DAY_MS, 1_000, Tier.HOUR),
        (100 * DAY_MS, 100_000, Tier.HOUR),  # finer history is not kept that long
        (365 * DAY_MS, 1_000, Tier.DAY),
        (3_000 * DAY_MS, 100_000, Tier.DAY),
        (HOUR_MS, 60, Tier.RAW),
        (HOUR_MS, 59, Tier.TEN_MINUTES),
        (7 * DAY_MS, 100_000, Tier.RAW),
        (7 * DAY_MS + 1, 100_000, Tier.TEN_MINUTES),
        (60 * DAY_MS, 100_000, Tier.TEN_MINUTES),
        (400 * DAY_MS, 100_000, Tier.HOUR),
        (400 * DAY_MS + 1, 100_000, Tier.DAY),
    ],
)
def test_the_finest_tier_that_fits(back: int, points: int, tier: Tier) -> None:
    now = T0 + 5
    assert choose(now - back, now, now, Kept(), points) is tier
