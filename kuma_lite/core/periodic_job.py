"""A periodic job for as long as the program runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from kuma_lite.core.errors import StorageTrouble

log = logging.getLogger(__name__)


class PeriodicJob:
    """One of them. A round that fails is logged, and the next one comes all the same.

    Args:
        name: of the task.
        work: one round.
        every: seconds between two rounds.
        first: seconds before the first one.
        failure: what the log says of a failed round, without a full stop.
    """

    def __init__(
        self, name: str, work: Callable[[], Awaitable[object]], *, every: float, first: float, failure: str
    ) -> None:
        self._name = name
        self._work = work
        self._every = every
        self._first = first
        self._failure = failure
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to wait for the first round."""
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """End; a round under way is broken off."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _run(self) -> None:
        await asyncio.sleep(self._first)
        while True:
            try:
                await self._work()
            except StorageTrouble as trouble:
                log.warning("%s: %s", self._failure, trouble)
            except Exception:
                log.exception("%s; trying again", self._failure)
            await asyncio.sleep(self._every)
