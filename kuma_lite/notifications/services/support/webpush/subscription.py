"""What a browser gives to be sent push messages: https://www.w3.org/TR/push-api/. Pure."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.records import hiding
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.url import parse_url

_POINT_BYTES: Final = 65
_UNCOMPRESSED: Final = 4  # begins a point that is written with both its coordinates
_LEAST_SECRET_BYTES: Final = 16  # browsers give so many


class Subscription(Struct, frozen=True):
    """Where one browser can be told, and how only it can read it; whoever knows this can send to it."""

    __repr__ = hiding("endpoint", "receiver", "auth")

    endpoint: str
    origin: str  # of the push service: scheme, host, and the port where it is not the usual one
    receiver: bytes  # public key of the browser: a point on P-256, uncompressed
    auth: bytes  # secret that browser and server share

    @classmethod
    def read(cls, text: str) -> Subscription:
        """Of the JSON that `PushSubscription.toJSON()` gives.

        Raises ValueError with the end of a sentence that names the field and repeats no value.
        """
        found = _parsed(text)
        keys = found.get("keys")
        if not isinstance(keys, Mapping):
            raise ValueError("“keys” is missing")
        receiver = _bytes(keys.get("p256dh"), "keys.p256dh")
        if len(receiver) != _POINT_BYTES or receiver[0] != _UNCOMPRESSED:
            raise ValueError("“keys.p256dh” is no public key of a browser")
        auth = _bytes(keys.get("auth"), "keys.auth")
        if len(auth) < _LEAST_SECRET_BYTES:
            raise ValueError("“keys.auth” is too short")
        endpoint = found.get("endpoint")
        if not isinstance(endpoint, str) or not endpoint.strip():
            raise ValueError("“endpoint” is missing")
        return cls(endpoint.strip(), _origin(endpoint), receiver, auth)


def decoded(text: str) -> bytes:
    """The bytes of base64, of either alphabet and with or without padding. Raises ValueError."""
    letters = text.strip().rstrip("=").replace("+", "-").replace("/", "_")
    if not letters.replace("-", "").replace("_", "").isalnum() or not letters.isascii():
        raise ValueError("It is not base64")
    return urlsafe_b64decode(letters + "=" * (-len(letters) % 4))


def _parsed(text: str) -> Mapping[str, Any]:
    if not text.strip():
        raise ValueError("there is none, subscribe a browser in the form")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found


def _bytes(value: object, name: str) -> bytes:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"“{name}” is missing")
    try:
        return decoded(value)
    except ValueError:
        raise ValueError(f"“{name}” is not base64") from None


def _origin(address: str) -> str:
    try:
        url = parse_url(address)
    except NetworkError:
        raise ValueError("“endpoint” is no web address") from None
    return f"{url.scheme}://{url.host_header}"
