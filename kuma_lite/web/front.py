"""What accepts in place of the web server where names are proven on the HTTPS port itself.

That is TLS-ALPN-01 (RFC 8737). The server below accepts by itself, speaks no other protocol, and shows one
certificate. So here connections are accepted first and their first message is read: an authority gets the
certificate that it looks for, everybody else is passed on, still encrypted, to the server on a port of this
machine. Who is at the other end of such a connection is known here alone (`peer`).
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Protocol, cast

from kuma_lite.web.certificate import Certificate
from kuma_lite.web.client_hello import MOST_BYTES, read_hello
from kuma_lite.web.descriptors import Peer

log = logging.getLogger(__name__)

HERE: Final = "127.0.0.1"
FILES_EACH: Final = 3  # open files of one connection: the client's, ours to the server, the server's
ACME: Final = "acme-tls/1"
FIRST_S: Final = 30.0  # for the first message, as long as the server below waits for a head
PROOF_S: Final = 10.0  # for the handshake of an authority
GOODBYE_S: Final = 2.0  # for a client to close what the server has ended; it may be reading still
REMEMBERED_S: Final = 10.0  # whose a connection was: the last request may be answered when it has ended
_PAUSE_S: Final = 0.2  # when no file can be opened


class Proofs(Protocol):
    """What certificate authorities look for."""

    def certificate(self, name: str) -> tuple[bytes, bytes] | None:
        """Chain and key (PEM) that prove a name; None: it is not being proven now."""


class Front:
    """Accepts on sockets that others opened, and passes on.

    Args:
        proofs: what authorities get to see.
        port: of the server that answers everybody else, on 127.0.0.1.
        most: connections at once.
    """

    def __init__(self, proofs: Proofs, port: int, most: int) -> None:
        self.proofs = proofs
        self.port = port
        self.open: set[Outside] = set()
        self._room = asyncio.Semaphore(most)
        self._peers: dict[int, Peer] = {}
        self._gone: deque[tuple[float, int, Peer]] = deque()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, sockets: Sequence[socket.socket]) -> None:
        """Accept."""
        self._tasks = [asyncio.create_task(self._accept(each), name="TLS front") for each in sockets]

    async def stop_accepting(self) -> None:
        """Leave new connections in the queue of the kernel; those that are open stay."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def close(self) -> None:
        """End all connections."""
        for each in list(self.open):
            each.abort()

    def peer(self, port: int) -> Peer | None:
        """Who is behind a connection that we have made to the server from that port; None: it is not ours."""
        return self._peers.get(port)

    def passed(self, port: int, peer: Peer) -> None:
        """Note whom we pass on from which port."""
        self._peers[port] = peer

    def ended(self, port: int, peer: Peer) -> None:
        """A connection from that port is over."""
        now = asyncio.get_running_loop().time()
        self._gone.append((now, port, peer))
        while self._gone and now - self._gone[0][0] > REMEMBERED_S:
            _when, port, peer = self._gone.popleft()
            if self._peers.get(port) is peer:  # else the port has been used again
                del self._peers[port]

    def left(self, outside: Outside) -> None:
        """There is room for another one."""
        if outside in self.open:
            self.open.discard(outside)
            self._room.release()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._room.acquire()
            try:
                accepted, _address = await loop.sock_accept(listening)
            except OSError:  # no file is left, or the client has gone again
                self._room.release()
                await asyncio.sleep(_PAUSE_S)
                continue
            outside = Outside(self)
            try:
                await loop.connect_accepted_socket(lambda made=outside: made, accepted)  # type: ignore[misc]
            except OSError:
                accepted.close()
                if outside not in self.open:
                    self._room.release()


class _End(asyncio.Protocol):
    """One end of what is passed on; `other` gets what comes here, no faster than it can be written there."""

    transport: asyncio.Transport
    other: _End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        """Pass it on."""
        if self.other is not None:
            self.other.give(data)

    def give(self, data: bytes) -> None:
        """Write it to who is at this end, unless that has gone."""
        if not self.transport.is_closing():
            self.transport.write(data)

    def pause_writing(self) -> None:
        """Too much waits to be written here."""
        if self.other is not None and not self.other.transport.is_closing():
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """There is room again."""
        if self.other is not None and not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def say_end(self) -> None:
        """Tell who reads here that nothing more comes."""
        with suppress(OSError, RuntimeError):  # it has ended itself
            if not self.transport.is_closing() and self.transport.can_write_eof():
                self.transport.write_eof()


class Outside(_End):
    """The end of a client, or of an authority."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._begun = bytearray()
        self._proof: _Proof | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._limit: asyncio.TimerHandle | None = None
        self.peer: Peer = ("", 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for what it says."""
        super().connection_made(transport)
        self._front.open.add(self)
        address, port = transport.get_extra_info("peername")[:2]
        self.peer = (address.split("%")[0], port)
        self._within(FIRST_S)

    def data_received(self, data: bytes) -> None:
        """The first message, or what follows."""
        if self.other is not None:
            self.other.give(data)
        elif self._proof is not None:
            self._proof.feed(data)
        else:
            self._begun += data
            if self._connecting is None:
                self._look()

    def _look(self) -> None:
        hello = read_hello(bytes(self._begun))
        if hello is None and len(self._begun) <= MOST_BYTES:
            return
        if hello is not None and hello.protocols == (ACME.encode(),):
            shown = self._front.proofs.certificate(hello.name)
            if shown is not None:
                self._within(PROOF_S)
                self._proof = _Proof(self.transport, _context(*shown))
                self._proof.feed(bytes(self._begun))
                return
        self._within(None)
        self.transport.pause_reading()
        self._connecting = asyncio.get_running_loop().create_task(self._pass_on())

    async def _pass_on(self) -> None:
        loop = asyncio.get_running_loop()
        inside = _Inside(self, self._front)
        try:
            await loop.create_connection(lambda: inside, HERE, self._front.port)
        except OSError:
            log.warning("The web server takes no connection of %s", self.peer[0])
            self.transport.abort()
            return
        if self.transport.is_closing():
            inside.transport.abort()
            return
        self.other = inside
        inside.give(bytes(self._begun))
        self._begun.clear()
        self.transport.resume_reading()

    def eof_received(self) -> bool:
        """The server has to hear of it, and may answer still."""
        if self.other is None or self.other.transport.is_closing():
            return False
        self.other.say_end()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """What it has said still reaches the server: a push that does not wait for its answer counts."""
        del exc
        self._within(None)
        self._front.left(self)
        if self._connecting is not None and self.other is None:
            self._connecting.cancel()
        if self.other is not None:
            self.other.transport.close()

    def finish(self) -> None:
        """The server has ended it: what it has said arrives first."""
        self.say_end()
        self._within(GOODBYE_S)

    def abort(self) -> None:
        """End it at once."""
        self.transport.abort()

    def _within(self, seconds: float | None) -> None:
        if self._limit is not None:
            self._limit.cancel()
        loop = asyncio.get_running_loop()
        self._limit = None if seconds is None else loop.call_later(seconds, self.transport.close)


class _Inside(_End):
    """The end of the server."""

    def __init__(self, outside: Outside, front: Front) -> None:
        self.other = outside
        self._outside = outside
        self._front = front
        self._port = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Before the server can have read anything from it."""
        super().connection_made(transport)
        self._port = transport.get_extra_info("sockname")[1]
        self._front.passed(self._port, self._outside.peer)

    def eof_received(self) -> bool:
        """An HTTP server that has ended a connection reads nothing more."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The client hears of it."""
        del exc
        self._front.ended(self._port, self._outside.peer)
        self._outside.finish()


class _Proof:
    """A handshake in which an authority sees a certificate; nothing is said in it."""

    def __init__(self, transport: asyncio.Transport, context: ssl.SSLContext) -> None:
        self._transport = transport
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._done = False

    def feed(self, data: bytes) -> None:
        """What has come."""
        self._in.write(data)
        try:
            if not self._done:
                self._tls.do_handshake()
                self._done = True
            self._tls.unwrap()
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLError as error:
            log.info("An authority broke off the proof of a name: %s", error.reason or error)
            self._flush()
            self._transport.close()
        else:
            self._flush()
            self._transport.close()

    def _flush(self) -> None:
        if (said := self._out.read()) and not self._transport.is_closing():
            self._transport.write(said)


def _context(chain: bytes, key: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols([ACME])
    with Certificate(chain, key).files() as (chain_path, key_path):
        context.load_cert_chain(chain_path, key_path)
    return context
