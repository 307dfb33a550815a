"""Oracle Net, as far as it is needed before the driver: connect descriptors, and what `tnsping` does.

The driver looks up names in a way that stops everything else, and reads for ever where a packet claims to
have no length. So it is only let loose on addresses at which a listener has answered.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from kuma_lite.checks._channel import Channel
from kuma_lite.checks._database_connection import connected
from kuma_lite.net.errors import ErrorKind, NetworkError

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

_ADDRESS: Final = re.compile(r"\(ADDRESS=((?:\([^()]*\))*)\)")
_PART: Final = re.compile(r"\((\w+)=([^()]*)\)")
_HEAD_BYTES, _BODY_PLACE = 8, 58
_CONNECT, _ACCEPT, _REFUSE, _REDIRECT, _RESEND = 1, 2, 4, 5, 11
_ANSWERS: Final = frozenset({_ACCEPT, _REFUSE, _REDIRECT, _RESEND})
_PING: Final = b"(CONNECT_DATA=(COMMAND=ping))"
# Version 310, compatible down to 300, session and transport units as the oldest listeners want them.
_ABILITIES: Final = struct.pack(">HHHHHHHH", 310, 300, 0, 2048, 32_767, 0x7F08, 0, 1)


class Place(Struct, frozen=True):
    """One address of a descriptor."""

    protocol: str  # tcp or tcps
    host: str
    port: int


def places_of(descriptor: str) -> list[Place]:
    """The addresses, in the order in which they stand (pure)."""
    found = []
    for match in _ADDRESS.finditer(descriptor):
        parts = {key.upper(): value.strip() for key, value in _PART.findall(match.group(1))}
        port = parts.get("PORT", "")
        if parts.get("HOST") and port.isascii() and port.isdigit():
            found.append(Place(parts.get("PROTOCOL", "tcp").lower(), parts["HOST"], int(port)))
    return found


def at_place(descriptor: str, ip: str, port: int) -> str:
    """The descriptor with this address in place of each of its own that speaks no TLS (pure)."""

    def replaced(match: re.Match[str]) -> str:
        parts = dict(_PART.findall(match.group(1)))
        if {key.upper(): value.lower() for key, value in parts.items()}.get("PROTOCOL") != "tcp":
            return match.group(0)
        return f"(ADDRESS=(PROTOCOL=tcp)(HOST={ip})(PORT={port}))"

    return _ADDRESS.sub(replaced, descriptor)


async def ping(network: Network, place: Place, timeout: float) -> str:
    """Ask whether a listener is there, which costs it no process; gives the address that answered.

    `timeout`: as for `connected`. Raises NetworkError; of kind PROTOCOL for what no listener would say.
    """
    async with connected(network, place.host, place.port, timeout=timeout) as stream:
        channel = Channel(stream)
        channel.write(question())
        head = await channel.exactly(_HEAD_BYTES)
        if int.from_bytes(head[:2], "big") < _HEAD_BYTES or head[4] not in _ANSWERS:
            raise NetworkError("socket hang up", "ERR_PROTOCOL", ErrorKind.PROTOCOL)
        return stream.connected.address


def question() -> bytes:
    """A CONNECT packet that asks for a sign of life."""
    body = _ABILITIES + struct.pack(">HH", len(_PING), _BODY_PLACE)
    body = body.ljust(_BODY_PLACE - _HEAD_BYTES, b"\0") + _PING
    return struct.pack(">HHBBH", _HEAD_BYTES + len(body), 0, _CONNECT, 0, 0) + body
