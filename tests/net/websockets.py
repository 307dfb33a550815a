"""A WebSocket server for tests, frame by frame."""

from __future__ import annotations

import asyncio
import re

from kuma_lite.net.websocket import accept_of

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    """Open what a client asks for; returns the head of its request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    found = re.search(r"^Sec-WebSocket-Key: (.+)\r$", head, re.MULTILINE)
    assert found
    writer.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept_of(found[1])}\r\n\r\n".encode()
    )
    return head


def from_server(kind: int, payload: bytes, *, last: bool = True) -> bytes:
    """A frame without a mask."""
    size = len(payload)
    length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
    return bytes([kind | (0x80 if last else 0)]) + length + payload


async def from_client(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Kind and payload of a whole message."""
    first, second = await reader.readexactly(2)
    assert first & 0x80 and second & 0x80
    size = second & 0x7F
    if size >= 126:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
    mask = await reader.readexactly(4)
    payload = await reader.readexactly(size)
    return first & 0xF, bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
