"""Keys in links, and the secret of webhooks: all made of the one secret that a subscriber has. Pure.

A link has to stand in every message, so its key cannot be stored as a mere hash; what is stored instead, the
seed, is never shown, and each key opens one thing only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from enum import StrEnum
from typing import Final

from kuma_lite.core.patterns import pattern
from kuma_lite.status_pages.subscribers.model import Subscriber

SIGNING_PREFIX: Final = "whsec_"  # https://www.standardwebhooks.com
_MAC_CHARS: Final = 32  # of base64: 24 bytes
_TOKEN: Final = pattern(r"([1-9][0-9]{0,17})-(?:([0-9]{1,12})-)?([A-Za-z0-9_-]{32})", re.ASCII)


class Purpose(StrEnum):
    """What a key opens."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"


def new_seed() -> str:
    """A secret for somebody new."""
    return secrets.token_hex(32)


def token(subscriber: Subscriber, purpose: Purpose, until: int | None = None) -> str:
    """The key of a link; `until`: seconds since 1970 after which it opens nothing."""
    ends = "" if until is None else f"{until}-"
    return f"{subscriber.id}-{ends}{_mac(subscriber, f'{purpose.value} {ends}')}"


def number_in(text: str) -> int | None:
    """Whose key it claims to be; None: it is no key."""
    found = _TOKEN.fullmatch(text)
    return int(found[1]) if found else None


def opens(text: str, subscriber: Subscriber, purpose: Purpose, now: float) -> bool:
    """Whether a key is that of a subscriber, for a purpose, and still good."""
    found = _TOKEN.fullmatch(text)
    if found is None or int(found[1]) != subscriber.id:
        return False
    until = None if found[2] is None else int(found[2])
    right = token(subscriber, purpose, until)
    return hmac.compare_digest(right, text) and (until is None or now < until)


def signing_secret(subscriber: Subscriber) -> str:
    """What a receiver of a webhook verifies signatures with."""
    return SIGNING_PREFIX + base64.b64encode(_digest(subscriber, "sign")).decode()


def signature(subscriber: Subscriber, message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature` of a request."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    mac = hmac.new(_digest(subscriber, "sign"), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"


def _mac(subscriber: Subscriber, purpose: str) -> str:
    return base64.urlsafe_b64encode(_digest(subscriber, purpose)).decode()[:_MAC_CHARS]


def _digest(subscriber: Subscriber, purpose: str) -> bytes:
    text = f"{subscriber.id} {purpose}".encode()
    return hmac.new(bytes.fromhex(subscriber.seed), text, hashlib.sha256).digest()
