"""A time limit on a part of a task, as `asyncio.timeout` sets one, for what runs very often."""

from __future__ import annotations

import asyncio
from types import TracebackType


class TimeLimit:
    """`with TimeLimit(loop, moment):` what is awaited in it ends at `moment` (of the loop's clock).

    Raises TimeoutError then. A task that somebody else cancels meanwhile is cancelled. It costs a quarter
    of `asyncio.timeout`, whose way in and out are coroutines of their own.
    """

    __slots__ = ("_cancelling", "_expired", "_task", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, moment: float) -> None:
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("A time limit needs a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._expired = False
        self._timer = loop.call_at(moment, self._expire)

    def __enter__(self) -> None:
        """It has begun already."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Raises TimeoutError if the time was over before the end."""
        self._timer.cancel()
        if not self._expired:
            return
        own = self._task.uncancel() <= self._cancelling
        if own and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _expire(self) -> None:
        self._expired = True
        self._task.cancel()
