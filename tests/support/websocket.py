"""A websocket client of a hundred lines: tests need no library for it."""

from __future__ import annotations

import asyncio
import base64
import os
import ssl
import struct
from urllib.parse import urlsplit

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Refused(Exception):
    """The server answered the handshake with something else than 101."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status} {body!r}")
        self.status = status
        self.body = body


class Closed(Exception):
    """The connection has ended."""


class WebSocket:
    """One open connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(
        cls, url: str, headers: dict[str, str] | None = None, context: ssl.SSLContext | None = None
    ) -> WebSocket:
        """Connect to a ws:// or wss:// address. Raises Refused."""
        parts = urlsplit(url)
        secure = parts.scheme == "wss"
        port = parts.port or (443 if secure else 80)
        reader, writer = await asyncio.open_connection(
            parts.hostname, port, ssl=(context or True) if secure else None, limit=1 << 24
        )
        lines = {
            "Host": parts.netloc,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **(headers or {}),
        }
        head = f"GET {parts.path}?{parts.query} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        writer.write(head.encode() + b"\r\n")
        answer = await reader.readuntil(b"\r\n\r\n")
        status = int(answer.split(b" ", 2)[1])
        if status != 101:
            length = 0
            for line in answer.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            body = await reader.readexactly(length)
            writer.close()
            raise Refused(status, body)
        return cls(reader, writer)

    async def send(self, message: str | bytes, opcode: int | None = None) -> None:
        """One message, in one frame."""
        data = message.encode() if isinstance(message, str) else message
        opcode = opcode or (TEXT if isinstance(message, str) else BINARY)
        head = bytes([0x80 | opcode])
        if len(data) < 126:
            head += bytes([0x80 | len(data)])
        elif len(data) < 1 << 16:
            head += bytes([0x80 | 126]) + struct.pack(">H", len(data))
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", len(data))
        self.writer.write(head + b"\0\0\0\0" + data)  # masked with zeros: the same bytes
        await self.writer.drain()

    async def receive(self) -> str | bytes:
        """The next message. Raises Closed."""
        whole = b""
        kind = TEXT
        while True:
            try:
                opcode, final, data = await self._frame()
            except (asyncio.IncompleteReadError, ConnectionError):
                raise Closed from None
            if opcode == CLOSE:
                self.writer.close()
                raise Closed
            if opcode == PING:
                await self.send(data, PONG)
                continue
            kind = opcode or kind
            whole += data
            if final:
                return whole.decode() if kind == TEXT else whole

    async def _frame(self) -> tuple[int, bool, bytes]:
        first, second = await self.reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", await self.reader.readexactly(8))
        return first & 0x0F, bool(first & 0x80), await self.reader.readexactly(length)

    def close(self) -> None:
        """Hang up."""
        self.writer.close()
