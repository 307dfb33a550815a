"""What is refused, in the shapes of the Servers API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kuma_lite.core.errors import REFUSALS, UserError


class NotFound(UserError):
    """There is no such thing in the caller's project."""

    def __init__(self) -> None:
        super().__init__(REFUSALS[404], status=404)


class Unprocessable(Exception):
    """What came is refused as a whole, with these sentences."""

    def __init__(self, *errors: str) -> None:
        super().__init__("; ".join(errors))
        self.errors = list(errors)


class Failure(Exception):
    """An answer of exactly this shape."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.document = document
