from __future__ import annotations

import pytest

from kuma_lite.beats.response_times import ResponseTimes, percentile, response_times
from kuma_lite.core.declarations import Status
from tests.support.storage import START_MS, new_beat


@pytest.mark.parametrize(
    ("percent", "expected"), [(1, 1.0), (50, 50.0), (95, 95.0), (99, 99.0), (100, 100.0)]
)
def test_the_rank_of_a_hundred(percent: int, expected: float) -> None:
    assert percentile([float(number) for number in range(1, 101)], percent) == expected


def test_few_have_their_greatest_as_percentile() -> None:
    assert [percentile([3.0], 50), percentile([3.0, 8.0], 50), percentile([3.0, 8.0], 95)] == [3.0, 3.0, 8.0]


def test_only_answers_of_what_was_up_count() -> None:
    states = ((Status.UP, 30.0), (Status.UP, 10.0), (Status.DOWN, 999.0), (Status.UP, None))
    beats = [new_beat(1, START_MS, status=status, ping=ping) for status, ping in states]
    assert response_times(beats) == ResponseTimes(2, 10.0, 20.0, 30.0, 10.0, 30.0, 30.0)
    assert response_times([]) == ResponseTimes(0)
