"""A connection on which a check talks a protocol of its own, with TLS or without."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from kuma_lite.checks._tls_session import shake_hands
from kuma_lite.core.time_limit import TimeLimit
from kuma_lite.net.connect import Stream
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError, io_error
from kuma_lite.net.probe import sni, unverified_report, verified_report
from kuma_lite.net.tls import CertificateReport, handshake_error, verification_error
from kuma_lite.net.tls_pipe import TlsPipe

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

_READ_BYTES: Final = 64 * 1024


class Channel:
    """Bytes out, bytes in. Both raise NetworkError.

    `certificate`: what the server presented, over TLS.
    """

    def __init__(
        self, stream: Stream, pipe: TlsPipe | None = None, certificate: CertificateReport | None = None
    ) -> None:
        self._stream = stream
        self._pipe = pipe
        self._buffer = bytearray()
        self.certificate = certificate

    def write(self, data: bytes) -> None:
        """Send."""
        self._stream.writer.write(data if self._pipe is None else self._pipe.encrypt(data))

    async def line(self, limit: int) -> bytes:
        """Up to the next line end, without it; at most `limit` bytes."""
        return (await self.until(b"\n", limit)).removesuffix(b"\n").removesuffix(b"\r")

    async def until(self, end: bytes, limit: int) -> bytes:
        """Up to and with `end`; at most `limit` bytes."""
        while (place := self._buffer.find(end)) < 0:
            if len(self._buffer) > limit:
                raise NetworkError("The answer is too long", "ERR_TOO_LONG", ErrorKind.PROTOCOL)
            await self._more()
        return self._take(place + len(end))

    async def exactly(self, count: int) -> bytes:
        """That many bytes."""
        while len(self._buffer) < count:
            await self._more()
        return self._take(count)

    async def start_tls(self, network: Network, host: str, tls: TlsOptions, now: float) -> None:
        """Shake hands on the open connection, once both sides have agreed on it (STARTTLS).

        Raises NetworkError, also for bytes that came too early: they would count as said under TLS.
        """
        if self._buffer:
            raise NetworkError("Unexpected data before the TLS handshake", "ERR_STARTTLS", ErrorKind.PROTOCOL)
        secured = await _secured(network, self._stream, host, tls, now)
        self._pipe, self.certificate = secured._pipe, secured.certificate

    async def some(self) -> bytes:
        """What is there, or else what arrives next; nothing at the end."""
        return self._take(len(self._buffer)) if self._buffer else await self._read()

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    async def _more(self) -> None:
        data = await self._read()
        if not data:
            raise NetworkError("socket hang up", "ECONNRESET", ErrorKind.RESET)
        self._buffer += data

    async def _read(self) -> bytes:
        """What arrives next; nothing at the end."""
        try:
            if self._pipe is None:
                return await self._stream.reader.read(_READ_BYTES)
            data = b""  # what came with the end of the handshake is there already
            while not (found := b"".join(self._pipe.decrypt(data))) and not self._pipe.closed:
                data = await self._stream.reader.read(_READ_BYTES)
                if not data:
                    break
        except ssl.SSLError as error:
            raise handshake_error(error) from None
        except OSError as error:
            raise io_error(error) from None
        return found


@asynccontextmanager
async def open_channel(
    network: Network,
    host: str,
    port: int,
    *,
    tls: TlsOptions | None,
    timeout: float,
    now: float,
    any_name: bool = False,
) -> AsyncIterator[Channel]:
    """Connect, and with `tls` shake hands, within `timeout` seconds. Raises NetworkError, TimeoutError.

    Args:
        any_name: the certificate may be for another host.
    """
    stream: Stream | None = None
    try:
        loop = asyncio.get_running_loop()
        with TimeLimit(loop, loop.time() + timeout):
            stream = await network.open_stream(host, port, timeout=timeout + 1)
            channel = (
                Channel(stream)
                if tls is None
                else await _secured(network, stream, host, tls, now, any_name=any_name)
            )
        yield channel
    finally:
        if stream is not None:
            stream.writer.transport.abort()


async def _secured(
    network: Network,
    stream: Stream,
    host: str,
    tls: TlsOptions,
    now: float,
    *,
    any_name: bool = False,
) -> Channel:
    pipe = TlsPipe(await network.http.context(tls), sni(host))
    try:
        await shake_hands(stream, pipe)
    except ssl.SSLCertVerificationError as error:
        # What is refused is known by then, so nobody has to ask again, nor say STARTTLS once more.
        refused = unverified_report(pipe.ssl_object, host)
        raise verification_error(error, refused if refused.chain else None, now) from None
    except ssl.SSLError as error:
        raise handshake_error(error) from None
    except OSError as error:
        raise io_error(error) from None
    try:
        report = (verified_report if tls.verify else unverified_report)(pipe.ssl_object, host)
    except NetworkError as error:
        if not any_name or error.certificate is None:
            raise
        report = error.certificate
    return Channel(stream, pipe, report)
