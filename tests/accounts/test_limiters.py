from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from kuma_lite.accounts.limiters import (
    FAILURES_PER_ACCOUNT,
    LOGIN,
    LOGINS_PER_PEER,
    LOGINS_PER_WINDOW,
    TWO_FACTOR,
    LoginLimiter,
    make_limiters,
)
from kuma_lite.core.clock import ManualClock


@dataclass
class Caller:
    """Only where somebody is counts."""

    place: str


def device_of(proof: Any) -> str | None:
    return "admin" if proof in ("phone", "laptop") else None


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def limiter(clock: ManualClock) -> LoginLimiter:
    return LoginLimiter(clock, device_of)


def tries(limiter: Any, place: str, count: int, username: str = "admin", **more: Any) -> int:
    """Wrong guesses; how many of them were heard."""
    heard = 0
    for _ in range(count):
        if limiter.take(Caller(place), [{"username": username, **more}]) is not None:
            heard += 1
            limiter.failed(Caller(place), username)
    return heard


def test_limiters_by_name(limiter: LoginLimiter, clock: ManualClock) -> None:
    limiters: dict[str, Any] = dict(make_limiters(limiter, clock))
    assert set(limiters) == {LOGIN, TWO_FACTOR}
    assert sum(limiters[TWO_FACTOR].take(Caller("192.0.2.1"), []) is not None for _ in range(40)) == 30


def test_each_place_has_a_bucket_of_its_own(limiter: LoginLimiter) -> None:
    assert tries(limiter, "192.0.2.1", 30) == LOGINS_PER_WINDOW
    assert tries(limiter, "192.0.2.2", 1) == 1


def test_clients_behind_a_proxy_that_is_not_trusted_do_not_lock_each_other_out(limiter: LoginLimiter) -> None:
    assert tries(limiter, "10.0.0.1 192.0.2.1", 40) == LOGINS_PER_WINDOW
    assert tries(limiter, "10.0.0.1 192.0.2.2", 1) == 1


def test_made_up_addresses_do_not_help(limiter: LoginLimiter) -> None:
    heard = sum(tries(limiter, f"192.0.2.1 198.51.100.{n}", 1, f"name-{n}") for n in range(150))
    assert heard == LOGINS_PER_PEER


def test_an_account_is_guessed_only_so_often_from_however_many_places(limiter: LoginLimiter) -> None:
    assert sum(tries(limiter, f"198.51.100.{n}", 1) for n in range(150)) == FAILURES_PER_ACCOUNT
    assert tries(limiter, "192.0.2.1", 1, "another") == 1


def test_where_the_account_has_logged_in_before_it_gets_in(limiter: LoginLimiter, clock: ManualClock) -> None:
    limiter.succeeded(Caller("192.0.2.1"), "Admin")
    for n in range(150):
        tries(limiter, f"198.51.100.{n}", 1)
    assert tries(limiter, "192.0.2.1", 1) == 1
    assert tries(limiter, "192.0.2.9", 1) == 0
    clock.advance(60)
    assert tries(limiter, "192.0.2.9", 1) == 1


@pytest.mark.parametrize(("proof", "heard"), [("phone", 1), ("forged", 0), (None, 0), ({}, 0)])
def test_a_device_of_the_account_gets_in_where_others_guess(
    limiter: LoginLimiter, proof: Any, heard: int
) -> None:
    tries(limiter, "192.0.2.1", 30)
    assert tries(limiter, "192.0.2.1", 1, device=proof) == heard


def test_a_device_is_limited_and_opens_no_other_account(limiter: LoginLimiter) -> None:
    tries(limiter, "192.0.2.1", 30)
    assert tries(limiter, "192.0.2.1", 1, "other", device="phone") == 0
    assert tries(limiter, "192.0.2.1", 30, device="phone") == LOGINS_PER_WINDOW
    assert tries(limiter, "192.0.2.1", 1, device="laptop") == 1


@pytest.mark.parametrize("arguments", [[], [None], ["x"], [{"username": ["x"]}], [{}]])
def test_nonsense_is_limited_as_well(limiter: LoginLimiter, arguments: list[Any]) -> None:
    answers = [limiter.take(Caller("192.0.2.1"), arguments) for _ in range(30)]
    assert sum(answer is not None for answer in answers) == LOGINS_PER_WINDOW
