from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.beats.buckets import DAY_S, HOUR_S, MINUTE_S, Bucket, chart, coarser, fold, span_of
from kuma_lite.beats.model import Beat
from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import UserError
from tests.support.storage import START_MS, beat

NOW = START_MS / 1000
BEATS = st.lists(
    st.builds(
        lambda at, status, ping: beat(1, START_MS + at, status=status, ping=ping),
        st.integers(0, 3 * 86_400_000),
        st.sampled_from(Status),
        st.none() | st.integers(0, 1000),
    ),
    max_size=40,
)


def test_a_bucket_says_what_happened() -> None:
    beats = [
        beat(1, START_MS, ping=10.0),
        beat(2, START_MS + 1, ping=30.0),
        beat(3, START_MS + 2, ping=None),
        beat(4, START_MS + 3, status=Status.DOWN, ping=900.0),
        beat(5, START_MS + 4, status=Status.PENDING, ping=900.0),
        beat(6, START_MS + 5, status=Status.MAINTENANCE, ping=900.0),
    ]
    assert fold(beats, MINUTE_S) == {START_MS // 60_000: Bucket(3, 1, 1, 2, 40.0, 10.0, 30.0)}


def test_retries_alone_make_no_bucket() -> None:
    beats = [beat(number, START_MS + number, status=Status.PENDING) for number in range(5)]
    assert fold(beats, MINUTE_S) == {}


def test_without_response_times_there_is_neither_least_nor_most() -> None:
    beats = [beat(1, START_MS, ping=None), beat(2, START_MS, status=Status.DOWN, ping=900.0)]
    assert fold(beats, MINUTE_S) == {START_MS // 60_000: Bucket(up=1, down=1)}


def test_a_beat_belongs_where_it_ended() -> None:
    edge = (START_MS // 60_000 + 1) * 60_000
    beats = [beat(1, edge - 2, end_time=edge - 1), beat(2, edge - 1, end_time=edge)]
    assert sorted(fold(beats, MINUTE_S)) == [edge // 60_000 - 1, edge // 60_000]


@given(BEATS)
def test_any_order_and_any_detour_give_the_same(beats: list[Beat]) -> None:
    ordered = fold(sorted(beats, key=lambda found: found.end_time), HOUR_S)
    assert fold(beats, HOUR_S) == ordered
    assert coarser(fold(beats, MINUTE_S), 60) == ordered
    assert coarser(ordered, 24) == fold(beats, DAY_S)


@given(BEATS, BEATS)
def test_buckets_add_up(first: list[Beat], second: list[Beat]) -> None:
    span = 10 * DAY_S
    together = fold(first + second, span)
    total = Bucket()
    for part in (*fold(first, span).values(), *fold(second, span).values()):
        total = total.plus(part)
    assert sum(together.values(), start=()) == (total if together else ())  # type: ignore[arg-type]


def test_the_wire_writes_whole_numbers_whole() -> None:
    assert Bucket(2, 1, 0, 2, 40.0, 10.0, 30.0).wire(60) == {
        "up": 2,
        "down": 1,
        "avgPing": 20,
        "minPing": 10,
        "maxPing": 30,
        "timestamp": 60,
    }
    assert Bucket(1, 0, 2).wire(0) == {
        "up": 1,
        "down": 0,
        "avgPing": 0,
        "minPing": 0,
        "maxPing": 0,
        "timestamp": 0,
        "maintenance": 2,
    }
    assert Bucket(3, 0, 0, 3, 10.0, 1.5, 5.0).wire(0)["avgPing"] == pytest.approx(10 / 3)


@pytest.mark.parametrize(
    ("hours", "seconds", "length"),
    [
        (0, MINUTE_S, 0),
        (-3, MINUTE_S, 0),
        (0.01, MINUTE_S, 1),
        (1, MINUTE_S, 60),
        (24, MINUTE_S, 1440),
        (24.5, HOUR_S, 25),
        (48, HOUR_S, 48),
        (720, HOUR_S, 720),
        (721, DAY_S, 31),
        (8760, DAY_S, 365),
    ],
)
def test_the_period_chooses_the_unit(hours: float, seconds: int, length: int) -> None:
    span = span_of(hours, NOW)
    assert (span.seconds, span.length) == (seconds, length)
    assert span.last == int(NOW) // seconds
    assert span.last - span.first + 1 == length


def test_more_than_a_year_is_refused() -> None:
    with pytest.raises(UserError, match=r"^The maximum number of days is 365$"):
        span_of(8784, NOW)


def test_a_chart_is_newest_first_and_skips_what_is_empty() -> None:
    span = span_of(1, NOW)
    buckets = {number: Bucket(up=1) for number in (span.last - 60, span.last - 59, span.last - 3)}
    rows = chart(buckets, span)
    assert [row["timestamp"] // 60 - span.last for row in rows] == [0, -3, -59]
    assert [row["up"] for row in rows] == [0, 1, 1]


def test_a_chart_ends_with_the_current_bucket() -> None:
    span = span_of(1, NOW)
    rows = chart(
        {number: Bucket(up=number - span.last + 5) for number in range(span.last - 1, span.last + 2)}, span
    )
    assert [(row["timestamp"] // 60 - span.last, row["up"]) for row in rows] == [(0, 5), (-1, 4)]


def test_a_chart_of_nothing_has_the_current_bucket() -> None:
    assert chart({}, span_of(24, NOW)) == [Bucket().wire(int(NOW) // 60 * 60)]
    assert chart({}, span_of(0, NOW)) == []
