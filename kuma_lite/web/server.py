"""Granian inside our own event loop: one process, no supervisor.

Its defaults are made for many workers behind a proxy. What is set here was found by measuring: idle
connections count against the back-pressure limit, silent ones are timed out in HTTP/1 mode only, and an open
websocket keeps it from stopping. A renewed certificate is served by a second one on the same socket.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from kuma_lite.core.config import Tls
from kuma_lite.core.errors import StartupError
from kuma_lite.core.file_limit import connections_within, file_limit
from kuma_lite.core.hosts import UNIX, socket_path
from kuma_lite.core.limits import SHUTDOWN_S
from kuma_lite.web.certificate import Certificate, read_certificate
from kuma_lite.web.connections import Connections
from kuma_lite.web.front import FILES_EACH, HERE, Front, Proofs
from kuma_lite.web.listening import listen, listen_at, prepare, resolve_host
from kuma_lite.web.trial import survives

if TYPE_CHECKING:
    from kuma_lite.web.embedded import EmbeddedServer

log = logging.getLogger(__name__)

_BACKLOG: Final = 1024  # connections the kernel keeps waiting
_HEADER_TIMEOUT_MS: Final = 30_000  # for a request to begin and its head to be complete; idle keep-alive too
_MAX_HEAD_BYTES: Final = 64 * 1024  # that a request may have before its body; each connection may hold them
_GOODBYE_S: Final = 0.5  # for Socket.IO clients at the end
_LAST_REQUESTS_S: Final = SHUTDOWN_S - 1.0  # for requests under way; the rest is for what comes after


class Application(Protocol):
    """What is served."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""

    async def close_connections(self) -> None:
        """End what would keep the server from stopping."""


class WebServer:
    """One listening port, or those that were opened for us.

    Args:
        app: what it serves.
        host: address or name to listen on; "::" is both IPv6 and IPv4, "unix:/path" a socket of the file
            system.
        port: 0 takes a free one.
        tls: certificate and key; None serves plain HTTP.
        given: listening sockets to serve on instead of host and port.
        connections: open at once at most, idle ones and websockets included; None: what the limit of open
            files leaves.
        proofs: of names, to be shown on this very port (`front`).
    """

    def __init__(
        self,
        app: Application,
        host: str,
        port: int,
        tls: Tls | None = None,
        *,
        given: Sequence[socket.socket] = (),
        connections: int | None = None,
        proofs: Proofs | None = None,
    ) -> None:
        self.app = app
        self._most = connections or connections_within(file_limit() // (FILES_EACH if proofs else 1))
        self._connections = Connections(app, self._most)
        self._proofs = proofs
        self._front: Front | None = None
        self._behind: list[socket.socket] = []  # on which the server listens where a front passes on
        self._host = host
        self._tls = tls
        self._certificate: Certificate | None = None
        self._sockets = list(given)
        self._made: Path | None = None  # a socket of the file system, to be removed
        self._servers: list[EmbeddedServer] = []
        self._ending: set[asyncio.Task[None]] = set()  # those that accept no more
        self.address = ""
        self.port = port

    @property
    def url(self) -> str:
        """How a browser on this machine reaches it, or a proxy."""
        if socket_path(self.address):
            return self.address
        name = f"[{self.address}]" if ":" in self.address else self.address
        name = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(name, name)  # noqa: S104
        return f"{'https' if self._tls else 'http'}://{name}:{self.port}"

    @property
    def chain(self) -> bytes | None:
        """The chain of certificates that is served (PEM); None: plain HTTP."""
        return self._certificate.chain if self._certificate is not None else None

    async def start(self) -> None:
        """Listen. Returns when connections are accepted; raises StartupError with one sentence."""
        if self._tls:
            self._certificate = read_certificate(self._tls)
            await self._try_certificate(self._tls, self._certificate)
        for given in self._sockets:
            prepare(given)
        if not self._sockets:
            self._sockets = [await self._listen()]
        first = self._sockets[0]
        if first.family == socket.AF_UNIX:
            self.address, self.port = f"{UNIX}{first.getsockname()}", 0
        else:
            self.address, self.port = first.getsockname()[:2]
        if self._proofs is not None:
            self._behind = [listen(HERE, 0, _BACKLOG)]
            port = self._behind[0].getsockname()[1]
            self._front = Front(self._proofs, port, self._most)
            self._connections.behind = self._front.peer
        self._servers = await self._start_servers(self._certificate)
        self._connections.start(self.port)
        if self._front is not None:
            self._front.start(self._sockets)

    async def _listen(self) -> socket.socket:
        if path := socket_path(self._host):
            self._made = Path(path).absolute()
            return listen_at(self._made, _BACKLOG)
        return listen(await resolve_host(self._host), self.port, _BACKLOG)

    async def renew_certificate(self) -> bool:
        """Serve what the files of the certificate hold now. False: it is the same.

        Requests under way are answered; Socket.IO clients are sent away, and come back by themselves.

        Raises:
            StartupError: it cannot be used, with one sentence; the one before goes on being served.
        """
        if self._tls is None or not self._servers:
            return False
        return await self.serve_certificate(await asyncio.to_thread(read_certificate, self._tls))

    async def serve_certificate(self, certificate: Certificate) -> bool:
        """Serve another one, as `renew_certificate` does. Raises StartupError."""
        if self._tls is None or not self._servers or certificate == self._certificate:
            return False
        await self._try_certificate(self._tls, certificate)
        before, self._servers = self._servers, await self._start_servers(certificate)
        self._certificate = certificate
        for server in before:
            ending = await server.stop_accepting()
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
        await self._say_goodbye()
        return True

    async def stop(self) -> None:
        """Say goodbye to clients, finish requests under way, close the port. Never raises."""
        if not self._servers:
            return
        await self._connections.stop()
        if self._front is not None:
            await self._front.stop_accepting()
        await self._say_goodbye()
        ending = {*self._ending, *[await server.stop_accepting() for server in self._servers]}
        for listening in (*self._sockets, *self._behind):
            listening.close()
        if self._made is not None:
            self._made.unlink(missing_ok=True)
        _done, pending = await asyncio.wait(ending, timeout=_LAST_REQUESTS_S)
        if pending:
            log.warning("Requests under way did not end within %.1f s and were dropped", _LAST_REQUESTS_S)
        if self._front is not None:
            self._front.close()
        self._servers = []

    async def _start_servers(self, certificate: Certificate | None) -> list[EmbeddedServer]:
        servers = [self._make_server(each, certificate) for each in self._behind or self._sockets]
        for server in servers:
            if not await server.start():
                raise StartupError(f"The web server did not start on {self.address} port {self.port}.")
        return servers

    async def _say_goodbye(self) -> None:
        with suppress(Exception):
            await asyncio.wait_for(self.app.close_connections(), _GOODBYE_S)

    async def _try_certificate(self, tls: Tls, certificate: Certificate) -> None:
        """In a child process: Granian ends the one in which it finds a certificate not to its taste."""
        with listen("127.0.0.1", 0, _BACKLOG) as elsewhere:
            usable = await survives(self._make_server(elsewhere, certificate).start)
        if not usable:
            raise StartupError(
                f"The TLS certificate {tls.certificate} with the key {tls.key} cannot be served. Keys may be "
                "RSA with 2048 to 4096 bits, ECDSA on P-256 or P-384, or Ed25519; certificates are version 3."
            )

    def _make_server(self, listening: socket.socket, certificate: Certificate | None) -> EmbeddedServer:
        from kuma_lite.web.embedded import EmbeddedServer
        from kuma_lite.web.lean_granian import HTTP1Settings, HTTPModes, Interfaces

        return EmbeddedServer(
            self._connections,
            listening,
            certificate,
            address=self.address,
            port=self.port,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=_HEADER_TIMEOUT_MS, max_buffer_size=_MAX_HEAD_BYTES
            ),
            backlog=_BACKLOG,
            backpressure=self._most,
            log_enabled=False,
        )
