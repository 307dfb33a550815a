"""Cuts a template into texts, outputs `{{ … }}` and tags `{% … %}`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from enum import Enum
from typing import Final

from msgspec import Struct

from kuma_lite.notifications.liquid import words
from kuma_lite.notifications.liquid.errors import TemplateError
from kuma_lite.notifications.liquid.expressions import Cursor

RAW_END: Final = "endraw"


class Kind(Enum):
    """What a piece is."""

    TEXT = "text"
    OUTPUT = "output"
    TAG = "tag"


class Piece(Struct):
    """A part of a template.

    Args:
        kind: what it is.
        begin: where it begins in the template, for errors.
        text: what is written out; of texts only.
        cursor: reads what is between the marks, behind the name of a tag.
        name: of a tag.
        trims_left: blanks before it do not count.
        trims_right: blanks behind it do not count.
    """

    kind: Kind
    begin: int
    text: str = ""
    cursor: Cursor | None = None
    name: str = ""
    trims_left: bool = False
    trims_right: bool = False

    def read(self) -> Cursor:
        """The cursor of an output or a tag."""
        assert self.cursor is not None, "texts have nothing to read"
        return self.cursor


def scan(source: str) -> list[Piece]:
    """All pieces, blanks trimmed where marks with a `-` say so. Raises TemplateError."""
    pieces = list(_pieces(source))
    raw = False
    for before, piece in zip([None, *pieces], pieces, strict=False):
        if piece.trims_left and not raw and before is not None:
            before.text = _without_blanks(before.text, at_end=True)
        raw = piece.name == "raw" or (raw and piece.name != RAW_END)
    for piece, after in itertools.pairwise(pieces):
        if piece.trims_right and piece.name != "raw":
            after.text = _without_blanks(after.text)
    return pieces


def scan_lines(cursor: Cursor) -> Iterator[Piece]:
    """The tags of a `liquid` tag, one a line."""
    while True:
        cursor.skip()
        begin = cursor.at
        if begin >= cursor.end:
            return
        cursor.find("\n")
        yield _tag(cursor.source, begin, begin, cursor.at)


def _pieces(source: str) -> Iterator[Piece]:
    at = 0
    while at < len(source):
        if source.startswith("{{", at):
            end = _output_end(source, at)
            begins, ends, left, right = _inner(source, at, end)
            yield Piece(Kind.OUTPUT, at, "", Cursor(source, begins, ends), "", left, right)
        elif source.startswith("{%", at):
            found = source.find("%}", at + 1)
            if found < 0:
                raise TemplateError("a tag is not closed", source, at)
            end = found + 2
            begins, ends, left, right = _inner(source, at, end)
            piece = _tag(source, at, begins, ends)
            piece.trims_left, piece.trims_right = left, right
            yield piece
            if piece.name == "raw":
                closing = _raw_end(source, end, at)
                yield Piece(Kind.TEXT, end, source[end:closing])
                end = closing
        else:
            end = min(
                (found for mark in ("{{", "{%") if (found := source.find(mark, at)) >= 0), default=len(source)
            )
            yield Piece(Kind.TEXT, at, source[at:end])
        at = end


def _inner(source: str, begin: int, end: int) -> tuple[int, int, bool, bool]:
    """What is between the marks, and whether they trim to their left and right."""
    first, last = begin + 2, end - 2
    left = source.startswith("-", first)
    right = last > first and source[last - 1] == "-"
    first, last = first + left, max(last - right, first + left)
    return first, last, left, right


def _output_end(source: str, begin: int) -> int:
    """Behind the marks that close it; those within quotes do not."""
    at = begin + 2
    while at < len(source):
        if source[at] in "\"'":
            found = words.QUOTED.match(source, at)
            at = found.end() if found else len(source)
        elif source.startswith("}}", at):
            return at + 2
        else:
            at += 1
    raise TemplateError("an output is not closed", source, begin)


def _raw_end(source: str, at: int, begin: int) -> int:
    """Where the tag begins that ends a raw text."""
    while (found := source.find("{%", at)) >= 0:
        cursor = Cursor(source, found + 2)
        if cursor.peek() == "-":
            cursor.at += 1
        if cursor.word() == RAW_END:
            return found
        at = found + 2
    raise TemplateError("raw is not closed", source, begin)


def _tag(source: str, begin: int, first: int, last: int) -> Piece:
    cursor = Cursor(source, first, last)
    name = "#" if cursor.take("#") else cursor.word()
    if not name:
        cursor.fail("the name of a tag is expected", begin)
    cursor.skip()
    return Piece(Kind.TAG, begin, "", cursor, name)


def _without_blanks(text: str, *, at_end: bool = False) -> str:
    """Without blanks at one end, and what counts as one in LiquidJS."""
    if at_end:
        reversed_text = text[::-1]
        found = words.BLANK.match(reversed_text)
        return text[: len(text) - (found.end() if found else 0)]
    found = words.BLANK.match(text)
    return text[found.end() if found else 0 :]
