from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net.http.cookies import MAX_COOKIES, CookieJar
from kuma_lite.net.http.url import parse_url

NOW = 1_800_000_000.0


def sent(fields: list[str], origin: str, target: str) -> str | None:
    jar = CookieJar()
    jar.store(parse_url(origin), fields, NOW)
    return jar.header(parse_url(target))


@pytest.mark.parametrize(
    ("field", "origin", "target", "expected"),
    [
        ("a=1", "http://h.test/", "http://h.test/x", "a=1"),
        ("a=1", "http://h.test/", "http://other.test/", None),
        ("a=1", "http://h.test/", "http://sub.h.test/", None),
        ("a=1; Domain=h.test", "http://h.test/", "http://sub.h.test/", None),
        ("a=1; Domain=.h.test", "http://x.h.test/", "http://y.h.test/", "a=1"),
        ("a=1; Domain=test", "http://h.test/", "http://h.test/", None),
        ("a=1; Domain=evil.test", "http://h.test/", "http://evil.test/", None),
        ("a=1; Domain=0.0.1", "http://127.0.0.1/", "http://127.0.0.1/", None),
        ("a=1; Path=/x", "http://h.test/", "http://h.test/x/y", "a=1"),
        ("a=1; Path=/x", "http://h.test/", "http://h.test/xy", None),
        ("a=1", "http://h.test/x/y", "http://h.test/x/z", "a=1"),
        ("a=1", "http://h.test/x/y", "http://h.test/", None),
        ("a=1; Secure", "https://h.test/", "http://h.test/", None),
        ("a=1; secure; HttpOnly", "https://h.test/", "https://h.test/", "a=1"),
        ("a=1; Max-Age=0", "http://h.test/", "http://h.test/", None),
        ("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://h.test/", "http://h.test/", "a=1"),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://h.test/", "http://h.test/", None),
        ("a=1; Expires=Thu, 01-Jan-1970 00:00:00 GMT", "http://h.test/", "http://h.test/", None),
        ("a=1; Expires=nonsense", "http://h.test/", "http://h.test/", "a=1"),
        ("a=b=c", "http://h.test/", "http://h.test/", "a=b=c"),
        ("nonsense", "http://h.test/", "http://h.test/", None),
        ("=1", "http://h.test/", "http://h.test/", None),
    ],
)  # fmt: skip
def test_where_a_cookie_goes(field: str, origin: str, target: str, expected: str | None) -> None:
    assert sent([field], origin, target) == expected


def test_later_ones_replace_and_delete() -> None:
    assert sent(["a=1", "b=2", "a=3", "b=; Max-Age=0"], "http://h.test/", "http://h.test/") == "a=3"


def test_longest_path_first() -> None:
    fields = ["a=1; Path=/", "b=2; Path=/x/y", "c=3; Path=/x"]
    assert sent(fields, "http://h.test/", "http://h.test/x/y") == "b=2; c=3; a=1"


def test_not_more_than_the_limit() -> None:
    header = sent([f"c{n}=1" for n in range(1000)], "http://h.test/", "http://h.test/")
    assert (header or "").count("=") == MAX_COOKIES
    assert sent(["a=" + "x" * 5000], "http://h.test/", "http://h.test/") is None


@given(st.text(max_size=80))
def test_any_text_is_taken_or_left(field: str) -> None:
    header = sent([field], "http://h.test/", "http://h.test/")
    assert header is None or "=" in header
