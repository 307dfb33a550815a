"""Who may log in."""

from __future__ import annotations

from dataclasses import dataclass

from kuma_lite.core.access import OWNER_RIGHTS, Actor


@dataclass(frozen=True, slots=True)
class User:
    """One row of the table of users."""

    id: int
    username: str
    password: (
        str  # hash: bcrypt, or `sha1$salt$iterations$hex` from very old databases; "" when there is none
    )
    active: bool
    twofa_secret: str | None  # 64 letters and digits, used as the HMAC key as they are
    twofa_on: bool
    twofa_last_token: str | None  # the last code that logged somebody in
    organisation: int

    def actor(self) -> Actor:
        """Who they are to the rest of the program: today everybody who may log in is an owner."""
        return Actor(self.organisation, OWNER_RIGHTS, self.id, self.username)


class TokenRequired(Exception):
    """The password is right, but two-factor authentication wants a code as well."""
