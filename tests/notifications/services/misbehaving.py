"""What no service should do to its clients, on the loopback."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import Final

from tests.checks.peers import Talk

HUGE: Final = 10 * 1024 * 1024  # bytes
CHUNK: Final = 64 * 1024
SILENCE_S: Final = 0.2  # after which a client is taken for one that waits for a greeting
SHOWN: Final = 2_000  # characters of an answer that an error text may have

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


class Misbehaving:
    """A server's manners, by name; counts what it is asked and the bytes that it gets rid of."""

    def __init__(self) -> None:
        self.asked = 0
        self.written = 0

    async def huge(self, reader: Reader, writer: Writer) -> None:
        """An answer of 10 MB that begins with what was asked."""
        await self._huge("200 OK", reader, writer)

    async def huge_refusal(self, reader: Reader, writer: Writer) -> None:
        """A refusal of 10 MB."""
        await self._huge("503 Service Unavailable", reader, writer)

    async def loop(self, reader: Reader, writer: Writer) -> None:
        """Sends everybody back to where they are."""
        await self._heard(reader)
        await self._say(writer, b"HTTP/1.1 307 Go\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    async def hang(self, reader: Reader, writer: Writer) -> None:
        """Never answers."""
        await self._heard(reader)
        await reader.read()

    async def drip(self, reader: Reader, writer: Writer) -> None:
        """Never comes to an end."""
        await self._heard(reader)
        await self._say(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not reader.at_eof():
            await self._say(writer, b"x")
            await asyncio.sleep(0.05)

    async def close(self, reader: Reader, writer: Writer) -> None:
        """Hangs up at once."""
        self.asked += 1

    async def garbage(self, reader: Reader, writer: Writer) -> None:
        """Does not speak HTTP, and repeats what it was told."""
        await self._say(writer, b"\x00\x16garbage \xff" + await self._heard(reader) + b"\r\n\r\n")

    async def echo(self, reader: Reader, writer: Writer) -> None:
        """Refuses with what it was told, headers and all."""
        await self._refuse(writer, await self._heard(reader))

    def refusing_with(self, text: str) -> Talk:
        """Refuses with a text of its own."""

        async def talk(reader: Reader, writer: Writer) -> None:
            await self._heard(reader)
            await self._refuse(writer, text.encode())

        return talk

    async def _heard(self, reader: Reader) -> bytes:
        """One request; what has come after a silence, of clients that do not speak HTTP."""
        self.asked += 1
        got = b""
        with suppress(TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(SILENCE_S):
                got = await reader.readuntil(b"\r\n\r\n")
                if length := re.search(rb"content-length: *(\d+)", got, re.IGNORECASE):
                    got += await reader.readexactly(int(length[1]))
        return got

    async def _say(self, writer: Writer, text: bytes) -> None:
        writer.write(text)
        await writer.drain()
        self.written += len(text)

    async def _refuse(self, writer: Writer, body: bytes) -> None:
        await self._say(writer, f"HTTP/1.1 400 Bad\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    async def _huge(self, status: str, reader: Reader, writer: Writer) -> None:
        echo = await self._heard(reader)
        await self._say(writer, f"HTTP/1.1 {status}\r\nContent-Length: {HUGE}\r\n\r\n".encode() + echo)
        while self.written < HUGE:
            await self._say(writer, b"x" * CHUNK)
