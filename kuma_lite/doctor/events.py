"""The doctor on our own page; for owners."""

from __future__ import annotations

import asyncio
import logging
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final

from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event
from kuma_lite.core.password_again import LIMITER, PasswordAgain
from kuma_lite.doctor.model import Finding, worst_first

log = logging.getLogger(__name__)

ARCHIVE: Final = "kuma-lite-doctor.tar.gz"


class DoctorDoors:
    """What is wrong, what to do, and an archive for whoever helps.

    Args:
        examine: looks at everything; it blocks, for seconds where names are not found.
        archive: findings → a .tar.gz without secrets.
        password: asked for before the archive is given, as before every other export.
    """

    def __init__(
        self,
        examine: Callable[[], list[Finding]],
        archive: Callable[[list[Finding]], bytes],
        password: PasswordAgain,
    ) -> None:
        self._examine = examine
        self._archive = archive
        self._password = password
        self._turn = asyncio.Lock()  # the disk is measured: two at once would each find it slow

    def doors(self) -> Doors:
        """Every event."""
        return Doors(
            events=[
                Event("healthCheck", self.check, namespaces=(PAGE,)),
                Event("supportArchive", self.archive, 1, namespaces=(PAGE,), limiter=LIMITER),
            ]
        )

    async def check(self, caller: Caller) -> Answer:
        """Everything that is found, the worst first."""
        del caller
        return {"ok": True, "findings": [each.document() for each in worst_first(await self._found())]}

    async def archive(self, caller: Caller, password: Any) -> Answer:
        """The archive, and what to call it."""
        await self._password.check(caller, password)
        content = await asyncio.to_thread(self._archive, await self._found())
        log.info("An archive for support is downloaded from %s", caller.address)
        return {"ok": True, "name": ARCHIVE, "content": b64encode(content).decode("ascii")}

    async def _found(self) -> list[Finding]:
        async with self._turn:
            return await asyncio.to_thread(self._examine)
