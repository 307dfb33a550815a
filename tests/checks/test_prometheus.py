"""Checks by PromQL, against Prometheus itself and against servers that misbehave."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks.prometheus import PrometheusMonitor, holds, value_in
from kuma_lite.core.declarations import CannotCheck, CheckFailed, CheckResult
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, Asked, listening, web_server
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority
from tests.peers import prometheus
from tests.requires import needs_program
from tests.support.ports import closed_port

KIND = PrometheusMonitor()
PATH = "/api/v1/query"
SEVERAL = 'vector(1) or label_replace(vector(2), "a", "b", "", "")'


async def up(network: Network, url: str, query: str, **options: Any) -> str:
    result = await run(KIND, {"url": url, "databaseQuery": query, **options}, Context(network))
    assert isinstance(result, CheckResult)
    assert isinstance(result.ping, int)
    return result.message


async def down(network: Network, url: str, query: str = "up", **options: Any) -> CheckFailed:
    return await failure(KIND, {"url": url, "databaseQuery": query, **options}, Context(network))


async def cannot(network: Network, url: str, query: str = "up", **options: Any) -> str:
    with pytest.raises(CannotCheck) as refused:
        await run(KIND, {"url": url, "databaseQuery": query, **options}, Context(network))
    return refused.value.message


@needs_program(prometheus.PROGRAM)
@pytest.mark.timeout(60)
async def test_a_real_server(network: Network, tmp_path: Path) -> None:
    async with prometheus.running(tmp_path) as port:
        url = f"http://127.0.0.1:{port}/"
        assert await up(network, url, "vector(1)") == "Query passes (1)"
        long = " + ".join(["0.5"] * 1500)
        for query, operator, expected, found in (
            ("1 + 1", "==", "2.0", "2"),
            ("vector(0.25)", "<", "1", "0.25"),
            ('"a text"', "contains", "tex", "a text"),
            ("vector(1) / 0", ">", "1e9", "+Inf"),
            (long, ">=", "750", "750"),
        ):
            message = await up(network, url, query, jsonPathOperator=operator, expectedValue=expected)
            assert message == f"Query passes (comparing {found} {operator} {expected})"
        failed = await down(network, url, "vector(3)", expectedValue="4")
        assert (failed.message, failed.ping is not None) == ("Query does not pass (comparing 3 == 4)", True)
        failed = await down(network, url, "vector(0) / 0", expectedValue="4", jsonPathOperator="<")
        assert failed.message == "Query does not pass (comparing NaN < 4)"
        failed = await down(network, url, "nothing_of_that_name")
        assert failed.message == "The query yields no value: no series matches it"
        failed = await down(network, url, SEVERAL)
        assert failed.message.startswith("The query yields 2 values, but one is needed.")
        failed = await down(network, url, "vector(1)[5m:1m]")
        assert failed.message.startswith("The query yields ranges of values.")
        assert (await cannot(network, url, "sum(")).startswith("The query cannot be read: ")


@needs_program(prometheus.PROGRAM)
@pytest.mark.timeout(60)
async def test_a_real_server_that_wants_a_password(network: Network, tmp_path: Path) -> None:
    login = {"authMethod": "basic", "basic_auth_user": prometheus.USER}
    async with prometheus.running(tmp_path, guarded=True) as port:
        url = f"http://127.0.0.1:{port}{PATH}"
        assert await up(network, url, "1", **login, basic_auth_pass=prometheus.PASSWORD)
        failed = await down(network, url, "1", **login, basic_auth_pass="wrong")
    assert failed.message == "Request failed with status code 401"


VALUE = Answer(
    body=b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"5"]}]}}'
)


async def test_what_is_sent(network: Network) -> None:
    async with web_server({"/prefix" + PATH: VALUE}) as web:
        options = {"authMethod": "bearer", "bearer_token": "word", "headers": '{"X-Scope-OrgID": "me"}'}
        await up(network, web.url("/prefix/"), 'up{a="b&c"}', **options)
    asked = web.asked[0]
    assert parse_qs(asked.target.partition("?")[2]) == {"query": ['up{a="b&c"}']}
    assert asked.method == "GET"
    names = ("Authorization", "X-Scope-OrgID", "Accept")
    assert [asked.header(name) for name in names] == ["Bearer word", "me", "application/json"]


async def test_a_long_query_is_posted(network: Network) -> None:
    def answer(asked: Asked) -> Answer:
        assert (asked.method, parse_qs(asked.body.decode())) == ("POST", {"query": ["u" * 3000]})
        return VALUE

    async with web_server({PATH: answer}) as web:
        await up(network, web.url(""), "u" * 3000)


def error(status: str, kind: str, words: str) -> Answer:
    return Answer(status, json.dumps({"status": "error", "errorType": kind, "error": words}).encode())


def found(kind: str, result: Any) -> Answer:
    return Answer(
        body=json.dumps({"status": "success", "data": {"resultType": kind, "result": result}}).encode()
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (error("422 No", "execution", "too many samples"), "Query failed (execution): too many samples"),
        (error("503 No", "timeout", "query timed out"), "Query failed (timeout): query timed out"),
        (Answer("502 Bad Gateway", b"<html>"), "Request failed with status code 502"),
        (Answer(body=b"<html>"), "The answer is not one of Prometheus"),
        (Answer(body=b"[]"), "The answer is not one of Prometheus"),
        (found("vector", [5]), "The answer is not one of Prometheus"),
        (found("scalar", [1]), "The answer is not one of Prometheus"),
        (found("streams", []), "The query yields a result of the unknown type streams"),
        (
            found("vector", [{"metric": {}, "histogram": [1, {}]}]),
            "The query yields a histogram. Take a value out of it, as with histogram_quantile()",
        ),
    ],
)
async def test_answers_that_are_no_good(network: Network, answer: Answer, message: str) -> None:
    async with web_server({PATH: answer}) as web:
        assert (await down(network, web.url(""))).message == message


async def test_nobody_listens(network: Network) -> None:
    port = closed_port()
    failed = await down(network, f"http://127.0.0.1:{port}")
    assert (failed.message, failed.local) == (f"connect ECONNREFUSED 127.0.0.1:{port}", False)


async def test_silence(network: Network) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as port:
        wanted = {"url": f"http://127.0.0.1:{port}", "databaseQuery": "up"}
        failed = await failure(KIND, wanted, Context(network, timeout=0.2))
    assert (failed.message, failed.local) == ("timeout of 200ms exceeded", True)


async def test_a_server_that_closes_at_once(network: Network) -> None:
    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async with listening(close) as port:
        assert (await down(network, f"http://127.0.0.1:{port}")).message == "socket hang up"


async def test_a_name_that_nobody_knows(network: Network) -> None:
    failed = await down(network, "http://nonexistent.invalid")
    assert failed.message.startswith("getaddrinfo E")


async def test_a_certificate_of_ones_own(network: Network, authority: Authority) -> None:
    tls = authority.server("localhost").server_context()
    async with web_server({PATH: VALUE}, tls) as web:
        failed = await down(network, web.url(""))
        assert "certificate" in failed.message
        assert failed.certificate is not None
        result = await run(
            KIND, {"url": web.url(""), "databaseQuery": "up", "ignoreTls": True}, Context(network)
        )
    assert isinstance(result, CheckResult)
    assert result.certificate is not None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"databaseQuery": " "}, "No query is set."),
        ({"jsonPathOperator": "~"}, "Unknown condition: ~"),
        ({"proxyId": 9}, "cannot be checked: Its proxy is gone or switched off."),
        ({"headers": "[]"}, "Headers must be a JSON object of names and values."),
        ({"expectedValue": "five", "jsonPathOperator": ">"}, "The expected value is no number: five"),
    ],
)
async def test_monitors_that_cannot_be_checked(
    network: Network, options: dict[str, Any], message: str
) -> None:
    async with web_server({PATH: VALUE}) as web:
        with pytest.raises(CannotCheck) as refused:
            await run(KIND, {"url": web.url(""), "databaseQuery": "up", **options}, Context(network))
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("value", "operator", "expected", "result"),
    [
        ("1", "==", "1.0", True),
        ("1", "!=", "1.0", False),
        ("1e3", ">=", "1000", True),
        ("NaN", "==", "NaN", False),
        ("NaN", "!=", "1", True),
        ("+Inf", ">", "1", True),
        ("-Inf", "<=", "-1e300", True),
        ("10", "contains", "0", True),
        ("abc", "==", "abc", True),
        ("1_0", "==", "10", False),
    ],
)
def test_comparisons(value: str, operator: str, expected: str, result: bool) -> None:
    assert holds(value, operator, expected) is result


def test_a_text_is_neither_less_nor_more() -> None:
    with pytest.raises(CheckFailed, match="The value is no number: abc"):
        holds("abc", "<", "1")


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["resultType", "result", "value", "metric"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(kind=st.sampled_from(["vector", "scalar", "matrix", "x"]), result=JSON)
def test_any_result_is_read_or_refused(kind: str, result: Any) -> None:
    try:
        assert isinstance(value_in({"resultType": kind, "result": result}), str)
    except CheckFailed as failed:
        assert failed.message
