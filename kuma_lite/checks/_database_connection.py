"""Connections to databases: TCP or a Unix socket, TLS from the moment the two sides agree on it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kuma_lite.checks._channel import Channel
from kuma_lite.checks._host import clean_host
from kuma_lite.checks._tls_session import shake_hands
from kuma_lite.net.connect import Stream, open_unix_stream
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError, io_error
from kuma_lite.net.probe import sni, verified_report
from kuma_lite.net.tls import handshake_error, verification_error
from kuma_lite.net.tls_pipe import TlsPipe

if TYPE_CHECKING:
    from kuma_lite.net.network import Network


@asynccontextmanager
async def connected(network: Network, host: str, port: int, *, timeout: float) -> AsyncIterator[Stream]:
    """A connection, which is cut at the end; a host that begins with `/` is the path of a Unix socket.

    `timeout`: the caller's own; it is him who holds it. Raises NetworkError.
    """
    if host.startswith("/"):
        stream = await open_unix_stream(host)
    else:  # a moment more: the caller's limit is for everything, and has its own words
        stream = await network.open_stream(clean_host(host), port, timeout=timeout + 1)
    try:
        yield stream
    finally:
        stream.writer.transport.abort()


async def secured(
    network: Network, stream: Stream, host: str, options: TlsOptions, *, names: bool, now: float
) -> Channel:
    """Shake hands on a connection on which both sides have said that they will. Raises NetworkError.

    `names`: the certificate has to be for `host`; needs `options.verify`.
    """
    host = clean_host(host)
    pipe = TlsPipe(await network.http.context(options), sni(host))
    try:
        await shake_hands(stream, pipe)
    except ssl.SSLCertVerificationError as error:
        raise verification_error(error, None, now) from None
    except ssl.SSLError as error:
        raise handshake_error(error) from None
    except OSError as error:
        raise io_error(error) from None
    if options.verify and names:
        verified_report(pipe.ssl_object, host)
    return Channel(stream, pipe)


async def read_pem(path: str, option: str) -> str | None:
    """The text of a file that a connection string names; None for no path. Raises NetworkError."""
    if not path:
        return None
    try:
        return await asyncio.to_thread(Path(path).read_text, "utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text"
        raise NetworkError(f"{option} cannot be read: {reason}", "ERR_PEM", ErrorKind.URL) from None
