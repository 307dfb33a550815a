"""The numbers of JSONata as JavaScript has them, where the Python library differs from JSONata 2.

There a division by zero is Infinity, `%` keeps fractions, whole numbers beyond 2^53 are doubles, and a number
in a text has at most 15 digits. Imported with the library, by the first query.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from jsonata import Jsonata
from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.parser import Parser
from jsonata.utils import Utils

from kuma_lite.core.json_text import compact_json, text_of

EXACT_INTEGERS: Final = 2**53
_NUMBER: Final = re.compile(
    r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?|0[xX][0-9A-Fa-f]+|0[oO][0-7]+|0[bB][01]+"
)
_NOT_FINITE: Final = "D3001"  # the library's codes of errors
_NO_NUMBER: Final = "D3030"


class ExactJsonata(Jsonata):  # type: ignore[misc]  # the library has no types
    """An expression that calculates as in JavaScript."""

    def evaluate_numeric_expression(self, lhs: Any, rhs: Any, op: Any) -> Any:
        """The result of `+ - * / %`; undefined when one side is."""
        if lhs is None or rhs is None or not (Utils.is_numeric(lhs) and Utils.is_numeric(rhs)):
            return super().evaluate_numeric_expression(lhs, rhs, op)
        return _tidy(_OPERATIONS[op](float(lhs), float(rhs)))


def mend() -> type[Jsonata]:
    """The class to compile expressions with; `$string` and `$number` are JavaScript's, too."""
    Functions._string = staticmethod(_written)
    Jsonata.static_frame.lookup("number").method = _number
    return ExactJsonata


def _quotient(left: float, right: float) -> float:
    if right:
        return left / right
    return (
        math.nan if not left or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1, right)
    )


def _remainder(left: float, right: float) -> float:
    return math.fmod(left, right) if right and math.isfinite(left) else math.nan


_OPERATIONS: Final[dict[str, Callable[[float, float], float]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _quotient,
    "%": _remainder,
}


def _tidy(value: float) -> int | float:
    """Whole numbers without a fraction, as far as they are exact."""
    return int(value) if value.is_integer() and abs(value) < EXACT_INTEGERS else value


def _number(arg: Any) -> Any:
    """`$number`: a text has to be a number of JSON, or begin with `0x`, `0o`, `0b`."""
    if arg is None or isinstance(arg, int | float):
        return arg if not isinstance(arg, bool) else int(arg)
    if arg is Utils.NULL_VALUE:
        raise JException("T0410", -1)
    if not isinstance(arg, str) or not _NUMBER.fullmatch(arg):
        raise JException(_NO_NUMBER, -1, arg)
    return _tidy(float(int(arg, 0)) if arg[:2].lower() in ("0x", "0o", "0b") else float(arg))


def _written(arg: Any, prettify: bool) -> str:
    """`$string` of anything but a text."""
    if isinstance(arg, float | int) and not isinstance(arg, bool):
        if not math.isfinite(arg):
            raise JException(_NOT_FINITE, -1, arg)
        return text_of(_shortened(arg))
    if isinstance(arg, Jsonata.JFunction | Parser.Symbol):
        return ""
    plain = _plain(arg)
    return json.dumps(plain, ensure_ascii=False, indent=2) if prettify else compact_json(plain)


def _plain(arg: Any) -> Any:
    if arg is None or arg is Utils.NULL_VALUE:
        return None
    if isinstance(arg, Mapping):
        return {key: _plain(value) for key, value in arg.items()}
    if isinstance(arg, list | tuple):
        return [_plain(value) for value in arg]
    if isinstance(arg, float):
        return _tidy(_shortened(arg)) if math.isfinite(arg) else None
    return arg if isinstance(arg, str | int) else ""


def _shortened(value: float) -> float:
    """With 15 digits, if it has a fraction."""
    return value if float(value).is_integer() else float(f"{value:.15g}")
