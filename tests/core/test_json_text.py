from __future__ import annotations

import json
import math
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.json_text import JsonTextError, compact_json, parse_json, text_of

SENTENCES = {
    "": "Unexpected end of JSON input",
    "   ": "Unexpected end of JSON input",
    "[": "Unexpected end of JSON input",
    "n": "Unexpected end of JSON input",
    "{nope": "Expected property name or '}' in JSON at position 1",
    "{": "Expected property name or '}' in JSON at position 1",
    '{"a":1,}': "Expected double-quoted property name in JSON at position 7",
    "[1,]": "Unexpected token ']', \"[1,]\" is not valid JSON",
    "nope": "Unexpected token 'o', \"nope\" is not valid JSON",
    "hello": "Unexpected token 'h', \"hello\" is not valid JSON",
    '{"a"': "Expected ':' after property name in JSON at position 4",
    '{"a":1 "b"': "Expected ',' or '}' after property value in JSON at position 7",
    '{"a":1': "Expected ',' or '}' after property value in JSON at position 6",
    '{"a\\"[":1,"b":[{"c":"}"} 1': "Expected ',' or ']' after array element in JSON at position 25",
    "[1 2]": "Expected ',' or ']' after array element in JSON at position 3",
    "[1": "Expected ',' or ']' after array element in JSON at position 2",
    '"abc': "Unterminated string in JSON at position 4",
    '"a\nb"': "Bad control character in string literal in JSON at position 2",
    '"\\x"': "Bad escaped character in JSON at position 2",
    "-": "No number after minus sign in JSON at position 1",
    "1 2": "Unexpected non-whitespace character after JSON at position 2",
    "NaN": '"NaN" is not valid JSON',
    "a" * 30: "Unexpected token 'a', \"aaaaaaaaaa\"... is not valid JSON",
    "[1,2,3,4,5,6,7,8,9,x,1,2,3,4,5]": (
        "Unexpected token 'x', ...\"5,6,7,8,9,x,1,2,3,4,\"... is not valid JSON"
    ),
    '{"a":tru}': 'Unexpected token \'}\', "{"a":tru}" is not valid JSON',
    "\ufeff{}": "Unexpected token '\ufeff', \"\ufeff{}\" is not valid JSON",
}


@pytest.mark.parametrize(("text", "sentence"), SENTENCES.items())
def test_what_is_not_json_is_refused_in_the_runtimes_words(text: str, sentence: str) -> None:
    with pytest.raises(JsonTextError) as refusal:
        parse_json(text)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 10_000, "[-Infinity]"])
def test_hostile_texts_are_refused_not_crashing(text: str) -> None:
    with pytest.raises(JsonTextError):
        parse_json(text)


@given(st.text(alphabet='{}[]",:0123456789truefalsn \\-', max_size=12))
def test_accepts_exactly_json(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        with pytest.raises(JsonTextError):
            parse_json(text)
    else:
        parse_json(text)


def test_numbers_are_of_one_kind() -> None:
    assert repr(parse_json("[1.0, 1e3, 1.5, -0.0]")) == "[1, 1000, 1.5, 0]"


def test_compact_json_has_no_spaces_and_keeps_letters() -> None:
    assert compact_json({"a": [1, None, True], "ü": "ß"}) == '{"a":[1,null,true],"ü":"ß"}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        ("x", "x"),
        (0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (10**400, "Infinity"),
        (-(10**400), "-Infinity"),
        (math.nan, "NaN"),
        (1e-6, "0.000001"),
        (1.5e-7, "1.5e-7"),
        (2**64, "18446744073709552000"),
    ],
)
def test_text_of(value: object, text: str) -> None:
    assert text_of(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_of_a_number_is_that_number(value: float) -> None:
    assert float(text_of(value)) == value


@pytest.mark.skipif(shutil.which("node") is None, reason="compares with a JavaScript runtime")
def test_numbers_agree_with_a_javascript_runtime() -> None:
    numbers = [0.1, 123.456, -2.5e-10, 1e300, 5e-324, 9007199254740993, 1e22, 1e-5, 1.7976931348623157e308]
    numbers += [1.25 * 10.0**exponent for exponent in range(-12, 26)]
    program = "for (const x of JSON.parse(process.argv[1])) console.log(String(x))"
    shown = subprocess.run(
        ["node", "-e", program, json.dumps(numbers)], capture_output=True, text=True, check=True, timeout=30
    ).stdout.split()
    assert [text_of(number) for number in numbers] == shown
