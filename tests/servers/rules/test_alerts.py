"""Thresholds with grace, and silence: every way through, then anything Hypothesis can think of."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.servers.rules.alerts import (
    MINUTE_MS,
    SPACING_MS,
    Above,
    Open,
    Quiet,
    Rule,
    State,
    before_clock_change,
    is_down,
    step,
)

HIGH, LOW, EQUAL = 95.0, 40.0, 90.0
RULE = Rule(threshold=90.0, grace=5)


def run(samples: list[tuple[float, float]], rule: Rule = RULE, state: State | None = None) -> list[State]:
    """The states after each `(minute, value)`."""
    found: list[State] = []
    current: State = state or Quiet()
    for minute, value in samples:
        current = step(current, round(minute * MINUTE_MS), value, rule)
        found.append(current)
    return found


def test_opens_when_the_grace_period_is_over_and_not_before() -> None:
    states = run([(minute, HIGH) for minute in range(7)])
    assert [type(state) for state in states] == [Above] * 5 + [Open] * 2
    assert states[-1] == Open(since=0, opened=5 * MINUTE_MS, last=6 * MINUTE_MS)


def test_one_sample_below_starts_the_grace_period_again() -> None:
    states = run([(0, HIGH), (1, HIGH), (2, LOW), *((minute, HIGH) for minute in range(3, 9))])
    assert states[2] == Quiet(2 * MINUTE_MS)
    assert isinstance(states[-2], Above)
    assert states[-1] == Open(since=3 * MINUTE_MS, opened=8 * MINUTE_MS, last=8 * MINUTE_MS)


def test_closes_with_the_first_sample_below() -> None:
    states = run([*((minute, HIGH) for minute in range(6)), (6, LOW)])
    assert isinstance(states[5], Open)
    assert states[6] == Quiet(6 * MINUTE_MS)


def test_exactly_at_the_threshold_is_not_above_and_not_below() -> None:
    assert run([(minute, EQUAL) for minute in range(10)])[-1] == Quiet(9 * MINUTE_MS)
    opened = run([*((minute, HIGH) for minute in range(6)), (6, EQUAL), (7, EQUAL)])
    assert isinstance(opened[-1], Open)
    assert isinstance(run([(0, HIGH), (1, HIGH), (2, EQUAL)])[-1], Quiet)


def test_two_samples_far_apart_are_no_proof() -> None:
    assert isinstance(run([(0, HIGH), (30, HIGH)])[-1], Above)


def test_a_gap_delays_until_there_is_a_sample_a_minute_again() -> None:
    # Minutes 1 to 3 are missing: the five minutes before minute 8 are the first dense ones.
    states = run([(0, HIGH), *((minute, HIGH) for minute in range(4, 9))])
    assert [type(state) for state in states] == [Above, Above, Above, Above, Above, Open][: len(states)]


def test_one_missed_sample_is_forgiven() -> None:
    assert isinstance(run([(m, HIGH) for m in (0, 1, 3, 4, 5)])[-1], Open)


def test_without_grace_the_first_sample_opens() -> None:
    assert isinstance(run([(0, HIGH)], Rule(90.0, 0))[-1], Open)


def test_many_samples_in_a_burst_count_as_one() -> None:
    burst = [(second / 60, HIGH) for second in range(10)]
    assert isinstance(run([*burst, (5, HIGH)])[-1], Above)


def test_samples_have_to_be_spaced_to_count() -> None:
    rule = Rule(90.0, 2)
    assert isinstance(run([(0, HIGH), (2, HIGH)], rule)[-1], Open)
    assert isinstance(run([(1.9, HIGH)], rule, Above(0, 0, ()))[-1], Above)
    spaced = SPACING_MS / MINUTE_MS
    (first, second) = run([(10, HIGH), (10 + spaced, HIGH)], rule)
    assert isinstance(first, Above) and isinstance(second, Above)
    assert second.seen == (600_000, 600_000 + SPACING_MS)
    (_, second) = run([(10, HIGH), (10 + spaced - 0.001, HIGH)], rule)
    assert isinstance(second, Above)
    assert second.seen == (600_000,), "too soon to count, but seen"
    assert second.last == 600_000 + SPACING_MS - 60


def test_a_late_sample_changes_nothing() -> None:
    before = run([(0, HIGH), (1, HIGH)])[-1]
    assert step(before, 0, LOW, RULE) == before
    assert step(before, MINUTE_MS, LOW, RULE) == before


def test_a_higher_threshold_closes_with_the_next_sample() -> None:
    opened = run([(minute, HIGH) for minute in range(6)])[-1]
    assert step(opened, 6 * MINUTE_MS, HIGH, Rule(99.0, 5)) == Quiet(6 * MINUTE_MS)


def test_a_longer_grace_period_holds_for_what_is_not_open_yet() -> None:
    states = run([(minute, HIGH) for minute in range(5)])
    assert isinstance(step(states[-1], 5 * MINUTE_MS, HIGH, Rule(90.0, 10)), Above)


@pytest.mark.parametrize(
    "pattern", list(product((HIGH, LOW), repeat=8)), ids=lambda p: "".join("HL"[v < 90] for v in p)
)
def test_every_pattern_of_eight_minutes(pattern: tuple[float, ...]) -> None:
    """Against the sentence of the specification, minute by minute."""
    rule = Rule(90.0, 3)
    is_open = False
    for minute, state in enumerate(run(list(enumerate(pattern)), rule)):
        window = pattern[max(0, minute - 3) : minute + 1]
        if pattern[minute] < 90:
            is_open = False
        elif len(window) == 4 and min(window) > 90:
            is_open = True
        assert isinstance(state, Open) == is_open, minute


samples = st.lists(
    st.tuples(st.integers(1, 400_000), st.floats(0, 200, allow_nan=False)), min_size=1, max_size=60
)


@given(samples, st.floats(1, 150), st.integers(0, 20))
def test_whatever_comes_the_sentence_holds(
    steps: list[tuple[int, float]], threshold: float, grace: int
) -> None:
    rule, state, time = Rule(threshold, grace), Quiet(), 0
    history: list[tuple[int, float]] = []
    current: State = state
    for gap, value in steps:
        time += gap
        before = current
        current = step(current, time, value, rule)
        history.append((time, value))
        begin = time - grace * MINUTE_MS
        if isinstance(current, Open):
            assert value >= threshold
            if not isinstance(before, Open):
                window = [v for moment, v in history if moment >= begin]
                assert min(window) > threshold
                assert len(window) >= grace
                assert current.since <= begin
        else:
            assert not (isinstance(before, Open) and value >= threshold)
        if isinstance(current, Above):
            assert len(current.seen) <= grace * MINUTE_MS // SPACING_MS + 1
            assert value > threshold


@pytest.mark.parametrize(
    ("state", "left"),
    [
        (Quiet(), Quiet()),
        (Quiet(100), Quiet(100)),
        (Quiet(101), Quiet()),
        (Above(5, 100, (5,)), Above(5, 100, (5,))),
        (Above(5, 101, (5,)), Quiet()),
        (Open(5, 9, 100), Open(5, 9, 100)),
        (Open(5, 9, 101), Open(5, 9, 0)),
    ],
)
def test_what_is_left_when_the_clock_is_set_back(state: State, left: State) -> None:
    assert before_clock_change(state, 100) == left


@given(samples)
def test_a_resend_changes_nothing(steps: list[tuple[int, float]]) -> None:
    state: State = Quiet()
    time, sent = 0, []
    for gap, value in steps:
        time += gap
        sent.append((time, value))
        state = step(state, time, value, RULE)
    again = state
    for moment, value in sent:
        again = step(again, moment, value, RULE)
    assert again == state


@pytest.mark.parametrize(
    ("heard", "listening", "now", "down"),
    [
        (0, 0, 4.99, False),
        (0, 0, 5, True),
        (0, 3, 7, False),  # we were not there before minute 3
        (0, 3, 8, True),
        (6, 3, 10, False),
        (None, 3, 7, False),  # not in this run
        (None, 3, 8, True),
    ],
)
def test_silence(heard: float | None, listening: float, now: float, down: bool) -> None:
    last = None if heard is None else round(heard * MINUTE_MS)
    assert is_down(last, round(listening * MINUTE_MS), round(now * MINUTE_MS), 5) is down


@pytest.mark.parametrize(("silence", "grace", "down"), [(74, 1, False), (75, 1, True), (119, 2, False)])
def test_the_time_between_two_reports_is_no_silence(silence: int, grace: int, down: bool) -> None:
    assert is_down(0, 0, silence * 1000, grace) is down
