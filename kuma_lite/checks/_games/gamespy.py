"""The three generations of GameSpy's query protocol."""

from __future__ import annotations

import re
import struct
from typing import Final

from kuma_lite.checks._games.query import BadAnswer, Query, Reader

_COLOURS: Final = re.compile("\x1b...|[\x00-\x1a]", re.DOTALL)
_NUMBER: Final = b"\0\0\0\1"  # of the question; comes back with the answer
_VALUELESS: Final = re.compile(
    r"p[0-9]+"
)  # the next key, in place of a value that Unreal Tournament 3 forgets
_UT3_NAME: Final = "p1073741827"
_MAX_PARTS: Final = 64


async def ask_gamespy1(query: Query) -> str:
    """The first: text in backslashes, in parts without an order."""
    found: dict[str, str] = {}
    parts: list[int] = []
    last = 0

    def read(data: bytes) -> str | None:
        nonlocal last
        words = data.decode("latin-1").split("\\")
        if words[0] or len(words) < 3:
            raise BadAnswer("no GameSpy server is listening there")
        pairs = {key.lower(): value for key, value in zip(words[1::2], words[2::2], strict=False)}
        number = pairs.get("queryid", "").partition(".")[2]
        parts.append(int(number) if number.isdecimal() and len(number) < 6 else len(parts) + 1)
        found.update(pairs)
        if "final" in pairs or words[-1] == "final" or words[-2] == "final":
            last = parts[-1]
        complete = last and len(set(parts)) >= last
        if "hostname" in found or complete or len(parts) > _MAX_PARTS:
            return found.get("hostname", "")
        return None

    return await query.datagram(b"\\status\\xserverquery", read)


async def ask_gamespy2(query: Query) -> str:
    """The second: pairs that end with a zero."""

    def read(data: bytes) -> str | None:
        if not data.startswith(b"\0" + _NUMBER):
            return None
        return _name(Reader(data[5:], encoding="latin-1"))

    return await query.datagram(b"\xfe\xfd\0" + _NUMBER + b"\xff\0\0", read)


async def ask_gamespy3(query: Query) -> str:
    """The third: the same after a challenge, in numbered parts. The name is in the first."""
    return await _third(query, b"\xff\xff\xff\1")


async def ask_jc2mp(query: Query) -> str:
    """Just Cause 2 Multiplayer, whose numbers of parts mean nothing."""
    return await _third(query, b"\xff\xff\xff\2", numbered=False, encoding="utf-8")


async def ask_minecraft_query(query: Query) -> str:
    """Minecraft servers with `enable-query`."""
    return await _third(query, b"\xff\xff\xff\1", encoding="utf-8")


async def _third(query: Query, what: bytes, *, numbered: bool = True, encoding: str = "latin-1") -> str:
    def challenge(data: bytes) -> bytes | None:
        if not data.startswith(b"\t" + _NUMBER):
            return None
        text = Reader(data[5:]).text()
        try:
            number = int(text)
            return struct.pack(">i", number) if number else b""
        except (ValueError, struct.error):
            raise BadAnswer("the challenge is no number") from None

    def read(data: bytes) -> str | None:
        if not data.startswith(b"\0" + _NUMBER):
            return None
        reader = Reader(data[5:], encoding=encoding)
        reader.take(9)  # "splitnum" and a zero
        number = reader.number() & 0x7F
        reader.take(1)
        return _name(reader) if not numbered or number == 0 else None

    key = await query.datagram(b"\xfe\xfd\t" + _NUMBER, challenge)
    return await query.datagram(b"\xfe\xfd\0" + _NUMBER + key + what, read)


def _name(reader: Reader) -> str:
    """The name among the pairs."""
    found: dict[str, str] = {}
    while not reader.done and (key := reader.text()):
        value = reader.text()
        while _VALUELESS.fullmatch(value) and not reader.done:
            value = reader.text()
        found[key] = value
    name = next((found[key] for key in ("hostname", "servername", _UT3_NAME) if key in found), "")
    return _COLOURS.sub("", name)
