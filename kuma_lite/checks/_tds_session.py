"""The dialogue with a SQL Server (TDS 7.4, MS-TDS): TLS, log-in and one batch.

Our own instead of a driver's: the one in pure Python blocks a thread, and speaks TLS through pyOpenSSL alone.
"""

from __future__ import annotations

import asyncio
import ssl
import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from kuma_lite.checks import _tds_stream as packets
from kuma_lite.checks._ado_string import SqlServerTarget
from kuma_lite.checks._channel import Channel
from kuma_lite.checks._driver import load
from kuma_lite.checks._sql import PREFIX, Answer
from kuma_lite.checks._tds_stream import TdsStream, nonsense
from kuma_lite.checks._tds_values import Column, as_text, has_table_name, read_column, read_value
from kuma_lite.core.declarations import CheckFailed
from kuma_lite.net.contexts import CONTEXTS_KEPT, TlsOptions, build_context
from kuma_lite.net.probe import sni, verified_report
from kuma_lite.net.tls import handshake_error, verification_error
from kuma_lite.net.tls_pipe import TlsPipe

if TYPE_CHECKING:
    from kuma_lite.net.connect import Stream

NO_ROWS: Final = "No Error, but the result is not an array. Type: undefined"
_NEEDS_TLS: Final = "Server requires encryption, set 'encrypt' config option to true."
_NO_TLS: Final = "The server does not support encryption"
_VERSION: Final = 0x74000004  # 7.4
_TLS_ON, _NO_TLS_HERE, _TLS_REQUIRED = 1, 2, 3
_MAX_PRELOGIN_BYTES: Final = 64 * 1024
_NO_COLUMNS: Final = 0xFFFF
_ROUTE: Final = 20
_TABLE_NAME, _COLUMNS, _ORDER, _ERROR, _INFO = 0xA4, 0x81, 0xA9, 0xAA, 0xAB
_COLUMN_INFO, _LOGIN_ACK, _FEATURES, _ROW, _PACKED_ROW = 0xA5, 0xAD, 0xAE, 0xD1, 0xD2
_CHANGE, _SESSION_STATE, _SSPI, _STATUS = 0xE3, 0xE4, 0xED, 0x79
_DONE: Final = frozenset({0xFD, 0xFE, 0xFF})
# Flags of a log-in: the database has to open, changes of it and of the language are told; as ODBC does.
_FLAGS_1, _FLAGS_2, _READ_ONLY, _WINDOWS = 0xE0, 0x03, 0x20, 0x80
_ENGLISH: Final = 0x409


class Route(Struct, frozen=True):
    """Where a server sends us on to."""

    host: str
    port: int


class Session:
    """One connection. Methods raise CheckFailed and NetworkError."""

    def __init__(self, stream: Stream) -> None:
        self._socket = stream
        self._stream = TdsStream(Channel(stream))
        self._error = ""
        self._first_error = ""

    async def begin(self, target: SqlServerTarget, now: float) -> None:
        """Agree on TLS, and shake hands."""
        wish = _TLS_ON if target.encrypt else _NO_TLS_HERE
        self._stream.send(packets.PRELOGIN, _prelogin(wish))
        answer = encryption_of(await self._stream.whole(_MAX_PRELOGIN_BYTES))
        if target.encrypt and answer not in (_TLS_ON, _TLS_REQUIRED):
            raise CheckFailed(PREFIX + _NO_TLS)  # never in plain text where TLS is wanted
        if not target.encrypt and answer in (_TLS_ON, _TLS_REQUIRED):
            raise CheckFailed(PREFIX + _NEEDS_TLS)
        if target.encrypt:
            await self._shake_hands(target, now)

    async def _shake_hands(self, target: SqlServerTarget, now: float) -> None:
        """The handshake travels in packets, all that follows does not (§3.2.5.1)."""
        name = target.certificate_name or target.host
        pipe = TlsPipe(await asyncio.to_thread(_context, target.verify), sni(name))
        data = b""
        try:
            while not pipe.handshake(data):
                self._stream.send(packets.PRELOGIN, pipe.outgoing())
                data = await self._stream.whole(_MAX_PRELOGIN_BYTES)
        except ssl.SSLCertVerificationError as error:
            raise verification_error(error, None, now) from None
        except ssl.SSLError as error:
            raise handshake_error(error) from None
        if last := pipe.outgoing():
            self._stream.send(packets.PRELOGIN, last)
        if target.verify:
            verified_report(pipe.ssl_object, name)
        self._stream = TdsStream(Channel(self._socket, pipe))

    async def log_in(self, target: SqlServerTarget) -> Route | None:
        """Until the server takes batches, or sends us elsewhere."""
        windows = _ntlm(target) if target.domain else None
        self._stream.send(packets.LOG_IN, login(target, windows.step() or b"" if windows else b""))
        route, welcome = None, False
        while not await self._stream.at_end():
            token = await self._stream.number(1)
            if token == _CHANGE:
                route = read_route(await self._stream.take(await self._stream.number(2))) or route
            elif token == _SSPI and windows is not None:
                await self._prove(windows)
            elif token == _LOGIN_ACK:
                welcome = True
                await self._stream.take(await self._stream.number(2))
            else:
                await self._other(token)
        if not welcome:
            # The first one tells why; the last one is always that the log-in failed.
            raise CheckFailed(PREFIX + (self._first_error or "Login failed."))
        return route

    async def _prove(self, windows: Any) -> None:
        """Answer the challenge to a Windows user."""
        from spnego.exceptions import SpnegoError

        challenge = await self._stream.take(await self._stream.number(2))
        try:
            proof = windows.step(challenge)
        except (SpnegoError, ValueError, LookupError, struct.error):
            raise nonsense() from None
        self._stream.send(packets.SSPI, proof or b"")

    async def query(self, statement: str) -> Answer:
        """Run a batch; the answer is its first set of rows."""
        headers = struct.pack("<IIHQI", 22, 18, 2, 0, 1)
        self._stream.send(packets.BATCH, headers + statement.encode("utf-16-le", "replace"))
        answer: Answer | None = None
        columns: list[Column] = []
        rows, value, sets = 0, "", 0
        while not await self._stream.at_end():
            token = await self._stream.number(1)
            if token == _COLUMNS:
                columns = await self._columns()
                sets += bool(columns)
            elif token in (_ROW, _PACKED_ROW):
                first = await self._row(columns, packed=token == _PACKED_ROW)
                if sets == 1:
                    value = value if rows else first
                    rows += 1
                    answer = Answer(rows, len(columns), value)
            else:
                await self._other(token)
            if sets and answer is None:
                answer = Answer(0, len(columns))
        if self._error:
            raise CheckFailed(PREFIX + self._error)
        return answer or Answer(None, instead=NO_ROWS)

    async def _columns(self) -> list[Column]:
        count = await self._stream.number(2)
        if count == _NO_COLUMNS:
            return []
        found = []
        for _ in range(count):
            await self._stream.take(6)  # type of the user, flags
            column = await read_column(self._stream)
            if has_table_name(column):
                for _ in range(await self._stream.number(1)):
                    await self._stream.text(2)
            await self._stream.text(1)
            found.append(column)
        return found

    async def _row(self, columns: list[Column], *, packed: bool) -> str:
        """The first value of a row; of a packed one, those that are NULL are missing (§2.2.7.14)."""
        if not columns:
            raise nonsense()
        missing = await self._stream.take((len(columns) + 7) // 8) if packed else b""
        first = ""
        for place, column in enumerate(columns):
            absent = packed and missing[place // 8] >> place % 8 & 1
            value = None if absent else await read_value(self._stream, column)
            if place == 0:
                first = as_text(column, value)
        return first

    async def _other(self, token: int) -> None:
        """What is the same in all replies."""
        if token in (_ERROR, _INFO):
            words = words_of_message(await self._stream.take(await self._stream.number(2)))
            if token == _ERROR:
                self._error, self._first_error = words, self._first_error or words
        elif token in _DONE:
            await self._stream.take(12)
        elif token in (_ORDER, _TABLE_NAME, _COLUMN_INFO, _SSPI, _CHANGE):
            await self._stream.take(await self._stream.number(2))
        elif token == _STATUS:
            await self._stream.take(4)
        elif token == _SESSION_STATE:
            await self._stream.keep(await self._stream.number(4), 0)
        elif token == _FEATURES:
            while await self._stream.number(1) != 0xFF:
                await self._stream.keep(await self._stream.number(4), 0)
        else:
            raise nonsense()


@lru_cache(CONTEXTS_KEPT)
def _context(verify: bool) -> ssl.SSLContext:
    """Up to TLS 1.2: after the handshake of 1.3 there would still be some of it on the way."""
    context = build_context(TlsOptions(verify=verify))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def _prelogin(encryption: int) -> bytes:
    """Version, encryption, instance, thread, several results at once (§2.2.6.5)."""
    values = (bytes(6), bytes([encryption]), b"\0", bytes(4), b"\0")
    place, heads = 5 * len(values) + 1, b""
    for number, value in enumerate(values):
        heads += struct.pack(">BHH", number, place, len(value))
        place += len(value)
    return heads + b"\xff" + b"".join(values)


def encryption_of(reply: bytes) -> int:
    """What a server wants in the matter (pure). Raises NetworkError for what is no reply to a prelogin."""
    place = 0
    while place < len(reply) and reply[place] != 0xFF:
        if len(reply) < place + 5:
            break
        number = reply[place]
        offset, length = (int.from_bytes(reply[at : at + 2], "big") for at in (place + 1, place + 3))
        if number == 1 and length == 1 and offset < len(reply) and reply[offset] <= _TLS_REQUIRED:
            return reply[offset]
        place += 5
    raise nonsense()


def _ntlm(target: SqlServerTarget) -> Any:
    """How a Windows user shows who he is."""
    spnego = load("spnego")
    name = f"{target.domain}\\{target.user}"
    return spnego.client(name, target.password, hostname=target.host, service="MSSQLSvc", protocol="ntlm")


def login(target: SqlServerTarget, windows: bytes = b"") -> bytes:
    """LOGIN7 (§2.2.6.4); `windows`: the first words of a Windows user, instead of name and password."""
    texts = [
        target.workstation,
        "" if windows else target.user,
        "" if windows else target.password,
        target.application or "Kuma Lite",
        target.host,
        "",
        "Kuma Lite",
        target.language,
        target.database,
    ]
    place, offsets, body = 94, b"", b""
    for number, text in enumerate(texts):
        raw = text.encode("utf-16-le", "replace")
        offsets += struct.pack("<HH", place, len(raw) // 2)
        body += hidden(raw) if number == 2 else raw
        place += len(raw)
    flags_2 = _FLAGS_2 | (_WINDOWS if windows else 0)
    flags = bytes([_FLAGS_1, flags_2, _READ_ONLY if target.read_only else 0, 0])
    head = struct.pack("<IIIIII", 94 + len(body) + len(windows), _VERSION, packets.PACKET_BYTES, 0, 0, 0)
    # What comes after the texts: the words of a Windows user, a file to attach, a new password.
    ends = struct.pack("<HHHHHH", place, len(windows), place + len(windows), 0, place + len(windows), 0)
    zone_and_language = struct.pack("<iI", 0, _ENGLISH)
    return head + flags + zone_and_language + offsets + bytes(6) + ends + bytes(4) + body + windows


def hidden(password: bytes) -> bytes:
    """The password as a log-in carries it; it is only hidden from the eye."""
    return bytes((byte << 4 & 0xF0 | byte >> 4) ^ 0xA5 for byte in password)


def words_of_message(body: bytes) -> str:
    """The text of an error or a remark (§2.2.7.10)."""
    length = int.from_bytes(body[6:8], "little")
    return body[8 : 8 + 2 * length].decode("utf-16-le", "replace")


def read_route(change: bytes) -> Route | None:
    """Another server, where a change of the environment is about that (§2.2.7.9)."""
    if len(change) < 8 or change[0] != _ROUTE:
        return None
    port, length = struct.unpack_from("<HH", change, 4)
    return Route(change[8 : 8 + 2 * length].decode("utf-16-le", "replace"), port)
