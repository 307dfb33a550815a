"""Numbers in texts, read and written as JavaScript does: badges are addressed and look that way."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from kuma_lite.core.patterns import pattern

_INTEGER: Final = pattern(r"\s*([+-]?[0-9]{1,300})")
_FLOAT: Final = pattern(r"\s*([+-]?(?:[0-9]{1,300}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)")


def parse_int(text: str) -> int | None:
    """The whole number a text begins with."""
    found = _INTEGER.match(text)
    return int(found[1]) if found else None


def parse_float(text: str) -> float | None:
    """The number a text begins with."""
    found = _FLOAT.match(text)
    value = float(found[1]) if found else math.nan
    return value if math.isfinite(value) else None


def to_precision(value: float, digits: int) -> str:
    """`value` with so many significant digits, as `Number.prototype.toPrecision` writes it."""
    if value == 0:
        return f"{0:.{digits - 1}f}"
    # JavaScript rounds the exact binary value, halves away from zero.
    rounded = Context(prec=digits, rounding=ROUND_HALF_UP).plus(Decimal(value))
    exponent = rounded.adjusted()
    if -7 < exponent < digits:
        return f"{rounded:.{digits - 1 - exponent}f}"
    mantissa = rounded.scaleb(-exponent)
    return f"{mantissa:.{digits - 1}f}e{exponent:+d}"
