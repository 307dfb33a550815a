"""Where the certificate by ACME meets the web server, the status pages and our own health."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from kuma_lite.acme.account import Binding
from kuma_lite.acme.alpn import TLS_ALPN_01, AlpnProofs
from kuma_lite.acme.challenges import Challenges, PlainApp
from kuma_lite.acme.rules import DIRECTORIES, is_serious
from kuma_lite.acme.service import CertificateKeeper
from kuma_lite.acme.store import Store
from kuma_lite.appliance.ground import Ground
from kuma_lite.core.errors import StartupError
from kuma_lite.core.own_address import is_loopback
from kuma_lite.health.kinds import CERTIFICATE
from kuma_lite.health.model import Problem
from kuma_lite.web.certificate import Certificate
from kuma_lite.web.server import WebServer

log = logging.getLogger(__name__)

_CONNECTIONS: Final = 256  # at once on the plain port: one answer each, and they are closed
FAILED: Final = "No certificate can be got for this server ({reason})."
NAMES: Final = "The certificate of this server lacks some of its names."


class OwnCertificate:
    """The keeper with everything around it; made only where `acme` is set.

    Args:
        ground: what everything stands on.
        domains: the names of status pages.
    """

    def __init__(self, ground: Ground, domains: Callable[[], Iterable[str]]) -> None:
        config = ground.config
        directory = config.acme_directory
        self._ground = ground
        self._plain: WebServer | None = None
        self._challenges = Challenges()
        self.shown = AlpnProofs() if config.acme_challenge == TLS_ALPN_01 else None
        self.keeper = CertificateKeeper(
            Store(ground.folder.path),
            DIRECTORIES.get(directory, directory),
            config.acme_email,
            config.acme_names,
            domains,
            ground.network.http,
            ground.clock,
            proofs=self.shown or self._challenges,
            everywhere=directory in DIRECTORIES,
            binding=Binding(config.acme_eab_kid, config.acme_eab_key) if config.acme_eab_kid else None,
        )

    async def prepare(self) -> None:
        """Have a certificate to serve. Raises StartupError."""
        await asyncio.to_thread(self.keeper.prepare)

    async def start(self, web: WebServer, given: Sequence[socket.socket]) -> None:
        """Answer on the plain port, where proofs are given there or somebody has opened it; begin to look.

        Raises StartupError.

        Args:
            web: serves the certificate.
            given: sockets that were opened for the plain port.
        """
        config = self._ground.config
        if is_loopback(config.host) and not given:
            log.warning("Nobody outside can look for the proof of a name at %s: see --host", config.host)
        if self.shown is None or given:
            await self._open_plain(web, given)

        async def serve(chain: bytes, key: bytes) -> None:
            await web.serve_certificate(Certificate(chain, key))

        self.keeper.start(serve)
        self._ground.at_close(self.keeper.stop)

    async def _open_plain(self, web: WebServer, given: Sequence[socket.socket]) -> None:
        config = self._ground.config
        app = PlainApp(self._challenges, lambda: self._port(web))
        plain = self._plain = WebServer(
            app, config.host, config.http_port, given=given, connections=_CONNECTIONS
        )
        try:
            await plain.start()
        except StartupError as error:  # which speaks of the other port
            raise StartupError(error.message.replace("--port", "--http-port")) from None
        self._ground.at_close(plain.stop)

    def _port(self, web: WebServer) -> int:
        """Where the world reaches us by HTTPS: as the primary base URL says, else where we listen."""
        from urllib.parse import urlsplit

        try:
            base = urlsplit(self._ground.settings.primary_base_url())
            return base.port or 443 if base.scheme == "https" else web.port
        except ValueError:
            return web.port

    def problems(self) -> Iterable[Problem]:
        """For our own health."""
        keeper = self.keeper
        if is_serious(keeper.state, keeper.served, keeper.directory, self._ground.clock.now()):
            yield Problem(CERTIFICATE, FAILED, {"reason": keeper.state.failure.removesuffix(".")})
        if lacking := keeper.lacking():
            yield Problem(CERTIFICATE, NAMES, item="names", members=lacking)
