from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.clock import ManualClock
from kuma_lite.core.rate_limits import MAX_REMEMBERED, FailureCounter, KeyedLimiter, RateLimiter


def test_twenty_a_minute_then_refusals() -> None:
    clock = ManualClock()
    limiter = RateLimiter(20, clock)
    assert [limiter.take() for _ in range(20)] == [0.0] * 20
    assert limiter.take() is None
    clock.advance(59.9)
    assert limiter.take() is None, "the bucket has refilled, the window has not ended"


def test_the_next_window_delays_while_the_bucket_is_empty() -> None:
    clock = ManualClock()
    limiter = RateLimiter(20, clock)
    clock.advance(59)
    for _ in range(20):
        limiter.take()
    clock.advance(1)  # the window ends, a third of a token has come back
    assert limiter.take() == pytest.approx(2.0)
    assert limiter.take() == pytest.approx(5.0)


def test_a_quiet_minute_forgets_everything() -> None:
    clock = ManualClock()
    limiter = RateLimiter(20, clock)
    for _ in range(25):
        limiter.take()
    clock.advance(60)
    assert [limiter.take() for _ in range(20)] == [0.0] * 20


@given(st.lists(st.floats(0, 30), max_size=200))
def test_never_more_than_twice_the_calls_in_any_minute(pauses: list[float]) -> None:
    clock = ManualClock()
    limiter = RateLimiter(5, clock)
    passed: list[float] = []
    for pause in pauses:
        clock.advance(pause)
        delay = limiter.take()
        if delay is not None:
            passed.append(clock.monotonic() + delay)
    for moment in passed:
        assert sum(1 for other in passed if moment <= other < moment + 60) <= 10


@given(st.lists(st.floats(0, 30), max_size=100))
def test_the_delay_is_bounded(pauses: list[float]) -> None:
    clock = ManualClock()
    limiter = RateLimiter(5, clock)
    for pause in pauses:
        clock.advance(pause)
        delay = limiter.take()
        assert delay is None or 0 <= delay <= 60


def test_each_key_has_a_bucket_of_its_own() -> None:
    limiter = KeyedLimiter(1, ManualClock())
    assert limiter.take("a") == 0.0
    assert limiter.take("a") is None
    assert limiter.take("b") == 0.0


def test_only_so_many_are_remembered() -> None:
    limiter = KeyedLimiter(1, ManualClock())
    for number in range(MAX_REMEMBERED):
        limiter.take(f"name-{number}")
    assert limiter.take("name-0") is None, "asking makes it the last to be forgotten"
    limiter.take("one more")
    assert limiter.take("name-0") is None
    assert limiter.take("name-1") == 0.0


def test_different_failures_are_counted_for_a_minute() -> None:
    clock = ManualClock()
    counter = FailureCounter(2, clock)
    for what in ("x", "x"):
        counter.add("a", what)
    assert not counter.is_over("a"), "the same twice"
    counter.add("a", "y")
    assert counter.is_over("a")
    assert not counter.is_over("b")
    counter.take_back("a", "y")
    assert not counter.is_over("a")
    counter.add("a", "z")
    clock.advance(60)
    assert not counter.is_over("a")
    counter.add("a", "x")
    assert not counter.is_over("a"), "a new minute has begun"
