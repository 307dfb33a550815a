from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from kuma_lite.checks.http import HttpMonitor
from kuma_lite.core.declarations import CheckResult
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, Asked, Web, web_server
from tests.checks.support import Context, failure, run
from tests.support.ports import closed_port

NOW = 1_800_000_000.0


class Issuer:
    """A token URL and a page that wants a token it issued and did not revoke."""

    def __init__(self, **token: Any) -> None:
        self.issued = 0
        self.revoked: set[str] = set()
        self.token = {"token_type": "Bearer", "expires_in": 3600, **token}

    def issue(self, asked: Asked) -> Answer:
        del asked
        self.issued += 1
        return Answer(body=json.dumps({"access_token": f"t{self.issued}", **self.token}).encode())

    def page(self, asked: Asked) -> Answer:
        token = (asked.header("Authorization") or "").removeprefix("Bearer ")
        good = token.startswith("t") and token not in self.revoked
        return Answer(body=b"come in") if good else Answer("401 Unauthorized", b"go away")

    def pages(self) -> dict[str, Any]:
        return {"/token": self.issue, "/page": self.page}


def document(web: Web, **options: Any) -> dict[str, Any]:
    return {
        "url": web.url("/page"),
        "authMethod": "oauth2-cc",
        "oauth_token_url": web.url("/token"),
        "oauth_client_id": "id",
        "oauth_client_secret": "s%c",
        **options,
    }


async def checked(kind: HttpMonitor, options: dict[str, Any], context: Context) -> CheckResult:
    result = await run(kind, options, context)
    assert isinstance(result, CheckResult)
    return result


@pytest.mark.parametrize(
    ("options", "form", "credentials"),
    [
        ({}, {"grant_type": ["client_credentials"]}, "id:s%25c"),
        (
            {"oauth_scopes": "a b", "oauth_audience": "api"},
            {"grant_type": ["client_credentials"], "scope": ["a b"], "audience": ["api"]},
            "id:s%25c",
        ),
        (
            {"oauth_auth_method": "client_secret_post"},
            {"grant_type": ["client_credentials"], "client_id": ["id"], "client_secret": ["s%c"]},
            None,
        ),
    ],
)
async def test_a_token_is_asked_for(
    network: Network, options: dict[str, Any], form: dict[str, list[str]], credentials: str | None
) -> None:
    async with web_server(Issuer().pages()) as web:
        assert (
            await checked(HttpMonitor(), document(web, **options), Context(network))
        ).message == "200 - OK"
    asked, page = web.asked
    assert asked.method == "POST"
    assert parse_qs(asked.body.decode()) == form
    sent = asked.header("Authorization")
    assert (base64.b64decode(sent.removeprefix("Basic ")).decode() if sent else None) == credentials
    assert page.header("Authorization") == "Bearer t1"


async def test_a_token_is_kept_until_it_expires(network: Network) -> None:
    issuer, kind = Issuer(expires_in=100), HttpMonitor()
    async with web_server(issuer.pages()) as web:
        for later, issued in ((0, 1), (99, 1), (100, 2), (150, 2)):
            await checked(kind, document(web), Context(network, now=NOW + later))
            assert issuer.issued == issued
        await checked(kind, document(web, oauth_scopes="other"), Context(network, now=NOW + 150))
        assert issuer.issued == 3


async def test_a_token_without_an_end_is_kept(network: Network) -> None:
    issuer, kind = Issuer(expires_in=None), HttpMonitor()
    async with web_server(issuer.pages()) as web:
        for later in (0, 10_000_000):
            await checked(kind, document(web), Context(network, now=NOW + later))
    assert issuer.issued == 1


async def test_a_revoked_token_is_replaced_once(network: Network) -> None:
    issuer, kind = Issuer(), HttpMonitor()
    async with web_server(issuer.pages()) as web:
        await checked(kind, document(web), Context(network))
        issuer.revoked = {"t1"}
        await checked(kind, document(web), Context(network))
        assert issuer.issued == 2
        issuer.revoked = {f"t{number}" for number in range(10)}
        failed = await failure(kind, document(web), Context(network))
    assert failed.message == "Request failed with status code 401"
    assert issuer.issued == 3


async def test_own_headers_win_over_the_token(network: Network) -> None:
    async with web_server(Issuer().pages()) as web:
        options = document(web, headers='{"authorization": "Bearer tmine"}')
        await checked(HttpMonitor(), options, Context(network))
    assert web.asked[1].header("Authorization") == "Bearer tmine"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            Answer("401 Unauthorized", b'{"error": "invalid_client", "error_description": "who?"}'),
            "invalid_client (who?)",
        ),
        (Answer("400 Bad Request", b'{"error": "invalid_scope"}'), "invalid_scope"),
        (Answer("500 Oops", b"<html>"), "expected 200 OK, got: 500 Oops"),
        (Answer("302 Found", b"", {"Location": "/elsewhere"}), "expected 200 OK, got: 302 Found"),
        (Answer(body=b"hello"), "The answer of the token URL is not a JSON object."),
        (Answer(body=b"[1]"), "The answer of the token URL is not a JSON object."),
        (Answer(body=b'{"a": 1}'), "The answer of the token URL has no access_token."),
        (Answer(body=b'{"access_token": 5}'), "The answer of the token URL has no access_token."),
    ],
)
async def test_no_token_is_a_failure(network: Network, answer: Answer, message: str) -> None:
    async with web_server({"/token": answer, "/page": Answer()}) as web:
        failed = await failure(HttpMonitor(), document(web), Context(network))
        assert [asked.target for asked in web.asked] == ["/token"]
    assert (failed.message, failed.local) == (f"The oauth config is invalid. {message}", False)


async def test_a_hostile_token_cannot_add_headers(network: Network) -> None:
    answer = Answer(body=json.dumps({"access_token": "a\r\nInjected: yes"}).encode())
    async with web_server({"/token": answer, "/page": Answer()}) as web:
        await failure(HttpMonitor(), document(web), Context(network))
        assert [asked.target for asked in web.asked] == ["/token"]


async def test_an_unreachable_token_url_is_said(network: Network) -> None:
    port = closed_port()
    async with web_server({"/page": Answer()}) as web:
        options = document(web, oauth_token_url=f"http://127.0.0.1:{port}/")
        failed = await failure(HttpMonitor(), options, Context(network))
    assert failed.message == f"The oauth config is invalid. connect ECONNREFUSED 127.0.0.1:{port}"
