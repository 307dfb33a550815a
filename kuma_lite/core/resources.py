"""What people keep: one description of each kind of thing, and what can be done with all of them.

A feature describes its things in `<feature>/resource.py`: what they are called, who may see and change them,
their options (`core.options.Options`), by what a document names them, and which other things they name. It
implements `Keeper`; rights, what is missing, merge patches and turns are shared. Socket.IO events
(`core/resource_events.py`), REST routes (`rest/resource.py`), documents with references and without secrets
(`core/resource_documents.py`) and "who uses this" follow.

In memory a document has the keys of the wire and the numbers of other things; its secrets are in it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, Protocol, TypeVar
from weakref import WeakValueDictionary

from msgspec import Struct, field

from kuma_lite.core.access import Actor, Forbidden, Owned, Right, may, require
from kuma_lite.core.errors import UserError

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

T = TypeVar("T", bound=Owned)
Document = dict[str, Any]
Id = int | str

CREATE: Final = "create"
REPLACE: Final = "replace"
DELETE: Final = "delete"
NO_KIND: Final = "There is no such kind of thing."
BEYOND: Final = "It must carry the tag, or stand in the group, to which your key is limited."
EVERYTHING: Final = frozenset({CREATE, REPLACE, DELETE})
_AT_ONCE: Final = 500  # things looked through before others get their turn


class Missing(UserError):
    """There is no such thing; or it is `foreign`, another organisation's, which nobody is told."""

    def __init__(self, label: str, *, foreign: bool = False) -> None:
        super().__init__(f"The {label} does not exist.", status=404)
        self.foreign = foreign


class Keeper(Protocol[T]):
    """Who keeps the things of one kind. Rights have been asked for already.

    Documents that come in are whatever a client sent: the keeper refuses what does not fit (UserError).
    """

    async def all(self, actor: Actor) -> Sequence[T]:
        """Those the actor reaches, oldest first; of no other organisation."""

    async def find(self, actor: Actor, key: Any) -> T | None:
        """One by whatever a client sends as its id; it may be another organisation's."""

    def document(self, thing: T) -> Document:
        """All that can be changed of it, by the keys of the wire, secrets included."""

    async def create(self, actor: Actor, document: Any) -> T:
        """A new one; it is on disk before this returns."""

    async def replace(self, actor: Actor, thing: T, document: Any) -> T:
        """Give it this document instead of its own."""

    async def delete(self, actor: Actor, thing: T) -> None:
        """Remove it; whatever named it names nothing."""


class Reference(Struct, frozen=True):
    """Where a document names another thing by its id.

    Args:
        path: keys joined by dots, `[]` for each entry of a list: `proxyId`, `groups[].monitors[].id`.
        resource: name of what is named there.
    """

    path: str
    resource: str


class User(NamedTuple):
    """A thing that names another one."""

    kind: str  # name of its resource
    id: Id
    name: str


def _id_of(thing: Any) -> Id:
    found: Id = thing.id
    return found


def _nothing_else(document: Mapping[str, Any], key: str) -> bool | None:
    del document, key
    return None


def _as_it_is(actor: Actor, thing: Any, document: Document) -> Document:
    del actor, thing
    return document


def _whatever_it_is(thing: Any) -> None:
    del thing


def _no_facts(thing: Any) -> Mapping[str, Any]:
    del thing
    return {}


class Resource(Struct, Generic[T], frozen=True, kw_only=True):
    """One kind of thing that people keep.

    Args:
        name: of one, as in `docker_host`.
        plural: of many, as in paths.
        label: of one within a sentence; the name when it is left out.
        view: the right to see them.
        edit: the right to change them.
        keeper: who keeps them.
        options: what a document may hold; of some kinds it depends on the document.
        variants: the values of `type` on which the options depend; none where they do not.
        title: by what people and documents know one; it may be empty, or that of another one, too.
        named_by: the field of a document that is the title; "" where the title follows from others.
        identify: by what clients know one.
        references: which other things it names.
        can: what can be done beside listing them.
        defaults: values of keys that are left out, where they differ from those of the options.
        undeclared: whether a key of a document that no option declares is a secret; None: it means nothing.
        plain: few, and all with the same options: our own page lists and edits them by those alone.
        facts: what a list says of one beside its document.
        settled: a document as it would be once it is kept, of one that is there or of a new one (None);
            raises UserError for one that the keeper would refuse, whatever else there is: it does not look
            whether what it names exists.
    """

    name: str
    plural: str
    label: str = ""
    view: Right
    edit: Right
    keeper: Keeper[T]
    options: Callable[[Mapping[str, Any]], Sequence[type[Options]]]
    title: Callable[[T], str]
    named_by: str = "name"
    variants: Callable[[], Iterable[str]] = tuple
    identify: Callable[[T], Id] = _id_of
    references: Sequence[Reference] = ()
    can: frozenset[str] = EVERYTHING
    defaults: Mapping[str, Any] = field(default_factory=dict)
    undeclared: Callable[[Mapping[str, Any], str], bool | None] = _nothing_else
    plain: bool = False
    facts: Callable[[T], Mapping[str, Any]] = _no_facts
    settled: Callable[[Actor, T | None, Document], Document] = _as_it_is
    # Of one thing only one change at a time; a lock lives while somebody wants it.
    _turns: WeakValueDictionary[Id, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def list(self, actor: Actor) -> Sequence[T]:
        """All that the actor reaches, oldest first. Raises Forbidden."""
        require(actor, self.view)
        found = await self.keeper.all(actor)
        return found if actor.reach is None else [thing for thing in found if actor.reach.holds(thing)]

    async def get(self, actor: Actor, key: Any, right: Right | None = None) -> T:
        """One, if the actor may see it (or has that right). Raises Forbidden, Missing."""
        right = right or self.view
        require(actor, right)
        thing = await self.keeper.find(actor, key)
        if thing is None or not may(actor, right, thing):
            raise Missing(self.shown_name, foreign=thing is not None)
        return thing

    async def create(self, actor: Actor, document: Any) -> T:
        """A new one. Raises Forbidden, UserError."""
        self._allow(CREATE)
        require(actor, self.edit)
        _stay_within(actor, document)
        return await self.keeper.create(actor, document)

    async def replace(self, actor: Actor, key: Any, document: Any) -> T:
        """Another document for one. Raises Forbidden, Missing, UserError."""
        self._allow(REPLACE)
        _stay_within(actor, document)
        async with self._turn(actor, key) as thing:
            return await self.keeper.replace(actor, thing, document)

    async def rewrite(self, actor: Actor, key: Any, change: Callable[[T], Any]) -> T:
        """What becomes of one as it is now. Raises Forbidden, Missing, UserError, what `change` raises."""
        self._allow(REPLACE)
        async with self._turn(actor, key) as thing:
            document = change(thing)
            _stay_within(actor, document)
            return await self.keeper.replace(actor, thing, document)

    async def patch(self, actor: Actor, key: Any, changes: Any) -> T:
        """A part of a document for one, as a merge patch (RFC 7396). Raises Forbidden, Missing, UserError."""
        self._allow(REPLACE)
        if not isinstance(changes, Mapping):
            raise UserError("The {shown_name} must be an object.", shown_name=self.shown_name)
        return await self.rewrite(actor, key, lambda thing: merged(self.keeper.document(thing), changes))

    async def delete(self, actor: Actor, key: Any, look: Callable[[T], None] = _whatever_it_is) -> T:
        """Remove one; returns what it was.

        Raises Forbidden, Missing, UserError, and what `look` raises, which sees it as it is now.
        """
        self._allow(DELETE)
        async with self._turn(actor, key) as thing:
            look(thing)
            await self.keeper.delete(actor, thing)
            return thing

    async def keys(self, actor: Actor) -> dict[Id, str]:
        """By what documents name the things of the actor's organisation (see `unique`)."""
        things = await self.keeper.all(actor)
        titles = [self.title(thing) or self.name for thing in things]
        return dict(zip(map(self.identify, things), unique(titles), strict=True))

    @property
    def shown_name(self) -> str:
        """What a sentence calls one."""
        return self.label or self.name

    def _allow(self, deed: str) -> None:
        if deed not in self.can:
            raise UserError(
                "Nobody can {deed} a {shown_name}.", deed=deed, shown_name=self.shown_name, status=405
            )

    @asynccontextmanager
    async def _turn(self, actor: Actor, key: Any) -> AsyncIterator[T]:
        """One as it is when all earlier changes to it are done."""
        number = self.identify(await self.get(actor, key, self.edit))
        async with self._turns.setdefault(number, asyncio.Lock()):
            yield await self.get(actor, number, self.edit)


class Resources:
    """Every kind of thing that people keep, by name."""

    def __init__(self, resources: Iterable[Resource[Any]]) -> None:
        self._by_name = {resource.name: resource for resource in resources}

    def __iter__(self) -> Iterator[Resource[Any]]:
        return iter(self._by_name.values())

    def get(self, name: Any) -> Resource[Any] | None:
        """One kind; None: there is none of that name."""
        return self._by_name.get(name) if isinstance(name, str) else None

    def known(self, name: Any) -> Resource[Any]:
        """One kind. Raises UserError."""
        resource = self.get(name)
        if resource is None:
            raise UserError(NO_KIND)
        return resource

    def view_of(self, name: Any, _key: Any = None) -> Right:
        """The right to see things of a kind, for doors whose first argument is its name."""
        resource = self.get(name)
        return resource.view if resource is not None else Right.OWNER

    def __getitem__(self, name: str) -> Resource[Any]:
        return self._by_name[name]

    async def users_of(self, actor: Actor, name: str, key: Any) -> list[User]:
        """What names a thing, as far as the actor may see it. Raises Forbidden, Missing."""
        wanted = self[name]
        number = wanted.identify(await wanted.get(actor, key))
        found = []
        for resource in self:
            paths = [entry.path for entry in resource.references if entry.resource == name]
            if not paths or not may(actor, resource.view):
                continue
            for thing in await resource.list(actor):
                document = resource.keeper.document(thing)
                if any(number in values_at(document, path) for path in paths):
                    found.append(User(resource.name, resource.identify(thing), resource.title(thing)))
        return found

    async def counts_of(self, actor: Actor, name: str) -> Counter[Id]:
        """How many things name each one of a kind, as far as the actor may see them. Raises Forbidden."""
        counts: Counter[Id] = Counter()
        for resource in self:
            paths = [entry.path for entry in resource.references if entry.resource == name]
            if not paths or not may(actor, resource.view):
                continue
            for place, thing in enumerate(await resource.list(actor)):
                if place % _AT_ONCE == 0:
                    await asyncio.sleep(0)
                document = resource.keeper.document(thing)
                named = {key for path in paths for key in values_at(document, path) if key is not None}
                counts.update(named)
        return counts


def _stay_within(actor: Actor, document: Any) -> None:
    """What somebody with a limit makes or changes must be within it afterwards. Raises Forbidden."""
    if actor.reach is not None and not (isinstance(document, Mapping) and actor.reach.takes(document)):
        raise Forbidden(actor, BEYOND)


def merged(document: Any, changes: Any) -> Any:
    """A document with a merge patch applied (RFC 7396): null removes a key, objects are merged."""
    if not isinstance(changes, Mapping):
        return changes
    result = dict(document) if isinstance(document, Mapping) else {}
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def unique(titles: Sequence[str]) -> list[str]:
    """A key for each title: itself, or with the next free number for all but the first that has it."""
    taken, keys = set(titles), []
    given: set[str] = set()
    for title in titles:
        key, number = title, 1
        while key in given or (number > 1 and key in taken):
            number += 1
            key = f"{title} ({number})"
        given.add(key)
        keys.append(key)
    return keys


# --- paths in documents ------------------------------------------------------------------------------------

GONE: Final = object()  # what a change makes of a value that is to be left out


def values_at(document: Any, path: str) -> list[Any]:
    """The values at a path, as many as there are."""
    found: list[Any] = []
    changed_at(document, path, found.append)
    return found


def changed_at(document: Any, path: str, change: Callable[[Any], Any]) -> Any:
    """A copy with what `change` makes of the values at a path.

    An entry of a list for which it is `GONE` is left out, with the object around it; elsewhere it is null.
    """
    found = _changed(document, path.replace("[]", ".[]").split("."), change)
    return {key: None if value is GONE else value for key, value in found.items()}


def _changed(value: Any, steps: Sequence[str], change: Callable[[Any], Any]) -> Any:
    if not steps:
        return change(value)
    step, rest = steps[0], steps[1:]
    if step == "[]":
        items = [_changed(item, rest, change) for item in value] if isinstance(value, list | tuple) else []
        return [item for item in items if not _is_gone(item)]
    if isinstance(value, Mapping) and step in value:
        return {**value, step: _changed(value[step], rest, change)}
    return value


def _is_gone(item: Any) -> bool:
    return item is GONE or (isinstance(item, Mapping) and any(value is GONE for value in item.values()))
