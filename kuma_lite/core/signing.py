"""Signed messages as Standard Webhooks 1.0 has them: whoever has the secret can tell who sent one. Pure.

A receiver joins id, timestamp and body as they came with dots, computes the HMAC-SHA256 with the secret's
bytes, and compares it with one of the signatures; it refuses what is minutes old.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
FEWEST_BYTES, MOST_BYTES = 24, 64  # of a secret, as the standard has them
VERSION: Final = "v1"
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


def new_secret() -> str:
    """A secret as it is shown once: `whsec_` and Base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def is_secret(text: object) -> bool:
    """Whether it is one: 24 to 64 bytes, as Base64 with `whsec_` in front or without, or as a text."""
    if not isinstance(text, str):
        return False
    try:
        return FEWEST_BYTES <= len(key_of(text)) <= MOST_BYTES
    except ValueError:
        return False


def key_of(secret: str) -> bytes:
    """The bytes that sign. Raises ValueError for what is no Base64 behind `whsec_`."""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        if secret.startswith(PREFIX):
            raise ValueError("no secret of a webhook") from None
        return secret.encode()  # somebody's own words


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of a body; `timestamp` in seconds since 1970. Raises ValueError."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return f"{VERSION},{base64.b64encode(digest).decode()}"


def signed_headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a message; `timestamp` in seconds since 1970. Raises ValueError.

    Args:
        secret: as `new_secret` makes it.
        message_id: the same for every attempt to deliver one message; without a dot.
        timestamp: of this attempt.
        body: exactly the bytes that are sent.
    """
    return {
        ID: message_id,
        TIMESTAMP: str(timestamp),
        SIGNATURE: signature(secret, message_id, timestamp, body),
    }


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the signatures is that of the secret; of the time it says nothing."""
    stamp = headers.get(TIMESTAMP, "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 16):
        return False
    expected = signature(secret, headers.get(ID, ""), int(stamp), body)
    given = headers.get(SIGNATURE, "").split(" ")
    return any(hmac.compare_digest(expected.encode(), one.encode("utf-8", "replace")) for one in given)
