"""The routes of one kind of thing: list, get, create, change, replace, delete.

Made from the description of the kind (`core.resources.Resource`). Every answer with one thing has an `ETag`;
with `If-Match` a change is refused (412) where somebody else was faster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from litestar import Response
from litestar.enums import HttpMethod

from kuma_lite.core.access import Actor, Forbidden, Right
from kuma_lite.core.errors import UserError
from kuma_lite.core.resource_documents import field_of
from kuma_lite.core.resources import CREATE, DELETE, REPLACE, Document, Resource
from kuma_lite.management import listing
from kuma_lite.management.bodies import ID, STATE, body_of, created, patched, replaced
from kuma_lite.rest.etags import ETAG, etag_of, not_modified, refuse_stale
from kuma_lite.rest.operation import Tagged
from kuma_lite.rest.problems import problem_body
from kuma_lite.rest.requests import AnyRequest, TextQuery, WholeQuery, actor_of
from kuma_lite.rest.route import CREATED, GET, NO_CONTENT, POST, Route, key_in
from kuma_lite.rest.route import DELETE as REMOVING
from kuma_lite.rest.shapes import anything, nullable

_PUT, _PATCH = HttpMethod.PUT, HttpMethod.PATCH
_QUERY: Final = (
    WholeQuery(listing.LIMIT, "How many", listing.USUAL, listing.MOST),
    TextQuery(listing.CURSOR, "`next_cursor` of the page before"),
    TextQuery(listing.SORT, "Field to sort by, with - in front for the other way round; by id if not given"),
    TextQuery(listing.SEARCH, "A part of the name"),
    TextQuery(listing.FIELDS, "Names of fields with commas between; all if not given"),
)


class Managed:
    """The routes of one kind.

    Args:
        resource: the kind.
        example: a body that makes one.
        state: what a body tells of one beside its fields, if anything.
        once: what only the answer tells that made one, if anything.
        copied: what a copy has that differs from the document of the original; None: there are no copies.
    """

    def __init__(
        self,
        resource: Resource[Any],
        example: Mapping[str, Any],
        state: Callable[[Any], Mapping[str, Any]] | None = None,
        once: Callable[[Any], Mapping[str, Any]] | None = None,
        copied: Callable[[Document], Document] | None = None,
    ) -> None:
        self._resource = resource
        self._example = example
        self._state = state
        self._once = once
        self._copied = copied

    def routes(self) -> Iterator[Route]:
        """Those that the kind allows."""
        resource = self._resource
        path = f"/api/v1/{resource.plural.replace('_', '-')}"
        one = f"{path}/{{key:str}}"
        name = resource.name
        shown = anything({ID: 1, **self._example, "secrets": []})
        route = partial(Route, tag=_title(resource.plural), people=True, problems=True)
        yield route(
            name=f"{name}_list",
            method=GET,
            path=path,
            needs=resource.view,
            handler=self.list,
            response={"data": [shown], "next_cursor": nullable("WzEsMV0"), "total": 1},
            query=_QUERY,
        )
        yield route(
            name=f"{name}_get",
            method=GET,
            path=one,
            needs=resource.view,
            handler=self.get,
            response=shown,
            tagged=Tagged.SHOWN,
        )
        writing = partial(route, needs=resource.edit, request=anything(dict(self._example)), response=shown)
        if CREATE in resource.can:
            yield writing(
                name=f"{name}_create",
                method=POST,
                path=path,
                handler=self.create,
                status=CREATED,
                tagged=Tagged.MADE,
                shown_once=self._once is not None,
            )
        if self._copied is not None:
            yield writing(
                name=f"{name}_clone",
                method=POST,
                path=f"{one}/clone",
                handler=self.clone,
                status=CREATED,
                tagged=Tagged.MADE,
                request=anything({resource.named_by: "Copy"}),
            )
        if REPLACE in resource.can:
            changing = partial(writing, path=one, tagged=Tagged.CHANGED)
            yield changing(name=f"{name}_replace", method=_PUT, handler=self.replace)
            yield changing(name=f"{name}_change", method=_PATCH, handler=self.change)
        if DELETE in resource.can:
            yield route(
                name=f"{name}_delete",
                method=REMOVING,
                path=one,
                needs=resource.edit,
                handler=self.delete,
                status=NO_CONTENT,
                tagged=Tagged.CHANGED,
            )

    # --- reading -----------------------------------------------------------------------------------------

    async def list(self, request: AnyRequest) -> Response[Any]:
        """List all that there are, a page at a time; any field may be a filter: `?type=http`."""
        actor = _person(request)
        things = await self._resource.list(actor)
        asked = listing.wanted(request.query_params)
        named_by = self._resource.named_by

        def name_of(body: Document) -> str:
            return str(body.get(named_by) or "")

        bodies = [partial(self._body, thing) for thing in things]
        found, cursor, total = await listing.part(bodies, asked, name_of, lambda: asyncio.sleep(0))
        return Response({"data": found, "next_cursor": cursor, "total": total})

    async def get(self, request: AnyRequest) -> Response[Any]:
        """Show one."""
        thing = await self._find(request)
        return not_modified(request, self._tag(thing)) or self._answer(thing)

    # --- writing -----------------------------------------------------------------------------------------

    async def create(self, request: AnyRequest) -> Response[Any]:
        """Make a new one; what the body leaves out has its default."""
        actor = _person(request)
        wire = created(self._resource, await problem_body(request))
        with self._naming_field(wire):
            thing = await self._resource.create(actor, wire)
        return self._answer(thing, CREATED, self._once(thing) if self._once else {})

    async def clone(self, request: AnyRequest) -> Response[Any]:
        """Make another one like it, secrets included, with what the body says differently (RFC 7396)."""
        assert self._copied is not None
        changes = await problem_body(request) if await request.body() else {}
        thing = await self._find(request, self._resource.edit)
        named_by = self._resource.named_by
        changes = {named_by: self._resource.title(thing), **changes}
        wire = self._copied(patched(self._resource, thing, changes))
        with self._naming_field(wire):
            return self._answer(await self._resource.create(_person(request), wire), CREATED)

    async def replace(self, request: AnyRequest) -> Response[Any]:
        """Give one these fields; what the body leaves out has its default, but secrets stay."""
        return await self._write(request, replaced)

    async def change(self, request: AnyRequest) -> Response[Any]:
        """Change some fields (RFC 7396); null gives one its default."""
        return await self._write(request, patched)

    async def delete(self, request: AnyRequest) -> None:
        """Remove one."""
        number = self._resource.identify(await self._find(request, self._resource.edit))
        await self._resource.delete(_person(request), number, partial(self._look_at_tag, request))

    # --- inside ------------------------------------------------------------------------------------------

    async def _write(
        self, request: AnyRequest, wire_of: Callable[[Resource[Any], Any, Mapping[str, Any]], Document]
    ) -> Response[Any]:
        body = await problem_body(request)
        number = self._resource.identify(await self._find(request, self._resource.edit))
        wire: Document = {}

        def changed(thing: Any) -> Document:
            """Of two changes at once the second one sees what the first has done."""
            self._look_at_tag(request, thing)
            wire.update(wire_of(self._resource, thing, body))
            return wire

        with self._naming_field(wire):
            return self._answer(await self._resource.rewrite(_person(request), number, changed))

    @contextmanager
    def _naming_field(self, wire: Document) -> Iterator[None]:
        """What does not fit is told by the name that bodies have for it."""
        try:
            yield
        except UserError as error:
            if field := field_of(self._resource, wire, error):
                error.extra["field"] = field
            raise

    async def _find(self, request: AnyRequest, right: Right | None = None) -> Any:
        actor, key = _person(request), key_in(request)
        number: Any = int(key) if key.isascii() and key.isdecimal() and len(key) < 16 else key
        return await self._resource.get(actor, number, right)

    def _body(self, thing: Any) -> Document:
        body = body_of(self._resource, thing)
        return {**body, STATE: self._state(thing)} if self._state else body

    def _tag(self, thing: Any) -> str:
        """Of what can be changed, and of its state: whoever asks again hears of a beat, too."""
        state = self._state(thing) if self._state else None
        return etag_of(self._resource.keeper.document(thing), state)

    def _look_at_tag(self, request: AnyRequest, thing: Any) -> None:
        refuse_stale(request, self._tag(thing), self._resource.shown_name)

    def _answer(self, thing: Any, status: int = 200, more: Mapping[str, Any] | None = None) -> Response[Any]:
        body = {**self._body(thing), **(more or {})}
        return Response(body, status_code=status, headers={ETAG: self._tag(thing)})


def _title(plural: str) -> str:
    return plural.replace("_", " ").capitalize()


def _person(request: AnyRequest) -> Actor:
    """Who asks; machines of projects know of servers alone. Raises Forbidden."""
    actor = actor_of(request)
    if actor.user_id is None:
        raise Forbidden(actor)
    return actor
