from __future__ import annotations

import asyncio
import os
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import spnego
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._ntlm import NtlmCredentials, begin_log_in, offered
from kuma_lite.checks.http import HttpMonitor
from kuma_lite.checks.keyword import KeywordMonitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.net.http import Headers
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, Asked, web_server
from tests.checks.support import Context, failure, run
from tests.net.authority import issue
from tests.peers.ntlm_web import DOMAIN, PASSWORD, USER, NtlmWeb, running
from tests.support.ports import closed_port

HTTP = HttpMonitor()
REFUSED = "Request failed with status code 401"


def document(web: NtlmWeb, **options: Any) -> dict[str, Any]:
    return {
        "url": web.url(),
        "authMethod": "ntlm",
        "basic_auth_user": USER,
        "basic_auth_pass": PASSWORD,
        "authDomain": DOMAIN,
        **options,
    }


async def message(network: Network, asked: dict[str, Any]) -> str:
    result = await run(HTTP, asked, Context(network))
    assert isinstance(result, CheckResult)
    return result.message


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"authDomain": "", "basic_auth_user": f"{DOMAIN}\\{USER}"},
        {"headers": '{"Authorization": "Basic eDp5"}'},  # what was typed there gives way to the log-in
        {"method": "POST", "body": '{"a": 1}'},
    ],
)
async def test_all_three_requests_go_over_one_connection(
    network: Network, tmp_path: Path, options: dict[str, Any]
) -> None:
    async with running(tmp_path) as web:
        assert await message(network, document(web, **options)) == "200 - Said"
    assert web.steps == [["none", "negotiate", "authenticate"]]
    assert set(web.bodies) == ({b'{"a":1}'} if "body" in options else {b""})


async def test_over_tls(network: Network, tmp_path: Path) -> None:
    tls = issue("localhost", names=("localhost",)).server_context()
    async with running(tmp_path, tls=tls) as web:
        asked = document(web, url=web.url("localhost"), ignoreTls=True)
        result = await run(HTTP, asked, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "200 - Said"
    assert result.certificate is not None
    assert web.steps == [["none", "negotiate", "authenticate"]]


@pytest.mark.parametrize("workstation", ["DESK-7", ""])
async def test_the_workstation_is_the_one_given_and_never_our_own(
    network: Network, tmp_path: Path, workstation: str
) -> None:
    before = dict(os.environ)
    async with running(tmp_path) as web:
        await message(network, document(web, authWorkstation=workstation))
    last = web.messages[-1]
    assert ("DESK-7".encode("utf-16-le") in last) == bool(workstation)
    # The server's own name comes back within its target information, so look only at the field.
    length, offset = int.from_bytes(last[44:46], "little"), int.from_bytes(last[48:52], "little")
    assert last[offset : offset + length].decode("utf-16-le") == workstation
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    "options",
    [
        {"basic_auth_pass": "wrong"},
        {"basic_auth_user": "stranger"},
        {"authDomain": "ELSEWHERE"},
        {"basic_auth_user": None, "basic_auth_pass": None, "authDomain": None},
    ],
)
async def test_wrong_credentials_are_refused(
    network: Network, tmp_path: Path, options: dict[str, Any]
) -> None:
    async with running(tmp_path) as web:
        failed = await failure(HTTP, document(web, **options), Context(network))
    assert failed.message == REFUSED
    assert web.steps == [["none", "negotiate", "authenticate"]]


async def test_a_connection_that_ends_with_the_first_refusal_is_made_anew(
    network: Network, tmp_path: Path
) -> None:
    async with running(tmp_path, NtlmWeb(closes_first=True)) as web:
        assert await message(network, document(web)) == "200 - Said"
    assert web.steps == [["none"], ["negotiate", "authenticate"]]


async def test_a_challenge_is_worth_nothing_without_its_connection(network: Network, tmp_path: Path) -> None:
    async with running(tmp_path, NtlmWeb(closes_after_challenge=True)) as web:
        failed = await failure(HTTP, document(web), Context(network))
    assert failed.message == REFUSED
    assert web.connections == 2


@pytest.mark.parametrize("challenge", ["", "!!!", "AAAA", "TlRMTVNTUAACAAAA", "TlRMTVNTUAABAAAA"])
async def test_a_challenge_that_cannot_be_read_leaves_the_refusal(
    network: Network, tmp_path: Path, challenge: str
) -> None:
    async with running(tmp_path, NtlmWeb(challenge=challenge)) as web:
        failed = await failure(HTTP, document(web), Context(network))
    assert failed.message == REFUSED
    assert web.steps == [["none", "negotiate"]]


@pytest.mark.parametrize("offers", ["Basic realm=x", "Negotiate", "Bearer NTLM2", ""])
async def test_nothing_is_said_where_ntlm_is_not_offered(
    network: Network, tmp_path: Path, offers: str
) -> None:
    async with running(tmp_path, NtlmWeb(offers=offers)) as web:
        failed = await failure(HTTP, document(web), Context(network))
    assert failed.message == REFUSED
    assert web.steps == [["none"]]


async def test_a_page_that_asks_for_no_log_in_is_told_nothing(network: Network) -> None:
    async with web_server({"/": Answer()}) as web:
        asked = {"url": web.url("/"), "authMethod": "ntlm", "basic_auth_user": "u", "basic_auth_pass": "p"}
        assert await message(network, asked) == "200 - OK"
    assert [request.header("Authorization") for request in web.asked] == [None]


async def test_a_redirect_to_another_host_is_told_nothing(network: Network, tmp_path: Path) -> None:
    def page(asked: Asked) -> Answer:
        del asked
        return Answer("401 Unauthorized", b"", {"WWW-Authenticate": "NTLM"})

    async with web_server({"/": page}) as other, running(tmp_path) as web:
        web.redirects_to = other.url("/")
        failed = await failure(HTTP, document(web), Context(network))
    assert failed.message == REFUSED
    assert [request.header("Authorization") for request in other.asked] == [None]


async def test_the_answer_is_judged_as_any_other(network: Network, tmp_path: Path) -> None:
    async with running(tmp_path) as web:
        result = await run(KeywordMonitor(), document(web, keyword="200 it is"), Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "200 - Said, keyword is found"


async def test_nobody_listens(network: Network, tmp_path: Path) -> None:
    del tmp_path
    port = closed_port()
    asked = {"url": f"http://127.0.0.1:{port}/", "authMethod": "ntlm"}
    failed = await failure(HTTP, asked, Context(network))
    assert failed.message == f"connect ECONNREFUSED 127.0.0.1:{port}"


@pytest.mark.parametrize("silent_at", [0, 1, 2])
async def test_a_server_that_falls_silent_is_late_and_let_go(
    network: Network, tmp_path: Path, silent_at: int
) -> None:
    real = NtlmWeb()
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen = 0

        class Counting(asyncio.StreamReader):
            async def readuntil(self, separator: Any = b"\n") -> bytes:
                nonlocal seen
                head = await reader.readuntil(separator)
                if seen == silent_at:
                    await reader.read()
                    ended.set()
                    raise asyncio.IncompleteReadError(b"", None)
                seen += 1
                return head

            async def readexactly(self, n: int) -> bytes:
                return await reader.readexactly(n)

        await real.serve(Counting(), writer)

    async with running(tmp_path):
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        real.port = server.sockets[0].getsockname()[1]
        failed = await failure(HTTP, document(real), Context(network, timeout=0.3))
        await asyncio.wait_for(ended.wait(), 5)
        server.close()
    assert failed.message == "timeout of 300ms exceeded"
    assert failed.local


async def test_without_the_driver_it_cannot_be_checked(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "spnego", None)
    with pytest.raises(CannotCheck, match=r"Install it with: pip install 'pyspnego'"):
        await run(HTTP, {"url": "http://127.0.0.1:1/", "authMethod": "ntlm"}, Context(network))


async def test_no_connection_is_left_open(network: Network, tmp_path: Path) -> None:
    async with running(tmp_path) as web:
        await message(network, document(web))
        await failure(HTTP, document(web, basic_auth_pass="wrong"), Context(network))
        async with asyncio.timeout(5):
            while web.ended < web.connections:
                await asyncio.sleep(0)
    assert web.connections == 2


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([], None),
        (["Negotiate", "NTLM"], b""),
        (["Negotiate, ntlm"], b""),
        (["Negotiate oYG=", "NTLM TlRM"], b"NTLM"[:3]),
        (["NTLM TlRM, Negotiate"], b"NTL"),
        (["NTLM", "NTLM TlRM"], b"NTL"),
        (["NTLMX"], None),
        (['Basic realm="NTLM"'], None),
    ],
)
def test_what_a_refusal_offers(values: list[str], found: bytes | None) -> None:
    assert offered(Headers([("WWW-Authenticate", value) for value in values])) == found


@given(st.binary(max_size=200))
def test_no_challenge_breaks_the_log_in(challenge: bytes) -> None:
    log_in = begin_log_in(spnego, NtlmCredentials("u", "p"))
    assert log_in(Headers([("WWW-Authenticate", "NTLM")])) is not None
    for head in (b"", b"NTLMSSP\0\2\0\0\0"):
        given = b64encode(head + challenge).decode()
        answer = log_in(Headers([("WWW-Authenticate", f"NTLM {given}")]))
        assert answer is None or answer.startswith("NTLM ")
