"""Plans what a file wants, and makes it so."""

from __future__ import annotations

import asyncio
from typing import Any

from kuma_lite.config_files import store
from kuma_lite.config_files.doing import Doing
from kuma_lite.config_files.model import Change, Wish
from kuma_lite.config_files.planning import Planner
from kuma_lite.config_files.present import SLICE, Present, kinds
from kuma_lite.config_files.store import Owned, thing_of
from kuma_lite.core.access import Actor
from kuma_lite.core.option_fitting import lacking
from kuma_lite.core.resources import Document, Resources
from kuma_lite.core.transactions import Transactions


class ConfigFiles:
    """What files describe."""

    def __init__(self, database: Transactions, resources: Resources) -> None:
        self._database = database
        self._resources = resources
        self._turn = asyncio.Lock()  # plans of two files at once would each know nothing of the other
        self._owned: dict[tuple[str, str], Owned] = {}  # by kind and id as text

    async def load(self) -> None:
        """Read whose things are whose."""
        owned = await self._database.read(store.read_all)
        self._owned = {(one.kind, one.thing): one for one in owned}

    def file_of(self, kind: str, number: Any) -> str | None:
        """The file that manages a thing; None: none."""
        found = self._owned.get((kind, thing_of(number)))
        return found.file if found is not None else None

    def keys_of(self, kind: str, file: str) -> list[str]:
        """The keys of all things of a kind that a file manages."""
        return [one.key for one in self._owned.values() if (one.kind, one.file) == (kind, file)]

    async def schema(self) -> dict[str, Any]:
        """JSON Schema of files. Imports every type, in a thread: nobody else needs them all."""
        from kuma_lite.config_files.schema import schema_of

        return await asyncio.to_thread(schema_of, self._resources)

    async def export(self, actor: Actor) -> tuple[dict[str, dict[str, Document]], dict[str, Any]]:
        """Everything as documents, plural → key → document; and where a secret stands → the secret."""
        present = await Present.of(self._resources, actor, self._owned.values())
        found: dict[str, dict[str, Document]] = {}
        secrets: dict[str, Any] = {}
        for resource in kinds(self._resources):
            entries: dict[str, Document] = {}
            for number, (key, thing) in enumerate(sorted(present.things[resource.name].items())):
                if number % SLICE == SLICE - 1:
                    await asyncio.sleep(0)
                document = present.documents.to_document(resource, thing)
                # What is needed and has no value stands there as such: otherwise it would count as forgotten.
                wire = resource.keeper.document(thing)
                for field in lacking(resource, wire):
                    document.setdefault(field.name, wire.get(field.key))
                if document.get(resource.named_by) == key:
                    del document[resource.named_by]
                entries[key] = document
                secrets.update(present.documents.secrets_of(resource, thing))
            if entries:
                found[resource.plural] = entries
        return found, secrets

    async def plan(self, actor: Actor, wish: Wish) -> list[Change]:
        """What `apply` would do. Raises Unfit, Forbidden."""
        async with self._turn:
            return [step.change for step in await (await self._planner(actor, wish)).steps()]

    async def apply(self, actor: Actor, wish: Wish) -> list[Change]:
        """Make it so, all or nothing; returns what was done.

        Whoever asked may be gone meanwhile: it is done to its end. Where the process itself ends, the next
        `apply` does what is left.

        Raises:
            Unfit: something does not fit.
            Forbidden: the actor may not.
        """
        task = asyncio.create_task(self._apply(actor, wish), name=f"apply {wish.file}")
        return await asyncio.shield(task)

    # --- inside ------------------------------------------------------------------------------------------

    async def _apply(self, actor: Actor, wish: Wish) -> list[Change]:
        async with self._turn:
            planner = await self._planner(actor, wish)
            steps = await planner.steps()
            try:
                await Doing(self._database, actor, planner).make(steps)
            finally:
                await self.load()
            return [step.change for step in steps]

    async def _planner(self, actor: Actor, wish: Wish) -> Planner:
        present = await Present.of(self._resources, actor, self._owned.values())
        return Planner(self._resources, present, wish, actor)
