"""Plans what a file wants, and makes it so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from kuma_lite.config_files import store
from kuma_lite.config_files.model import Change, Deed, Problem, Unfit, Wish
from kuma_lite.config_files.planning import Planner, Step
from kuma_lite.config_files.present import SLICE, Present, kinds
from kuma_lite.config_files.store import Owned, thing_of
from kuma_lite.core.access import Actor
from kuma_lite.core.errors import UserError
from kuma_lite.core.resources import Document, Resources
from kuma_lite.core.transactions import Transactions

# Made at the same time: their transactions become one commit.
AT_ONCE: Final = 64


class ConfigFiles:
    """What files describe."""

    def __init__(self, database: Transactions, resources: Resources) -> None:
        self._database = database
        self._resources = resources
        self._turn = asyncio.Lock()  # plans of two files at once would each know nothing of the other
        self._owned: list[Owned] = []

    async def load(self) -> None:
        """Read whose things are whose."""
        self._owned = await self._database.read(store.read_all)

    def file_of(self, kind: str, number: Any) -> str | None:
        """The file that manages a thing; None: none."""
        wanted = (kind, thing_of(number))
        return next((one.file for one in self._owned if (one.kind, one.thing) == wanted), None)

    def keys_of(self, kind: str, file: str) -> list[str]:
        """The keys of all things of a kind that a file manages."""
        return [one.key for one in self._owned if (one.kind, one.file) == (kind, file)]

    async def schema(self) -> dict[str, Any]:
        """JSON Schema of files. Imports every type, in a thread: nobody else needs them all."""
        from kuma_lite.config_files.schema import schema_of

        return await asyncio.to_thread(schema_of, self._resources)

    async def export(self, actor: Actor) -> tuple[dict[str, dict[str, Document]], dict[str, Any]]:
        """Everything as documents, plural → key → document; and where a secret stands → the secret."""
        present = await Present.of(self._resources, actor, self._owned)
        found: dict[str, dict[str, Document]] = {}
        secrets: dict[str, Any] = {}
        for resource in kinds(self._resources):
            entries: dict[str, Document] = {}
            for number, (key, thing) in enumerate(sorted(present.things[resource.name].items())):
                if number % SLICE == SLICE - 1:
                    await asyncio.sleep(0)
                document = present.documents.to_document(resource, thing)
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
        """Make it so; returns what was done. All or nothing as far as it can be known before.

        Raises:
            Unfit: something does not fit; nothing was done, or, where only making a thing showed it, all
                that stands before it in the plan.
            Forbidden: the actor may not.
        """
        async with self._turn:
            planner = await self._planner(actor, wish)
            steps = await planner.steps()
            for (_, deed), together in groupby(steps, lambda step: (step.change.kind, step.change.deed)):
                await self._do(actor, planner, deed, list(together))
            return [step.change for step in steps]

    # --- inside ------------------------------------------------------------------------------------------

    async def _planner(self, actor: Actor, wish: Wish) -> Planner:
        return Planner(self._resources, await Present.of(self._resources, actor, self._owned), wish)

    async def _do(self, actor: Actor, planner: Planner, deed: Deed, steps: Sequence[Step]) -> None:
        """Steps of one kind that do the same."""
        if deed in (Deed.KEEP, Deed.WAIT):
            return
        parts = {Deed.CREATE: _independent, Deed.DELETE: _inner_first}.get(
            deed, lambda all_of_it: [all_of_it]
        )
        for part in parts(steps):
            for first in range(0, len(part), AT_ONCE):
                await self._together(actor, planner, deed, part[first : first + AT_ONCE])

    async def _together(self, actor: Actor, planner: Planner, deed: Deed, steps: Sequence[Step]) -> None:
        outcomes = await asyncio.gather(
            *(self._one(actor, planner, step) for step in steps), return_exceptions=True
        )
        owned: list[Owned] = []
        failures: list[BaseException] = []
        for step, outcome in zip(steps, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                failures.append(_told(step, outcome))
                continue
            number = step.resource.identify(outcome)
            if deed is Deed.CREATE:
                planner.present.documents.learn(step.resource.name, step.change.key, number)
            kind, key, file = step.resource.name, step.change.key, planner.wish.file
            owned.append(Owned(actor.organisation, kind, thing_of(number), file, key))
        await self._note(owned, removed=deed is Deed.DELETE)
        problems = [problem for one in failures if isinstance(one, Unfit) for problem in one.problems]
        for failure in failures:
            if not isinstance(failure, Unfit):
                raise failure
        if problems:
            raise Unfit(problems)

    async def _one(self, actor: Actor, planner: Planner, step: Step) -> Any:
        resource = step.resource
        match step.change.deed:
            case Deed.CREATE:
                return await resource.create(actor, self._wire(planner, step))
            case Deed.UPDATE:
                number = resource.identify(step.thing)
                return await resource.replace(actor, number, self._wire(planner, step))
            case Deed.DELETE:
                return await resource.delete(actor, resource.identify(step.thing))
        return step.thing

    @staticmethod
    def _wire(planner: Planner, step: Step) -> Document:
        """With the real ids of what was made meanwhile."""
        assert step.document is not None
        secrets = planner.secrets(step.resource, step.thing)
        return planner.present.documents.from_document(step.resource, step.document, secrets)

    async def _note(self, things: Sequence[Owned], *, removed: bool) -> None:
        write = store.remove if removed else store.put
        await self._database.write(lambda connection: write(connection, things))
        await self.load()


def _independent(steps: Sequence[Step]) -> list[list[Step]]:
    """Runs of steps none of which names another of the same run."""
    runs: list[list[Step]] = [[]]
    names: set[str] = set()
    for step in steps:
        own = [one.path for one in step.resource.references if one.resource == step.resource.name]
        if any((step.document or {}).get(path) in names for path in own):
            runs.append([])
            names = set()
        runs[-1].append(step)
        names.add(step.change.key)
    return runs


def _inner_first(steps: Sequence[Step]) -> list[list[Step]]:
    """What is within others goes before them: a group that goes would change what is in it meanwhile."""
    resource = steps[0].resource
    own = [one.path for one in resource.references if one.resource == resource.name]
    documents = {resource.identify(step.thing): resource.keeper.document(step.thing) for step in steps}

    def depth(number: Any, seen: frozenset[Any] = frozenset()) -> int:
        around = [documents[number].get(path) for path in own]
        known = [one for one in around if one in documents and one not in seen]
        return 1 + max((depth(one, seen | {number}) for one in known), default=0)

    levels: dict[int, list[Step]] = {}
    for step in steps:
        levels.setdefault(depth(resource.identify(step.thing)), []).append(step)
    return [levels[level] for level in sorted(levels, reverse=True)]


def _told(step: Step, outcome: BaseException) -> BaseException:
    """What a person is told of it, with the place in the file; anything else is a bug."""
    if not isinstance(outcome, UserError) or outcome.status in (403, 503):
        return outcome
    field = str(outcome.extra.get("field", ""))
    return Unfit([Problem(step.change.kind, step.change.key, field, outcome.message)])
