"""MongoDB's wire protocol on our own connection: OP_MSG, the first hello, and logging in with SCRAM.

The driver itself would keep connections and tasks for each server of a deployment; of it, only BSON is used.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from kuma_lite.checks import _driver
from kuma_lite.checks._channel import Channel
from kuma_lite.checks._mongo_url import MongoUrl, wrong
from kuma_lite.core.declarations import CannotCheck, CheckFailed
from kuma_lite.net.errors import ErrorKind, NetworkError

MAX_MESSAGE_BYTES: Final = 67_108_864  # what Uptime Kuma's driver takes
_HEAD: Final = struct.Struct("<iiii")  # length, request, response to, operation
_OP_MSG, _OP_REPLY = 2013, 1
_OP_MSG_START: Final = 5  # flags, kind of the section
_OP_REPLY_START: Final = 20  # flags, cursor, place, count
_EXTERNAL: Final = "$external"
_MAX_ITERATIONS: Final = 1_000_000  # of what a server may ask for; real ones ask for 15,000
_MIN_ITERATIONS: Final = 4096  # RFC 5802
_SALTED_KEPT: Final = 64  # salted passwords; each costs 5 to 10 ms
_SCRAM: Final = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256"}


class CommandFailed(Exception):
    """A server refuses a command, in its own words."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.message = str(answer.get("errmsg") or answer.get("$err") or "MongoDB command failed")
        self.code = answer.get("code")
        super().__init__(self.message)


class Conversation:
    """Commands and their answers on one connection."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._bson = _driver.load("bson")
        conversion = _driver.load("bson.codec_options")
        self._codec = conversion.CodecOptions(datetime_conversion=conversion.DatetimeConversion.DATETIME_AUTO)
        self._number = 0

    async def run(self, database: str, command: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a command, whose first key is its name.

        Raises CommandFailed, NetworkError, and ValueError for a command that BSON cannot hold.
        """
        self._number += 1
        try:
            body = struct.pack("<iB", 0, 0) + self._bson.encode({**command, "$db": database})
        except (OverflowError, self._bson.errors.BSONError):
            raise ValueError("a key or a number that BSON does not know") from None
        self._channel.write(_HEAD.pack(_HEAD.size + len(body), self._number, 0, _OP_MSG) + body)
        length, _, _, operation = _HEAD.unpack(await self._channel.exactly(_HEAD.size))
        if not _HEAD.size <= length <= MAX_MESSAGE_BYTES:
            most = f", max allowed: {MAX_MESSAGE_BYTES}" if length > 0 else ""
            raise NetworkError(f"Invalid message size: {length}{most}", "EPROTO", ErrorKind.PROTOCOL)
        answer = self._decoded(operation, await self._channel.exactly(length - _HEAD.size))
        if not answer.get("ok"):
            raise CommandFailed(answer)
        return answer

    def _decoded(self, operation: int, body: bytes) -> dict[str, Any]:
        start = {_OP_MSG: _OP_MSG_START, _OP_REPLY: _OP_REPLY_START}.get(operation)
        try:
            if start is None or len(body) < start + 5:
                raise ValueError
            end = start + int.from_bytes(body[start : start + 4], "little", signed=True)
            decoded: dict[str, Any] = self._bson.decode(body[start:end], codec_options=self._codec)
        except (ValueError, OverflowError, self._bson.errors.BSONError):
            raise NetworkError("The answer is no message of MongoDB", "EPROTO", ErrorKind.PROTOCOL) from None
        return decoded

    async def hello(self, url: MongoUrl) -> dict[str, Any]:
        """What the server is. Raises as `run`."""
        command: dict[str, Any] = {
            "isMaster": 1,  # what all versions understand
            "helloOk": True,
            "client": {
                "driver": {"name": "kuma-lite", "version": "1"},
                "os": {"type": "Linux"},
                "application": {"name": url.options.get("appname") or "Kuma Lite"},
            },
        }
        if url.user and not url.options.get("authmechanism"):
            command["saslSupportedMechs"] = f"{_source(url)}.{url.user}"
        return await self.run("admin", command)

    async def log_in(self, url: MongoUrl, hello: Mapping[str, Any]) -> None:
        """As the connection string says. Raises CheckFailed, CannotCheck, and as `run`."""
        mechanism = url.options.get("authmechanism", "").upper()
        if not url.user and mechanism != "MONGODB-X509":
            if mechanism and mechanism != "DEFAULT":
                raise wrong("the user name is missing")
            return
        if mechanism in ("", "DEFAULT"):
            offered = hello.get("saslSupportedMechs")
            strong = isinstance(offered, list) and "SCRAM-SHA-256" in offered
            mechanism = "SCRAM-SHA-256" if strong else "SCRAM-SHA-1"
        if mechanism == "MONGODB-X509":
            await self.run(_EXTERNAL, {"authenticate": 1, "mechanism": mechanism})
            return
        if url.password is None:
            raise wrong("the password is missing")
        if mechanism in _SCRAM:
            await self._scram(url, mechanism)
        elif mechanism == "PLAIN":
            payload = f"\0{url.user}\0{url.password}".encode()
            await self.run(
                url.options.get("authsource") or _EXTERNAL,
                {"saslStart": 1, "mechanism": "PLAIN", "payload": payload},
            )
        else:
            raise CannotCheck(f"Connection string: the log-in {mechanism[:40]} is not supported here.")

    async def _scram(self, url: MongoUrl, mechanism: str) -> None:
        """RFC 5802, RFC 7677, without channel binding."""
        digest, source = _SCRAM[mechanism], _source(url)
        name = url.user.replace("=", "=3D").replace(",", "=2C")
        nonce = b64encode(secrets.token_bytes(24)).decode()
        first = f"n={name},r={nonce}"
        start = {"saslStart": 1, "mechanism": mechanism, "payload": f"n,,{first}".encode()}
        answer = await self.run(source, {**start, "options": {"skipEmptyExchange": True}})
        server_first = bytes(answer.get("payload") or b"").decode("utf-8", "replace")
        parts = _parts(server_first)
        iterations = int(parts["i"]) if re.fullmatch("[0-9]{1,9}", parts.get("i", "")) else 0
        if not parts.get("r", "").startswith(nonce) or not _MIN_ITERATIONS <= iterations <= _MAX_ITERATIONS:
            raise CheckFailed("The server's part of the log-in (SCRAM) makes no sense")
        secret = _secret(url, digest)
        try:
            salt = b64decode(parts.get("s", ""), validate=True)
        except ValueError:
            raise CheckFailed("The server's part of the log-in (SCRAM) makes no sense") from None
        salted = await asyncio.to_thread(_salted, digest, secret, salt, iterations)
        without_proof = f"c=biws,r={parts['r']}"
        signed = f"{first},{server_first},{without_proof}".encode()
        client_key = hmac.digest(salted, b"Client Key", digest)
        signature = hmac.digest(hashlib.new(digest, client_key).digest(), signed, digest)
        proof = bytes(one ^ other for one, other in zip(client_key, signature, strict=True))
        payload = f"{without_proof},p={b64encode(proof).decode()}".encode()
        conversation = answer.get("conversationId")
        going_on = {"saslContinue": 1, "conversationId": conversation}
        answer = await self.run(source, {**going_on, "payload": payload})
        expected = hmac.digest(hmac.digest(salted, b"Server Key", digest), signed, digest)
        proven = _parts(bytes(answer.get("payload") or b"").decode("utf-8", "replace")).get("v", "")
        if not hmac.compare_digest(proven.encode(), b64encode(expected)):
            raise CheckFailed("The server does not know the password either: it cannot prove who it is")
        if not answer.get("done"):
            await self.run(source, {**going_on, "payload": b""})


def _source(url: MongoUrl) -> str:
    """The database in which the user is."""
    return url.options.get("authsource") or url.database or "admin"


def _secret(url: MongoUrl, digest: str) -> bytes:
    password = url.password or ""
    if digest == "sha256":
        try:
            prepared = _driver.load("pymongo.saslprep").saslprep(password)
        except ValueError:
            raise wrong("the password has characters that cannot be") from None
        return str(prepared).encode()
    plain = f"{url.user}:mongo:{password}".encode()
    return hashlib.md5(plain, usedforsecurity=False).hexdigest().encode()


@lru_cache(_SALTED_KEPT)
def _salted(digest: str, secret: bytes, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac(digest, secret, salt, iterations)


def _parts(text: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition("=") for part in text.split(","))}
