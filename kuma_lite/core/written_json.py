"""JSON that is written already."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class WrittenJson(Struct, frozen=True):
    """An answer, or an argument of a push, that is written already, in pieces: put together where it is sent.

    That of thousands of monitors has 17 MB, of which each copy is a moment in which nothing else runs.
    """

    pieces: Sequence[str]
