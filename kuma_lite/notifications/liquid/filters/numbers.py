"""Filters that calculate, with JavaScript's numbers: 7 by 2 is 3.5, and what is no number is 0."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from kuma_lite.notifications.liquid.running import Run
from kuma_lite.notifications.liquid.values import EXACT_INTEGERS, MISSING, counted, is_true, tidy, whole

MAX_PLACES: Final = 20  # behind or before the point; a double has 17


def _calculated(function: Callable[..., float], least: int) -> Callable[..., float]:
    """A filter of numbers; a missing argument makes what JavaScript makes of it, NaN."""

    def calculate(run: Run, value: Any, *arguments: Any) -> float:
        del run
        numbers = [counted(value), *map(counted, arguments)]
        if len(numbers) < least:
            return math.nan
        try:
            return tidy(function(*numbers[:least]))
        except (OverflowError, ValueError):
            return math.nan

    return calculate


def _quotient(dividend: float, divisor: float) -> float:
    if divisor:
        return dividend / divisor
    return math.nan if not dividend or math.isnan(dividend) else math.copysign(math.inf, dividend)


def _divided_by(run: Run, value: Any, divisor: Any = MISSING, whole_numbers: Any = False) -> float:
    del run
    quotient = _quotient(counted(value), counted(divisor))
    if is_true(whole_numbers) and whole_numbers and math.isfinite(quotient):
        return math.floor(quotient)
    return tidy(quotient)


def _modulo(value: float, divisor: float) -> float:
    """With the sign of the value, as in the version that Uptime Kuma has."""
    return math.fmod(value, divisor) if divisor else math.nan


def _round(run: Run, value: Any, places: Any = 0) -> float:
    del run
    found = counted(value)
    if not math.isfinite(found):
        return found
    power = max(-MAX_PLACES, min(MAX_PLACES, whole(places)))
    shifted = Decimal(repr(found)).scaleb(power)
    if abs(shifted) >= EXACT_INTEGERS:
        return tidy(found)
    return tidy(float(shifted.to_integral_value(ROUND_HALF_UP).scaleb(-power)))


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "abs": _calculated(abs, 1),
    "at_least": _calculated(max, 2),
    "at_most": _calculated(min, 2),
    "ceil": _calculated(math.ceil, 1),
    "divided_by": _divided_by,
    "floor": _calculated(math.floor, 1),
    "minus": _calculated(lambda left, right: left - right, 2),
    "modulo": _calculated(_modulo, 2),
    "plus": _calculated(lambda left, right: left + right, 2),
    "round": _round,
    "times": _calculated(lambda left, right: left * right, 2),
}
