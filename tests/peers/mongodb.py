"""A stand-in for MongoDB: OP_MSG, the first hello, SCRAM, ping and a few commands. `running` gives its port.

It has the users `kuma` (SCRAM-SHA-256 and -1) and `old` (SCRAM-SHA-1 only) in the database `admin`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
import struct
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import bson
from bson.decimal128 import Decimal128
from bson.int64 import Int64
from bson.objectid import ObjectId
from bson.timestamp import Timestamp

from tests.peers.support import keep

PASSWORD: Final = "p@ss:w/rd, é"
USERS: Final = {"kuma": ("SCRAM-SHA-1", "SCRAM-SHA-256"), "old": ("SCRAM-SHA-1",)}
_SALT: Final = b"0123456789abcdef"
_ITERATIONS: Final = 4096
_OP_MSG: Final = 2013
SERVER: Final = {"ismaster": True, "minWireVersion": 0, "maxWireVersion": 21, "readOnly": False}
EVERYTHING: Final = {
    "id": ObjectId("65a000000000000000000001"),
    "at": datetime(2030, 1, 2, 3, 4, 5, 678000, UTC),
    "long": Int64(5),
    "double": 1.5,
    "bytes": b"\1\2",
    "decimal": Decimal128("1.10"),
    "stamp": Timestamp(1, 2),
    "list": [1, None, "x"],
}


@dataclass
class Mongo:
    """A server, and what it says of itself."""

    port: int = 0
    hello: dict[str, Any] = field(default_factory=lambda: dict(SERVER))
    needs_login: bool = False
    dismisses: bool = False  # hangs up instead of answering a command
    ignores: bool = False  # never answers a command
    commands: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self)
        self.connections += 1
        try:
            while True:
                length, number, _, operation = struct.unpack("<iiii", await reader.readexactly(16))
                assert operation == _OP_MSG
                body = await reader.readexactly(length - 16)
                assert body[:5] == bytes(5)
                answer = await session.answer(bson.decode(body[5:]))
                if answer is None:
                    return
                document = bytes(5) + bson.encode(answer)
                writer.write(struct.pack("<iiii", 16 + len(document), 1, number, _OP_MSG) + document)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.connections -= 1
            with suppress(OSError):
                writer.close()


def _refused(text: str, code: int) -> dict[str, Any]:
    return {"ok": 0.0, "errmsg": text, "code": code}


class _Session:
    """One connection."""

    def __init__(self, server: Mongo) -> None:
        self._server = server
        self._user = ""
        self._exchange: _Scram | None = None

    async def answer(self, command: dict[str, Any]) -> dict[str, Any] | None:
        name = next(iter(command))
        self._server.commands.append(command)
        if name in ("isMaster", "hello"):
            return self._hello(command)
        if name == "saslStart":
            return self._start(command)
        if name == "saslContinue":
            return self._go_on(command)
        if self._server.dismisses:
            return None
        if self._server.ignores:
            await asyncio.Event().wait()
        if self._server.needs_login and not self._user:
            return _refused(f"Command {name} requires authentication", 13)
        if name == "ping":
            return {"ok": 1.0}
        if name == "everything":
            return {**EVERYTHING, "ok": 1.0}
        if name == "half":
            return {"ok": 2.0}
        return _refused(f"no such command: '{name}'", 59)

    def _hello(self, command: Mapping[str, Any]) -> dict[str, Any]:
        answer = {**self._server.hello, "ok": 1.0}
        source, _, user = command.get("saslSupportedMechs", "").partition(".")
        if source == "admin" and user in USERS:
            answer["saslSupportedMechs"] = list(USERS[user])
        return answer

    def _start(self, command: Mapping[str, Any]) -> dict[str, Any]:
        if command["mechanism"] == "PLAIN":
            _, user, password = command["payload"].decode().split("\0")
            if command["$db"] != "$external" or user != "kuma" or password != PASSWORD:
                return _refused("Authentication failed.", 18)
            self._user = user
            return {"conversationId": 1, "payload": b"", "done": True, "ok": 1.0}
        exchange = _Scram(command["mechanism"], command["payload"].decode())
        if command["$db"] != "admin" or command["mechanism"] not in USERS.get(exchange.user, ()):
            return _refused("Authentication failed.", 18)
        self._exchange = exchange
        return {"conversationId": 1, "payload": exchange.first.encode(), "done": False, "ok": 1.0}

    def _go_on(self, command: Mapping[str, Any]) -> dict[str, Any]:
        assert self._exchange is not None
        signature = self._exchange.final(command["payload"].decode())
        if signature is None:
            return _refused("Authentication failed.", 18)
        self._user = self._exchange.user
        payload = f"v={b64encode(signature).decode()}".encode()
        return {"conversationId": 1, "payload": payload, "done": True, "ok": 1.0}


class _Scram:
    """The server's side of RFC 5802."""

    def __init__(self, mechanism: str, message: str) -> None:
        self._digest = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256"}[mechanism]
        assert message.startswith("n,,n=")
        self._client_first = message[3:]
        fields = dict(part.split("=", 1) for part in self._client_first.split(","))
        self.user = fields["n"].replace("=2C", ",").replace("=3D", "=")
        self.first = f"r={fields['r']}server,s={b64encode(_SALT).decode()},i={_ITERATIONS}"

    def final(self, message: str) -> bytes | None:
        """The server's signature; None when the proof is wrong."""
        without_proof, _, proof = message.partition(",p=")
        secret = PASSWORD.encode()
        if self._digest == "sha1":
            secret = hashlib.md5(f"{self.user}:mongo:{PASSWORD}".encode()).hexdigest().encode()
        salted = hashlib.pbkdf2_hmac(self._digest, secret, _SALT, _ITERATIONS)
        signed = f"{self._client_first},{self.first},{without_proof}".encode()
        stored = hashlib.new(self._digest, hmac.digest(salted, b"Client Key", self._digest)).digest()
        signature = hmac.digest(stored, signed, self._digest)
        key = bytes(one ^ other for one, other in zip(signature, b64decode(proof), strict=True))
        if hashlib.new(self._digest, key).digest() != stored:
            return None
        return hmac.digest(hmac.digest(salted, b"Server Key", self._digest), signed, self._digest)


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None, **ways: Any) -> AsyncIterator[Mongo]:
    """The server on a free port of 127.0.0.1."""
    mongo = Mongo(**ways)
    server = await asyncio.start_server(mongo.talk, "127.0.0.1", 0, ssl=tls)
    mongo.port = server.sockets[0].getsockname()[1]
    try:
        yield mongo
    finally:
        server.close()


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[int]:
    """As the other peers."""
    del folder
    async with serving() as mongo:
        yield mongo.port


if __name__ == "__main__":
    keep(running)
