"""Globalping checks, against a stand-in for its API."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from kuma_lite.checks._network import ToldCertificate, read_certificate
from kuma_lite.checks.globalping import GlobalpingMonitor
from kuma_lite.core.declarations import CannotCheck, CheckFailed, CheckResult
from kuma_lite.core.errors import UserError
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, listening, web_server
from tests.checks.support import Context, failure, run
from tests.peers.globalping import NUMBER, PING, PLACE, Api, api
from tests.support.ports import closed_port

URL = "https://example.org:8443/a/b?c=d"
HTTP: dict[str, Any] = {
    "status": "finished",
    "rawOutput": "HTTP/1.1 200\nContent-Type: application/json\n\n{\"level\": 3}",
    "rawBody": '{"level": 3}',
    "statusCode": 200,
    "statusCodeName": "OK",
    "timings": {"total": 123, "dns": 5},
    "tls": {
        "authorized": True,
        "expiresAt": "2027-02-01T00:00:00.000Z",
        "subject": {"CN": "example.org", "alt": "DNS:example.org"},
        "issuer": {"CN": "R3", "O": "Let's Encrypt", "C": "US"},
        "fingerprint256": "AA:BB",
    },
}  # fmt: skip
DNS: dict[str, Any] = {
    "status": "finished",
    "statusCodeName": "NOERROR",
    "answers": [{"name": "a.", "type": "A", "ttl": 60, "value": it} for it in ("192.0.2.1", "192.0.2.22")],
    "timings": {"total": 15},
    "rawOutput": "; <<>> DiG",
}  # fmt: skip


def monitor(found: Api) -> GlobalpingMonitor:
    return GlobalpingMonitor(found.url, poll=0.001)


async def up(found: Api, document: dict[str, Any], network: Network) -> CheckResult:
    result = await run(monitor(found), document, Context(network))
    assert isinstance(result, CheckResult)
    return result


async def cannot(kind: GlobalpingMonitor, document: dict[str, Any], context: Context) -> str:
    with pytest.raises(CannotCheck) as refused:
        await run(kind, document, context)
    return refused.value.message


async def test_a_ping(network: Network) -> None:
    network.find_setting = {"globalpingApiToken": "word"}.get  # type: ignore[assignment]
    async with api(PING) as found:
        document = {"hostname": " example.org ", "ping_count": 3, "protocol": "TCP", "port": 443}
        result = await up(found, {**document, "ipFamily": "ipv6", "location": "Ashburn+aws"}, network)
        assert (result.message, result.ping) == (f"{PLACE}OK", 1.3)
        assert {asked.header("Authorization") for asked in found.web.asked} == {"Bearer word"}
    assert found.fetched == 2
    assert found.orders == [
        {
            "type": "ping",
            "target": "example.org",
            "inProgressUpdates": False,
            "limit": 1,
            "locations": [{"magic": "Ashburn+aws"}],
            "measurementOptions": {"packets": 3, "protocol": "TCP", "port": 443, "ipVersion": 6},
        }
    ]


@pytest.mark.parametrize("result", [{**PING, "status": "failed"}, {**PING, "timings": []}])
async def test_a_ping_without_an_answer(network: Network, result: dict[str, Any]) -> None:
    async with api(result) as found:
        failed = await failure(monitor(found), {"hostname": "h"}, Context(network))
    assert failed.message == f"{PLACE}Failed: {PING['rawOutput']}"
    assert found.orders[0]["measurementOptions"] == {"packets": 1}
    assert found.web.asked[0].header("Authorization") is None


async def test_a_page(network: Network) -> None:
    document = {
        "subtype": "http",
        "url": URL,
        "method": "HEAD",
        "headers": '{"X-A": "b"}',
        "authMethod": "basic",
        "basic_auth_user": "u",
        "basic_auth_pass": "p",
        "dns_resolve_server": "9.9.9.9",
    }
    async with api(HTTP) as found:
        result = await up(found, document, network)
    assert (result.message, result.ping) == (f"{PLACE}OK", 123)
    assert found.orders[0]["target"] == "example.org"
    assert found.orders[0]["measurementOptions"] == {
        "request": {
            "host": "example.org",
            "path": "/a/b",
            "query": "c=d",
            "method": "HEAD",
            "headers": {"Authorization": "Basic dTpw", "X-A": "b"},
        },
        "protocol": "HTTPS",
        "port": 8443,
        "resolver": "9.9.9.9",
    }


async def test_the_certificate_of_a_page(network: Network) -> None:
    async with api(HTTP) as found:
        result = await up(found, {"subtype": "http", "url": "https://example.org/"}, network)
    certificate = result.certificate
    assert certificate is not None
    day = 86_400
    now = 1_801_440_000.0  # 2027-02-01
    assert certificate.as_wire(now - 10.4 * day) == {
        "valid": True,
        "certInfo": {
            "subject": HTTP["tls"]["subject"],
            "issuer": HTTP["tls"]["issuer"],
            "validTo": "2027-02-01T00:00:00.000Z",
            "daysRemaining": 10,
            "fingerprint": "AA:BB",
            "fingerprint256": "AA:BB",
            "certType": "",
        },
    }
    assert read_certificate(json.loads(json.dumps(certificate.as_plain()))) == certificate
    assert isinstance(certificate, ToldCertificate)


@pytest.mark.parametrize(
    ("options", "result", "message"),
    [
        ({"keyword": "level"}, HTTP, "200 - OK, keyword is found"),
        ({"keyword": "x", "invertKeyword": True}, HTTP, "200 - OK, keyword not found"),
        ({"expectedValue": "3", "jsonPath": "level"}, HTTP, "JSON query passes (comparing 3 == 3)"),
        ({"accepted_statuscodes": ["404"]}, {**HTTP, "statusCode": 404}, "OK"),
        ({"ignoreTls": True}, {**HTTP, "tls": {"authorized": False, "error": "expired"}}, "OK"),
        ({"url": "http://example.org"}, {**HTTP, "tls": None}, "OK"),
    ],
)
async def test_pages_that_are_good(
    network: Network, options: dict[str, Any], result: dict[str, Any], message: str
) -> None:
    async with api(result) as found:
        document = {"subtype": "http", "url": "https://example.org/", "cacheBust": True, **options}
        assert (await up(found, document, network)).message == PLACE + message
    request = found.orders[0]["measurementOptions"]["request"]
    assert request["query"].startswith("uptime_kuma_cachebuster=")
    assert request["headers"] == {}


@pytest.mark.parametrize(
    ("options", "result", "message"),
    [
        ({}, {**HTTP, "statusCode": 503, "rawOutput": "no"}, "Status code 503 not accepted. Output: no"),
        ({"keyword": "x"}, {**HTTP, "rawOutput": "a\n<b>c"}, "200 - OK, but keyword is not in [a  c]"),
        (
            {"keyword": "a", "invertKeyword": True},
            {**HTTP, "rawOutput": "ab"},
            "200 - OK, but keyword is present in [ab]",
        ),
        ({"expectedValue": "4", "jsonPath": "level"}, HTTP, "JSON query does not pass (comparing 3 == 4)"),
        (
            {"protocol": "HTTP2"},
            {**HTTP, "tls": {"authorized": False, "error": "expired"}},
            "TLS certificate is not authorized: expired",
        ),
        ({}, {"status": "failed", "rawOutput": "connect ECONNREFUSED"}, "Failed: connect ECONNREFUSED"),
    ],
)
async def test_pages_that_are_not(
    network: Network, options: dict[str, Any], result: dict[str, Any], message: str
) -> None:
    async with api(result) as found:
        document = {"subtype": "http", "url": "https://example.org/", **options}
        failed = await failure(monitor(found), document, Context(network))
    assert failed.message == PLACE + message


async def test_a_token_is_asked_for_from_here(network: Network) -> None:
    token = Answer(body=b'{"access_token": "t", "token_type": "Bearer", "expires_in": 3600}')
    async with api(HTTP) as found, web_server({"/token": token}) as web:
        document = {
            "subtype": "http",
            "url": URL,
            "authMethod": "oauth2-cc",
            "oauth_token_url": web.url("/token"),
        }
        await up(found, document, network)
    assert found.orders[0]["measurementOptions"]["request"]["headers"] == {"Authorization": "Bearer t"}


async def test_records(network: Network) -> None:
    document = {"subtype": "dns", "hostname": "example.org", "dns_resolve_type": "A", "protocol": "UDP"}
    async with api(DNS) as found:
        result = await up(found, {**document, "port": 53, "dns_resolve_server": "9.9.9.9"}, network)
    assert (result.message, result.ping) == (f"{PLACE}192.0.2.1 | 192.0.2.22", 15)
    assert found.orders[0]["measurementOptions"] == {
        "query": {"type": "A"}, "port": 53, "protocol": "UDP", "resolver": "9.9.9.9",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("keyword", "matches"),
    [("2.22", True), ("^192.0.2.22$", True), ("^2$", False), (r"2{2}|x/y", True), (r"\/|(z+)+$", False)],
)
async def test_records_that_have_to_match(network: Network, keyword: str, matches: bool) -> None:
    document = {"subtype": "dns", "hostname": "example.org", "keyword": keyword}
    async with api(DNS) as found:
        try:
            message = (await up(found, document, network)).message
        except CheckFailed as failed:
            message = failed.message
    assert message == PLACE + ("" if matches else "No record matched. ") + "192.0.2.1 | 192.0.2.22"


async def test_an_expression_that_is_none(network: Network) -> None:
    async with api(DNS) as found:
        document = {"subtype": "dns", "hostname": "example.org", "keyword": "(a"}
        message = await cannot(monitor(found), document, Context(network))
    assert message.startswith("The keyword is no regular expression that can be used: ")


async def test_no_records(network: Network) -> None:
    async with api({**DNS, "answers": [], "statusCodeName": "NXDOMAIN"}) as found:
        result = await up(found, {"subtype": "dns", "hostname": "h"}, network)
    assert result.message == f"{PLACE}No records found. NXDOMAIN"


def error(status: str, kind: str, message: str, **params: str) -> Answer:
    return Answer(
        status, json.dumps({"error": {"type": kind, "message": message, "params": params}}).encode()
    )


BAD = error("400 Bad Request", "validation_error", "Parameter validation failed", target="must be a host")
OUT = "You have run out of credits. Get higher limits by"
WHERE = "https://dash.globalping.io?view=add-credits."


@pytest.mark.parametrize(
    ("token", "refusals", "problem"),
    [
        ("", [BAD], "validation_error Parameter validation failed.\ntarget: must be a host"),
        ("", [error("429 No", "too_many_requests", "x")], f"{OUT} creating an account. Sign up at {WHERE}"),
        (
            "t",
            [error("429 No", "too_many_requests", "x")],
            f"{OUT} sponsoring us or hosting probes. Learn more at {WHERE}",
        ),
        ("", [error("500 Oh", "api_error", "a"), error("500 Oh", "api_error", "b")], "api_error b."),
        ("", [Answer("502 Bad Gateway", b"<html>")], "Request failed with status code 502"),
        ("", [Answer("202 Accepted", b'{"id": "../x"}')], "Request failed with status code 202"),
    ],
)
async def test_an_order_that_is_refused_says_nothing_about_the_target(
    network: Network, token: str, refusals: list[Answer], problem: str
) -> None:
    network.find_setting = lambda key: token
    async with api(PING, *refusals) as found:
        message = await cannot(monitor(found), {"hostname": "h"}, Context(network))
    assert message == f"Failed to create measurement: {problem}"


async def test_trouble_of_the_api_is_repeated_once(network: Network) -> None:
    async with api(PING, error("500 Oh", "api_error", "a")) as found:
        assert (await up(found, {"hostname": "h"}, network)).message == f"{PLACE}OK"


async def test_an_api_that_cannot_be_reached(network: Network) -> None:
    port = closed_port()
    kind = GlobalpingMonitor(f"http://127.0.0.1:{port}")
    message = await cannot(kind, {"hostname": "h"}, Context(network))
    assert message == f"Failed to create measurement: connect ECONNREFUSED 127.0.0.1:{port}"


async def test_an_api_that_keeps_silent(network: Network) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as port:
        kind = GlobalpingMonitor(f"http://127.0.0.1:{port}")
        message = await cannot(kind, {"hostname": "h"}, Context(network, timeout=0.2))
    assert message == "Failed to create measurement: timeout of 200ms exceeded"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer(body=b'{"status": "in-progress"}'), "no result in 0.05 s"),
        (Answer(body=b'{"status": "finished", "results": []}'), "the answer has no result"),
        (error("404 Not Found", "not_found", "Gone"), "not_found Gone."),
        (Answer(body=b"[]"), "Request failed with status code 200"),
    ],
)
async def test_results_that_do_not_come(network: Network, answer: Answer, problem: str) -> None:
    async with api(PING) as found:
        found.web.answers[f"/v1/measurements/{NUMBER}"] = answer
        message = await cannot(monitor(found), {"hostname": "h"}, Context(network, timeout=0.05))
    assert message.startswith(f"Failed to fetch measurement ({NUMBER}): ")
    assert message.endswith(problem)


async def test_a_probe_that_went_away(network: Network) -> None:
    async with api({"status": "offline", "rawOutput": "gone"}) as found:
        assert await cannot(monitor(found), {"hostname": "h"}, Context(network)) == f"{PLACE}Failed: gone"


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"subtype": "traceroute"}, "Globalping monitors cannot measure by 'traceroute'."),
        ({"hostname": ""}, "No hostname is set."),
        ({"subtype": "http", "url": "https://[::"}, "Invalid URL"),
    ],
)
async def test_monitors_that_cannot_be_checked(
    network: Network, document: dict[str, Any], problem: str
) -> None:
    assert await cannot(GlobalpingMonitor("http://x.invalid"), document, Context(network)) == problem


def test_headers_must_be_json() -> None:
    kind = GlobalpingMonitor()
    with pytest.raises(UserError, match="Headers must be valid JSON"):
        kind.validate(kind.options.read({"headers": "{"}), {})
