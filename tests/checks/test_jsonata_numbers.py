"""Arithmetic of JSONata 2; the values are what its JavaScript implementation gives."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._json_query import query
from kuma_lite.checks._jsonata import UNDEFINED, QueryError, evaluate
from kuma_lite.core.json_text import text_of

DOCUMENT: dict[str, Any] = {
    "a": 5,
    "b": 2,
    "z": 0,
    "n": -7,
    "f": 2.5,
    "g": 0.1,
    "h": 0.2,
    "big": 9007199254740993,
    "lim": 2147483648,
    "i": 3.0,
    "nul": None,
    "yes": True,
    "o": {"x": 1.0, "y": 3},
    "free": 1234567,
    "total": 10000000,
    "ü": "straße",
    "list": [{"v": 1, "w": 2}, {"v": 3.0, "w": 0.5}],
    "arr": [1, 2, 3],
}


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("a / z", "Infinity"),
        ("-1 / 0", "-Infinity"),
        ("z / z", "NaN"),
        ("a % z", "NaN"),
        ("(z / z) = 1", "false"),
        ("a / z > 100", "true"),
        ("f % b", "0.5"),
        ("5.5 % 2", "1.5"),
        ("n % 3", "-1"),
        ("n % -3", "-1"),
        ("n % f", "-2"),
        ("f % 7", "2.5"),
        ("a % g", "0.09999999999999973"),
        ("0.5 % 2", "0.5"),
        ("a + b * f", "10"),
        ("10 - 2 - 3", "5"),
        ("2 * 3 % 4", "2"),
        ("10 / 2 / 5", "1"),
        ("7 / 2", "3.5"),
        ("6 / 2", "3"),
        ("a - -b", "7"),
        ("i * 2", "6"),
        ("i / 2", "1.5"),
        ("g + h", "0.30000000000000004"),
        ("g + h = 0.3", "false"),
        ("100 * 1.1", "110.00000000000001"),
        ("4.35 * 100", "434.99999999999994"),
        ("free / total * 100", "12.34567"),
        ("$round(free / total * 100, 2)", "12.35"),
        ("big + 1", "9007199254740992"),
        ("lim * lim", "4611686018427388000"),
        ("n * big", "-63050394783186940"),
        ("1e308 * 10", "Infinity"),
        ("$round(2.5)", "2"),
        ("$round(3.5)", "4"),
        ("$round(-1.5)", "-2"),
        ("$round(1.005, 2)", "1"),
        ("$round(125, -1)", "120"),
        ("$floor(-2.5)", "-3"),
        ("$power(2, -1)", "0.5"),
        ("$sqrt(16)", "4"),
        ("$sum(list.(v * w))", "3.5"),
        ("$average(arr)", "2"),
        ("$sum(list.v) / $count(list)", "2"),
        ("$number('12')", "12"),
        ("$number('3.10')", "3.1"),
        ("$number('0x1f')", "31"),
        ("$number('1e3')", "1000"),
        ("$number(true)", "1"),
        ("a = 5.0", "true"),
        ("i = 3", "true"),
        ("a < f or z >= 0", "true"),
        ("'x' & i", "x3"),
        ("'x' & 1/3", "x0.333333333333333"),
        ("'x' & (g + h)", "x0.3"),
        ("'x' & 100 * 1.1", "x110"),
        ("'x' & big", "x9007199254740992"),
        ("'x' & 1e21", "x1e+21"),
        ("'x' & 0.0000001", "x1e-7"),
        ("'x' & -0", "x0"),
        ("list.v & ''", "[1,3]"),
        ("$string(o)", '{"x":1,"y":3}'),
        ("$string([i, 6 / 2, 1 / 3])", "[3,3,0.333333333333333]"),
        ("$string({'k': ü, 'n': nul})", '{"k":"straße","n":null}'),
        ("$string(lim * lim * lim)", "9.903520314283042e+27"),
        ("$string(1e15 + 0.3)", "1000000000000000"),
        ("yes & nul & 1.50", "truenull1.5"),
        ("$string(o, true)", '{\n  "x": 1,\n  "y": 3\n}'),
    ],
)
async def test_what_javascript_gives(expression: str, text: str) -> None:
    assert text_of(await evaluate(expression, DOCUMENT)) == text


@pytest.mark.parametrize("expression", ["a + missing", "missing * 2", "missing / z", "missing % missing"])
async def test_what_is_missing_makes_nothing(expression: str) -> None:
    assert await evaluate(expression, DOCUMENT) is UNDEFINED


@pytest.mark.parametrize(
    "expression",
    [
        "a + 'x'",
        "nul + 1",
        "yes + 1",
        "arr + 1",
        "a / z + 1",
        "z / z * 2",
        "$string(a / z)",
        "'x' & z / z",
        "$number('')",
        "$number(' 5 ')",
        "$number('1_000')",
        "$number('nan')",
        "$number('inf')",
        "$number('1,5')",
        "$number('05')",
        "$number(nul)",
    ],
)
async def test_what_javascript_refuses(expression: str) -> None:
    with pytest.raises(QueryError):
        await evaluate(expression, DOCUMENT)


async def test_a_division_by_zero_is_a_value_to_compare_as_text() -> None:
    assert (await query('{"used": 5, "quota": 0}', "used / quota", "==", "Infinity")).passes is True
    assert (await query('{"used": 5, "quota": 0}', "used / quota > 0.9", "==", "true")).passes is True
    with pytest.raises(QueryError, match='Unable to cast value to a number: "Infinity"'):
        await query('{"used": 5, "quota": 0}', "used / quota", ">", "0.9")
    assert (await query('{"up": 90.5}', "up % 60", "==", "30.5")).passes is True


NUMBERS = st.one_of(st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False))


@given(NUMBERS, NUMBERS)
async def test_calculating_is_calculating_with_doubles(left: float, right: float) -> None:
    one, other = float(left), float(right)
    found = await evaluate("[a + b, a - b, a * b]", {"a": left, "b": right})
    assert [float(value) for value in found] == [one + other, one - other, one * other]
    divided = await evaluate("{'q': a / b, 'r': a % b}", {"a": left, "b": right})
    if other:
        assert float(divided["q"]) == one / other or abs(one / other) == math.inf
        assert float(divided["r"]) == math.fmod(one, other)
    else:
        assert math.isinf(divided["q"]) or not one
        assert math.isnan(divided["r"])
