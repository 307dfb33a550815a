"""Session tokens: JSON Web Tokens signed with HMAC-SHA256 (RFC 7519), as existing clients keep them.

Two fixed choices need no library, and none that brings certificates along: the algorithm is never read from
the token, so "none" and key confusion are not possible.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any, Final

_HEADER: Final = {"alg": "HS256", "typ": "JWT"}
_BARE_HEADER: Final = {"alg": "HS256"}  # of what is no JSON object
_MAX_TOKEN_CHARS: Final = 4096  # a genuine one has some 200


def make_token(payload: dict[str, Any], secret: str) -> str:
    """A signed token."""
    signed = f"{_encode(_compact(_HEADER))}.{_encode(_compact(payload))}"
    return f"{signed}.{_encode(_signature(signed, secret))}"


def sign_number(number: int, secret: str) -> str:
    """A signed token of a bare number, from which nobody can log in: `read_token` takes objects only."""
    signed = f"{_encode(_compact(_BARE_HEADER))}.{_encode(str(number).encode())}"
    return f"{signed}.{_encode(_signature(signed, secret))}"


def read_token(token: Any, secret: str) -> dict[str, Any] | None:
    """The payload of a genuine token, else None."""
    if not isinstance(token, str) or len(token) > _MAX_TOKEN_CHARS or token.count(".") != 2 or not secret:
        return None
    signed, _, signature = token.rpartition(".")
    try:
        if not hmac.compare_digest(_decode(signature), _signature(signed, secret)):
            return None
        header, payload = (json.loads(_decode(part)) for part in signed.split("."))
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(header, dict) or header.get("alg") != "HS256" or not isinstance(payload, dict):
        return None
    return payload


def token_id(token: str) -> str:
    """What tells a genuine token from others, and is none: a digest of what is signed."""
    return hashlib.sha256(token.rpartition(".")[0].encode()).hexdigest()[:32]


def _signature(signed: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()


def _compact(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
