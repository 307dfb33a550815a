from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.accounts.limiters import (
    LOGIN,
    MAX_ADDRESSES,
    TWO_FACTOR,
    AddressLimiter,
    RateLimiter,
    make_limiters,
)
from kuma_lite.core.clock import ManualClock


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


def test_limiters_by_name() -> None:
    limiters = make_limiters(ManualClock())
    assert set(limiters) == {LOGIN, TWO_FACTOR}
    assert sum(limiters[TWO_FACTOR].take("192.0.2.1") is not None for _ in range(40)) == 30


def test_each_address_has_a_bucket_of_its_own() -> None:
    limiter = AddressLimiter(1, ManualClock())
    assert limiter.take("192.0.2.1") == 0.0
    assert limiter.take("192.0.2.1") is None
    assert limiter.take("192.0.2.2") == 0.0
    assert limiter.take("2001:db8::1") == 0.0
    assert limiter.take("2001:db8::ffff:2") is None, "the same network: one customer has all of it"
    assert limiter.take("2001:db8:0:1::1") == 0.0
    assert limiter.take("fe80::1%eth0") == 0.0
    assert limiter.take("nonsense") == 0.0
    assert limiter.take("nonsense") is None


def test_only_so_many_addresses_are_remembered() -> None:
    limiter = AddressLimiter(1, ManualClock())
    for number in range(MAX_ADDRESSES):
        limiter.take(f"name-{number}")
    assert limiter.take("name-0") is None, "asking makes it the last to be forgotten"
    limiter.take("one more")
    assert limiter.take("name-0") is None
    assert limiter.take("name-1") == 0.0
