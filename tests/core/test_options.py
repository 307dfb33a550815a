from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.declarations import Kind
from kuma_lite.core.options import Options, option


class Sample(Options):
    """Two options that clients write in more than one way."""

    people: tuple[str, ...] = option((), alias="userList", label="People", kind=Kind.LIST)
    loud: bool = option(False, label="Loud", kind=Kind.SWITCH)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (["a", "b"], ("a", "b")),
        ("a", ("a",)),
        (5, ("5",)),
        ("", ()),
        (None, ()),
        ([], ()),
    ],
)
def test_one_value_stands_for_a_list(sent: Any, read: tuple[str, ...]) -> None:
    assert Sample.read({"userList": sent}).people == read


@pytest.mark.parametrize(
    ("sent", "on"),
    [
        (True, True),
        (1, True),
        (5, True),
        ("yes", True),
        ("always", True),
        ("", False),
        ("false", False),
        (0, False),
    ],
)
def test_whatever_is_true_is_on(sent: Any, on: bool) -> None:
    assert Sample.read({"loud": sent}).loud is on


def test_options_are_the_same_without_what_was_given() -> None:
    whole, lean = Sample.read({"loud": True}), Sample.read({"loud": True}).forget_given()
    assert lean == whole
    assert lean.model_dump() == whole.model_dump()
    assert lean.model_fields_set == set()
    with pytest.raises(ValueError, match="frozen"):
        lean.loud = False
    assert Sample.read({}).forget_given().model_fields_set is lean.model_fields_set
