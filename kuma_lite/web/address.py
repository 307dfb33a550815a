"""Who is calling: the client's address, with proxies honoured only where the setting says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def header(scope: Any, name: bytes) -> str | None:
    """The first header of that (lower-case) name of an ASGI scope."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


def client_address(scope: Any, trust_proxy: bool) -> str:
    """First `X-Forwarded-For` entry or `X-Real-IP` behind a trusted proxy, else the peer's address."""
    candidates: Iterable[str | None] = ()
    if trust_proxy:
        forwarded = header(scope, b"x-forwarded-for")
        candidates = (forwarded.split(",")[0].strip() if forwarded else None, header(scope, b"x-real-ip"))
    peer = scope.get("client")
    address = next((found for found in candidates if found), peer[0] if peer else "")
    return address.removeprefix("::ffff:")
