"""Tokens: how they look, what is stored of them. Pure but for the randomness.

A token is shown once. What is stored is its SHA-256: the token is long and random, so nothing slower is
needed, and the beginning by which people tell tokens apart.
"""

from __future__ import annotations

import hashlib
import secrets
import string
from typing import Final

PROJECT: Final = "project"
USER: Final = "user"
STARTS: Final = {PROJECT: "klp_", USER: "klu_"}  # secret scanners and people recognise them
SECRET_CHARS: Final = 40  # of 62 letters: 238 bits
PREFIX_CHARS: Final = 10  # shown in lists
MAX_NAME_CHARS: Final = 100
FRESH_S: Final = 5.0  # a token is looked up again after this: another process may have revoked it
USED_MS: Final = 60_000  # "last used" is written at most this often
_LETTERS: Final = string.ascii_letters + string.digits
_BEARER: Final = "bearer "


def new_token(kind: str) -> str:
    """A fresh token of that kind."""
    return STARTS[kind] + "".join(secrets.choice(_LETTERS) for _ in range(SECRET_CHARS))


def hash_of(token: str) -> str:
    """What is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def prefix_of(token: str) -> str:
    """What lists show."""
    return token[:PREFIX_CHARS]


def looks_like_one(text: str) -> bool:
    """Whether it is worth looking up."""
    return text.startswith(tuple(STARTS.values())) and len(text) == SECRET_CHARS + 4


def credential(authorization: str | None) -> str | None:
    """The token of an `Authorization` header, with `Bearer` or bare as the public agent sends it."""
    if authorization is None:
        return None
    if authorization[: len(_BEARER)].lower() == _BEARER:
        authorization = authorization[len(_BEARER) :]
    return authorization.strip() or None
