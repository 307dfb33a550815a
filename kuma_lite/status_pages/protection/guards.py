"""What opens a protected page: its password, a link with a token, and the cookie that either leaves. Pure."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from msgspec import Struct

from kuma_lite.core.patterns import pattern
from kuma_lite.core.records import hiding

COOKIE_DAYS: Final = 30
COOKIE_S: Final = COOKIE_DAYS * 86_400
_NUMBER: Final = pattern(r"[0-9]{1,15}")
_BY_PASSWORD: Final = 0  # in the place of a link's id


class Link(Struct, frozen=True):
    """An address that opens a page."""

    id: int
    name: str
    digest: str  # of its token
    created: int  # seconds since 1970


class Guard(Struct, frozen=True):
    """Who may see one page.

    Args:
        page_id: which page.
        password: bcrypt hash; None: there is none.
        key: signs cookies.
        links: its links.
    """

    __repr__ = hiding("password", "key")

    page_id: int
    password: str | None
    key: bytes
    links: tuple[Link, ...] = ()

    def link_of(self, token: str) -> Link | None:
        """The link that a token belongs to."""
        digest = digest_of(token)
        return next((link for link in self.links if hmac.compare_digest(link.digest, digest)), None)

    def cookie(self, link: Link | None, now: float) -> str:
        """What a browser keeps after a link, or (None) after the password was given."""
        number, until = (_BY_PASSWORD if link is None else link.id), int(now) + COOKIE_S
        return f"{until}.{number}.{self._signature(until, number)}"

    def admits(self, cookie: str, now: float) -> bool:
        """Whether a cookie is one of this page, and what it was given for still holds."""
        parts = cookie.split(".")
        if len(parts) != 3 or not all(
            part.isascii() and part.isdigit() and len(part) < 16 for part in parts[:2]
        ):
            return False
        until, number = int(parts[0]), int(parts[1])
        signature = self._signature(until, number)
        return bool(signature) and hmac.compare_digest(parts[2].encode(), signature.encode()) and now < until

    def picture_key(self) -> str:
        """Opens the page's uploaded picture to those who edit the page, and nothing else."""
        return self._signed("picture")

    def opens_picture(self, key: str) -> bool:
        """Whether it is that key."""
        return hmac.compare_digest(key.encode("utf-8", "replace"), self.picture_key().encode())

    def _signature(self, until: int, number: int) -> str:
        """ "" when what it would be given for does not exist (any more)."""
        if number == _BY_PASSWORD:
            reason = self.password
        else:
            reason = next((link.digest for link in self.links if link.id == number), None)
        return self._signed(f"cookie {until} {number} {reason}") if reason else ""

    def _signed(self, text: str) -> str:
        return hmac.digest(self.key, f"{self.page_id} {text}".encode(), "sha256").hex()


def digest_of(token: str) -> str:
    """What is kept of a token; it is long and random, so one round is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
