"""Asking whoever is logged in for the password again, before what gives secrets out or cannot be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from kuma_lite.core.doors import Caller, actor_of

LIMITER: Final = "2fa"  # of doors that ask: guesses are counted with those of codes


class Passwords(Protocol):
    """Who knows whether a password is right."""

    async def check_password(self, user_id: int | None, password: Any) -> None:
        """Raises UserError when it is not the user's."""


class PasswordAgain:
    """Asks, unless nobody has to log in, so that there is no password to ask for.

    Args:
        passwords: knows whether it is right.
        is_open: whether nobody has to log in.
    """

    def __init__(self, passwords: Passwords, is_open: Callable[[], bool]) -> None:
        self._passwords = passwords
        self._is_open = is_open

    async def check(self, caller: Caller, password: Any) -> None:
        """Raises UserError when it is not the caller's."""
        if not self._is_open():
            await self._passwords.check_password(actor_of(caller).user_id, password)
