"""TCP connections: resolve, then race the addresses (RFC 8305), and say how long each phase took."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from itertools import chain, zip_longest
from time import perf_counter
from typing import Generic, TypeVar, cast

from msgspec import Struct

from kuma_lite.core.time_limit import TimeLimit
from kuma_lite.net.errors import NetworkError, connect_error, timeout_error
from kuma_lite.net.resolve import Address, IpFamily, Resolver
from kuma_lite.net.trace import current

# How long one address may stay silent before the next is tried as well (RFC 8305 §8).
ATTEMPT_DELAY = 0.25
# Bytes a stream buffers before it stops reading from the socket.
STREAM_LIMIT = 64 * 1024

# This process is out of descriptors or memory: trouble of ours, never the target's.
OUR_OWN_LIMITS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

MS = 1000.0

P = TypeVar("P", bound=asyncio.BaseProtocol)


class Connected(Struct, Generic[P]):
    """An open connection. `dns_ms` is 0 for an address literal."""

    transport: asyncio.Transport
    protocol: P
    address: str
    port: int
    dns_ms: float
    connect_ms: float


class Stream(Struct):
    """An open connection with asyncio's reader and writer."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    connected: Connected[asyncio.StreamReaderProtocol]


class Connector:
    """Opens TCP connections on one event loop."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self.resolver = resolver or Resolver()

    async def open(
        self,
        host: str,
        port: int,
        factory: Callable[[], P],
        *,
        family: IpFamily | None = None,
    ) -> Connected[P]:
        """Connect without a limit of its own (the caller holds the deadline).

        Raises NetworkError: of kind DNS, or with the text of the last address that failed.
        """
        begun = perf_counter()
        addresses = await self.resolver.resolve(host, family)
        resolved = perf_counter()
        trace = current()
        if trace is not None:
            trace.resolved((resolved - begun) * MS)
        if len(addresses) == 1:
            opened = await _attempt(addresses[0], port, factory)
        else:
            opened = await _race(interleave(addresses), port, factory)
        opened.dns_ms = (resolved - begun) * MS
        opened.connect_ms = (perf_counter() - resolved) * MS
        if trace is not None:
            trace.connected(opened.connect_ms, opened.address)
        return opened

    async def connect(
        self,
        host: str,
        port: int,
        factory: Callable[[], P],
        *,
        family: IpFamily | None = None,
        timeout: float,
    ) -> Connected[P]:
        """Connect within `timeout` seconds. Raises NetworkError."""
        try:
            loop = asyncio.get_running_loop()
            with TimeLimit(loop, loop.time() + timeout):
                return await self.open(host, port, factory, family=family)
        except TimeoutError:
            raise timeout_error(timeout * MS) from None

    async def open_stream(
        self,
        host: str,
        port: int,
        *,
        family: IpFamily | None = None,
        timeout: float,
        limit: int = STREAM_LIMIT,
    ) -> Stream:
        """Connect within `timeout` seconds, for protocols that are spoken with a reader and a writer."""
        loop = asyncio.get_running_loop()

        def factory() -> _StreamProtocol:
            return _StreamProtocol(asyncio.StreamReader(limit=limit, loop=loop), loop)

        opened = await self.connect(host, port, factory, family=family, timeout=timeout)
        reader = opened.protocol.reader
        writer = asyncio.StreamWriter(opened.transport, opened.protocol, reader, loop)
        return Stream(reader, writer, cast("Connected[asyncio.StreamReaderProtocol]", opened))


class _StreamProtocol(asyncio.StreamReaderProtocol):
    """asyncio's, which keeps its reader to itself in 3.11."""

    def __init__(self, reader: asyncio.StreamReader, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(reader, loop=loop)
        self.reader = reader


def interleave(addresses: list[Address]) -> list[Address]:
    """The addresses with alternating families, the family of the first one first (RFC 8305 §4)."""
    first = addresses[0].family
    preferred = [address for address in addresses if address.family == first]
    others = [address for address in addresses if address.family != first]
    return [address for address in chain(*zip_longest(preferred, others)) if address is not None]


async def open_unix(path: str, factory: Callable[[], P]) -> Connected[P]:
    """Connect to a Unix socket. Raises NetworkError (`connect ENOENT <path>`)."""
    begun = perf_counter()
    try:
        transport, protocol = await asyncio.get_running_loop().create_unix_connection(factory, path)
    except OSError as error:
        if error.errno in OUR_OWN_LIMITS:
            raise
        raise connect_error(error, path, None) from None
    connect_ms = (perf_counter() - begun) * MS
    if (trace := current()) is not None:
        trace.resolved(0.0)
        trace.connected(connect_ms, path)
    return Connected(transport, protocol, path, 0, 0.0, connect_ms)


async def open_unix_stream(path: str) -> Stream:
    """A Unix socket with reader and writer. Raises NetworkError (`connect ENOENT <path>`)."""
    loop = asyncio.get_running_loop()
    opened = await open_unix(path, lambda: _StreamProtocol(asyncio.StreamReader(loop=loop), loop))
    reader = opened.protocol.reader
    writer = asyncio.StreamWriter(opened.transport, opened.protocol, reader, loop)
    return Stream(reader, writer, cast("Connected[asyncio.StreamReaderProtocol]", opened))


async def _attempt(address: Address, port: int, factory: Callable[[], P]) -> Connected[P]:
    loop = asyncio.get_running_loop()
    try:
        transport, protocol = await loop.create_connection(factory, address.ip, port)
    except OSError as error:
        if error.errno in OUR_OWN_LIMITS:
            raise  # says nothing about the target
        raise connect_error(error, address.ip, port) from None
    return Connected(transport, protocol, address.ip, port, 0.0, 0.0)


async def _race(addresses: list[Address], port: int, factory: Callable[[], P]) -> Connected[P]:
    """The first address that connects; the next one starts when one fails or stays silent."""
    pending: set[asyncio.Task[Connected[P]]] = set()
    failure: NetworkError | None = None
    remaining = iter(addresses)
    exhausted = False
    try:
        while True:
            following = None if exhausted else next(remaining, None)
            if following is not None:
                pending.add(asyncio.ensure_future(_attempt(following, port, factory)))
            else:
                exhausted = True
            if not pending:
                break
            done, pending = await asyncio.wait(
                pending,
                timeout=None if exhausted else ATTEMPT_DELAY,
                return_when=asyncio.FIRST_COMPLETED,
            )
            winner, failure = _harvest(done, failure)
            if winner is not None:
                return winner
    finally:
        for task in pending:
            task.add_done_callback(_discard)
            task.cancel()
    assert failure is not None
    raise failure


def _harvest(
    done: set[asyncio.Task[Connected[P]]], failure: NetworkError | None
) -> tuple[Connected[P] | None, NetworkError | None]:
    winner: Connected[P] | None = None
    for task in done:
        error = task.exception()
        if isinstance(error, NetworkError):
            failure = error
        elif error is not None:
            raise error
        elif winner is None:
            winner = task.result()
        else:
            task.result().transport.abort()
    return winner, failure


def _discard(task: asyncio.Task[Connected[P]]) -> None:
    """A loser of the race that had connected after all."""
    if not task.cancelled() and task.exception() is None:
        task.result().transport.abort()
