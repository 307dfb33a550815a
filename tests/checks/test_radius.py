"""RADIUS checks: against FreeRADIUS, servers that misbehave, and what Uptime Kuma said of the same."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import _radius_packets as packets
from kuma_lite.checks import radius
from kuma_lite.checks._radius_packets import Reply, ReplyError, Secrets
from kuma_lite.checks.radius import RadiusMonitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.net.network import Network
from tests.checks.datagrams import Silent, answering
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.peers import freeradius
from tests.requires import needs_ipv6, needs_program
from tests.support.ports import closed_port

RADIUS = RadiusMonitor()
RECORDED = recorded("radius")
LOG_IN = RECORDED["accepted"].config
SECRET = freeradius.SECRET.encode()
SHORT = 0.5  # interval: an attempt has 0.2 s
ACCEPT, REJECT, CHALLENGE = 2, 3, 11
Said = Callable[[bytes], list[bytes]]


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(radius, "GRACE_S", 0.01)


@needs_program(freeradius.PROGRAM)
async def test_what_the_original_says_of_a_real_server(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_grace: None
) -> None:
    async with freeradius.running(tmp_path) as real:
        monkeypatch.setattr(radius, "RADIUS_PORT", real)
        for case in RECORDED.values():
            port = {"none": closed_port(), "FreeRADIUS on 1812": None}.get(case.peer, real)
            document = case.document(port=port)
            if case.status == 1:
                result = await run(RADIUS, document, Context(network))
                assert isinstance(result, CheckResult)
                assert (result.message, type(result.ping)) == (case.message, int)
            else:
                message = case.message.replace(str(case.config["port"]), str(port))
                failed = await failure(RADIUS, document, Context(network, interval=SHORT))
                assert (failed.message, failed.local) == (message, False), case.case


@needs_program(freeradius.PROGRAM)
async def test_other_answers_of_a_real_server(network: Network, tmp_path: Path) -> None:
    async with freeradius.running(tmp_path, required="yes") as port:
        asked = {**LOG_IN, "port": port}
        for more in ({"radiusPassword": "wrong"}, {"radiusUsername": "nobody"}, {"radiusPassword": ""}):
            failed = await failure(RADIUS, {**asked, **more}, Context(network))
            assert failed.message == f"RADIUS Access-Reject from 127.0.0.1:{port}"
            assert failed.ping is not None
        result = await run(RADIUS, {**asked, "radiusUsername": "challenged"}, Context(network))
        assert isinstance(result, CheckResult)
        assert result.message == "Access-Challenge"
        # A server that demands signatures never answers what another secret has signed.
        failed = await failure(RADIUS, {**asked, "radiusSecret": "x"}, Context(network, interval=SHORT))
        assert failed.message == wrong(port, "RADIUS request timeout after 2 attempts")


@needs_ipv6()
@needs_program(freeradius.PROGRAM)
async def test_over_ipv6(network: Network, tmp_path: Path) -> None:
    async with freeradius.running(tmp_path) as port:
        for host in ("::1", "[::1]"):
            result = await run(RADIUS, {**LOG_IN, "hostname": host, "port": port}, Context(network))
            assert isinstance(result, CheckResult)
        document = {**LOG_IN, "hostname": "::1", "port": port, "radiusPassword": "wrong"}
        failed = await failure(RADIUS, document, Context(network))
        assert failed.message == f"RADIUS Access-Reject from ::1:{port}"


def wrong(port: int, problem: str, host: str = "127.0.0.1") -> str:
    return f"RADIUS authentication failed for {host}:{port}: {problem}"


def reply(
    asked: bytes, code: int, *, secret: bytes = SECRET, attributes: bytes = b"", number: int = 0
) -> bytes:
    """An answer as RFC 2865 §3 says; `number` is added to its identifier."""
    head = bytes((code, (asked[1] + number) % 256)) + (20 + len(attributes)).to_bytes(2, "big")
    return head + hashlib.md5(head + asked[4:20] + attributes + secret).digest() + attributes


def signed(asked: bytes, code: int, secret: bytes) -> bytes:
    """The same with a Message-Authenticator by a secret of its own."""
    head = bytes((code, asked[1])) + (38).to_bytes(2, "big")
    digest = hmac.digest(secret, head + asked[4:20] + b"\x50\x12" + bytes(16), "md5")
    return reply(asked, code, attributes=b"\x50\x12" + digest)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (lambda asked: [b"abc"], "decode: packet too short"),
        (lambda asked: [b"garbage\r\n"], "decode: invalid packet code '103'"),
        (lambda asked: [reply(asked, ACCEPT)[:-1]], "decode: incomplete packet"),
        (lambda asked: [reply(asked, ACCEPT, attributes=b"\x01\x09ab")], "invalid attribute length: 9"),
        (
            lambda asked: [reply(asked, ACCEPT, secret=b"other")],
            "the answer was not made with the shared secret",
        ),
        (lambda asked: [signed(asked, ACCEPT, b"other")], "the answer was not made with the shared secret"),
    ],
)
async def test_answers_that_are_none(network: Network, no_grace: None, said: Said, problem: str) -> None:
    async with answering(said) as port:
        failed = await failure(RADIUS, {**LOG_IN, "port": port}, Context(network))
    assert failed.message == wrong(port, f"RADIUS response decoding failed: {problem}")


@pytest.mark.parametrize("before", [b"garbage", b"", bytes(20)])
async def test_the_genuine_answer_counts(network: Network, before: bytes) -> None:
    def said(asked: bytes) -> list[bytes]:
        return [
            before,
            reply(asked, REJECT, secret=b"other"),
            reply(asked, REJECT, number=1),
            signed(asked, ACCEPT, SECRET),
        ]

    async with answering(said) as port:
        result = await run(RADIUS, {**LOG_IN, "port": port}, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "Access-Accept"


async def test_silence_is_tried_twice(network: Network) -> None:
    silent = Silent()
    async with answering(silent) as port:
        begun = perf_counter()
        failed = await failure(RADIUS, {**LOG_IN, "port": port}, Context(network, interval=SHORT))
        took = perf_counter() - begun
    assert failed.message == wrong(port, "RADIUS request timeout after 2 attempts")
    assert failed.local
    assert 0.35 < took < 2
    first, again, unsigned = silent.asked
    assert first == again
    assert (has_signature(first), has_signature(unsigned)) == (True, False)


def has_signature(data: bytes) -> bool:
    return data[20:22] == b"\x50\x12"


async def test_what_is_sent(network: Network) -> None:
    asked = []

    def said(data: bytes) -> list[bytes]:
        asked.append(data)
        return [reply(data, ACCEPT)]

    password = "längeres Passwort"  # two blocks
    async with answering(said) as port:
        document = {**LOG_IN, "port": port, "radiusPassword": password, "radiusCalledStationId": None}
        await run(RADIUS, document, Context(network))
    (data,) = asked
    found = attributes(data)
    assert found.keys() == {1, 2, 31, 80}
    assert (found[1], found[31]) == (b"kumabob", b"BB")
    first, second = found[2][:16], found[2][16:]
    masks = [hashlib.md5(SECRET + before).digest() for before in (data[4:20], first)]
    shown = b"".join(bytes(map(int.__xor__, *pair)) for pair in zip((first, second), masks, strict=True))
    assert shown.rstrip(b"\0") == password.encode()
    blank = data.replace(found[80], bytes(16))
    assert found[80] == hmac.digest(SECRET, blank, "md5")


def attributes(data: bytes) -> dict[int, bytes]:
    found, place = {}, 20
    while place < len(data):
        found[data[place]] = data[place + 2 : place + data[place + 1]]
        place += data[place + 1]
    assert int.from_bytes(data[2:4], "big") == len(data)
    return found


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"radiusSecret": None}, "the shared secret is missing"),
        ({"radiusPassword": "x" * 129}, "a password has at most 128 bytes"),
        ({"radiusUsername": "ü" * 127}, "no attribute may be longer than 253 bytes"),
    ],
)
async def test_a_monitor_that_cannot_work(network: Network, more: dict[str, Any], problem: str) -> None:
    with pytest.raises(CannotCheck) as refused:
        await run(RADIUS, {**LOG_IN, **more}, Context(network))
    assert refused.value.message == wrong(1812, f"RADIUS packet encoding failed: {problem}")


async def test_a_name_that_nobody_knows(network: Network) -> None:
    failed = await failure(RADIUS, {**LOG_IN, "hostname": "nonexistent.invalid"}, Context(network))
    begin = wrong(1812, "Failed to send RADIUS request: getaddrinfo E", "nonexistent.invalid")
    assert failed.message.startswith(begin)


REQUEST = packets.request(Secrets("user", "password", "shared"), (), signed=True)


def test_secrets_are_not_shown() -> None:
    assert "password" not in repr(REQUEST)
    assert "shared" not in repr(Secrets("user", "password", "shared")).replace("Secrets", "")


@given(st.binary(max_size=80), st.integers(0, 60))
def test_any_datagram_is_read_or_refused(data: bytes, code: int) -> None:
    whole = bytes((code, REQUEST.identifier)) + (20 + len(data)).to_bytes(2, "big") + bytes(16) + data
    for packet in (data, whole):
        try:
            found = packets.read(packet, [REQUEST])
        except ReplyError:
            continue
        assert found is None or not found.genuine


@given(st.sampled_from((ACCEPT, REJECT, CHALLENGE)), st.integers(0, 37), st.integers(1, 255))
def test_one_changed_byte_is_noticed(code: int, place: int, change: int) -> None:
    asked = REQUEST.data
    whole = signed(asked, code, b"shared")
    genuine = reply(asked, code, secret=b"shared", attributes=whole[20:])
    assert packets.read(genuine, [REQUEST]) == Reply(code, True)
    changed = bytes(byte ^ change if index == place else byte for index, byte in enumerate(genuine))
    try:
        found = packets.read(changed, [REQUEST])
    except ReplyError:
        return
    assert found is None or not found.genuine
