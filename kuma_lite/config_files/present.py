"""What is there now: every thing under the key by which files name it, and whose file it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from kuma_lite.config_files.model import NOT_IN_FILES
from kuma_lite.config_files.store import Owned, thing_of
from kuma_lite.core.access import Actor
from kuma_lite.core.resource_documents import Documents
from kuma_lite.core.resources import Id, Resource, Resources, unique

SLICE: Final = 50  # things looked at before others get their turn


def kinds(resources: Resources) -> list[Resource[Any]]:
    """Those that files hold, in an order in which each kind comes after those that it names."""
    return [resource for resource in resources if resource.name not in NOT_IN_FILES]


class Present(Struct):
    """All things of an organisation.

    Args:
        things: resource → key → thing.
        owned: resource → id as text → whose it is.
        documents: names them by the same keys.
    """

    things: dict[str, dict[str, Any]]
    owned: dict[str, dict[str, Owned]]
    documents: Documents

    @classmethod
    async def of(cls, resources: Resources, actor: Actor, owned: Iterable[Owned]) -> Present:
        """As it is now. Raises Forbidden."""
        mine: dict[str, dict[str, Owned]] = {resource.name: {} for resource in resources}
        for one in owned:
            if one.organisation == actor.organisation and one.kind in mine:
                mine[one.kind][one.thing] = one
        things: dict[str, dict[str, Any]] = {}
        keys: dict[str, dict[Id, str]] = {}
        for resource in resources:
            found = await resource.list(actor)
            named = _keys(resource, found, mine[resource.name])
            keys[resource.name] = dict(zip(map(resource.identify, found), named, strict=True))
            things[resource.name] = dict(zip(named, found, strict=True))
            await asyncio.sleep(0)
        return cls(things, mine, Documents(resources, keys))

    def find(self, resource: Resource[Any], key: str) -> Any | None:
        """The thing that files name so."""
        return self.things[resource.name].get(key)

    def owner(self, resource: Resource[Any], thing: Any) -> Owned | None:
        """Whose file a thing is in."""
        return self.owned[resource.name].get(thing_of(resource.identify(thing)))

    def of_file(self, resource: Resource[Any], file: str) -> Iterator[tuple[str, Any]]:
        """Key and thing of all that are in a file."""
        for key, thing in self.things[resource.name].items():
            owner = self.owner(resource, thing)
            if owner is not None and owner.file == file:
                yield key, thing


def _keys(resource: Resource[Any], things: Sequence[Any], owned: dict[str, Owned]) -> list[str]:
    """A key for each: the one of its file, else its title, with a number where that is taken."""
    numbers = [thing_of(resource.identify(thing)) for thing in things]
    fixed = [owned[number].key if number in owned else None for number in numbers]
    titles = [resource.title(thing) or resource.name for thing in things]
    # Those of files come first: nobody else gets their keys.
    order = sorted(range(len(things)), key=lambda index: fixed[index] is None)
    given = unique([fixed[index] or titles[index] for index in order])
    found = dict(zip(order, given, strict=True))
    return [found[index] for index in range(len(things))]
