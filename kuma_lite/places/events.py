"""The events of our own page about places; for owners."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event
from kuma_lite.places.keeper import Places

log = logging.getLogger(__name__)


class PlaceDoors:
    """Which there are, and whether they work."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def doors(self) -> Doors:
        """Every event."""

        def event(name: str, handler: Callable[..., Awaitable[Answer]], arguments: int = 0) -> Event:
            return Event(name, handler, arguments, namespaces=(PAGE,))

        return Doors(
            events=[
                event("places", self.show),
                event("savePlace", self.save, 1),
                event("testPlace", self.test, 1),
                event("deletePlace", self.delete, 1),
            ]
        )

    async def show(self, caller: Caller) -> Answer:
        """All of them; secrets are hidden."""
        del caller
        return {"ok": True, "places": [self._places.document(each) for each in self._places.all()]}

    async def save(self, caller: Caller, document: Any) -> Answer:
        """A new one, or another description."""
        place = await self._places.save(document)
        log.info("The place %s was saved from %s", place.name, caller.address)
        return {**await self.show(caller), "id": place.id}

    async def test(self, caller: Caller, document: Any) -> Answer:
        """Write, read and delete a small file there."""
        del caller
        return {"ok": True, "hostKey": await self._places.test(document)}

    async def delete(self, caller: Caller, key: Any) -> Answer:
        """Forget one."""
        await self._places.remove(key)
        log.info("A place was removed from %s", caller.address)
        return await self.show(caller)
