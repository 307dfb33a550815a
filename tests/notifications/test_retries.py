from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.notifications.retries import (
    GIVE_UP_AFTER_S,
    JITTER,
    LONGEST_PAUSE_S,
    LONGEST_WISH_S,
    Again,
    GiveUp,
    after_failure,
    is_due,
    pause,
)

ATTEMPTS = st.integers(1, 10_000)
DRAWN = st.floats(0, 1, exclude_max=True)


def test_pauses_double_and_stop_growing() -> None:
    assert [pause(attempt, 0) for attempt in range(1, 10)] == [5, 10, 20, 40, 80, 160, 320, 640, 900]


@given(ATTEMPTS, DRAWN)
def test_pauses_never_shrink_and_stay_bounded(attempts: int, jitter: float) -> None:
    assert pause(attempts, jitter) <= pause(attempts + 1, jitter) <= LONGEST_PAUSE_S * (1 + JITTER)
    assert pause(attempts, 0) <= pause(attempts, jitter)


@given(ATTEMPTS, DRAWN, st.floats(-10, 1e9))
def test_a_wish_is_honoured_within_reason(attempts: int, jitter: float, wish: float) -> None:
    found = pause(attempts, jitter, wish)
    assert found >= min(wish, LONGEST_WISH_S)
    assert found <= max(LONGEST_WISH_S, LONGEST_PAUSE_S * (1 + JITTER))


@given(ATTEMPTS, st.floats(0, 1e6), DRAWN)
def test_a_permanent_error_is_final_at_once(attempts: int, age: float, jitter: float) -> None:
    assert after_failure(attempts, age, jitter, error="no", permanent=True) == GiveUp("no")


def test_giving_up_after_a_day() -> None:
    assert after_failure(50, GIVE_UP_AFTER_S - 1, 0, error="no") == Again(900)
    assert after_failure(50, GIVE_UP_AFTER_S, 0, error="no") == GiveUp("Given up after 24 hours: no")


def test_trying_again_uses_the_wish() -> None:
    assert after_failure(1, 0, 0, error="no", retry_after=42) == Again(42)


@given(st.integers(0, 2**42), ATTEMPTS, DRAWN)
def test_a_message_is_due_after_its_pause_and_not_before(now: int, attempts: int, jitter: float) -> None:
    due = now + int(pause(attempts, jitter) * 1000)
    assert not is_due(due, now)
    assert is_due(due, due)


def test_a_clock_set_back_delays_nothing_for_long() -> None:
    assert is_due(10_000_000, 0)
