"""Minecraft: the status of Java servers, and what Bedrock servers answer to a ping."""

from __future__ import annotations

import asyncio
import re
import struct
from typing import Any, Final

from kuma_lite.checks._channel import Channel
from kuma_lite.checks._games.gamespy import ask_minecraft_query
from kuma_lite.checks._games.query import BadAnswer, Query, Reader
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.net.errors import NetworkError

_PROTOCOL: Final = 47  # any: servers tell their status to clients of every version
_MAX_ANSWER_BYTES: Final = 2 * 1024 * 1024  # pictures and lists of mods
_MAX_DEPTH: Final = 64
_MAGIC: Final = bytes.fromhex("00ffff00fefefefefdfdfdfd12345678")
_COOKIE: Final = bytes.fromhex("1122334455667788")
_COLOUR: Final = re.compile("\u00a7.")
_SPACES: Final = re.compile(r"\s+")


async def ask_minecraft(query: Query) -> str:
    """Whichever of the three protocols answers first: there are servers that speak but one of them."""
    protocols = (ask_java, ask_bedrock, ask_minecraft_query)
    others = [Query(query.network, query.host, query.address, query.port, query.token) for _ in protocols]
    asking = [asyncio.create_task(ask(each)) for ask, each in zip(protocols, others, strict=True)]
    try:
        waiting = set(asking)
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in asking:
                if task in done and task.exception() is None:
                    query.pings += others[asking.index(task)].pings
                    return _COLOUR.sub("", _SPACES.sub(" ", task.result()))
        for task in asking:  # what Java's says is the most telling: it has a connection
            error = task.exception()
            if error is not None and not isinstance(error, NetworkError | BadAnswer):
                raise error
        raise asking[0].exception() or BadAnswer("no protocol succeeded")
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        for each in others:
            each.close()


async def ask_java(query: Query) -> str:
    """The server list ping of Java servers."""
    host = query.host.encode("utf-8", "replace")[:255]
    hello = varint(_PROTOCOL) + varint(len(host)) + host + struct.pack(">H", query.port) + varint(1)
    async with query.connection() as channel:
        channel.write(_packet(0, hello) + _packet(0))
        length = await _read_varint(channel)
        if not 0 < length <= _MAX_ANSWER_BYTES:
            raise BadAnswer("no Minecraft server is listening there")
        body = await channel.exactly(length)
    return description_in(body)


def description_in(body: bytes) -> str:
    """The text in a status packet. Raises BadAnswer."""
    reader = Reader(body)
    if _varint_of(reader) != 0:
        raise BadAnswer("the answer is no status")
    try:
        status = parse_json(reader.take(_varint_of(reader)).decode("utf-8", "replace"))
    except JsonTextError:
        raise BadAnswer("the status is no JSON") from None
    if not isinstance(status, dict):
        raise BadAnswer("the status is no JSON object")
    return _plain(status.get("description"))


def _plain(value: Any, depth: int = 0) -> str:
    """The text of a chat component."""
    if isinstance(value, str):
        return value
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(value, list):
        return "".join(_plain(part, depth + 1) for part in value)
    if isinstance(value, dict):
        text = value.get("text")
        return (text if isinstance(text, str) else "") + _plain(value.get("extra"), depth + 1)
    return ""


async def ask_bedrock(query: Query) -> str:
    """The unconnected ping of Bedrock servers."""

    def read(data: bytes) -> str | None:
        if data[:1] != b"\x1c" or data[1:9] != _COOKIE or data[17:33] != _MAGIC:
            return None
        return name_in(Reader(data[33:], big=True).counted(2))

    return await query.datagram(b"\1" + _COOKIE + _MAGIC + bytes(8), read)


def name_in(status: str) -> str:
    """The name in `MCPE;name;protocol;version;players;most;…`."""
    parts = status.split(";")
    if len(parts) < 6:
        raise BadAnswer("the answer is too short")
    return parts[1]


def varint(number: int) -> bytes:
    """A number in as many groups of seven bits as it needs."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _packet(number: int, body: bytes = b"") -> bytes:
    content = varint(number) + body
    return varint(len(content)) + content


async def _read_varint(channel: Channel) -> int:
    number = 0
    for shift in range(0, 35, 7):
        byte = (await channel.exactly(1))[0]
        number |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return number
    raise BadAnswer("no Minecraft server is listening there")


def _varint_of(reader: Reader) -> int:
    number = 0
    for shift in range(0, 35, 7):
        byte = reader.number()
        number |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return number
    raise BadAnswer("the answer has a number that never ends")
