"""What a WebSocket client says and hears around its opening and closing (RFC 6455; pure but for reading)."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import Final

from kuma_lite.checks._channel import Channel
from kuma_lite.core.declarations import CheckFailed
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.message import Headers
from kuma_lite.net.http.url import Url

NORMAL: Final = 1000
PROTOCOL_ERROR: Final = 1002
NO_STATUS: Final = 1005
ABNORMAL: Final = 1006

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3
_MAX_HEAD_BYTES: Final = 64 * 1024
_SKIP_BYTES: Final = 64 * 1024  # of a message nobody reads, at a time
_CLOSE: Final = 0x8
_FINAL_BIT, _RESERVED_BITS, _MASK_BIT = 0x80, 0x70, 0x80
_MAX_CONTROL_BYTES: Final = 125
_SWITCHING: Final = 101


def new_key() -> str:
    """A nonce for one handshake."""
    return base64.b64encode(os.urandom(16)).decode("ascii")


def accept_of(key: str) -> str:
    """What a server that speaks the protocol answers to a key."""
    digest = hashlib.sha1(key.encode("ascii") + _GUID).digest()  # noqa: S324 - the protocol's choice
    return base64.b64encode(digest).decode("ascii")


def upgrade_request(url: Url, headers: list[tuple[str, str]], key: str, subprotocols: list[str]) -> bytes:
    """The opening handshake; `headers` were checked."""
    fixed = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", key),
    ]
    if subprotocols:
        fixed.append(("Sec-WebSocket-Protocol", ",".join(subprotocols)))
    taken = {name.lower() for name, _ in fixed}
    own = [(name, value) for name, value in headers if name.lower() not in taken]
    if not any(name.lower() == "host" for name, _ in own):
        own.insert(0, ("Host", url.host_header))
    lines = [f"GET {url.target} HTTP/1.1", *(f"{name}: {value}" for name, value in [*own, *fixed]), "", ""]
    return "\r\n".join(lines).encode("latin-1")


async def read_head(channel: Channel) -> tuple[int, Headers]:
    """Status and headers of the answer. Raises NetworkError, CheckFailed."""
    head = (await channel.until(b"\r\n\r\n", _MAX_HEAD_BYTES)).decode("latin-1").split("\r\n")
    version, _, rest = head[0].partition(" ")
    status = rest[:3]
    if not version.startswith("HTTP/1.") or not (status.isascii() and status.isdigit()):
        raise CheckFailed("Parse Error: Expected HTTP/")
    fields = [line.partition(":") for line in head[1:] if line]
    return int(status), Headers([(name.strip(), value.strip()) for name, _, value in fields])


def refusal(
    status: int, headers: Headers, key: str, subprotocols: list[str], *, ignore_accept: bool
) -> str | None:
    """Why the answer opens no WebSocket, in the words of Uptime Kuma 2.5's client; None when it does."""
    if status != _SWITCHING:
        return f"Unexpected server response: {status}"
    if (headers.get("upgrade") or "").lower() != "websocket":
        return "Invalid Upgrade header"
    if headers.get("sec-websocket-accept") != accept_of(key) and not ignore_accept:
        return "Invalid Sec-WebSocket-Accept header"
    chosen = headers.get("sec-websocket-protocol")
    if chosen is None:
        return "Server sent no subprotocol" if subprotocols else None
    if not subprotocols:
        return "Server sent a subprotocol but none was requested"
    return None if chosen in subprotocols else "Server sent an invalid subprotocol"


def close_frame(code: int) -> bytes:
    """A masked close frame (RFC 6455 §5.5.1)."""
    mask = os.urandom(4)
    payload = bytes(byte ^ mask[place] for place, byte in enumerate(code.to_bytes(2, "big")))
    return bytes([_FINAL_BIT | _CLOSE, _MASK_BIT | len(payload)]) + mask + payload


async def closing_code(channel: Channel) -> tuple[int, str]:
    """Code and reason of the server's close frame; messages before it are passed over."""
    try:
        while True:
            first, second = await channel.exactly(2)
            length, masked = second & ~_MASK_BIT, second & _MASK_BIT
            control = first & 0x8
            if masked or first & _RESERVED_BITS or (control and length > _MAX_CONTROL_BYTES):
                return PROTOCOL_ERROR, ""
            if first & 0xF == _CLOSE:
                return _read_close(await channel.exactly(length))
            await _skip(channel, await _full_length(channel, length))
    except NetworkError:
        return ABNORMAL, ""


def _read_close(payload: bytes) -> tuple[int, str]:
    if not payload:
        return NO_STATUS, ""
    if len(payload) == 1:
        return PROTOCOL_ERROR, ""
    return int.from_bytes(payload[:2], "big"), payload[2:].decode("utf-8", "replace")


async def _full_length(channel: Channel, length: int) -> int:
    if length < 126:
        return length
    return int.from_bytes(await channel.exactly(2 if length == 126 else 8), "big")


async def _skip(channel: Channel, length: int) -> None:
    while length > 0:
        length -= len(await channel.exactly(min(length, _SKIP_BYTES)))
