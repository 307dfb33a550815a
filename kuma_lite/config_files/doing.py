"""Makes a plan so, all or nothing: what was done before something is refused is undone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Any, Final

from msgspec import Struct

from kuma_lite.config_files import store
from kuma_lite.config_files.model import Deed, Problem, Unfit
from kuma_lite.config_files.planning import Planner, Step, own_paths
from kuma_lite.config_files.store import Owned, thing_of
from kuma_lite.core.access import Actor
from kuma_lite.core.errors import UserError
from kuma_lite.core.resource_documents import field_of
from kuma_lite.core.resources import Document
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions

log = logging.getLogger(__name__)

AT_ONCE: Final = 64  # made at the same time: their transactions become one commit


class _Done(Struct, frozen=True):
    """One step that was made, with what takes it back."""

    step: Step
    owned: Owned
    owner: Owned | None  # whose it was before
    document: Document | None  # what it was before


class Doing:
    """Makes the steps of one plan.

    Removals come last, and are not taken back: where one of them fails, the next `apply` goes on.
    """

    def __init__(self, database: Transactions, actor: Actor, planner: Planner) -> None:
        self._database = database
        self._actor = actor
        self._planner = planner
        self._done: list[list[_Done]] = []

    async def make(self, steps: Sequence[Step]) -> None:
        """Make them, in their order. Raises Unfit, Forbidden, StorageTrouble; nothing is done then."""
        try:
            for (_, deed), together in groupby(steps, lambda step: (step.change.kind, step.change.deed)):
                for part in _parts(deed, list(together)):
                    for first in range(0, len(part), AT_ONCE):
                        await self._together(deed, part[first : first + AT_ONCE])
        except BaseException:
            await self._take_back()
            raise

    # --- inside ------------------------------------------------------------------------------------------

    async def _together(self, deed: Deed, steps: Sequence[Step]) -> None:
        before = [_document(step) if deed is Deed.UPDATE else None for step in steps]
        outcomes = await asyncio.gather(*(self._one(step) for step in steps), return_exceptions=True)
        done: list[_Done] = []
        failures: list[BaseException] = []
        for step, document, outcome in zip(steps, before, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                failures.append(_told(step, outcome))
                continue
            number = step.resource.identify(outcome)
            if deed is Deed.CREATE:
                self._planner.present.documents.learn(step.resource.name, step.change.key, number)
            owner = None if deed is Deed.CREATE else self._planner.present.owner(step.resource, outcome)
            done.append(_Done(step, self._owned(step, number), owner, document))
        if deed is not Deed.DELETE:
            self._done.append(done)
        else:
            self._done.clear()
        owned = [one.owned for one in done]
        write = store.remove if deed is Deed.DELETE else store.put
        await self._database.write(lambda connection: write(connection, owned))
        problems = [problem for one in failures if isinstance(one, Unfit) for problem in one.problems]
        for failure in failures:
            if not isinstance(failure, Unfit):
                raise failure
        if problems:
            raise Unfit(problems)

    async def _one(self, step: Step) -> Any:
        resource, actor = step.resource, self._actor
        match step.change.deed:
            case Deed.CREATE:
                return await resource.create(actor, self._wire(step))
            case Deed.UPDATE:
                return await resource.replace(actor, resource.identify(step.thing), self._wire(step))
            case Deed.DELETE:
                return await resource.delete(actor, resource.identify(step.thing))
        return step.thing

    def _wire(self, step: Step) -> Document:
        """With the real ids of what was made meanwhile."""
        assert step.document is not None
        planner = self._planner
        secrets = planner.secrets(step.resource, step.thing)
        return planner.present.documents.from_document(step.resource, step.document, secrets)

    def _owned(self, step: Step, number: Any) -> Owned:
        kind, key, file = step.resource.name, step.change.key, self._planner.wish.file
        return Owned(self._actor.organisation, kind, thing_of(number), file, key)

    async def _take_back(self) -> None:
        for done in reversed(self._done):
            outcomes = await asyncio.gather(*map(self._undo, done), return_exceptions=True)
            failed = next((one for one in outcomes if isinstance(one, BaseException)), None)
            if failed is not None:
                log.error("What a configuration file has changed cannot be taken back", exc_info=failed)
                return  # what comes before may rest on it; the next `apply` finds it and goes on
            await self._database.write(partial(_give_back, done=done))

    async def _undo(self, one: _Done) -> None:
        resource, number = one.step.resource, one.owned.thing
        if one.step.change.deed is Deed.CREATE:
            await resource.delete(self._actor, number)
        elif one.document is not None:
            await resource.replace(self._actor, resource.identify(one.step.thing), one.document)


def _give_back(connection: Connection, done: Sequence[_Done]) -> None:
    store.remove(connection, [one.owned for one in done])
    store.put(connection, [one.owner for one in done if one.owner is not None])


def _document(step: Step) -> Document:
    return step.resource.keeper.document(step.thing)


def _parts(deed: Deed, steps: Sequence[Step]) -> list[list[Step]]:
    """Steps of one kind that do the same, as runs of what can be done at the same time."""
    if deed in (Deed.KEEP, Deed.WAIT):
        return []
    ways: dict[Deed, Callable[[Sequence[Step]], list[list[Step]]]] = {
        Deed.CREATE: _independent,
        Deed.UPDATE: _moves_alone,
        Deed.DELETE: _inner_first,
    }
    return ways[deed](steps) if deed in ways else [list(steps)]


def _independent(steps: Sequence[Step]) -> list[list[Step]]:
    """Runs of steps none of which names another of the same run."""
    runs: list[list[Step]] = [[]]
    names: set[str] = set()
    for step in steps:
        if any((step.document or {}).get(path) in names for path in own_paths(step.resource)):
            runs.append([])
            names = set()
        runs[-1].append(step)
        names.add(step.change.key)
    return runs


def _moves_alone(steps: Sequence[Step]) -> list[list[Step]]:
    """Runs of steps; one that goes elsewhere among its kind is alone: others may stand there only then."""
    runs: list[list[Step]] = [[]]
    for step in steps:
        moves = any(field.name in own_paths(step.resource) for field in step.change.fields)
        if moves:
            runs += [[step], []]
        else:
            runs[-1].append(step)
    return [run for run in runs if run]


def _inner_first(steps: Sequence[Step]) -> list[list[Step]]:
    """What is within others goes before them: a group that goes would change what is in it meanwhile."""
    resource = steps[0].resource
    own = own_paths(resource)
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
    field = field_of(step.resource, step.document or {}, outcome)
    return Unfit([Problem(step.change.kind, step.change.key, field, outcome.message)])
