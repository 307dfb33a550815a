"""Texts that must not be longer than a service takes, counted as the service counts. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from enum import Enum
from typing import Final

from kuma_lite.notifications.services.support.escaping import Escape, plain

ELLIPSIS: Final = "…"
# Joined characters looked at around a cut; longer chains are no emoji but somebody's joke.
MAX_CLUSTER_CHARS: Final = 32

_JOINER: Final = "\u200d"
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)  # two of them are one flag
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_TAGS: Final = range(0xE0020, 0xE0080)  # spell the flags of regions


class Unit(Enum):
    """What a service counts."""

    CHARACTERS = "characters"  # code points, as Python counts
    UTF16 = "UTF-16 units"  # as JavaScript, Java and C# count: most emoji are two
    BYTES = "bytes"  # of UTF-8
    SEPTETS = "septets"  # of SMS in the 7-bit alphabet of GSM: some characters are two


_TWO_SEPTETS: Final = frozenset("^{}\\[~]|€\f")

_SIZE: Final[dict[Unit, Callable[[str], int]]] = {
    Unit.CHARACTERS: len,
    Unit.UTF16: lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    Unit.BYTES: lambda text: len(text.encode("utf-8", "surrogatepass")),
    Unit.SEPTETS: lambda text: len(text) + sum(character in _TWO_SEPTETS for character in text),
}


def limited(
    text: str,
    limit: int,
    unit: Unit = Unit.CHARACTERS,
    *,
    end: str = ELLIPSIS,
    escape: Escape = plain,
) -> str:
    """At most `limit` units of the text; `end` stands for what was cut off ("" for a plain cut).

    Never cuts through a surrogate pair, an emoji or a letter with its accents. `escape` is applied to what is
    left, and its marks count.
    """
    count = _SIZE[unit]

    def size(piece: str) -> int:
        return count(escape(piece))

    if len(text) <= limit and size(text) <= limit:
        return escape(text)
    if size(end) > limit:
        end = ""
    return escape(text[: _cut(text, limit - size(end), size)] + end)


def _cut(text: str, room: int, size: Callable[[str], int]) -> int:
    """The index up to which the text fits into `room`."""
    low, high = 0, min(len(text), room)  # a character is at least one unit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= room else (low, middle - 1)
    for index in range(low, max(low - MAX_CLUSTER_CHARS, -1), -1):
        if not _joined(text, index):
            return index
    return low


def _joined(text: str, index: int) -> bool:
    """Whether the characters before and after `index` are seen as one."""
    if not 0 < index < len(text):
        return False
    before, after = text[index - 1], text[index]
    if after == _JOINER or before == _JOINER or unicodedata.category(after).startswith("M"):
        return True
    if ord(after) in _SKIN_TONES or ord(after) in _TAGS:
        return True
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return True
    return ord(after) in _FLAG_LETTERS and _flag_letters_before(text, index) % 2 == 1


def _flag_letters_before(text: str, index: int) -> int:
    count = 0
    while index > count and count < MAX_CLUSTER_CHARS and ord(text[index - count - 1]) in _FLAG_LETTERS:
        count += 1
    return count
