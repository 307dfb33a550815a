"""Refusals as RFC 9457 describes them, with a pointer to the field (RFC 6901)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Response

from kuma_lite.core.errors import UserError
from kuma_lite.rest.errors import Unprocessable
from kuma_lite.rest.shapes import named, optional

MEDIA_TYPE: Final = "application/problem+json"
PROBLEM: Final = named(
    "Problem",
    {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "interval: Input should be a valid integer",
        "errors": optional([{"pointer": "/interval", "detail": "Input should be a valid integer"}]),
    },
)


class Problem(Exception):
    """A refusal with this status and sentence."""

    def __init__(self, status: int, detail: str, *fields: tuple[str, str]) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.fields = fields

    def document(self) -> dict[str, Any]:
        """The body of the answer."""
        found: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.fields:
            found["errors"] = [
                {"pointer": _pointer(field), "detail": sentence} for field, sentence in self.fields
            ]
        return found


def _pointer(field: str) -> str:
    steps = field.replace("[]", "").split(".")
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps if step)


async def problem_body(request: Any) -> dict[str, Any]:
    """The body of a request, an object. Raises Problem."""
    try:
        body = msgspec.json.decode(await request.body())
    except (ValueError, RecursionError):
        raise Problem(422, "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Problem(422, "The body must be a JSON object.")
    return body


def of_error(error: UserError) -> Problem:
    """What a person did wrong, as a problem."""
    status = 422 if error.status == 400 else error.status
    field = error.extra.get("field")
    if not isinstance(field, str):
        return Problem(status, error.message)
    return Problem(status, error.message, (field, error.message.removeprefix(f"{field}: ")))


def answer_problem(_request: Any, error: Problem) -> Response[Any]:
    """For Litestar: a problem as an answer."""
    return Response(error.document(), status_code=error.status, media_type=MEDIA_TYPE)


def answer_unprocessable(request: Any, error: Unprocessable) -> Response[Any]:
    """For Litestar: what does not fit into a query."""
    return answer_problem(request, Problem(422, f"{'; '.join(error.errors)}."))


def answer_user_error(request: Any, error: UserError) -> Response[Any]:
    """For Litestar: whatever else is told to people."""
    return answer_problem(request, of_error(error))
