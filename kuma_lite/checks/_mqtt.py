"""MQTT 3.1.1 as far as a client needs it that subscribes and waits for a message."""

from __future__ import annotations

from typing import Final, Protocol

from msgspec import Struct

from kuma_lite.checks._channel import Channel
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.websocket import frame

MAX_TEXT_BYTES: Final = 0xFFFF
MAX_PACKET_BYTES: Final = 1024 * 1024  # messages of sensors have a few hundred
CONNACK, PUBLISH, SUBACK = 2, 3, 9
DISCONNECT: Final = b"\xe0\x00"
SUBSCRIPTION: Final = 1  # the number of our only packet that has one
_LEVEL: Final = 4  # 3.1.1
_CLEAN, _WITH_PASSWORD, _WITH_USER = 0x02, 0x40, 0x80
_REFUSED: Final = 0x80
_REASONS: Final = {
    1: "Unacceptable protocol version",
    2: "Identifier rejected",
    3: "Server unavailable",
    4: "Bad username or password",
    5: "Not authorized",
}
_BINARY, _CLOSE, _PING, _PONG = 0x2, 0x8, 0x9, 0xA
_RESERVED_OR_MASKED: Final = 0x70, 0x80


class Pipe(Protocol):
    """Bytes out, bytes in: a `Channel`, or what a WebSocket carries."""

    def write(self, data: bytes) -> None:
        """Send."""

    async def exactly(self, count: int) -> bytes:
        """That many bytes. Raises NetworkError."""


class WebSocketPipe:
    """The bytes in the frames of an open WebSocket; where one frame ends means nothing (MQTT 3.1.1 §6)."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._buffer = bytearray()

    def write(self, data: bytes) -> None:
        """One binary frame."""
        self._channel.write(frame(_BINARY, data))

    async def exactly(self, count: int) -> bytes:
        """That many bytes. Raises NetworkError."""
        while len(self._buffer) < count:
            self._buffer += await self._frame()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    async def _frame(self) -> bytes:
        first, second = await self._channel.exactly(2)
        reserved, masked = _RESERVED_OR_MASKED
        length = second & ~masked
        if length >= 126:
            length = int.from_bytes(await self._channel.exactly(2 if length == 126 else 8), "big")
        if first & reserved or second & masked or length > MAX_PACKET_BYTES:
            raise _invalid("Invalid WebSocket frame")
        payload = await self._channel.exactly(length)
        kind = first & 0xF
        if kind == _CLOSE:
            raise NetworkError("socket hang up", "ECONNRESET", ErrorKind.RESET)
        if kind == _PING:
            self._channel.write(frame(_PONG, payload))
        return b"" if kind in (_PING, _PONG) else payload


class Packet(Struct, frozen=True):
    """What a server sends."""

    kind: int
    flags: int
    body: bytes


class Message(Struct, frozen=True):
    """One that was published."""

    topic: str
    payload: bytes


def connect(client: str, username: str, password: str, keep_alive: int) -> bytes:
    """The first packet; texts of more than 65,535 bytes have no form.

    Args:
        keep_alive: seconds after whose silence the server may hang up.
    """
    flags = _CLEAN
    texts = [client]
    if username or password:  # no password without a name (§3.1.2.9)
        flags |= _WITH_USER
        texts.append(username)
    if password:
        flags |= _WITH_PASSWORD
        texts.append(password)
    head = _text("MQTT") + bytes([_LEVEL, flags]) + min(keep_alive, MAX_TEXT_BYTES).to_bytes(2, "big")
    return _packet(0x10, head + b"".join(map(_text, texts)))


def subscribe(topic: str) -> bytes:
    """A subscription with QoS 0."""
    return _packet(0x82, SUBSCRIPTION.to_bytes(2, "big") + _text(topic) + b"\0")


def is_topic_filter(topic: str) -> bool:
    """Whether it can be subscribed to: `#` stands alone at the end, `+` alone in its level (§4.7)."""
    if not topic or "\0" in topic or len(encoded(topic)) > MAX_TEXT_BYTES:
        return False
    levels = topic.split("/")
    if any("#" in level for level in levels[:-1]) or any("+" in level and level != "+" for level in levels):
        return False
    return "#" not in levels[-1] or levels[-1] == "#"


def encoded(text: str) -> bytes:
    """As MQTT has texts."""
    return text.encode("utf-8", "replace")


async def receive(pipe: Pipe) -> Packet:
    """The next packet. Raises NetworkError."""
    head = (await pipe.exactly(1))[0]
    length = 0
    for place in range(4):
        part = (await pipe.exactly(1))[0]
        length |= (part & 0x7F) << (7 * place)
        if not part & 0x80:
            break
    else:
        raise _invalid("Unexpected answer: no MQTT broker is listening there")
    if head >> 4 not in (CONNACK, PUBLISH, SUBACK):  # what a server can say to one that only waits
        raise _invalid("Unexpected answer: no MQTT broker is listening there")
    if length > MAX_PACKET_BYTES:
        raise NetworkError("The answer is too long", "ERR_TOO_LONG", ErrorKind.PROTOCOL)
    return Packet(head >> 4, head & 0xF, await pipe.exactly(length))


def refusal_of_connection(packet: Packet) -> str | None:
    """Why the server does not want us; None when it does. Raises NetworkError."""
    if packet.kind != CONNACK or len(packet.body) != 2:
        raise _invalid("Unexpected answer: no MQTT broker is listening there")
    code = packet.body[1]
    return f"Connection refused: {_REASONS.get(code, f'code {code}')}" if code else None


def is_subscribed(packet: Packet) -> bool:
    """Whether the server granted the subscription. Raises NetworkError."""
    if len(packet.body) != 3 or int.from_bytes(packet.body[:2], "big") != SUBSCRIPTION:
        raise _invalid("Invalid SUBACK packet")
    return packet.body[2] < _REFUSED


def read_message(packet: Packet) -> Message:
    """What was published. Raises NetworkError."""
    size = int.from_bytes(packet.body[:2], "big")
    # A number of its own follows the topic where the sender wants a receipt.
    begin = 2 + size + (2 if packet.flags & 0b0110 else 0)
    if len(packet.body) < max(begin, 2):
        raise _invalid("Invalid PUBLISH packet")
    return Message(packet.body[2 : 2 + size].decode("utf-8", "replace"), packet.body[begin:])


def _text(text: str) -> bytes:
    data = encoded(text)
    return len(data).to_bytes(2, "big") + data


def _packet(head: int, body: bytes) -> bytes:
    length, rest = bytearray(), len(body)
    while True:
        rest, part = rest >> 7, rest & 0x7F
        length.append(part | (0x80 if rest else 0))
        if not rest:
            return bytes([head]) + bytes(length) + body


def _invalid(message: str) -> NetworkError:
    return NetworkError(message, "ERR_INVALID_PACKET", ErrorKind.PROTOCOL)
