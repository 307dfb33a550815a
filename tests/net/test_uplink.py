from __future__ import annotations

import timeit
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.clock import ManualClock
from kuma_lite.core.targets import Distance
from kuma_lite.net import uplink
from kuma_lite.net.uplink import (
    Interface,
    Surroundings,
    has_uplink,
    is_local_target,
    linked_ipv4,
    linked_ipv6,
    routed_ipv4,
    routed_ipv6,
)

HEADER = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
DEFAULT = HEADER + "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
REJECT = HEADER + "eth0\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"
ZEROS = "0" * 32
V6_DEFAULT = f"{ZEROS} 00 {ZEROS} 00 {'fe80' + '0' * 28} 00000400 1 0 00000003 wlan0\n"
V6_LINK = f"fe80{'0' * 28} 40 {ZEROS} 00 {ZEROS} 00000100 1 0 00000001 eth0\n"
V6_REJECT = f"{ZEROS} 00 {ZEROS} 00 {ZEROS} ffffffff 1 0 00200200 lo\n"
V6_MULTICAST = f"ff00{'0' * 28} 08 {ZEROS} 00 {ZEROS} 00000100 1 0 00000001 eth0\n"

UP = Interface("eth0", "up", 0x1003)
WLAN = Interface("wlan0", "unknown", 0x1003)
NO_CARRIER = Interface("eth0", "down", 0x1003)
SWITCHED_OFF = Interface("eth0", "up", 0x1002)
LOOPBACK = Interface("lo", "unknown", 0x9)


@pytest.mark.parametrize(
    ("ipv4", "ipv6", "interfaces", "online"),
    [
        (DEFAULT, "", [LOOPBACK, UP], True),
        (DEFAULT, "", [LOOPBACK, NO_CARRIER], False),
        (DEFAULT, "", [SWITCHED_OFF], False),
        (DEFAULT, "", [WLAN], True),  # /sys of another network namespace
        (HEADER, V6_DEFAULT, [WLAN], True),
        (HEADER, V6_LINK + V6_MULTICAST, [UP], False),
        (HEADER, V6_REJECT, [LOOPBACK], False),
        (REJECT, "", [UP], False),
        (HEADER, "", [UP], False),
        ("", "", [], False),
    ],
)
def test_a_working_interface_with_a_route(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    ipv4: str,
    ipv6: str,
    interfaces: list[Interface],
    online: bool,
) -> None:
    machine(monkeypatch, tmp_path, ipv4, ipv6, interfaces)
    assert has_uplink() is online


@given(st.text(alphabet="eth0 \t\nxz", max_size=60))
def test_short_lines_are_passed_over(table: str) -> None:
    short = "\n".join(" ".join(line.split()[:3]) for line in table.split("\n"))
    assert routed_ipv4(short) == set()
    assert routed_ipv6(short) == set()


def machine(
    monkeypatch: pytest.MonkeyPatch, folder: Path, ipv4: str, ipv6: str, interfaces: list[Interface]
) -> None:
    """What /proc and /sys of a machine show."""
    (folder / "route").write_text(ipv4)
    (folder / "ipv6_route").write_text(ipv6)
    for interface in interfaces:
        (folder / interface.name).mkdir()
        (folder / interface.name / "operstate").write_text(interface.operstate + "\n")
        (folder / interface.name / "flags").write_text(f"{interface.flags:#x}\n")
    monkeypatch.setattr(uplink, "ROUTES_IPV4", folder / "route")
    monkeypatch.setattr(uplink, "ROUTES_IPV6", folder / "ipv6_route")
    monkeypatch.setattr(uplink, "INTERFACES", folder)


def test_a_machine_without_ipv6(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, tmp_path, DEFAULT, "", [NO_CARRIER])
    (tmp_path / "ipv6_route").unlink()
    assert has_uplink() is False


def test_interface_that_vanished(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, tmp_path, DEFAULT, "", [UP])
    (tmp_path / "eth0" / "operstate").unlink()
    assert has_uplink() is False


def test_yes_where_it_cannot_be_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(uplink, "ROUTES_IPV4", tmp_path / "none")
    assert has_uplink() is True


def test_is_cheap() -> None:
    # The best of many: whatever else this machine does, it leaves us alone for some of these moments.
    best = min(timeit.repeat(has_uplink, number=1, repeat=100))
    assert best < 0.002  # 0.06 ms on a quiet machine


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", True),
        ("localhost", True),
        ("LocalHost.", True),
        ("app.localhost", True),
        ("128.0.0.1", False),
        ("fe80::1%eth0", False),
        ("localhost.example.test", False),
        ("notlocalhost", False),
        ("", False),
    ],
)
def test_this_machine_itself(host: str, local: bool) -> None:
    assert is_local_target(host) is local


LINKS = HEADER + (
    "eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
    "eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    "tun0\t0000630A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
    "eth0\t0000010A\t0100A8C0\t0003\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
)
V6_SUBNET = f"20010db8{'0' * 24} 40 {ZEROS} 00 {ZEROS} 00000100 1 0 00000001 eth0\n"


def test_networks_this_machine_is_connected_to() -> None:
    assert [str(net) for net in linked_ipv4(LINKS)] == ["192.168.0.0/24", "10.99.0.0/16"]
    assert [str(net) for net in linked_ipv6(V6_DEFAULT + V6_SUBNET + V6_REJECT)] == ["2001:db8::/64"]


@pytest.mark.parametrize(
    ("ip", "distance"),
    [
        ("127.0.0.1", Distance.LOCAL),
        ("::1", Distance.LOCAL),
        ("192.168.0.7", Distance.LINK),
        ("::ffff:192.168.0.7", Distance.LINK),
        ("10.99.3.4", Distance.LINK),
        ("2001:db8::9", Distance.LINK),
        ("fe80::1%eth0", Distance.LINK),
        ("192.168.1.7", Distance.PRIVATE),
        ("10.1.2.3", Distance.PRIVATE),
        ("100.64.0.1", Distance.PRIVATE),
        ("fd00::1", Distance.PRIVATE),
        ("1.1.1.1", Distance.PUBLIC),
        ("2606:4700::1111", Distance.PUBLIC),
    ],
)
def test_how_far_away_an_address_is(
    ip: str, distance: Distance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (("ROUTES_IPV4", LINKS), ("ROUTES_IPV6", V6_SUBNET)):
        (tmp_path / name).write_text(text)
        monkeypatch.setattr(uplink, name, tmp_path / name)
    clock = ManualClock()
    surroundings = Surroundings(clock.monotonic)
    assert surroundings.distance_of(ip) is distance
    for name in ("ROUTES_IPV4", "ROUTES_IPV6"):  # the link is gone, and its routes with it
        (tmp_path / name).write_text(HEADER if name == "ROUTES_IPV4" else "")
    clock.advance(60)
    assert surroundings.distance_of(ip) is distance
