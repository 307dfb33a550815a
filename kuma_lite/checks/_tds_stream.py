"""Packets of TDS, the protocol of SQL Server (MS-TDS §2.2.3): messages out, one stream of bytes in."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from kuma_lite.net.errors import ErrorKind, NetworkError

if TYPE_CHECKING:
    from kuma_lite.checks._channel import Channel

BATCH, REPLY, LOG_IN, SSPI, PRELOGIN = 0x01, 0x04, 0x10, 0x11, 0x12
PACKET_BYTES: Final = 4096  # what a session begins with
_HEAD_BYTES: Final = 8
_LAST: Final = 1
_PIECE_BYTES: Final = 64 * 1024


def nonsense() -> NetworkError:
    """The failure for what no SQL Server would say; worded as the end of a connection is."""
    return NetworkError("socket hang up", "ERR_PROTOCOL", ErrorKind.PROTOCOL)


class TdsStream:
    """Bytes of the reply that is being read. Raises NetworkError."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._buffer = bytearray()
        self._ended = True  # the packet that was read last ends a message

    def send(self, kind: int, body: bytes) -> None:
        """A message, in as many packets as it takes; what comes next is its reply."""
        room = PACKET_BYTES - _HEAD_BYTES
        packets = []
        for number, place in enumerate(range(0, len(body), room), 1):
            part = body[place : place + room]
            status = _LAST if place + room >= len(body) else 0
            packets.append(struct.pack(">BBHHBB", kind, status, len(part) + 8, 0, number % 256, 0) + part)
        self.channel.write(b"".join(packets))
        self._buffer.clear()
        self._ended = False

    async def take(self, count: int) -> bytes:
        """That many bytes."""
        while len(self._buffer) < count:
            await self._more()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    async def keep(self, count: int, limit: int) -> bytes:
        """That many bytes, of which at most `limit` are given back."""
        kept = b""
        while count:
            piece = await self.take(min(count, _PIECE_BYTES))
            kept += piece[: limit - len(kept)]
            count -= len(piece)
        return kept

    async def whole(self, limit: int) -> bytes:
        """All of the message."""
        while not self._ended:
            await self._more()
            if len(self._buffer) > limit:
                raise nonsense()
        return await self.take(len(self._buffer))

    async def number(self, size: int) -> int:
        """An unsigned number."""
        return int.from_bytes(await self.take(size), "little")

    async def text(self, size: int) -> str:
        """A text after its length in characters, which has `size` bytes."""
        return (await self.take(2 * await self.number(size))).decode("utf-16-le", "replace")

    async def at_end(self) -> bool:
        """Whether the message has nothing more."""
        while not self._buffer and not self._ended:
            await self._more()
        return not self._buffer

    async def _more(self) -> None:
        if self._ended:
            raise nonsense()
        kind, status, length = struct.unpack(">BBH4x", await self.channel.exactly(_HEAD_BYTES))
        if kind not in (REPLY, PRELOGIN) or length < _HEAD_BYTES:
            raise nonsense()
        self._buffer += await self.channel.exactly(length - _HEAD_BYTES)
        self._ended = bool(status & _LAST)
