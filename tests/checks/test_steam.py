"""Steam checks, against a stand-in for Valve's Web API."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from kuma_lite.checks.steam import SteamMonitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.icmp import PingResult
from kuma_lite.net.network import Network
from kuma_lite.net.ping_program import PingUnavailable
from tests.checks.peers import Answer, listening, web_server
from tests.checks.support import Context, failure, run
from tests.support.ports import closed_port

PATH = "/IGameServersService/GetServerList/v1/"
SERVER = {"addr": "127.0.0.1:27015", "gameport": 27015, "steamid": "90", "name": "Our server", "appid": 240}
LISTED = Answer(body=json.dumps({"response": {"servers": [SERVER]}}).encode())
DOCUMENT = {"hostname": "127.0.0.1", "port": 27015}
KEY = "0123456789ABCDEF"


@pytest.fixture(autouse=True)
def settings(network: Network) -> None:
    network.find_setting = lambda key: KEY if key == "steamAPIKey" else ""


class Pings:
    """Answers pings, or fails."""

    def __init__(self, *times: float, error: Exception | None = None) -> None:
        self.times = times
        self.error = error
        self.sizes: list[int] = []

    async def ping(self, host: str, *, size: int) -> PingResult:
        self.sizes.append(size)
        if self.error is not None:
            raise self.error
        return PingResult(1, len(self.times), list(self.times), host)

    def close(self) -> None:
        """Nothing is open."""


async def cannot(kind: SteamMonitor, document: dict[str, Any], context: Context) -> str:
    with pytest.raises(CannotCheck) as refused:
        await run(kind, document, context)
    assert KEY not in refused.value.message
    return refused.value.message


async def test_a_server_that_is_listed(network: Network) -> None:
    network.pinger = pings = Pings(12.3456)  # type: ignore[assignment]
    async with web_server({PATH: LISTED}) as web:
        result = await run(SteamMonitor(web.url("")), {**DOCUMENT, "packetSize": 32}, Context(network))
    assert result == CheckResult("Our server", ping=12.346)
    assert pings.sizes == [32]
    asked = parse_qs(web.asked[0].target.partition("?")[2])
    assert asked == {"filter": ["addr\\127.0.0.1:27015"], "key": [KEY]}


NO_WAY = NetworkError("connect EHOSTUNREACH", "EHOSTUNREACH", ErrorKind.UNREACHABLE)


@pytest.mark.parametrize("pings", [Pings(), Pings(error=NO_WAY), Pings(error=PingUnavailable())])
async def test_a_server_that_answers_no_ping(network: Network, pings: Pings) -> None:
    network.pinger = pings  # type: ignore[assignment]
    async with web_server({PATH: LISTED}) as web:
        document = {"hostname": "localhost", "port": 27015, "accepted_statuscodes": []}
        result = await run(SteamMonitor(web.url("")), document, Context(network))
    assert isinstance(result, CheckResult)
    assert isinstance(result.ping, int)
    assert "127.0.0.1" in web.asked[0].target  # version 4 first: Steam lists no other


@pytest.mark.parametrize("body", [b'{"response": {}}', b'{"response": {"servers": []}}', b"[]", b"null"])
async def test_a_server_that_is_not_listed(network: Network, body: bytes) -> None:
    async with web_server({PATH: Answer(body=body)}) as web:
        failed = await failure(SteamMonitor(web.url("")), DOCUMENT, Context(network))
    assert failed.message == "Server not found on Steam"


async def test_no_key(network: Network) -> None:
    network.find_setting = lambda key: ""
    assert await cannot(SteamMonitor(), DOCUMENT, Context(network)) == "Steam API Key not found"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer("403 Forbidden", b"<html>"), "Request failed with status code 403"),
        (Answer("503 Service Unavailable"), "Request failed with status code 503"),
        (Answer(body=b"<html>"), "its answer is no JSON"),
    ],
)
async def test_trouble_of_steam_says_nothing_about_the_server(
    network: Network, answer: Answer, problem: str
) -> None:
    async with web_server({PATH: answer}) as web:
        message = await cannot(SteamMonitor(web.url("")), DOCUMENT, Context(network))
    assert message == f"Steam cannot be asked: {problem}"


async def test_other_answers_fail(network: Network) -> None:
    async with web_server({PATH: Answer("404 Not Found")}) as web:
        failed = await failure(SteamMonitor(web.url("")), DOCUMENT, Context(network))
        assert failed.message == "Request failed with status code 404"
        web.answers[PATH] = LISTED
        wanted = {**DOCUMENT, "accepted_statuscodes": ["201"]}
        failed = await failure(SteamMonitor(web.url("")), wanted, Context(network))
        assert failed.message == "Request failed with status code 200"


async def test_steam_cannot_be_reached(network: Network) -> None:
    port = closed_port()
    message = await cannot(SteamMonitor(f"http://127.0.0.1:{port}"), DOCUMENT, Context(network))
    assert message == f"Steam cannot be asked: connect ECONNREFUSED 127.0.0.1:{port}"


async def test_steam_keeps_silent(network: Network) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as port:
        kind = SteamMonitor(f"http://127.0.0.1:{port}")
        message = await cannot(kind, DOCUMENT, Context(network, timeout=0.2))
    assert message == "Steam cannot be asked: timeout of 200ms exceeded"


async def test_a_name_that_nobody_knows(network: Network) -> None:
    document = {**DOCUMENT, "hostname": "nonexistent.invalid"}
    failed = await failure(SteamMonitor(), document, Context(network))
    start = 'Unable to resolve Steam server hostname "nonexistent.invalid": getaddrinfo E'
    assert failed.message.startswith(start)
