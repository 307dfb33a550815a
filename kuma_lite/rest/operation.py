"""How REST routes are described in the OpenAPI document, by examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar.openapi.spec import (
    Example,
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
from kuma_lite.rest.requests import JSON, TextQuery, WholeQuery
from kuma_lite.rest.shapes import error, errors, example_of, schema_of

_REFUSALS: Final[Mapping[int, tuple[str, Any]]] = {
    401: ("The token is missing or invalid", error(REFUSALS[401])),
    403: ("Not with this token: it opens less, or is that of a project", error(NOT_FOR_MACHINES)),
    404: ("Not in the caller's project", error(REFUSALS[404])),
    412: ("Somebody else has changed it meanwhile", error("Precondition Failed")),
    409: ("A request with this idempotency key is being answered", error("Conflict")),
    413: ("The body is too large", error(REFUSALS[413])),
    422: ("Something does not fit", errors("Invalid metric name")),
    429: ("Too many requests within a minute; `Retry-After` says when", error("Too Many Requests")),
}

_IDEMPOTENCY: Final = Parameter(
    name="Idempotency-Key",
    param_in="header",
    description="The same key with the same body gets the same answer for a day, and nothing is done twice",
    required=False,
    schema=Schema(type=OpenAPIType.STRING, min_length=1, max_length=255),
)


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
        path: of the route; its parameters are described in their order there.
    """
    refusals = {401, 403, 404, 413, 422, 429} | ({412} if problems else set())

    class Documented(Operation):
        def __init__(self, **words: Any) -> None:
            super().__init__(**words)
            self.security = [{"token": []}]
            self.responses = {str(status): _described(response, media_type)}
            for refusal in sorted(refusals | ({409} if posts else set())):
                self.responses[str(refusal)] = (
                    _problem(refusal) if problems else _refusal(refusal, misfit if refusal == 422 else None)
                )
            keys = sorted(self.parameters or [], key=lambda key: path.find(f"{{{getattr(key, 'name', '')}:"))
            self.parameters = [*keys, *map(_parameter, query), *([_IDEMPOTENCY] if posts else [])] or None
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
