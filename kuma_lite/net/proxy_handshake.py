"""What is said to a proxy before the connection behind it can be used: HTTP CONNECT, SOCKS 5, SOCKS 4.

SOCKS 5 is RFC 1928 with user names of RFC 1929. Sentences that users may know begin as Uptime Kuma 2.5
shows them.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import struct
from base64 import b64encode
from typing import Final, cast

from kuma_lite.core.patterns import pattern
from kuma_lite.net.errors import ErrorKind, NetworkError, io_error
from kuma_lite.net.proxy import ProxyServer

MAX_ANSWER_BYTES: Final = 16 * 1024  # of a proxy before the tunnel; error pages are not read
_MAX_NAME_BYTES: Final = 255  # RFC 1928 and RFC 1929: a length is one byte

# As leniently as answers of servers are read (`net/http/head.py`).
_END_OF_HEAD: Final = pattern(rb"\n\r*\n")
_STATUS_LINE: Final = pattern(rb"\s*HTTP/1[0-9.]*[ \t]+([1-9][0-9]{2})(?![0-9])", re.IGNORECASE)

_NO_AUTHENTICATION, _USER_AND_PASSWORD, _NOTHING_ACCEPTABLE = 0x00, 0x02, 0xFF
_IPV4, _NAME, _IPV6 = 0x01, 0x03, 0x04
_SOCKS5_REPLIES: Final = {
    1: ("Failure", ErrorKind.PROTOCOL),
    2: ("NotAllowed", ErrorKind.PROTOCOL),
    3: ("NetworkUnreachable", ErrorKind.RESET),
    4: ("HostUnreachable", ErrorKind.RESET),
    5: ("ConnectionRefused", ErrorKind.REFUSED),
    6: ("TTLExpired", ErrorKind.RESET),
    7: ("CommandNotSupported", ErrorKind.PROTOCOL),
    8: ("AddressNotSupported", ErrorKind.PROTOCOL),
}
_SOCKS4_GRANTED: Final = 0x5A
_SOCKS4_REPLIES: Final = {0x5B: "Failed", 0x5C: "Rejected", 0x5D: "RejectedIdent"}


class Dialogue(asyncio.Protocol):
    """The bytes of a proxy until the tunnel stands."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._news: asyncio.Future[None] | None = None
        self._lost: NetworkError | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def use(self, transport: asyncio.Transport) -> None:
        """Go on over TLS."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes of the proxy."""
        self._received += data
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The proxy hung up."""
        closed = NetworkError(
            "Proxy connection ended before the tunnel was open", "ECONNRESET", ErrorKind.RESET
        )
        self._lost = io_error(exc) if isinstance(exc, OSError) else closed
        self._wake()

    def send(self, data: bytes) -> None:
        """To the proxy."""
        if self._transport is not None:
            self._transport.write(data)

    async def exactly(self, count: int) -> bytes:
        """The next `count` bytes. Raises NetworkError when the proxy hangs up before."""
        while len(self._received) < count:
            await self._more()
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken

    async def head(self) -> bytes:
        """Everything up to the empty line. Raises NetworkError when it does not come."""
        while (end := _END_OF_HEAD.search(self._received)) is None:
            if len(self._received) > MAX_ANSWER_BYTES:
                raise _unexpected("Proxy answer is too large")
            await self._more()
        return await self.exactly(end.end())

    def finish(self) -> None:
        """The tunnel stands. Raises NetworkError when it has gone already, or more than asked for came."""
        if self._lost is not None:
            raise self._lost
        if self._received:
            raise _unexpected("Proxy sent data before it was asked")

    async def _more(self) -> None:
        if self._lost is not None:
            raise self._lost
        self._news = asyncio.get_running_loop().create_future()
        await self._news

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)


async def shake_hands(dialogue: Dialogue, proxy: ProxyServer, host: str, port: int) -> None:
    """Open a tunnel to `host`, a name or an address. Raises NetworkError when the proxy refuses."""
    if proxy.speaks_http:
        await _connect(dialogue, proxy, host, port)
    elif proxy.protocol == "socks4":
        await _socks4(dialogue, proxy, host, port)
    else:
        await _socks5(dialogue, proxy, host, port)


def proxy_authorization(proxy: ProxyServer) -> str | None:
    """The value of a Proxy-Authorization header."""
    if not proxy.username and not proxy.password:
        return None
    return "Basic " + b64encode(f"{proxy.username}:{proxy.password}".encode()).decode("ascii")


async def _connect(dialogue: Dialogue, proxy: ProxyServer, host: str, port: int) -> None:
    """RFC 9110 §9.3.6."""
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    authorization = proxy_authorization(proxy)
    if authorization:
        lines.append(f"Proxy-Authorization: {authorization}")
    dialogue.send("\r\n".join([*lines, "", ""]).encode("latin-1"))
    answer = _STATUS_LINE.match(await dialogue.head())
    if answer is None:
        raise _unexpected("Proxy did not answer in HTTP")
    status = answer[1].decode("ascii")
    if not status.startswith("2"):
        text = f"Request failed with status code {status} (answer of the proxy)"
        raise NetworkError(text, "ERR_BAD_RESPONSE", ErrorKind.PROTOCOL)


async def _socks5(dialogue: Dialogue, proxy: ProxyServer, host: str, port: int) -> None:
    methods = [_NO_AUTHENTICATION]
    if proxy.username or proxy.password:
        methods.append(_USER_AND_PASSWORD)
    dialogue.send(bytes([5, len(methods), *methods]))
    version, method = await dialogue.exactly(2)
    if version != 5:
        raise _unexpected("Received invalid Socks5 initial handshake (invalid socks version)")
    if method == _NOTHING_ACCEPTABLE:
        raise _unexpected("Received invalid Socks5 initial handshake (no accepted authentication type)")
    if method not in methods:
        raise _unexpected("Received invalid Socks5 initial handshake (unknown authentication type)")
    if method == _USER_AND_PASSWORD:
        dialogue.send(b"\x01" + _counted(proxy.username) + _counted(proxy.password))
        if (await dialogue.exactly(2))[1] != 0:
            raise _unexpected("Socks5 Authentication failed")
    dialogue.send(b"\x05\x01\x00" + _socks5_address(host) + struct.pack(">H", port))
    await _socks5_reply(dialogue)


async def _socks5_reply(dialogue: Dialogue) -> None:
    version, reply, _, kind = await dialogue.exactly(4)
    if version != 5:
        raise _unexpected("Received invalid Socks5 final handshake response")
    if reply != 0:
        word, why = _SOCKS5_REPLIES.get(reply, (str(reply), ErrorKind.PROTOCOL))
        raise NetworkError(f"Socks5 proxy rejected connection - {word}", "ERR_SOCKS_PROXY", why)
    length = {_IPV4: 4, _IPV6: 16}.get(kind)
    if length is None:
        (length,) = await dialogue.exactly(1)
    await dialogue.exactly(length + 2)


async def _socks4(dialogue: Dialogue, proxy: ProxyServer, host: str, port: int) -> None:
    """`host` is an IPv4 address."""
    user = proxy.username.encode().replace(b"\0", b"")
    dialogue.send(struct.pack(">BBH", 4, 1, port) + ipaddress.IPv4Address(host).packed + user + b"\0")
    reply = (await dialogue.exactly(8))[1]
    if reply != _SOCKS4_GRANTED:
        word = _SOCKS4_REPLIES.get(reply, str(reply))
        raise _unexpected(f"Socks4 Proxy rejected connection - ({word})")


def _socks5_address(host: str) -> bytes:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return bytes([_NAME]) + _counted(host)
    return bytes([_IPV4 if address.version == 4 else _IPV6]) + address.packed


def _counted(text: str) -> bytes:
    encoded = text.encode()
    if len(encoded) > _MAX_NAME_BYTES:
        raise NetworkError("Too long for a Socks5 proxy", "ERR_SOCKS_PROXY", ErrorKind.URL)
    return bytes([len(encoded)]) + encoded


def _unexpected(sentence: str) -> NetworkError:
    return NetworkError(sentence, "ERR_SOCKS_PROXY" if "ocks" in sentence else "EPROTO", ErrorKind.PROTOCOL)
