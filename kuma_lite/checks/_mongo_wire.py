"""MongoDB's wire protocol on our own connection: OP_MSG, the first hello, and logging in with SCRAM.

The driver itself would keep connections and tasks for each server of a deployment; of it, only BSON is used.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.checks import _driver
from kuma_lite.checks._channel import Channel
from kuma_lite.checks._mongo_url import MongoUrl, wrong
from kuma_lite.checks._scram import Scram, ScramError
from kuma_lite.core.declarations import CannotCheck, CheckFailed
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.saslprep import saslprep

MAX_MESSAGE_BYTES: Final = 67_108_864  # what Uptime Kuma's driver takes
_HEAD: Final = struct.Struct("<iiii")  # length, request, response to, operation
_OP_MSG, _OP_REPLY = 2013, 1
_OP_MSG_START: Final = 5  # flags, kind of the section
_OP_REPLY_START: Final = 20  # flags, cursor, place, count
_EXTERNAL: Final = "$external"
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
        digest, source = _SCRAM[mechanism], _source(url)
        scram = Scram(digest, url.user, _secret(url, digest))
        start = {"saslStart": 1, "mechanism": mechanism, "payload": scram.first()}
        answer = await self.run(source, {**start, "options": {"skipEmptyExchange": True}})
        going_on = {"saslContinue": 1, "conversationId": answer.get("conversationId")}
        try:
            final = await scram.final(_payload(answer))
            answer = await self.run(source, {**going_on, "payload": final})
            scram.check(_payload(answer))
        except ScramError as error:
            raise CheckFailed(str(error)) from None
        if not answer.get("done"):
            await self.run(source, {**going_on, "payload": b""})


def _payload(answer: Mapping[str, Any]) -> bytes:
    payload = answer.get("payload")
    return payload if isinstance(payload, bytes) else b""


def _source(url: MongoUrl) -> str:
    """The database in which the user is."""
    return url.options.get("authsource") or url.database or "admin"


def _secret(url: MongoUrl, digest: str) -> bytes:
    password = url.password or ""
    if digest == "sha256":
        try:
            return saslprep(password).encode()
        except ValueError:
            raise wrong("the password has characters that cannot be") from None
    plain = f"{url.user}:mongo:{password}".encode()
    return hashlib.md5(plain, usedforsecurity=False).hexdigest().encode()
