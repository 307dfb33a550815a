"""Where in a TOML text its keys stand, which `tomllib` does not tell. Pure.

Only for texts that `tomllib` has read: what cannot be in one is not looked for.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import Final

from msgspec import Struct

Path = tuple[str | int, ...]
_BLANK: Final = re.compile(r"[ \t]*")
_GAP: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN: Final = re.compile(r"[^,\]}\n#]*")  # a number, a switch, a time
_TEXTS: Final = (
    re.compile(r'"""(?:\\.|[^\\])*?"""(?:"{0,2})', re.DOTALL),
    re.compile(r"'''.*?'''(?:'{0,2})", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)


class Place(Struct, frozen=True):
    """Where something stands, both from 1."""

    line: int
    column: int


def toml_places(text: str) -> dict[Path, Place]:
    """Path of keys and indexes → where the key, or the item of a list, begins."""
    return _Scan(text).places


class _Scan:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._counts: dict[Path, int] = {}  # of tables in lists
        self.places: dict[Path, Place] = {(): Place(1, 1)}
        self._whole()

    def _whole(self) -> None:
        table: Path = ()
        self._skip(_GAP)
        while self._at < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._entry(table)
            self._skip(_GAP)

    def _header(self) -> Path:
        """`[a.b]`, or `[[a.b]]` for one more of a list."""
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        begin = self._at
        self._at += brackets
        table = self._keys((), listed=brackets == 2)
        self._at += brackets
        self.places.setdefault(table, self._place(begin))
        return table

    def _entry(self, table: Path) -> None:
        """`a.b = value`."""
        path = self._keys(table)
        self._at += 1  # =
        self._value(path)

    def _keys(self, path: Path, *, listed: bool = False) -> Path:
        """The keys up to what is no key and no dot; in a list of tables, with the number of this one."""
        while True:
            self._skip(_BLANK)
            begin = self._at
            path = (*path, self._key())
            self.places.setdefault(path, self._place(begin))
            self._skip(_BLANK)
            if not self._text.startswith(".", self._at):
                break
            self._at += 1
            if path in self._counts:
                path = (*path, self._counts[path])
        if listed:
            self._counts[path] = self._counts.get(path, -1) + 1
            path = (*path, self._counts[path])
        return path

    def _key(self) -> str:
        begin = self._at
        if self._text[begin] in "\"'":
            self._quoted()
            return str(tomllib.loads(f"{self._text[begin : self._at]} = 0").popitem()[0])
        self._skip(_BARE)
        return self._text[begin : self._at]

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        match self._text[self._at]:
            case "[":
                self._list(path)
            case "{":
                self._inline(path)
            case '"' | "'":
                self._quoted()
            case _:
                self._skip(_PLAIN)

    def _list(self, path: Path) -> None:
        self._at += 1
        number = 0
        while not self._ends("]"):
            self.places[*path, number] = self._place(self._at)
            self._value((*path, number))
            number += 1

    def _inline(self, path: Path) -> None:
        self._at += 1
        while not self._ends("}"):
            self._entry(path)

    def _ends(self, closing: str) -> bool:
        """Behind a comma and gaps: whether nothing more comes."""
        self._skip(_GAP)
        if self._text.startswith(",", self._at):
            self._at += 1
            self._skip(_GAP)
        if not self._text.startswith(closing, self._at):
            return False
        self._at += 1
        return True

    def _quoted(self) -> None:
        for form in _TEXTS:
            if match := form.match(self._text, self._at):
                self._at = match.end()
                return

    def _skip(self, what: re.Pattern[str]) -> None:
        match = what.match(self._text, self._at)
        assert match is not None or what is _BARE
        self._at = match.end() if match else self._at

    def _place(self, at: int) -> Place:
        line = bisect_right(self._lines, at)
        return Place(line, at - self._lines[line - 1] + 1)
