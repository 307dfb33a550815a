"""Keys as people write them, `npub1…` and `nsec1…` (NIP-19). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LETTERS: Final = 6
_KEY_BYTES: Final = 32


def key_of(text: str, prefix: str) -> bytes:
    """The 32 bytes of a key. Raises ValueError, without the text: it may be a secret."""
    found, _, letters = text.strip().lower().rpartition("1")
    if found != prefix:
        raise ValueError(f"it does not begin with {prefix}1")
    try:
        values = [_LETTERS.index(letter) for letter in letters]
    except ValueError:
        raise ValueError("it has a character that no key has") from None
    if _checksum([*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *values]) != 1:
        raise ValueError("it has a wrong letter, or is not complete")
    key = _bytes_of(values[:-_CHECKSUM_LETTERS])
    if len(key) != _KEY_BYTES:
        raise ValueError("it has not the length of a key")
    return key


def _checksum(values: Iterable[int]) -> int:
    found = 1
    for value in values:
        top = found >> 25
        found = (found & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate(_GENERATOR):
            found ^= term if top >> place & 1 else 0
    return found


def _bytes_of(values: list[int]) -> bytes:
    """Groups of five bits as bytes; what is left over is padding."""
    number = 0
    for value in values:
        number = number << 5 | value
    bits = len(values) * 5
    return (number >> bits % 8).to_bytes(bits // 8, "big")
