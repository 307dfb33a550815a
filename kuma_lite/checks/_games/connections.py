"""Protocols of game and voice servers that are talked on a connection, and such as are web pages."""

from __future__ import annotations

import struct
from typing import Final
from urllib.parse import urlencode

from kuma_lite.checks._channel import Channel
from kuma_lite.checks._games.query import BadAnswer, Query, Reader, text_in
from kuma_lite.core.json_text import JsonTextError, parse_json

TEAMSPEAK3_PORT: Final = 10011  # of its query interface, whatever the port of the voices
TEAMSPEAK2_PORT: Final = 51234
_MAX_BYTES: Final = 256 * 1024
_TS3_OK: Final = b"error id=0 msg=ok\n\r"
_TS2_OK: Final = b"\r\nOK\r\n"
_ESCAPES: Final = {r"\s": " ", r"\/": "/", r"\p": "|"}
_RESPONSE: Final = 0x4000_0000
_MAX_WORDS: Final = 4096


async def ask_teamspeak3(query: Query) -> str:
    """TeamSpeak 3's query interface."""
    async with query.connection(TEAMSPEAK3_PORT) as channel:
        greeting = (await channel.line(1024)).strip(b"\r")
        if greeting != b"TS3":
            raise BadAnswer("no TeamSpeak 3 server is listening there")
        await channel.until(b"\n\r", _MAX_BYTES)  # a sentence for people
        channel.write(b"use port=%d\n" % query.port)
        await _ts3_answer(channel)
        channel.write(b"serverinfo\n")
        words = (await _ts3_answer(channel)).split(" ")
    pairs = dict(word.partition("=")[::2] for word in words)
    name = pairs.get("virtualserver_name", "")
    for escape, plain in _ESCAPES.items():
        name = name.replace(escape, plain)
    return name.replace("\\\\", "\\")


async def _ts3_answer(channel: Channel) -> str:
    """Up to the line that says how it went."""
    lines: list[str] = []
    while True:
        line = (await channel.until(b"\n\r", _MAX_BYTES)).decode("utf-8", "replace").strip("\r\n")
        if line.startswith("error "):
            if line != "error id=0 msg=ok":
                raise BadAnswer(line.replace(r"\s", " "))
            return "".join(lines)
        lines.append(line)


async def ask_teamspeak2(query: Query) -> str:
    """TeamSpeak 2's query interface."""
    async with query.connection(TEAMSPEAK2_PORT) as channel:
        if (await channel.line(1024)).strip() != b"[TS]":
            raise BadAnswer("no TeamSpeak 2 server is listening there")
        channel.write(b"sel %d\n" % query.port)
        if (await channel.line(1024)).strip() != b"OK":
            raise BadAnswer("TeamSpeak has no server at that port")
        channel.write(b"si\n")
        answer = (await channel.until(_TS2_OK, _MAX_BYTES)).decode("latin-1")
    pairs = dict(line.partition("=")[::2] for line in answer.splitlines())
    return pairs.get("server_name", "")


async def ask_murmur(query: Query) -> str:
    """Mumble servers with GT Murmur."""
    async with query.connection() as channel:
        channel.write(b"json")
        text = bytearray()
        while len(text) <= _MAX_BYTES:  # it says neither how long the answer is nor closes
            text += await channel.until(b"}", _MAX_BYTES)
            try:
                return text_in(parse_json(text.decode("utf-8", "replace")), "name")
            except JsonTextError:
                continue
    raise BadAnswer("the answer is too long")


async def ask_battlefield(query: Query) -> str:
    """Battlefield: Bad Company 2 and later."""
    async with query.connection() as channel:
        channel.write(words_packet("serverInfo"))
        while True:
            header, length = struct.unpack("<II", await channel.exactly(8))
            if not 12 <= length <= _MAX_BYTES:
                raise BadAnswer("no Battlefield server is listening there")
            body = Reader(await channel.exactly(length - 8))
            if header & _RESPONSE:  # others are events
                break
    words = []
    for _ in range(min(body.number(4), _MAX_WORDS)):
        words.append(body.counted(4))
        body.take(1)
    if words[:1] != ["OK"] or len(words) < 2:
        raise BadAnswer(f"the server says {words[0][:100] if words else 'nothing'}")
    return words[1]


def words_packet(*words: str) -> bytes:
    """A command of the Frostbite engine."""
    body = b"".join(struct.pack("<I", len(word)) + word.encode() + b"\0" for word in words)
    return struct.pack("<III", 0, 12 + len(body), len(words)) + body


async def ask_starmade(query: Query) -> str:
    """StarMade; the name is the third of its values."""
    async with query.connection() as channel:
        channel.write(b"\0\0\0\x09\x2a\xff\xff\x01\x6f\0\0\0\0")
        (length,) = struct.unpack(">I", await channel.exactly(4))
        if not 5 <= length <= _MAX_BYTES:
            raise BadAnswer("no StarMade server is listening there")
        await channel.exactly(8)  # the time
        reader = Reader(await channel.exactly(length), encoding="latin-1", big=True)
    if reader.number() != 0x2A:
        raise BadAnswer("no StarMade server is listening there")
    reader.take(4)
    values: list[str] = []
    while len(values) < 3:
        kind = reader.number()
        if kind == 4:
            values.append(reader.counted(2))
        elif kind in (1, 3, 6):
            reader.take(1 if kind == 6 else 4)
            values.append("")
        else:
            raise BadAnswer(f"the answer has a value of the unknown kind {kind}")
    return values[2]


async def ask_openttd(query: Query) -> str:
    """OpenTTD's information on its games (versions 1 to 7)."""
    async with query.connection() as channel:
        channel.write(b"\x03\x00\x07")
        (length,) = struct.unpack("<H", await channel.exactly(2))
        reader = Reader(await channel.exactly(max(0, length - 2)))
    if reader.number() != 6:
        raise BadAnswer("no OpenTTD server is listening there")
    version, serialized = reader.number(), 1
    if version >= 7:
        reader.take(8)  # ticks
    if version >= 6:
        serialized = reader.number()
    if version >= 5:
        reader.take(4)
        reader.text()  # the script of the game
    if version >= 4:
        for _ in range(reader.number()):
            reader.take(4 if serialized == 2 else 20)
            if serialized == 1:
                reader.text()
    if version >= 3:
        reader.take(8)  # dates
    if version >= 2:
        reader.take(3)  # companies
    return reader.text()


# --- Web pages ---------------------------------------------------------------------------------------------


async def ask_assettocorsa(query: Query) -> str:
    """Assetto Corsa."""
    return text_in(await query.web("/INFO"), "name")


async def ask_buildandshoot(query: Query) -> str:
    """Build and Shoot, Ace of Spades."""
    return text_in(await query.web("/json"), "serverName")


async def ask_kspdmp(query: Query) -> str:
    """Kerbal Space Program with Dark Multiplayer."""
    return text_in(await query.web("/"), "server_name")


async def ask_eco(query: Query) -> str:
    """Eco."""
    query.at(3001)
    return text_in(await query.web("/frontpage"), "Info", "Description")


async def ask_terraria(query: Query) -> str:
    """Terraria with TShock, which wants a token."""
    status = await query.web("/v2/server/status?" + urlencode({"players": "true", "token": query.token}))
    if text_in(status, "status") != "200":
        raise BadAnswer(text_in(status, "error") or "the server refuses to answer")
    return text_in(status, "name")
