"""The picture that networks show beside a link to a page: its state and its bars, as PNG without text.

Networks take no SVG, and letters would need a font: what can be drawn of rectangles says enough.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Final

from kuma_lite.status_pages.drawing.bars import kind_of
from kuma_lite.status_pages.model import Bar

WIDTH: Final = 1200  # pixels, the size that networks ask for
HEIGHT: Final = 630
ROWS: Final = 6  # services of which the bars are shown
_MARGIN: Final = 60
_BAND: Final = (60, 210)  # from, to; of the state of the whole page
_FIRST_ROW: Final = 260
_ROW: Final = (40, 55)  # height of a bar, pitch of the rows
_LOW: Final = 12  # of a bar that tells of nothing
_BAR_SHARE: Final = 0.7  # of its pitch that a bar takes
_LEVEL: Final = 6

# Colours of the page in its light theme, by their place in the palette.
_PALETTE: Final = {
    "ground": (0xF4, 0xF6, 0xF8),
    "band up": (0x18, 0x74, 0x4A),
    "band down": (0xB8, 0x1F, 0x2C),
    "band pending": (0x8A, 0x54, 0x00),
    "band maintenance": (0x41, 0x56, 0xB8),
    "band nothing": (0x56, 0x5F, 0x67),
    "up": (0x2F, 0x9E, 0x69),
    "down": (0xCC, 0x29, 0x36),
    "pending": (0xE0, 0x9B, 0x2D),
    "maintenance": (0x6C, 0x80, 0xDD),
    "nothing": (0xCC, 0xD2, 0xD8),
}
_PLACES: Final = {name: place for place, name in enumerate(_PALETTE)}
_GROUND: Final = bytes([_PLACES["ground"]])


def picture(kind: str, services: Sequence[Sequence[Bar]]) -> bytes:
    """The PNG.

    Args:
        kind: how the page is as a whole, of its headline.
        services: the history of each, oldest first; the first ones are drawn.
    """
    empty = _GROUND * WIDTH
    lines = [empty] * HEIGHT
    band = _filled([(_MARGIN, WIDTH - _MARGIN, f"band {kind}")])
    lines[_BAND[0] : _BAND[1]] = [band] * (_BAND[1] - _BAND[0])
    height, pitch = _ROW
    for place, bars in enumerate([each for each in services if each][:ROWS]):
        top = _FIRST_ROW + place * pitch
        high = _filled(_spans(bars, low=False))
        low = _filled(_spans(bars, low=True))
        lines[top : top + height] = [high] * (height - _LOW) + [low] * _LOW
    return _png(lines)


def _spans(bars: Sequence[Bar], *, low: bool) -> list[tuple[int, int, str]]:
    """From, to and colour of each bar; in the upper part of a row without those that tell of nothing."""
    pitch = (WIDTH - 2 * _MARGIN) / len(bars)
    found = []
    for place, bar in enumerate(bars):
        kind = kind_of(bar)
        if low or kind != "nothing":
            left = _MARGIN + place * pitch
            found.append((round(left), round(left + max(1.0, pitch * _BAR_SHARE)), kind))
    return found


def _filled(spans: Sequence[tuple[int, int, str]]) -> bytes:
    line = bytearray(_GROUND * WIDTH)
    for left, right, name in spans:
        line[left:right] = bytes([_PLACES[name]]) * (right - left)
    return bytes(line)


def _png(lines: Sequence[bytes]) -> bytes:
    """Eight bits a pixel, by a palette (PNG specification, 11.2)."""
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    palette = b"".join(bytes(colour) for colour in _PALETTE.values())
    pixels = zlib.compress(b"".join(b"\0" + line for line in lines), _LEVEL)
    chunks = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
