"""How REST routes are described in the OpenAPI document, by examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final

from litestar.openapi.spec import (
    Example,
    OpenAPIHeader,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)
from litestar.openapi.spec.enums import OpenAPIType

from kuma_lite.core.access import NOT_FOR_MACHINES
from kuma_lite.core.errors import REFUSALS
from kuma_lite.rest.etags import ETAG, STALE
from kuma_lite.rest.requests import JSON, TextQuery, WholeQuery
from kuma_lite.rest.shapes import error, errors, example_of, schema_of

_REFUSALS: Final[Mapping[int, tuple[str, Any]]] = {
    401: ("The token is missing or invalid", error(REFUSALS[401])),
    403: ("Not with this token: it opens less, or is that of a project", error(NOT_FOR_MACHINES)),
    404: ("Not in the caller's project", error(REFUSALS[404])),
    412: ("Somebody else has changed it meanwhile", error(STALE.format(shown_name="server"))),
    409: ("A request with this idempotency key is being answered", error("Conflict")),
    413: ("The body is too large", error(REFUSALS[413])),
    422: ("Something does not fit", errors("Invalid metric name")),
    429: ("Too many requests within a minute; `Retry-After` says when", error("Too Many Requests")),
}

_TEXT: Final = Schema(type=OpenAPIType.STRING)
_NOT_MODIFIED: Final = 304
_REMOVED: Final = 204


def header(name: str, description: str, schema: Schema = _TEXT) -> Parameter:
    """A header that a request may have."""
    return Parameter(name=name, param_in="header", description=description, required=False, schema=schema)


_IDEMPOTENCY: Final = header(
    "Idempotency-Key",
    "The same key with the same body gets the same answer for a day, and nothing is done twice",
    Schema(type=OpenAPIType.STRING, min_length=1, max_length=255),
)
_IF_MATCH: Final = header("If-Match", "An `ETag`: nothing is done if somebody else was faster (412)")
_IF_NONE_MATCH: Final = header("If-None-Match", "An `ETag`: the answer is 304 if there is nothing new")
_ETAG: Final = {ETAG: OpenAPIHeader(schema=_TEXT, description="For `If-Match` and `If-None-Match`")}


class Tagged(Enum):
    """What a route has to do with the `ETag` of a thing."""

    NOTHING = "nothing"  # no (): Python 3.11.2 makes an object() of that
    SHOWN = "shown"
    MADE = "made"
    CHANGED = "changed"

    @property
    def header(self) -> Parameter | None:
        """The one that a request may have."""
        return {Tagged.SHOWN: _IF_NONE_MATCH, Tagged.CHANGED: _IF_MATCH}.get(self)


def documented(
    response: Any = None,
    *,
    status: int = 200,
    request: Any = None,
    query: Sequence[TextQuery | WholeQuery] = (),
    people: bool = False,
    misfit: Any = None,
    path: str = "",
    problems: bool = False,
    media_type: str = JSON,
    posts: bool = False,
    tagged: Tagged = Tagged.NOTHING,
    headers: Sequence[Parameter] = (),
) -> type[Operation]:
    """An OpenAPI operation with examples, and schemas that follow from them.

    Args:
        response: example of the answer; None for one without body.
        status: of that answer.
        request: example of the body; None for routes that read none.
        query: its parameters.
        people: whether it is for them alone (see `person`).
        misfit: example of another shape in which it refuses what does not fit.
        problems: whether it refuses as RFC 9457 says.
        media_type: of the answer.
        posts: whether it may have an `Idempotency-Key`.
        tagged: what it has to do with an `ETag`.
        headers: further ones that it reads.
        path: of the route; its parameters are described in their order there.
    """
    refusals = {401, 403, 404, 413, 422, 429} | ({412} if tagged is Tagged.CHANGED else set())
    read = [*([tagged.header] if tagged.header else []), *headers, *([_IDEMPOTENCY] if posts else [])]

    class Documented(Operation):
        def __init__(self, **words: Any) -> None:
            super().__init__(**words)
            self.security = [{"token": []}]
            described = _described(response, media_type)
            if tagged is not Tagged.NOTHING and status != _REMOVED:
                described.headers = dict(_ETAG)
            self.responses = {str(status): described}
            if tagged is Tagged.SHOWN:
                unchanged = OpenAPIResponse(description="As the client has it already", headers=dict(_ETAG))
                self.responses[str(_NOT_MODIFIED)] = unchanged
            for refusal in sorted(refusals | ({409} if posts else set())):
                self.responses[str(refusal)] = (
                    _problem(refusal) if problems else _refusal(refusal, misfit if refusal == 422 else None)
                )
            keys = sorted(self.parameters or [], key=lambda key: path.find(f"{{{getattr(key, 'name', '')}:"))
            self.parameters = [*keys, *map(_parameter, query), *read] or None
            if request is not None:
                self.request_body = RequestBody(content={JSON: _media(request)}, required=True)

    return Documented


def _described(response: Any, media_type: str) -> OpenAPIResponse:
    if response is None:
        return OpenAPIResponse(description="Done; no body")
    return OpenAPIResponse(description="The answer", content={media_type: _media(response)})


def _refusal(status: int, other: Any) -> OpenAPIResponse:
    description, shape = _REFUSALS[status]
    shapes = [shape] if other is None else [shape, other]
    return OpenAPIResponse(description=description, content={JSON: _media(*shapes)})


def _problem(status: int) -> OpenAPIResponse:
    from kuma_lite.rest.problems import MEDIA_TYPE, PROBLEM

    return OpenAPIResponse(description=_REFUSALS[status][0], content={MEDIA_TYPE: _media(PROBLEM)})


def _media(*shapes: Any) -> OpenAPIMediaType:
    """A body of one of these shapes; the first example is called `example`."""
    schemas = [schema_of(shape) for shape in shapes]
    return OpenAPIMediaType(
        schema=schemas[0] if len(schemas) == 1 else Schema(one_of=schemas),
        examples={
            f"example{number or ''}": Example(value=example_of(shape)) for number, shape in enumerate(shapes)
        },
    )


def _parameter(query: TextQuery | WholeQuery) -> Parameter:
    return Parameter(
        name=query.name,
        param_in="query",
        description=query.description,
        required=False,
        schema=query.schema(),
    )
