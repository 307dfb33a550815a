"""The words of a .proto text, for `_proto_source` to read."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<skipped>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<name>\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    |(?P<number>\d(?:[eE][+-]\d|[\w.])*|\.\d(?:[eE][+-]\d|[\w.])*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_SHOWN_CHARS: Final = 40
_OPENING: Final = {"{": "}", "[": "]", "(": ")", "<": ">"}


class ProtoError(Exception):
    """The text is no proto file; the message says where."""


class Tokens:
    """A text word by word; comments and white space are passed over."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found = [match for match in _TOKEN.finditer(text) if match.lastgroup != "skipped"]
        self._place = 0

    def peek(self, ahead: int = 0) -> str:
        """The next word, or one after it; "" at the end."""
        place = self._place + ahead
        return self._found[place].group() if place < len(self._found) else ""

    def take(self) -> str:
        """The next word. Raises ProtoError at the end."""
        word = self.peek()
        if not word:
            raise ProtoError(f"the text ends too early (line {self._text.count(chr(10)) + 1})")
        self._place += 1
        return word

    def takes(self, *words: str) -> bool:
        """Whether these words come next; they are passed then."""
        if any(self.peek(ahead) != word for ahead, word in enumerate(words)):
            return False
        self._place += len(words)
        return True

    def expect(self, word: str) -> None:
        """Pass that word. Raises ProtoError for another one."""
        if self.take() != word:
            raise self.unexpected(f"'{word}' was expected")

    def name(self) -> str:
        """A name, perhaps with dots. Raises ProtoError."""
        return self._of("name", "a name was expected")

    def simple_name(self) -> str:
        """A name without dots. Raises ProtoError."""
        name = self.name()
        if "." in name:
            raise self.unexpected("a name without dots was expected")
        return name

    def string(self) -> str:
        """What stands in quotation marks, as it stands there. Raises ProtoError."""
        return self._of("text", "a text in quotation marks was expected")[1:-1]

    def integer(self) -> int:
        """A whole number: decimal, hexadecimal or octal. Raises ProtoError."""
        sign = -1 if self.takes("-") else 1
        digits = self._of("number", "a number was expected")
        try:
            return sign * (int(digits, 8) if re.fullmatch("0[0-7]+", digits) else int(digits, 0))
        except ValueError:
            raise self.unexpected("a whole number was expected") from None

    def skip_statement(self) -> None:
        """Pass everything up to the `;` that ends the statement, or the block that does."""
        while (word := self.take()) != ";":
            if word in _OPENING:
                self.skip_rest_of(word)
                if word == "{" and self.peek() != ";":
                    return

    def skip_rest_of(self, opened: str) -> None:
        """Pass everything up to the end of a bracket that has been opened."""
        closing = [_OPENING[opened]]
        while closing:
            word = self.take()
            if word == closing[-1]:
                closing.pop()
            elif word in _OPENING and word != "<":  # which only closes when it stands for itself
                closing.append(_OPENING[word])

    def unexpected(self, why: str = "") -> ProtoError:
        """The word that was taken last has no place where it stands."""
        match = self._found[self._place - 1]
        line = self._text.count("\n", 0, match.start()) + 1
        return ProtoError(
            f"unexpected {match.group()[:_SHOWN_CHARS]!r} in line {line}{': ' if why else ''}{why}"
        )

    def _of(self, kind: str, why: str) -> str:
        word = self.take()
        if self._found[self._place - 1].lastgroup != kind:
            raise self.unexpected(why)
        return word
