"""Checks that are left out: which count, and how many of the last minute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.monitors.engine.due import next_due
from kuma_lite.monitors.engine.overload import LATE_S, STEP_S, WINDOW_S, LeftOut, left_out

WAITS = st.floats(0.1, 3600)
DUE = st.floats(0, 1e6)


@given(due=DUE, wait=WAITS, late=st.floats(0, 100), took=st.floats(0, 100))
def test_what_was_not_late_left_nothing_out(due: float, wait: float, late: float, took: float) -> None:
    following = next_due(due, wait, due + late + took)
    found = left_out(due, late, following, wait)
    assert found == (0 if late <= LATE_S else round((following - due) / wait) - 1)
    assert found >= 0


def test_a_check_that_takes_longer_than_its_interval_is_nobodys_fault() -> None:
    assert left_out(100, 0.1, next_due(100, 10, 135), 10) == 0
    assert left_out(100, 5.0, next_due(100, 10, 135), 10) == 3
    assert left_out(100, 5.0, next_due(100, 10, 108), 10) == 0


def test_the_share_is_that_of_the_last_minute() -> None:
    counts = LeftOut()
    assert counts.share(0, 0, 0) == 0
    assert counts.share(10, 900, 100) == 0.1
    assert counts.share(20, 1900, 100) == 0.05
    assert counts.share(30, 2900, 100) == 0  # a twentieth is the least that is told
    now, made = 30.0, 2900
    while now < 30 + WINDOW_S + STEP_S:
        now, made = now + STEP_S, made + 100
        assert counts.share(now, made, 100) == 0
    assert counts.share(now + 1, made, 200) > 0.05


def test_nothing_to_check_is_no_overload() -> None:
    counts = LeftOut()
    assert [counts.share(now, 0, 0) for now in range(0, 200, 7)] == [0] * 29


@given(st.lists(st.tuples(st.floats(0.1, 30), st.integers(0, 1000), st.integers(0, 1000)), max_size=50))
def test_a_share_is_between_nothing_and_all(steps: list[tuple[float, int, int]]) -> None:
    counts, now, made, missing = LeftOut(), 0.0, 0, 0
    for seconds, more, less in steps:
        now, made, missing = now + seconds, made + more, missing + less
        assert 0 <= counts.share(now, made, missing) <= 1
