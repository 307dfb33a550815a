"""The Socket.IO events of a resource, with the particulars that Uptime Kuma 2.5's wire has for each kind.

Kinds differ in names, in the words of answers, in what an unknown id means, and in whether the list is
pushed before or after the answer; all that is declared here, and nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Any, Final, Generic, Protocol, TypeVar

from kuma_lite.core.access import Actor, Audience, Owned
from kuma_lite.core.doors import (
    COMPATIBLE,
    PAGE,
    Answer,
    Caller,
    Doors,
    Event,
    Push,
    Then,
    actor_of,
    this_one,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.kept_secrets import restored
from kuma_lite.core.resources import Missing, Resource

T = TypeVar("T", bound=Owned)

LOGIN_ORDER: Final = 30  # of lists, after monitors and `info`
CHANGED: Final = "resourcesChanged"  # our own page asks again then, where it looks at such things
SAVED: Final = "Saved."
DELETED: Final = "successDeleted"


class Told(Enum):
    """When those who see a list hear of a change."""

    BEFORE = "before the answer"
    AFTER = "after the answer"
    NEVER = "never"


class Listing(Protocol):
    """Who tells clients of a list."""

    async def push_list(self, audience: Audience, namespace: str = COMPATIBLE) -> None:
        """The list as it is now, to those of an audience on one namespace."""

    async def push_change(self, organisation: int) -> None:
        """Whatever clients want to be told after a change, to everybody who may see it."""


class PushedList(Generic[T]):
    """A short list that is pushed whole to compatible clients (a `Listing`).

    Args:
        event: its name on the wire.
        resource: whose things it has.
        push: where it goes.
        shown: a thing as an entry, for those who may edit it or for those who may not.
    """

    def __init__(
        self,
        event: str,
        resource: Resource[T],
        push: Push,
        shown: Callable[[T, bool], Any],
    ) -> None:
        self._event = event
        self._resource = resource
        self._push = push
        self._shown = shown

    async def push_list(self, audience: Audience, namespace: str = COMPATIBLE) -> None:
        """Those who may edit and the others apart: the latter are shown no secrets."""
        editors, viewers = audience.parted(self._resource.edit)
        for readers, secrets in ((editors, True), (viewers, False)):
            if self._push.has_listeners(readers, namespace):
                reader = Actor(audience.organisation, frozenset({self._resource.view}))
                things = await self._resource.list(reader)
                items = [self._shown(thing, secrets) for thing in things]
                await self._push.to_audience(readers, self._event, items, namespace=namespace)

    async def push_change(self, organisation: int) -> None:
        """The list, to everybody who may see it."""
        await self.push_list(Audience(organisation, self._resource.view))


async def push_changed(push: Push, organisation: int, resource: Resource[Any]) -> None:
    """To those of our own page who may see them: things of this kind are not what they were."""
    viewers = Audience(organisation, resource.view)
    await push.to_audience(viewers, CHANGED, {"kind": resource.name}, namespace=PAGE)


Extra = Callable[[T], dict[str, Any]]  # what an answer says of a thing
After = Callable[[Actor, Any], Awaitable[None]]  # what else is to be done, once all have been told
_AT_LOGIN: Final = {COMPATIBLE: LOGIN_ORDER}
_NEW: Final = (None, 0, "")  # ids of things that are not there yet


def _sent(_caller: Caller, payload: Any, _thing: Any) -> Any:
    return payload


class ResourceEvents(Generic[T]):
    """Makes the events of a resource, each by its name and particulars.

    Args:
        resource: whose they are.
        listing: who tells of changes; None: no compatible client is told.
        page: how our own page is told, where it lists them (`Resource.plain`).
        missing: the sentence about an unknown id, or its key in the message file.
        i18n: whether it is a key; None: the answer does not say.
        foreign: the sentence about what is another organisation's; the same when it is left out.
        reading: the document in what a client sent, about a thing or a new one (None).
    """

    def __init__(
        self,
        resource: Resource[T],
        listing: Listing | None = None,
        *,
        page: Push | None = None,
        missing: str,
        i18n: bool | None = None,
        foreign: str = "",
        reading: Callable[[Caller, Any, T | None], Any] = _sent,
    ) -> None:
        self._resource = resource
        self._listing = listing
        self._page = page
        self._missing = missing
        self._i18n = i18n
        self._foreign = foreign
        self._reading = reading

    def doors(self, events: Sequence[Event], at_login: Mapping[str, int] = _AT_LOGIN) -> list[Doors]:
        """Events, and the list at login: namespace → order."""
        lists = [
            Doors(on_login=self.greet, login_order=order, namespace=namespace, needs=self._resource.view)
            for namespace, order in at_login.items()
        ]
        lists[0].events = events
        return lists

    async def greet(self, caller: Caller) -> None:
        """The list at login; to this connection, where Uptime Kuma 2.5 tells all of the same user."""
        if self._listing is not None:
            await self._listing.push_list(this_one(caller, self._resource.view), caller.namespace)

    # --- questions ---------------------------------------------------------------------------------------

    def pushed(self, name: str) -> Event:
        """Without arguments: the list is pushed to where the question came from."""

        async def pushed(caller: Caller) -> Answer:
            await self.greet(caller)
            return {"ok": True}

        return Event(name, pushed, needs=self._resource.view)

    def listed(self, name: str, key: str, shown: Callable[[T], Any]) -> Event:
        """Without arguments: all of them in the answer."""

        async def listed(caller: Caller) -> Answer:
            return {"ok": True, key: [shown(thing) for thing in await self._resource.list(actor_of(caller))]}

        return Event(name, listed, needs=self._resource.view)

    def one(self, name: str, answer: Extra[T], missing: str | None = None) -> Event:
        """By its id: one of them in the answer."""

        async def one(caller: Caller, key: Any) -> Answer:
            with self._refusing(missing):
                return {"ok": True, **answer(await self._resource.get(actor_of(caller), key))}

        return Event(name, one, 1, needs=self._resource.view)

    # --- changes -----------------------------------------------------------------------------------------

    def create(self, name: str, answer: Extra[T], message: str = "", told: Told = Told.BEFORE) -> Event:
        """From a client's object: a new one."""

        async def create(caller: Caller, payload: Any) -> Answer:
            document = self._document(caller, payload, None)
            thing = await self._resource.create(actor_of(caller), document)
            return await self._tell(caller, told, _said(message, answer(thing)))

        return Event(name, create, 1, needs=self._resource.edit)

    def save(self, name: str, answer: Extra[T], then: After | None = None, optional: int = 0) -> Event:
        """From a client's object and an id: changes to one; a new one without id."""

        async def save(caller: Caller, payload: Any, key: Any = None) -> Answer:
            actor = actor_of(caller)
            if key in _NEW:
                thing = await self._resource.create(actor, self._document(caller, payload, None))
            else:
                thing = await self._change(caller, key, payload)
            said = await self._tell(caller, Told.BEFORE, _said(SAVED, answer(thing)))
            if then is not None:
                await then(actor, payload)
            return said

        return Event(name, save, 2, optional=optional, needs=self._resource.edit)

    def edit(
        self,
        name: str,
        answer: Extra[T],
        nameless: str = "",
        told: Told = Told.BEFORE,
        missing: str | None = None,
    ) -> Event:
        """From a client's object that names its id: changes to one; `nameless`: the refusal without id."""

        async def edit(caller: Caller, payload: Any) -> Answer:
            key = payload.get("id") if isinstance(payload, Mapping) else None
            if key is None and nameless:
                raise UserError(nameless)
            thing = await self._change(caller, key, payload, missing)
            return await self._tell(caller, told, _said(SAVED, answer(thing)))

        return Event(name, edit, 1, needs=self._resource.edit)

    def delete(
        self, name: str, told: Told = Told.BEFORE, *, missing: str | None = None, forgiving: bool = False
    ) -> Event:
        """By its id: remove one. `forgiving`: one that is not there is gone, as asked."""

        async def delete(actor: Actor, key: Any) -> None:
            await self._resource.delete(actor, key)

        return self._deed(name, delete, DELETED, told, missing=missing, forgiving=forgiving)

    def deed(
        self,
        name: str,
        deed: Callable[[Actor, T], Awaitable[None]],
        message: str,
        told: Told = Told.AFTER,
        *,
        forgiving: bool = False,
    ) -> Event:
        """By its id: do something with one."""

        async def on_one(actor: Actor, key: Any) -> None:
            await deed(actor, await self._resource.get(actor, key, self._resource.edit))

        return self._deed(name, on_one, message, told, forgiving=forgiving)

    def test(self, name: str, test: Callable[[Any], Awaitable[str]]) -> Event:
        """From a client's object, stored or not: what a test of it says. Secrets kept are those of its id."""

        async def tested(caller: Caller, payload: Any) -> Answer:
            key = payload.get("id") if isinstance(payload, Mapping) else None
            old = None
            if caller.namespace == PAGE and key not in _NEW:
                with self._refusing():
                    old = await self._resource.get(actor_of(caller), key, self._resource.edit)
            return {"ok": True, "msg": await test(self._with_secrets(caller, payload, old))}

        return Event(name, tested, 1, needs=self._resource.edit)

    def _deed(
        self,
        name: str,
        deed: Callable[[Actor, Any], Awaitable[None]],
        message: str,
        told: Told,
        *,
        missing: str | None = None,
        forgiving: bool = False,
    ) -> Event:
        async def done(caller: Caller, key: Any) -> Answer:
            with self._refusing(missing, forgiving=forgiving):
                await deed(actor_of(caller), key)
            return await self._tell(caller, told, _said(message, {}))

        return Event(name, done, 1, needs=self._resource.edit)

    # --- inside ------------------------------------------------------------------------------------------

    def _document(self, caller: Caller, payload: Any, old: T | None) -> Any:
        return self._with_secrets(caller, self._reading(caller, payload, old), old)

    def _with_secrets(self, caller: Caller, document: Any, old: T | None) -> Any:
        """Our own page is not shown secrets: it says which ones stay."""
        if caller.namespace != PAGE or not isinstance(document, Mapping):
            return document
        return restored(document, self._resource.keeper.document(old) if old is not None else {})

    async def _change(self, caller: Caller, key: Any, payload: Any, missing: str | None = None) -> T:
        actor = actor_of(caller)
        with self._refusing(missing):
            old = await self._resource.get(actor, key, self._resource.edit)
            return await self._resource.replace(actor, key, self._document(caller, payload, old))

    @contextmanager
    def _refusing(self, missing: str | None = None, *, forgiving: bool = False) -> Iterator[None]:
        """Say in the words of the wire what is not there."""
        try:
            yield
        except Missing as error:
            if not forgiving:
                sentence = (error.foreign and self._foreign) or missing or self._missing
                raise UserError(sentence, i18n=self._i18n) from None

    async def _tell(self, caller: Caller, told: Told, answer: dict[str, Any]) -> Answer:
        listing, organisation = self._listing, actor_of(caller).organisation
        if self._page is not None:
            await push_changed(self._page, organisation, self._resource)
        if listing is None or told is Told.NEVER:
            return answer
        if told is Told.AFTER:
            return Then(answer, lambda: listing.push_change(organisation))
        await listing.push_change(organisation)
        return answer


def _said(message: str, extra: dict[str, Any]) -> dict[str, Any]:
    """The answer of a change that went well."""
    said = {"msg": message, "msgi18n": True} if message else {}
    return {"ok": True, **said, **extra}
