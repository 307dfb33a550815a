"""Noticing that the certificate was renewed: by looking at its files now and then, or by being told."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Final

from kuma_lite.core.config import Tls
from kuma_lite.core.errors import StartupError
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.web.server import WebServer

log = logging.getLogger(__name__)

LOOK_S: Final = 30.0  # a look is two calls of stat


class CertificateRenewal:
    """Has a web server serve what the files hold; what cannot be used is logged and not served."""

    def __init__(self, web: WebServer, tls: Tls) -> None:
        self._web = web
        self._tls = tls
        self._seen = self._state()
        self._turn = asyncio.Lock()
        self._job = PeriodicJob(
            "certificate renewal",
            self.look,
            every=LOOK_S,
            first=LOOK_S,
            failure="The files of the certificate could not be looked at",
        )

    def start(self) -> None:
        """Begin to look."""
        self._job.start()

    async def stop(self) -> None:
        """Look no more."""
        await self._job.stop()

    async def look(self) -> None:
        """Renew when a file has changed since the last look."""
        if self._state() != self._seen:
            await self.renew()

    async def renew(self) -> None:
        """Serve what the files hold now."""
        async with self._turn:
            self._seen = self._state()  # before reading: what changes meanwhile is seen the next time
            try:
                if await self._web.renew_certificate():
                    log.info("The certificate %s was renewed and is served", self._tls.certificate)
            except StartupError as error:
                log.warning("%s The certificate before it is still served.", error.message)

    def _state(self) -> list[tuple[int, int, int] | None]:
        return [_state_of(path) for path in (self._tls.certificate, self._tls.key)]


def _state_of(path: os.PathLike[str]) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)  # of what a link points to: certbot puts new links in place
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
