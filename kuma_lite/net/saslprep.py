"""SASLprep (RFC 4013): how passwords in other scripts are written before they are hashed."""

from __future__ import annotations

import stringprep
import unicodedata
from typing import Final

_FORBIDDEN: Final = (
    stringprep.in_table_a1,  # not assigned in Unicode 3.2
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)


def saslprep(password: str) -> str:
    """The prepared password; one of ASCII stays as it is. Raises ValueError for what cannot be in one."""
    if password.isascii():
        return password
    mapped = "".join(
        " " if stringprep.in_table_c12(letter) else letter
        for letter in password
        if not stringprep.in_table_b1(letter)
    )
    normal = unicodedata.ucd_3_2_0.normalize("NFKC", mapped)
    if any(test(letter) for letter in normal for test in _FORBIDDEN):
        raise ValueError("a character that SASLprep forbids")
    if any(map(stringprep.in_table_d1, normal)):  # right to left
        ends = normal[0], normal[-1]
        if any(map(stringprep.in_table_d2, normal)) or not all(map(stringprep.in_table_d1, ends)):
            raise ValueError("letters of both directions")
    return normal
