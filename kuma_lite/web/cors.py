"""Which pages of other sites may use the API from a browser: those that a setting names, by default none.

They send a token themselves; a browser never adds one, so no credentials are allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

from kuma_lite.core.client_address import header
from kuma_lite.web.respond import Headers

SETTING: Final = "apiCorsOrigins"  # origins as a list, or as a text with blanks or commas between
ANY: Final = "*"
_METHODS: Final = b"GET, POST, PUT, PATCH, DELETE"
_SENT: Final = b"Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Last-Event-ID"
_SHOWN: Final = (
    b"ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, Idempotent-Replayed"
)
_REMEMBERED_S: Final = b"600"


class CorsSettings(Protocol):
    """What it needs of the settings."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""


class Cors:
    """The rule."""

    def __init__(self, settings: CorsSettings) -> None:
        self._settings = settings

    def origin(self, scope: Any) -> bytes | None:
        """The origin of a request that may read the answer; None: it is of none, or may not."""
        origin = header(scope, b"origin")
        if not origin or origin == "null":
            return None
        allowed = set(_origins(self._settings.get(SETTING)))
        # Where nobody has to log in every page could do everything: those must be named.
        everybody = ANY in allowed and not self._settings.get("disableAuth")
        return origin.encode() if everybody or origin.lower() in allowed else None


def is_preflight(scope: Any) -> bool:
    """Whether a browser asks beforehand."""
    return scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method") is not None


def preflight_headers(origin: bytes) -> Headers:
    """What it is told then."""
    return [
        *answer_headers(origin),
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", _SENT),
        (b"access-control-max-age", _REMEMBERED_S),
    ]


def answer_headers(origin: bytes) -> list[tuple[bytes, bytes]]:
    """What every answer says."""
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", _SHOWN),
        (b"vary", b"Origin"),
    ]


def sharing(origin: bytes, send: Any) -> Any:
    """The `send` for one request of that origin."""

    async def send_shared(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *answer_headers(origin)]
        await send(message)

    return send_shared


def _origins(value: Any) -> Iterator[str]:
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, str):
            yield part.strip().rstrip("/").lower()
