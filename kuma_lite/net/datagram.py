"""One question in a datagram, and the first datagram that answers it; or a conversation of several."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kuma_lite.net.connect import MS, OUR_OWN_LIMITS
from kuma_lite.net.errors import connect_error, timeout_error
from kuma_lite.net.resolve import IpFamily
from kuma_lite.net.trace import current

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

T = TypeVar("T")

LARGEST: Final = 65_535  # bytes of a datagram
KEPT: Final = 256  # datagrams that may wait to be read; the largest split answers have some dozen


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
    try:
        begun = perf_counter()
        answer = await _exchange(address, port, question, read, timeout)
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


async def _exchange(
    address: str, port: int, question: bytes, read: Callable[[bytes], T | None], timeout: float
) -> T:
    """Over a socket that is connected: only who was asked can answer, and errors on the way are told.

    Raises TimeoutError without a number when the time is over; what `read` and the socket raise.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def hear() -> None:
        """One datagram a turn: a flood of others must not hold up everybody else."""
        if answer.done():
            return
        try:
            found = read(sock.recv(LARGEST))
        except (BlockingIOError, InterruptedError):
            return
        except Exception as error:
            answer.set_exception(error)
            return
        if found is not None:
            answer.set_result(found)

    def give_up() -> None:
        if not answer.done():
            answer.set_exception(TimeoutError())

    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.connect((address, port))
        sock.send(question)
        # A reader and a timer of our own cost a sixth less than `sock_recv` within `asyncio.timeout`.
        number = sock.fileno()
        loop.add_reader(number, hear)
        timer = loop.call_later(timeout, give_up)
        try:
            return await answer
        finally:
            timer.cancel()
            loop.remove_reader(number)


class Conversation:
    """Datagrams to one address and from it."""

    def __init__(self, transport: asyncio.DatagramTransport, heard: _Heard, address: str, port: int) -> None:
        self._transport = transport
        self._heard = heard
        self.address = address
        self.port = port

    @property
    def own_address(self) -> tuple[str, int]:
        """The address and port of ours that answers come to."""
        ip, port, *_ = self._transport.get_extra_info("sockname")
        return str(ip), int(port)

    def send(self, data: bytes) -> None:
        """Send; what goes wrong is told by `receive`."""
        self._transport.sendto(data)

    def close(self) -> None:
        """Close the socket."""
        self._transport.close()

    async def receive(self) -> bytes:
        """The next datagram. Raises NetworkError of kind REFUSED or UNREACHABLE (ICMP)."""
        found = await self._heard.queue.get()
        if isinstance(found, bytes):
            return found
        if isinstance(found, OSError) and found.errno not in OUR_OWN_LIMITS:
            raise connect_error(found, self.address, self.port)
        raise found


@asynccontextmanager
async def converse(
    network: Network, host: str, port: int, *, family: IpFamily | None = None
) -> AsyncIterator[Conversation]:
    """A socket that only one address of a host can be heard on: its first of IPv4, else its first.

    What Uptime Kuma asks in datagrams it asks over IPv4, so that is where the servers are known to listen.
    Raises NetworkError: of kind DNS; of kind UNREACHABLE.
    """
    found = await network.resolver.resolve(host, family)
    address = next((each for each in found if each.family is socket.AF_INET), found[0]).ip
    conversation = await connected(address, port)
    try:
        yield conversation
    finally:
        conversation.close()


async def connected(address: str, port: int) -> Conversation:
    """A conversation with an IP address, to be closed. Raises NetworkError of kind UNREACHABLE."""
    heard = _Heard()
    try:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: heard, remote_addr=(address, port)
        )
    except OSError as error:
        if error.errno in OUR_OWN_LIMITS:
            raise
        raise connect_error(error, address, port) from None
    return Conversation(transport, heard, address, port)


class _Heard(asyncio.DatagramProtocol):
    """Keeps what came until it is taken; a flood is cut, as the network would cut it."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes | Exception] = asyncio.Queue(KEPT)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Keep it."""
        del addr
        self._keep(data)

    def error_received(self, exc: Exception) -> None:
        """The way back says that nobody listens, or that there is no way."""
        self._keep(exc)

    def _keep(self, found: bytes | Exception) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self.queue.put_nowait(found)
