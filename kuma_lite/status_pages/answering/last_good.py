"""What was read last stands in for as long as the database is in trouble: visitors see the page go on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, TypeVar, cast

from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.transactions import ends_within

T = TypeVar("T")

PATIENCE_S: Final = 2.0  # a query takes milliseconds; a disk that hangs does not say so


class LastGood:
    """The latest result of each question.

    It is kept in memory for each question that can be asked, so those must be few.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}
        self._generation = 0

    async def ask(self, key: Hashable, question: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question, or the one from before. Raises StorageTrouble when there is none."""
        generation = self._generation
        asking = asyncio.ensure_future(question())
        if key in self._known and not await ends_within(asking, PATIENCE_S):
            asking.add_done_callback(_unheard)
            return cast(T, self._known[key])
        try:
            found = await asking
        except StorageTrouble:
            if key in self._known:
                return cast(T, self._known[key])
            raise
        if generation == self._generation:
            self._known[key] = found
        return found

    def forget(self) -> None:
        """Nothing from before may be shown any more: somebody took something off a page."""
        self._generation += 1
        self._known.clear()


def _unheard(asking: asyncio.Future[Any]) -> None:
    """What fails later is nobody's concern."""
    if not asking.cancelled():
        asking.exception()
