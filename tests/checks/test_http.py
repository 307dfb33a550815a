from __future__ import annotations

import asyncio
import json
import re
import timeit
from typing import Any

import pytest

from kuma_lite.checks._network import SeenCertificate
from kuma_lite.checks._saved_response import read_saved
from kuma_lite.checks.http import HttpMonitor
from kuma_lite.core.declarations import CheckResult
from kuma_lite.core.errors import UserError
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, Asked, listening, web_server
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority, issue
from tests.support.ports import closed_port

HTTP = HttpMonitor()
PAGES = {
    "/text": Answer(body=b"hello"),
    "/500": Answer("500 Internal Server Error", b"status 500"),
    "/204": Answer("204 No Content"),
    "/no-reason": Answer("200 "),
    "/1": Answer("302 Found", b"302: Found", {"Location": "/text"}),
    "/2": Answer("302 Found", b"", {"Location": "/1"}),
    "/slow": Answer(body=b"late", delay=5),
    "/json": Answer(body=b'{"a": [1, 2.0], "b": "\xc3\xbc"}'),
    "/binary": Answer(body=b"\xff\xfe\x00"),
}


async def checked(document: dict[str, Any], context: Context) -> CheckResult:
    result = await run(HTTP, document, context)
    assert isinstance(result, CheckResult)
    return result


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("/text", {}, "200 - OK"),
        ("/204", {}, "204 - No Content"),
        ("/no-reason", {}, "200 - "),
        ("/nowhere", {"accepted_statuscodes": ["200-299", "404"]}, "404 - Not Found"),
        ("/2", {}, "200 - OK"),
        ("/1", {"maxredirects": 0, "accepted_statuscodes": ["300-399"]}, "302 - Found"),
        ("/text", {"method": "head"}, "200 - OK"),
        ("/text", {"timeout": None, "maxredirects": None, "method": None}, "200 - OK"),
    ],
)
async def test_an_accepted_status_is_up(
    network: Network, path: str, options: dict[str, Any], message: str
) -> None:
    async with web_server(dict(PAGES)) as web:
        result = await checked({"url": web.url(path), **options}, Context(network))
    assert (result.message, result.certificate, result.response) == (message, None, None)
    assert isinstance(result.ping, int)
    assert 0 <= result.ping < 5000


@pytest.mark.parametrize(
    ("path", "options", "message", "kept"),
    [
        ("/500", {}, "Request failed with status code 500", "status 500"),
        ("/text", {"accepted_statuscodes": ["201"]}, "Request failed with status code 200", "hello"),
        ("/text", {"accepted_statuscodes": []}, "Request failed with status code 200", "hello"),
        ("/1", {"maxredirects": 0}, "Request failed with status code 302", "302: Found"),
        ("/500", {"saveErrorResponse": False}, "Request failed with status code 500", None),
        ("/500", {"responseMaxLength": 6}, "Request failed with status code 500", "status... (truncated)"),
        ("/500", {"responseMaxLength": -9}, "Request failed with status code 500", "... (truncated)"),
    ],
)
async def test_any_other_status_is_a_failure(
    network: Network, path: str, options: dict[str, Any], message: str, kept: str | None
) -> None:
    async with web_server(dict(PAGES)) as web:
        failed = await failure(HTTP, {"url": web.url(path), **options}, Context(network))
    assert (failed.message, failed.ping, failed.retry, failed.local) == (message, None, True, False)
    assert (read_saved(failed.response) if failed.response else None) == kept


@pytest.mark.parametrize(
    ("path", "options", "kept"),
    [
        ("/text", {"saveResponse": True}, "hello"),
        ("/text", {"saveResponse": True, "saveErrorResponse": False}, "hello"),
        ("/json", {"saveResponse": True}, '{"a":[1,2],"b":"ü"}'),
        ("/binary", {"saveResponse": True}, "\ufffd\ufffd\x00"),
        ("/text", {"saveResponse": False}, None),
        ("/text", {}, None),
    ],
)
async def test_a_body_is_kept_on_request(
    network: Network, path: str, options: dict[str, Any], kept: str | None
) -> None:
    async with web_server(dict(PAGES)) as web:
        result = await checked({"url": web.url(path), **options}, Context(network))
    assert (read_saved(result.response) if result.response else None) == kept


async def test_too_many_redirects(network: Network) -> None:
    async with web_server(dict(PAGES)) as web:
        failed = await failure(HTTP, {"url": web.url("/2"), "maxredirects": 1}, Context(network))
    assert failed.message == "Maximum number of redirects exceeded"


async def test_no_answer_in_time_may_be_our_own_fault(network: Network) -> None:
    async with web_server(dict(PAGES)) as web:
        failed = await failure(HTTP, {"url": web.url("/slow")}, Context(network, timeout=0.3))
    assert (failed.message, failed.local) == ("timeout of 300ms exceeded", True)


async def test_a_refused_connection_is_the_targets_fault(network: Network) -> None:
    port = closed_port()
    failed = await failure(HTTP, {"url": f"http://127.0.0.1:{port}/"}, Context(network))
    assert (failed.message, failed.local) == (f"connect ECONNREFUSED 127.0.0.1:{port}", False)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "Invalid URL"),
        ("nonsense", "Invalid URL"),
        ("http://", "Invalid URL"),
        ("ftp://localhost/", "Unsupported protocol ftp:"),
        ("http://localhost:99999/", "Invalid URL"),
    ],
)
async def test_what_is_no_address_is_a_failure(network: Network, url: str, message: str) -> None:
    assert (await failure(HTTP, {"url": url}, Context(network))).message == message


async def test_a_server_that_is_no_web_server(network: Network) -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"220 mail.example ESMTP\r\n")

    async with listening(rude) as port:
        failed = await failure(HTTP, {"url": f"http://127.0.0.1:{port}/"}, Context(network))
    assert failed.message.startswith("Parse Error")


async def test_an_endless_answer_is_cut(network: Network) -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with listening(endless) as port:
        document = {"url": f"http://127.0.0.1:{port}/", "saveResponse": True, "responseMaxLength": 5}
        result = await checked(document, Context(network))
    assert result.message == "200 - OK"
    assert read_saved(result.response or "") == "xxxxx... (truncated)"


# --- What is sent ------------------------------------------------------------------------------------------

ACCEPT = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.9"
)


async def sent(network: Network, options: dict[str, Any]) -> Asked:
    async with web_server({"/": Answer()}) as web:
        await checked({"url": web.url("/"), **options}, Context(network))
    return web.asked[0]


async def test_the_request_says_who_asks(network: Network) -> None:
    request = await sent(network, {})
    assert (request.method, request.header("User-Agent")) == ("GET", "Uptime-Kuma/2.5.3")
    assert request.header("Accept") == ACCEPT
    assert request.header("Content-Type") is None


@pytest.mark.parametrize(
    ("options", "content_type", "body"),
    [
        ({"body": '{"a": [1, 2.0]}', "httpBodyEncoding": "json"}, "application/json", b'{"a":[1,2]}'),
        ({"body": '{"ü": 1}', "httpBodyEncoding": None}, "application/json", '{"ü":1}'.encode()),
        ({"body": "{}"}, "application/json", b"{}"),
        ({"body": "[]"}, "application/json", b"[]"),
        ({"body": "0"}, "application/json", b""),
        ({"body": "false"}, "application/json", b""),
        ({"body": "null"}, "application/json", b""),
        ({"body": '""'}, "application/json", b""),
        ({"body": "a=1&b=2", "httpBodyEncoding": "form"}, "application/x-www-form-urlencoded", b"a=1&b=2"),
        ({"body": "<a/>", "httpBodyEncoding": "xml"}, "text/xml; charset=utf-8", b"<a/>"),
        ({"body": "  \n ", "httpBodyEncoding": "json"}, None, b""),
        ({"body": "x", "httpBodyEncoding": "odd"}, None, b""),
        ({"body": '{"a":1}', "method": "GET"}, "application/json", b'{"a":1}'),
    ],
)
async def test_the_body_by_its_encoding(
    network: Network, options: dict[str, Any], content_type: str | None, body: bytes
) -> None:
    request = await sent(network, {"method": "POST", **options})
    assert (request.header("Content-Type"), request.body) == (content_type, body)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Custom": "yes"}, {"X-Custom": "yes", "User-Agent": "Uptime-Kuma/2.5.3"}),
        ({"User-Agent": "mine"}, {"User-Agent": "mine"}),
        ({"user-agent": "mine"}, {"User-Agent": "mine"}),
        ({"Authorization": "mine"}, {"Authorization": "mine"}),
        ({"X-Number": 1.0, "X-Yes": True}, {"X-Number": "1", "X-Yes": "true"}),
        ({"X-Null": None, "X-No": False}, {"X-Null": None, "X-No": None}),
        ({"X-Blank": " a b "}, {"X-Blank": "a b"}),
        ({"Host": "other.example"}, {"Host": "other.example"}),
    ],
)
async def test_own_headers_replace_ours(
    network: Network, headers: dict[str, Any], expected: dict[str, str | None]
) -> None:
    options = {"headers": json.dumps(headers), "authMethod": "basic"}
    request = await sent(network, options)
    assert {name: request.header(name) for name in expected} == expected


async def test_a_header_may_have_several_values(network: Network) -> None:
    request = await sent(network, {"headers": '{"X-Many": ["a", "b"]}'})
    assert [value for name, value in request.headers if name == "X-Many"] == ["a", "b"]


@pytest.mark.parametrize(
    ("options", "authorization"),
    [
        ({"authMethod": "basic", "basic_auth_user": "user", "basic_auth_pass": "pass"}, "Basic dXNlcjpwYXNz"),
        ({"authMethod": "basic"}, "Basic Og=="),
        ({"authMethod": "basic", "basic_auth_user": "ü", "basic_auth_pass": None}, "Basic w7w6"),
        ({"authMethod": "bearer", "bearer_token": "abc"}, "Bearer abc"),
        ({"authMethod": "", "basic_auth_user": "user"}, None),
        ({"authMethod": None}, None),
    ],
)
async def test_credentials(network: Network, options: dict[str, Any], authorization: str | None) -> None:
    assert (await sent(network, options)).header("Authorization") == authorization


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/", r"/\?uptime_kuma_cachebuster=[0-9a-z]+"),
        ("/?a=1", r"/\?a=1&uptime_kuma_cachebuster=[0-9a-z]+"),
        ("/?a=1#part", r"/\?a=1&uptime_kuma_cachebuster=[0-9a-z]+"),
    ],
)
async def test_the_cache_buster_differs_every_time(network: Network, path: str, pattern: str) -> None:
    async with web_server({"/": Answer()}) as web:
        for _ in range(2):
            await checked({"url": web.url(path), "cacheBust": True}, Context(network))
    targets = [request.target for request in web.asked]
    assert all(re.fullmatch(pattern, target) for target in targets)
    assert len(set(targets)) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"body": "{nope"},
            "Your JSON body is invalid. Expected property name or '}' in JSON at position 1",
        ),
        ({"headers": "[1]"}, "Headers must be a JSON object of names and values."),
        ({"headers": "{"}, "Headers must be valid JSON: Expected property name or '}' in JSON at position 1"),
        ({"headers": '{"X": {"a": 1}}'}, "The header 'X' must have a text as its value."),
        ({"headers": '{"X": "a\\r\\nInjected: 1"}'}, 'Invalid character in header content ["X"]'),
        ({"headers": '{"X Y": "a"}'}, 'Header name must be a valid HTTP token ["X Y"]'),
        ({"method": "GET /x HTTP/1.1\r\nA: b"}, None),
    ],
)
async def test_what_cannot_be_sent_is_a_failure(
    network: Network, options: dict[str, Any], message: str | None
) -> None:
    async with web_server({"/": Answer()}) as web:
        failed = await failure(HTTP, {"url": web.url("/"), **options}, Context(network))
    assert web.asked == []
    assert message is None or failed.message == message


async def test_the_ip_version_is_obeyed(network: Network) -> None:
    async with web_server({"/": Answer()}) as web:  # on 127.0.0.1 only
        options = {"url": web.url("/"), "ipFamily": "ipv4"}
        assert (await checked(options, Context(network))).message == "200 - OK"
        options = {"url": f"http://127.0.0.1:{web.port}/", "ipFamily": "ipv6"}
        assert "ENOTFOUND" in (await failure(HTTP, options, Context(network))).message


# --- TLS ---------------------------------------------------------------------------------------------------


async def test_a_self_signed_certificate_is_refused_and_shown(network: Network) -> None:
    tls = issue("localhost", names=("localhost",)).server_context()
    async with web_server({"/": Answer()}, tls) as web:
        failed = await failure(HTTP, {"url": web.url("/")}, Context(network))
    assert (failed.message, failed.local) == ("self-signed certificate", False)
    assert isinstance(failed.certificate, SeenCertificate)
    shown = failed.certificate.as_wire(1_800_000_000)
    assert (shown["valid"], shown["certInfo"]["subject"]["CN"]) == (False, "localhost")
    assert shown["hostnameMatchMonitorUrl"] is True


async def test_tls_errors_can_be_ignored(network: Network) -> None:
    tls = issue("localhost", names=("localhost",)).server_context()
    async with web_server({"/": Answer()}, tls) as web:
        result = await checked({"url": web.url("/"), "ignoreTls": True}, Context(network))
    assert result.message == "200 - OK"
    assert result.certificate is not None
    assert result.certificate.as_wire(1_800_000_000)["valid"] is False


async def test_a_client_certificate_is_shown(network: Network, authority: Authority) -> None:
    client = authority.server("client")
    tls = authority.server("localhost").server_context(client_ca=authority.root_pem)
    mutual = {
        "authMethod": "mtls",
        "tlsCert": client.pem,
        "tlsKey": client.key_pem,
        "tlsCa": authority.root_pem,
    }
    async with web_server({"/": Answer()}, tls) as web:
        result = await checked({"url": web.url("/"), **mutual}, Context(network))
        assert result.message == "200 - OK"
        assert result.certificate is not None
        assert result.certificate.as_wire(1_800_000_000)["valid"] is True
        for missing in ({"authMethod": None}, {"tlsCert": None}, {"tlsCa": None}):
            await failure(HTTP, {"url": web.url("/"), **mutual, **missing}, Context(network))
        failed = await failure(HTTP, {"url": web.url("/"), **mutual, "tlsKey": "nonsense"}, Context(network))
    assert failed.message.startswith("The client certificate or its key cannot be read")


async def test_a_failed_status_still_tells_of_the_certificate(network: Network) -> None:
    tls = issue("localhost", names=("localhost",)).server_context()
    async with web_server({}, tls) as web:
        failed = await failure(HTTP, {"url": web.url("/"), "ignoreTls": True}, Context(network))
    assert failed.certificate is not None


# --- Declaration -------------------------------------------------------------------------------------------


def test_headers_are_checked_when_they_are_entered() -> None:
    options = HTTP.options.read({"headers": "{not json"})
    with pytest.raises(UserError) as refused:
        HTTP.validate(options, {})
    assert (
        refused.value.message
        == "Headers must be valid JSON: Expected property name or '}' in JSON at position 1"
    )
    assert HTTP.validate(HTTP.options.read({"headers": ""}), {}) == {}


def test_the_deadline_leaves_room_for_all_limits() -> None:
    plain = HTTP.deadline(HTTP.options.read({}), Context(timeout=48))
    oauth = HTTP.deadline(HTTP.options.read({"authMethod": "oauth2-cc"}), Context(timeout=48))
    assert plain > 48 + 10
    assert oauth > 2 * (48 + 10) + 2 * 10


async def test_a_check_costs_little_on_top_of_the_request(network: Network) -> None:
    """Most of a check is the request; what is prepared once is not prepared again."""
    options = HTTP.options.read({"url": "http://127.0.0.1:1/", "headers": '{"A": "b"}'})
    first = options.prepared
    assert min(timeit.repeat(lambda: options.prepared, number=100, repeat=50)) < 0.01
    assert options.prepared is first
