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
