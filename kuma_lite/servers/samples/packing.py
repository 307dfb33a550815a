"""Samples and roll-ups as a few bytes each.

A packed run is a version byte and deflated columns. Times are written as what they differ from an even
rhythm, which is next to nothing; whole numbers as differences; roll-ups as floats of 16 significant bits
(0.002 %), more than any chart shows. A raw sample of a typical metric takes 1 to 4 bytes, a roll-up 4 to 8.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import sub
from typing import Final, NamedTuple

VERSION: Final = 1
LEVEL: Final = 6  # of deflate; higher levels cost more than they gain on a kilobyte
_WHOLE, _THOUSANDTHS, _EXACT = range(3)  # kinds of values: integers, integers / 1000, doubles
_SIZES: Final = (("b", 7), ("h", 15), ("i", 31), ("q", 63))
_INTEGER_BELOW: Final = 2.0**53  # doubles below it, times one, are exact integers
_THOUSANDTHS_BELOW: Final = 2.0**43
_MANTISSA_KEPT: Final = 0xFFFFFF00  # of a 32-bit float: sign, exponent and 15 bits
_HALF: Final = 0x80
_LENGTH: Final = struct.Struct("<I")  # a run begins with how many times it holds
_SWAP: Final = sys.byteorder == "big"  # files are little-endian everywhere


class Point(NamedTuple):
    """What is kept of a bucket: its start (ms since 1970), how many values, and their figures."""

    time: int
    weight: int
    low: float
    mean: float
    high: float
    last: float | None = None  # of a counter, whose other figures are rates per second: its latest reading


Sample = tuple[int, float]  # ms since 1970, value


def pack_samples(samples: Sequence[Sample]) -> bytes:
    """Pack samples in order of time; at least one."""
    return _sealed(_column([time for time, _ in samples], 2) + _values([value for _, value in samples]))


def unpack_samples(packed: bytes) -> list[Sample]:
    """The inverse. Raises ValueError."""
    reader = _opened(packed)
    times = reader.column(2)
    return list(zip(times, reader.values(), strict=True))


def packed_length(packed: bytes) -> int:
    """How many samples or roll-ups a run holds; next to nothing of it is unpacked. Raises ValueError."""
    return _opened(packed, _LENGTH.size).length()


def packed_times(packed: bytes) -> list[int]:
    """The times of a run of samples or roll-ups alone, ms since 1970. Raises ValueError."""
    return _opened(packed).column(2)


def pack_points(points: Sequence[Point]) -> bytes:
    """Pack roll-ups in order of time; at least one. Floats keep 16 significant bits."""
    parts = [_column([point.time for point in points], 2), _column([point.weight for point in points], 1)]
    for figures in ([p.low for p in points], [p.mean for p in points], [p.high for p in points]):
        parts.append(_coarse(figures))
    counters = points[0].last is not None
    parts.append(bytes((counters,)))
    if counters:
        parts.append(_values([point.last or 0 for point in points]))
    return _sealed(b"".join(parts))


def unpack_points(packed: bytes) -> list[Point]:
    """The inverse. Raises ValueError."""
    reader = _opened(packed)
    times, counts = reader.column(2), reader.column(1)
    low, mean, high = reader.coarse(), reader.coarse(), reader.coarse()
    last: Iterable[float | None] = reader.values() if reader.byte() else [None] * len(times)
    return [Point(*row) for row in zip(times, counts, low, mean, high, last, strict=True)]


# --- writing -----------------------------------------------------------------------------------------------


def _sealed(raw: bytes) -> bytes:
    return bytes((VERSION,)) + zlib.compress(raw, LEVEL)


def _values(values: Sequence[float]) -> bytes:
    whole = _integers(values, 1, _INTEGER_BELOW)
    if whole is not None:
        return bytes((_WHOLE,)) + _column(whole, 1)
    thousandths = _integers(values, 1000, _THOUSANDTHS_BELOW)
    if thousandths is not None:
        return bytes((_THOUSANDTHS,)) + _column(thousandths, 1)
    return bytes((_EXACT,)) + _planes(array("d", values))


def _integers(values: Sequence[float], scale: int, below: float) -> list[int] | None:
    found = []
    for value in values:
        if abs(value) >= below:
            return None
        whole = round(value * scale)
        if whole / scale != value:
            return None
        found.append(whole)
    return found


def _column(values: Sequence[int], order: int) -> bytes:
    """Whole numbers as their first ones and the differences of differences (`order` times)."""
    heads = []
    rest = list(values)
    for _ in range(order):
        heads.append(rest[0] if rest else 0)
        rest = list(map(sub, rest[1:], rest))
    return struct.pack(f"<I{order}q", len(values), *heads) + _array(rest)


def _array(values: Sequence[int]) -> bytes:
    reach = max((value if value >= 0 else ~value for value in values), default=0).bit_length()
    code = next(code for code, bits in _SIZES if reach <= bits)
    return code.encode() + _planes(array(code, values))


def _coarse(values: Sequence[float]) -> bytes:
    bits = array("I", array("f", values).tobytes())
    rounded = (min(item + _HALF, 0xFFFFFFFF) & _MANTISSA_KEPT for item in bits)
    return _planes(array("I", rounded))


def _planes(numbers: array[int] | array[float]) -> bytes:
    """Count and bytes of an array, the first bytes of all numbers first: alike ones lie together."""
    if _SWAP:
        numbers.byteswap()
    raw = numbers.tobytes()
    size = numbers.itemsize
    return struct.pack("<I", len(numbers)) + b"".join(raw[plane::size] for plane in range(size))


# --- reading -----------------------------------------------------------------------------------------------


def _opened(packed: bytes, first: int | None = None) -> _Reader:
    """A reader of all of a run, or of its first bytes. Raises ValueError."""
    if packed[:1] != bytes((VERSION,)):
        raise ValueError("unknown packing of samples")
    try:
        if first is None:
            return _Reader(zlib.decompress(packed[1:]))
        return _Reader(zlib.decompressobj().decompress(packed[1:], first))
    except zlib.error as error:
        raise ValueError(f"damaged packing of samples: {error}") from error


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0

    def byte(self) -> int:
        self._at += 1
        return self._raw[self._at - 1]

    def length(self) -> int:
        """Of the first column, and so of all of them."""
        try:
            (count,) = _LENGTH.unpack_from(self._raw)
        except struct.error as error:
            raise ValueError(f"damaged packing of samples: {error}") from error
        return int(count)

    def column(self, order: int) -> list[int]:
        count, *heads = struct.unpack_from(f"<I{order}q", self._raw, self._at)
        self._at += 4 + 8 * order
        rest: list[int] = list(self._planes(chr(self.byte())))
        for level in range(order - 1, -1, -1):
            # Below a level with nothing in it there is nothing to add up.
            rest = list(accumulate(rest, initial=heads[level])) if count > level else []
        return rest

    def values(self) -> list[float]:
        kind = self.byte()
        if kind == _EXACT:
            return list(self._planes("d"))
        whole = self.column(1)
        return list(whole) if kind == _WHOLE else [value / 1000 for value in whole]

    def coarse(self) -> list[float]:
        return list(array("f", self._planes("I").tobytes()))

    def _planes(self, code: str) -> array[int]:
        (count,) = struct.unpack_from("<I", self._raw, self._at)
        self._at += 4
        size = array(code).itemsize
        raw = bytearray(count * size)
        for plane in range(size):
            begin = self._at + plane * count
            raw[plane::size] = self._raw[begin : begin + count]
        self._at += count * size
        numbers: array[int] = array(code, bytes(raw))
        if _SWAP:
            numbers.byteswap()
        return numbers
