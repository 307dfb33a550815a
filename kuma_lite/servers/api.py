"""How routes of the Servers API answer, and how they are described with examples.

Its error shapes are its own: `{"error": ...}` for one sentence, `{"errors": [...]}` for what does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.openapi.spec import (
    Example,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from kuma_lite.core.doors import Access
from kuma_lite.core.errors import REFUSALS
from kuma_lite.servers import examples
from kuma_lite.servers.errors import Unprocessable
from kuma_lite.servers.model import Identity
from kuma_lite.servers.shapes import example_of, schema_of

AnyRequest = Request[Any, Any, Any]
JSON: Final = "application/json"
MAX_PER_PAGE: Final = 100
_NOT_FOR_MACHINES: Final = "A project token cannot do this; use a user token."


class Failure(Exception):
    """An answer of exactly this shape."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.document = document


def _answer_failure(_request: AnyRequest, error: Failure) -> Response[Any]:
    return Response(error.document, status_code=error.status)


def _answer_unprocessable(_request: AnyRequest, error: Unprocessable) -> Response[Any]:
    return Response({"errors": error.errors}, status_code=422)


# What every route of this API states.
ROUTE: Final[Mapping[str, Any]] = {
    "opt": {"access": Access.PROJECT},
    "exception_handlers": {Failure: _answer_failure, Unprocessable: _answer_unprocessable},
    "raises": [],
}


# --- what came ---------------------------------------------------------------------------------------------


def identity(request: AnyRequest) -> Identity:
    """Who is asking."""
    found: Identity = request.user
    return found


def person(request: AnyRequest) -> int:
    """The id of the person who asks. Raises Failure for machines."""
    found = identity(request).user_id
    if found is None:
        raise Failure(403, {"error": _NOT_FOR_MACHINES})
    return found


async def json_object(request: AnyRequest) -> dict[str, Any]:
    """The body. Raises Unprocessable."""
    try:
        found = msgspec.json.decode(await request.body() or b"{}")
    except (ValueError, RecursionError):  # what is no UTF-8 is no msgspec.DecodeError
        raise Unprocessable("The body is not valid JSON") from None
    if not isinstance(found, dict):
        raise Unprocessable("The body must be a JSON object")
    return found


def inner_object(body: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The object under a key. Raises Unprocessable."""
    found = body.get(key)
    if not isinstance(found, dict):
        raise Unprocessable(f"{key} is required and must be an object")
    return found


@dataclass(frozen=True, slots=True)
class TextQuery:
    """A parameter of the query, always optional: a text, or one of some."""

    name: str
    description: str
    choices: tuple[str, ...] = ()
    format: OpenAPIFormat | None = None

    def schema(self) -> Schema:
        """What fits."""
        return Schema(type=OpenAPIType.STRING, enum=list(self.choices) or None, format=self.format)


@dataclass(frozen=True, slots=True)
class WholeQuery:
    """A positive whole number in the query, `default` when it is left out; larger ones count as `most`."""

    name: str
    description: str
    default: int
    most: int

    def schema(self) -> Schema:
        """What fits."""
        return Schema(type=OpenAPIType.INTEGER, default=self.default, minimum=1, maximum=self.most)

    def of(self, request: AnyRequest) -> int:
        """The number of a request. Raises Unprocessable."""
        text = request.query_params.get(self.name)
        if text is None or text == "":
            return self.default
        if not text.isascii() or not text.isdecimal() or len(text) > 18 or int(text) < 1:
            raise Unprocessable(f"{self.name} must be a positive whole number")
        return min(int(text), self.most)


PAGE: Final = WholeQuery("page", "Number of the page", 1, 10**9)

# --- what is described -------------------------------------------------------------------------------------

_REFUSALS: Final[Mapping[int, tuple[str, Any]]] = {
    401: ("The token is missing or invalid", examples.error(REFUSALS[401])),
    403: ("Not with the token of a project", examples.error(_NOT_FOR_MACHINES)),
    404: ("Not in the caller's project", examples.error(REFUSALS[404])),
    413: ("The body is too large", examples.error(REFUSALS[413])),
    422: ("Something does not fit", examples.errors("Invalid metric name")),
}


def documented(
    response: Any = None,
    *,
    status: int = 200,
    request: Any = None,
    query: Sequence[TextQuery | WholeQuery] = (),
    people: bool = False,
    misfit: Any = None,
) -> type[Operation]:
    """An OpenAPI operation with examples, and schemas that follow from them.

    Args:
        response: example of the answer; None for one without body.
        status: of that answer.
        request: example of the body; None for routes that read none.
        query: its parameters.
        people: whether it is for them alone (see `person`).
        misfit: example of another shape in which it refuses what does not fit.
    """
    refusals = {401, 404, 422} | ({403} if people else set()) | ({413} if request is not None else set())

    class Documented(Operation):
        def __init__(self, **words: Any) -> None:
            super().__init__(**words)
            self.security = [{"token": []}]
            self.responses = {str(status): _described(response)}
            for refusal in sorted(refusals):
                self.responses[str(refusal)] = _refusal(refusal, misfit if refusal == 422 else None)
            self.parameters = [*(self.parameters or []), *map(_parameter, query)] or None
            if request is not None:
                self.request_body = RequestBody(content={JSON: _media(request)}, required=True)

    return Documented


def _described(response: Any) -> OpenAPIResponse:
    if response is None:
        return OpenAPIResponse(description="Done; no body")
    return OpenAPIResponse(description="The answer", content={JSON: _media(response)})


def _refusal(status: int, other: Any) -> OpenAPIResponse:
    description, shape = _REFUSALS[status]
    shapes = [shape] if other is None else [shape, other]
    return OpenAPIResponse(description=description, content={JSON: _media(*shapes)})


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
