"""Rows of fixed size in little room: their first bytes together, then their second ones and so on, deflated.

What is equal from row to row (a count, the upper bytes of a number) is then next to nothing, and a number
that grows by the same step is, too: of the first bytes only the steps are kept.
"""

from __future__ import annotations

import zlib
from itertools import accumulate
from typing import Final

LEVEL: Final = 6  # of deflate
# What repeats lies close: a window of 1 KB holds it, and there is little memory to clear.
_WINDOW_BITS: Final = -10  # negative: without a header of its own
_MEMORY: Final = 4


def pack_rows(rows: bytes, width: int) -> bytes:
    """Pack rows of `width` bytes."""
    first = rows[::width]
    steps = bytes([(after - before) & 255 for before, after in zip(b"\0" + first, first, strict=False)])
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, _WINDOW_BITS, _MEMORY)
    planes = b"".join([steps, *(rows[place::width] for place in range(1, width))])
    return packer.compress(planes) + packer.flush()


def unpack_rows(packed: bytes, width: int) -> bytes:
    """The rows; what follows them is passed over. Raises ValueError."""
    try:
        planes = zlib.decompressobj(_WINDOW_BITS).decompress(packed)
    except zlib.error as error:
        raise ValueError(f"damaged rows: {error}") from error
    count = len(planes) // width
    rows = bytearray(count * width)
    rows[::width] = bytes([number & 255 for number in accumulate(planes[:count])])
    for place in range(1, width):
        rows[place::width] = planes[place * count : (place + 1) * count]
    return bytes(rows)
