"""What our own page shows of the program and the machine: about, and a backup to download."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kuma_lite import UPTIME_KUMA_VERSION, __version__
from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event
from kuma_lite.core.password_again import LIMITER, PasswordAgain
from kuma_lite.core.process_figures import cpu_seconds, resident_bytes
from kuma_lite.tools import licences
from kuma_lite.tools.backup import Backups

log = logging.getLogger(__name__)

ADDRESS: Final = "/api/v1/backup"


class SystemDoors:
    """About the program, and its backup.

    Args:
        backups: makes the copies.
        password: asked for before somebody gets one, for all secrets are in it.
        figures: `monitors`, `beats` (recorded, earlier runs included) and `databaseBytes`.
    """

    def __init__(
        self,
        backups: Backups,
        password: PasswordAgain,
        figures: Callable[[], Mapping[str, float]],
        clock: Clock,
    ) -> None:
        self._backups = backups
        self._password = password
        self._figures = figures
        self._clock = clock
        self._started = clock.monotonic()

    def doors(self) -> Doors:
        """Events of our own page, and the download."""
        return Doors(
            events=[
                Event("about", self.about, namespaces=(PAGE,)),
                Event("licences", self.licences, namespaces=(PAGE,)),
                Event("prepareBackup", self.prepare_backup, 1, namespaces=(PAGE,), limiter=LIMITER),
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
        await self._password.check(caller, password)
        log.info("A backup is downloaded from %s", caller.address)
        return {"ok": True, "path": self.address()}

    def address(self, path: Path | None = None) -> str:
        """Where a copy made then, or a backup that is there, can be downloaded once."""
        return f"{ADDRESS.lstrip('/')}?ticket={self._backups.ticket(path)}"

    def _routes(self) -> Sequence[Any]:
        from kuma_lite.tools.routes import system_routes

        return system_routes(ADDRESS, self._backups, self._clock)
