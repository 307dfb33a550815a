"""Which HTTP status codes a monitor accepts: `200`, `200-299`."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

DEFAULT_CODES: Final = ("200-299",)
# Monitors share a few lists; the cache only has to be larger than the number of different ones in use.
_LISTS_REMEMBERED: Final = 1024


@lru_cache(maxsize=_LISTS_REMEMBERED)
def _ranges(codes: tuple[str, ...]) -> tuple[range, ...]:
    found = []
    for code in codes:
        first, dash, last = (part.strip() for part in code.partition("-"))
        if _is_number(first) and (_is_number(last) if dash else True):
            found.append(range(int(first), int(last if dash else first) + 1))
    return tuple(found)


@lru_cache(maxsize=_LISTS_REMEMBERED)
def is_accepted(status: int, codes: tuple[str, ...]) -> bool:
    """Whether an entry of `codes` names the status. No entry, or one that is no number, accepts nothing."""
    return any(status in accepted for accepted in _ranges(codes))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 6  # longer ones match no status
