"""Hashing passwords: bcrypt as Uptime Kuma stores it, in a thread because it takes 50 ms on purpose."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from kuma_lite.accounts.rules import legacy_hash_matches

_COST: Final = 10  # of Uptime Kuma; 2^10 rounds
_MAX_BYTES: Final = (
    72  # bcrypt looks at no more; its Python library refuses longer ones, its JavaScript one cuts
)
# A hash that no password is known for: unknown users cost as much time as wrong passwords.
_NOBODY: Final = "$2b$10$m1kh0jbeGOoSfF7iaAomiOnBPz/ShCoq/L6PFI7tor9yBuxdnLNxO"


async def hash_password(password: str) -> str:
    """A new bcrypt hash."""
    return await asyncio.to_thread(_hash, password)


async def password_matches(password: Any, stored: str | None) -> bool:
    """Whether the password belongs to the stored hash; takes the same time when there is none."""
    if not isinstance(password, str) or not stored:
        await asyncio.to_thread(_check, "", _NOBODY)
        return False
    return await asyncio.to_thread(_check, password, stored)


def is_legacy(stored: str) -> bool:
    """Whether a hash should be replaced after the next log-in."""
    return stored.startswith("sha1")


def _hash(password: str) -> str:
    import bcrypt

    return bcrypt.hashpw(_cut(password), bcrypt.gensalt(_COST)).decode()


def _check(password: str, stored: str) -> bool:
    import bcrypt

    if is_legacy(stored):
        return legacy_hash_matches(password, stored)
    try:
        return bcrypt.checkpw(_cut(password), stored.encode())
    except ValueError:  # the stored text is no hash
        return False


def _cut(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")[:_MAX_BYTES]
