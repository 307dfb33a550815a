from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._saved_response import read_saved
from kuma_lite.checks.keyword import KeywordMonitor, excerpt
from kuma_lite.core.declarations import CheckResult
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, web_server
from tests.checks.support import Context, failure, run

KEYWORD = KeywordMonitor()
PAGE = b"<html><body><h1>Hello   Kuma</h1><p>everything is fine here, thank you for asking</p></body></html>"
PAGES = {
    "/text": Answer(body=PAGE),
    "/json": Answer(body=b'{"status": "ok", "count": 42, "list": [1, 2.0]}'),
    "/broken": Answer(body=b'{"status": "ok",'),
    "/deep": Answer(body=b"[" * 100_000),
    "/large": Answer(body=b'{"filler": "' + b"x" * 600_000 + b'", "count": 42}'),
    "/latin": Answer(body="Übersicht".encode()),
    "/empty": Answer(body=b""),
}
EXCERPT = "Hello Kuma  everything is fine here, thank you ..."


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("/text", {"keyword": "Hello   Kuma"}, "200 - OK, keyword is found"),
        ("/text", {"keyword": "absent", "invertKeyword": True}, "200 - OK, keyword not found"),
        ("/text", {"keyword": ""}, "200 - OK, keyword is found"),
        ("/text", {"keyword": None}, "200 - OK, keyword is found"),
        ("/json", {"keyword": '"count":42'}, "200 - OK, keyword is found"),
        ("/json", {"keyword": '"count": 42'}, "200 - OK, keyword is found"),
        ("/json", {"keyword": "[1,2]"}, "200 - OK, keyword is found"),
        ("/large", {"keyword": '"count":42'}, "200 - OK, keyword is found"),
        ("/broken", {"keyword": '"status": "ok"'}, "200 - OK, keyword is found"),
        ("/deep", {"keyword": "]", "invertKeyword": True}, "200 - OK, keyword not found"),
        ("/latin", {"keyword": "Übersicht"}, "200 - OK, keyword is found"),
        (
            "/text",
            {"keyword": "Kuma", "method": "HEAD", "invertKeyword": True},
            "200 - OK, keyword not found",
        ),
    ],
)
async def test_the_text_is_as_wanted(
    network: Network, path: str, options: dict[str, Any], message: str
) -> None:
    async with web_server(dict(PAGES)) as web:
        result = await run(KEYWORD, {"url": web.url(path), **options}, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == message


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("/text", {"keyword": "kuma"}, f"200 - OK, but keyword is not in [{EXCERPT}]"),
        (
            "/text",
            {"keyword": "Kuma", "invertKeyword": True},
            f"200 - OK, but keyword is present in [{EXCERPT}]",
        ),
        (
            "/json",
            {"keyword": "down"},
            '200 - OK, but keyword is not in [{"status":"ok","count":42,"list":[1,2]}]',
        ),
        (
            "/json",
            {"keyword": '"count":42', "invertKeyword": True},
            '200 - OK, but keyword is present in [{"status":"ok","count":42,"list":[1,2]}]',
        ),
        ("/broken", {"keyword": "x"}, '200 - OK, but keyword is not in [{"status": "ok",]'),
        ("/empty", {"keyword": "x"}, "200 - OK, but keyword is not in []"),
        ("/absent", {"keyword": "nothing"}, "Request failed with status code 404"),
    ],
)
async def test_any_other_text_is_a_failure(
    network: Network, path: str, options: dict[str, Any], message: str
) -> None:
    async with web_server(dict(PAGES)) as web:
        failed = await failure(KEYWORD, {"url": web.url(path), **options}, Context(network))
    assert failed.message == message
    assert failed.retry
    assert (failed.ping is None) == (path == "/absent")


async def test_the_body_is_kept_although_the_text_is_missing(network: Network) -> None:
    async with web_server(dict(PAGES)) as web:
        document = {"url": web.url("/json"), "keyword": "down", "saveResponse": True}
        failed = await failure(KEYWORD, document, Context(network))
    assert read_saved(failed.response or "") == '{"status":"ok","count":42,"list":[1,2]}'


def test_an_excerpt_of_exactly_the_limit_is_whole() -> None:
    assert excerpt("x" * 50) == "x" * 50
    assert excerpt("x" * 51) == "x" * 47 + "..."


@given(st.text(alphabet="<> \n\tab", max_size=300))
def test_an_excerpt_is_short_and_without_markup(text: str) -> None:
    shown = excerpt(text)
    assert len(shown) <= 50
    assert "\n" not in shown
    assert "<" not in shown


def test_an_excerpt_of_a_hostile_page_is_quick() -> None:
    assert excerpt("<" * 4_000_000) == ""


@pytest.mark.parametrize(
    ("content_type", "body", "keyword"),
    [
        ("text/html; charset=iso-8859-1", "Köln läuft".encode("latin-1"), "Köln"),
        ("text/html; charset=gbk", "运行正常".encode("gbk"), "运行正常"),
        ("text/html", '<meta charset="shift_jis">正常'.encode("cp932"), "正常"),
        ("text/html", b"K\xf6ln", "Köln"),
        ("application/json", "\ufeff".encode("utf-16-le") + '{"a": 1}'.encode("utf-16-le"), '"a":1'),
        ("application/json; charset=latin1", '{"a": "Köln"}'.encode("latin-1"), '"a":"Köln"'),
        # A server that names an encoding it does not use: found as ever.
        ("text/html; charset=iso-8859-1", "Köln".encode(), "Köln"),
        # Bytes that both encodings have a meaning for.
        ("text/html; charset=iso-8859-1", "Ã¶".encode("latin-1"), "Ã¶"),
    ],
)
async def test_keywords_in_the_encoding_of_the_page(
    network: Network, content_type: str, body: bytes, keyword: str
) -> None:
    async with web_server({"/": Answer(body=body, headers={"Content-Type": content_type})}) as web:
        document = {"url": web.url("/"), "keyword": keyword}
        result = await run(KEYWORD, document, Context(network))
        assert isinstance(result, CheckResult)
        failed = await failure(KEYWORD, {**document, "invertKeyword": True}, Context(network))
    assert "keyword is present in [" in failed.message
