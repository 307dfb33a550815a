"""NTP checks: against chrony, against peers that misbehave, and what Uptime Kuma said of the same."""

from __future__ import annotations

import asyncio
import re
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks.ntp import InvalidAnswer, NtpMonitor, NtpOptions, Told, judge, read_answer
from kuma_lite.core.declarations import CheckResult
from kuma_lite.net.network import Network
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.peers import chrony
from tests.requires import needs_program
from tests.support.ports import closed_port

NTP = NtpMonitor()
RECORDED = recorded("ntp")
COOKIE = b"12345678"
EPOCH = 2_208_988_800


def now(network: Network) -> Context:
    """What a check is given at this moment: the clock is what is compared."""
    return Context(network, now=time.time())


def shape(text: str) -> str:
    """A text without the numbers that differ from run to run."""
    return re.sub(r"-?\d+\.\d{3}ms", "#ms", text)


def fields(case: str, port: int) -> dict[str, Any]:
    """The recorded monitor at our own port; the recording has the names of columns."""
    names = {
        "ntp_stratum_threshold": "ntpStratumThreshold",
        "ntp_root_dispersion_threshold": "ntpRootDispersionThreshold",
    }
    document = {names.get(key, key): value for key, value in RECORDED[case].config.items()}
    return {**document, "port": port}


@needs_program(chrony.PROGRAM)
async def test_a_real_server(network: Network, tmp_path: Path) -> None:
    async with chrony.running(tmp_path) as port:
        for case in ("up", "dispersion above the threshold"):
            result = await run(NTP, fields(case, port), now(network))
            assert isinstance(result, CheckResult)
            assert shape(result.message) == shape(RECORDED[case].message)
            assert isinstance(result.ping, int)
        failed = await failure(NTP, fields("up", port) | {"ntpStratumThreshold": 3}, now(network))
        assert failed.message == "Stratum 3 meets or exceeds threshold 3"
        assert failed.ping is not None


@pytest.mark.parametrize("case", ["nothing listens", "no host"])
async def test_what_the_original_says(network: Network, case: str) -> None:
    failed = await failure(NTP, fields(case, closed_port()), now(network))
    assert failed.message == RECORDED[case].message
    assert not failed.local  # the machine itself says that nobody listens


@asynccontextmanager
async def server(answer: Callable[[bytes], list[bytes]]) -> AsyncIterator[int]:
    """A UDP server on a free port."""

    class Protocol(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            for reply in answer(data):
                self.transport.sendto(reply, addr)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        Protocol, local_addr=("127.0.0.1", 0)
    )
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


def packet(
    asked: bytes, *, flags: int = 0x24, stratum: int = 2, ahead: float = 0.0, source: bytes = b"\x0a\0\0\1"
) -> bytes:
    """An answer to a question, at a time that is `ahead` seconds wrong."""
    moment = time.time() + ahead + EPOCH
    stamp = struct.pack(">II", int(moment), int(moment % 1 * 2**32))
    head = struct.pack(">BBbbII4s", flags, stratum, 6, -20, 0, 655, source)
    return head + bytes(8) + asked[40:48] + stamp + stamp


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (lambda asked: [b"short"], "Invalid NTP response: expected 48+ bytes, got 5"),
        (lambda asked: [packet(asked, stratum=16)], "NTP server is unsynchronized (stratum 16)"),
        (lambda asked: [packet(asked, flags=0xE4)], "NTP server is unsynchronized (leap indicator 3)"),
        (
            lambda asked: [packet(asked, stratum=0, source=b"RATE")],
            "NTP server refuses to answer (RATE)",
        ),
        (
            lambda asked: [packet(asked, ahead=3600)],
            r"Time offset 3\d{6}\.\d{3}ms exceeds threshold 1000ms",
        ),
    ],
)
async def test_answers_that_are_no_good(
    network: Network, reply: Callable[[bytes], list[bytes]], message: str
) -> None:
    async with server(reply) as port:
        failed = await failure(NTP, {"hostname": "127.0.0.1", "port": port}, now(network))
    assert failed.message == message or re.fullmatch(message, failed.message)


async def test_answers_to_other_questions_are_passed_over(network: Network) -> None:
    async with server(lambda asked: [packet(bytes(48)), packet(asked, flags=0x23), packet(asked)]) as port:
        result = await run(NTP, {"hostname": "127.0.0.1", "port": port}, now(network))
    assert isinstance(result, CheckResult)
    assert result.message.startswith("Stratum: 2, RefID: 10.0.0.1, Offset: ")


async def test_silence_may_be_our_own_network(network: Network) -> None:
    async with server(lambda asked: []) as port:
        failed = await failure(NTP, {"hostname": "127.0.0.1", "port": port, "timeout": 0.1}, now(network))
    assert (failed.message, failed.local) == ("NTP request timed out", True)


async def test_a_name_that_nobody_knows(network: Network) -> None:
    failed = await failure(NTP, {"hostname": "nonexistent.invalid"}, now(network))
    assert failed.message.startswith("DNS lookup failed for nonexistent.invalid: getaddrinfo E")


@given(st.binary(min_size=48, max_size=80))
def test_any_datagram_is_read_or_passed_over(data: bytes) -> None:
    told = read_answer(data[:24] + COOKIE + data[32:], COOKIE, 0.0, 1.0)
    assert told is None or judge(told, NtpOptions()) is None or isinstance(judge(told, NtpOptions()), str)
    assert read_answer(data, b"another1", 0.0, 1.0) is None or data[24:32] == b"another1"


def test_a_short_datagram_is_invalid() -> None:
    with pytest.raises(InvalidAnswer, match="got 47"):
        read_answer(bytes(47), COOKIE, 0.0, 1.0)


def test_offset_and_delay() -> None:
    """The four times of RFC 5905 §8: sent at 0, there at 1.3, back from there at 1.4, here at 0.5."""
    times = b"".join(struct.pack(">II", EPOCH + 1, int(part * 2**32)) for part in (0.3, 0.4))
    told = read_answer(bytes([0x24, 2]).ljust(24, b"\0") + COOKIE + times, COOKIE, 0.0, 0.5)
    assert told is not None
    assert (round(told.offset), round(told.delay)) == (1100, 400)
    assert (
        judge(Told(2, "", 0, 0, 500, True), NtpOptions())
        == "Root dispersion 500.000ms exceeds threshold 500ms"
    )
