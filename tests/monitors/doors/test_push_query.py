"""Queries of pushes, as curl, cron and forms write them; the values are what Express reads (qs 6)."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import UserError
from kuma_lite.monitors.doors.push_query import MAX_PARAMETERS, read_ping, read_push


def pushed(query: bytes | str) -> tuple[str, str, float | None]:
    found = read_push(1, query.encode() if isinstance(query, str) else query, 100.0, 5)
    return (Status(found.status).name, found.message, found.ping)


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("", ("UP", "OK", None)),
        ("status=up&msg=OK&ping=", ("UP", "OK", None)),
        ("status=&msg=&ping=", ("UP", "OK", None)),
        ("status", ("UP", "OK", None)),
        ("status=down&msg=a+b%20c", ("DOWN", "a b c", None)),
        ("status=UP", ("DOWN", "OK", None)),
        ("STATUS=down", ("UP", "OK", None)),
        ("%73tatus=down", ("DOWN", "OK", None)),
        ("status=up&status=up", ("DOWN", "OK", None)),
        ("status=up&status=down", ("DOWN", "OK", None)),
        ("status[]=up", ("DOWN", "OK", None)),
        ("status%5B%5D=up", ("DOWN", "OK", None)),
        ("msg=a&msg=b", ("UP", "a,b", None)),
        ("msg[]=a&msg[]=b", ("UP", "a,b", None)),
        ("msg[0]=a&msg[1]=b", ("UP", "a,b", None)),
        ("msg=a=b=c", ("UP", "a=b=c", None)),
        ("msg=a;ping=3", ("UP", "a;ping=3", None)),
        ("msg=a%26b", ("UP", "a&b", None)),
        ("&&msg=x&", ("UP", "x", None)),
        ("msg=%", ("UP", "%", None)),
        ("msg=100%+sure", ("UP", "100% sure", None)),
        ("msg=%E4", ("UP", "%E4", None)),
        ("msg=%F0%9F%98%80", ("UP", "😀", None)),
        ("msg=Gerät läuft", ("UP", "Gerät läuft", None)),
        (b"msg=Ger\xe4t", ("UP", "Gerät", None)),
        ("ping=12&ping=13", ("UP", "OK", 12.0)),
        ("ping[]=5", ("UP", "OK", 5.0)),
        ("__proto__=1&constructor=2&msg=x", ("UP", "x", None)),
        ("[]=1&=2&msg=x", ("UP", "x", None)),
    ],
)
def test_queries(query: bytes | str, read: tuple[str, str, float | None]) -> None:
    assert pushed(query) == read


WORDS = st.text(st.sampled_from("abcmsgpinu=&]-. 05"), max_size=20)


@given(WORDS)
def test_what_is_not_encoded_says_the_same_as_what_is(query: str) -> None:
    whole = "".join(character if character in "=&" else f"%{ord(character):02X}" for character in query)
    assert said(query) == said(whole)


def said(query: str) -> tuple[str, str, float | None] | str:
    try:
        return pushed(query)
    except UserError as error:
        return error.message


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("12", 12), ("12.5", 12.5), ("12,5", 12), ("1e3", 1000), (" 7", 7), ("7ms", 7), ("0x10", None),
        (".5", 0.5), ("1_000", 1), ("NaN", None), ("nan", None), ("inf", None), ("infinity", None), ("+5", 5),
        ("١", None), ("12.5.6", 12.5), ("5e", 5), ("-0", None), ("0", None), ("", None), ("abc", None),
        ("-", None), ("5.", 5), ("1e-3", 0.001), ("null", None), ("12\r", 12), ("1E2", 100),
    ],
)  # fmt: skip
def test_pings(text: str, milliseconds: float | None) -> None:
    assert read_ping(text) == milliseconds


@pytest.mark.parametrize("text", ["-5", "Infinity", "-Infinity", "1e999", "100000000001"])
def test_pings_that_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="Invalid ping value"):
        read_ping(text)


def test_many_parameters_are_a_beat_and_those_behind_the_thousandth_are_not_read() -> None:
    many = "&".join(f"a{number}=1" for number in range(MAX_PARAMETERS - 1))
    assert pushed(f"{many}&status=down") == ("DOWN", "OK", None)
    assert pushed(f"{many}&b=1&status=down") == ("UP", "OK", None)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_what_was_encoded_arrives(text: str) -> None:
    assert pushed(urlencode({"msg": text}))[1] == text
    assert pushed("msg=" + quote(text, safe=""))[1] == text


@given(st.binary(max_size=80))
def test_no_query_is_too_odd(query: bytes) -> None:
    try:
        assert pushed(query)[0] in ("UP", "DOWN")
    except UserError as refused:
        assert "ping" in refused.message
