"""What can be wrong with a template, and where."""

from __future__ import annotations


class TemplateError(Exception):
    """A template cannot be read or rendered.

    Args:
        message: what is wrong, without a full stop.
        source: the template.
        position: the character in it, from 0; None where no place can be named.
    """

    def __init__(self, message: str, source: str = "", position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.position = position

    @property
    def line(self) -> int | None:
        """From 1."""
        return None if self.position is None else self.source.count("\n", 0, self.position) + 1

    @property
    def column(self) -> int | None:
        """From 1."""
        if self.position is None:
            return None
        return self.position - (self.source.rfind("\n", 0, self.position) + 1) + 1

    def __str__(self) -> str:
        if self.position is None:
            return self.message
        return f"{self.message} (line {self.line}, column {self.column})"


class TooMuch(TemplateError):
    """A template asks for more than it may have."""
