"""Small tasks that nobody waits for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final

log = logging.getLogger(__name__)

BACKGROUND_S: Final = 0.5  # small tasks under way at the stop get this long


class Background:
    """Small tasks that nobody waits for, kept alive and logged."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work`; a failure is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("A background task failed", exc_info=error)

    async def stop(self) -> None:
        """Let what is under way end, for a moment."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=BACKGROUND_S)
        for task in self._tasks:
            task.cancel()
