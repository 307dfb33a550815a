"""A value out of a JSON answer, compared with what was expected (shared by all types that query JSON).

Sentences, and comparing as text except for `<` and `>`, are Uptime Kuma 2.5's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from typing import Any, Final

from msgspec import Struct

from kuma_lite.checks._jsonata import FUNCTION, UNDEFINED, QueryError, evaluate
from kuma_lite.checks._large import off_loop_if_large
from kuma_lite.core.declarations import Number
from kuma_lite.core.json_text import JsonTextError, compact_json, parse_json, text_of

OPERATORS: Final = ("==", "!=", ">", ">=", "<", "<=", "contains")

_ALL: Final = ("", "$")  # paths that take the whole value: nothing to evaluate, and null stays null
_SHOWN_CHARS: Final = 100  # of the value in an error
_SHOWN_ARRAY_CHARS: Final = 25
_CUT: Final = "… (truncated)"
_EMPTY: Final = "Empty or undefined response. Check query syntax and response structure"
_ARRAY: Final = (
    "JSON query returned the array {}, but a primitive value is required. Modify your query to return a "
    "single value via [0] to get the first element or use an aggregation like $count(), $sum() or $boolean()."
)
_OBJECT: Final = (
    "The post-JSON query evaluated response from the server is of type {}, which cannot be directly compared "
    "to the expected value"
)


VALUE: Final = Number("value", "Value")  # what a query finds, for limits


class Comparison(Struct, frozen=True):
    """How a query came out."""

    passes: bool
    value: str
    operator: str
    expected: str

    def numbers(self) -> dict[str, float]:
        """The value by the id of `VALUE`, where it is a number."""
        return number_in(self.value)

    def sentence(self) -> str:
        """The beat's text."""
        verb = "passes" if self.passes else "does not pass"
        return f"JSON query {verb} (comparing {self.value} {self.operator} {self.expected})"


def number_in(text: str) -> dict[str, float]:
    """A number by the id of `VALUE`; nothing for other texts."""
    try:
        value = float(text)
    except ValueError:
        return {}
    return {VALUE.id: value} if isfinite(value) else {}


async def query(text: str, path: str, operator: str, expected: str) -> Comparison:
    """Take the value at the JSONata `path` (empty: all of it) out of `text` and compare it.

    A text that is no JSON is a value itself. Raises QueryError with the beat's text.
    """
    value = await off_loop_if_large(_parsed, text)
    try:
        if path.strip() not in _ALL:
            value = await evaluate(path, value)
        found = _primitive(value)
        return Comparison(compare(found, operator, expected), found, operator, expected)
    except QueryError as error:
        raise QueryError(
            f"Error evaluating JSON query: {error}. Response from server was: {_shown(value)}"
        ) from None


def _parsed(text: str) -> Any:
    try:
        return parse_json(text)
    except JsonTextError:
        return text


def _primitive(value: Any) -> str:
    if value is None or value is UNDEFINED:
        raise QueryError(_EMPTY)
    if isinstance(value, list):
        shown = compact_json(value)
        cut = len(shown) > _SHOWN_ARRAY_CHARS
        raise QueryError(_ARRAY.format(shown[:_SHOWN_ARRAY_CHARS] + "...]" if cut else shown))
    if isinstance(value, dict) or value is FUNCTION:
        raise QueryError(_OBJECT.format("function" if value is FUNCTION else "object"))
    return text_of(value)


def _shown(value: Any) -> str:
    if value is UNDEFINED or value is FUNCTION:
        return "undefined"
    text = compact_json(value)
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + _CUT


def compare(value: str, operator: str, expected: str) -> bool:
    """Whether `value operator expected` holds. Raises QueryError."""
    if operator in _BY_TEXT:
        return _BY_TEXT[operator](value, expected)
    if operator in _BY_NUMBER:
        return _BY_NUMBER[operator](_number(value), _number(expected))
    raise QueryError(f"Invalid condition {operator}")


_BY_TEXT: Final[dict[str, Callable[[str, str], bool]]] = {
    "==": lambda value, expected: value == expected,
    "!=": lambda value, expected: value != expected,
    "contains": lambda value, expected: expected in value,
}
_BY_NUMBER: Final[dict[str, Callable[[float, float], bool]]] = {
    ">": lambda value, expected: value > expected,
    ">=": lambda value, expected: value >= expected,
    "<": lambda value, expected: value < expected,
    "<=": lambda value, expected: value <= expected,
}

_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_PREFIXED: Final = re.compile(r"0[xX][0-9A-Fa-f]{1,64}|0[oO][0-7]{1,64}|0[bB][01]{1,64}")


def _number(text: str) -> float:
    """What JSONata's `$number` makes of a text: a JSON number, or hexadecimal, octal, binary."""
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _PREFIXED.fullmatch(text):
        return float(int(text, 0))
    raise QueryError(f"Unable to cast value to a number: {compact_json(text)}")
