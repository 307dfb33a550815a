"""One TLS session on one connection: what the server presents, or the alert it sends."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import perf_counter

from kuma_lite.net.connect import MS, Stream
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError, io_error
from kuma_lite.net.network import Network
from kuma_lite.net.probe import sni, unverified_report, verified_report
from kuma_lite.net.tls import CertificateReport, alert_of, handshake_error, verification_error
from kuma_lite.net.tls_pipe import TlsPipe
from kuma_lite.net.trace import current

# Under TLS 1.3 a server judges the client's certificate after the client has finished: its alert comes late.
LATE_ALERT_S = 1.0
_READ_BYTES = 64 * 1024

Preamble = Callable[[Stream, str], Awaitable[None]]


async def certificate_of(
    network: Network,
    host: str,
    port: int,
    *,
    options: TlsOptions,
    preamble: Preamble | None,
    timeout: float,
    now: float,
) -> CertificateReport:
    """The server's certificate, verified unless `options` say otherwise.

    Args:
        preamble: what has to be said before the handshake (STARTTLS).
        timeout: seconds for each connection; a second one fetches a certificate that is not valid.

    Raises NetworkError, with the report in `certificate` when the certificate is the reason.
    """
    try:
        return await _report(network, host, port, options, preamble, timeout)
    except ssl.SSLCertVerificationError as error:
        lenient = TlsOptions(verify=False)
        try:
            report = await _report(network, host, port, lenient, preamble, timeout)
        except NetworkError:
            report = None
        raise verification_error(error, report, now) from None


async def _report(
    network: Network, host: str, port: int, options: TlsOptions, preamble: Preamble | None, timeout: float
) -> CertificateReport:
    async with _connected(network, host, port, timeout) as stream:
        if preamble is not None:
            await preamble(stream, host)
        pipe = TlsPipe(await network.http.context(options), sni(host))
        try:
            await shake_hands(stream, pipe)
        except ssl.SSLCertVerificationError:
            raise
        except ssl.SSLError as error:
            raise handshake_error(error) from None
        return (verified_report if options.verify else unverified_report)(pipe.ssl_object, host)


async def alert_from(
    network: Network, host: str, port: int, *, options: TlsOptions, timeout: float, now: float
) -> tuple[str, int] | None:
    """The alert (name, number) a server sends in or shortly after the handshake; None when it sends none.

    Raises NetworkError when the connection fails otherwise.
    """
    try:
        async with _connected(network, host, port, timeout) as stream:
            pipe = TlsPipe(await network.http.context(options), sni(host))
            await shake_hands(stream, pipe)
            await _listen(stream, pipe)
    except ssl.SSLCertVerificationError as error:
        raise verification_error(error, None, now) from None
    except ssl.SSLError as error:
        alert = alert_of(error)
        if alert is None:
            raise handshake_error(error) from None
        return alert
    return None


@asynccontextmanager
async def _connected(network: Network, host: str, port: int, timeout: float) -> AsyncIterator[Stream]:
    """A connection whose whole use must end within `timeout` seconds."""
    stream: Stream | None = None
    try:
        async with asyncio.timeout(timeout):
            stream = await network.open_stream(host, port, timeout=timeout)
            yield stream
    except TimeoutError:
        raise NetworkError("Connection timed out", "ETIMEDOUT", ErrorKind.TIMEOUT) from None
    except ssl.SSLError:
        raise
    except OSError as error:
        raise io_error(error) from None
    finally:
        if stream is not None:
            stream.writer.transport.abort()


async def shake_hands(stream: Stream, pipe: TlsPipe) -> None:
    """Raises ssl.SSLError as OpenSSL does, NetworkError when the server hangs up."""
    begun = perf_counter()
    data = b""
    while not _step(stream, pipe, data):
        data = await stream.reader.read(_READ_BYTES)
        if not data:
            raise NetworkError(
                "Client network socket disconnected before secure TLS connection was established",
                "ECONNRESET",
                ErrorKind.RESET,
            )
    if (trace := current()) is not None:
        trace.tls_ms = (perf_counter() - begun) * MS


def _step(stream: Stream, pipe: TlsPipe, data: bytes) -> bool:
    try:
        return pipe.handshake(data)
    finally:
        outgoing = pipe.outgoing()  # also after a failure: it tells the server why
        if outgoing:
            stream.writer.write(outgoing)


async def _listen(stream: Stream, pipe: TlsPipe) -> None:
    """Wait for what the server has to say about the handshake. Raises ssl.SSLError for an alert."""
    try:
        async with asyncio.timeout(LATE_ALERT_S):
            data = b""
            while not pipe.decrypt(data) and not pipe.closed:
                data = await stream.reader.read(_READ_BYTES)
                if not data:
                    return
    except TimeoutError:
        return
