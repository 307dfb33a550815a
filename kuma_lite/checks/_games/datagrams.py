"""Protocols of single games, and of voice servers, that answer one datagram with another."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from kuma_lite.checks._games.query import BadAnswer, Query, Reader

_UNREAL_COLOURS: Final = re.compile("\x1b...|[\x00-\x1a]", re.DOTALL)
_ARMAGETRON_COLOURS: Final = re.compile(r"0x[0-9a-f]{6}")
_SAVAGE_COLOURS: Final = re.compile(r"\^.")
_COOKIE: Final = bytes(range(1, 9))
_CS2D: Final = b"\x01\x00\xfb\x01"
_SATISFACTORY: Final = b"\xd5\xf6"


async def ask_unreal2(query: Query) -> str:
    """Unreal Tournament 2003 and 2004, Killing Floor."""

    def read(data: bytes) -> str | None:
        reader = Reader(data, encoding="latin-1")
        reader.take(4)
        if reader.number() != 0:
            return None
        reader.take(4)
        _unreal_text(reader)  # its address
        reader.take(8)  # ports
        return _UNREAL_COLOURS.sub("", _unreal_text(reader))

    return await query.datagram(b"\x79\0\0\0\0", read)


def _unreal_text(reader: Reader) -> str:
    """A text with its length; above 127 it has that many characters (less 128) of two bytes each."""
    length = reader.number()
    if length < 0x80:
        return reader.text() if length else ""
    raw = reader.take(1)  # some games put a 1 here, which does not count
    rest = (length & 0x7F) * 2
    raw = reader.take(rest) if raw == b"\1" else raw + reader.take(max(0, rest - 1))
    return raw.decode("utf-16-le", "replace").rstrip("\0")


async def ask_ase(query: Query) -> str:
    """The All-Seeing Eye: Multi Theft Auto, Far Cry and others."""

    def read(data: bytes) -> str | None:
        if not data.startswith(b"EYE1"):
            return None
        reader = Reader(data[4:])
        reader.counted(less=1)  # the game
        reader.counted(less=1)  # its port
        return reader.counted(less=1)

    return await query.datagram(b"s", read)


async def ask_samp(query: Query) -> str:
    """San Andreas Multiplayer."""
    return await _ask_samp(query, b"SAMP", b"SAMP", skipped=0)


async def ask_vcmp(query: Query) -> str:
    """Vice City Multiplayer."""
    return await _ask_samp(query, b"VCMP", b"MP04", skipped=12)


async def _ask_samp(query: Query, asks: bytes, answers: bytes, *, skipped: int) -> str:
    try:
        address = ipaddress.IPv4Address(query.address).packed
    except ValueError:
        raise BadAnswer("the game knows no IPv6") from None
    where = address + query.port.to_bytes(2, "little") + b"i"

    def read(data: bytes) -> str | None:
        if not data.startswith(answers + where):
            return None
        reader = Reader(data[11:], encoding="cp1252")
        reader.take(skipped + 5)  # version, password, players, most players
        return reader.counted(4)

    return await query.datagram(asks + where, read)


async def ask_mumble_ping(query: Query) -> str:
    """Mumble's ping; it tells no name."""

    def read(data: bytes) -> str | None:
        return "" if len(data) >= 24 and data[4:12] == _COOKIE else None

    return await query.datagram(bytes(4) + _COOKIE, read)


async def ask_armagetron(query: Query) -> str:
    """Armagetron Advanced."""

    def read(data: bytes) -> str:
        reader = Reader(data, big=True)
        reader.take(6 + 4)
        _swapped(reader)  # its address
        return _ARMAGETRON_COLOURS.sub("", _swapped(reader))

    return await query.datagram(b"\0\x35\0\0\0\0\0\x11", read)


def _swapped(reader: Reader) -> str:
    """A text whose bytes are swapped in pairs, with a zero at its end."""
    length = reader.number(2)
    raw = bytearray(reader.take(length + length % 2))
    raw[::2], raw[1::2] = raw[1::2], raw[::2]
    return raw[:length].rstrip(b"\0").decode("latin-1")


async def ask_cs2d(query: Query) -> str:
    """CS2D."""

    def read(data: bytes) -> str | None:
        if not data.startswith(_CS2D):
            return None
        reader = Reader(data[4:])
        reader.take(1)
        return reader.counted()

    return await query.datagram(b"\x01\x00\xfb\x01\xf5\x03\xfb\x05", read)


async def ask_rfactor(query: Query) -> str:
    """rFactor."""

    def read(data: bytes) -> str:
        reader = Reader(data)
        reader.take(45)  # games, versions, ports
        return Reader(reader.take(28)).text()

    return await query.datagram(b"rF_S", read)


async def ask_mafia2mp(query: Query) -> str:
    """Mafia II Multiplayer."""
    return await _ask_mafia(query, b"M2MP")


async def ask_mafia2online(query: Query) -> str:
    """Mafia II Online."""
    return await _ask_mafia(query, b"M2Online")


async def _ask_mafia(query: Query, header: bytes) -> str:
    def read(data: bytes) -> str | None:
        if not data.startswith(header):
            return None
        return Reader(data[len(header) :], encoding="latin-1").counted(less=1)

    return await query.datagram(header, read)


async def ask_savage2(query: Query) -> str:
    """Savage 2."""

    def read(data: bytes) -> str:
        reader = Reader(data)
        reader.take(12)
        return _SAVAGE_COLOURS.sub("", reader.text())

    return await query.datagram(b"\x01", read)


async def ask_tribes(query: Query) -> str:
    """Starsiege: Tribes."""
    return await _ask_tribes(query, 0x62)


async def ask_starsiege(query: Query) -> str:
    """Starsiege."""
    return await _ask_tribes(query, 0x72)


async def _ask_tribes(query: Query, request: int) -> str:
    def read(data: bytes) -> str | None:
        if data[:4] != bytes([request + 1, 1, 0, request]):
            return None
        reader = Reader(data[4:], encoding="latin-1")
        reader.counted()  # the game
        reader.counted()  # its version
        return reader.counted()

    return await query.datagram(bytes([request, 1, 0]), read)


async def ask_satisfactory(query: Query) -> str:
    """Satisfactory's lightweight query."""

    def read(data: bytes) -> str | None:
        if data[:12] != _SATISFACTORY + b"\1\1" + _COOKIE:
            return None
        reader = Reader(data[12:])
        reader.take(1 + 4 + 8)  # state, version, flags
        reader.take(3 * reader.number())  # parts of the state
        return reader.counted(2)

    return await query.datagram(_SATISFACTORY + b"\0\1" + _COOKIE + b"\1", read)
