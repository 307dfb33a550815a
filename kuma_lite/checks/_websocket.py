"""What a WebSocket client says and hears around its opening and closing (RFC 6455; pure but for reading)."""

from __future__ import annotations

from typing import Final

from kuma_lite.checks._channel import Channel
from kuma_lite.core.declarations import CheckFailed
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import head as http_head
from kuma_lite.net.http.message import Headers
from kuma_lite.net.websocket import accept_of, frame

NORMAL: Final = 1000
PROTOCOL_ERROR: Final = 1002
NO_STATUS: Final = 1005
ABNORMAL: Final = 1006

_MAX_HEAD_BYTES: Final = 64 * 1024
_SKIP_BYTES: Final = 64 * 1024  # of a message nobody reads, at a time
_CLOSE: Final = 0x8
_RESERVED_BITS, _MASK_BIT = 0x70, 0x80
_MAX_CONTROL_BYTES: Final = 125
_SWITCHING: Final = 101


async def read_head(channel: Channel) -> tuple[int, Headers]:
    """Status and headers of the answer. Raises NetworkError, CheckFailed."""
    data = line = b""
    while not data.strip() or line.strip(b"\r\n"):
        line = await channel.until(b"\n", _MAX_HEAD_BYTES - len(data))
        data += line
    head = http_head.read_head(data)
    if head is None:
        raise CheckFailed("Parse Error: Expected HTTP/")
    return head.status, Headers(head.fields)


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
    return frame(_CLOSE, code.to_bytes(2, "big"))


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
