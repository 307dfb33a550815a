from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net import icmp, ping_program
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.icmp import Pinger
from kuma_lite.net.icmp_packets import (
    HEADER,
    IPV6_HEADER_BYTES,
    checksum,
    echo_request,
    read_packet,
    strip_ipv4_header,
)
from kuma_lite.net.icmp_socket import Arrival, IcmpSocket
from kuma_lite.net.ping_program import PingUnavailable, arguments, parse_times, run_ping
from tests.requires import needs_ipv6, needs_program

V4, V6 = socket.AF_INET, socket.AF_INET6


def icmp_kinds() -> list[bool]:
    """The kinds of ICMP sockets this machine allows: False is datagram, True is raw."""
    allowed = []
    for raw in (False, True):
        try:
            IcmpSocket(V4, raw=raw).close()
        except OSError:
            continue
        allowed.append(raw)
    return allowed


KINDS = icmp_kinds()
needs_icmp = pytest.mark.skipif(not KINDS, reason="no ICMP sockets allowed here")


@pytest.fixture(params=KINDS, ids=["raw" if raw else "datagram" for raw in KINDS])
async def pinger(request: pytest.FixtureRequest) -> AsyncIterator[Pinger]:
    pinger = Pinger(raw=request.param)
    yield pinger
    pinger.close()


@needs_icmp
@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param("::1", marks=needs_ipv6()), "localhost"])
async def test_own_machine_answers(pinger: Pinger, host: str) -> None:
    result = await pinger.ping(host, count=2)
    assert (result.sent, result.received) == (2, 2)
    assert all(0 < ms < 1000 for ms in result.times_ms)
    assert result.address in ("127.0.0.1", "::1")


@needs_icmp
@pytest.mark.parametrize("size", [0, 1, 8, 56, 1500, 65_500])
async def test_all_sizes(pinger: Pinger, size: int) -> None:
    assert (await pinger.ping("127.0.0.1", size=size)).received == 1


@needs_icmp
async def test_many_at_once_are_not_mixed_up(pinger: Pinger) -> None:
    results = await asyncio.gather(*(pinger.ping("127.0.0.1") for _ in range(500)))
    assert sum(result.received for result in results) == 500


@needs_icmp
async def test_family(pinger: Pinger) -> None:
    assert (await pinger.ping("localhost", family="ipv4")).address == "127.0.0.1"
    with pytest.raises(NetworkError, match="ENOTFOUND"):
        await pinger.ping("127.0.0.1", family="ipv6")
    with pytest.raises(NetworkError) as caught:
        await pinger.ping("nowhere.invalid")
    assert caught.value.kind is ErrorKind.DNS


class Lossy(IcmpSocket):
    """Swallows what it is told to, and delivers the rest twice."""

    lost: int = 10**9

    def send(self, packet: bytes, address: tuple[object, ...]) -> None:
        if self.lost > 0:
            self.lost -= 1
            return
        super().send(packet, address)
        super().send(packet, address)


@needs_icmp
async def test_no_answer_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icmp, "IcmpSocket", Lossy)
    pinger = Pinger()
    begun = time.perf_counter()
    result = await pinger.ping("127.0.0.1", count=3, per_request_timeout=0.3)
    pinger.close()
    assert (result.sent, result.received, result.times_ms) == (3, 0, [])
    assert 0.6 < time.perf_counter() - begun < 5


@needs_icmp
async def test_total_timeout_ends_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icmp, "IcmpSocket", Lossy)
    pinger = Pinger()
    begun = time.perf_counter()
    result = await pinger.ping("127.0.0.1", count=100, per_request_timeout=60, total_timeout=0.5)
    pinger.close()
    assert 0 < result.sent <= 3  # one each 0.2 s, and none at the very end
    assert time.perf_counter() - begun < 10


@needs_icmp
async def test_loss_and_duplicates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icmp, "IcmpSocket", Lossy)
    monkeypatch.setattr(Lossy, "lost", 1)
    pinger = Pinger()
    result = await pinger.ping("127.0.0.1", count=3, per_request_timeout=1)
    pinger.close()
    assert (result.sent, result.received) == (3, 2)


@needs_icmp
async def test_answer_is_not_late_because_we_are(pinger: Pinger) -> None:
    await pinger.ping("127.0.0.1")
    # The kernel begins to stamp packets some time after the first socket asked for it.
    for _ in range(20):
        pinging = asyncio.ensure_future(pinger.ping("127.0.0.1", per_request_timeout=0.3))
        await asyncio.sleep(0)
        time.sleep(0.6)  # our loop looks away for longer than the timeout
        result = await pinging
        assert result.received == 1
        if result.times_ms[0] < 500:  # the kernel knows when the answer came
            return
    pytest.fail(f"no answer was stamped by the kernel: {result.times_ms}")


@needs_icmp
async def test_foreign_answers_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    class Forger(IcmpSocket):
        """Before the true answer: one with another payload, one with another number, garbage."""

        def send(self, packet: bytes, address: tuple[object, ...]) -> None:
            _, _, _, identifier, sequence = HEADER.unpack_from(packet)
            forged = echo_request(V4, identifier, sequence, b"x" * 56), echo_request(V4, identifier, 1, b"y")
            for one in forged:
                super().send(one, address)
            super().send(packet, address)

    monkeypatch.setattr(icmp, "IcmpSocket", Forger)
    pinger = Pinger()
    result = await pinger.ping("127.0.0.1")
    pinger.close()
    assert result.received == 1


@needs_icmp
async def test_errors_of_routers_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Router(IcmpSocket):
        """Answers each request with "host unreachable", as a router would."""

        def __init__(self, family: socket.AddressFamily, *, raw: bool | None = None) -> None:
            super().__init__(family, raw=raw)
            self.refused: list[bytes] = []

        def send(self, packet: bytes, address: tuple[object, ...]) -> None:
            self.refused.append(ERROR_PREFIX + bytes([0x45]) + bytes(19) + packet[:8])
            super().send(echo_request(V4, 1, 1, b"wake up"), address)

        def receive(self) -> list[Arrival]:  # type: ignore[override]
            list(super().receive())
            echoes = [read_packet(V4, data) for data in self.refused]
            self.refused = []
            return [Arrival(echo, None) for echo in echoes if echo is not None]

    monkeypatch.setattr(icmp, "IcmpSocket", Router)
    pinger = Pinger(raw=KINDS[-1])
    result = await pinger.ping("127.0.0.1")
    pinger.close()
    assert (result.received, result.errors) == (0, ["Destination Host Unreachable"])


ERROR_PREFIX = HEADER.pack(3, 1, 0, 0, 0)


@needs_icmp
async def test_what_cannot_be_sent_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Offline(IcmpSocket):
        def send(self, packet: bytes, address: tuple[object, ...]) -> None:
            raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(icmp, "IcmpSocket", Offline)
    pinger = Pinger()
    with pytest.raises(NetworkError) as caught:
        await pinger.ping("127.0.0.1")
    pinger.close()
    assert caught.value.message == "ping: connect: Network is unreachable"
    assert caught.value.may_be_own_network


@needs_icmp
async def test_cancelling_forgets_the_request(pinger: Pinger) -> None:
    task = asyncio.ensure_future(pinger.ping("127.0.0.1", count=100))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await pinger.ping("127.0.0.1")).received == 1


# Packets


@given(st.binary(max_size=200))
def test_checksum_of_a_packet_with_its_checksum_is_zero(payload: bytes) -> None:
    packet = echo_request(V4, 7, 9, payload)
    assert checksum(packet) == 0


def test_checksum_of_rfc_1071() -> None:
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == ~0xDDF2 & 0xFFFF


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_left(data: bytes) -> None:
    for family in (V4, V6):
        echo = read_packet(family, data)
        assert echo is None or len(data) >= 8
    assert strip_ipv4_header(data) in data


def test_damaged_reply_is_left() -> None:
    reply = bytearray(echo_request(V4, 1, 2, b"payload"))
    reply[0] = 0
    assert read_packet(V4, bytes(reply)) is None  # the checksum was for a request
    good = HEADER.pack(0, 0, checksum(HEADER.pack(0, 0, 0, 1, 2) + b"pay"), 1, 2) + b"pay"
    echo = read_packet(V4, good)
    assert echo is not None
    assert (echo.identifier, echo.sequence, echo.payload, echo.error) == (1, 2, b"pay", None)


@pytest.mark.parametrize(
    ("family", "kind", "code", "text"),
    [
        (V4, 3, 1, "Destination Host Unreachable"),
        (V4, 11, 0, "Time to live exceeded"),
        (V4, 3, 99, "ICMP type 3, code 99"),
        (V6, 1, 3, "Destination unreachable: Address unreachable"),
        (V6, 3, 0, "Time exceeded: Hop limit"),
    ],
)
def test_errors_quote_our_request(family: int, kind: int, code: int, text: str) -> None:
    request = echo_request(family, 5, 6, b"nonce")
    ip_header = bytes([0x45]) + bytes(19) if family == V4 else bytes(IPV6_HEADER_BYTES)
    echo = read_packet(family, HEADER.pack(kind, code, 0, 0, 0) + ip_header + request)
    assert echo is not None
    assert (echo.identifier, echo.sequence, echo.error) == (5, 6, text)
    udp = HEADER.pack(kind, code, 0, 0, 0) + ip_header + b"\x99" * 8
    assert read_packet(family, udp) is None


# The program


def test_arguments_cannot_be_options() -> None:
    command = arguments("/bin/ping", "-f", 4, 3, 56, 0.2, 9.5)
    assert command[-2:] == ["--", "-f"]
    assert command[command.index("-W") + 1] == "1"
    assert command[command.index("-w") + 1] == "10"


def test_times_of_its_output() -> None:
    output = "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.028 ms\n64 bytes: time=1.5 ms\ntime<1ms\n"
    assert parse_times(output) == [0.028, 1.5, 1.0]


@needs_program("ping")
async def test_program_pings() -> None:
    times = await run_ping("127.0.0.1", 4, 2, 56, 1, 3)
    if not times and os.geteuid() != 0:
        pytest.skip("the ping program may not ping here")
    assert len(times) == 2


async def test_program_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_family: int, *, raw: bool | None = None) -> IcmpSocket:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(icmp, "IcmpSocket", forbidden)
    monkeypatch.setattr(ping_program, "find_ping", lambda: None)
    with pytest.raises(PingUnavailable, match="ping_group_range"):
        await Pinger().ping("127.0.0.1")
