"""What one check did on the network, for somebody who asks: phases, and the head of an answer.

    with recording() as trace:
        await kind.check(options, context)
    trace.dns_ms, trace.connect_ms, trace.answer

Nobody asks while monitors are watched; then a connection costs one look into a context variable.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from kuma_lite.net.http.message import Headers


class Answered(Struct, frozen=True):
    """The answer to an HTTP request, as far as it came."""

    http_version: str
    status: int
    reason: str
    headers: Headers
    body: bytes  # unpacked
    url: str  # without user and password


class Trace(Struct):
    """The latest connection of a check. Milliseconds; None: that did not happen, or nobody measured it.

    `first_byte_ms` counts from the question to the first byte of the answer, `whole_ms` to its last.
    """

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    whole_ms: float | None = None
    address: str = ""
    answer: Answered | None = None

    def resolved(self, dns_ms: float) -> None:
        """A name has led to addresses: a new connection begins."""
        self.dns_ms = dns_ms
        self.connect_ms = self.tls_ms = self.first_byte_ms = self.whole_ms = None
        self.address, self.answer = "", None

    def connected(self, connect_ms: float, address: str) -> None:
        """A connection is open."""
        self.connect_ms, self.address = connect_ms, address


_CURRENT: Final[ContextVar[Trace | None]] = ContextVar("trace", default=None)

# The trace that somebody records in this task, and in those it has started; None: nobody does.
current: Final = _CURRENT.get


@contextmanager
def recording() -> Iterator[Trace]:
    """Record what this task does on the network."""
    token = _CURRENT.set(trace := Trace())
    try:
        yield trace
    finally:
        _CURRENT.reset(token)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Leave out what goes beside the check: a token that is fetched, a second look at a certificate."""
    token = _CURRENT.set(None)
    try:
        yield
    finally:
        _CURRENT.reset(token)
