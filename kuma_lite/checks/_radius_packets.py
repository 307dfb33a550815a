"""RADIUS packets (pure): a log-in with a password (PAP), and what answers it (RFC 2865, RFC 3579)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct

ACCESS_REQUEST: Final = 1
CODES: Final = {2: "Access-Accept", 3: "Access-Reject", 11: "Access-Challenge"}
CALLED_STATION_ID, CALLING_STATION_ID = 30, 31

_USER_NAME, _USER_PASSWORD, _MESSAGE_AUTHENTICATOR = 1, 2, 80
# Those that the library of Uptime Kuma can read; any other is named as wrong.
_KNOWN_CODES: Final = frozenset((*range(1, 14), *range(21, 28), *range(29, 35), *range(40, 46), 50, 51))
_HEAD: Final = struct.Struct(">BBH16s")
_BLOCK: Final = 16  # of a digest, and of a hidden password
_MAX_PASSWORD_BYTES: Final = 128
_MAX_VALUE_BYTES: Final = 253  # of an attribute
_MESSAGE_AUTHENTICATOR_BYTES: Final = 2 + _BLOCK


class RequestError(ValueError):
    """This request cannot be written; the text says why, and holds no secret."""


class ReplyError(ValueError):
    """These bytes are no packet."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Who asks, with which password, and what the server and its client share."""

    user: str
    password: str = field(repr=False)
    shared: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """A packet to send, and what an answer to it is known by."""

    data: bytes = field(repr=False)
    shared: bytes = field(repr=False)

    @property
    def identifier(self) -> int:
        """The byte that comes back."""
        return self.data[1]


class Reply(Struct, frozen=True):
    """A packet that came back. `genuine`: whoever wrote it knows what we share."""

    code: int
    genuine: bool


def request(secret: Secrets, attributes: Iterable[tuple[int, str]], *, signed: bool) -> Request:
    """An Access-Request; empty attributes are left out.

    Args:
        signed: with a Message-Authenticator (RFC 3579 §3.2), without which servers of today answer nobody.

    Raises RequestError.
    """
    shared, nonce = secret.shared.encode("utf-8", "replace"), secrets.token_bytes(_BLOCK)
    if not shared:
        raise RequestError("the shared secret is missing")
    texts = [(_USER_NAME, secret.user), *attributes]
    values = [(kind, text.encode("utf-8", "replace")) for kind, text in texts if text]
    values.append((_USER_PASSWORD, _hidden(secret.password.encode("utf-8", "replace"), shared, nonce)))
    if any(len(value) > _MAX_VALUE_BYTES for _, value in values):
        raise RequestError(f"no attribute may be longer than {_MAX_VALUE_BYTES} bytes")
    written = b"".join(bytes((kind, len(value) + 2)) + value for kind, value in values)
    identifier = secrets.randbelow(256)
    if not signed:
        return Request(_packet(identifier, nonce, written), shared)
    unsigned = _packet(identifier, nonce, _signature(bytes(_BLOCK)) + written)
    digest = hmac.digest(shared, unsigned, "md5")
    return Request(_packet(identifier, nonce, _signature(digest) + written), shared)


def _packet(identifier: int, nonce: bytes, attributes: bytes) -> bytes:
    return _HEAD.pack(ACCESS_REQUEST, identifier, _HEAD.size + len(attributes), nonce) + attributes


def _signature(digest: bytes) -> bytes:
    return bytes((_MESSAGE_AUTHENTICATOR, _MESSAGE_AUTHENTICATOR_BYTES)) + digest


def _hidden(password: bytes, shared: bytes, nonce: bytes) -> bytes:
    """A password as it travels (RFC 2865 §5.2)."""
    if len(password) > _MAX_PASSWORD_BYTES:
        raise RequestError(f"a password has at most {_MAX_PASSWORD_BYTES} bytes")
    padded = password.ljust(max(1, -(-len(password) // _BLOCK)) * _BLOCK, b"\0")
    hidden, before = b"", nonce
    for start in range(0, len(padded), _BLOCK):
        mask = _md5(shared + before)
        before = bytes(map(int.__xor__, padded[start : start + _BLOCK], mask))
        hidden += before
    return hidden


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()  # the protocol knows no other


def read(data: bytes, asked: Iterable[Request]) -> Reply | None:
    """What came back; None for a packet that answers none of the requests. Raises ReplyError."""
    if len(data) < 4:
        raise ReplyError("decode: packet too short")
    if data[0] not in _KNOWN_CODES:
        raise ReplyError(f"decode: invalid packet code '{data[0]}'")
    code, identifier, length = data[0], data[1], int.from_bytes(data[2:4], "big")
    if not _HEAD.size <= length <= len(data):
        raise ReplyError("decode: incomplete packet")
    ours = [request for request in asked if request.identifier == identifier]
    if code not in CODES or not ours:
        return None
    packet = data[:length]
    return Reply(code, any(_is_genuine(packet, request) for request in ours))


def _is_genuine(packet: bytes, request: Request) -> bool:
    """Whether a reply was made with the shared secret, for this request. Raises ReplyError."""
    nonce = request.data[4:20]
    expected = _md5(packet[:4] + nonce + packet[20:] + request.shared)
    if not hmac.compare_digest(expected, packet[4:20]):
        return False
    place = _place_of_signature(packet)
    if place is None:
        return True
    blank = packet[:4] + nonce + packet[20:place] + bytes(_BLOCK) + packet[place + _BLOCK :]
    return hmac.compare_digest(hmac.digest(request.shared, blank, "md5"), packet[place : place + _BLOCK])


def _place_of_signature(packet: bytes) -> int | None:
    place = _HEAD.size
    while place < len(packet):
        size = packet[place + 1] if place + 1 < len(packet) else 0
        if size < 2 or place + size > len(packet):
            raise ReplyError(f"invalid attribute length: {size}")
        if packet[place] == _MESSAGE_AUTHENTICATOR and size == _MESSAGE_AUTHENTICATOR_BYTES:
            return place + 2
        place += size
    return None
