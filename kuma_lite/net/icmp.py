"""Ping: one ICMP socket per family for all monitors."""

from __future__ import annotations

import asyncio
import os
import socket
from functools import lru_cache
from itertools import count as counter
from time import perf_counter

from msgspec import Struct, field

from kuma_lite.core.clock import Clock, SystemClock
from kuma_lite.net.connect import MS, OUR_OWN_LIMITS
from kuma_lite.net.errors import ErrorKind, NetworkError, code_of
from kuma_lite.net.icmp_packets import echo_request
from kuma_lite.net.icmp_socket import Arrival, IcmpSocket
from kuma_lite.net.ping_program import run_ping
from kuma_lite.net.resolve import Address, IpFamily, Resolver

# Defaults of Uptime Kuma.
DEFAULT_SIZE = 56
DEFAULT_PER_REQUEST_TIMEOUT = 2.0
DEFAULT_TOTAL_TIMEOUT = 10.0
# Seconds between the requests of one check: what the ping program allows everybody.
SEND_INTERVAL = 0.2
LEAST_WAIT = 0.1  # for the answer to the last request
# Largest payload of an IPv4 packet, in bytes.
MAX_SIZE = 65_507
# Seconds of delay between network card and our loop that are believed; more is a clock that jumped.
MAX_LAG = 5.0

_NONCE_BYTES = 16
_SEQUENCES = 0x10000


class PingResult(Struct, frozen=True):
    """What came back. `times_ms` are the round trips in the order of the requests."""

    sent: int
    received: int
    times_ms: list[float]
    address: str
    errors: list[str] = field(default_factory=list)  # ICMP errors, e.g. `Destination Host Unreachable`


class _Waiting(Struct):
    sequence: int
    payload: bytes
    sent_at: float
    answer: asyncio.Future[float | str | None]  # ms, the text of an ICMP error, or None for none in time
    timer: asyncio.TimerHandle


class Pinger:
    """Pings for all monitors of one event loop; sockets are opened when first needed."""

    def __init__(
        self, resolver: Resolver | None = None, clock: Clock | None = None, *, raw: bool | None = None
    ) -> None:
        self._resolver = resolver or Resolver()
        self._clock = clock or SystemClock()
        self._raw = raw
        self._channels: dict[int, _Channel | None] = {}

    async def ping(
        self,
        host: str,
        *,
        count: int = 1,
        size: int = DEFAULT_SIZE,
        per_request_timeout: float = DEFAULT_PER_REQUEST_TIMEOUT,
        total_timeout: float = DEFAULT_TOTAL_TIMEOUT,
        family: IpFamily | None = None,
    ) -> PingResult:
        """Send `count` requests with `size` bytes of payload; no answer is no error.

        Timeouts are in seconds. Raises NetworkError when the name has no address or nothing could be sent,
        PingUnavailable when this process may neither open ICMP sockets nor find a ping program.
        """
        address = (await self._resolver.resolve(host, family))[0]
        channel = self._channel(address.family)
        if channel is None:
            return await _by_program(address, count, size, per_request_timeout, total_timeout)
        sockaddr = _sockaddr(address)
        size = min(size, MAX_SIZE)
        deadline = perf_counter() + total_timeout
        requests: list[_Waiting] = []
        failure: OSError | None = None
        try:
            for number in range(count):
                if number:
                    if deadline - perf_counter() < SEND_INTERVAL + LEAST_WAIT:
                        break  # what nobody has time to answer would count as a loss
                    await asyncio.sleep(SEND_INTERVAL)
                left = deadline - perf_counter()
                if left <= 0:
                    break
                try:
                    requests.append(channel.send(sockaddr, size, min(per_request_timeout, left)))
                except OSError as error:
                    if error.errno in OUR_OWN_LIMITS:
                        raise
                    failure = error
            answers = [await request.answer for request in requests]
        finally:
            for request in requests:
                channel.forget(request)
        if failure is not None and not requests:
            raise _send_error(failure)
        times = [answer for answer in answers if isinstance(answer, float)]
        errors = [answer for answer in answers if isinstance(answer, str)]
        return PingResult(len(requests), len(times), times, address.ip, errors)

    def close(self) -> None:
        """Close the sockets; pings under way are not answered any more."""
        for channel in self._channels.values():
            if channel is not None:
                channel.close()
        self._channels.clear()

    def _channel(self, family: socket.AddressFamily) -> _Channel | None:
        if family not in self._channels:
            try:
                channel = _Channel(IcmpSocket(family, raw=self._raw), self._clock)
            except PermissionError:
                channel = None
            self._channels[family] = channel
        return self._channels[family]


class _Channel:
    """A socket and who waits for an answer on it."""

    def __init__(self, icmp: IcmpSocket, clock: Clock) -> None:
        self._icmp = icmp
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._identifier = int.from_bytes(os.urandom(2), "big")
        self._sequence = counter(int.from_bytes(os.urandom(2), "big"))
        self._waiting: dict[int, _Waiting] = {}
        self._loop.add_reader(icmp.fileno(), self._read)

    def send(self, sockaddr: tuple[object, ...], size: int, timeout: float) -> _Waiting:
        """Send one request; its answer is there after `timeout` seconds at the latest. Raises OSError."""
        sequence = next(
            number for value in self._sequence if (number := value % _SEQUENCES) not in self._waiting
        )
        payload = _payload(size)
        packet = echo_request(self._icmp.family, self._identifier, sequence, payload)
        sent_at = perf_counter()
        self._icmp.send(packet, sockaddr)
        answer: asyncio.Future[float | str | None] = self._loop.create_future()
        timer = self._loop.call_later(timeout, self._expired, answer)
        waiting = _Waiting(sequence, payload, sent_at, answer, timer)
        self._waiting[sequence] = waiting
        return waiting

    def forget(self, waiting: _Waiting) -> None:
        """Nobody waits any more."""
        self._waiting.pop(waiting.sequence, None)
        waiting.timer.cancel()

    def _expired(self, answer: asyncio.Future[float | str | None]) -> None:
        self._read()  # after a stall of our loop the answer may wait in the socket
        if not answer.done():
            answer.set_result(None)

    def close(self) -> None:
        self._loop.remove_reader(self._icmp.fileno())
        self._icmp.close()
        for waiting in self._waiting.values():
            waiting.answer.cancel()

    def _read(self) -> None:
        for arrival in self._icmp.receive():
            self._arrived(arrival)

    def _arrived(self, arrival: Arrival) -> None:
        echo = arrival.echo
        # The kernel writes its own identifier into the packets of datagram sockets, and keeps others' away.
        if self._icmp.raw and echo.identifier != self._identifier:
            return
        waiting = self._waiting.get(echo.sequence)
        if waiting is None or waiting.answer.done():
            return  # late, or a duplicate
        if echo.error is not None:
            if waiting.payload.startswith(echo.payload[: len(waiting.payload)]):
                waiting.answer.set_result(echo.error)
        elif echo.payload == waiting.payload:
            elapsed = perf_counter() - waiting.sent_at
            waiting.answer.set_result(max(0.0, elapsed - self._lag(arrival, elapsed)) * MS)

    def _lag(self, arrival: Arrival, elapsed: float) -> float:
        """Seconds the answer lay in the socket before we came to read it."""
        if arrival.kernel_time is None:
            return 0.0
        lag = self._clock.now() - arrival.kernel_time
        return lag if 0.0 < lag < min(MAX_LAG, elapsed) else 0.0


def _payload(size: int) -> bytes:
    """Random first, so that a foreign or older reply with our numbers is no match; then a pattern."""
    nonce = os.urandom(min(size, _NONCE_BYTES))
    return nonce + _pattern(size - len(nonce))


@lru_cache(maxsize=16)
def _pattern(size: int) -> bytes:
    return (bytes(range(256)) * (size // 256 + 1))[:size]


def _sockaddr(address: Address) -> tuple[object, ...]:
    if address.family == socket.AF_INET:
        return (address.ip, 0)
    info = socket.getaddrinfo(address.ip, 0, address.family, socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)
    return info[0][4]


def _send_error(error: OSError) -> NetworkError:
    code = code_of(error)
    return NetworkError(f"ping: connect: {os.strerror(error.errno or 0)}", code, ErrorKind.UNREACHABLE)


async def _by_program(
    address: Address, count: int, size: int, per_request_timeout: float, total_timeout: float
) -> PingResult:
    version = 6 if address.family == socket.AF_INET6 else 4
    times = await run_ping(address.ip, version, count, size, per_request_timeout, total_timeout)
    return PingResult(count, len(times), times, address.ip)
