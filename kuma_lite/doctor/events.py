"""The doctor on our own page; for owners."""

from __future__ import annotations

import asyncio
import logging
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final, Protocol

from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, actor_of
from kuma_lite.doctor.model import Finding, worst_first

log = logging.getLogger(__name__)

_GUESSES: Final = "2fa"  # the limiter of doors that ask for the password again
ARCHIVE: Final = "kuma-lite-doctor.tar.gz"


class Passwords(Protocol):
    """Who knows whether a password is right."""

    async def check_password(self, user_id: int | None, password: Any) -> None:
        """Raises UserError when it is not the user's."""


class DoctorDoors:
    """What is wrong, what to do, and an archive for whoever helps.

    Args:
        examine: looks at everything; it blocks, for seconds where names are not found.
        archive: findings → a .tar.gz without secrets.
        passwords: asked before the archive is given, as before every other export.
        is_open: whether nobody has to log in, so that there is no password to ask for.
    """

    def __init__(
        self,
        examine: Callable[[], list[Finding]],
        archive: Callable[[list[Finding]], bytes],
        passwords: Passwords,
        is_open: Callable[[], bool],
    ) -> None:
        self._examine = examine
        self._archive = archive
        self._passwords = passwords
        self._is_open = is_open
        self._turn = asyncio.Lock()  # the disk is measured: two at once would each find it slow

    def doors(self) -> Doors:
        """Every event."""
        return Doors(
            events=[
                Event("healthCheck", self.check, namespaces=(PAGE,)),
                Event("supportArchive", self.archive, 1, namespaces=(PAGE,), limiter=_GUESSES),
            ]
        )

    async def check(self, caller: Caller) -> Answer:
        """Everything that is found, the worst first."""
        del caller
        return {"ok": True, "findings": [each.document() for each in worst_first(await self._found())]}

    async def archive(self, caller: Caller, password: Any) -> Answer:
        """The archive, and what to call it."""
        if not self._is_open():
            await self._passwords.check_password(actor_of(caller).user_id, password)
        content = await asyncio.to_thread(self._archive, await self._found())
        log.info("An archive for support is downloaded from %s", caller.address)
        return {"ok": True, "name": ARCHIVE, "content": b64encode(content).decode("ascii")}

    async def _found(self) -> list[Finding]:
        async with self._turn:
            return await asyncio.to_thread(self._examine)
