"""Where a request was sent to; headers of proxies are lists, and the first entry is the client's."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.status_pages.answering.requests import base_url, best_encoding, host_name


def scope(*headers: tuple[str, str], scheme: str = "http") -> dict[str, Any]:
    lines = [(name.encode(), value.encode()) for name, value in (("host", "in.example:3001"), *headers)]
    return {"headers": lines, "scheme": scheme}


@pytest.mark.parametrize(
    ("headers", "url"),
    [
        ([], "http://in.example:3001"),
        ([("x-forwarded-proto", "https")], "https://in.example:3001"),
        ([("x-forwarded-proto", "https, http")], "https://in.example:3001"),
        ([("x-forwarded-proto", "https,http")], "https://in.example:3001"),
        ([("x-forwarded-proto", "http, https")], "http://in.example:3001"),
        ([("x-forwarded-proto", " HTTPS ")], "https://in.example:3001"),
        ([("x-forwarded-proto", "wss")], "https://in.example:3001"),
        ([("x-forwarded-proto", ", https")], "https://in.example:3001"),
        ([("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")], "https://in.example:3001"),
        ([("x-forwarded-proto", "ftp")], "http://in.example:3001"),
        ([("x-forwarded-proto", "")], "http://in.example:3001"),
        ([("x-forwarded-host", "out.example")], "http://out.example"),
        ([("x-forwarded-host", "out.example, in.example")], "http://out.example"),
        ([("x-forwarded-host", "out.example:8443,in.example:3001")], "http://out.example:8443"),
        ([("x-forwarded-host", "[2001:db8::1]:8443, in.example")], "http://[2001:db8::1]:8443"),
        ([("x-forwarded-host", "out.example"), ("x-forwarded-host", "mid.example")], "http://out.example"),
        ([("x-forwarded-host", '"out.example"')], "http://out.example"),
        ([("x-forwarded-host", "evil<x>/, out.example")], "http://in.example:3001"),
        ([("x-forwarded-host", "")], "http://in.example:3001"),
        (
            [("x-forwarded-proto", "https, http"), ("x-forwarded-host", "out.example, in.example")],
            "https://out.example",
        ),
    ],
)
def test_where_the_client_believes_to_be(headers: list[tuple[str, str]], url: str) -> None:
    assert base_url(scope(*headers), True) == url
    assert base_url(scope(*headers), False) == "http://in.example:3001"


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("out.example, in.example", "out.example"),
        ("out.example:8443, in.example", "out.example"),
        ("[2001:db8::1]:8443", "[2001:db8::1]"),
        ("[2001:db8::1]", "[2001:db8::1]"),
    ],
)
def test_the_name_without_its_port(told: str, name: str) -> None:
    assert host_name(scope(("x-forwarded-host", told)), True) == name


def test_what_is_no_host_is_none() -> None:
    assert base_url({"headers": [(b"host", b"a b")], "scheme": "https"}, True) == "https://localhost"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", ""),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip;q=0", ""),
        ("identity", ""),
        ("brotli, x-gzip", ""),
    ],
)
def test_how_a_body_may_be_packed(accepted: str, encoding: str) -> None:
    assert best_encoding(accepted) == encoding
