"""How a key is written, and when it ends."""

from __future__ import annotations

import re
import secrets
import string
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.patterns import pattern
from kuma_lite.core.records import hiding
from kuma_lite.core.time_zones import zone_named

SECRET_CHARS: Final = 40  # 240 bits, as in Uptime Kuma 2.5
_ALPHABET: Final = string.ascii_letters + string.digits + "_-"
_KEY: Final = pattern(r"^uk(\d{1,18})_(.+)$", re.DOTALL)


class GivenKey(Struct, frozen=True):
    """A key as a program shows it."""

    __repr__ = hiding("secret")

    id: int
    secret: str


def new_secret() -> str:
    """The part of a new key that only its owner knows."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(SECRET_CHARS))


def write_key(key_id: int, secret: str) -> str:
    """The key as it is shown once."""
    return f"uk{key_id}_{secret}"


def read_key(text: str) -> GivenKey | None:
    """Id and secret of a key; None for what is none."""
    match = _KEY.match(text)
    return GivenKey(int(match.group(1)), match.group(2)) if match else None


def expiry(text: Any, zone: str) -> float | None:
    """Seconds since 1970 of a wall clock time in a zone; None for none, or for what is no time (never)."""
    if not isinstance(text, str) or not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone_named(zone))
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None
