"""What REST routes read from a request, and how they refuse it.

Its error shapes are its own: `{"error": ...}` for one sentence, `{"errors": [...]}` for what does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.openapi.spec import (
    Schema,
)
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from msgspec import Struct

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.doors import Access, door
from kuma_lite.core.errors import UserError
from kuma_lite.rest.errors import Failure, Unprocessable

AnyRequest = Request[Any, Any, Any]
JSON: Final = "application/json"
MAX_PER_PAGE: Final = 100


def _answer_failure(_request: AnyRequest, error: Failure) -> Response[Any]:
    return Response(error.document, status_code=error.status)


def _answer_unprocessable(_request: AnyRequest, error: Unprocessable) -> Response[Any]:
    return Response({"errors": error.errors}, status_code=422)


def route_for(needs: Right, *, problems: bool = False, shown_once: bool = False) -> dict[str, Any]:
    """What every route of this API states.

    Args:
        needs: what its callers must be allowed to.
        problems: whether it refuses as RFC 9457 says (`rest.problems`).
        shown_once: whether its answer has a secret that nobody may keep.
    """
    handlers: dict[Any, Any] = {Failure: _answer_failure, Unprocessable: _answer_unprocessable}
    if problems:
        from kuma_lite.rest.problems import (
            Problem,
            answer_problem,
            answer_unprocessable,
            answer_user_error,
        )

        handlers |= {
            Problem: answer_problem,
            UserError: answer_user_error,
            Unprocessable: answer_unprocessable,
        }
    return {
        "opt": {**door(Access.PROJECT, needs), "shown_once": shown_once},
        "exception_handlers": handlers,
        "raises": [],
    }


# --- what came ---------------------------------------------------------------------------------------------


def actor_of(request: AnyRequest) -> Actor:
    """Who is asking."""
    found: Actor = request.user
    return found


def project_of(request: AnyRequest) -> int:
    """The project in which they ask."""
    project = actor_of(request).project_id
    assert project is not None  # whoever identifies callers of these doors names one
    return project


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


class TextQuery(Struct, frozen=True):
    """A parameter of the query, always optional: a text, or one of some."""

    name: str
    description: str
    choices: tuple[str, ...] = ()
    format: OpenAPIFormat | None = None

    def schema(self) -> Schema:
        """What fits."""
        return Schema(type=OpenAPIType.STRING, enum=list(self.choices) or None, format=self.format)


class WholeQuery(Struct, frozen=True):
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


def part_of(total: int, number: int, count: int) -> dict[str, int]:
    """What stands beside a part of a list; `number` is that of the part, from 1, with `count` in each."""
    return {
        "current_page": number,
        "per_page": count,
        "total_pages": -(-total // count),
        "total_count": total,
    }


PAGE: Final = WholeQuery("page", "Number of the page", 1, 10**9)
