"""ICMP echo packets as bytes: built, read, and checked; no sockets here."""

from __future__ import annotations

import socket
import struct

from msgspec import Struct

HEADER = struct.Struct("!BBHHH")  # type, code, checksum, identifier, sequence
IPV4_HEADER_BYTES = 20
IPV6_HEADER_BYTES = 40

# (echo request, echo reply) per family: RFC 792, RFC 4443.
ECHO = {socket.AF_INET: (8, 0), socket.AF_INET6: (128, 129)}
# What a router or the target says instead of a reply, in the words of the ping program.
ERRORS = {
    socket.AF_INET: {
        (3, 0): "Destination Net Unreachable",
        (3, 1): "Destination Host Unreachable",
        (3, 2): "Destination Protocol Unreachable",
        (3, 3): "Destination Port Unreachable",
        (3, 4): "Frag needed and DF set",
        (3, 9): "Destination Net Prohibited",
        (3, 10): "Destination Host Prohibited",
        (3, 13): "Packet filtered",
        (11, 0): "Time to live exceeded",
        (11, 1): "Frag reassembly time exceeded",
    },
    socket.AF_INET6: {
        (1, 0): "Destination unreachable: No route",
        (1, 1): "Destination unreachable: Administratively prohibited",
        (1, 2): "Destination unreachable: Beyond scope of source address",
        (1, 3): "Destination unreachable: Address unreachable",
        (1, 4): "Destination unreachable: Port unreachable",
        (2, 0): "Packet too big",
        (3, 0): "Time exceeded: Hop limit",
        (3, 1): "Time exceeded: Defragmentation failure",
    },
}
_ERROR_TYPES = {family: {kind for kind, _ in known} for family, known in ERRORS.items()}


class Echo(Struct, frozen=True):
    """An echo reply; or, with `error`, what came back instead of one (then the payload may be cut)."""

    identifier: int
    sequence: int
    payload: bytes
    error: str | None = None


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071): the complement of the one's complement sum of 16-bit words."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def echo_request(family: int, identifier: int, sequence: int, payload: bytes) -> bytes:
    """An echo request. ICMPv6 leaves the checksum to the kernel, which knows the addresses it covers."""
    kind = ECHO[socket.AddressFamily(family)][0]
    packet = HEADER.pack(kind, 0, 0, identifier, sequence) + payload
    if family == socket.AF_INET6:
        return packet
    return HEADER.pack(kind, 0, checksum(packet), identifier, sequence) + payload


def strip_ipv4_header(data: bytes) -> bytes:
    """What an IPv4 packet carries; raw sockets deliver whole packets. Empty when it is none."""
    if len(data) < IPV4_HEADER_BYTES or data[0] >> 4 != 4:
        return b""
    return data[(data[0] & 0x0F) * 4 :]


def read_packet(family: int, data: bytes) -> Echo | None:
    """An ICMP packet that answers an echo request; None for all others and for damaged ones."""
    if len(data) < HEADER.size:
        return None
    kind, code, _, identifier, sequence = HEADER.unpack_from(data)
    family = socket.AddressFamily(family)
    if kind == ECHO[family][1]:
        if family == socket.AF_INET and checksum(data) != 0:
            return None
        return Echo(identifier, sequence, data[HEADER.size :])
    if kind not in _ERROR_TYPES[family]:
        return None
    error = error_text(family, kind, code)
    quoted = data[HEADER.size :]
    inner = strip_ipv4_header(quoted) if family == socket.AF_INET else quoted[IPV6_HEADER_BYTES:]
    return read_own_request(family, inner, error)


def read_own_request(family: int, data: bytes, error: str) -> Echo | None:
    """Our own request, quoted in an error."""
    if len(data) < HEADER.size or data[0] != ECHO[socket.AddressFamily(family)][0]:
        return None
    _, _, _, identifier, sequence = HEADER.unpack_from(data)
    return Echo(identifier, sequence, data[HEADER.size :], error)


def error_text(family: int, kind: int, code: int) -> str:
    """An ICMP error in the words of the ping program."""
    known = ERRORS[socket.AddressFamily(family)].get((kind, code))
    return known or f"ICMP type {kind}, code {code}"
