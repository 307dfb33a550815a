from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._conditions import (
    MAX_DEPTH,
    NUMBER_CAPTIONS,
    TEXT_CAPTIONS,
    ConditionError,
    holds,
    read_conditions,
)


def expression(operator: str, value: Any, and_or: str = "and", variable: str = "v") -> dict[str, Any]:
    return {"type": "expression", "variable": variable, "operator": operator, "value": value, "andOr": and_or}


def group(*children: Any, and_or: str = "and") -> dict[str, Any]:
    return {"type": "group", "andOr": and_or, "children": list(children)}


def judged(found: str, *items: Any) -> bool:
    return holds(read_conditions(list(items)), {"v": found})


@pytest.mark.parametrize(
    ("found", "operator", "value", "expected"),
    [
        ("a", "equals", "a", True),
        ("a", "equals", "A", False),
        ("a", "not_equals", "b", True),
        ("abc", "contains", "b", True),
        ("abc", "not_contains", "b", False),
        ("abc", "starts_with", "ab", True),
        ("abc", "not_starts_with", "ab", False),
        ("abc", "ends_with", "bc", True),
        ("abc", "not_ends_with", "bc", False),
        ("1.0", "num_equals", "1", True),
        ("1.0", "equals", "1", False),
        ("2", "num_not_equals", 1, True),
        ("9", "lt", "10", True),
        ("9", "gt", "10", False),
        ("10", "lte", "10", True),
        ("10", "gte", "10", True),
        ("ten", "num_equals", "10", False),
        ("ten", "num_not_equals", "10", True),
        ("ten", "lt", "10", False),
        ("ten", "gte", "10", False),
    ],
)
def test_one_comparison(found: str, operator: str, value: Any, expected: bool) -> None:
    assert judged(found, expression(operator, value)) is expected


def test_every_operator_has_a_caption() -> None:
    for operator in [*TEXT_CAPTIONS, *NUMBER_CAPTIONS]:
        assert judged("1", expression(operator, "1")) in (True, False)
    assert TEXT_CAPTIONS["not_starts_with"] == "not starts with"


TRUE, FALSE = ("equals", "x"), ("equals", "y")


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["and", "or", "xor", None])), min_size=1))
def test_lists_are_judged_from_left_to_right(items: list[tuple[bool, str | None]]) -> None:
    expected = items[0][0]
    for truth, joined in items[1:]:
        expected = (expected or truth) if joined == "or" else (expected and truth)
    stored = [expression(*(TRUE if truth else FALSE), joined) for truth, joined in items]  # type: ignore[arg-type]
    assert judged("x", *stored) is expected
    assert judged("x", group(*stored)) is expected


def test_a_group_comes_before_what_surrounds_it() -> None:
    tail = [expression(*TRUE), expression(*TRUE, "or")]
    assert judged("x", expression(*FALSE), *tail) is True
    assert judged("x", expression(*FALSE), group(*tail)) is False


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries(
            {"type": st.sampled_from(["expression", "group", "other"])},
            optional={
                "andOr": inner,
                "children": inner,
                "variable": st.just("v") | inner,
                "operator": st.sampled_from([*TEXT_CAPTIONS, *NUMBER_CAPTIONS]) | inner,
                "value": inner,
            },
        )
    ),
)


@given(ANY, st.text(max_size=5))
def test_whatever_is_stored_is_judged_or_refused(stored: Any, found: str) -> None:
    tree = read_conditions(stored)
    hash(tree)
    assert read_conditions(tree) == tree
    try:
        assert holds(tree, {"v": found}) in (True, False)
    except ConditionError as refused:
        assert str(refused)


@pytest.mark.parametrize("stored", [None, [], {}, 7, "", "no JSON", "[]", [{"type": "other"}, "text"]])
def test_no_conditions_are_always_met(stored: Any) -> None:
    assert holds(read_conditions(stored), {}) is True


def test_conditions_stored_as_text_count() -> None:
    assert holds(read_conditions(json.dumps([expression(*FALSE)])), {"v": "x"}) is False


def test_nesting_has_an_end() -> None:
    nested = expression(*TRUE)
    for _ in range(MAX_DEPTH + 2):
        nested = group(nested)
    with pytest.raises(ConditionError, match="at least one child"):
        judged("x", nested)


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (group(), "ConditionExpressionGroup must contain at least one child."),
        (expression("equals", "x", variable="other"), "Variable missing in context: other"),
        (
            expression("like", "x"),
            "Unexpected expression operator ID 'like'. Expected one of [equals,not_equals,contains,"
            "not_contains,starts_with,not_starts_with,ends_with,not_ends_with,num_equals,num_not_equals,"
            "lt,gt,lte,gte]",
        ),
    ],
)
def test_a_tree_that_cannot_be_judged_says_why(item: Any, sentence: str) -> None:
    with pytest.raises(ConditionError) as refused:
        judged("x", expression(*TRUE), item)
    assert str(refused.value) == sentence
