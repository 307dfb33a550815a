"""The first message of a TLS client, read without answering it (RFC 8446, 4.1.2; RFC 6066; RFC 7301)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

MOST_BYTES: Final = 64 * 1024  # of one: those of browsers have 2 KB
_HANDSHAKE: Final = 22  # type of a record
_CLIENT_HELLO: Final = 1  # type of a message
_SERVER_NAME: Final = 0  # types of extensions
_PROTOCOLS: Final = 16
_RECORD_HEAD: Final = 5
_MESSAGE_HEAD: Final = 4


class Hello(Struct, frozen=True):
    """What of it is of interest here.

    Attributes:
        name: the host that is asked for, lower case; "" for none.
        protocols: those that the client speaks inside of TLS (ALPN).
    """

    name: str = ""
    protocols: tuple[bytes, ...] = ()


def read_hello(data: bytes) -> Hello | None:
    """What a connection begins with; None: too little has come. Whatever is something else says nothing."""
    try:
        message = _message(data)
        return None if message is None else _hello(message)
    except (IndexError, ValueError):
        return Hello()


def _message(data: bytes) -> bytes | None:
    """The first message, put together from its records. Raises ValueError where there cannot be one."""
    message, at = b"", 0
    while len(data) > at:
        if data[at] != _HANDSHAKE or len(message) > MOST_BYTES:
            raise ValueError("no handshake")
        end = at + _RECORD_HEAD + int.from_bytes(data[at + 3 : at + 5])
        message += data[at + _RECORD_HEAD : end]
        if len(data) < end:
            break
        if end == at + _RECORD_HEAD:
            raise ValueError("an empty record")
        at = end
        if len(message) >= _MESSAGE_HEAD:
            length = _MESSAGE_HEAD + int.from_bytes(message[1:4])
            if message[0] != _CLIENT_HELLO or length > MOST_BYTES:
                raise ValueError("another message")
            if len(message) >= length:
                return message[_MESSAGE_HEAD:length]
    return None


def _hello(message: bytes) -> Hello:
    at = 2 + 32  # version and random
    for size in (1, 2, 1):  # session, suites, compression
        at += size + int.from_bytes(message[at : at + size])
    name = ""
    protocols: tuple[bytes, ...] = ()
    for kind, content in _extensions(message[at:]):
        if kind == _SERVER_NAME:
            name = _first_name(content)
        elif kind == _PROTOCOLS:
            protocols = tuple(_vectors(_vector(content, 2), 1))
    return Hello(name, protocols)


def _extensions(data: bytes) -> Iterator[tuple[int, bytes]]:
    rest = _vector(data, 2)
    while rest:
        content = _vector(rest[2:], 2)
        yield int.from_bytes(rest[:2]), content
        rest = rest[4 + len(content) :]


def _first_name(content: bytes) -> str:
    entry = _vector(content, 2)
    if entry[0] != 0:  # a name of a host; no other kind was ever defined
        return ""
    return _vector(entry[1:], 2).decode("ascii").lower().removesuffix(".")


def _vectors(data: bytes, size: int) -> Iterator[bytes]:
    while data:
        content = _vector(data, size)
        yield content
        data = data[size + len(content) :]


def _vector(data: bytes, size: int) -> bytes:
    """Bytes with their length before them. Raises ValueError where they are cut off."""
    end = size + int.from_bytes(data[:size])
    if len(data) < max(end, size):
        raise ValueError("cut off")
    return data[size:end]
