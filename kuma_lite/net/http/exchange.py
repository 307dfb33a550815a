"""One request and its answer on one connection, as an asyncio protocol."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from time import perf_counter
from typing import cast

import httptools

from kuma_lite.net.errors import ErrorKind, NetworkError, io_error, timeout_error
from kuma_lite.net.http.decode import Decoder, body_codings, transfer_codings
from kuma_lite.net.http.message import Headers
from kuma_lite.net.tls import handshake_error
from kuma_lite.net.tls_pipe import TlsPipe

# Bytes a server may send without a single byte of body: headers, interim answers, trailers, chunk extensions.
# Uptime Kuma's runtime stops at 16 KiB, browsers at 256 KiB; cookies and security policies of real sites fit.
MAX_HEAD_BYTES = 64 * 1024
# Header fields of one answer; each costs memory beyond its bytes.
MAX_HEADERS = 500
# Seconds the last unsent bytes may take after the end.
LINGER = 5.0

MS = 1000.0
_SWITCHING_PROTOCOLS = 101


class Deadlines:
    """When to give up, in the event loop's time; one set for a whole chain of redirects."""

    __slots__ = ("headers", "timeout", "total")

    def __init__(self, now: float, timeout: float, total: float) -> None:
        self.timeout = timeout
        self.total = now + total
        self.headers = min(now + timeout, self.total)

    def exceeded(self, now: float) -> NetworkError:
        """The error for having waited until `now` for response headers."""
        return self.aborted() if now >= self.total else timeout_error(self.timeout * MS)

    def aborted(self) -> NetworkError:
        """Everything together took too long."""
        text = f"timeout by AbortSignal ({self.timeout:g}s)"
        return NetworkError(text, "ERR_CANCELED", ErrorKind.TIMEOUT)


class Exchange(asyncio.Protocol):
    """Sends one request, reads one answer; `done` is finished when the answer is complete or failed.

    `skips_body(status, headers)` says that the body is of no interest. With TLS, `on_secure` looks at the
    peer before anything of the request is sent, and may raise NetworkError.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        method: str,
        body_limit: int,
        skips_body: Callable[[int, Headers], bool],
    ) -> None:
        self.done: asyncio.Future[None] = loop.create_future()
        self.status = 0
        self.headers = Headers()
        self.tls_ms = self.first_byte_ms = 0.0
        self._loop = loop
        self._head_only = method == "HEAD"
        self._skips_body = skips_body
        self._body_limit = body_limit
        self._parser = httptools.HttpResponseParser(self)
        self._reason = b""
        self._fields: list[tuple[str, str]] = []
        self._decoder: Decoder | None = None  # there once the headers are complete
        self._informational = False
        self._unproductive = 0
        self._failure: NetworkError | None = None
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tls: TlsPipe | None = None
        self._request = b""

    # The caller's side

    def start(
        self,
        request: bytes,
        deadlines: Deadlines,
        tls: tuple[ssl.SSLContext, str | None] | None = None,
        on_secure: Callable[[ssl.SSLObject], None] | None = None,
    ) -> None:
        """Begin, on a connection that was made; `tls` is the context and the server name to ask for."""
        if self.done.done():
            return  # the connection was lost before we came to use it
        self._deadlines = deadlines
        self._timer = self._loop.call_at(deadlines.headers, self._late)
        self._request = request
        self._on_secure = on_secure
        self._begun = perf_counter()
        if tls is None:
            self._send(request)
        else:
            self._tls = TlsPipe(*tls)
            self._shake_hands(b"")

    @property
    def reason(self) -> str:
        """The phrase of the status line."""
        return self._reason.decode("latin-1")

    @property
    def body(self) -> bytes:
        """What was read of the body, unpacked."""
        return self._decoder.body() if self._decoder else b""

    @property
    def truncated(self) -> bool:
        """Whether the body went on after the limit."""
        return self._decoder is not None and self._decoder.truncated

    @property
    def http_version(self) -> str:
        """`1.1` or `1.0`."""
        return str(self._parser.get_http_version())

    def close(self) -> None:
        """Let go of the connection, whatever state it is in."""
        self._stop_timer()
        transport = self._transport
        if transport is None:
            return
        self._transport = None
        unsent = transport.get_write_buffer_size()
        transport.close()
        if unsent:  # mostly an alert on its way; a server that reads nothing must not keep the descriptor
            self._loop.call_later(LINGER, transport.abort)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; nothing is sent before `start`."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        """Bytes of the network."""
        if self.done.done():
            return
        if self._tls is None:
            self._feed(data)
        elif not self._tls.established:
            self._shake_hands(data)
        else:
            self._decrypt(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The end of the connection; for some answers also the end of the body."""
        if not self.done.done():
            self._ended(exc)

    # TLS

    def _shake_hands(self, data: bytes) -> None:
        tls = self._tls
        assert tls is not None
        try:
            finished = tls.handshake(data)
        except ssl.SSLCertVerificationError as error:
            self._flush(tls)
            self._fail(error)
            return
        except ssl.SSLError as error:
            self._flush(tls)
            self._fail(handshake_error(error))
            return
        self._flush(tls)
        if not finished:
            return
        secure = perf_counter()
        self.tls_ms = (secure - self._begun) * MS
        self._begun = secure
        try:
            if self._on_secure is not None:
                self._on_secure(tls.ssl_object)
        except NetworkError as error:
            self._fail(error)
            return
        self._send(tls.encrypt(self._request))
        self._decrypt(b"")  # an alert or answer that came with the end of the handshake

    def _decrypt(self, data: bytes) -> None:
        tls = self._tls
        assert tls is not None
        try:
            chunks = tls.decrypt(data)
        except ssl.SSLError as error:
            self._fail(handshake_error(error))
            return
        for chunk in chunks:
            if self.done.done():
                return
            self._feed(chunk)
        if self.done.done():
            return
        self._flush(tls)
        if tls.closed:
            self._ended(None)

    def _flush(self, tls: TlsPipe) -> None:
        outgoing = tls.outgoing()
        if outgoing:
            self._send(outgoing)

    def _send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    # The answer

    def _feed(self, data: bytes) -> None:
        if not self.first_byte_ms:
            self.first_byte_ms = (perf_counter() - self._begun) * MS
        self._unproductive += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._complete()
        except httptools.HttpParserError as error:
            if not self.done.done():
                self._fail(self._failure or parse_error(error))
        if self.done.done():
            return
        if self._failure is not None:
            self._fail(self._failure)
        elif self._unproductive > MAX_HEAD_BYTES:
            self._fail(header_overflow())
        elif self._decoder is not None:
            self._last_data = self._loop.time()
            if self._timer is None:
                self._wait_for_body()

    def on_message_begin(self) -> None:
        """Parser: an answer begins, perhaps after an interim one."""
        self._reason = b""
        self._informational = False

    def on_status(self, reason: bytes) -> None:
        """Parser: (a part of) the phrase."""
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """Parser: a header field, or a trailer, which nobody asks for."""
        if self._decoder is not None:
            return
        if len(self._fields) >= MAX_HEADERS:
            self._failure = header_overflow()
            return
        self._fields.append((name.decode("latin-1"), value.decode("latin-1").strip(" \t")))

    def on_headers_complete(self) -> None:
        """Parser: status and headers are there."""
        status = self._parser.get_status_code()
        if status < 200 and status != _SWITCHING_PROTOCOLS:
            self._informational = True
            self._fields = []
            return
        self.status = status
        self.headers = Headers(self._fields)
        self._stop_timer()
        try:
            self._decoder = Decoder(body_codings(self.headers), self._body_limit)
        except NetworkError as error:
            self._failure = error
            return
        if self._head_only or self._skips_body(status, self.headers):
            self._complete()

    def on_body(self, data: bytes) -> None:
        """Parser: bytes of the body, still packed."""
        if self._decoder is None or self.done.done() or self._failure is not None:
            return
        self._unproductive = 0
        try:
            self._decoder.feed(data)
        except NetworkError as error:
            self._failure = error
            return
        if self._decoder.truncated:
            self._complete()

    def on_message_complete(self) -> None:
        """Parser: the end of the answer, if it was not an interim one."""
        if not self._informational and self._failure is None:
            self._complete()

    # Ends

    def _complete(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
            self.close()

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)
            self.done.exception()  # the loser of a race of addresses has nobody who waits for it
            self.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ended(self, cause: Exception | None) -> None:
        if self._tls is not None and not self._tls.established:
            text = "Client network socket disconnected before secure TLS connection was established"
            lost = io_error(cause) if isinstance(cause, OSError) else None
            self._fail(lost or NetworkError(text, "ECONNRESET", ErrorKind.RESET))
        elif self._decoder is None:
            lost = io_error(cause) if isinstance(cause, OSError) else None
            self._fail(lost or NetworkError("socket hang up", "ECONNRESET", ErrorKind.RESET))
        elif cause is None and not self._framed():
            self._complete()
        else:
            text = "response timeout: incomplete response within a interval"
            self._fail(NetworkError(text, "ERR_BAD_RESPONSE", ErrorKind.RESET))

    def _framed(self) -> bool:
        """Whether the headers announced where the body ends (RFC 9112 §6.3; `identity` says nothing)."""
        codings = [coding for coding in transfer_codings(self.headers) if coding != "identity"]
        return codings[-1] == "chunked" if codings else "content-length" in self.headers

    # Time. Both event loops read their sockets before they look at their timers, so that after a stall of our
    # own an answer that came in time is seen before it is called late.

    def _late(self) -> None:
        self._fail(self._deadlines.exceeded(self._loop.time()))

    def _wait_for_body(self) -> None:
        moment = min(self._last_data + self._deadlines.timeout, self._deadlines.total)
        self._timer = self._loop.call_at(moment, self._judge_body)

    def _judge_body(self) -> None:
        now = self._loop.time()
        if now >= self._deadlines.total:
            self._fail(self._deadlines.aborted())
        elif now - self._last_data >= self._deadlines.timeout:
            self._fail(NetworkError("response stream aborted", "ERR_BAD_RESPONSE", ErrorKind.TIMEOUT))
        else:
            self._wait_for_body()


def parse_error(error: Exception) -> NetworkError:
    """`Parse Error: <what was expected>`."""
    return NetworkError(f"Parse Error: {error}", "HPE_INVALID_CONSTANT", ErrorKind.PROTOCOL)


def header_overflow() -> NetworkError:
    """`Parse Error: Header overflow`."""
    return NetworkError("Parse Error: Header overflow", "HPE_HEADER_OVERFLOW", ErrorKind.PROTOCOL)
