"""The picture that networks show beside a link to a page: its state and its bars, as PNG without text.

Networks take no SVG, and letters would need a font; they write the title of the page beside it. The sign of
the state is that of the page.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
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
_CORNER: Final = 24  # radius of the corners of the band
_SIGN: Final = 96  # pixels wide and high, in the middle of the band
_SIGN_UNITS: Final = 16  # the same in those of the signs below, which are the page's
_HALF_STROKE: Final = 0.8
_SHADES: Final = 4  # between one colour and another, where an edge crosses a pixel

_Point = tuple[float, float]
_SQUARE: Final = ((2.0, 2.0), (14.0, 2.0), (14.0, 14.0), (2.0, 14.0), (2.0, 2.0))
_TRIANGLE: Final = ((8.0, 1.6), (15.0, 14.2), (1.0, 14.2), (8.0, 1.6))
_SIGNS: Final[dict[str, tuple[tuple[_Point, ...], ...]]] = {
    "up": (((4.5, 8.2), (6.9, 10.6), (11.5, 5.8)),),
    "down": (((5.3, 5.3), (10.7, 10.7)), ((10.7, 5.3), (5.3, 10.7))),
    "pending": (_TRIANGLE, ((8, 6.2), (8, 9.8)), ((8, 11.9), (8, 12.1))),
    "maintenance": (_SQUARE, ((5.8, 5), (5.8, 11)), ((10.2, 5), (10.2, 11))),
    "nothing": (),
}
_ROUND: Final = ("up", "down", "nothing")  # have a ring around them
_RING: Final = 7.0  # its radius

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
_WHITE: Final = (0xFF, 0xFF, 0xFF)
_PLACES: Final = {name: place for place, name in enumerate(_PALETTE)}
_ON_BAND: Final = len(_PALETTE)  # where the shades from the band to the sign begin, then those to the ground
_GROUND: Final = bytes([_PLACES["ground"]])


def picture(kind: str, services: Sequence[Sequence[Bar]]) -> bytes:
    """The PNG.

    Args:
        kind: how the page is as a whole, of its headline.
        services: the history of each, oldest first; the first ones are drawn.
    """
    empty = _GROUND * WIDTH
    lines = [empty] * HEIGHT
    lines[_BAND[0] : _BAND[1]] = _band(kind)
    height, pitch = _ROW
    for place, bars in enumerate([each for each in services if each][:ROWS]):
        top = _FIRST_ROW + place * pitch
        high = _filled(_spans(bars, low=False))
        low = _filled(_spans(bars, low=True))
        lines[top : top + height] = [high] * (height - _LOW) + [low] * _LOW
    return _png(lines, kind)


@lru_cache(maxsize=len(_SIGNS))
def _band(kind: str) -> list[bytes]:
    """The lines of the band, with round corners and its sign."""
    height, place = _BAND[1] - _BAND[0], _PLACES[f"band {kind}"]
    lines = [bytearray(_filled([(_MARGIN, WIDTH - _MARGIN, f"band {kind}")])) for _ in range(height)]
    for y in range(_CORNER):
        for x in range(_CORNER):
            away = math.hypot(_CORNER - x - 0.5, _CORNER - y - 0.5) - _CORNER
            pixel = _shade(0.5 - away, (_PLACES["ground"], _ON_BAND + _SHADES, place))
            for line in (lines[y], lines[height - 1 - y]):
                line[_MARGIN + x] = line[WIDTH - _MARGIN - 1 - x] = pixel
    left, top = (WIDTH - _SIGN) // 2, (height - _SIGN) // 2
    for y, row in enumerate(_sign(kind)):
        for x, covered in enumerate(row):
            if covered > 0:
                pixel = _shade(covered, (place, _ON_BAND, _ON_BAND + _SHADES - 1))
                lines[top + y][left + x] = pixel
    return [bytes(line) for line in lines]


def _sign(kind: str) -> list[list[float]]:
    """How much of each pixel of the sign is covered, line by line; more than 1 is all of it."""
    unit, middle = _SIGN / _SIGN_UNITS, _SIGN / 2
    rows = [[0.0] * _SIGN for _ in range(_SIGN)]
    if kind in _ROUND:
        for y, row in enumerate(rows):
            for x in range(_SIGN):
                away = abs(math.hypot(x + 0.5 - middle, y + 0.5 - middle) - _RING * unit)
                row[x] = 0.5 + _HALF_STROKE * unit - away
    strokes = [pair for line in _SIGNS[kind] for pair in pairwise(line)]
    for begin, end in strokes:
        (first, last), (upper, lower) = (sorted((begin[axis], end[axis])) for axis in (0, 1))
        for y in range(max(0, int((upper - 1) * unit)), min(_SIGN, int((lower + 1) * unit) + 1)):
            for x in range(max(0, int((first - 1) * unit)), min(_SIGN, int((last + 1) * unit) + 1)):
                away = _distance(((x + 0.5) / unit, (y + 0.5) / unit), begin, end)
                rows[y][x] = max(rows[y][x], 0.5 + (_HALF_STROKE - away) * unit)
    return rows


def _shade(covered: float, places: tuple[int, int, int]) -> int:
    """The colour of a pixel of which an edge covers so much: of nothing, between (the first one), of all."""
    step = round(covered * _SHADES)
    outside, first, inside = places
    return outside if step <= 0 else inside if step >= _SHADES else first + step - 1


def _distance(at: _Point, begin: _Point, end: _Point) -> float:
    """From a point to a line between two others."""
    along = (end[0] - begin[0], end[1] - begin[1])
    length = along[0] ** 2 + along[1] ** 2
    share = ((at[0] - begin[0]) * along[0] + (at[1] - begin[1]) * along[1]) / length
    share = min(1.0, max(0.0, share))
    return math.dist(at, (begin[0] + share * along[0], begin[1] + share * along[1]))


def _mixed(one: Sequence[int], other: Sequence[int], share: float) -> bytes:
    return bytes(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


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


def _png(lines: Sequence[bytes], kind: str) -> bytes:
    """Eight bits a pixel, by a palette (PNG specification, 11.2)."""
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    band, ground = _PALETTE[f"band {kind}"], _PALETTE["ground"]
    parts = [part / _SHADES for part in range(1, _SHADES + 1)]
    palette = b"".join(
        [
            *(bytes(colour) for colour in _PALETTE.values()),
            *(_mixed(band, _WHITE, part) for part in parts),
            *(_mixed(ground, band, part) for part in parts),
        ]
    )
    pixels = zlib.compress(b"".join(b"\0" + line for line in lines), _LEVEL)
    chunks = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
