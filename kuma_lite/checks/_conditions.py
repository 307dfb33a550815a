"""Conditions on what a check found (pure): a tree of comparisons as Uptime Kuma 2.5 stores it.

Lists are judged strictly from left to right, `and` and `or` alike: `a and b or c` is `(a and b) or c`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.declarations import ConditionVariable
from kuma_lite.core.json_text import JsonTextError, parse_json, text_of

MAX_DEPTH: Final = 32  # groups within groups; people nest two or three
_EMPTY_GROUP: Final = "ConditionExpressionGroup must contain at least one child."


class ConditionError(Exception):
    """A tree that cannot be judged; the text is the beat's."""


class Expression(Struct, frozen=True):
    """`variable operator value`; `either`: joined to what stands before it by `or`."""

    variable: str
    operator: str
    value: str
    either: bool


class Group(Struct, frozen=True):
    """A list in brackets."""

    children: tuple[Any, ...]  # Expression | Group
    either: bool


Tree = tuple[Any, ...]  # of Expression | Group; empty: no conditions


def text_variable(name: str) -> ConditionVariable:
    """A variable that is compared as text."""
    return ConditionVariable(name, tuple(TEXT_CAPTIONS.items()))


def read_conditions(value: Any) -> Tree:
    """The tree in a stored document (a list, or its JSON text); items of unknown types are skipped."""
    if isinstance(value, str):
        try:
            value = parse_json(value)
        except JsonTextError:
            return ()
    return _items(value, 0)


def _items(value: Any, depth: int) -> Tree:
    if isinstance(value, tuple):
        return value  # read before
    if not isinstance(value, list) or depth > MAX_DEPTH:
        return ()
    found = (_item(entry, depth) for entry in value if isinstance(entry, Mapping))
    return tuple(item for item in found if item is not None)


def _item(entry: Mapping[str, Any], depth: int) -> Expression | Group | None:
    either = entry.get("andOr") == "or"
    if entry.get("type") == "group":
        return Group(_items(entry.get("children"), depth + 1), either)
    if entry.get("type") == "expression":
        variable, operator, value = (text_of(entry.get(key)) for key in ("variable", "operator", "value"))
        return Expression(variable, operator, value, either)
    return None


def holds(tree: Tree, values: Mapping[str, str]) -> bool:
    """Whether the values satisfy the tree; an empty one is always satisfied. Raises ConditionError."""
    verdict = True
    for place, item in enumerate(tree):
        passes = _group(item, values) if isinstance(item, Group) else _compare(item, values)
        either = item.either and place > 0  # what joins the first to nothing means nothing
        verdict = (verdict or passes) if either else (verdict and passes)
    return verdict


def _group(group: Group, values: Mapping[str, str]) -> bool:
    if not group.children:
        raise ConditionError(_EMPTY_GROUP)
    return holds(group.children, values)


def _compare(expression: Expression, values: Mapping[str, str]) -> bool:
    if expression.variable not in values:
        raise ConditionError(f"Variable missing in context: {expression.variable}")
    value = values[expression.variable]
    if expression.operator in _BY_TEXT:
        return _BY_TEXT[expression.operator](value, expression.value)
    if expression.operator in _BY_NUMBER:
        return _BY_NUMBER[expression.operator](_number(value), _number(expression.value))
    known = ",".join((*_BY_TEXT, *_BY_NUMBER))
    raise ConditionError(
        f"Unexpected expression operator ID '{expression.operator}'. Expected one of [{known}]"
    )


def _number(text: str) -> float:
    """A text that is no number equals nothing and is neither less nor greater."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


_BY_TEXT: Final[dict[str, Callable[[str, str], bool]]] = {
    "equals": lambda value, wanted: value == wanted,
    "not_equals": lambda value, wanted: value != wanted,
    "contains": lambda value, wanted: wanted in value,
    "not_contains": lambda value, wanted: wanted not in value,
    "starts_with": lambda value, wanted: value.startswith(wanted),
    "not_starts_with": lambda value, wanted: not value.startswith(wanted),
    "ends_with": lambda value, wanted: value.endswith(wanted),
    "not_ends_with": lambda value, wanted: not value.endswith(wanted),
}
_BY_NUMBER: Final[dict[str, Callable[[float, float], bool]]] = {
    "num_equals": lambda value, wanted: value == wanted,
    "num_not_equals": lambda value, wanted: value != wanted,
    "lt": lambda value, wanted: value < wanted,
    "gt": lambda value, wanted: value > wanted,
    "lte": lambda value, wanted: value <= wanted,
    "gte": lambda value, wanted: value >= wanted,
}
# As editors of conditions show them.
TEXT_CAPTIONS: Final = {name: name.replace("_", " ") for name in _BY_TEXT}
NUMBER_CAPTIONS: Final = {
    "num_equals": "equals",
    "num_not_equals": "not equals",
    "lt": "less than",
    "gt": "greater than",
    "lte": "less than or equal to",
    "gte": "greater than or equal to",
}
