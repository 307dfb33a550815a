"""The options of a JSON query, for all types that compare a value (`_json_query`)."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.checks._json_query import OPERATORS
from kuma_lite.core.declarations import Choice, Kind
from kuma_lite.core.options import option

_WORDS: Final = {
    "==": "equals",
    "!=": "differs from",
    ">": "is greater than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
    "contains": "contains",
}


def path_option() -> Any:
    """Which value."""
    return option(
        "$",
        alias="jsonPath",
        label="JSON query",
        kind=Kind.TEXT,
        section="content",
        help="A JSONata expression that yields one value, such as status.level or $count(items). "
        "Empty or $ takes the whole answer.",
    )


def operator_option() -> Any:
    """How it is compared."""
    return option(
        "==",
        alias="jsonPathOperator",
        label="Condition",
        kind=Kind.SELECT,
        section="content",
        choices=tuple(Choice(operator, _WORDS[operator]) for operator in OPERATORS),
    )


def expected_option() -> Any:
    """With what."""
    return option("", alias="expectedValue", label="Expected value", kind=Kind.TEXT, section="content")
