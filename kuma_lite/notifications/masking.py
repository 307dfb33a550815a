"""Secrets that stay on the server.

Compatible clients get every option, as they always did. Our own page gets a mark in place of a secret; sent
back unchanged it means "keep what is stored". Texts for people have secrets blotted out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from kuma_lite.core.declarations import NotificationService
from kuma_lite.notifications.fields import secret_keys
from kuma_lite.notifications.model import COMMON_KEYS, Config

KEEP: Final = "\u0000keep"
BLOT: Final = "***"
MIN_SECRET_CHARS: Final = 4  # blotting out shorter ones would make every text unreadable


def masked(config: Config, service: NotificationService[Any] | None) -> dict[str, Any]:
    """The stored form without secrets.

    Only what the type declares as no secret is shown: keys left over from another type, and all keys of a
    type that nothing declares, may be credentials.
    """
    shown = set(COMMON_KEYS)
    if service is not None:
        shown |= set(service.options.words()) - secret_keys(service)
    return {
        key: value if key in shown or value in (None, "") or isinstance(value, bool) else KEEP
        for key, value in config.items()
    }


def restored(config: Config, stored: Config) -> dict[str, Any]:
    """What the page sent, with the stored values where it says to keep them."""
    return {
        key: stored[key] if value == KEEP else value
        for key, value in config.items()
        if value != KEEP or key in stored
    }


def redacted(text: str, config: Config, service: NotificationService[Any]) -> str:
    """A text for people, with the secrets of a channel blotted out."""
    for key in secret_keys(service):
        for secret in sorted(_texts(config.get(key)), key=len, reverse=True):
            if len(secret) >= MIN_SECRET_CHARS:
                text = text.replace(secret, BLOT)
    return text


def _texts(value: Any) -> Iterator[str]:
    """The texts of a secret: itself, and the values when it is a JSON object (additional headers)."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, str):
        yield value.strip()
        if value.lstrip().startswith("{"):
            try:
                yield from _texts(json.loads(value))
            except ValueError:
                return
