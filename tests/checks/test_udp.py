"""UDP checks: what is sent, and what is made of the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kuma_lite.checks import udp
from kuma_lite.checks.udp import UdpMonitor, shown
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.core.errors import UserError
from kuma_lite.net.network import Network
from tests.checks.datagrams import Silent, answering
from tests.checks.support import Context, failure, run
from tests.requires import needs_ipv6
from tests.support.ports import closed_port

UDP = UdpMonitor()
HOST = "127.0.0.1"
Said = Callable[[bytes], list[bytes]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udp, "REFUSAL_S", 0.1)
    monkeypatch.setattr(udp, "GRACE_S", 0.05)


def echo(asked: bytes) -> list[bytes]:
    return [b"you said: " + asked]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"body": "ping"}, "you said: ping"),
        ({"body": "grüß\n"}, "you said: grüß"),
        ({"body": "00ff", "httpBodyEncoding": "text"}, "you said: 00ff"),
        ({"body": "00 FF:0a", "httpBodyEncoding": "hex"}, "79 6f 75 20 73 61 69 64 3a 20 00 ff 0a"),
        ({"body": "a" * 200}, "you said: " + "a" * 90 + "…"),
        ({"body": "ping", "keyword": "left over"}, "you said: ping"),
        (
            {"body": "ping", "subtype": "keyword", "keyword": "said: ping"},
            "you said: ping, keyword [said: ping] is found",
        ),
        (
            {"body": "70", "httpBodyEncoding": "hex", "subtype": "keyword", "keyword": "3a:20 70"},
            "you said: p, keyword [3a:20 70] is found",
        ),
        ({"body": "ping", "httpBodyEncoding": "json", "subtype": "none"}, "you said: ping"),
    ],
)
async def test_answers(network: Network, document: dict[str, Any], message: str) -> None:
    async with answering(echo) as port:
        result = await run(UDP, {"hostname": HOST, "port": port, **document}, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message.rstrip() == message


async def test_the_ping_is_that_of_the_answer(network: Network) -> None:
    async with answering(echo) as port:
        result = await run(UDP, {"hostname": HOST, "port": port, "body": "ping"}, Context(network))
    assert isinstance(result, CheckResult)
    assert isinstance(result.ping, int)


@pytest.mark.parametrize(
    ("said", "text"),
    [(echo, "you said: ping"), (lambda asked: [b"\0\1"], "00 01"), (lambda asked: [b"\xff"], "ff")],
)
async def test_the_wrong_answer(network: Network, said: Said, text: str) -> None:
    async with answering(said) as port:
        document = {"hostname": HOST, "port": port, "body": "ping", "subtype": "keyword", "keyword": "pong"}
        failed = await failure(UDP, document, Context(network))
    assert (failed.message, failed.local) == (f"keyword [pong] is not in [{text}]", False)
    assert failed.ping is not None


def test_an_answer_without_content() -> None:
    assert shown(b"") == "Empty answer"


async def test_the_right_answer_may_come_second(network: Network) -> None:
    async with answering(lambda asked: [b"motd", b"pong"]) as port:
        document = {"hostname": HOST, "port": port, "body": "ping", "subtype": "keyword", "keyword": "pong"}
        result = await run(UDP, document, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "pong, keyword [pong] is found"


async def test_silence(network: Network) -> None:
    silent = Silent()
    async with answering(silent) as port:
        document = {"hostname": HOST, "port": port, "body": "ping"}
        failed = await failure(UDP, document, Context(network, timeout=0.1))
        assert (failed.message, failed.local) == ("timeout of 100ms exceeded", True)
        result = await run(UDP, {**document, "subtype": "none"}, Context(network))
    assert isinstance(result, CheckResult)
    assert (result.message, result.ping) == ("Sent, and not refused", None)
    assert silent.asked == [b"ping", b"ping"]


@pytest.mark.parametrize("expects", ["any", "keyword", "none"])
async def test_nobody_listens(network: Network, expects: str) -> None:
    port = closed_port()
    document = {"hostname": HOST, "port": port, "body": "ping", "subtype": expects, "keyword": "x"}
    failed = await failure(UDP, document, Context(network))
    assert (failed.message, failed.local) == (f"connect ECONNREFUSED 127.0.0.1:{port}", False)


@needs_ipv6()
async def test_ip_versions(network: Network) -> None:
    async with answering(echo, "::1") as port:
        for document in ({"hostname": "::1"}, {"hostname": "[::1]", "ipFamily": "ipv6"}):
            assert await run(UDP, {**document, "port": port, "body": "ping"}, Context(network))
        refused = {"hostname": "::1", "ipFamily": "ipv4", "port": port, "body": "ping"}
        failed = await failure(UDP, refused, Context(network))
    assert failed.message == "getaddrinfo ENOTFOUND ::1"


async def test_a_name_that_nobody_knows(network: Network) -> None:
    failed = await failure(
        UDP, {"hostname": "nonexistent.invalid", "port": 9, "body": "ping"}, Context(network)
    )
    assert failed.message.startswith("getaddrinfo E")


HEXADECIMAL = "must be hexadecimal: two digits (0-9, a-f) for each byte."


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"body": "0", "httpBodyEncoding": "hex"}, f"Send {HEXADECIMAL}"),
        ({"body": "zz", "httpBodyEncoding": "hex"}, f"Send {HEXADECIMAL}"),
        (
            {"keyword": "é", "httpBodyEncoding": "hex", "subtype": "keyword"},
            f"It contains {HEXADECIMAL}",
        ),
        ({"body": "a" * 65_508}, "Send has at most 65507 bytes."),
    ],
)
async def test_what_is_refused_on_save(network: Network, document: dict[str, Any], sentence: str) -> None:
    options = UDP.options.read(document)
    with pytest.raises(UserError) as refused:
        UDP.validate(options, document)
    assert str(refused.value) == sentence
    with pytest.raises(CannotCheck, match=r"hexadecimal|bytes"):  # stored by an import, it is nobody's fault
        await run(UDP, {"hostname": HOST, "port": 9, **document}, Context(network))


async def test_nothing_to_send(network: Network) -> None:
    with pytest.raises(CannotCheck, match="nothing to send"):
        await run(UDP, {"hostname": HOST, "port": 9}, Context(network))


@pytest.mark.parametrize("port", [None, 0, 70_000])
async def test_a_port_that_is_none(network: Network, port: int | None) -> None:
    with pytest.raises(CannotCheck, match="from 1 to 65535"):
        await run(UDP, {"hostname": HOST, "port": port}, Context(network))
