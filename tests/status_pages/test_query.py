from __future__ import annotations

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.badges.query import Query


def test_absent_empty_and_repeated() -> None:
    query = Query("a=&b=1&b=2&c=x%26y+z")
    assert (query.text("a", "default"), query.text("z", "default")) == ("", "default")
    assert query.text("b") == "1,2"
    assert query.text("c") == "x&y z"
    assert query.single("z", "color", "red") == "red"
    assert query.single("a", "color", "red") == ""
    with pytest.raises(UserError, match="Field `color` must be of type string"):
        query.single("b", "color")


def test_numbers() -> None:
    query = Query("a=12.7x&b=x")
    assert (query.integer("a"), query.number("a")) == (12, 12.7)
    assert (query.integer("b"), query.number("b"), query.number("c")) == (None, None, None)


def test_too_many_parameters_are_refused() -> None:
    with pytest.raises(UserError, match="too many"):
        Query("&".join(f"p{number}=1" for number in range(200)))
