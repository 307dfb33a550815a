"""From what a file says to what has to be done, one step a thing, in an order in which it can be done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from msgspec import Struct

from kuma_lite.config_files.differences import differing, is_secret, shown
from kuma_lite.config_files.model import (
    HIDDEN,
    Change,
    Deed,
    FieldChange,
    Problem,
    Unfit,
    Wish,
)
from kuma_lite.config_files.present import SLICE, Present, kinds
from kuma_lite.core.access import Actor
from kuma_lite.core.declarations import Kind
from kuma_lite.core.errors import UserError
from kuma_lite.core.option_fitting import REQUIRED, lacking
from kuma_lite.core.resource_documents import Documents, Secrets, field_of, fields_of
from kuma_lite.core.resources import (
    CREATE,
    DELETE,
    GONE,
    REPLACE,
    Document,
    Id,
    Resource,
    Resources,
    changed_at,
)

MAX_PROBLEMS: Final = 50
TO_BE_MADE: Final = 1 << 40  # ids from here on are of things that are planned


class Step(Struct, frozen=True):
    """One change with what is needed to make it."""

    change: Change
    resource: Resource[Any]
    document: Document | None = None
    thing: Any = None


@dataclass
class Planner:
    """Plans one wish.

    Args:
        resources: all kinds.
        present: what is there; learns the keys of what is yet to be made.
        wish: what is wanted.
        actor: who wants it.
    """

    resources: Resources
    present: Present
    wish: Wish
    actor: Actor

    async def steps(self) -> list[Step]:
        """Everything that has to be done. Raises Unfit, with all that is wrong."""
        self._problems: list[Problem] = []
        self._look_at_kinds()
        wanted = {resource.name: self._wanted(resource) for resource in kinds(self.resources)}
        self._wanted_keys, self._taken = wanted, set[tuple[str, Id]]()
        to_be_made = count(TO_BE_MADE)  # what stands for their ids
        for resource in kinds(self.resources):
            for key in wanted[resource.name]:
                if self.present.find(resource, key) is None and CREATE in resource.can:
                    self.present.documents.learn(resource.name, key, next(to_be_made))
        found: list[Step] = []
        for resource in kinds(self.resources):
            self._look_for_circles(resource, wanted[resource.name])
            for number, (key, document) in enumerate(ordered(resource, wanted[resource.name])):
                if number % SLICE == SLICE - 1:
                    await asyncio.sleep(0)
                step = self._step(resource, key, document)
                if step is not None:
                    found.append(step)
        found += self._leftovers(wanted)
        if self._problems:
            raise Unfit(self._problems[:MAX_PROBLEMS])
        return found

    def secrets(self, resource: Resource[Any], thing: Any) -> Secrets:
        """Those that came with the wish, else those that the thing has already."""
        kept = self.present.documents.secrets_of(resource, thing) if thing is not None else {}

        def secret(where: str) -> Any:
            return self.wish.secrets[where] if where in self.wish.secrets else kept[where]

        return secret

    # --- inside ------------------------------------------------------------------------------------------

    def _look_at_kinds(self) -> None:
        known = {resource.plural for resource in kinds(self.resources)}
        for plural in self.wish.documents.keys() - known:
            kinds_there = ", ".join(sorted(known))
            self._problem(plural, "", "", f"There are no “{plural}”; there are {kinds_there}.")

    def _wanted(self, resource: Resource[Any]) -> dict[str, Document]:
        """What the file has of a kind, with the field that is the key."""
        found: dict[str, Document] = {}
        for key, document in self.wish.documents.get(resource.plural, {}).items():
            if not isinstance(document, Mapping):
                self._problem(
                    resource.plural, key, "", f"A {resource.shown_name} must be a mapping of fields."
                )
                continue
            named = {resource.named_by: key} if resource.named_by else {}
            found[key] = {**named, **document}
        return found

    def _step(self, resource: Resource[Any], key: str, document: Document) -> Step | None:
        thing = self.present.find(resource, key)
        if thing is None and CREATE not in resource.can:
            return Step(Change(resource.plural, key, Deed.WAIT), resource)
        owner = self.present.owner(resource, thing) if thing is not None else None
        if owner is not None and owner.file != self.wish.file:
            self._problem(resource.plural, key, "", f"It is managed by “{owner.file}”.")
            return None
        document = self._without_absent(resource, document)
        if thing is not None:
            document = self._with_own_tokens(resource, document, thing)
        documents, wire = self.present.documents, {}
        try:
            wire = documents.from_document(resource, document, self.secrets(resource, thing))
            if thing is None and not resource.named_by:
                thing = self._same(resource, key, wire)
            if thing is not None:
                return self._update(resource, key, document, wire, thing, adopted=owner is None)
            self._look_for_gaps(resource, document, wire)
            resource.settled(self.actor, None, wire)
        except UserError as error:
            self._problem(resource.plural, key, field_of(resource, wire, error), error.message)
            return None
        described = documents.described(resource, wire, key).items()
        fields = [
            FieldChange(name, None, HIDDEN if is_secret(value) else value)
            for name, value in described
            if name != resource.named_by
        ]
        return Step(Change(resource.plural, key, Deed.CREATE, fields), resource, document)

    def _look_for_gaps(self, resource: Resource[Any], document: Document, wire: Document) -> None:
        """Refuse what says nothing of a field that is needed; who says that there is nothing may mean it.

        Raises UserError.
        """
        for field in lacking(resource, wire):
            if field.name not in document and field.key not in document:
                sentence = "{key}: {reason}"
                raise UserError(sentence, key=field.name, reason=REQUIRED, extra={"field": field.name})

    def _update(
        self,
        resource: Resource[Any],
        key: str,
        document: Document,
        wire: Document,
        thing: Any,
        *,
        adopted: bool,
    ) -> Step | None:
        """Raises UserError."""
        old = resource.keeper.document(thing)
        names = differing(resource, old, wire)
        if names:  # some of it may be the same once it is kept
            names = differing(resource, old, resource.settled(self.actor, thing, wire))
        if not names:
            return Step(Change(resource.plural, key, Deed.ADOPT), resource, None, thing) if adopted else None
        if REPLACE not in resource.can:
            self._problem(resource.plural, key, names[0][1], f"A {resource.shown_name} cannot be changed.")
            return None
        documents = self.present.documents
        before, after = documents.described(resource, old, key), documents.described(resource, wire, key)
        change = Change(resource.plural, key, Deed.UPDATE, shown(names, resource, before, after, wire))
        return Step(change, resource, document, thing)

    def _same(self, resource: Resource[Any], key: str, wire: Document) -> Any | None:
        """One of no file that is just so, where things have no names of their own; it gets this key."""
        wire = resource.settled(self.actor, None, wire)
        for title, thing in self.present.things[resource.name].items():
            number = resource.identify(thing)
            if title in self._wanted_keys[resource.name] or (resource.name, number) in self._taken:
                continue
            if self.present.owner(resource, thing) is None and not differing(
                resource, resource.keeper.document(thing), wire
            ):
                self._taken.add((resource.name, number))
                self.present.documents.learn(resource.name, key, number)
                return thing
        return None

    def _look_for_circles(self, resource: Resource[Any], wanted: Mapping[str, Document]) -> None:
        """Nothing can stand within itself, with what is there already on the way, too."""

        def around(key: Any, path: str) -> Any:
            if key in wanted:
                return wanted[key].get(path)
            thing = self.present.find(resource, key)
            return self.present.documents.to_document(resource, thing).get(path) if thing else None

        for path in own_paths(resource):
            for key in wanted:
                seen, one = {key}, around(key, path)
                while isinstance(one, str) and one not in seen:
                    seen.add(one)
                    one = around(one, path)
                if one == key:
                    self._problem(resource.plural, key, path, "It would stand within itself.")

    def _without_absent(self, resource: Resource[Any], document: Document) -> Document:
        """Without the names of things that are there only when they have reported themselves."""
        for reference in resource.references:
            named = self.resources[reference.resource]
            if CREATE in named.can:
                continue
            known = self.present.documents

            def there(key: Any, kind: str = named.name, known: Documents = known) -> Any:
                return key if not isinstance(key, str) or known.id_of(kind, key) is not None else GONE

            document = changed_at(document, reference.path, there)
        return document

    def _with_own_tokens(self, resource: Resource[Any], document: Document, thing: Any) -> Document:
        """With the tokens that were made here, where the file does not say others: callers know them."""
        made = [
            key
            for model in resource.options(document)
            for key, (_, words) in model.words().items()
            if words.kind is Kind.TOKEN
        ]
        if not made:
            return document
        names = fields_of(tuple(resource.options(document)))
        own = self.present.documents.to_document(resource, thing)
        kept = {name: own[name] for key in made if (name := names[key].name) in own}
        return {**kept, **document}

    def _leftovers(self, wanted: Mapping[str, Mapping[str, Document]]) -> Iterator[Step]:
        """What the file made and does not name any more; what is within others goes first."""
        for resource in reversed(kinds(self.resources)):
            gone = [
                (key, thing)
                for key, thing in self.present.of_file(resource, self.wish.file)
                if key not in wanted[resource.name]
            ]
            removes = self.wish.prune and DELETE in resource.can
            for key, thing in reversed(gone):
                goes = removes and (resource.plural, key) not in self.wish.kept
                change = Change(resource.plural, key, Deed.DELETE if goes else Deed.KEEP)
                yield Step(change, resource, None, thing)

    def _problem(self, kind: str, key: str, field: str, sentence: str) -> None:
        self._problems.append(Problem(kind, key, field, sentence))


def own_paths(resource: Resource[Any]) -> list[str]:
    """The fields in which a thing names another one of its kind."""
    return [one.path for one in resource.references if one.resource == resource.name]


def ordered(resource: Resource[Any], wanted: Mapping[str, Document]) -> list[tuple[str, Document]]:
    """Those of one kind so that each comes after the one of its kind that it names (monitors and groups)."""
    own = own_paths(resource)
    if not own:
        return list(wanted.items())

    def depth(key: str, seen: frozenset[str] = frozenset()) -> int:
        parents = [wanted[key].get(path) for path in own]
        inside = [
            one for one in parents if isinstance(one, str) and one in wanted and one not in seen | {key}
        ]
        return 1 + max((depth(one, seen | {key}) for one in inside), default=0)

    return sorted(wanted.items(), key=lambda entry: depth(entry[0]))
