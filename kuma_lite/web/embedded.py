"""Granian with a socket and a certificate of ours, as one object per listening socket and certificate.

What it does with both by itself does not fit: it binds with SO_REUSEPORT, so that a second server gets half
of the requests, and reads a certificate once. Here several can listen on one socket, so that the next one is
there before the last one goes and no connection is refused.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from typing import Any, Final, cast

from kuma_lite.web.certificate import Certificate
from kuma_lite.web.lean_granian import Server, SocketHolder, SSLProtocols

log = logging.getLogger(__name__)

# The default of 1.3 locks older machines out.
_PLAIN: Final[tuple[Any, ...]] = (False, None, None, None, str(SSLProtocols.tls12), None, [], False)


_STOP_S: Final = 0.5  # in which it stops accepting; a millisecond in practice
_STOP_ROUNDS: Final = 100


class EmbeddedServer(Server):
    """One of them; `start` and it accepts, `stop_accepting` and it accepts no more."""

    ssl_ctx: Any
    _shd: Any

    def __init__(
        self, app: Any, listening: socket.socket, certificate: Certificate | None, **options: Any
    ) -> None:
        self._listening = listening
        self._certificate = certificate
        self._descriptor = -1
        self._ended: asyncio.Task[None] | None = None
        super().__init__(app, **options)

    async def start(self) -> bool:
        """Accept connections; False when it cannot."""
        if self._certificate is None:
            return await self._start()
        with self._certificate.files() as (chain, key):
            self.ssl_ctx = (True, str(chain), str(key), *_PLAIN[3:])
            return await self._start()

    async def stop_accepting(self) -> asyncio.Task[None]:
        """Leave new connections to others; the task ends when the last one of ours has ended.

        Requests under way are answered. Handshakes and bodies under way are broken off, and websockets hear
        nothing more: they have to be closed.
        """
        assert self._ended is not None
        cast(Any, self).stop()
        for _ in range(_STOP_ROUNDS):
            if not self._accepts():
                break
            await asyncio.sleep(_STOP_S / _STOP_ROUNDS)
        return self._ended

    def _accepts(self) -> bool:
        """Whether its descriptor is still the listening socket; it closes it when it has stopped."""
        try:
            return os.path.sameopenfile(self._descriptor, self._listening.fileno())
        except OSError:
            return False

    async def _start(self) -> bool:
        self._ended = asyncio.create_task(self._until_ended(), name="web server")
        # One round to make its worker, one in which the worker begins, one in which a failure of it is seen.
        for _ in range(3):
            await asyncio.sleep(0)
        workers = cast(list[Any], self.wrks)
        return bool(workers) and workers[0].is_alive() and not self._ended.done()

    async def _until_ended(self) -> None:
        try:
            await self.serve()
        except Exception as error:
            # Its text carries a back-trace of another language; the first line says it all.
            log.error("The web server ended: %s", str(error).split("\n", 1)[0])

    def build_ssl_context(self, *_arguments: Any) -> None:
        """Ours is put in at the start."""
        self.ssl_ctx = _PLAIN

    def _init_shared_socket(self) -> None:
        # It closes its descriptor at the end; ours stays for the next one.
        self._descriptor = os.dup(self._listening.fileno())
        is_unix = self._listening.family == socket.AF_UNIX
        self._shd = cast(Any, SocketHolder)(self._descriptor, is_unix, self.backlog)
