"""A part of a list."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.management.listing import Wanted, part, wanted
from kuma_lite.rest.problems import Problem

VALUES = st.none() | st.integers(-3, 3) | st.sampled_from(["a", "B", "b"]) | st.booleans()


async def nothing() -> None:
    pass


def ask(bodies: list[dict[str, Any]], **query: str) -> tuple[list[dict[str, Any]], str | None, int]:
    made = [partial(dict, body) for body in bodies]
    return asyncio.run(part(made, wanted(query), lambda body: str(body.get("name")), nothing))


@given(st.lists(VALUES, min_size=1, max_size=12), st.integers(1, 5), st.booleans())
def test_pages_are_the_whole_list(values: list[Any], limit: int, down: bool) -> None:
    bodies = [{"id": number, "name": value} for number, value in enumerate(values)]
    sort = "-name" if down else "name"
    whole, none, total = ask(bodies, sort=sort, limit="1000")
    assert none is None
    assert total == len(bodies) == len(whole)
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        shown, following, count = ask(bodies, sort=sort, limit=str(limit), cursor=cursor)
        assert count == total
        assert len(shown) <= limit
        found += shown
        if following is None:
            break
        cursor = following
    assert found == whole


def test_what_goes_while_somebody_turns_pages_moves_nothing() -> None:
    bodies = [{"id": number, "name": "x"} for number in range(6)]
    _, cursor, _ = ask(bodies, limit="2")
    assert cursor is not None
    assert [body["id"] for body in ask(bodies[2:], limit="2", cursor=cursor)[0]] == [2, 3]


def test_filters_search_and_fields() -> None:
    bodies = [
        {"id": 1, "name": "Shop", "type": "http", "active": True, "parent": None},
        {"id": 2, "name": "Workshop", "type": "ping", "active": True, "parent": 1},
        {"id": 3, "name": "Other", "type": "http", "active": False, "parent": 1},
    ]
    for query, expected in (
        ({"type": "http"}, [1, 3]),
        ({"q": "SHOP"}, [1, 2]),
        ({"active": "true", "parent": "1"}, [2]),
        ({"parent": "null"}, [1]),
        ({"type": "dns"}, []),
    ):
        assert [body["id"] for body in ask(bodies, **query)[0]] == expected
    assert ask(bodies, fields="name,id", sort="-id", limit="1")[0] == [{"id": 3, "name": "Other"}]
    assert ask([], type="x") == ([], None, 0)


def test_what_stands_within_a_field() -> None:
    bodies = [
        {"id": 1, "name": "a", "notifications": [1, 2], "tags": [], "state": {"status": "up", "ping": 9}},
        {"id": 2, "name": "b", "notifications": [], "tags": [{"tag": 1, "value": "x"}],
         "state": {"status": "down", "ping": None}},
        {"id": 3, "name": "c", "notifications": [2], "state": {"status": "up", "ping": 3},
         "tags": [{"tag": 2, "value": None}, {"tag": 1, "value": "y"}]},
    ]  # fmt: skip
    for query, expected in (
        ({"state.status": "up"}, [1, 3]),
        ({"notifications": "2"}, [1, 3]),
        ({"notifications": "[]"}, [2]),
        ({"notifications": "[1,2]"}, [1]),
        ({"tags.tag": "1"}, [2, 3]),
        ({"tags.value": "y", "state.status": "up"}, [3]),
        ({"tags": "[]"}, [1]),
        ({"sort": "state.ping"}, [2, 3, 1]),
    ):
        assert [body["id"] for body in ask(bodies, **query)[0]] == expected, query
    for query in (
        {"state": "up"},
        {"tags": "1"},
        {"state.none": "1"},
        {"name.x": "1"},
        {"fields": "state.ping"},
    ):
        with pytest.raises(Problem) as caught:
            ask(bodies, **query)
        assert caught.value.fields
    assert ask(bodies[:1], **{"tags.tag": "1"})[2] == 0  # nobody has one yet


def test_a_cursor_belongs_to_its_order() -> None:
    bodies = [{"id": number, "name": "x"} for number in range(6)]
    _, cursor, _ = ask(bodies, limit="2", sort="-name")
    assert cursor is not None
    for sort in ("name", "id", "-id"):
        with pytest.raises(Problem) as caught:
            ask(bodies, limit="2", sort=sort, cursor=cursor)
        assert caught.value.fields == (("cursor", "of another order"),)


@pytest.mark.parametrize(
    "query",
    [{"limit": "0"}, {"limit": "x"}, {"limit": "-1"}, {"limit": "9" * 30}, {"cursor": "x"},
     {"cursor": "WzFd"}, {"sort": "none"}, {"fields": "none"}, {"none": "1"}, {"cursor": "é"}],
)  # fmt: skip
def test_what_does_not_fit_names_the_parameter(query: dict[str, str]) -> None:
    with pytest.raises(Problem) as caught:
        ask([{"id": 1, "name": "x"}], **query)
    assert caught.value.status == 422
    assert caught.value.fields


def test_usual() -> None:
    assert wanted({}) == Wanted(filters={})
