"""One non-blocking ICMP socket: datagram ICMP where the system allows it, else raw."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import sys
from collections.abc import Iterator

from msgspec import Struct

from kuma_lite.net.icmp_packets import (
    ECHO,
    Echo,
    error_text,
    read_own_request,
    read_packet,
    strip_ipv4_header,
)

# Bytes of replies that may wait while our loop is busy; the kernel counts about 800 for a small one.
RECEIVE_BUFFER = 4 * 1024 * 1024
# Largest packet that can arrive.
PACKET_BYTES = 65_535 + 64
# Replies read before others get their turn.
READS_AT_ONCE = 256

# Linux constants that Python's socket module has no name for.
_SO_RCVBUFFORCE = 33
_SO_TIMESTAMPNS = 35
_SOL_RAW = 255
_ICMP_FILTER = 1
_SOL_ICMPV6 = 58
_ICMP6_FILTER = 1
_IP_RECVERR = 11
_IPV6_RECVERR = 25
_MSG_ERRQUEUE = 0x2000
_TIMESPEC = struct.Struct("@qq")
_EXTENDED_ERROR = struct.Struct("@IBBBBII")  # errno, origin, type, code, pad, info, data
_ORIGIN_LOCAL = 1

_PROTOCOLS = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}
_LINUX = sys.platform.startswith("linux")


class Arrival(Struct, frozen=True):
    """What the socket received; `kernel_time` is seconds since 1970 at the network card, if known."""

    echo: Echo
    kernel_time: float | None


class IcmpSocket:
    """Sends and receives packets of one family; `raw` asks for one kind of socket, None for the best allowed.

    Raises PermissionError when the system allows neither kind.
    """

    def __init__(self, family: socket.AddressFamily, *, raw: bool | None = None) -> None:
        self.family = family
        self._socket, self.raw = _open(family, raw)
        self._socket.setblocking(False)
        if _LINUX:
            self._tune()

    def fileno(self) -> int:
        """The descriptor to wait on."""
        return self._socket.fileno()

    def send(self, packet: bytes, address: tuple[object, ...]) -> None:
        """Send to a socket address. Raises OSError."""
        self._socket.sendto(packet, address)

    def receive(self) -> Iterator[Arrival]:
        """What has arrived, without waiting."""
        for _ in range(READS_AT_ONCE):
            try:
                data, ancillary, _, _ = self._socket.recvmsg(PACKET_BYTES, 256)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                continue  # the error of an earlier send; its details wait in the error queue
            if self.raw and self.family == socket.AF_INET:
                data = strip_ipv4_header(data)
            echo = read_packet(self.family, data)
            if echo is not None:
                yield Arrival(echo, _kernel_time(ancillary))
        if not self.raw and _LINUX:
            yield from self._errors()

    def close(self) -> None:
        """Give the descriptor back."""
        self._socket.close()

    def _errors(self) -> Iterator[Arrival]:
        """ICMP errors for a datagram socket: the kernel queues them with our own packet."""
        for _ in range(READS_AT_ONCE):
            try:
                data, ancillary, _, _ = self._socket.recvmsg(PACKET_BYTES, 512, _MSG_ERRQUEUE)
            except OSError:
                return
            text = next((text for item in ancillary if (text := self._error_text(*item))), None)
            echo = read_own_request(self.family, data, text) if text else None
            if echo is not None:
                yield Arrival(echo, None)

    def _error_text(self, level: int, kind: int, data: bytes) -> str | None:
        wanted = (
            (socket.IPPROTO_IP, _IP_RECVERR)
            if self.family == socket.AF_INET
            else (socket.IPPROTO_IPV6, _IPV6_RECVERR)
        )
        if (level, kind) != wanted or len(data) < _EXTENDED_ERROR.size:
            return None
        number, origin, icmp_type, code, _, _, _ = _EXTENDED_ERROR.unpack_from(data)
        if origin == _ORIGIN_LOCAL:
            return errno.errorcode.get(number, "local error")
        return error_text(self.family, icmp_type, code)

    def _tune(self) -> None:
        # Each is a help, none is needed.
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)
        with contextlib.suppress(OSError):
            if self.raw:
                self._only_answers()
            elif self.family == socket.AF_INET:
                self._socket.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
            else:
                self._socket.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)

    def _only_answers(self) -> None:
        """Raw sockets see all ICMP of the machine: let the kernel drop what is no answer."""
        reply = ECHO[self.family][1]
        if self.family == socket.AF_INET:
            blocked = ~((1 << reply) | (1 << 3) | (1 << 11)) & 0xFFFFFFFF
            self._socket.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("@I", blocked))
            return
        words = [0xFFFFFFFF] * 8
        for kind in (reply, 1, 2, 3):
            words[kind >> 5] &= ~(1 << (kind & 31)) & 0xFFFFFFFF
        self._socket.setsockopt(_SOL_ICMPV6, _ICMP6_FILTER, struct.pack("@8I", *words))


def _open(family: socket.AddressFamily, raw: bool | None) -> tuple[socket.socket, bool]:
    protocol = _PROTOCOLS[family]
    if raw is not True:
        try:
            return socket.socket(family, socket.SOCK_DGRAM, protocol), False
        except OSError as error:
            not_allowed = error.errno in (errno.EACCES, errno.EPERM, errno.EPROTONOSUPPORT)
            if raw is False or not not_allowed:
                raise
    return socket.socket(family, socket.SOCK_RAW, protocol), True


def _kernel_time(ancillary: list[tuple[int, int, bytes]]) -> float | None:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return float(seconds + nanoseconds / 1e9)
    return None
