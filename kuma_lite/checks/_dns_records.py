"""What is in records of the DNS, read from their bytes: of the types that a monitor can ask for (pure).

As dnspython reads them, which makes objects of every label; the tests compare the two. Names are texts as
people write them, without the last dot.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any, Final, NamedTuple

TYPES: Final = {
    "A": 1,
    "AAAA": 28,
    "CAA": 257,
    "CNAME": 5,
    "MX": 15,
    "NS": 2,
    "PTR": 12,
    "SOA": 6,
    "SRV": 33,
    "TXT": 16,
}

LABEL: Final = 0x3F  # bytes of the longest label
POINTER: Final = 0xC0  # the bits that say that a name goes on elsewhere
_LONGEST: Final = 255  # bytes of a name with its lengths
_ROOT: Final = "."
_PRINTABLE: Final = range(0x21, 0x7F)
_ESCAPED: Final = frozenset(b'"().;\\@$')
# Letters, digits and what else needs no look at each byte: nearly all labels.
_PLAIN: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_NUMBER: Final = struct.Struct("!H")
_THREE: Final = struct.Struct("!HHH")
_FIVE: Final = struct.Struct("!IIIII")


class Malformed(Exception):
    """These bytes are no answer to the question."""


class AddressRecord(NamedTuple):
    """A or AAAA."""

    address: str


class NameRecord(NamedTuple):
    """CNAME, NS or PTR."""

    target: str


class MxRecord(NamedTuple):
    """MX."""

    preference: int
    exchange: str


class SoaRecord(NamedTuple):
    """SOA; times in seconds."""

    mname: str
    rname: str
    serial: int
    refresh: int
    retry: int
    expire: int
    minimum: int


class SrvRecord(NamedTuple):
    """SRV."""

    priority: int
    weight: int
    port: int
    target: str


class TxtRecord(NamedTuple):
    """TXT."""

    strings: tuple[bytes, ...]


class CaaRecord(NamedTuple):
    """CAA."""

    flags: int
    tag: bytes
    value: bytes


def read_record(wire: bytes, kind: int, at: int, length: int) -> Any:
    """What is in the `length` bytes at `at`, which are there. Raises Malformed, IndexError, struct.error."""
    return _READERS[kind](wire, at, at + length)


def different(records: list[Any]) -> list[Any]:
    """Each record once; names that differ in case alone are the same (RFC 4343)."""
    found: dict[Any, Any] = {}
    for record in records:
        found.setdefault(_key(record), record)
    return list(found.values())


def read_name(wire: bytes, at: int, end: int) -> tuple[str, int]:
    """A name that begins at `at`, and the position behind it. No part of it may lie at `end` or after it.

    Where it goes on elsewhere, that lies before all of it that was read: so it ends, whatever is sent.
    """
    labels: list[str] = []
    behind, lowest, size = at, at, 1
    while True:
        length = wire[at]
        at += 1
        if not length:
            break
        if length <= LABEL:
            label = wire[at : at + length]
            at += length
            size += 1 + length
            if at > end or size > _LONGEST:
                raise Malformed("a name is too long")
            labels.append(label.decode() if _PLAIN.issuperset(label) else _escaped(label))
        else:
            target = (length & ~POINTER) << 8 | wire[at]
            at += 1
            if length < POINTER or target >= lowest or at > end:
                raise Malformed("a name leads nowhere")
            behind = max(behind, at)
            at = lowest = target
    behind = max(behind, at)
    if behind > end:
        raise Malformed("a name ends behind its record")
    return ".".join(labels) or _ROOT, behind


def _escaped(label: bytes) -> str:
    return "".join(
        f"\\{chr(byte)}" if byte in _ESCAPED else chr(byte) if byte in _PRINTABLE else f"\\{byte:03d}"
        for byte in label
    )


def _key(record: Any) -> Any:
    """What tells it from others."""
    return tuple(part.lower() if isinstance(part, str) else part for part in record)


def _last_name(wire: bytes, at: int, end: int) -> str:
    name, behind = read_name(wire, at, end)
    if behind != end:
        raise Malformed("a record goes on behind its name")
    return name


def _a(wire: bytes, at: int, end: int) -> AddressRecord:
    if end - at != 4:
        raise Malformed("no address")
    return AddressRecord(socket.inet_ntop(socket.AF_INET, wire[at:end]))


def _aaaa(wire: bytes, at: int, end: int) -> AddressRecord:
    if end - at != 16:
        raise Malformed("no address")
    return AddressRecord(socket.inet_ntop(socket.AF_INET6, wire[at:end]))


def _name(wire: bytes, at: int, end: int) -> NameRecord:
    return NameRecord(_last_name(wire, at, end))


def _mx(wire: bytes, at: int, end: int) -> MxRecord:
    (preference,) = _NUMBER.unpack_from(wire, at)
    return MxRecord(preference, _last_name(wire, at + _NUMBER.size, end))


def _srv(wire: bytes, at: int, end: int) -> SrvRecord:
    priority, weight, port = _THREE.unpack_from(wire, at)
    return SrvRecord(priority, weight, port, _last_name(wire, at + _THREE.size, end))


def _soa(wire: bytes, at: int, end: int) -> SoaRecord:
    mname, at = read_name(wire, at, end)
    rname, at = read_name(wire, at, end)
    if end - at != _FIVE.size:
        raise Malformed("no SOA record")
    return SoaRecord(mname, rname, *_FIVE.unpack_from(wire, at))


def _txt(wire: bytes, at: int, end: int) -> TxtRecord:
    strings = []
    while at < end:
        string, at = _counted(wire, at, end)
        strings.append(string)
    if not strings:
        raise Malformed("a text without strings")
    return TxtRecord(tuple(strings))


def _caa(wire: bytes, at: int, end: int) -> CaaRecord:
    tag, value = _counted(wire, at + 1, end)
    if not tag.isalnum():
        raise Malformed("no tag")
    return CaaRecord(wire[at], tag, wire[value:end])


def _counted(wire: bytes, at: int, end: int) -> tuple[bytes, int]:
    """Bytes with their number before them, and the position behind them."""
    behind = at + 1 + wire[at]
    if behind > end:
        raise Malformed("a string ends behind its record")
    return wire[at + 1 : behind], behind


_READERS: Final[dict[int, Callable[[bytes, int, int], Any]]] = {
    TYPES["A"]: _a,
    TYPES["AAAA"]: _aaaa,
    TYPES["CAA"]: _caa,
    TYPES["CNAME"]: _name,
    TYPES["MX"]: _mx,
    TYPES["NS"]: _name,
    TYPES["PTR"]: _name,
    TYPES["SOA"]: _soa,
    TYPES["SRV"]: _srv,
    TYPES["TXT"]: _txt,
}
