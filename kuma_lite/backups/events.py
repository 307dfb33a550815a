"""The events of our own page about backups; for owners."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from kuma_lite.backups.service import BackupKeeper
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, Then
from kuma_lite.core.errors import UserError
from kuma_lite.core.password_again import LIMITER, PasswordAgain

log = logging.getLogger(__name__)


class BackupDoors:
    """The plan, what is there, and putting one back, which asks for the password.

    Args:
        keeper: does it.
        password: asked for before everything is changed for what was.
        address: a file → where it can be downloaded once, below the address of the page.
    """

    def __init__(
        self,
        keeper: BackupKeeper,
        password: PasswordAgain,
        address: Callable[[Path], str],
    ) -> None:
        self._address = address
        self._keeper = keeper
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
            ]
        )

    async def show(self, caller: Caller) -> Answer:
        """What is planned and what is there."""
        del caller
        return {"ok": True, **await self._keeper.document()}

    async def save(self, caller: Caller, plan: Any) -> Answer:
        """Another plan."""
        await self._keeper.save(plan)
        return await self.show(caller)

    async def make(self, caller: Caller) -> Answer:
        """One now."""
        name = await self._keeper.make()
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
        if not isinstance(passphrase, str):
            raise UserError("The passphrase must be a text.")
        await self._keeper.restore(name, passphrase)
        log.warning("A backup is put back from %s", caller.address)

        async def start_again() -> None:
            self._keeper.start_again()

        return Then({"ok": True}, start_again)
