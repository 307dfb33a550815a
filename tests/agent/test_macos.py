"""The agent on a Mac: what it asks there, and that it needs nothing that only Linux has."""

from __future__ import annotations

import platform
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from kuma_lite.agent import macos
from kuma_lite.agent.disks import counted as disks_counted
from kuma_lite.agent.identity import host_id, operating_system, processor
from kuma_lite.agent.interfaces import counted as interfaces_counted
from kuma_lite.agent.measure import Gauge
from kuma_lite.core.clock import SystemClock

IOREG = """+-o J413AP  <class IOPlatformExpertDevice, id 0x10000020d, registered, matched, active>
    {
      "IOPlatformUUID" = "0A1B2C3D-0000-1111-2222-333344445555"
      "IOPlatformSerialNumber" = "C02XXXXXXXXX"
    }
"""


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A Mac, by what its programs say."""
    answers = {"ioreg": IOREG, "sysctl": "Apple M3\n"}

    def run(words: Any, **_: Any) -> Any:
        name = Path(words[0]).name
        if name not in answers:
            raise FileNotFoundError(words[0])
        return SimpleNamespace(stdout=answers[name])

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(platform, "mac_ver", lambda: ("15.5", ("", "", ""), "arm64"))
    return answers


def test_which_mac_it_is(mac: dict[str, str], tmp_path: Path) -> None:
    assert host_id(tmp_path) == "0A1B2C3D-0000-1111-2222-333344445555"
    assert operating_system(tmp_path) == "macOS 15.5"
    assert processor(tmp_path) == "Apple M3"
    mac.clear()
    assert host_id(tmp_path) == socket.gethostname() and processor(tmp_path) is None


def test_elsewhere_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("asked"))
    assert (macos.hardware_id(), macos.processor(), macos.version()) == (None, None, None)


def test_a_round_of_what_a_mac_measures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As psutil has it there: no sensors, no iowait, no /proc."""
    monkeypatch.delattr(psutil, "sensors_temperatures", raising=False)
    times = iter([(10.0, 0.0, 5.0, 85.0), (11.0, 0.0, 5.5, 86.5)])

    class Times(tuple[float, ...]):
        idle = property(lambda self: self[3])

    monkeypatch.setattr(psutil, "cpu_times", lambda: Times(next(times)))
    memory = SimpleNamespace(total=16_000, available=6_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(total=2_000, used=500))
    gauge = Gauge(SystemClock(), tmp_path / "none")
    monkeypatch.setattr(gauge, "_procfs", lambda: tmp_path)
    found = dict(gauge.samples())
    assert found["mem_used_b"] == 10_000 and found["swap_used_b"] == 500
    assert found["cpu_used"] == round(0.5 * (psutil.cpu_count() or 1) * 1024)
    assert not [name for name in found if name.startswith("temperature")]


def test_what_counts_on_a_mac(tmp_path: Path) -> None:
    cards = ("lo0", "en0", "en1", "awdl0", "llw0", "utun3", "bridge0", "gif0", "stf0", "anpi0", "ap1")
    assert {"en0", "en1"} <= interfaces_counted(cards, tmp_path) <= {"en0", "en1", "ap1"}
    assert disks_counted(("disk0", "disk4"), tmp_path) == {"disk0", "disk4"}
