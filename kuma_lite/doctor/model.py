"""What an examination finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"  # worth knowing, and works
    WARNING = "warning"  # will be trouble, or is for some monitors
    TROUBLE = "trouble"  # keeps the server from its work


_ORDER = list(Level)


class Finding(Struct, frozen=True):
    """One thing that was looked at.

    Attributes:
        what: what was looked at, in a word or two.
        level: how bad it is.
        says: one sentence; no secrets, for it goes into bundles.
        do: what to do about it; "" where there is nothing.
    """

    what: str
    level: Level
    says: str
    do: str = ""

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


Examination = Callable[[], Iterable[Finding]]


def examined(examinations: Iterable[tuple[str, Examination]]) -> list[Finding]:
    """Everything that is found; an examination that fails is a finding itself, and the others go on."""
    found: list[Finding] = []
    for what, examine in examinations:
        try:
            found += examine()
        except Exception as error:
            reason = getattr(error, "strerror", None) or error
            found.append(Finding(what, Level.NOTE, f"This could not be examined: {reason}."))
    return found


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Those of one level in the order in which they were found."""
    return sorted(findings, key=lambda each: _ORDER.index(each.level), reverse=True)


def worst(findings: Iterable[Finding]) -> Level:
    """The worst there is."""
    return max((finding.level for finding in findings), key=_ORDER.index, default=Level.OK)
