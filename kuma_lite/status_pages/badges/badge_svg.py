"""Badges as SVG, in the five styles people know from shields.io."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from kuma_lite.status_pages.drawing import colours
from kuma_lite.status_pages.drawing.markup import escape

# Advance widths of Verdana for the characters from space to ~, in 1/2048 of the font size.
_VERDANA: Final = [
    720, 806, 940, 1676, 1302, 2204, 1488, 550, 930, 930, 1302, 1676, 745, 930, 745, 930,
    1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 1302, 930, 930, 1676, 1676, 1676, 1117,
    2048, 1400, 1404, 1430, 1578, 1295, 1177, 1588, 1539, 862, 931, 1419, 1140, 1726, 1532, 1612,
    1235, 1612, 1424, 1400, 1262, 1499, 1400, 2025, 1403, 1260, 1403, 930, 930, 930, 1676, 1302,
    1302, 1230, 1276, 1067, 1276, 1220, 720, 1276, 1296, 562, 705, 1212, 562, 1992, 1296, 1243,
    1276, 1276, 874, 1067, 807, 1296, 1212, 1676, 1212, 1212, 1076, 1300, 930, 1300, 1676,
]  # fmt: skip
_EM: Final = 2048
_AVERAGE: Final = 1280  # of other letters
_BOLD: Final = 1.13  # how much wider Verdana Bold runs
_HELVETICA_BOLD: Final = 0.92  # against Verdana

_FONT: Final = 'font-family="Verdana,Geneva,DejaVu Sans,sans-serif"'
_SOCIAL_FONT: Final = 'font-family="Helvetica Neue,Helvetica,Arial,sans-serif"'
_PADDING: Final = 5  # pixels beside a text
_BRIGHT: Final = 0.69  # from here on a background takes dark letters


class Badge(Struct, frozen=True):
    """What a badge says; colours as they were asked for, None for the usual ones."""

    message: str
    label: str = ""
    colour: str | None = None
    label_colour: str | None = None
    style: str = "flat"


def text_width(text: str, size: float) -> float:
    """Pixels that a text takes in Verdana of `size` pixels, whatever fonts this machine has."""
    return sum(_advance(letter) for letter in text) * size / _EM


def _advance(letter: str) -> int:
    place = ord(letter) - 32
    if 0 <= place < len(_VERDANA):
        return _VERDANA[place]
    if unicodedata.combining(letter):
        return 0
    return _EM if unicodedata.east_asian_width(letter) in "WF" else _AVERAGE


def render(badge: Badge) -> str:
    """The picture. The style must be one of `STYLES`."""
    return STYLES[badge.style](badge)


# --- Styles ------------------------------------------------------------------------------------------------


class _Look(Struct, frozen=True):
    """What tells the three plain styles from each other."""

    height: int
    radius: int  # of the corners; 0: none, and no shine
    baseline: int
    stops: str = ""  # of the shine


_FLAT: Final = _Look(
    20,
    3,
    14,
    '<stop offset="0" stop-color="#bbb" stop-opacity=".1"/><stop offset="1" stop-opacity=".1"/>',
)
_PLASTIC: Final = _Look(
    18,
    4,
    13,
    '<stop offset="0" stop-color="#fff" stop-opacity=".7"/>'
    '<stop offset=".1" stop-color="#aaa" stop-opacity=".1"/>'
    '<stop offset=".9" stop-color="#000" stop-opacity=".3"/>'
    '<stop offset="1" stop-color="#000" stop-opacity=".5"/>',
)
_SQUARE: Final = _Look(20, 0, 14)


def _plain(badge: Badge, look: _Look) -> str:
    label, message = badge.label.strip(), badge.message.strip()
    label_text = text_width(label, 11)
    message_text = text_width(message, 11)
    left = round(label_text + 2 * _PADDING) if label else 0
    right = round(message_text + 2 * _PADDING)
    label_fill, message_fill = _fills(badge)
    boxes = _boxes(left, right, look.height, label_fill, message_fill)
    if look.radius:
        shine = f'<rect width="{left + right}" height="{look.height}" fill="url(#s)"/>'
        boxes = (
            f'<linearGradient id="s" x2="0" y2="100%">{look.stops}</linearGradient><clipPath id="r">'
            f'<rect width="{left + right}" height="{look.height}" rx="{look.radius}" fill="#fff"/></clipPath>'
            f'<g clip-path="url(#r)">{boxes}{shine}</g>'
        )
    else:
        boxes = f'<g shape-rendering="crispEdges">{boxes}</g>'
    shadow = bool(look.radius)
    texts = _text(message, left + right / 2, look.baseline, message_text, message_fill, shadow)
    if label:
        texts = _text(label, left / 2, look.baseline, label_text, label_fill, shadow) + texts
    return _svg(
        left + right,
        look.height,
        _title(label, message),
        f'{boxes}<g text-anchor="middle" {_FONT} font-size="11">{texts}</g>',
    )


def _for_the_badge(badge: Badge) -> str:
    label, message = badge.label.strip().upper(), badge.message.strip().upper()
    spacing, padding = 1.25, 12  # pixels between letters, beside the texts
    label_text = text_width(label, 10) + spacing * len(label)
    message_text = text_width(message, 10) * _BOLD + spacing * len(message)
    left = round(label_text + 2 * padding) if label else 0
    right = round(message_text + 2 * padding)
    label_fill, message_fill = _fills(badge)
    texts = _text(message, left + right / 2, 18, message_text, message_fill, False, ' font-weight="bold"')
    if label:
        texts = _text(label, left / 2, 18, label_text, label_fill, False) + texts
    boxes = _boxes(left, right, 28, label_fill, message_fill)
    return _svg(
        left + right,
        28,
        _title(label, message),
        f'<g shape-rendering="crispEdges">{boxes}</g><g text-anchor="middle" {_FONT} font-size="10">'
        f"{texts}</g>",
    )


def _social(badge: Badge) -> str:
    label, message = badge.label.strip(), badge.message.strip()
    label = label[:1].upper() + label[1:]
    label_text = text_width(label, 11) * _HELVETICA_BOLD
    message_text = text_width(message, 11) * _HELVETICA_BOLD
    left = round(label_text + 2 * _PADDING) + 1
    bubble = round(message_text + 2 * _PADDING - 2)
    start = left + 6
    shapes = (
        '<linearGradient id="a" x2="0" y2="100%"><stop offset="0" stop-color="#fcfcfc" stop-opacity="0"/>'
        '<stop offset="1" stop-opacity=".1"/></linearGradient><g stroke="#d5d5d5">'
        f'<rect x=".5" y=".5" width="{left - 1}" height="19" rx="2" fill="#fcfcfc"/>'
    )
    if message:
        shapes += (
            f'<rect x="{start}.5" y=".5" width="{bubble}" height="19" rx="2" fill="#fafafa"/>'
            f'<path d="M{start + 0.5} 6.5l-3 3v1l3 3" fill="#fafafa"/>'
        )
    shapes += f'</g><rect width="{left}" height="20" rx="2" fill="url(#a)"/>'
    texts = _text(label, left / 2, 14, label_text, "#fcfcfc", False) if label else ""
    if message:
        texts += _text(message, start + bubble / 2, 14, message_text, "#fafafa", False)
    width = start + bubble + 1 if message else left
    return _svg(
        width,
        20,
        _title(label, message),
        f'{shapes}<g text-anchor="middle" {_SOCIAL_FONT} font-weight="700" font-size="11">{texts}</g>',
    )


STYLES: Final[dict[str, Callable[[Badge], str]]] = {
    "plastic": lambda badge: _plain(badge, _PLASTIC),
    "flat": lambda badge: _plain(badge, _FLAT),
    "flat-square": lambda badge: _plain(badge, _SQUARE),
    "for-the-badge": _for_the_badge,
    "social": _social,
}


# --- Pieces ------------------------------------------------------------------------------------------------


def _fills(badge: Badge) -> tuple[str, str]:
    """The two backgrounds."""
    return (
        colours.normalise(badge.label_colour) or colours.DEFAULT_LABEL,
        colours.normalise(badge.colour) or colours.DEFAULT_MESSAGE,
    )


def _boxes(left: int, right: int, height: int, label_fill: str, message_fill: str) -> str:
    """The two backgrounds side by side; the left one only where there is a label."""
    label = f'<rect width="{left}" height="{height}" fill="{escape(label_fill)}"/>' if left else ""
    return f'{label}<rect x="{left}" width="{right}" height="{height}" fill="{escape(message_fill)}"/>'


def _text(
    text: str, middle: float, baseline: int, width: float, background: str, shadow: bool, more: str = ""
) -> str:
    """A text; its length is stated, so that another font is squeezed or stretched to fit."""
    bright = colours.brightness(background) > _BRIGHT
    place = f'x="{middle:g}" textLength="{width:.1f}"{more}'
    words = escape(text)
    below = ""
    if shadow:
        tint = "#ccc" if bright else "#010101"
        below = f'<text {place} y="{baseline + 1}" fill="{tint}" fill-opacity=".3">{words}</text>'
    return f'{below}<text {place} y="{baseline}" fill="{"#333" if bright else "#fff"}">{words}</text>'


def _title(label: str, message: str) -> str:
    return f"{label}: {message}" if label else message


def _svg(width: int, height: int, title: str, content: str) -> str:
    name = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" '
        f'aria-label="{name}"><title>{name}</title>{content}</svg>'
    )
