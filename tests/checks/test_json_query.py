from __future__ import annotations

import asyncio
import contextlib
import json
import operator
import os
import threading
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import _jsonata
from kuma_lite.checks._json_query import compare, query
from kuma_lite.checks._jsonata import QueryError, is_plain
from kuma_lite.core.json_text import text_of

DOCUMENT = json.dumps(
    {
        "status": "ok",
        "count": 42,
        "ratio": 1.5,
        "whole": 2.0,
        "nested": {"list": [1, 2, 3], "name": "kuma", "twenty": list(range(20))},
        "flag": True,
        "nothing": None,
        "hosts": [{"name": "a", "load": 3}, {"name": "b", "load": 9}],
    }
)
EMPTY = "Empty or undefined response. Check query syntax and response structure"
NOT_COMPARABLE = "which cannot be directly compared to the expected value"
ADVICE = (
    "but a primitive value is required. Modify your query to return a single value via [0] to get the first "
    "element or use an aggregation like $count(), $sum() or $boolean()."
)


@pytest.mark.parametrize(
    ("path", "sign", "expected", "sentence"),
    [
        ("count", "==", "42", "JSON query passes (comparing 42 == 42)"),
        ("count", "!=", "42", "JSON query does not pass (comparing 42 != 42)"),
        ("count", ">", "41", "JSON query passes (comparing 42 > 41)"),
        ("count", ">=", "42", "JSON query passes (comparing 42 >= 42)"),
        ("count", "<", "5", "JSON query does not pass (comparing 42 < 5)"),
        ("count", "<=", "42.0", "JSON query passes (comparing 42 <= 42.0)"),
        ("count", "<", "0x2B", "JSON query passes (comparing 42 < 0x2B)"),
        ("nested.name", "contains", "um", "JSON query passes (comparing kuma contains um)"),
        ("nested.list[1]", "==", "2", "JSON query passes (comparing 2 == 2)"),
        ("$sum(nested.list)", "==", "6", "JSON query passes (comparing 6 == 6)"),
        ("flag", "==", "true", "JSON query passes (comparing true == true)"),
        ("whole", "==", "2", "JSON query passes (comparing 2 == 2)"),
        ("ratio * 2", "==", "3", "JSON query passes (comparing 3 == 3)"),
        ("count / 2", "==", "21", "JSON query passes (comparing 21 == 21)"),
        ("hosts[name='b'].load", "==", "9", "JSON query passes (comparing 9 == 9)"),
        ("hosts^(>load)[0].name", "==", "b", "JSON query passes (comparing b == b)"),
        ("$match(status, /o/).match", "==", "o", "JSON query passes (comparing o == o)"),
        ("$eval('1+1')", "==", "2", "JSON query passes (comparing 2 == 2)"),
    ],
)
async def test_a_value_is_compared(path: str, sign: str, expected: str, sentence: str) -> None:
    assert (await query(DOCUMENT, path, sign, expected)).sentence() == sentence


@pytest.mark.parametrize(
    ("path", "sign", "expected", "problem"),
    [
        ("nowhere", "==", "1", f"{EMPTY}. Response from server was: undefined"),
        ("nothing", "==", "1", f"{EMPTY}. Response from server was: null"),
        (
            "nested.list",
            "==",
            "1",
            f"JSON query returned the array [1,2,3], {ADVICE}. Response from server was: [1,2,3]",
        ),
        (
            "nested.twenty",
            "==",
            "1",
            f"JSON query returned the array [0,1,2,3,4,5,6,7,8,9,10,1...], {ADVICE}. "
            "Response from server was: [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]",
        ),
        (
            "hosts[0]",
            "==",
            "1",
            f"The post-JSON query evaluated response from the server is of type object, {NOT_COMPARABLE}. "
            'Response from server was: {"name":"a","load":3}',
        ),
        (
            "$sum",
            "==",
            "1",
            f"The post-JSON query evaluated response from the server is of type function, {NOT_COMPARABLE}. "
            "Response from server was: undefined",
        ),
        (
            "function($x){$x}",
            "==",
            "1",
            f"The post-JSON query evaluated response from the server is of type function, {NOT_COMPARABLE}. "
            "Response from server was: undefined",
        ),
        ("nowhere^(x)", "==", "1", f"{EMPTY}. Response from server was: undefined"),
        ("status", ">", "3", 'Unable to cast value to a number: "ok". Response from server was: "ok"'),
        ("count", ">", "", 'Unable to cast value to a number: "". Response from server was: 42'),
        ("count", "~", "1", "Invalid condition ~. Response from server was: 42"),
        ("count", "", "1", "Invalid condition . Response from server was: 42"),
    ],
)
async def test_what_cannot_be_compared_is_said(path: str, sign: str, expected: str, problem: str) -> None:
    with pytest.raises(QueryError) as failed:
        await query(DOCUMENT, path, sign, expected)
    assert str(failed.value) == f"Error evaluating JSON query: {problem}"


async def test_a_syntax_error_shows_the_start_of_the_answer() -> None:
    with pytest.raises(QueryError) as failed:
        await query(DOCUMENT, "bad[", "==", "1")
    message = str(failed.value)
    assert message.startswith("Error evaluating JSON query: ")
    compact = json.dumps(json.loads(DOCUMENT), separators=(",", ":")).replace("2.0", "2")
    assert message.endswith(f"Response from server was: {compact[:100]}… (truncated)")


@pytest.mark.parametrize(("text", "path"), [("plain words", ""), ("plain words", "$"), ('"plain words"', "")])
async def test_a_text_is_a_value_too(text: str, path: str) -> None:
    assert (await query(text, path, "==", "plain words")).passes


@pytest.mark.parametrize(
    ("expression", "plain"),
    [
        ("$", True),
        ("a.b[0].c", True),
        ("$sum(a.b) > 3 and c != 'x'", True),
        ("a ? b : c", True),
        ("a / b", True),
        ("$max(a)/b[0]/`c d`", True),
        ("*.name", True),
        ("/(a+)+$/", False),
        ("$match(a, /x/)", False),
        ("a and /(a+)+$/", False),
        ("a in/x/", False),
        ("[/x/]", False),
        ("a /* ) */ and /x/", False),
        ("**.a.**.b", False),
        ("[1..1000000]", False),
        ("$pad(a, 1000000000)", False),
        ("$power(9, 9)", False),
        ("$eval(a)", False),
        ("$f()", False),
        ("($x := 1; $x)", False),
        ("function($x){$x}", False),
        ("a ~> $sum", False),
        ("a^(b)", False),
        ("{'a': b}", False),
        ("λ($x){$x}", False),
    ],
)
def test_only_bounded_expressions_are_plain(expression: str, plain: bool) -> None:
    assert is_plain(expression) is plain


HOSTILE = {
    "a regular expression that backtracks": ("$contains('" + "a" * 50 + "', /(a+)+$x/)", "ran for more than"),
    "an endless loop": ("($f := function($n){$f($n+1)}; $f(1))", "ran for more than"),
    "an endless recursion": ("($f := function($n){1 + $f($n+1)}; $f(1))", "Stack overflow"),
    "a bomb of memory": ("$pad('x', 2000000000)", "needs too much memory"),
    "a large result": ("$pad('x', 3000000)", "result of the expression is too large"),
    "deep nesting": ("(" * 4_000 + "1" + ")" * 4_000, ""),
    "a long text": ("a" * 10_001, "longer than 10000 characters"),
}


@pytest.mark.parametrize(("expression", "problem"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_expression_fails_and_the_loop_goes_on(
    expression: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "ran for" in problem:  # the others fail by themselves, however busy the machine is
        monkeypatch.setattr(_jsonata, "EVALUATION_S", 0.5)
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            begun = perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, perf_counter() - begun)

    watching = asyncio.create_task(watch())
    try:
        with pytest.raises(QueryError) as failed:
            await asyncio.wait_for(query(DOCUMENT, expression, "==", "1"), 20)
    finally:
        watching.cancel()
    assert problem in str(failed.value)
    assert longest < 10  # held up, the loop would wait for minutes


async def test_expressions_at_the_same_time_do_not_disturb_each_other() -> None:
    paths = ["count", "nested.list[2]", "$match(status, /k/).match", "hosts^(load)[0].name"] * 6
    results = await asyncio.gather(*(query(DOCUMENT, path, "==", "") for path in paths))
    assert [result.value for result in results] == ["42", "3", "k", "a"] * 6


NUMBER = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9).map(lambda value: round(value, 3))


@given(NUMBER, NUMBER)
def test_numbers_compare_as_numbers(value: float, expected: float) -> None:
    for sign, holds in ((">", operator.gt), (">=", operator.ge), ("<", operator.lt), ("<=", operator.le)):
        assert compare(text_of(value), sign, text_of(expected)) == holds(value, expected)


@given(st.text(max_size=8), st.text(max_size=8))
def test_texts_compare_as_texts(value: str, expected: str) -> None:
    assert compare(value, "==", expected) == (value == expected)
    assert compare(value, "!=", expected) == (value != expected)
    assert compare(value, "contains", expected) == (expected in value)
    for sign in (">", "<="):
        try:
            compare(value, sign, expected)
        except QueryError as failed:
            assert "Unable to cast value to a number" in str(failed)


async def test_a_child_holds_nothing_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listening socket or a lock in the child would be in the way of a restart."""
    monkeypatch.setattr(_jsonata, "EVALUATION_S", 3.0)
    fork, forked = _jsonata._fork, threading.Event()

    def noted(expression: str, document: Any) -> Any:
        child = fork(expression, document)
        forked.set()
        return child

    monkeypatch.setattr(_jsonata, "_fork", noted)
    reading, writing = os.pipe()
    endless = asyncio.create_task(query(DOCUMENT, "($f := function($n){$f($n+1)}; $f(1))", "==", "1"))
    assert await asyncio.to_thread(forked.wait, 20)
    os.close(writing)
    os.set_blocking(reading, False)
    try:
        while not endless.done():
            with contextlib.suppress(BlockingIOError):  # not yet: it lets go at the beginning
                assert os.read(reading, 1) == b""  # the end of the pipe: nobody else has it open
                break
            await asyncio.sleep(0.01)
        assert not endless.done()
    finally:
        os.close(reading)
        with pytest.raises(QueryError):
            await endless


@pytest.mark.parametrize("path", ["", "$", " $ "])
async def test_null_as_a_whole_is_null(path: str) -> None:
    with pytest.raises(QueryError, match="Response from server was: null$"):
        await query("null", path, "==", "1")
