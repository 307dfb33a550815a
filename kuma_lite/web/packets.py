"""Socket.IO packets as text: JSON by msgspec, many messages in one go.

What a connection is sent may contain `msgspec.Raw`, so that a list for many connections is encoded once, and
`WrittenJson`, so that a long one is never copied as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from kuma_lite.core.doors import COMPATIBLE
from kuma_lite.core.written_json import WrittenJson
from kuma_lite.web.lean_socketio import socketio

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode

# Engine.IO message + Socket.IO event / acknowledgement / disconnect, as the wire begins them.
_EVENT: Final = "42"
_ACK: Final = "43"
_DISCONNECT: Final = "41"
_RECORD_SEPARATOR: Final = "\x1e"  # between packets of one polling response (Engine.IO 4)


class Json:
    """The two functions python-socketio wants of a JSON module."""

    @staticmethod
    def dumps(value: Any, **_options: Any) -> str:
        """Compact JSON; `msgspec.Raw` inside is taken as it is."""
        return _encode(value).decode()

    @staticmethod
    def loads(text: str, **_options: Any) -> Any:
        """The value. Raises ValueError."""
        try:
            return _decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ValueError(str(error)) from None


class WirePacket(socketio.packet.Packet):  # type: ignore[misc]
    """A Socket.IO packet that never looks for binary parts: no event of this server has any."""

    uses_binary_events = False
    json = Json


def event_text(namespace: str, event: str, arguments: Sequence[Any]) -> str:
    """The Engine.IO packet of one event."""
    return _packet(f"{_EVENT}{_prefix(namespace)}", [event, *arguments])


def ack_text(namespace: str, ack_id: int, arguments: Sequence[Any]) -> str:
    """The Engine.IO packet of one acknowledgement."""
    return _packet(f"{_ACK}{_prefix(namespace)}{ack_id}", list(arguments))


def _packet(head: str, values: list[Any]) -> str:
    """`head` and the list; what is written already is copied once."""
    if WrittenJson not in map(type, values):
        return f"{head}{_encode(values).decode()}"
    pieces = [head]
    for index, value in enumerate(values):
        pieces.append("," if index else "[")
        if isinstance(value, WrittenJson):
            pieces += value.pieces
        else:
            pieces.append(_encode(value).decode())
    pieces.append("]")
    return "".join(pieces)


def disconnect_text(namespace: str) -> str:
    """The Engine.IO packet that ends a namespace."""
    return f"{_DISCONNECT}{_prefix(namespace)}"


def _prefix(namespace: str) -> str:
    return "" if namespace == COMPATIBLE else f"{namespace},"


class Burst:
    """Many Engine.IO packets that wait as one: a queue entry for engineio, cheap to send in one go.

    `encode` answers both transports of engineio: for polling (`b64`) one joined text, for a websocket the
    list of frames, which `channel.WebSocket` sends without waiting for each.
    """

    packet_type = 4  # MESSAGE

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.size = sum(map(len, texts))

    def extend(self, texts: list[str]) -> None:
        """Append what came while this one still waits."""
        self.texts.extend(texts)
        self.size += sum(map(len, texts))

    def encode(self, b64: bool = False) -> str | list[str]:
        """What the transport sends."""
        return _RECORD_SEPARATOR.join(self.texts) if b64 else self.texts
