"""Values as clients of Uptime Kuma send them (pure): numbers as text, one value where a list is meant.

Uptime Kuma 2.5 checks few types; JavaScript and the columns of its database convert what arrives, and clients
have come to live on that. What no conversion gives is None, for whoever reads it to refuse or to leave out.
"""

from __future__ import annotations

import math
from typing import Any, Final

from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import text_of
from kuma_lite.core.patterns import pattern

MAX_TEXT_CHARS: Final = 10_000  # of what stands in lists that every client gets; on SQLite there is no limit
MAX_ID: Final = 1 << 62  # beyond it no row can be
_NUMBER: Final = pattern(r"[+-]?([0-9]{1,300}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
# What an object that is not there is called by the runtime of Uptime Kuma 2.5. Clients compare with it.
NULL_OBJECT: Final = "Cannot read properties of null (reading 'id')"


def number(value: Any) -> float | int | None:
    """A finite number, also as text; true and false are 1 and 0. Whole ones are `int`."""
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            return None
        value = int(text) if text.lstrip("+-").isdecimal() else float(text)
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value) if value == int(value) else value


def whole(value: Any) -> int | None:
    """A whole number, also as `1.0`, `"1"` or `"1.0"`; true and false are none."""
    found = None if isinstance(value, bool) else number(value)
    return found if isinstance(found, int) else None


def identifier(value: Any) -> int | None:
    """The number of a thing: `whole`, from 1."""
    found = whole(value)
    return found if found is not None and 0 < found < MAX_ID else None


def text(value: Any) -> str | None:
    """A text; numbers as JavaScript writes them, true and false as 1 and 0."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    return text_of(value) if isinstance(value, int | float) and math.isfinite(value) else None


def short_text(value: Any, what: str, about: str = "") -> str | None:
    """A `text` that may stand in a list.

    Args:
        value: what came.
        what: it is, in words.
        about: its key on the wire.

    Raises:
        UserError: it is longer.
    """
    found = text(value)
    if found is not None and len(found) > MAX_TEXT_CHARS:
        sentence = "{what} has at most {most} characters."
        raise UserError(sentence, what=what, most=MAX_TEXT_CHARS, about=about)
    return found


def flag(value: Any) -> bool:
    """Whether something is on; "0" and "false" are off, as whoever writes them means it."""
    return bool(value) and not (isinstance(value, str) and value.strip().lower() in ("0", "false"))


def listed(value: Any) -> list[Any]:
    """A list; one value stands for a list of it, nothing for an empty one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def not_there(label: str) -> str:
    """The sentence about a thing that does not exist, with the words by which clients know that."""
    return f"The {label} does not exist: {NULL_OBJECT}"
