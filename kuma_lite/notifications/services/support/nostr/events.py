"""Events of Nostr: private messages (NIP-17) in gift wraps (NIP-59), and proofs for relays (NIP-42)."""

from __future__ import annotations

import random
from hashlib import sha256
from typing import Any, Final

from kuma_lite.core.json_text import compact_json
from kuma_lite.notifications.services.support.nostr.encryption import encrypted
from kuma_lite.notifications.services.support.nostr.keys import SecretKey

Event = dict[str, Any]

PRIVATE_MESSAGE: Final = 14
SEAL: Final = 13
GIFT_WRAP: Final = 1059
AUTHENTICATION: Final = 22242

_BLUR_S: Final = 2 * 24 * 3600  # how far a wrap's time may lie back, so that it tells nothing


def private_message(text: str, sender: SecretKey, recipient: bytes, now: float) -> Event:
    """A message that only the recipient can read, and whose sender only the recipient knows."""
    rumor: Event = {
        "created_at": int(now),
        "content": text,
        "tags": [["p", recipient.hex()]],
        "kind": PRIVATE_MESSAGE,
        "pubkey": sender.public.hex(),
    }
    rumor["id"] = _id(rumor)
    seal = _signed(SEAL, encrypted(compact_json(rumor), sender, recipient), _blurred(now), [], sender)
    once = SecretKey.new()
    content = encrypted(compact_json(seal), once, recipient)
    return _signed(GIFT_WRAP, content, _blurred(now), rumor["tags"], once)


def authentication(relay: str, challenge: str, sender: SecretKey, now: float) -> Event:
    """Proof of who we are, for one relay and one connection."""
    return _signed(AUTHENTICATION, "", int(now), [["relay", relay], ["challenge", challenge]], sender)


def _signed(kind: int, content: str, created_at: int, tags: list[list[str]], key: SecretKey) -> Event:
    event: Event = {
        "kind": kind,
        "content": content,
        "created_at": created_at,
        "tags": tags,
        "pubkey": key.public.hex(),
    }
    event["id"] = _id(event)
    event["sig"] = key.sign(bytes.fromhex(event["id"])).hex()
    return event


def _id(event: Event) -> str:
    parts = [0, *(event[key] for key in ("pubkey", "created_at", "kind", "tags", "content"))]
    return sha256(compact_json(parts).encode("utf-8", "replace")).hexdigest()


def _blurred(now: float) -> int:
    return round(int(now) - random.random() * _BLUR_S)  # noqa: S311 - no secret
