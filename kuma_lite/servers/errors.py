"""What is refused, in the shapes of the Servers API."""

from __future__ import annotations

from typing import Final

from kuma_lite.core.errors import UserError

NOT_FOUND: Final = "Not Found"


class NotFound(UserError):
    """There is no such thing in the caller's project."""

    def __init__(self) -> None:
        super().__init__(NOT_FOUND, status=404)


class Unprocessable(Exception):
    """What came is refused as a whole, with these sentences."""

    def __init__(self, *errors: str) -> None:
        super().__init__("; ".join(errors))
        self.errors = list(errors)
