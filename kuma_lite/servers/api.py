"""How routes of the Servers API answer, and how they are described with examples.

Its error shapes are its own: `{"error": ...}` for one sentence, `{"errors": [...]}` for what does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
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

from kuma_lite.core.doors import Access
from kuma_lite.core.errors import UserError
from kuma_lite.servers.errors import Unprocessable
from kuma_lite.servers.model import Identity

AnyRequest = Request[Any, Any, Any]
JSON: Final = "application/json"
MAX_PER_PAGE: Final = 100
_SENTENCES: Final = {401: "Unauthorized", 404: "Not Found", 413: "Payload Too Large"}


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


def _answer_user_error(_request: AnyRequest, error: UserError) -> Response[Any]:
    if error.status in (400, 422):
        return Response({"errors": [error.message]}, status_code=422)
    return Response({"error": _SENTENCES.get(error.status, error.message)}, status_code=error.status)


def _answer_http_error(_request: AnyRequest, error: HTTPException) -> Response[Any]:
    sentence = _SENTENCES.get(error.status_code, error.detail)
    return Response({"error": sentence}, status_code=error.status_code)


# What every route of this API states.
ROUTE: Final[Mapping[str, Any]] = {
    "opt": {"access": Access.PROJECT},
    "exception_handlers": {
        Failure: _answer_failure,
        Unprocessable: _answer_unprocessable,
        UserError: _answer_user_error,
        HTTPException: _answer_http_error,
    },
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
        raise Failure(403, {"error": "A project token cannot do this; use a user token."})
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


def whole_query(request: AnyRequest, name: str, default: int, most: int) -> int:
    """A positive number of the query; larger ones than `most` count as it. Raises Unprocessable."""
    text = request.query_params.get(name)
    if text is None or text == "":
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > 18 or int(text) < 1:
        raise Unprocessable(f"{name} must be a positive whole number")
    return min(int(text), most)


# --- what is described -------------------------------------------------------------------------------------


def documented(
    response: Any = None,
    *,
    status: int = 200,
    request: Any = None,
    query: Sequence[tuple[str, str]] = (),
) -> type[Operation]:
    """An OpenAPI operation with examples.

    Args:
        response: example of the answer; None for one without body.
        status: of that answer.
        request: example of the body; None for routes that read none.
        query: name and description of each parameter, all optional.
    """

    class Documented(Operation):
        def __init__(self, **words: Any) -> None:
            super().__init__(**words)
            self.security = [{"token": []}]
            self.responses = {str(status): _described(response), **_refusals()}
            self.parameters = [*(self.parameters or []), *(_parameter(*item) for item in query)] or None
            if request is not None:
                self.request_body = RequestBody(content={JSON: _media(request)}, required=True)

    return Documented


def _described(response: Any) -> OpenAPIResponse:
    if response is None:
        return OpenAPIResponse(description="Done; no body")
    return OpenAPIResponse(description="The answer", content={JSON: _media(response)})


def _refusals() -> dict[str, OpenAPIResponse]:
    return {
        "401": OpenAPIResponse(
            description="The token is missing or invalid", content={JSON: _media({"error": "Unauthorized"})}
        ),
        "404": OpenAPIResponse(
            description="Not in the caller's project", content={JSON: _media({"error": "Not Found"})}
        ),
        "422": OpenAPIResponse(
            description="Something does not fit", content={JSON: _media({"errors": ["Invalid metric name"]})}
        ),
    }


def _media(example: Any) -> OpenAPIMediaType:
    kind = OpenAPIType.ARRAY if isinstance(example, list) else OpenAPIType.OBJECT
    return OpenAPIMediaType(schema=Schema(type=kind), examples={"example": Example(value=example)})


def _parameter(name: str, description: str) -> Parameter:
    return Parameter(
        name=name,
        param_in="query",
        description=description,
        required=False,
        schema=Schema(type=OpenAPIType.STRING),
    )
