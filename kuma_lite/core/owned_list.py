"""The events of a short list that people keep, as Uptime Kuma 2.5 has them (socket reference §4.5).

`add<Name>` saves a thing or changes one, `delete<Name>` removes it, `<name>List` is pushed whole at login and
after every change, to all connections of the user. Docker hosts, proxies and remote browsers are such lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from kuma_lite.core.access import Actor, Audience, Right
from kuma_lite.core.doors import COMPATIBLE, PAGE, Answer, Caller, Doors, Event, Push, actor_of

_LOGIN_ORDER: Final = 30  # of the list, after monitors and `info`
_PAGE_ORDER: Final = 60  # after what the page shows first


class OwnedThing(Protocol):
    """One entry."""

    def as_wire(self) -> dict[str, Any]:
        """As clients see it."""


class OwnedThings(Protocol):
    """Who keeps the lists of all organisations."""

    def of(self, organisation: int) -> Sequence[OwnedThing]:
        """All of an organisation, oldest first."""

    async def save(self, actor: Actor, payload: Any, thing_id: Any, /) -> int:
        """Add, or change the one of that id; returns the id. Raises UserError."""

    async def delete(self, actor: Actor, thing_id: Any, /) -> None:
        """Remove. Raises UserError."""


class OwnedListEvents:
    """What clients may ask of one kind of list.

    Args:
        name: of a thing in the names of events, e.g. "DockerHost".
        things: who keeps them.
        push: where changes go.
        view: the right to see them.
        edit: the right to change them.
    """

    def __init__(self, name: str, things: OwnedThings, push: Push, *, view: Right, edit: Right) -> None:
        self.view = view
        self.edit = edit
        self._name = name
        self._things = things
        self._push = push

    def doors(self) -> list[Doors]:
        """Every event of this feature, and the list at login."""
        return [
            Doors(events=self.events(), on_login=self.send_list, login_order=_LOGIN_ORDER, needs=self.view),
            Doors(on_login=self.send_list, login_order=_PAGE_ORDER, namespace=PAGE, needs=self.view),
        ]

    def events(self) -> list[Event]:
        """What a client may send; a feature adds its own."""
        return [
            Event(f"add{self._name}", self.save, 2, needs=self.edit),
            Event(f"delete{self._name}", self.delete, 1, needs=self.edit),
        ]

    def shown(self, thing: OwnedThing, namespace: str, *, secrets: bool) -> dict[str, Any]:
        """One thing as the clients of a namespace see it; `secrets`: they may edit it."""
        del namespace, secrets
        return thing.as_wire()

    async def save(self, caller: Caller, payload: Any, thing_id: Any) -> Answer:
        """A new thing, or changes to one."""
        actor = actor_of(caller)
        saved = await self._things.save(actor, payload, thing_id)
        await self._push_change(actor)
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "id": saved}

    async def delete(self, caller: Caller, thing_id: Any) -> Answer:
        """Remove; monitors that referred to it are not pushed (as in the original)."""
        actor = actor_of(caller)
        await self._things.delete(actor, thing_id)
        await self._push_change(actor)
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    async def send_list(self, caller: Caller) -> None:
        """The list at login; to everybody of the user, as Uptime Kuma 2.5 does."""
        await self._push_list(actor_of(caller).myself(self.view), caller.namespace)

    async def _push_change(self, actor: Actor) -> None:
        for namespace in (COMPATIBLE, PAGE):
            await self._push_list(actor.everybody(self.view), namespace)

    async def _push_list(self, audience: Audience, namespace: str) -> None:
        event = f"{self._name[0].lower()}{self._name[1:]}List"
        things = self._things.of(audience.organisation)
        editors, viewers = audience.parted(self.edit)
        for readers, secrets in ((editors, True), (viewers, False)):
            if self._push.has_listeners(readers, namespace):
                items = [self.shown(thing, namespace, secrets=secrets) for thing in things]
                await self._push.to_audience(readers, event, items, namespace=namespace)
