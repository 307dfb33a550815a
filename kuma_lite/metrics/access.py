"""Who may read the metrics: HTTP Basic with an API key or the account's password (Uptime Kuma 2.5)."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any, Final, Protocol

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.core.rate_limits import FailureCounter
from kuma_lite.core.records import hiding

FAILURES_PER_MINUTE: Final = 60  # of one place, refused unheard after that: each costs 50 ms of CPU
_BASIC: Final = "basic "


class Credentials(Struct, frozen=True):
    """What a header carries."""

    __repr__ = hiding("password")

    username: str
    password: str


class Keys(Protocol):
    """Who knows the API keys."""

    def is_proven(self, text: str) -> bool:
        """Whether a key is good, and has been verified before."""

    async def verify(self, text: str) -> bool:
        """Whether a key is good."""


class Passwords(Protocol):
    """Who knows the accounts."""

    async def is_account(self, username: str, password: str) -> bool:
        """Whether name and password belong together."""


class AccessSettings(Protocol):
    """The settings that decide what is asked for."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""


class Access:
    """The door of the metrics."""

    def __init__(self, settings: AccessSettings, keys: Keys, passwords: Passwords, clock: Clock) -> None:
        self._settings = settings
        self._keys = keys
        self._passwords = passwords
        self._failures = FailureCounter(FAILURES_PER_MINUTE, clock)
        self._attempts = 0

    async def allows(self, authorization: str | None, place: str) -> bool:
        """Whether a request with that header may read; guesses are counted for the place it comes from."""
        if self._settings.get("disableAuth"):
            return True
        given = read_basic(authorization)
        if given is None:
            return False
        wants_key = bool(self._settings.get("apiKeysEnabled"))
        # A program that has shown its key before is never refused because of somebody who guesses.
        if wants_key and self._keys.is_proven(given.password):
            return True
        if self._failures.is_over(place):
            return False
        self._attempts += 1
        attempt = str(self._attempts)
        self._failures.add(place, attempt)  # until it has succeeded: guesses at once count, too
        if wants_key:
            allowed = await self._keys.verify(given.password)
        else:
            allowed = await self._passwords.is_account(given.username, given.password)
        if allowed:
            self._failures.take_back(place, attempt)
        return allowed


def read_basic(authorization: str | None) -> Credentials | None:
    """User and password of a header (RFC 7617); None for another scheme or for nonsense."""
    if authorization is None or not authorization.lower().startswith(_BASIC):
        return None
    try:
        text = b64decode(authorization[len(_BASIC) :].strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    username, colon, password = text.partition(":")
    return Credentials(username, password) if colon else None
