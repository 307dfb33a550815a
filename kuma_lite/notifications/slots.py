"""So many attempts at the same time, not counting those that hang: dead services hold up no others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """Places for work that is usually quick.

    Args:
        most: at the same time.
        hangs: seconds after which work gives its place to others, and goes on without.
    """

    def __init__(self, most: int, hangs: float) -> None:
        self._places = asyncio.Semaphore(most)
        self._hangs = hangs

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a place, and keep it until the end of the block or for as long as is allowed."""
        await self._places.acquire()
        held = True

        def give_back() -> None:
            nonlocal held
            if held:
                held = False
                self._places.release()

        timer = asyncio.get_running_loop().call_later(self._hangs, give_back)
        try:
            yield
        finally:
            timer.cancel()
            give_back()
