"""A stand-in for SQL Server, written from MS-TDS: prelogin, TLS, log-in, and batches with known answers.

There is no SQL Server to be had from Debian. `running` gives its port; `kuma` logs in with `p@ss;w"rd`.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.net.authority import Issued, issue
from tests.peers.support import keep

USER, PASSWORD, DATABASE = "kuma", 'p@ss;w"rd', "shop"
NO_TLS, TLS = 2, 1
_REPLY, _PRELOGIN, _BATCH, _SSPI = 0x04, 0x12, 0x01, 0x11
# An NTLM challenge ([MS-NLMP] §2.2.1.2): no target, Unicode, eight bytes, names.
_NAMES = struct.pack("<HH", 2, 6) + "DOM".encode("utf-16-le") + bytes(4)
CHALLENGE = (
    b"NTLMSSP\0\2\0\0\0"
    + struct.pack("<HHI", 0, 0, 56)
    + struct.pack("<I", 0xA289_8205)
    + b"challeng"
    + bytes(8)
    + struct.pack("<HHI", len(_NAMES), len(_NAMES), 56)
    + b"\x0a\0\x61\x4a\0\0\0\x0f"
    + _NAMES
)
COLLATION = b"\x09\x04\xd0\x00\x34"  # Latin1_General_CI_AS
_INT, _NVARCHAR = b"\x26\x04", b"\xe7\xc8\x00" + COLLATION


def short(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("utf-16-le")


def long(text: str) -> bytes:
    return struct.pack("<H", len(text)) + text.encode("utf-16-le")


def message(token: int, number: int, text: str, severity: int = 14) -> bytes:
    """An error (0xAA) or a remark (0xAB)."""
    body = struct.pack("<IBB", number, 1, severity) + long(text) + short("stand-in") + short("")
    body += struct.pack("<I", 1)
    return bytes([token]) + struct.pack("<H", len(body)) + body


def done(status: int = 0, rows: int = 0) -> bytes:
    return b"\xfd" + struct.pack("<HHQ", status, 0xC1, rows)


def columns(*types: bytes) -> bytes:
    found = b"\x81" + struct.pack("<H", len(types))
    for place, kind in enumerate(types):
        found += struct.pack("<IH", 0, 9) + kind + short(f"c{place}")
    return found


def rows(types: tuple[bytes, ...], *values: bytes) -> bytes:
    """A whole answer; each value is a row as it travels."""
    return columns(*types) + b"".join(b"\xd1" + value for value in values) + done(0x10, len(values))


def change(kind: int, new: bytes, old: bytes = b"\0") -> bytes:
    body = bytes([kind]) + new + old
    return b"\xe3" + struct.pack("<H", len(body)) + body


def number(value: int) -> bytes:
    return b"\x04" + struct.pack("<i", value)


ANSWERS: Mapping[str, bytes] = {
    "SELECT 1": rows((_INT,), number(1)),
    "SELECT 1 WHERE 1 = 0": rows((_INT,)),
    "SELECT count(*) FROM item": rows((_INT,), number(3)),
    "SELECT id FROM item": rows((_INT,), *(number(each) for each in (1, 2, 3))),
    "SELECT 1, 2": rows((_INT, _INT), number(1) + number(2)),
    "SELECT * FROM nothing": message(0xAA, 208, "Invalid object name 'nothing'.", 16) + done(2),
    "SELECT id FROM item; SELECT name FROM item": rows((_INT,), number(1)).replace(
        done(0x10, 1), done(0x11, 1)
    )
    + rows((_NVARCHAR,), struct.pack("<H", 2) + b"a\0", struct.pack("<H", 2) + b"b\0"),
    "UPDATE item SET name = 'x'": done(0x10, 3),
}


@dataclass
class Server:
    """What it is asked is kept in `logins` and `batches`."""

    answers: Mapping[str, bytes] = field(default_factory=lambda: ANSWERS)
    encryption: int = NO_TLS
    certificate: Issued | None = None
    route: tuple[str, int] | None = None
    challenge: bytes = CHALLENGE  # to a Windows user
    logins: list[dict[str, str]] = field(default_factory=list)
    batches: list[str] = field(default_factory=list)
    port: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(reader, writer)
        kind, asked = await connection.read()
        assert kind == _PRELOGIN
        assert 0xFF in asked
        value = bytes([self.encryption])
        connection.write(b"\0\0\x0b\0\x06\x01\0\x11\0\x01\xff" + b"\x10\0\x0f\xa0\0\0" + value)
        if self.encryption != NO_TLS:
            assert self.certificate is not None
            await connection.shake_hands(self.certificate.server_context())
        _, body = await connection.read()
        login = read_login(body)
        self.logins.append(login)
        if login["windows"]:
            connection.write(b"\xed" + struct.pack("<H", len(self.challenge)) + self.challenge)
            kind, proof = await connection.read()
            assert kind == _SSPI
            login |= read_proof(proof)
        welcome = self.welcome(login)
        connection.write(welcome)
        if welcome[:1] == b"\xaa":  # an error
            return
        while True:
            kind, body = await connection.read()
            if kind != _BATCH:
                return
            (length,) = struct.unpack_from("<I", body)
            batch = body[length:].decode("utf-16-le")
            self.batches.append(batch)
            syntax = message(0xAA, 102, f"Incorrect syntax near '{batch.partition(' ')[0]}'.", 15) + done(2)
            connection.write(self.answers.get(batch, syntax))

    def welcome(self, login: dict[str, str]) -> bytes:
        failed = message(0xAA, 18456, f"Login failed for user '{login['user']}'.") + done(2)
        if (login["user"], login["password"]) != (USER, PASSWORD):
            return failed
        if login["database"] not in ("", DATABASE):
            text = f'Cannot open database "{login["database"]}" requested by the login. The login failed.'
            return message(0xAA, 4060, text, 11) + failed
        program = "Microsoft SQL Server"
        ack = b"\x01\x74\0\0\x04" + short(program) + b"\x10\0\x0f\xa0"
        found = change(1, short(DATABASE), short("master"))
        found += message(0xAB, 5701, f"Changed database context to '{DATABASE}'.", 0)
        found += change(7, bytes([5]) + COLLATION) + change(4, short("4096"), short("4096"))
        if self.route is not None:
            host, port = self.route
            new = struct.pack("<BH", 0, port) + long(host)
            found += change(20, struct.pack("<H", len(new)) + new, b"\0\0")
        return found + b"\xad" + struct.pack("<H", len(ack)) + ack + done()


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._tls: ssl.SSLObject | None = None
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()

    async def read(self) -> tuple[int, bytes]:
        """A message: its kind, and what its packets hold."""
        body = b""
        while True:
            kind, status, length = struct.unpack(">BBH4x", await self._exactly(8))
            body += await self._exactly(length - 8)
            if status & 1:
                return kind, body

    def write(self, body: bytes, kind: int = _REPLY, size: int = 512) -> None:
        """A message in small packets."""
        for place in range(0, len(body), size):
            part = body[place : place + size]
            packet = struct.pack(">BBHHBB", kind, place + size >= len(body), len(part) + 8, 51, 1, 0) + part
            if self._tls is not None:
                self._tls.write(packet)
                packet = self._out.read()
            self._writer.write(packet)

    async def shake_hands(self, context: ssl.SSLContext) -> None:
        tls = context.wrap_bio(self._in, self._out, server_side=True)
        while True:
            _, data = await self.read()
            self._in.write(data)
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                self.write(self._out.read(), _PRELOGIN)
                continue
            except ssl.SSLError:
                raise ConnectionError from None
            self.write(self._out.read(), _PRELOGIN)
            self._tls = tls
            return

    async def _exactly(self, count: int) -> bytes:
        if self._tls is None:
            return await self._reader.readexactly(count)
        found = b""
        while len(found) < count:
            try:
                found += self._tls.read(count - len(found))
            except ssl.SSLWantReadError:
                data = await self._reader.read(4096)
                if not data:
                    raise asyncio.IncompleteReadError(found, count) from None
                self._in.write(data)
        return found


def read_login(body: bytes) -> dict[str, str]:
    """The texts of a LOGIN7."""
    assert struct.unpack_from("<I", body) == (len(body),)
    names = (
        "workstation",
        "user",
        "password",
        "application",
        "server",
        "",
        "library",
        "language",
        "database",
    )
    found = {}
    for place, name in enumerate(names):
        offset, length = struct.unpack_from("<HH", body, 36 + 4 * place)
        raw = body[offset : offset + 2 * length]
        if name == "password":
            raw = bytes((byte ^ 0xA5) >> 4 | ((byte ^ 0xA5) << 4 & 0xF0) for byte in raw)
        found[name] = raw.decode("utf-16-le")
    offset, length = struct.unpack_from("<HH", body, 78)
    found["windows"] = body[offset : offset + length].decode("latin-1")
    assert bool(length) == bool(body[25] & 0x80)
    return found


def read_proof(proof: bytes) -> dict[str, str]:
    """Who answers an NTLM challenge ([MS-NLMP] §2.2.1.3); it is believed."""
    assert proof[:12] == b"NTLMSSP\0\3\0\0\0"
    found = {"password": PASSWORD}
    for name, place in (("domain", 28), ("user", 36)):
        length, _, offset = struct.unpack_from("<HHI", proof, place)
        found[name] = proof[offset : offset + length].decode("utf-16-le")
    return found


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[Server]:
    tasks: set[asyncio.Task[None] | None] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await server.talk(reader, writer)
            await writer.drain()
        writer.close()

    listener = await asyncio.start_server(talk, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            if task is not None and not task.done():
                task.cancel()
                await asyncio.wait([task])


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[int]:
    del folder
    async with serving(
        Server(encryption=TLS, certificate=issue("localhost", names=("localhost",)))
    ) as server:
        yield server.port


if __name__ == "__main__":
    keep(running)
