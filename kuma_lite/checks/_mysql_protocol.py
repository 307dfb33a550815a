"""The dialogue with a MySQL or MariaDB server (protocol 10): log-in and one query.

Our own instead of a driver's: the one for asyncio goes on in plain text where a server has no TLS, knows no
password outside Latin-1, and hides what kept it from connecting.
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from kuma_lite.checks import _mysql_log_in as log_ins
from kuma_lite.checks._sql import PREFIX, Answer
from kuma_lite.core.declarations import CannotCheck, CheckFailed
from kuma_lite.net.errors import ErrorKind, NetworkError

if TYPE_CHECKING:
    from kuma_lite.checks._channel import Channel
    from kuma_lite.checks._mysql_url import MysqlTarget

NO_ROWS: Final = "No Error, but the result is not an array. Type: object"
_LOST: Final = "Connection lost: The server closed the connection."  # also for what no MySQL server would say
_PROTOCOL: Final = 10
_OK, _MORE_DATA, _LOCAL_FILE, _SWITCH, _ERROR = 0x00, 0x01, 0xFB, 0xFE, 0xFF
_NULL: Final = 0xFB
_FAST_ENOUGH, _IN_FULL = b"\3", b"\4"  # what caching_sha2_password says of the first answer
_QUIT, _QUERY = b"\1", b"\3"
_UTF8MB4: Final = 45
_WHOLE_PACKET: Final = 0xFFFFFF  # a longer one goes on in the next
_KEPT_BYTES: Final = 256 * 1024  # of a packet; rows are read past in pieces, however long they are
_PIECE_BYTES: Final = 64 * 1024
_MAX_GREETING_BYTES: Final = 4096
_MORE_RESULTS: Final = 0x8
_CONNECT_WITH_DB, _SSL, _MULTI_STATEMENTS = 0x8, 0x800, 0x1_0000
_SECURE_CONNECTION, _PLUGIN_AUTH, _LENENC_AUTH = 0x8000, 0x8_0000, 0x20_0000
# Long passwords, found rows, long flags, blanks after names of functions, protocol 4.1, transactions, several
# results: what mysql2 asks for.
_WANTED: Final = 0x1 | 0x2 | 0x4 | 0x100 | 0x200 | 0x2000 | 0x2_0000 | _SECURE_CONNECTION | _PLUGIN_AUTH

Secure = Callable[[], Awaitable["Channel"]]


class Greeting(Struct, frozen=True):
    """How a server introduces itself."""

    abilities: int
    salt: bytes
    plugin: str


class Session:
    """One connection. Methods raise CheckFailed and NetworkError."""

    def __init__(self, channel: Channel, *, private: bool) -> None:
        self._channel = channel
        self._private = private  # nobody else can listen
        self._number = 0

    async def log_in(self, target: MysqlTarget, password: str, secure: Secure | None) -> None:
        """Until the server takes queries. Raises CannotCheck for log-ins that we do not speak.

        `secure`: gives the channel to go on with, over TLS.
        """
        greeting = read_greeting(await self._packet(_MAX_GREETING_BYTES))
        wanted = _WANTED | (_LENENC_AUTH & greeting.abilities)
        wanted |= _CONNECT_WITH_DB if target.database else 0
        wanted |= _MULTI_STATEMENTS if target.several else 0
        if secure is not None:
            if not greeting.abilities & _SSL:
                raise CheckFailed(PREFIX + "Server does not support secure connection")
            wanted |= _SSL
            self._send(_head(wanted))
            self._channel = await secure()
            self._private = True
        words = password.encode("utf-8", "replace")
        plugin, answer = greeting.plugin or log_ins.NATIVE, b""
        if plugin in log_ins.KNOWN and (plugin != log_ins.CLEAR or self._private):
            answer = log_ins.first_answer(plugin, words, greeting.salt, private=self._private)
        length = _length(len(answer)) if wanted & _LENENC_AUTH else bytes([len(answer)])
        database = _name(target.database) if target.database else b""
        self._send(_head(wanted) + _name(target.user) + length + answer + database + _name(plugin))
        await self._prove(plugin, words, greeting.salt)

    async def _prove(self, plugin: str, password: bytes, salt: bytes) -> None:
        """Go on until the server is content."""
        while (packet := await self._packet())[:1] != b"\0":
            kind, body = packet[0], packet[1:]
            if kind == _SWITCH:
                name, _, salt = body.partition(b"\0")
                plugin = name.decode("ascii", "replace") or "mysql_old_password"
                if plugin not in log_ins.KNOWN:
                    raise _unknown_log_in(plugin)
                if plugin == log_ins.CLEAR and not self._private:
                    raise CannotCheck("The server asks for the password in plain text, which needs TLS.")
                self._send(log_ins.first_answer(plugin, password, salt, private=self._private))
            elif kind != _MORE_DATA:
                raise _nonsense()
            elif plugin == log_ins.CACHING_SHA2 and body == _IN_FULL:
                self._send(password + b"\0" if self._private else log_ins.ASK_FOR_KEY_CACHING)
            elif body.startswith(b"-----BEGIN") and password:
                try:
                    self._send(log_ins.encrypted(password, salt, body))
                except (ValueError, ZeroDivisionError):
                    raise _nonsense() from None
            elif body != _FAST_ENOUGH:
                raise _nonsense()

    async def query(self, statement: str) -> Answer:
        """Run it. Several results count as many rows, as in Uptime Kuma 2.5."""
        self._number = 0
        self._send(_QUERY + statement.encode("utf-8", "replace"))
        found, more = await self._result()
        count = 1
        while more:
            _, more = await self._result()
            count += 1
        return found if count == 1 else Answer(count, found.columns, found.value)

    async def _result(self) -> tuple[Answer, bool]:
        """One result, and whether another follows."""
        packet = await self._packet()
        if packet[0] == _OK:
            return Answer(None, instead=NO_ROWS), bool(_status_of_ok(packet) & _MORE_RESULTS)
        if packet[0] == _LOCAL_FILE:  # nobody gets a file of ours
            raise CheckFailed(PREFIX + "The server asks for a local file")
        columns, _ = _number(packet, 0)
        for _ in range(columns):
            await self._packet()
        if (await self._packet())[0] != _SWITCH:
            raise _nonsense()
        rows, value = 0, ""
        while not _is_end(packet := await self._packet(more=True)):
            if rows == 0:
                value = first_value(packet)
            rows += 1
        status = struct.unpack_from("<H", packet, 3)[0] if len(packet) >= 5 else 0
        return Answer(rows, columns, value), bool(status & _MORE_RESULTS)

    def close(self) -> None:
        """Say good-bye."""
        self._number = 0
        self._send(_QUIT)

    def _send(self, body: bytes) -> None:
        while True:
            part, body = body[:_WHOLE_PACKET], body[_WHOLE_PACKET:]
            self._channel.write(len(part).to_bytes(3, "little") + bytes([self._number]) + part)
            self._number = (self._number + 1) % 256
            if len(part) < _WHOLE_PACKET:
                return

    async def _packet(self, limit: int = _KEPT_BYTES, *, more: bool = False) -> bytes:
        """The next packet, cut to `limit` where `more` may come; never empty. Raises CheckFailed."""
        kept = b""
        try:
            while True:
                head = await self._channel.exactly(4)
                length = int.from_bytes(head[:3], "little")
                if head[3] != self._number or (length > limit and not more) or not (length or kept):
                    raise _nonsense()
                self._number = (self._number + 1) % 256
                rest = length
                while rest:
                    piece = await self._channel.exactly(min(rest, _PIECE_BYTES))
                    kept += piece[: limit - len(kept)]
                    rest -= len(piece)
                if length < _WHOLE_PACKET:
                    break
        except NetworkError as error:
            if error.message == "socket hang up":
                raise NetworkError(_LOST, error.code, error.kind) from None
            raise
        if kept[0] == _ERROR:
            raise CheckFailed(PREFIX + words_of_error(kept))
        return kept


def read_greeting(packet: bytes) -> Greeting:
    """The first packet (Protocol::HandshakeV10). Raises NetworkError for one that is none."""
    try:
        end = packet.index(b"\0", 1)
        if packet[0] != _PROTOCOL:
            raise _nonsense()
        salt, low = packet[end + 5 : end + 13], *struct.unpack_from("<H", packet, end + 14)
        if len(packet) < end + 32:
            return Greeting(low, salt, "")
        high, length = struct.unpack_from("<HB", packet, end + 19)
        begin = end + 32
        second = packet[begin : begin + max(13, length - 8)]
        plugin = packet[begin + len(second) :].partition(b"\0")[0]
    except (ValueError, struct.error):
        raise _nonsense() from None
    return Greeting(low | high << 16, salt + second.removesuffix(b"\0"), plugin.decode("ascii", "replace"))


def words_of_error(packet: bytes) -> str:
    """The server's own words (ERR_Packet)."""
    words = packet[3:]
    return (words[6:] if words.startswith(b"#") else words).decode("utf-8", "replace")


def first_value(row: bytes) -> str:
    """The first column of a row as text, in the server's own spelling."""
    if row[0] == _NULL:
        return "null"
    length, begin = _number(row, 0)
    return row[begin : begin + length].decode("utf-8", "replace")


def _is_end(packet: bytes) -> bool:
    return packet[0] == _SWITCH and len(packet) < 9


def _status_of_ok(packet: bytes) -> int:
    _, place = _number(packet, 1)
    _, place = _number(packet, place)
    return int.from_bytes(packet[place : place + 2], "little")


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A length-encoded number, and where what follows begins. Raises NetworkError."""
    first = data[place] if place < len(data) else _NULL
    if first < _NULL:
        return first, place + 1
    size = {0xFC: 2, 0xFD: 3, 0xFE: 8}.get(first, 0)
    if not size or len(data) < place + 1 + size:
        raise _nonsense()
    return int.from_bytes(data[place + 1 : place + 1 + size], "little"), place + 1 + size


def _length(number: int) -> bytes:
    return bytes([number]) if number < _NULL else b"\xfc" + number.to_bytes(2, "little")


def _head(abilities: int) -> bytes:
    return struct.pack("<IIB23x", abilities, _WHOLE_PACKET, _UTF8MB4)


def _name(text: str) -> bytes:
    return text.replace("\0", "").encode("utf-8", "replace") + b"\0"


def _unknown_log_in(plugin: str) -> CannotCheck:
    return CannotCheck(f"The server wants a log-in that is not supported here: {plugin}.")


def _nonsense() -> NetworkError:
    return NetworkError(_LOST, "ERR_PROTOCOL", ErrorKind.PROTOCOL)
