"""Tables for people: aligned, coloured and cut to the width on a terminal, plain elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

_GAP: Final = 2  # between columns
_LEAST: Final = 10  # columns of a terminal that what is cut keeps
_PLAIN: Final = "\x1b[0m"
_PAINTS: Final = {
    "up": "\x1b[32m",
    "online": "\x1b[32m",
    "resolved": "\x1b[32m",
    "down": "\x1b[31m",
    "offline": "\x1b[31m",
    "ongoing": "\x1b[31m",
    "pending": "\x1b[33m",
    "maintenance": "\x1b[34m",
    "under-maintenance": "\x1b[34m",
    "paused": "\x1b[2m",
    "inactive": "\x1b[2m",
    "ended": "\x1b[2m",
}
_HEAD: Final = "\x1b[1m"


class Look(Struct, frozen=True):
    """How a table is written: with colours or without; at most `width` columns, None: as many as it has."""

    colour: bool = False
    width: int | None = None


def look() -> Look:
    """As standard output wants it: a terminal's width and colours (not with NO_COLOR), else plain."""
    if not sys.stdout.isatty():
        return Look()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Look(not plain, shutil.get_terminal_size().columns)


def table(head: Sequence[str], rows: Sequence[Sequence[Any]], look: Look) -> Iterator[str]:
    """The lines; where it is too wide, the widest columns are cut. A word that is a state has its colour."""
    texts = [[clean(cell) for cell in row] for row in rows]
    widths = [max(map(width_of, column)) for column in zip(head, *texts, strict=True)]
    if look.width is not None:
        room = look.width - _GAP * (len(widths) - 1)
        while sum(widths) > room and max(widths) > _LEAST:
            widths[widths.index(max(widths))] -= 1
    for number, row in enumerate([list(head), *texts]):
        cells = [pad(cut(cell, width), width) for cell, width in zip(row, widths, strict=True)]
        if look.colour:
            cells = [_painted(cell, head=number == 0) for cell in cells]
        yield (" " * _GAP).join(cells).rstrip()


def painted(text: str, state: str, look: Look) -> str:
    """A text in the colour of a state."""
    paint = _PAINTS.get(state)
    return f"{paint}{text}{_PLAIN}" if look.colour and paint else text


def print_json(value: Any) -> None:
    """For scripts."""
    print(json.dumps(value, ensure_ascii=False, indent=1))


def clean(value: Any) -> str:
    """In one line, and without what a terminal would obey."""
    text = "" if value is None else str(value)
    return "".join(letter if letter.isprintable() else " " for letter in text)


def width_of(text: str) -> int:
    """Columns of a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def pad(text: str, width: int) -> str:
    """With spaces behind."""
    return text + " " * (width - width_of(text))


def cut(text: str, width: int) -> str:
    """At most so wide, with an ellipsis where something is left out."""
    if width_of(text) <= width:
        return text
    kept, used = [], 1
    for letter in text:
        used += _width(letter)
        if used > width:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + "…"


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _painted(cell: str, *, head: bool) -> str:
    if head:
        return f"{_HEAD}{cell}{_PLAIN}"
    paint = _PAINTS.get(cell.strip())
    return f"{paint}{cell}{_PLAIN}" if paint else cell
