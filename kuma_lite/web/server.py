"""Granian inside our own event loop: one process, no supervisor.

Its defaults are made for many workers behind a proxy. What is set here was found by measuring: idle
connections count against the back-pressure limit, silent ones are timed out in HTTP/1 mode only, and an open
websocket keeps it from stopping.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any, Final, Protocol

from kuma_lite.core.config import Tls
from kuma_lite.core.errors import StartupError
from kuma_lite.core.file_limit import connections_within, file_limit
from kuma_lite.core.limits import SHUTDOWN_S
from kuma_lite.web.connections import Connections
from kuma_lite.web.listening import check_certificate, claim_port, resolve_host

log = logging.getLogger(__name__)

_BACKLOG: Final = 1024  # connections the kernel keeps waiting
_HEADER_TIMEOUT_MS: Final = 30_000  # for a request to begin and its head to be complete; idle keep-alive too
_MAX_HEAD_BYTES: Final = 64 * 1024  # that a request may have before its body; each connection may hold them
_READY_S: Final = 5.0  # until the port has to answer
_GOODBYE_S: Final = 0.5  # for Socket.IO clients at the end
_LAST_REQUESTS_S: Final = SHUTDOWN_S - 1.0  # for requests under way; the rest is for what comes after


class Application(Protocol):
    """What is served."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""

    async def close_connections(self) -> None:
        """End what would keep the server from stopping."""


class WebServer:
    """One listening port.

    Args:
        app: what it serves.
        host: address or name to listen on; "::" is both IPv6 and IPv4.
        port: 0 takes a free one.
        tls: certificate and key; None serves plain HTTP.
        connections: open at once at most, idle ones and websockets included; None: what the limit of open
            files leaves.
    """

    def __init__(
        self, app: Application, host: str, port: int, tls: Tls | None = None, connections: int | None = None
    ) -> None:
        self.app = app
        self._most = connections or connections_within(file_limit())
        self._connections = Connections(app, self._most)
        self._host = host
        self._tls = tls
        self._server: Any = None
        self._task: asyncio.Task[None] | None = None
        self.address = ""
        self.port = port

    @property
    def url(self) -> str:
        """How a browser on this machine reaches it."""
        name = f"[{self.address}]" if ":" in self.address else self.address
        name = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(name, name)  # noqa: S104
        return f"{'https' if self._tls else 'http'}://{name}:{self.port}"

    async def start(self) -> None:
        """Listen. Returns when connections are accepted; raises StartupError with one sentence."""
        self.address = await resolve_host(self._host)
        if self._tls:
            check_certificate(self._tls)
        self.port = claim_port(self.address, self.port)
        self._server = self._make_server()
        self._task = asyncio.create_task(self._serve(), name="web server")
        await self._until_listening()
        self._connections.start(self.port)

    async def stop(self) -> None:
        """Say goodbye to clients, finish requests under way, close the port. Never raises."""
        if self._task is None:
            return
        await self._connections.stop()
        with suppress(Exception):
            await asyncio.wait_for(self.app.close_connections(), _GOODBYE_S)
        self._server.stop()
        done, _pending = await asyncio.wait([self._task], timeout=_LAST_REQUESTS_S)
        if not done:
            log.warning("Requests under way did not end within %.1f s and were dropped", _LAST_REQUESTS_S)
        self._task = None

    async def _serve(self) -> None:
        try:
            await self._server.serve()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            # Its text carries a back-trace of another language; the first line says it all.
            log.error("The web server ended: %s", str(error).split("\n", 1)[0])

    async def _until_listening(self) -> None:
        target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.address, self.address)  # noqa: S104
        deadline = asyncio.get_running_loop().time() + _READY_S
        while self._task is not None and not self._task.done():
            try:
                _reader, writer = await asyncio.open_connection(target, self.port)
            except OSError:
                if asyncio.get_running_loop().time() > deadline:
                    break
                await asyncio.sleep(0.01)
                continue
            writer.close()
            return
        raise StartupError(f"The web server did not start on {self.address} port {self.port}.")

    def _make_server(self) -> Any:
        from granian.constants import HTTPModes, Interfaces, SSLProtocols
        from granian.http import HTTP1Settings
        from granian.server.embed import Server

        logging.getLogger("_granian").setLevel(logging.ERROR)
        tls: dict[str, Any] = {}
        if self._tls:
            tls = {
                "ssl_cert": self._tls.certificate,
                "ssl_key": self._tls.key,
                "ssl_key_password": self._tls.passphrase,
                "ssl_protocol_min": SSLProtocols.tls12,  # the default of 1.3 locks older machines out
            }
        return Server(
            self._connections,
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
            **tls,
        )
