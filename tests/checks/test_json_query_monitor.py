from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.checks.json_query import JsonQueryMonitor
from kuma_lite.core.declarations import CheckResult
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, web_server
from tests.checks.support import Context, failure, run

JSON = JsonQueryMonitor()
PAGES = {
    "/json": Answer(body=b'{"status": "ok", "count": 42, "nested": {"list": [1, 2, 3]}}'),
    "/text": Answer(body=b"abcdefghij"),
    "/large": Answer(body=b'{"filler": "' + b"x" * 600_000 + b'", "count": 42}'),
    "/too-large": Answer(body=b'{"filler": "' + b"x" * 5_000_000 + b'", "count": 42}'),
    "/500": Answer("500 Internal Server Error", b'{"count": 42}'),
}


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("/json", {"jsonPath": "count", "expectedValue": "42"}, "JSON query passes (comparing 42 == 42)"),
        ("/json", {"jsonPath": "count", "expectedValue": 42}, "JSON query passes (comparing 42 == 42)"),
        (
            "/json",
            {"jsonPath": "count", "jsonPathOperator": None, "expectedValue": "42"},
            "JSON query passes (comparing 42 == 42)",
        ),
        (
            "/json",
            {"jsonPath": "count", "jsonPathOperator": ">", "expectedValue": "41"},
            "JSON query passes (comparing 42 > 41)",
        ),
        (
            "/text",
            {"jsonPath": "$", "expectedValue": "abcdefghij"},
            "JSON query passes (comparing abcdefghij == abcdefghij)",
        ),
        ("/large", {"jsonPath": "count", "expectedValue": "42"}, "JSON query passes (comparing 42 == 42)"),
    ],
)
async def test_a_value_as_expected_is_up(
    network: Network, path: str, options: dict[str, Any], message: str
) -> None:
    async with web_server(dict(PAGES)) as web:
        result = await run(JSON, {"url": web.url(path), **options}, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == message


WRONG = {"jsonPath": "count", "jsonPathOperator": "!=", "expectedValue": "42"}


@pytest.mark.parametrize(
    ("path", "options", "message", "retry"),
    [
        ("/json", WRONG, "JSON query does not pass (comparing 42 != 42)", True),
        (
            "/json",
            {**WRONG, "retryOnlyOnStatusCodeFailure": True},
            "JSON query does not pass (comparing 42 != 42)",
            False,
        ),
        (
            "/json",
            {"jsonPath": "nowhere", "retryOnlyOnStatusCodeFailure": True},
            "Error evaluating JSON query: Empty or undefined response. Check query syntax and response "
            "structure. Response from server was: undefined",
            True,
        ),
        (
            "/500",
            {**WRONG, "retryOnlyOnStatusCodeFailure": True},
            "Request failed with status code 500",
            True,
        ),
        ("/too-large", WRONG, "The answer is larger than 4 MiB, too large for a JSON query.", True),
    ],
)
async def test_any_other_value_is_a_failure(
    network: Network, path: str, options: dict[str, Any], message: str, retry: bool
) -> None:
    async with web_server(dict(PAGES)) as web:
        failed = await failure(JSON, {"url": web.url(path), **options}, Context(network))
    assert (failed.message, failed.retry) == (message, retry)


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("iso-8859-1", "latin-1"),
        ("iso-8859-1", "utf-8"),  # what it says is not what it is
        ("utf-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("windows-1252", "utf-16-le"),
        ("x-none", "utf-8"),
    ],
)
async def test_json_in_other_encodings(network: Network, charset: str, codec: str) -> None:
    body = '{"stadt": "Köln"}'.encode(codec)
    answer = Answer(body=body, headers={"Content-Type": f"application/json; charset={charset}"})
    async with web_server({"/": answer}) as web:
        document = {"url": web.url("/"), "jsonPath": "stadt", "expectedValue": "Köln"}
        result = await run(JSON, document, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "JSON query passes (comparing Köln == Köln)"
