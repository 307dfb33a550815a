"""SIP checks: against SIPp, and peers that misbehave. Uptime Kuma was recorded without its program only."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import sip_options
from kuma_lite.checks._sip_messages import Question, Status
from kuma_lite.checks.sip_options import SipOptionsMonitor
from kuma_lite.core.declarations import CheckResult
from kuma_lite.net.network import Network
from tests.checks.datagrams import Silent, answering
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.peers import sipp
from tests.requires import needs_ipv6, needs_program
from tests.support.ports import closed_port

SIP = SipOptionsMonitor()
# There is no program whose absence could be said.
RECORDED = recorded("sip-options", without=("sipsak is not installed",))
HOST = "127.0.0.1"
Said = Callable[[bytes], list[bytes]]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sip_options, "WAITS_S", (0.05, 0.05, 0.1))


def test_nothing_else_is_recorded() -> None:
    assert RECORDED == {}


def test_it_waits_as_long_as_the_original() -> None:
    assert sum(sip_options.WAITS_S) == 3


@needs_program(sipp.PROGRAM)
@pytest.mark.parametrize("address", [HOST, pytest.param("::1", marks=needs_ipv6())])
async def test_a_real_server(network: Network, tmp_path: Path, address: str) -> None:
    async with sipp.running(tmp_path, address=address) as port:
        result = await run(SIP, {"hostname": address, "port": port}, Context(network))
    assert isinstance(result, CheckResult)
    assert (result.message, type(result.ping)) == ("SIP/2.0 200 OK", int)


@needs_program(sipp.PROGRAM)
async def test_a_real_server_that_refuses(network: Network, tmp_path: Path) -> None:
    async with sipp.running(tmp_path, status="503 Service Unavailable") as port:
        failed = await failure(SIP, {"hostname": HOST, "port": port}, Context(network))
    assert (failed.message, failed.local) == ("SIP/2.0 503 Service Unavailable", False)
    assert failed.ping is not None


def answer(asked: bytes, status: str = "200 OK", *, without: str = "", **other: str) -> bytes:
    """What a server says, with the headers that RFC 3261 §8.2.6 wants back; `other` ones in their place."""
    lines = asked.decode().split("\r\n")[1:]
    kept = [line for line in lines if re.match("via|from|to|call-id|cseq", line, re.IGNORECASE)]
    found = {line.partition(":")[0].lower(): line.partition(": ")[2] for line in kept}
    found.update({name.replace("_", "-"): value for name, value in other.items()})
    found.pop(without, None)
    head = "".join(f"{name}: {value}\r\n" for name, value in found.items())
    return f"SIP/2.0 {status}\r\n{head}Content-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("404 Not Found", "SIP/2.0 404 Not Found"),
        ("401 Unauthorized", "SIP/2.0 401 Unauthorized"),
        ("202 Accepted", "SIP/2.0 202 Accepted"),
        ("603", "SIP/2.0 603"),
        ("500 " + "x" * 1000, "SIP/2.0 500 " + "x" * 188),
    ],
)
async def test_other_answers_are_failures(network: Network, status: str, message: str) -> None:
    async with answering(lambda asked: [answer(asked, status)]) as port:
        failed = await failure(SIP, {"hostname": HOST, "port": port}, Context(network))
    assert failed.message == message


async def test_what_is_no_answer_is_passed_over(network: Network) -> None:
    def said(asked: bytes) -> list[bytes]:
        return [
            b"",
            b"garbage",
            answer(asked, "404 Not Found", call_id="another@127.0.0.1"),
            answer(asked, "404 Not Found", via="SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKother"),
            answer(asked, "404 Not Found", without="via"),
            answer(asked, "100 Trying"),
            answer(asked, "200 Fine").replace(b"\r\n", b"\n").replace(b"via:", b"v :"),
        ]

    async with answering(said) as port:
        result = await run(SIP, {"hostname": HOST, "port": port}, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "SIP/2.0 200 Fine"


async def test_silence(network: Network, impatient: None) -> None:
    silent = Silent()
    async with answering(silent) as port:
        failed = await failure(SIP, {"hostname": HOST, "port": port}, Context(network))
    assert (failed.message, failed.local) == ("timeout of 200ms exceeded", True)
    assert len(silent.asked) == 3
    assert len(set(silent.asked)) == 1


async def test_nonsense(network: Network, impatient: None) -> None:
    async with answering(lambda asked: [b"HTTP/1.1 400 Bad Request\r\n\r\n"]) as port:
        failed = await failure(SIP, {"hostname": HOST, "port": port}, Context(network))
    assert failed.message == "Unexpected answer: no SIP server is listening there"
    assert not failed.local


async def test_a_lost_datagram_is_sent_again(network: Network, impatient: None) -> None:
    asked = []

    def said(data: bytes) -> list[bytes]:
        asked.append(data)
        return [answer(data)] if len(asked) == 3 else []

    async with answering(said) as port:
        result = await run(SIP, {"hostname": HOST, "port": port}, Context(network))
    assert isinstance(result, CheckResult)


async def test_nobody_listens(network: Network) -> None:
    port = closed_port()
    failed = await failure(SIP, {"hostname": HOST, "port": port}, Context(network))
    assert (failed.message, failed.local) == (f"connect ECONNREFUSED 127.0.0.1:{port}", False)


async def test_a_name_that_nobody_knows(network: Network) -> None:
    failed = await failure(SIP, {"hostname": "nonexistent.invalid"}, Context(network))
    assert failed.message.startswith("getaddrinfo E")


@pytest.mark.parametrize(
    ("host", "own", "lines"),
    [
        ("pbx.example", ("10.0.0.1", 4000), ["OPTIONS sip:pbx.example:5070 SIP/2.0", "10.0.0.1:4000;branch"]),
        ("fe80::1%eth0", ("fe80::2%eth0", 4000), ["sip:[fe80::1]:5070 SIP/2.0", "UDP [fe80::2]:4000;branch"]),
    ],
)
def test_what_is_sent(host: str, own: tuple[str, int], lines: list[str]) -> None:
    message = Question.to(host, 5070).message(own).decode()
    assert all(line in message for line in lines)
    assert message.endswith("\r\n\r\n")
    assert "%" not in message
    assert message != Question.to(host, 5070).message(own).decode()


QUESTION = Question.to(HOST, 5060)
ASKED = QUESTION.message((HOST, 4000))


@given(st.binary(max_size=60), st.integers(0, 300))
def test_any_datagram_is_read_or_refused(data: bytes, place: int) -> None:
    whole = answer(ASKED)
    for packet in (data, whole[:place] + data + whole[place:], whole[:place] + data):
        try:
            found: Any = QUESTION.status(packet)
        except ValueError:
            continue
        assert found is None or isinstance(found, Status)
    assert QUESTION.status(whole) == Status(200, "SIP/2.0 200 OK")
