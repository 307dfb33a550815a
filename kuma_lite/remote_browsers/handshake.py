"""The handshake that shows whether a browser is there (RFC 6455 §4.1)."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64encode
from typing import Final

from kuma_lite.core.errors import UserError
from kuma_lite.net.http import HttpClient, NetworkError, Request

TEST_TIMEOUT_S: Final = 10.0  # a browser in a container that has just been started
_SWITCHING_PROTOCOLS: Final = 101
_NONCE_BYTES: Final = 16  # RFC 6455 §4.1
_MAGIC: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3
_SCHEMES: Final = {"ws://": "http://", "wss://": "https://"}


async def knock(url: str, http: HttpClient) -> None:
    """Open a websocket at `url` and leave. Raises UserError: why nobody opened."""
    for scheme, plain in _SCHEMES.items():
        if url.startswith(scheme):
            url = plain + url.removeprefix(scheme)
            break
    nonce = b64encode(secrets.token_bytes(_NONCE_BYTES)).decode()
    headers = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", nonce),
    ]
    try:
        response = await http.send(
            Request("GET", url, headers, timeout=TEST_TIMEOUT_S, total_timeout=TEST_TIMEOUT_S)
        )
    except NetworkError as error:
        raise UserError("WebSocket error: {reason}", reason=error.message) from None
    if response.status != _SWITCHING_PROTOCOLS:
        # Without the address: its query holds the browser's token.
        raise UserError(f"WebSocket error: {response.status} {response.reason}".rstrip())
    if response.headers.get("sec-websocket-accept") != accept_of(nonce):
        raise UserError("WebSocket error: the server did not answer the handshake.")


def accept_of(nonce: str) -> str:
    """The only right answer to a client's key."""
    return b64encode(hashlib.sha1((nonce + _MAGIC).encode()).digest()).decode()  # noqa: S324 - RFC 6455
