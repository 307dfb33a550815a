"""A WebSocket on which texts are exchanged, as a client (RFC 6455)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from kuma_lite.net.connect import Stream
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError, io_error
from kuma_lite.net.http.url import Url, parse_url
from kuma_lite.net.probe import sni, verified_report
from kuma_lite.net.tls import handshake_error

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

MAX_BYTES: Final = 256 * 1024  # of a message, where nobody says otherwise

_SCHEMES: Final = {"ws": "http", "wss": "https"}
_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_LAST: Final = 0x80
_MASKED: Final = 0x80


class NotUpgraded(NetworkError):
    """The server answered, but with another status."""

    def __init__(self, status: str) -> None:
        super().__init__(f"Unexpected server response: {status}", "ECONNRESET", ErrorKind.PROTOCOL)


class WebSocket:
    """Texts out, texts in. Both raise NetworkError.

    Args:
        max_bytes: of a message; who sends more is cut off.
    """

    def __init__(self, stream: Stream, max_bytes: int = MAX_BYTES) -> None:
        self._reader, self._writer = stream.reader, stream.writer
        self._max_bytes = max_bytes

    def send(self, text: str) -> None:
        """One message."""
        self._writer.write(frame(_TEXT, text.encode("utf-8", "replace")))

    async def receive(self) -> str:
        """The next message."""
        message = b""
        while True:
            last, kind, payload = await self._frame()
            if kind == _CLOSE:
                raise _broken("The WebSocket was closed")
            if kind == _PING:
                self._writer.write(frame(_PONG, payload))
            elif kind != _PONG:
                message += payload
                if len(message) > self._max_bytes:
                    raise _broken("The message is too long")
                if last:
                    return message.decode("utf-8", "replace")

    async def _frame(self) -> tuple[bool, int, bytes]:
        first, second = await self._exactly(2)
        length = second & 0x7F
        if length >= 126:
            length = int.from_bytes(await self._exactly(2 if length == 126 else 8), "big")
        if second & _MASKED or length > self._max_bytes:
            raise _broken("Invalid WebSocket frame")
        return bool(first & _LAST), first & 0xF, await self._exactly(length)

    async def _exactly(self, count: int) -> bytes:
        try:
            return await self._reader.readexactly(count)
        except asyncio.IncompleteReadError:
            raise _broken("socket hang up") from None
        except OSError as error:
            raise io_error(error) from None


def new_key() -> str:
    """A nonce for one handshake."""
    return base64.b64encode(os.urandom(16)).decode("ascii")


def accept_of(key: str) -> str:
    """What a server that speaks the protocol answers to a key."""
    digest = hashlib.sha1(key.encode("ascii") + _GUID).digest()  # noqa: S324 - the protocol's choice
    return base64.b64encode(digest).decode("ascii")


def upgrade_request(url: Url, headers: list[tuple[str, str]], key: str, subprotocols: list[str]) -> bytes:
    """The opening handshake; `headers` were checked."""
    fixed = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", key),
    ]
    if subprotocols:
        fixed.append(("Sec-WebSocket-Protocol", ",".join(subprotocols)))
    taken = {name.lower() for name, _ in fixed}
    own = [(name, value) for name, value in headers if name.lower() not in taken]
    if not any(name.lower() == "host" for name, _ in own):
        own.insert(0, ("Host", url.host_header))
    lines = [f"GET {url.target} HTTP/1.1", *(f"{name}: {value}" for name, value in [*own, *fixed]), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def frame(kind: int, payload: bytes) -> bytes:
    """A whole message of a client: masked."""
    size = len(payload)
    if size < 126:
        length = bytes([_MASKED | size])
    elif size < 1 << 16:
        length = bytes([_MASKED | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([_MASKED | 127]) + size.to_bytes(8, "big")
    mask = os.urandom(4)
    repeated = int.from_bytes(mask * (size // 4 + 1), "big") >> 8 * (4 - size % 4)
    masked = (int.from_bytes(payload, "big") ^ repeated).to_bytes(size, "big")
    return bytes([_LAST | kind]) + length + mask + masked


def read_address(text: str) -> Url:
    """A `ws://` or `wss://` address as HTTP knows it. Raises NetworkError of kind URL."""
    scheme, _, rest = text.strip().partition("://")
    if scheme.lower() not in _SCHEMES:
        message = "The address of a WebSocket begins with ws:// or wss://."
        raise NetworkError(message, "ERR_INVALID_URL", ErrorKind.URL)
    return parse_url(f"{_SCHEMES[scheme.lower()]}://{rest}")


@asynccontextmanager
async def open_websocket(
    network: Network,
    address: str,
    *,
    timeout: float,
    headers: Sequence[tuple[str, str]] = (),
    max_bytes: int = MAX_BYTES,
) -> AsyncIterator[WebSocket]:
    """An open WebSocket, within `timeout` seconds; `max_bytes` as in `WebSocket`.

    Raises NetworkError, TimeoutError.
    """
    url = read_address(address)
    stream = await network.open_stream(url.host, url.port, timeout=timeout)
    try:
        async with asyncio.timeout(timeout):
            if url.scheme == "https":
                await _secure(network, stream, url)
            await _upgrade(stream, url, headers)
        yield WebSocket(stream, max_bytes)
    finally:
        stream.writer.transport.abort()


async def _secure(network: Network, stream: Stream, url: Url) -> None:
    context = await network.http.context(TlsOptions(alpn=("http/1.1",)))
    try:
        await stream.writer.start_tls(context, server_hostname=sni(url.host) or url.host)
        verified_report(stream.writer.get_extra_info("ssl_object"), url.host)  # is it the right name?
    except ssl.SSLCertVerificationError as error:
        raise NetworkError(error.verify_message, "ERR_TLS_CERT", ErrorKind.TLS) from None
    except ssl.SSLError as error:
        raise handshake_error(error) from None
    except OSError as error:
        raise io_error(error) from None


async def _upgrade(stream: Stream, url: Url, headers: Sequence[tuple[str, str]]) -> None:
    key = new_key()
    stream.writer.write(upgrade_request(url, list(headers), key, []))
    try:
        head = (await stream.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise _broken("socket hang up") from None
    except OSError as error:
        raise io_error(error) from None
    status = head[0].partition(" ")[2]
    if not status.startswith("101"):
        raise NotUpgraded(status[:3])
    fields = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head)
    }
    if fields.get("sec-websocket-accept") != accept_of(key):
        raise _broken("Invalid Sec-WebSocket-Accept header")


def _broken(message: str) -> NetworkError:
    return NetworkError(message, "ECONNRESET", ErrorKind.PROTOCOL)
