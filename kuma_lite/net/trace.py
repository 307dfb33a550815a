"""What a check did on the network, for somebody who tries it out: how long each phase took, what came back.

Nobody asks most of the time; then a note costs the look at a context variable.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuma_lite.net.http.message import Response


@dataclass(slots=True)
class Trace:
    """Of the latest connection and the latest answer of one check."""

    phases: dict[str, float] = field(
        default_factory=dict
    )  # dns, connect, tls, firstByte, total → milliseconds
    address: str = ""
    response: Response | None = None

    def connected(self, address: str, dns_ms: float, connect_ms: float) -> None:
        """A connection was made; what earlier ones took does not count."""
        self.address = address
        self.phases = {"dns": dns_ms, "connect": connect_ms}

    def secured(self, tls_ms: float) -> None:
        """A TLS handshake has ended well."""
        self.phases["tls"] = tls_ms

    def answered(self, response: Response) -> None:
        """A web server has answered."""
        timings = response.timings
        self.response = response
        if timings.tls:
            self.phases["tls"] = timings.tls
        self.phases |= {"firstByte": timings.first_byte, "total": timings.total}


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """Where the running check notes what it does; None: nobody wants to know."""
    return _current.get()


@contextmanager
def tracing() -> Iterator[Trace]:
    """Note what is done inside, tasks that are started there included."""
    trace = Trace()
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)
