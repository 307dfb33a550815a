"""The events of our own page about backups; for owners."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from kuma_lite.backups.restores import Restores
from kuma_lite.backups.service import BackupKeeper
from kuma_lite.core.access import Audience, Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, Push, Then, actor_of
from kuma_lite.core.errors import UserError
from kuma_lite.core.password_again import LIMITER, PasswordAgain
from kuma_lite.places.keeper import Places

log = logging.getLogger(__name__)


class BackupDoors:
    """The plan, what is there, and putting one back, which asks for the password.

    Args:
        keeper: does it.
        places: where backups are besides.
        push: tells pages how far it is.
        password: asked for before everything is changed for what was.
        address: a file → where it can be downloaded once, below the address of the page.
    """

    def __init__(
        self,
        keeper: BackupKeeper,
        places: Places,
        folder: Path,
        push: Push,
        password: PasswordAgain,
        address: Callable[[Path], str],
    ) -> None:
        self._address = address
        self._keeper = keeper
        self._push = push
        self._told: Audience | None = None
        self.restores = Restores(keeper, places, folder, self._tell_restore)
        keeper.tell = self._tell_backups
        self._password = password

    def doors(self) -> Doors:
        """Every event."""

        def event(
            name: str, handler: Callable[..., Awaitable[Answer]], arguments: int = 0, **more: Any
        ) -> Event:
            return Event(name, handler, arguments, namespaces=(PAGE,), **more)

        return Doors(
            events=[
                event("backups", self.show),
                event("saveBackupPlan", self.save, 1),
                event("makeBackup", self.make),
                event("deleteBackup", self.delete, 1),
                event("downloadBackup", self.download, 2, limiter=LIMITER),
                event("restoreBackup", self.restore, 3, limiter=LIMITER),
                event("backupsAt", self.at, 1),
                event("restoreState", self.restore_state),
                event("beginRestore", self.begin_restore, 2),
                event("startRestore", self.start_restore, 3, limiter=LIMITER),
                event("restoreFrom", self.restore_from, 4, limiter=LIMITER),
                event("cancelRestore", self.cancel_restore),
            ],
            routes=self._routes,
        )

    async def show(self, caller: Caller) -> Answer:
        """What is planned and what is there."""
        self._told = actor_of(caller).everybody(Right.OWNER)
        return {"ok": True, **await self._keeper.document()}

    async def save(self, caller: Caller, plan: Any) -> Answer:
        """Another plan."""
        await self._keeper.save(plan)
        return await self.show(caller)

    async def make(self, caller: Caller) -> Answer:
        """One now."""
        name = await self._keeper.make()
        self._keeper.bring_soon()
        return {**await self.show(caller), "name": name}

    async def delete(self, caller: Caller, name: Any) -> Answer:
        """One less."""
        await self._keeper.remove(name)
        log.info("The backup %s was deleted from %s", name, caller.address)
        return await self.show(caller)

    async def download(self, caller: Caller, name: Any, password: Any) -> Answer:
        """An address that works once, for a minute."""
        await self._password.check(caller, password)
        path = await self._keeper.path_of(name)
        log.info("The backup %s is downloaded from %s", path.name, caller.address)
        return {"ok": True, "path": self._address(path)}

    async def restore(self, caller: Caller, name: Any, passphrase: Any, password: Any) -> Answer:
        """Put one back: the program starts again once this is answered."""
        await self._password.check(caller, password)
        await self._keeper.restore(name, _passphrase(passphrase))
        log.warning("A backup is put back from %s", caller.address)

        async def start_again() -> None:
            self._keeper.start_again()

        return Then({"ok": True}, start_again)

    async def at(self, caller: Caller, place: Any) -> Answer:
        """What lies at a place."""
        del caller
        return {"ok": True, "backups": [each.document() for each in await self._keeper.at(place)]}

    async def restore_state(self, caller: Caller) -> Answer:
        """How far a file is that has to come here first."""
        self._told = actor_of(caller).everybody(Right.OWNER)
        return self._restore()

    async def begin_restore(self, caller: Caller, size: Any, name: Any) -> Answer:
        """The size of a file in bytes, and its name → the id of the upload."""
        await self.restores.begin(size, name)
        log.info("A backup of %d bytes is uploaded from %s", size, caller.address)
        return await self.restore_state(caller)

    async def start_restore(self, caller: Caller, key: Any, passphrase: Any, password: Any) -> Answer:
        """Put back what was uploaded; answers at once."""
        await self._password.check(caller, password)
        self.restores.start(key, _passphrase(passphrase))
        log.warning("An uploaded backup is put back from %s", caller.address)
        return await self.restore_state(caller)

    async def restore_from(
        self, caller: Caller, place: Any, name: Any, passphrase: Any, password: Any
    ) -> Answer:
        """Put back one of a place; answers at once."""
        await self._password.check(caller, password)
        await self.restores.fetch(place, name, _passphrase(passphrase))
        log.warning("The backup %s of a place is put back from %s", name, caller.address)
        return await self.restore_state(caller)

    async def cancel_restore(self, caller: Caller) -> Answer:
        """Drop what was uploaded or fetched."""
        del caller
        await self.restores.cancel()
        return self._restore()

    def _restore(self) -> Answer:
        return {"ok": True, "restore": self.restores.state.document()}

    async def _tell_restore(self) -> None:
        await self._tell("restoreProgress", self.restores.state.document())

    async def _tell_backups(self) -> None:
        if self._told is not None:
            await self._tell("backupsChanged", await self._keeper.document())

    async def _tell(self, event: str, document: Any) -> None:
        if self._told is not None:
            await self._push.to_audience(self._told, event, document, namespace=PAGE)

    def _routes(self) -> Sequence[Any]:
        from kuma_lite.rest.pieces import piece_route

        return [piece_route("/api/v1/restore", "upload_backup_piece", self.restores.add)]


def _passphrase(value: Any) -> str:
    if not isinstance(value, str):
        raise UserError("The passphrase must be a text.")
    return value
