"""The events of our own page about backups; for owners."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from kuma_lite.backups.service import BackupKeeper
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, Then, actor_of
from kuma_lite.core.errors import UserError

log = logging.getLogger(__name__)

_GUESSES = "2fa"  # the limiter of doors that ask for the password again


class Passwords(Protocol):
    """Who knows whether a password is right."""

    async def check_password(self, user_id: int | None, password: Any) -> None:
        """Raises UserError when it is not the user's."""


class BackupDoors:
    """The plan, what is there, and putting one back, which asks for the password.

    Args:
        keeper: does it.
        passwords: asked before everything is changed for what was.
        is_open: whether nobody has to log in, so that there is no password to ask for.
        address: a file → where it can be downloaded once, below the address of the page.
    """

    def __init__(
        self,
        keeper: BackupKeeper,
        passwords: Passwords,
        is_open: Callable[[], bool],
        address: Callable[[Path], str],
    ) -> None:
        self._address = address
        self._keeper = keeper
        self._passwords = passwords
        self._is_open = is_open

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
                event("downloadBackup", self.download, 2, limiter=_GUESSES),
                event("restoreBackup", self.restore, 3, limiter=_GUESSES),
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
        await self._check(caller, password)
        path = await self._keeper.path_of(name)
        log.info("The backup %s is downloaded from %s", path.name, caller.address)
        return {"ok": True, "path": self._address(path)}

    async def _check(self, caller: Caller, password: Any) -> None:
        if not self._is_open():
            await self._passwords.check_password(actor_of(caller).user_id, password)

    async def restore(self, caller: Caller, name: Any, passphrase: Any, password: Any) -> Answer:
        """Put one back: the program starts again once this is answered."""
        await self._check(caller, password)
        if not isinstance(passphrase, str):
            raise UserError("The passphrase must be a text.")
        await self._keeper.restore(name, passphrase)
        log.warning("A backup is put back from %s", caller.address)

        async def start_again() -> None:
            self._keeper.start_again()

        return Then({"ok": True}, start_again)
