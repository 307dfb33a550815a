"""So many attempts at the same time, not counting those that hang: dead services hold up no others."""

from __future__ import annotations

import asyncio


class Slots:
    """Places for work that is usually quick.

    Args:
        most: at the same time.
        hangs: seconds after which work gives its place to others, and goes on without.
    """

    def __init__(self, most: int, hangs: float) -> None:
        self._places = asyncio.Semaphore(most)
        self._hangs = hangs

    def one(self) -> _Place:
        """Wait for a place, and keep it until the end of the block or for as long as is allowed."""
        return _Place(self._places, self._hangs)


class _Place:
    """`async with`: a class, as a generator that is one costs three times as much with every message."""

    __slots__ = ("_hangs", "_held", "_places", "_timer")

    def __init__(self, places: asyncio.Semaphore, hangs: float) -> None:
        self._places = places
        self._hangs = hangs
        self._held = False

    async def __aenter__(self) -> None:
        await self._places.acquire()
        self._held = True
        self._timer = asyncio.get_running_loop().call_later(self._hangs, self._give_back)

    async def __aexit__(self, *_error: object) -> None:
        self._timer.cancel()
        self._give_back()

    def _give_back(self) -> None:
        if self._held:
            self._held = False
            self._places.release()
