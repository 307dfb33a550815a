"""What words, numbers and texts of a template look like."""

from __future__ import annotations

import re
from typing import Final

BLANKS: Final = "\t\n\v\f\r \xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NO_WORD: Final = r"\x00-,./:->@\[-^`{-\x7f\u201c\u201d"
WORD_CHARACTER: Final = f"[^{_NO_WORD}{BLANKS}]"  # letters of any script, digits, `_`, `-`, `?`, emoji

BLANK: Final = re.compile(f"[{BLANKS}]*")
WORD: Final = re.compile(f"{WORD_CHARACTER}*")
LITERAL: Final = re.compile(f"(?:true|false|nil|null|empty|blank)(?!{WORD_CHARACTER})")
OPERATOR: Final = re.compile(f"==|!=|>=|<=|>|<|(?:contains|not|and|or)(?!{WORD_CHARACTER})")
NUMBER: Final = re.compile(rf"[+-]?(?>[0-9]+(?:\.(?!\.)[0-9]*)?)(?!\.(?!\.))(?!{WORD_CHARACTER})")
QUOTED: Final = re.compile(r"""(["'])(?:\\.|(?!\1)[^\\])*+(?:\1|\\?$)""", re.DOTALL)

_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{0,4})|([0-7]{1,3})|(.))", re.DOTALL)
_ESCAPED: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def unescaped(quoted: str) -> str:
    r"""What a text in quotes says: `\n`, `\t`, `\u2713` and `\"` as in JavaScript."""

    def character(found: re.Match[str]) -> str:
        unicode, octal, other = found.groups()
        if unicode is not None:
            return chr(int(unicode or "0", 16))
        if octal is not None:
            return chr(int(octal, 8))
        return _ESCAPED.get(other, other)

    written = _ESCAPE.sub(character, quoted[1:-1])
    # `\ud83d\ude00` are the two halves of one character.
    return written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
