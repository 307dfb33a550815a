"""The routes of a collection of things: list, get, create, update, delete, made from one description."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

from litestar import Response
from msgspec import Raw, Struct, field

from kuma_lite.core.access import Actor, Right
from kuma_lite.rest.errors import Failure
from kuma_lite.rest.etags import ETAG, STALE, etag_of, is_stale, not_modified
from kuma_lite.rest.operation import Tagged
from kuma_lite.rest.requests import PAGE, AnyRequest, WholeQuery, actor_of, inner_object, json_object
from kuma_lite.rest.route import CHANGE, CREATED, DELETE, GET, NO_CONTENT, POST, Route, key_in

T = TypeVar("T")
Given = TypeVar("Given", covariant=True)

_API: Final = "/api/v1"


class Collection(Protocol[Given]):
    """What can be done with the things; a `core.resources.Resource` is one."""

    async def list(self, actor: Actor) -> Sequence[Given]:
        """All that the actor reaches."""

    async def get(self, actor: Actor, key: Any) -> Given:
        """One of them. Raises UserError with status 404."""

    async def create(self, actor: Actor, document: Any) -> Given:
        """A new one."""

    async def patch(self, actor: Actor, key: Any, changes: Any) -> Given:
        """One with changes."""

    async def delete(self, actor: Actor, key: Any) -> Any:
        """Remove one."""


class Rest(Struct, Generic[T], frozen=True, kw_only=True):
    """The description of a collection. Operations whose example is missing there are none of.

    Args:
        things: what can be done with them.
        one: the name of one, in operations and around it in bodies.
        many: that of many, in operations and in the path.
        tag: the group in the OpenAPI document.
        view: the right to see them.
        edit: the right to change them.
        shown: one as an answer has it.
        example: one as an answer has it, to describe it.
        gets: whether one can be asked for.
        new: example of the body that makes one.
        made: one as the answer says it that made it, with its example; as in other answers when left out.
        change: example of the body that changes one.
        deletes: the verb of removing one; "" when that cannot be done.
        key: the name of its id in the path.
        per_page: the number in one answer; None: all.
        people: whether machines are kept out.
        version: what people can change of one, secrets too, for its `ETag`; what is shown if left out.
        listed: the same as `shown` as JSON, where somebody keeps that.
    """

    things: Collection[T]
    one: str
    many: str
    tag: str
    view: Right
    edit: Right
    shown: Callable[[T], Mapping[str, Any]]
    example: Any
    gets: bool = True
    new: Any = None
    made: tuple[Callable[[T], Mapping[str, Any]], Any] | None = None
    change: Any = None
    deletes: str = "delete"
    key: str = "key"
    per_page: WholeQuery | None = None
    people: bool = False
    version: Callable[[T], Mapping[str, Any]] | None = None
    listed: Callable[[T], Raw] | None = None
    # Of two changes with the same `If-Match` the second one is to find that it came too late.
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def routes(self) -> Iterator[Route]:
        """Those there are."""
        all_of_them = f"{_API}/{self.many}"
        one = f"{all_of_them}/{{{self.key}:str}}"
        yield from self._reading(all_of_them, one)
        yield from self._writing(all_of_them, one)

    def _reading(self, all_of_them: str, one: str) -> Iterator[Route]:
        reading = partial(Route, method=GET, needs=self.view, tag=self.tag, people=self.people)
        yield reading(
            name=f"list_{self.many}",
            path=all_of_them,
            handler=self._list,
            response=[self.example],
            query=[PAGE, self.per_page] if self.per_page else [],
        )
        if self.gets:
            yield reading(
                name=f"get_{self.one}",
                path=one,
                handler=self._get,
                response=self.example,
                tagged=Tagged.SHOWN,
            )

    def _writing(self, all_of_them: str, one: str) -> Iterator[Route]:
        writing = partial(Route, needs=self.edit, tag=self.tag, people=self.people)
        if self.new is not None:
            yield writing(
                name=f"create_{self.one}",
                method=POST,
                path=all_of_them,
                handler=self._create,
                status=CREATED,
                response=self.made[1] if self.made else self.example,
                shown_once=self.made is not None,
                request=self.new,
                tagged=Tagged.MADE,
            )
        if self.change is not None:
            yield writing(
                name=f"update_{self.one}",
                method=CHANGE,
                path=one,
                handler=self._update,
                response=self.example,
                request=self.change,
                tagged=Tagged.CHANGED,
            )
        if self.deletes:
            name = f"{self.deletes}_{self.one}"
            yield writing(
                name=name,
                method=DELETE,
                path=one,
                handler=self._delete,
                status=NO_CONTENT,
                tagged=Tagged.CHANGED,
            )

    async def _list(self, request: AnyRequest) -> list[Any]:
        """List all that the caller may see, or a part of them."""
        first, last = 0, None
        if self.per_page is not None:
            page, count = PAGE.of(request), self.per_page.of(request)
            first, last = (page - 1) * count, page * count
        found = await self.things.list(actor_of(request))
        if self.listed is not None:
            return [self.listed(thing) for thing in found[first:last]]
        return [dict(self.shown(thing)) for thing in found[first:last]]

    @asynccontextmanager
    async def turn(self, request: AnyRequest) -> AsyncIterator[None]:
        """While one is changed. Raises Failure (412) where it is not any more what the client has seen."""
        async with self._turn:
            if "if-match" in request.headers:
                thing = await self.things.get(actor_of(request), key_in(request, self.key))
                if is_stale(request, self._tag(thing)):
                    raise Failure(412, {"error": STALE.format(shown_name=self.one)})
            yield

    def answer(self, thing: T, shown: Mapping[str, Any] | None = None, status: int = 200) -> Response[Any]:
        """One as it is now, or as `shown` says."""
        body = dict(self.shown(thing) if shown is None else shown)
        return Response(body, status_code=status, headers={ETAG: self._tag(thing)})

    def _tag(self, thing: T) -> str:
        shown = self.shown(thing)
        return etag_of(shown) if self.version is None else etag_of(self.version(thing), shown)

    async def _get(self, request: AnyRequest) -> Response[Any]:
        """Show one."""
        thing = await self.things.get(actor_of(request), key_in(request, self.key))
        return not_modified(request, self._tag(thing)) or self.answer(thing)

    async def _create(self, request: AnyRequest) -> Response[Any]:
        """Make one."""
        wishes = inner_object(await json_object(request), self.one)
        thing = await self.things.create(actor_of(request), wishes)
        return self.answer(thing, self.made[0](thing) if self.made else None, CREATED)

    async def _update(self, request: AnyRequest) -> Response[Any]:
        """Change what is mentioned; the rest stays as it is."""
        wishes = inner_object(await json_object(request), self.one)
        async with self.turn(request):
            return self.answer(await self.things.patch(actor_of(request), key_in(request, self.key), wishes))

    async def _delete(self, request: AnyRequest) -> None:
        """Remove one."""
        async with self.turn(request):
            await self.things.delete(actor_of(request), key_in(request, self.key))
