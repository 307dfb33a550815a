from __future__ import annotations

import math
import random
import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.servers.samples import packing
from kuma_lite.servers.samples.packing import (
    Point,
    pack_points,
    pack_samples,
    packed_length,
    packed_times,
    unpack_points,
    unpack_samples,
)

START = 1_700_000_000_000
moments = st.integers(0, 2**45)
# Whole numbers up to where they are exact as what they are kept as.
numbers = st.one_of(
    st.integers(-(2**53), 2**53), st.floats(-1e18, 1e18, allow_nan=False).map(lambda value: value + 0.0)
)


@given(st.lists(st.tuples(moments, numbers), min_size=1, max_size=50))
def test_samples_come_back_as_they_were(samples: list[tuple[int, float]]) -> None:
    packed = pack_samples(samples)
    assert unpack_samples(packed) == samples
    assert (packed_length(packed), packed_times(packed)) == (len(samples), [time for time, _ in samples])


@given(
    st.lists(
        st.tuples(moments, st.integers(1, 10**6), *[st.floats(0, 1e18)] * 3),
        min_size=1,
        max_size=30,
    ),
    st.booleans(),
)
def test_points_come_back_as_exactly_as_a_chart_needs(
    rows: list[tuple[int, int, float, float, float]], counter: bool
) -> None:
    points = [
        Point(time, weight, low, mean, high, weight * 7 if counter else None)
        for time, weight, *figures in rows
        for low, mean, high in [sorted(figures)]
    ]
    packed = pack_points(points)
    back = unpack_points(packed)
    assert (packed_length(packed), packed_times(packed)) == (len(back), [point.time for point in back])
    for point, found in zip(points, back, strict=True):
        assert (found.time, found.weight, found.last) == (point.time, point.weight, point.last)
        assert found.low <= found.mean <= found.high
        for name in ("low", "mean", "high"):
            assert getattr(found, name) == pytest.approx(getattr(point, name), rel=2e-5, abs=1e-37)


def test_figures_below_zero_and_readings_of_nothing_come_back() -> None:
    gauge = [Point(START, 2, -40.5, -20.25, -0.5), Point(START + 60_000, 1, -1024.0, 0.0, 3.0)]
    assert unpack_points(pack_points(gauge)) == gauge
    counter = [Point(START, 1, 0.0, 0.0, 0.0, 0), Point(START + 60_000, 1, 0.0, 0.5, 1.0, 30)]
    assert unpack_points(pack_points(counter)) == counter


@pytest.mark.parametrize("odd", [math.nan, -math.nan, struct.unpack("<d", b"\xff" * 8)[0]])
def test_what_is_no_number_stays_none(odd: float) -> None:
    (found,) = unpack_points(pack_points([Point(START, 1, odd, odd, odd)]))
    assert all(math.isnan(figure) for figure in (found.low, found.mean, found.high))


def test_columns_of_different_lengths_are_no_packing() -> None:
    times, figures = packing._column([START, START + 1], 2), packing._coarse([1.0, 2.0])
    for weights, last in ((1, 2), (2, 1)):
        columns = [times, packing._column([1] * weights, 1), figures, figures, figures, b"\x01"]
        with pytest.raises(ValueError, match="zip"):
            unpack_points(packing._sealed(b"".join(columns) + packing._values([5] * last)))
    with pytest.raises(ValueError, match="zip"):
        unpack_samples(packing._sealed(times + packing._values([5])))


def test_thousandths_come_back_and_cost_as_little_as_whole_numbers() -> None:
    chance = random.Random(5)
    readings = [chance.randint(-9_000, 9_000) for _ in range(300)]
    whole = [(START + 60_000 * i, float(reading)) for i, reading in enumerate(readings)]
    thousandths = [(time, value / 1000) for time, value in whole]
    assert unpack_samples(pack_samples(thousandths)) == thousandths
    assert len(pack_samples(thousandths)) <= len(pack_samples(whole)) + 2
    odd = [*thousandths, (START + 60_000 * 300, 1 / 3)]
    assert unpack_samples(pack_samples(odd)) == odd


@pytest.mark.parametrize(
    ("values", "letter"),
    [
        ([], b"b"),
        ([0], b"b"),
        ([127, -128], b"b"),
        ([128], b"h"),
        ([-129], b"h"),
        ([32_767, -32_768], b"h"),
        ([32_768], b"i"),
        ([-32_769], b"i"),
        ([2**31 - 1, -(2**31)], b"i"),
        ([2**31], b"q"),
        ([2**63 - 1, -(2**63)], b"q"),
    ],
)
def test_columns_are_as_narrow_as_their_numbers_allow(values: list[int], letter: bytes) -> None:
    assert packing._array(values)[:1] == letter


def test_the_length_is_told_by_the_first_bytes() -> None:
    chance = random.Random(6)
    packed = pack_samples([(START + i, chance.random()) for i in range(500)])
    assert packed_length(packed[: len(packed) // 2]) == 500
    long = packing._sealed((7).to_bytes(4, "little") + bytes(5_000_000))
    tracemalloc.start()
    try:
        assert packed_length(long) == 7
        assert tracemalloc.get_traced_memory()[1] < 1_000_000, "nothing else is unpacked"
    finally:
        tracemalloc.stop()


def test_an_even_minute_costs_a_few_bytes() -> None:
    chance = random.Random(4)
    samples = [(START + 60_000 * i, chance.randint(200, 900)) for i in range(360)]
    assert len(pack_samples(samples)) / 360 < 2.5


@pytest.mark.parametrize("packed", [b"", b"\x09abc", b"\x01abc"])
def test_what_is_no_packing_is_said(packed: bytes) -> None:
    for read in (unpack_samples, packed_length):
        with pytest.raises(ValueError, match=r"^(unknown|damaged) packing of samples"):
            read(packed)


def test_a_packing_of_later_is_unknown() -> None:
    with pytest.raises(ValueError, match=r"^unknown packing of samples$"):
        unpack_samples(b"\x02" + pack_samples([(START, 1)])[1:])


def test_a_run_cut_short_has_no_length() -> None:
    with pytest.raises(ValueError, match="packing of samples"):
        packed_length(pack_samples([(START, 1)])[:4])
