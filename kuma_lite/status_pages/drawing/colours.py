"""Colours of badges: by name, as hexadecimal number, or any that CSS knows."""

from __future__ import annotations

import colorsys
import math
from typing import Final

from kuma_lite.core.patterns import pattern

UP: Final = "#66c20a"
DOWN: Final = "#c2290a"
PENDING: Final = "#f8a306"
MAINTENANCE: Final = "#1747f5"
WARN: Final = "#eed202"
PING: Final = "blue"
NOT_AVAILABLE: Final = "#999"
PARTIAL: Final = "#F6BE00"
PAGE_MAINTENANCE: Final = "#808080"

DEFAULT_MESSAGE: Final = "#4c1"
DEFAULT_LABEL: Final = "#555"

# Names that mean something else in badges than in CSS, or nothing there.
_NAMED: Final = {
    "brightgreen": "#4c1",
    "green": "#97ca00",
    "yellow": "#dfb317",
    "yellowgreen": "#a4a61d",
    "orange": "#fe7d37",
    "red": "#e05d44",
    "blue": "#007ec6",
    "grey": "#555",
    "lightgrey": "#9f9f9f",
    "gray": "#555",
    "lightgray": "#9f9f9f",
    "critical": "#e05d44",
    "important": "#fe7d37",
    "success": "#4c1",
    "informational": "#007ec6",
    "inactive": "#9f9f9f",
}

# The named colours of CSS Color 4.
_CSS_TEXT: Final = """
    aliceblue=f0f8ff antiquewhite=faebd7 aqua=00ffff aquamarine=7fffd4 azure=f0ffff beige=f5f5dc
    bisque=ffe4c4 black=000000 blanchedalmond=ffebcd blue=0000ff blueviolet=8a2be2 brown=a52a2a
    burlywood=deb887 cadetblue=5f9ea0 chartreuse=7fff00 chocolate=d2691e coral=ff7f50
    cornflowerblue=6495ed cornsilk=fff8dc crimson=dc143c cyan=00ffff darkblue=00008b darkcyan=008b8b
    darkgoldenrod=b8860b darkgray=a9a9a9 darkgreen=006400 darkgrey=a9a9a9 darkkhaki=bdb76b
    darkmagenta=8b008b darkolivegreen=556b2f darkorange=ff8c00 darkorchid=9932cc darkred=8b0000
    darksalmon=e9967a darkseagreen=8fbc8f darkslateblue=483d8b darkslategray=2f4f4f
    darkslategrey=2f4f4f darkturquoise=00ced1 darkviolet=9400d3 deeppink=ff1493 deepskyblue=00bfff
    dimgray=696969 dimgrey=696969 dodgerblue=1e90ff firebrick=b22222 floralwhite=fffaf0
    forestgreen=228b22 fuchsia=ff00ff gainsboro=dcdcdc ghostwhite=f8f8ff gold=ffd700
    goldenrod=daa520 gray=808080 green=008000 greenyellow=adff2f grey=808080 honeydew=f0fff0
    hotpink=ff69b4 indianred=cd5c5c indigo=4b0082 ivory=fffff0 khaki=f0e68c lavender=e6e6fa
    lavenderblush=fff0f5 lawngreen=7cfc00 lemonchiffon=fffacd lightblue=add8e6 lightcoral=f08080
    lightcyan=e0ffff lightgoldenrodyellow=fafad2 lightgray=d3d3d3 lightgreen=90ee90 lightgrey=d3d3d3
    lightpink=ffb6c1 lightsalmon=ffa07a lightseagreen=20b2aa lightskyblue=87cefa
    lightslategray=778899 lightslategrey=778899 lightsteelblue=b0c4de lightyellow=ffffe0 lime=00ff00
    limegreen=32cd32 linen=faf0e6 magenta=ff00ff maroon=800000 mediumaquamarine=66cdaa
    mediumblue=0000cd mediumorchid=ba55d3 mediumpurple=9370db mediumseagreen=3cb371
    mediumslateblue=7b68ee mediumspringgreen=00fa9a mediumturquoise=48d1cc mediumvioletred=c71585
    midnightblue=191970 mintcream=f5fffa mistyrose=ffe4e1 moccasin=ffe4b5 navajowhite=ffdead
    navy=000080 oldlace=fdf5e6 olive=808000 olivedrab=6b8e23 orange=ffa500 orangered=ff4500
    orchid=da70d6 palegoldenrod=eee8aa palegreen=98fb98 paleturquoise=afeeee palevioletred=db7093
    papayawhip=ffefd5 peachpuff=ffdab9 peru=cd853f pink=ffc0cb plum=dda0dd powderblue=b0e0e6
    purple=800080 rebeccapurple=663399 red=ff0000 rosybrown=bc8f8f royalblue=4169e1
    saddlebrown=8b4513 salmon=fa8072 sandybrown=f4a460 seagreen=2e8b57 seashell=fff5ee sienna=a0522d
    silver=c0c0c0 skyblue=87ceeb slateblue=6a5acd slategray=708090 slategrey=708090 snow=fffafa
    springgreen=00ff7f steelblue=4682b4 tan=d2b48c teal=008080 thistle=d8bfd8 tomato=ff6347
    turquoise=40e0d0 violet=ee82ee wheat=f5deb3 white=ffffff whitesmoke=f5f5f5 yellow=ffff00
    yellowgreen=9acd32
"""
_CSS: Final[dict[str, str]] = dict(pair.split("=") for pair in _CSS_TEXT.split())

_BARE_HEX: Final = pattern(r"[0-9a-f]{3}|[0-9a-f]{6}")
_HEX: Final = pattern(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_NUMBER: Final = r"\s*[+-]?(?:[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})(?:%|deg)?\s*"
_FUNCTION: Final = pattern(
    rf"(?:rgba?|hsla?)\((?:{_NUMBER},{_NUMBER},{_NUMBER}(?:,{_NUMBER})?)\)"  # the form every renderer knows
)


def normalise(colour: str | None) -> str | None:
    """The colour as it stands in the picture; None for none and for what is no colour."""
    if colour is None:
        return None
    if colour in _NAMED:
        return _NAMED[colour]
    lower = colour.strip().lower()
    if _BARE_HEX.fullmatch(lower):
        return f"#{lower}"
    known = lower in _CSS or lower == "transparent"
    return lower if known or _HEX.fullmatch(lower) or _FUNCTION.fullmatch(lower) else None


def brightness(colour: str) -> float:
    """How bright a normalised colour looks, 0..1; 0 where that takes more than looking it up."""
    digits = _CSS.get(colour) or colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if not _BARE_HEX.fullmatch(digits):
        return 0.0
    red, green, blue = (int(digits[place : place + 2], 16) for place in (0, 2, 4))
    return (red * 299 + green * 587 + blue * 114) / 255_000  # weights of perceived brightness (W3C)


def of_share(share: float) -> str:
    """From red (0) over yellow to green (1)."""
    if not math.isfinite(share):
        return DEFAULT_MESSAGE
    hue = (10 + 80 * share) % 360
    parts = colorsys.hls_to_rgb(hue / 360, 0.40, 0.90)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
