"""How the API refuses: `{"error": ...}` for one sentence, `{"errors": [...]}` for what does not fit. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from kuma_lite.core.errors import INTERNAL_ERROR, REFUSALS, UserError
from kuma_lite.rest.errors import Unprocessable

_UNFIT: Final = (400, 422)  # of errors for people; the Servers API knows only the latter


class Refusal(NamedTuple):
    """An answer that is one."""

    status: int
    document: Mapping[str, Any]


def refusal_of(error: Exception) -> Refusal:
    """What is told of an error; nothing of one that is a bug of ours."""
    if isinstance(error, Unprocessable):
        return Refusal(422, {"errors": error.errors})
    if not isinstance(error, UserError):
        return refused(500, INTERNAL_ERROR)
    if error.status in _UNFIT:
        return Refusal(422, {"errors": [error.message]})
    return refused(error.status, error.message)


def refused(status: int, sentence: str) -> Refusal:
    """With one sentence, unless the API has its own for that status."""
    return Refusal(status, {"error": REFUSALS.get(status, sentence)})
