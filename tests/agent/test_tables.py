"""Tables beside the samples: what goes through each interface, and graphics processors."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from kuma_lite.agent.gpus import gpus
from kuma_lite.agent.interfaces import Traffic
from kuma_lite.core.clock import ManualClock


def test_traffic_of_each_interface_is_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    counters: dict[str, Any] = {}
    monkeypatch.setattr(psutil, "net_io_counters", lambda **_: dict(counters))

    def set_to(name: str, received: int, sent: int) -> None:
        counters[name] = SimpleNamespace(bytes_recv=received, bytes_sent=sent)

    clock = ManualClock()
    set_to("lo", 5, 5)
    set_to("eth0", 1_000, 500)
    traffic = Traffic(clock)
    assert traffic.busiest() is None  # no time has passed
    set_to("lo", 9_999, 9_999)
    set_to("eth0", 61_000, 500)
    set_to("wg0", 7, 7)
    clock.advance(60)
    assert traffic.busiest() == [{"name": "eth0", "received": 1000, "sent": 0}]
    set_to("eth0", 0, 0)  # counted anew
    set_to("wg0", 67, 7)
    clock.advance(60)
    assert traffic.busiest() == [
        {"name": "wg0", "received": 1, "sent": 0},
        {"name": "eth0", "received": 0, "sent": 0},
    ]


def test_graphics_processors_of_both_makers(tmp_path: Path) -> None:
    program = tmp_path / "smi"
    said = ("NVIDIA L4, 78, 9000, 23034, 61", "Old, [N/A], 1, 2, [N/A]", "nonsense")
    program.write_text("\n".join(["#!/bin/sh", *(f"echo '{line}'" for line in said), ""]))
    program.chmod(0o755)
    device = tmp_path / "drm" / "card0" / "device"
    (device / "hwmon" / "hwmon3").mkdir(parents=True)
    (device / "gpu_busy_percent").write_text("12\n")
    (device / "mem_info_vram_total").write_text("8573157376\n")
    (device / "hwmon" / "hwmon3" / "temp1_input").write_text("47000\n")
    mebibyte = 1024 * 1024
    assert gpus(tmp_path / "drm", str(program)) == [
        {
            "name": "NVIDIA L4",
            "load": 78,
            "memory": 9000 * mebibyte,
            "memory_total": 23034 * mebibyte,
            "temperature": 61,
        },
        {"name": "Old", "load": None, "memory": mebibyte, "memory_total": 2 * mebibyte, "temperature": None},
        {"name": "AMD card0", "load": 12, "memory": None, "memory_total": 8573157376, "temperature": 47},
    ]


def test_a_machine_without_any_says_nothing(tmp_path: Path) -> None:
    assert gpus(tmp_path, str(tmp_path / "missing")) is None
    assert gpus(tmp_path, "/bin/false") is None
