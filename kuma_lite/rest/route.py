"""A route as one line of a table: who may, what it reads and answers, and the function behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from inspect import cleandoc
from typing import Any

from litestar import route
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Parameter
from litestar.types import Empty
from msgspec import Struct

from kuma_lite.core.access import Right
from kuma_lite.rest.operation import Tagged, documented
from kuma_lite.rest.requests import JSON, AnyRequest, TextQuery, WholeQuery, route_for

GET, POST, DELETE = HttpMethod.GET, HttpMethod.POST, HttpMethod.DELETE
CHANGE = (HttpMethod.PATCH, HttpMethod.PUT)  # both change what is mentioned, and nothing else
CREATED = 201
NO_CONTENT = 204


class Route(Struct, frozen=True, kw_only=True):
    """One operation of the API.

    Args:
        name: of the operation, as in `list_servers`.
        method: or several that do the same.
        path: with `{name:str}` for what `key_in` reads.
        needs: the right of its callers.
        handler: what it does; returns what is answered, nothing with status 204.
        tag: the group in the OpenAPI document.
        status: of the answer.
        response: example of the answer; the other ones as in `documented`.
        problems: whether it refuses as RFC 9457 says (`rest.problems`).
        media_type: of the answer.
        shown_once: whether the answer has a secret that nobody may keep.
        most_bytes: of the body, where it may be larger than others.
        tagged: what it has to do with the `ETag` of a thing.
        headers: that it reads; the document names them.
    """

    name: str
    method: HttpMethod | Sequence[HttpMethod]
    path: str
    needs: Right
    handler: Callable[[AnyRequest], Awaitable[Any]]
    tag: str
    status: int = 200
    response: Any = None
    request: Any = None
    query: Sequence[TextQuery | WholeQuery] = ()
    people: bool = False
    misfit: Any = None
    most_bytes: int | None = None
    problems: bool = False
    media_type: str = JSON
    shown_once: bool = False
    tagged: Tagged = Tagged.NOTHING
    headers: Sequence[Parameter] = ()

    def mounted(self) -> HTTPRouteHandler:
        """The route as Litestar serves and describes it."""
        function = self._silent() if self.status == NO_CONTENT else self._answering()
        function.__name__ = self.name
        function.__doc__ = cleandoc(self.handler.__doc__ or "")  # the document tells it
        methods = [self.method] if isinstance(self.method, HttpMethod) else list(self.method)

        def operation_id(_handler: Any, method: Any, _path: Any) -> str:
            return self.name if method == methods[0] else f"{self.name}_{method.lower()}"

        return route(
            self.path,
            http_method=methods,
            status_code=self.status,
            media_type=self.media_type,
            operation_class=documented(
                self.response,
                status=self.status,
                request=self.request,
                query=self.query,
                people=self.people,
                misfit=self.misfit,
                path=self.path,
                problems=self.problems,
                media_type=self.media_type,
                posts=POST in methods,
                tagged=self.tagged,
                headers=self.headers,
            ),
            operation_id=operation_id,
            tags=[self.tag],
            request_max_body_size=Empty if self.most_bytes is None else self.most_bytes,
            **route_for(self.needs, problems=self.problems, shown_once=self.shown_once),
        )(function)

    def _answering(self) -> Callable[[AnyRequest], Awaitable[Any]]:
        async def answer(request: AnyRequest) -> Any:
            return await self.handler(request)

        return answer

    def _silent(self) -> Callable[[AnyRequest], Awaitable[None]]:
        async def answer(request: AnyRequest) -> None:
            await self.handler(request)

        return answer


def mounted(routes: Iterable[Route]) -> list[HTTPRouteHandler]:
    """All routes of a table."""
    return [one.mounted() for one in routes]


def key_in(request: AnyRequest, name: str = "key") -> str:
    """What stands in the path for a name."""
    return str(request.path_params[name])
