"""One question in a datagram, and the first datagram that answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from kuma_lite.net.connect import MS, OUR_OWN_LIMITS
from kuma_lite.net.errors import connect_error, timeout_error
from kuma_lite.net.resolve import IpFamily
from kuma_lite.net.trace import current

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

T = TypeVar("T")


async def ask(
    network: Network,
    host: str,
    port: int,
    question: bytes,
    read: Callable[[bytes], T | None],
    *,
    timeout: float,
    family: IpFamily | None = None,
) -> T:
    """Send a datagram to the first address of a host; answers with what `read` makes of a reply.

    Args:
        read: None for a datagram that does not answer the question (an old one, a forged one): the wait goes
            on. What it raises ends the wait.
        timeout: seconds for the reply; looking up the name is not counted.

    Raises NetworkError: of kind DNS; of kind REFUSED or UNREACHABLE when the way back says so (ICMP); of kind
    TIMEOUT.
    """
    begun = perf_counter()
    address = (await network.resolver.resolve(host, family))[0].ip
    trace = current()
    if trace is not None:
        trace.resolved((perf_counter() - begun) * MS)
        trace.address = address
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[T] = loop.create_future()
    try:
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Exchange(read, answered), remote_addr=(address, port)
        )
    except OSError as error:
        if error.errno in OUR_OWN_LIMITS:
            raise
        raise connect_error(error, address, port) from None
    try:
        async with asyncio.timeout(timeout):
            begun = perf_counter()
            transport.sendto(question)
            answer = await answered
            if trace is not None:
                trace.first_byte_ms = (perf_counter() - begun) * MS
            return answer
    except TimeoutError as error:
        if error.errno is not None:  # the operating system's, not ours
            raise connect_error(error, address, port) from None
        raise timeout_error(timeout * 1000) from None
    except OSError as error:
        if error.errno in OUR_OWN_LIMITS:
            raise
        raise connect_error(error, address, port) from None
    finally:
        transport.close()


class _Exchange(asyncio.DatagramProtocol, Generic[T]):
    """Waits for the answer; the socket is connected, so that only who was asked can give it."""

    def __init__(self, read: Callable[[bytes], T | None], answered: asyncio.Future[T]) -> None:
        self._read = read
        self._answered = answered

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Take the first that answers the question."""
        del addr
        if self._answered.done():
            return
        try:
            answer = self._read(data)
        except Exception as error:
            self._answered.set_exception(error)
        else:
            if answer is not None:
                self._answered.set_result(answer)

    def error_received(self, exc: Exception) -> None:
        """The way back says that nobody listens, or that there is no way."""
        if not self._answered.done():
            self._answered.set_exception(exc)
