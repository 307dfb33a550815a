"""A request and its answer on one connection, as an asyncio protocol."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from time import perf_counter
from typing import cast

from kuma_lite.net.errors import ErrorKind, NetworkError, io_error, timeout_error
from kuma_lite.net.http.answer import Answer
from kuma_lite.net.http.message import Headers
from kuma_lite.net.tls import handshake_error
from kuma_lite.net.tls_pipe import TlsPipe

# Seconds the last unsent bytes may take after the end.
LINGER = 5.0

MS = 1000.0


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
    """Sends one request, reads one answer; `done` is finished when `answer` is complete or failed.

    `skips_body(status, headers)` says that the body is of no interest. With TLS, `on_secure` looks at the
    peer before anything of the request is sent, and may raise NetworkError. The connection ends with the
    answer, but for `keeps_open`: then `again` asks once more, for log-ins that are bound to a connection, and
    `afresh` asks something else.
    """

    __slots__ = (
        "_begun",
        "_deadlines",
        "_expected",
        "_in_body",
        "_keeps_open",
        "_last_data",
        "_loop",
        "_on_secure",
        "_request",
        "_timer",
        "_tls",
        "_transport",
        "answer",
        "done",
        "first_byte_ms",
        "tls_ms",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        method: str,
        body_limit: int,
        skips_body: Callable[[int, Headers], bool],
        *,
        keeps_open: bool = False,
    ) -> None:
        self.done: asyncio.Future[None] = loop.create_future()
        self._expected = (method, body_limit, skips_body)
        self.answer = Answer(*self._expected)
        self._keeps_open = keeps_open
        self.tls_ms = self.first_byte_ms = 0.0
        self._begun = 0.0  # when what is waited for was asked: the handshake, then the answer
        self._loop = loop
        self._in_body = False
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tls: TlsPipe | None = None
        self._request = b""

    # The caller's side

    def start(
        self,
        request: bytes,
        deadlines: Deadlines,
        tls: tuple[ssl.SSLContext, str | None, ssl.SSLSession | None] | None = None,
        on_secure: Callable[[ssl.SSLObject], None] | None = None,
    ) -> None:
        """Begin, on a connection that was made; `tls`: see `TlsPipe`."""
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
    def ssl_object(self) -> ssl.SSLObject | None:
        """Of its TLS; None without."""
        return self._tls.ssl_object if self._tls is not None else None

    @property
    def resumed(self) -> bool:
        """Whether its TLS session is that of an earlier connection."""
        return self._tls is not None and bool(self._tls.ssl_object.session_reused)

    @property
    def persists(self) -> bool:
        """Whether the connection can be asked `again`."""
        transport = self._transport
        if transport is None or transport.is_closing() or (self._tls is not None and self._tls.closed):
            return False
        return self.answer.complete and self.answer.persists

    def again(self, request: bytes) -> None:
        """Ask once more, after an answer after which the connection `persists`."""
        self.done = self._loop.create_future()
        self.answer = Answer(*self._expected)
        self.first_byte_ms = 0.0
        self._in_body = False
        self._timer = self._loop.call_at(self._deadlines.headers, self._late)
        self._begun = perf_counter()
        self._send(self._tls.encrypt(request) if self._tls is not None else request)

    def afresh(
        self,
        request: bytes,
        deadlines: Deadlines,
        method: str,
        body_limit: int,
        skips_body: Callable[[int, Headers], bool],
    ) -> None:
        """Ask something else, on a connection that `persists`."""
        self._deadlines = deadlines
        self._expected = (method, body_limit, skips_body)
        self.tls_ms = 0.0
        self.again(request)

    @property
    def heard(self) -> bool:
        """Whether anything of the answer has come."""
        return bool(self.first_byte_ms)

    @property
    def whole_ms(self) -> float:
        """Since the request was sent."""
        return (perf_counter() - self._begun) * MS

    def close(self) -> None:
        """Let go of the connection, whatever state it is in."""
        self._stop_timer()
        self.answer.close()
        transport = self._transport
        if transport is None:
            return
        self._transport = None
        unsent = transport.get_write_buffer_size()
        transport.close()
        if unsent:  # mostly an alert on its way; a server that reads nothing must not keep the descriptor
            self._loop.call_later(LINGER, transport.abort)

    def forget_failure(self) -> None:
        """Hold no longer what `done` has raised: its traceback holds whoever waited, and with that us."""
        self.done = self._loop.create_future()
        self.done.set_result(None)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; nothing is sent before `start`."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        """Bytes of the network."""
        if self.done.done():
            if self._keeps_open:
                self.close()  # nobody has asked: whatever it is, the next answer could not be told from it
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
        answer = self.answer
        try:
            answer.feed(data)
        except NetworkError as error:
            self._fail(error)
            return
        if answer.complete:
            self._complete()
        elif answer.begun:
            if not self._in_body:
                self._in_body = True
                self._stop_timer()
            self._last_data = self._loop.time()
            if self._timer is None:
                self._wait_for_body()

    # Ends

    def _complete(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
            self._stop_timer()
            if not self._keeps_open:
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
        elif not self.answer.begun:
            lost = io_error(cause) if isinstance(cause, OSError) else None
            self._fail(lost or self._hung_up())
        elif cause is None and self.answer.end():
            self._complete()
        else:
            text = "response timeout: incomplete response within a interval"
            self._fail(NetworkError(text, "ERR_BAD_RESPONSE", ErrorKind.RESET))

    def _hung_up(self) -> NetworkError:
        try:
            self.answer.end()
        except NetworkError as error:
            return error
        return NetworkError("socket hang up", "ECONNRESET", ErrorKind.RESET)

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
