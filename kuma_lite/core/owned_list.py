"""The events of a short list that each user keeps, as Uptime Kuma 2.5 has them (socket reference §4.5).

`add<Name>` saves a thing or changes one, `delete<Name>` removes it, `<name>List` is pushed whole at login and
after every change, to all connections of the user. Docker hosts, proxies and remote browsers are such lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from kuma_lite.core.doors import COMPATIBLE, PAGE, Answer, Caller, Doors, Event, Push, user_of

_LOGIN_ORDER: Final = 30  # of the list, after monitors and `info`
_PAGE_ORDER: Final = 60  # after what the page shows first


class OwnedThing(Protocol):
    """One entry."""

    def as_wire(self) -> dict[str, Any]:
        """As clients see it."""


class OwnedThings(Protocol):
    """Who keeps the lists of all users."""

    def of(self, owner: int) -> Sequence[OwnedThing]:
        """A user's list, oldest first."""

    async def save(self, owner: int, payload: Any, thing_id: Any, /) -> int:
        """Add, or change the one of that id; returns the id. Raises UserError."""

    async def delete(self, owner: int, thing_id: Any, /) -> None:
        """Remove. Raises UserError."""


class OwnedListEvents:
    """What clients may ask of one kind of list.

    Args:
        name: of a thing in the names of events, e.g. "DockerHost".
        things: who keeps them.
        push: where changes go.
    """

    def __init__(self, name: str, things: OwnedThings, push: Push) -> None:
        self._name = name
        self._things = things
        self._push = push

    def doors(self) -> list[Doors]:
        """Every event of this feature, and the list at login."""
        return [
            Doors(events=self.events(), on_login=self.send_list, login_order=_LOGIN_ORDER),
            Doors(on_login=self.send_list, login_order=_PAGE_ORDER, namespace=PAGE),
        ]

    def events(self) -> list[Event]:
        """What a client may send; a feature adds its own."""
        return [Event(f"add{self._name}", self.save, 2), Event(f"delete{self._name}", self.delete, 1)]

    def shown(self, thing: OwnedThing, namespace: str) -> dict[str, Any]:
        """One thing as the clients of a namespace see it."""
        del namespace
        return thing.as_wire()

    async def save(self, caller: Caller, payload: Any, thing_id: Any) -> Answer:
        """A new thing, or changes to one."""
        user = user_of(caller)
        saved = await self._things.save(user, payload, thing_id)
        await self._push_change(user)
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "id": saved}

    async def delete(self, caller: Caller, thing_id: Any) -> Answer:
        """Remove; monitors that referred to it are not pushed (as in the original)."""
        user = user_of(caller)
        await self._things.delete(user, thing_id)
        await self._push_change(user)
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    async def send_list(self, caller: Caller) -> None:
        """The list at login; to everybody of the user, as Uptime Kuma 2.5 does."""
        await self._push_list(user_of(caller), caller.namespace)

    async def _push_change(self, user: int) -> None:
        for namespace in (COMPATIBLE, PAGE):
            await self._push_list(user, namespace)

    async def _push_list(self, user: int, namespace: str) -> None:
        items = [self.shown(thing, namespace) for thing in self._things.of(user)]
        event = f"{self._name[0].lower()}{self._name[1:]}List"
        await self._push.to_user(user, event, items, namespace=namespace)
