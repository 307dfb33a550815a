from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.checks.ping import PingMonitor, _failed, _no_answer
from kuma_lite.core.declarations import CheckResult
from kuma_lite.core.errors import UserError
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.icmp import PingResult
from kuma_lite.net.network import Network
from tests.checks.support import Context, failure, run

PING = PingMonitor()


def may_ping() -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP).close()
        except OSError:
            continue
        return True
    return False


pings = pytest.mark.skipif(not may_ping(), reason="this process may not send ICMP")
INTERFACES = Path("/proc/net/if_inet6")
has_ipv6 = INTERFACES.exists() and "00000000000000000000000000000001" in INTERFACES.read_text()


@pings
@pytest.mark.parametrize(
    "options",
    [
        {"hostname": "127.0.0.1"},
        {"hostname": " 127.0.0.1 ", "ping_count": 3},
        {"hostname": "LOCALHOST"},
        {"hostname": "127.0.0.1", "packetSize": 1},
        {"hostname": "127.0.0.1", "packetSize": 0, "ping_count": 0, "ping_per_request_timeout": 0},
        {"hostname": "127.0.0.1", "packetSize": 65_500},
        pytest.param(
            {"hostname": "[::1]"}, marks=pytest.mark.skipif(not has_ipv6, reason="this machine has no IPv6")
        ),
    ],
)
async def test_an_answer_is_up(network: Network, options: dict[str, Any]) -> None:
    result = await run(PING, options, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == ""
    assert result.ping is not None
    assert 0 < result.ping < 1000


@pytest.mark.parametrize("host", ["no-such-host.invalid", "", "a b"])
async def test_an_unknown_name_is_said_in_pings_words(network: Network, host: str) -> None:
    failed = await failure(PING, {"hostname": host}, Context(network))
    if "Temporary" in failed.message:
        pytest.skip("this machine's resolver does not answer")
    assert (failed.message, failed.local) == (f"ping: {host}: Name or service not known", True)


def test_a_resolver_that_does_not_answer_may_be_ours() -> None:
    failed = _failed("host", NetworkError("getaddrinfo EAI_AGAIN host", "EAI_AGAIN", ErrorKind.DNS))
    assert (failed.message, failed.local) == ("ping: host: Temporary failure in name resolution", True)


class Lost:
    """A network in which requests get lost: loopback, where tests stay, answers every one."""

    def __init__(self) -> None:
        self.pinger = self
        self.asked: dict[str, Any] = {}

    async def ping(self, host: str, **asked: Any) -> PingResult:
        self.asked = asked
        return PingResult(asked["count"], 0, [], host)


async def test_no_answer_may_be_ours() -> None:
    lost = Lost()
    options = {"hostname": "nas", "ping_count": 2, "packetSize": 100, "ping_per_request_timeout": 3}
    failed = await failure(PING, {**options, "timeout": 7}, Context(lost))
    assert failed.local
    assert failed.ping is None
    assert lost.asked == {"count": 2, "size": 100, "per_request_timeout": 3, "total_timeout": 7}


@pytest.mark.parametrize(("timeout", "total"), [(48, 10), (4, 4)])
async def test_without_a_timeout_it_is_ten_seconds_or_the_share_of_the_interval(
    timeout: float, total: float
) -> None:
    lost = Lost()
    await failure(PING, {"hostname": "nas"}, Context(lost, timeout=timeout))
    assert lost.asked == {"count": 1, "size": 56, "per_request_timeout": 2, "total_timeout": total}


def test_no_answer_says_how_much_was_lost_and_why() -> None:
    unreachable = ["Destination Host Unreachable"] * 2
    assert _no_answer("nas", PingResult(3, 0, [], "192.0.2.7", unreachable)) == (
        "PING nas (192.0.2.7): 3 packets transmitted, 0 received, 100% packet loss "
        "(Destination Host Unreachable)"
    )
    assert _no_answer("nas", PingResult(1, 0, [], "192.0.2.7")) == (
        "PING nas (192.0.2.7): 1 packets transmitted, 0 received, 100% packet loss"
    )


SIZE = "Packet size must be between 1 and 65500 (default: 56)"
EACH = "Per-ping timeout must be between 1 and 60 seconds (default: 2)"
COUNT = "Echo requests count must be between 1 and 100 (default: 1)"
TIMEOUT = "Timeout must be between 1 and 300 seconds (default: 10)"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"packetSize": 99_999}, SIZE),
        ({"packetSize": -1}, SIZE),
        ({"ping_per_request_timeout": 1000}, EACH),
        ({"ping_per_request_timeout": 0.5}, EACH),
        ({"ping_count": 1000}, COUNT),
        ({"ping_count": -3}, COUNT),
        ({"timeout": 1000}, TIMEOUT),
        ({"timeout": 300.5}, TIMEOUT),
        ({"timeout": 0.4}, TIMEOUT),
        ({"timeout": 1}, TIMEOUT),  # less than the two seconds of one request
        ({"timeout": 4, "ping_per_request_timeout": 5}, TIMEOUT),
        ({"packetSize": 99_999, "ping_count": 1000, "timeout": 1000}, SIZE),  # the first one is told
    ],
)
def test_what_cannot_work_is_refused(document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        PING.validate(PING.options.read(document), document)
    assert refused.value.message == sentence


@pytest.mark.parametrize(
    ("document", "changes"),
    [
        ({}, {}),
        ({"packetSize": 0, "ping_count": 0, "ping_per_request_timeout": 0, "timeout": 0}, {}),
        ({"packetSize": None, "ping_count": None, "ping_per_request_timeout": None, "timeout": None}, {}),
        ({"packetSize": 65_500, "ping_count": 100, "ping_per_request_timeout": 60}, {}),
        ({"timeout": 10}, {"timeout": 10}),
        ({"timeout": 16.5}, {"timeout": 17}),
        ({"timeout": 300.4}, {"timeout": 300}),
        ({"timeout": 2}, {"timeout": 2}),
    ],
)
def test_the_timeout_is_stored_in_whole_seconds(document: dict[str, Any], changes: dict[str, Any]) -> None:
    stored = PING.validate(PING.options.read(document), document)
    assert stored == changes
    assert all(isinstance(value, int) for value in stored.values())


def test_the_deadline_is_beyond_the_timeout() -> None:
    assert PING.deadline(PING.options.read({"timeout": 300}), Context(timeout=5)) > 300
    assert PING.deadline(PING.options.read({}), Context(timeout=48)) > 10
