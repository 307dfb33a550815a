"""What our own page shows of the program and the machine: about, and a backup to download."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from kuma_lite import UPTIME_KUMA_VERSION, __version__
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, actor_of
from kuma_lite.core.process_figures import cpu_seconds, resident_bytes
from kuma_lite.tools import licences
from kuma_lite.tools.backup import Backups

log = logging.getLogger(__name__)

_GUESSES: Final = "2fa"  # the limiter of doors that ask for the password again
ADDRESS: Final = "/api/v1/backup"


class Passwords(Protocol):
    """Who knows whether a password is right."""

    async def check_password(self, user_id: int | None, password: Any) -> None:
        """Raises UserError when it is not the user's."""


class SystemDoors:
    """About the program, and its backup.

    Args:
        backups: makes the copies.
        passwords: asked before somebody gets one, for all secrets are in it.
        is_open: whether nobody has to log in, so that there is no password to ask for.
        figures: `monitors`, `beats` (recorded, earlier runs included) and `databaseBytes`.
    """

    def __init__(
        self,
        backups: Backups,
        passwords: Passwords,
        is_open: Callable[[], bool],
        figures: Callable[[], Mapping[str, float]],
        clock: Clock,
    ) -> None:
        self._backups = backups
        self._passwords = passwords
        self._is_open = is_open
        self._figures = figures
        self._clock = clock
        self._started = clock.monotonic()

    def doors(self) -> Doors:
        """Events of our own page, and the download."""
        return Doors(
            events=[
                Event("about", self.about, namespaces=(PAGE,)),
                Event("licences", self.licences, namespaces=(PAGE,)),
                Event("prepareBackup", self.prepare_backup, 1, namespaces=(PAGE,), limiter=_GUESSES),
            ],
            routes=self._routes,
        )

    async def about(self, caller: Caller) -> Answer:
        """Versions, and how the process is doing."""
        del caller
        figures = self._figures()
        return {
            "ok": True,
            "version": __version__,
            "speaks": UPTIME_KUMA_VERSION,
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}",
            "uptime": self._clock.monotonic() - self._started,
            "cpu": cpu_seconds(),
            "memory": resident_bytes(),
            **{key: figures.get(key) for key in ("monitors", "beats", "databaseBytes")},
        }

    async def licences(self, caller: Caller) -> Answer:
        """The libraries, and under which terms they are."""
        del caller
        listed = [("server", licences.SERVER), ("page", licences.PAGE)]
        rows = [(part, name, terms) for part, names in listed for name, terms in names.items()]
        return {"ok": True, "own": licences.OWN, "libraries": rows}

    async def prepare_backup(self, caller: Caller, password: Any) -> Answer:
        """An address that works once, for a minute."""
        if not self._is_open():
            await self._passwords.check_password(actor_of(caller).user_id, password)
        log.info("A backup is downloaded from %s", caller.address)
        return {"ok": True, "path": self.address()}

    def address(self, path: Path | None = None) -> str:
        """Where a copy made then, or a backup that is there, can be downloaded once."""
        return f"{ADDRESS.lstrip('/')}?ticket={self._backups.ticket(path)}"

    def _routes(self) -> Sequence[Any]:
        from kuma_lite.tools.routes import system_routes

        return system_routes(ADDRESS, self._backups, self._clock)
