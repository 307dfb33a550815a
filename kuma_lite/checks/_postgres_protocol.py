"""The dialogue with a PostgreSQL server (protocol 3.0): log-in and one simple query.

Our own instead of a driver's: the monitor needs no values, and deriving the key of a SCRAM password, two
thirds of what a connection costs, is done once per password and salt instead of every time.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from kuma_lite.checks._scram import Scram, ScramError
from kuma_lite.core.declarations import CannotCheck, CheckFailed
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.saslprep import saslprep

if TYPE_CHECKING:
    from kuma_lite.checks._channel import Channel
    from kuma_lite.checks._postgres_url import PostgresTarget

SSL_REQUEST: Final = struct.pack("!ii", 8, 80_877_103)
_VERSION: Final = 196_608  # 3.0
_KNOWN: Final = frozenset(b"RSKZENTDCIGHWAcv12n3stdV")  # first bytes of what servers say
_MAX_WORDS_BYTES: Final = 256 * 1024  # of what is no row: a notice with its context
_PIECE_BYTES: Final = 64 * 1024  # rows are read past in pieces, however long they are
_MIN_ITERATIONS: Final = 1  # `scram_iterations` may be set so low
_OK, _CLEARTEXT, _MD5, _SASL, _SASL_CONTINUE, _SASL_FINAL = 0, 3, 5, 10, 11, 12
_OTHER_LOG_INS: Final = {2: "Kerberos V5", 7: "GSSAPI", 9: "SSPI"}
_MECHANISM: Final = "SCRAM-SHA-256"
_LOST: Final = "Connection terminated unexpectedly"  # also for what no PostgreSQL server would say


class Message(Struct, frozen=True):
    """What a server says; `body` without rows."""

    kind: str
    body: bytes


class Session:
    """One connection, TLS already spoken where it is wanted. Methods raise CheckFailed and NetworkError."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._heard = False

    async def log_in(self, target: PostgresTarget) -> None:
        """Until the server is ready for a query. Raises CannotCheck for log-ins that we do not speak."""
        words = {
            "user": target.user,
            "database": target.database or target.user,
            "client_encoding": "UTF8",
            **dict(target.settings),
        }
        body = b"".join(_text(key) + _text(value) for key, value in words.items())
        self._channel.write(struct.pack("!ii", len(body) + 9, _VERSION) + body + b"\0")
        scram: Scram | None = None
        while (message := await self._next()).kind != "Z":
            if message.kind == "R":
                scram = await self._authenticate(message.body, target, scram)

    async def query(self, statement: str) -> None:
        """Run it, and read past what it gives."""
        self._send(b"Q", _text(statement))
        while (message := await self._next()).kind != "Z":
            if message.kind in "GW":  # it wants rows of us
                self._send(b"f", _text("No source stream defined"))

    def close(self) -> None:
        """Say good-bye."""
        self._send(b"X", b"")

    async def _authenticate(self, body: bytes, target: PostgresTarget, scram: Scram | None) -> Scram | None:
        if len(body) < 4:
            raise _nonsense()
        (code,) = struct.unpack_from("!i", body)
        if code in (_OK, _SASL_FINAL):
            if code == _SASL_FINAL:
                _check(scram, body[4:])
            return scram
        if not target.password and code in (_CLEARTEXT, _MD5, _SASL, _SASL_CONTINUE):
            raise CannotCheck("Connection string: the password is missing, and the server asks for one.")
        if code == _CLEARTEXT:
            self._send(b"p", _text(target.password))
        elif code == _MD5:
            self._send(b"p", _text(hashed(target.user, target.password, body[4:8])))
        elif code == _SASL:
            if _MECHANISM.encode() not in body[4:].split(b"\0"):
                raise CannotCheck("The server wants a SASL log-in that is not supported here.")
            scram = Scram("sha256", "*", prepared(target.password).encode(), _MIN_ITERATIONS)
            first = scram.first()
            self._send(b"p", _text(_MECHANISM) + struct.pack("!i", len(first)) + first)
        elif code == _SASL_CONTINUE and scram is not None:
            try:
                self._send(b"p", await scram.final(body[4:]))
            except ScramError:
                raise _nonsense() from None
        else:
            name = _OTHER_LOG_INS.get(code, f"number {code}")
            raise CannotCheck(f"The server wants a log-in that is not supported here: {name}.")
        return scram

    def _send(self, kind: bytes, body: bytes) -> None:
        self._channel.write(kind + struct.pack("!i", len(body) + 4) + body)

    async def _next(self) -> Message:
        """The next message. Raises CheckFailed with the words of an error."""
        try:
            head = await self._channel.exactly(5)
            kind, length = head[:1].decode("latin-1"), int.from_bytes(head[1:], "big") - 4
            is_row = kind in "Dd" and self._heard
            if head[0] not in _KNOWN or length < 0 or (length > _MAX_WORDS_BYTES and not is_row):
                raise _nonsense()
            self._heard = True
            while length > _PIECE_BYTES and is_row:
                await self._channel.exactly(_PIECE_BYTES)
                length -= _PIECE_BYTES
            message = Message(kind, await self._channel.exactly(length))
        except NetworkError as error:
            raise as_said(error, heard=self._heard) from None
        if message.kind == "E":
            raise CheckFailed(words_of_error(message.body))
        return message


def as_said(error: NetworkError, *, heard: bool) -> NetworkError:
    """The end of a connection in the usual words; `heard`: the server had said something before."""
    if error.message != "socket hang up":
        return error
    return NetworkError(_LOST if heard else "read ECONNRESET", error.code, error.kind)


def words_of_error(body: bytes) -> str:
    """The primary message of an error (§55.8)."""
    for part in body.split(b"\0"):
        if part[:1] == b"M":
            return part[1:].decode("utf-8", "replace")
    return "The server reports an error without words"


def hashed(user: str, password: str, salt: bytes) -> str:
    """The answer to AuthenticationMD5Password."""
    inner = hashlib.md5((password + user).encode(), usedforsecurity=False).hexdigest()
    return "md5" + hashlib.md5(inner.encode() + salt, usedforsecurity=False).hexdigest()


def _check(scram: Scram | None, final: bytes) -> None:
    """Whether the server knows the password, too. Raises CheckFailed."""
    try:
        if scram is None:
            raise ScramError
        scram.check(final)
    except ScramError:
        raise CheckFailed("SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature does not match") from None


def prepared(password: str) -> str:
    """SASLprep (RFC 4013); what it forbids stays as it is, as PostgreSQL does."""
    try:
        return saslprep(password)
    except ValueError:
        return password


def _text(value: str) -> bytes:
    return value.replace("\0", "").encode("utf-8", "replace") + b"\0"


def _nonsense() -> NetworkError:
    return NetworkError(_LOST, "ERR_PROTOCOL", ErrorKind.PROTOCOL)
