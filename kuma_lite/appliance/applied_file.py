"""A configuration file that rules: applied at the start, and whenever the server is told to reload."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from kuma_lite.config_files.model import Unfit, Wish
from kuma_lite.config_files.service import ConfigFiles
from kuma_lite.core.access import Actor
from kuma_lite.core.errors import UserError

log = logging.getLogger(__name__)

NOT_APPLIED: Final = "The configuration file is not applied; the log says why."
AGAIN_S: Final = 5.0  # between looks for the first account, before there is one


class AppliedFile:
    """Keeps everything as one file says; what it does not name any more is removed.

    Args:
        path: the file.
        files: who applies it.
        owner: whose things they become; None while nobody has set up an account.
    """

    def __init__(self, path: Path, files: ConfigFiles, owner: Callable[[], Awaitable[Actor | None]]) -> None:
        self._path = path
        self._files = files
        self._owner = owner
        self._task: asyncio.Task[None] | None = None
        self.problem: str | None = "It was not read yet."  # why the file is not applied

    def start(self) -> None:
        """Apply it as soon as there is somebody whose it can be."""
        self._task = asyncio.create_task(self._first(), name="applied file")

    async def stop(self) -> None:
        """Wait no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def apply(self) -> None:
        """Read and apply it now; what does not fit is logged, and everything stays as it is."""
        actor = await self._owner()
        if actor is not None:
            self.problem = await self._apply(actor)
            if self.problem is not None:
                log.error("The configuration was not applied: %s", self.problem)

    def note(self) -> dict[str, str]:
        """For `/readyz`, which everybody may read: that it is not applied, and nothing of what is in it."""
        return {} if self.problem is None else {"configuration": NOT_APPLIED}

    async def _first(self) -> None:
        if await self._owner() is None:
            log.info("%s waits until there is an account: open the page and make one", self._path)
        while await self._owner() is None:  # noqa: ASYNC110 - a second program may make it, too
            await asyncio.sleep(AGAIN_S)
        await self.apply()

    async def _apply(self, actor: Actor) -> str | None:
        """Why it could not be done."""
        from kuma_lite.config_files.loading import load
        from kuma_lite.config_files.printing import counted

        try:
            file = await asyncio.to_thread(load, str(self._path))
            wish = Wish(file.given.name, file.given.documents, prune=True)
            try:
                changes = [change.as_json() for change in await self._files.apply(actor, wish)]
            except Unfit as unfit:
                return file.located([problem.as_json() for problem in unfit.problems])
        except UserError as error:
            return error.message
        done = counted(changes, done=True)
        log.info("%s: %s", self._path, done or "nothing to do")
        return None
