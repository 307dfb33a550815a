"""Server queries of Valve's engines, https://developer.valvesoftware.com/wiki/Server_queries."""

from __future__ import annotations

import bz2
from typing import Final

from kuma_lite.checks._games.query import BadAnswer, Query, Reader

VALVE_PORT: Final = 27015
_WHOLE, _SPLIT = b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff"
_INFO, _OLD_INFO, _CHALLENGE = 0x49, 0x6D, 0x41
_CHALLENGES: Final = 3
_MAX_PARTS: Final = 32
_MAX_BYTES: Final = 64 * 1024  # an answer to this question has some hundred
_COMPRESSED: Final = 0x80  # in the last byte of the number of a split answer


async def ask_valve(query: Query) -> str:
    """The name in an A2S_INFO answer."""
    query.at(VALVE_PORT)
    return await _info(query, b"TSource Engine Query\0")


async def ask_dayz(query: Query) -> str:
    """The same at another port."""
    query.at(27016)
    return await _info(query, b"TSource Engine Query\0")


async def ask_goldsrc(query: Query) -> str:
    """The older question of GoldSrc."""
    query.at(VALVE_PORT)
    return await _info(query, b"details")


async def ask_ffow(query: Query) -> str:
    """Frontlines: Fuel of War, which asks in a way of its own."""
    return await _info(query, b"FLSQ")


async def _info(query: Query, question: bytes) -> str:
    challenge = b""
    for _ in range(_CHALLENGES):
        message = await query.datagram(_WHOLE + question + challenge, Assembly().read)
        kind, body = message[0], message[1:]
        if kind != _CHALLENGE:
            return name_in(kind, body)
        challenge = body[:4]
    raise BadAnswer("the server never accepts its own challenge")


def name_in(kind: int, body: bytes) -> str:
    """The name in an answer of one of the two kinds."""
    reader = Reader(body)
    if kind == _OLD_INFO:
        reader.text()  # its address
    else:
        reader.number()  # version of the protocol
    return reader.text()


class Assembly:
    """Puts the parts of one answer together."""

    def __init__(self) -> None:
        self._parts: dict[bytes, list[bytes]] = {}  # number of the answer → parts, without it

    def read(self, data: bytes) -> bytes | None:
        """An answer, from its kind on; None while parts are missing. Raises BadAnswer."""
        whole = self._whole(data)
        if whole is None:
            return None
        if not whole:
            raise BadAnswer("the answer is empty")
        return whole if whole[0] in (_INFO, _OLD_INFO, _CHALLENGE) else None

    def _whole(self, data: bytes) -> bytes | None:
        if data.startswith(_WHOLE):
            return data[4:]
        if not data.startswith(_SPLIT):
            raise BadAnswer("no server of Valve's engines is listening there")
        number, part = data[4:8], data[8:]
        parts = self._parts.setdefault(number, [])
        if len(self._parts) > _MAX_PARTS or len(parts) >= _MAX_PARTS or len(part) < 2:
            raise BadAnswer("the answer has too many parts, or empty ones")
        parts.append(part)
        # Engines split in three ways, and do not say in which.
        for joined in (_source(parts, 4), _source(parts, 2), _goldsrc(parts)):
            if joined is None:
                continue
            if number[3] & _COMPRESSED and not joined.startswith(_WHOLE):
                joined = _unpacked(joined)
            if joined.startswith(_WHOLE):
                return joined[4:]
        return None


def _joined(numbered: dict[int, bytes], total: int) -> bytes | None:
    if total < 1 or set(numbered) != set(range(total)):
        return None
    return b"".join(numbered[number] for number in range(total))


def _source(parts: list[bytes], head: int) -> bytes | None:
    """Total and number in a byte each, then (since 2007) the size of parts."""
    return _joined({part[1]: part[head:] for part in parts}, parts[0][0])


def _goldsrc(parts: list[bytes]) -> bytes | None:
    """Number and total in half a byte each."""
    return _joined({part[0] >> 4: part[1:] for part in parts}, parts[0][0] & 15)


def _unpacked(joined: bytes) -> bytes:
    """What comes after its size and checksum, compressed; nothing when it is not."""
    try:
        return bz2.BZ2Decompressor().decompress(joined[8:], max_length=_MAX_BYTES)
    except (OSError, ValueError):
        return b""
