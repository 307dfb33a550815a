"""What a webhook is, and what it is sent. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from kuma_lite.core import wire_values
from kuma_lite.core.errors import UserError
from kuma_lite.core.iso_time import iso
from kuma_lite.core.records import hiding
from kuma_lite.core.signing import is_secret, new_secret

KINDS: Final = ("beat", "change", "monitor", "removed")  # as `GET /api/v1/events` calls them
USUAL_KINDS: Final = ("change",)
TEST: Final = "test"
MAX_NAME_CHARS: Final = 100
MAX_URL_CHARS: Final = 2_000


class Webhook(NamedTuple):
    """Where to send what. Times in milliseconds since 1970."""

    id: int
    organisation: int
    name: str
    url: str
    secret: str
    kinds: tuple[str, ...]
    active: bool
    failing_since: int | None = None  # None: the latest message arrived
    last_success: int | None = None
    last_error: str | None = None

    def __repr__(self) -> str:
        return hiding("secret")(self)

    def document(self) -> dict[str, Any]:
        """What can be chosen."""
        return {
            "name": self.name,
            "url": self.url,
            "kinds": self.kinds,
            "active": self.active,
            "secret": self.secret,
        }

    def facts(self) -> dict[str, Any]:
        """How it is doing, as our own page shows it."""
        return {
            "failingSince": self.failing_since,
            "lastSuccess": self.last_success,
            "lastError": self.last_error,
        }

    def state(self) -> dict[str, Any]:
        """The same, as the API tells it."""
        return {
            "failing_since": iso(self.failing_since),
            "last_success_at": iso(self.last_success),
            "last_error": self.last_error,
        }


class Letter(Struct, frozen=True):
    """One message to one webhook."""

    id: str
    webhook_id: int
    created: int  # milliseconds since 1970
    body: bytes


def letter(webhook_id: int, kind: str, now: int, data: Mapping[str, Any]) -> Letter:
    """A message about something that has happened now."""
    body = msgspec.json.encode({"type": kind, "timestamp": iso(now), "data": data})
    return Letter(f"msg_{secrets.token_hex(16)}", webhook_id, now, body)


def read_webhook(document: Any, organisation: int, old: Webhook | None = None) -> Webhook:
    """A webhook as a client sends it; without a secret it gets one. Raises UserError."""
    if not isinstance(document, Mapping):
        raise UserError("The webhook must be an object.")
    name, url = document.get("name"), document.get("url")
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME_CHARS:
        sentence = "Give the webhook a name of at most {most} characters."
        raise UserError(sentence, most=MAX_NAME_CHARS, extra={"field": "name"})
    if not isinstance(url, str) or not _is_address(url.strip()):
        raise UserError("The address begins with http:// or https://.", extra={"field": "url"})
    kinds = document.get("kinds")
    if kinds is None:
        kinds = USUAL_KINDS
    if not isinstance(kinds, list | tuple) or not kinds or not all(kind in KINDS for kind in kinds):
        names = ", ".join(KINDS)
        raise UserError("The kinds are some of {names}.", names=names, extra={"field": "kinds"})
    secret = document.get("secret") or (old.secret if old else new_secret())
    if not is_secret(secret):
        sentence = "The secret is whsec_ with Base64 of 24 to 64 bytes behind it."
        raise UserError(sentence, extra={"field": "secret"})
    chosen = tuple(kind for kind in KINDS if kind in kinds)
    active = wire_values.flag(document.get("active", True))
    before = old or Webhook(0, organisation, "", "", "", (), True)
    again = active and not before.active  # switched on by somebody: it begins anew
    return before._replace(
        name=name.strip(),
        url=url.strip(),
        secret=secret,
        kinds=chosen,
        active=active,
        failing_since=None if again else before.failing_since,
    )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError when it is no number
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= MAX_URL_CHARS
