"""What is refused, in the shapes of the Servers API."""

from __future__ import annotations

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
