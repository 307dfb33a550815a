"""ASN.1 in its basic encoding (BER, ITU-T X.690): what SNMP and LDAP are written in (pure).

Only what these two use: tags of one byte, definite lengths.
"""

from __future__ import annotations

from typing import Final

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
OCTETS: Final = 0x04
NULL: Final = 0x05
OBJECT_ID: Final = 0x06
ENUMERATED: Final = 0x0A
SEQUENCE: Final = 0x30
SET: Final = 0x31

_HIGH_TAG: Final = 0x1F  # tags that go on in the next byte
_MAX_LENGTH_BYTES: Final = 4
_MAX_INTEGER_BYTES: Final = 16  # Counter64 needs 9
_MAX_ARCS: Final = 128  # of an object identifier (RFC 2578 §3.5)
_MAX_ARC: Final = 2**32 - 1


class BerError(ValueError):
    """These bytes are none of it, or this text is no object identifier."""


def element(tag: int, content: bytes) -> bytes:
    """Anything, with its tag and length."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes, tag: int = SEQUENCE) -> bytes:
    """Several after each other."""
    return element(tag, b"".join(parts))


def integer(value: int, tag: int = INTEGER) -> bytes:
    """A whole number, in as few bytes as it needs."""
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return element(tag, value.to_bytes(size, "big", signed=True))


def octets(value: bytes, tag: int = OCTETS) -> bytes:
    """Bytes."""
    return element(tag, value)


def boolean(value: bool, tag: int = BOOLEAN) -> bytes:
    """Yes or no."""
    return element(tag, b"\xff" if value else b"\0")


def object_id(text: str) -> bytes:
    """`1.3.6.1`: an object identifier. Raises BerError."""
    arcs = text.split(".")
    if not 2 <= len(arcs) <= _MAX_ARCS or not all(arc.isascii() and arc.isdigit() for arc in arcs):
        raise BerError(f"no object identifier: {text[:80]}")
    first, second, *others = map(int, arcs)
    if first > 2 or (first < 2 and second > 39) or max((second, *others)) > _MAX_ARC:
        raise BerError(f"no object identifier: {text[:80]}")
    return element(OBJECT_ID, b"".join(map(_arc, (first * 40 + second, *others))))


def _arc(number: int) -> bytes:
    """Seven bits a byte, all but the last marked."""
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | 0x80)
    return bytes(reversed(parts))


def header(data: bytes) -> tuple[int, int] | None:
    """How long the head and the content of the element are that these bytes begin; None: more are needed.

    Raises BerError.
    """
    if len(data) < 2:
        return None
    if data[0] & _HIGH_TAG == _HIGH_TAG:
        raise BerError("a tag of several bytes")
    size = data[1]
    if size < 0x80:
        return 2, size
    more = size & 0x7F
    if not 0 < more <= _MAX_LENGTH_BYTES:
        raise BerError("no definite length")
    if len(data) < 2 + more:
        return None
    return 2 + more, int.from_bytes(data[2 : 2 + more], "big")


class Reader:
    """Reads one after the other. All methods raise BerError."""

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def __bool__(self) -> bool:
        """Whether something is left."""
        return bool(self._rest)

    @property
    def tag(self) -> int:
        """Of the next one; -1 at the end."""
        return self._rest[0] if self._rest else -1

    def any(self) -> tuple[int, bytes]:
        """The next one: tag and content."""
        sizes = header(self._rest)
        if sizes is None or sum(sizes) > len(self._rest):
            raise BerError("the message is cut off")
        tag, end = self._rest[0], sum(sizes)
        content = self._rest[sizes[0] : end]
        self._rest = self._rest[end:]
        return tag, content

    def octets(self, tag: int = OCTETS) -> bytes:
        """The content of the next one, which must have this tag."""
        if self.tag != tag:
            raise BerError(f"tag {tag:#04x} expected, {self.tag:#04x} found")
        return self.any()[1]

    def sequence(self, tag: int = SEQUENCE) -> Reader:
        """What is in the next one."""
        return Reader(self.octets(tag))

    def integer(self, tag: int = INTEGER) -> int:
        """The next one as a whole number."""
        return read_integer(self.octets(tag))

    def object_id(self) -> str:
        """The next one as `1.3.6.1`."""
        return read_object_id(self.octets(OBJECT_ID))


def read_integer(content: bytes) -> int:
    """A whole number with a sign. Raises BerError."""
    if not 0 < len(content) <= _MAX_INTEGER_BYTES:
        raise BerError("no number")
    return int.from_bytes(content, "big", signed=True)


def read_object_id(content: bytes) -> str:
    """An object identifier, as `1.3.6.1`. Raises BerError."""
    numbers, number = [], 0
    for byte in content:
        number = number << 7 | byte & 0x7F
        if number > _MAX_ARC + 80:  # the first two arcs are one number
            raise BerError("no object identifier")
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    if not numbers or content[-1] & 0x80 or len(numbers) >= _MAX_ARCS:
        raise BerError("no object identifier")
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - first * 40, *numbers[1:])))
