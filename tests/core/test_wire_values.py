from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core import wire_values


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (5, 5),
        (5.0, 5),
        (5.5, 5.5),
        ("5", 5),
        (" 5.0 ", 5),
        ("-1.5e2", -150),
        (".5", 0.5),
        (True, 1),
        ("", None),
        ("five", None),
        ("5 apples", None),
        ("nan", None),
        ("1_000", None),
        ("1" * 400, None),
        (float("inf"), None),
        (None, None),
        ([5], None),
    ],
)
def test_numbers(value: Any, found: Any) -> None:
    number = wire_values.number(value)
    assert number == found
    assert type(number) is type(found)


@pytest.mark.parametrize("value", [True, "1.5", 1.5, "", None, {}])
def test_what_is_not_whole(value: Any) -> None:
    assert wire_values.whole(value) is None


@pytest.mark.parametrize("value", [0, -1, "0", 1 << 62, "x", None, True])
def test_what_is_no_identifier(value: Any) -> None:
    assert wire_values.identifier(value) is None


@pytest.mark.parametrize(
    ("value", "found"),
    [("x", "x"), ("", ""), (5, "5"), (5.0, "5"), (0.5, "0.5"), (True, "1"), (None, None), ({}, None)],
)
def test_texts(value: Any, found: str | None) -> None:
    assert wire_values.text(value) == found


@pytest.mark.parametrize(
    ("value", "on"),
    [(True, True), (1, True), ("true", True), ("yes", True), ("0", False), ("False", False), (None, False)],
)
def test_flags(value: Any, on: bool) -> None:
    assert wire_values.flag(value) is on


@pytest.mark.parametrize(("value", "found"), [(None, []), (5, [5]), ([5, 6], [5, 6]), ((), []), ("a", ["a"])])
def test_lists(value: Any, found: list[Any]) -> None:
    assert wire_values.listed(value) == found
