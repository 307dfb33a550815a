from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.metrics.access import FAILURES_PER_MINUTE, Access, Credentials, read_basic

HERE = "192.0.2.1"


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


class Stub:
    """Settings, keys and accounts; counts how often something expensive was asked."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.proven: set[str] = set()
        self.asked = 0

    def get(self, key: str, default: Any = None) -> Any:
        return self.settings.get(key, default)

    def is_proven(self, text: str) -> bool:
        return text in self.proven

    async def verify(self, text: str) -> bool:
        self.asked += 1
        if text == "uk1_good":
            self.proven.add(text)
        return text == "uk1_good"

    async def is_account(self, username: str, password: str) -> bool:
        self.asked += 1
        return (username, password) == ("admin", "pw")


def access(stub: Stub, clock: ManualClock | None = None) -> Access:
    return Access(stub, stub, stub, clock or ManualClock())


async def test_the_account_s_password_until_there_are_keys() -> None:
    door = access(Stub())
    assert await door.allows(basic("admin", "pw"), HERE)
    assert not await door.allows(basic("admin", "wrong"), HERE)
    assert not await door.allows(basic("", "uk1_good"), HERE)
    assert not await door.allows(None, HERE)


async def test_keys_only_once_they_are_switched_on() -> None:
    door = access(Stub(apiKeysEnabled=True))
    assert await door.allows(basic("whoever", "uk1_good"), HERE)
    assert not await door.allows(basic("uk1_good", ""), HERE)
    assert not await door.allows(basic("admin", "pw"), HERE)


async def test_everybody_while_authentication_is_off() -> None:
    assert await access(Stub(disableAuth=True, apiKeysEnabled=True)).allows(None, HERE)


async def test_who_guesses_is_soon_refused_unheard() -> None:
    clock, stub = ManualClock(), Stub(apiKeysEnabled=True)
    door = access(stub, clock)
    assert await door.allows(basic("", "uk1_good"), HERE)
    for _ in range(FAILURES_PER_MINUTE + 20):
        assert not await door.allows(basic("", "uk1_guess"), HERE)
    assert stub.asked == 1 + FAILURES_PER_MINUTE
    assert await door.allows(basic("", "uk1_good"), HERE), "whoever has shown a good key is not locked out"
    stub.proven.clear()
    assert await door.allows(basic("", "uk1_good"), "192.0.2.2"), "elsewhere nobody has guessed"
    stub.proven.clear()
    assert not await door.allows(basic("", "uk1_good"), HERE)
    clock.advance(60)
    assert await door.allows(basic("", "uk1_good"), HERE)


async def test_success_is_no_failure() -> None:
    stub = Stub()
    door = access(stub)
    for _ in range(FAILURES_PER_MINUTE * 2):
        assert await door.allows(basic("admin", "pw"), HERE)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (basic("a", "b:c"), Credentials("a", "b:c")),
        (basic("ä", ""), Credentials("ä", "")),
        ("basic " + b64encode(b"a:b").decode(), Credentials("a", "b")),
        ("Bearer x", None),
        ("Basic !!!", None),
        ("Basic " + b64encode(b"nocolon").decode(), None),
        ("Basic " + b64encode(b"\xff:\xff").decode(), None),
        ("", None),
        (None, None),
    ],
)
def test_headers(header: str | None, expected: Credentials | None) -> None:
    assert read_basic(header) == expected
