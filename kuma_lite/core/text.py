"""Text from elsewhere that is not quite text."""

from __future__ import annotations

from typing import Final

from kuma_lite.core.patterns import pattern

_HALF_PAIR: Final = pattern(r"[\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with U+FFFD in place of every half of a surrogate pair.

    JSON may escape one, and names that the system gives in bytes that are not UTF-8 arrive as such; they can
    neither be stored nor sent.
    """
    return _HALF_PAIR.sub("\ufffd", text)
