"""A stand-in for Oracle's listener, written from what is publicly known of Oracle Net.

It answers `tnsping`, and refuses everybody with the error it is given. There is no Oracle database to be had
from Debian.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.peers.support import keep

UNKNOWN_SERVICE, UNKNOWN_SID, BLOCKED = 12514, 12505, 12528
_REFUSE = 4


@dataclass
class Listener:
    """What it is asked is kept in `asked`."""

    error: int = UNKNOWN_SERVICE
    asked: list[str] = field(default_factory=list)
    port: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(8)
        body = await reader.readexactly(int.from_bytes(head[:2], "big") - 8)
        length, place = struct.unpack_from(">HH", body, 16)
        asked = body[place - 8 : place - 8 + length].decode()
        if not asked:  # a long one comes in a packet of its own, after two bytes of flags
            head = await reader.readexactly(8)
            asked = (await reader.readexactly(int.from_bytes(head[:2], "big") - 8))[2:].decode()
        self.asked.append(asked)
        error = 0 if "(COMMAND=ping)" in asked else self.error
        data = (
            f"(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR={error})(ERROR_STACK=(ERROR=(CODE={error})(EMFI=4))))"
        )
        refusal = struct.pack(">BBH", 34, 0, len(data)) + data.encode()
        writer.write(struct.pack(">HHBBH", 8 + len(refusal), 0, _REFUSE, 0, 0) + refusal)


@asynccontextmanager
async def serving(listener: Listener) -> AsyncIterator[Listener]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await listener.talk(reader, writer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield listener
    finally:
        server.close()


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[int]:
    del folder
    async with serving(Listener()) as listener:
        yield listener.port


if __name__ == "__main__":
    keep(running)
