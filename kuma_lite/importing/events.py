"""The events of our own page about an import; the pieces of the file come by HTTP."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kuma_lite.core.access import Audience, Right
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, Push, Then, actor_of
from kuma_lite.core.transactions import Transactions

if TYPE_CHECKING:
    from kuma_lite.importing.page_import import PageImport, TakeOver

log = logging.getLogger(__name__)


class ImportDoors:
    """Upload, import, and take it into use; for owners.

    Args:
        restart: stops everything and starts again.
    """

    def __init__(
        self,
        database: Transactions,
        folder: Path,
        take_over: TakeOver,
        push: Push,
        restart: Callable[[], None],
    ) -> None:
        self._database = database
        self._folder = folder
        self._take_over = take_over
        self._push = push
        self._restart = restart
        self._told: Audience | None = None

    @cached_property
    def imports(self) -> PageImport:
        """Loaded when somebody looks at it: most servers never take anything over."""
        from kuma_lite.importing.page_import import PageImport

        return PageImport(self._database, self._folder, self._take_over, self._tell)

    def stop(self) -> None:
        """End an import that runs."""
        if "imports" in self.__dict__:
            self.imports.stop()

    def doors(self) -> Doors:
        """Every event, and the route."""

        def event(name: str, handler: Callable[..., Awaitable[Answer]], arguments: int = 0) -> Event:
            return Event(name, handler, arguments, namespaces=(PAGE,))

        return Doors(
            events=[
                event("importState", self.show),
                event("beginImport", self.begin, 1),
                event("startImport", self.start, 1),
                event("adoptImport", self.adopt),
                event("cancelImport", self.cancel),
            ],
            routes=self._routes,
        )

    async def show(self, caller: Caller) -> Answer:
        """How far it is, and whether there can be one."""
        self._told = actor_of(caller).everybody(Right.OWNER)
        return self._answer(reason=await self.imports.why_not())

    async def begin(self, caller: Caller, size: Any) -> Answer:
        """The size of the file in bytes → the id of the upload."""
        await self.imports.begin(size)
        log.info("A file of %d bytes is uploaded for an import from %s", size, caller.address)
        return self._answer()

    async def start(self, caller: Caller, key: Any) -> Answer:
        """The upload is complete."""
        self._told = actor_of(caller).everybody(Right.OWNER)
        await self.imports.start(key)
        return self._answer()

    async def adopt(self, caller: Caller) -> Answer:
        """Take it into use: the program starts again once this is answered."""
        del caller
        await self.imports.adopt()

        async def start_again() -> None:
            self._restart()

        return Then({"ok": True}, start_again)

    async def cancel(self, caller: Caller) -> Answer:
        """Drop what was uploaded or imported."""
        del caller
        await self.imports.cancel()
        return self._answer()

    def _answer(self, **more: Any) -> Answer:
        return {"ok": True, "import": self.imports.state.document(), **more}

    async def _tell(self) -> None:
        if self._told is not None:
            document = self.imports.state.document()
            await self._push.to_audience(self._told, "importProgress", document, namespace=PAGE)

    def _routes(self) -> Sequence[Any]:
        from kuma_lite.rest.pieces import piece_route

        return [piece_route("/api/v1/import", "upload_piece", self.imports.add)]
