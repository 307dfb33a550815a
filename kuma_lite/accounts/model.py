"""Who may log in."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from kuma_lite.core.access import OWNER_RIGHTS, Actor
from kuma_lite.core.records import hiding


class User(Struct, frozen=True):
    """One row of the table of users."""

    __repr__ = hiding("password", "twofa_secret", "twofa_last_token")

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
    sessions_from: int = 0  # seconds since 1970: a session token given earlier is good only if it has a row

    def actor(self) -> Actor:
        """Who they are to the rest of the program: today everybody who may log in is an owner."""
        return Actor(self.organisation, OWNER_RIGHTS, self.id, self.username)


class SessionRow(NamedTuple):
    """What is known of a session token. Moments are seconds since 1970; None where it is not known."""

    id: str  # a digest of the token
    used_at: int
    ended: bool
    user_id: int | None
    made_at: int | None
    address: str | None
    agent: str | None  # what the browser calls itself


class TokenRequired(Exception):
    """The password is right, but two-factor authentication wants a code as well."""
