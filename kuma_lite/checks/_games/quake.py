"""Servers of id Software's engines and their descendants."""

from __future__ import annotations

import re
from typing import Final

from kuma_lite.checks._games.query import Query, Reader

_WHOLE: Final = b"\xff\xff\xff\xff"
_COLOURS: Final = re.compile(r"\^(?:X.{6}|.)")
_DOOM_CHALLENGE: Final = b"PiNG"


async def ask_quake1(query: Query) -> str:
    """Quake and QuakeWorld."""
    return await _status(query, b"status\0", b"n")


async def ask_hexen2(query: Query) -> str:
    """Hexen II."""
    return await _status(query, b"\xffstatus\n\0", b"\xffn")


async def ask_quake2(query: Query) -> str:
    """Quake II."""
    return await _status(query, b"status\0", b"print\n")


async def ask_quake3(query: Query) -> str:
    """Quake III Arena, Call of Duty and many more; colours are taken out of the name."""
    return _COLOURS.sub("", await _status(query, b"getstatus\0", b"statusResponse\n"))


async def ask_fivem(query: Query) -> str:
    """FiveM and RedM."""
    return await _status(query, b"getinfo xxx\0", b"infoResponse\n")


async def _status(query: Query, question: bytes, answer: bytes) -> str:
    def read(data: bytes) -> str | None:
        return name_in(data[4 + len(answer) :]) if data.startswith(_WHOLE + answer) else None

    return await query.datagram(_WHOLE + question, read)


def name_in(body: bytes) -> str:
    r"""The name in a first line of `\key\value` pairs."""
    line = body.partition(b"\n")[0].decode("utf-8", "replace").rstrip("\0")
    words = line.split("\\")
    if words[0] == "":
        del words[0]
    pairs = dict(zip(words[::2], words[1::2], strict=False))
    return pairs.get("hostname", pairs.get("sv_hostname", ""))


async def ask_doom3(query: Query) -> str:
    """Doom 3, Quake 4, Prey and Enemy Territory: Quake Wars."""

    def read(data: bytes) -> str | None:
        reader = Reader(data, encoding="latin-1")
        if reader.take(2) != b"\xff\xff" or reader.text() != "infoResponse":
            return None
        body = reader.rest()
        if not body.startswith(_DOOM_CHALLENGE):
            return None
        _, found, rest = body.partition(b"si_name\0")  # after numbers that differ from game to game
        return _COLOURS.sub("", Reader(rest, encoding="latin-1").text()) if found else ""

    return await query.datagram(b"\xff\xffgetInfo\0PiNGPoNg\0", read)
