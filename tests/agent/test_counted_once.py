"""What hosts tell twice is counted once: caches, cards beneath bonds and bridges, disks beneath volumes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.agent import disks, interfaces
from kuma_lite.agent.containers import memory_in_use
from kuma_lite.agent.measure import Gauge
from kuma_lite.agent.memory import used_memory, used_swap
from kuma_lite.core.clock import SystemClock

GIB = 1 << 30

# --- memory ------------------------------------------------------------------------------------------------


def arcstats(size: int, least: int) -> str:
    return (
        "13 1 0x01 147 39984 7103402560 612893457343\nname                            type data\n"
        f"hits                            4    12\nc_min                           4    {least}\n"
        f"c_max                           4    {16 * GIB}\nsize                            4    {size}\n"
        "memory_all_bytes\nodd 4 -7\n"
    )


def procfs(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / {"arc": "spl/kstat/zfs/arcstats", "mounts": "self/mounts"}.get(name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


LXCFS = "/dev/sda / ext4 rw 0 0\nlxcfs /proc/meminfo fuse.lxcfs rw,nosuid,nodev,relatime 0 0\n"
HOST = "/dev/sda / ext4 rw 0 0\nproc /proc proc rw 0 0\nx /mnt/proc/meminfo ext4 rw 0 0\n"


@pytest.mark.parametrize(
    ("files", "used"),
    [
        ({}, 26),
        ({"arc": arcstats(16 * GIB, GIB)}, 11),
        ({"arc": arcstats(16 * GIB, GIB), "mounts": HOST}, 11),
        ({"arc": arcstats(GIB // 2, GIB)}, 26),  # below its minimum it gives nothing back
        ({"arc": arcstats(16 * GIB, GIB), "mounts": LXCFS}, 26),
        ({"arc": arcstats(64 * GIB, GIB)}, 26),  # more than is in use: somebody else's
        ({"arc": ""}, 26),
        ({"arc": "size 4 many\n"}, 26),
    ],
)
def test_the_cache_of_zfs_is_no_used_memory(tmp_path: Path, files: dict[str, str], used: int) -> None:
    assert used_memory(32 * GIB, 6 * GIB, procfs(tmp_path, **files)) == used * GIB


@given(total=st.integers(0, 1 << 40), free=st.integers(0, 1 << 40), size=st.integers(0, 1 << 41))
def test_used_memory_stays_within_what_there_is(
    total: int, free: int, size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = procfs(tmp_path_factory.getbasetemp() / "arc", arc=arcstats(size, GIB))
    available = min(free, total)
    assert 0 <= used_memory(total, available, folder) <= total - available


@pytest.mark.parametrize(
    ("meminfo", "used"),
    [
        ("SwapCached:      1024 kB\n", 3 << 20),
        ("SwapTotal: 5 kB\n", 4 << 20),
        ("SwapCached:      9999 kB\n", 0),
        ("", 4 << 20),
    ],
)
def test_swap_that_is_in_memory_as_well(tmp_path: Path, meminfo: str, used: int) -> None:
    assert used_swap(4 << 20, procfs(tmp_path, meminfo=meminfo)) == used
    assert used_swap(4 << 20, tmp_path / "none") == 4 << 20


@pytest.mark.parametrize(
    ("memory", "used"),
    [
        ({"usage": 5000, "stats": {"inactive_file": 2000, "file": 4000}}, 3000),
        ({"usage": 5000, "stats": {"total_inactive_file": 3000, "inactive_file": 10, "cache": 4000}}, 2000),
        ({"usage": 5000, "stats": {"total_inactive_file": 0, "inactive_file": 10}}, 5000),
        ({"usage": 5000, "stats": {"inactive_file": 9000}}, 5000),
        ({"usage": 5000, "stats": None}, 5000),
        ({"usage": None}, 0),
        ({}, 0),
    ],
)
def test_the_cache_of_files_is_no_memory_of_a_container(memory: dict[str, Any], used: int) -> None:
    assert memory_in_use(memory) == used


# --- interfaces --------------------------------------------------------------------------------------------


def network(folder: Path, links: dict[str, str]) -> Path:
    """A /sys/class/net; of each interface `device`, `master:<other>` and `lower:<other>`."""
    for name, text in links.items():
        (folder / name).mkdir(parents=True)
        for link in text.split():
            kind, _, other = link.partition(":")
            target = folder / other if other else folder
            (folder / name / {"lower": f"lower_{other}"}.get(kind, kind)).symlink_to(target)
    return folder


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({"lo": "", "eth0": "device"}, "eth0"),
        ({"lo": "", "eth0": "device", "wlan0": "device"}, "eth0 wlan0"),
        # A bond of two cards, a bridge and a VLAN upon it, and guests.
        (
            {
                "lo": "",
                "eno1": "device master:bond0",
                "eno2": "device master:bond0",
                "bond0": "lower:eno1 lower:eno2 master:vmbr0",
                "vmbr0": "lower:bond0 lower:tap100i0",
                "bond0.20": "lower:bond0",
                "tap100i0": "master:vmbr0",
            },
            "eno1 eno2",
        ),
        # However they are called.
        ({"lan": "device", "uplink": "lower:lan", "guests": "lower:uplink", "vpn": ""}, "lan"),
        # An accelerated card of Azure: the virtual function passes on to the synthetic one.
        ({"eth0": "device lower:enP1s1", "enP1s1": "device master:eth0"}, "eth0"),
        # Ports of a switch pass on to the processor's port.
        ({"eth0": "device", "lan1": "device lower:eth0", "lan2": "device lower:eth0"}, "eth0"),
        # Guests of Xen are devices to their host.
        ({"eth0": "device", "vif1.0": "device"}, "eth0"),
        # Within a container there are no devices.
        ({"lo": "", "eth0": ""}, "eth0"),
        ({"lo": "", "eth0": "", "eth1": "", "tun0": "", "eth0.5": "lower:eth0"}, "eth0 eth1"),
        ({"lo": "", "venet0": ""}, "venet0"),
        ({"lo": "", "tap0": ""}, "tap0"),
        ({"lo": "", "up": "", "over": "lower:up"}, "up"),
        ({"lo": ""}, ""),
        ({}, ""),
    ],
)
def test_interfaces_as_the_system_names_them(tmp_path: Path, links: dict[str, str], expected: str) -> None:
    assert interfaces.counted(links, network(tmp_path / "net", links)) == set(expected.split())


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("lo eno1 bond0 vmbr0 eno1.20 fwpr100p0 fwln100i0 fwbr100i0 tap100i0", "eno1"),
        ("lo enp3s0 enp4s0 team0 br0 vlan20 docker0 br-1a2b veth12ab virbr0 vnet0", "enp3s0 enp4s0"),
        ("lo wlan0 wg0 tailscale0 zt7nnig26 tun0 ppp0 ip6tnl0 sit0 gre0 tunl0", "wlan0"),
        ("lo ens5 cni0 flannel.1 cali123 cilium_net lxc_health kube-ipvs0 nodelocaldns", "ens5"),
        ("lo0 en0 awdl0 llw0 utun3 bridge0 anpi0 gif0 stf0", "en0"),
        ("lo0 igb0 igb0.5 lagg0 epair0a pflog0", "igb0"),
        ("lo enccw0.0.1000 enccw0.0.2000", "enccw0.0.1000 enccw0.0.2000"),
        ("lo venet0", "venet0"),
        ("lo wg0", "wg0"),
        ("lo", ""),
    ],
)
def test_interfaces_by_their_names(tmp_path: Path, names: str, expected: str) -> None:
    assert interfaces.counted(names.split(), tmp_path) == set(expected.split())


def test_traffic_is_that_of_the_cards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def card(received: int) -> Any:
        return SimpleNamespace(bytes_recv=received, bytes_sent=1, packets_recv=2, packets_sent=3)

    cards = {"lo": card(5), "xx0": card(100), "xx1": card(10), "bond0": card(110), "bond0.5": card(40)}
    monkeypatch.setattr(psutil, "net_io_counters", lambda **_: cards)
    found = dict(Gauge(SystemClock()).samples())
    assert [found[name] for name in ("net_recv_b", "net_sent_b", "pkt_recv", "pkt_sent")] == [110, 2, 4, 6]


# --- disks -------------------------------------------------------------------------------------------------


def blocks(folder: Path, slaves: dict[str, str]) -> Path:
    for name, below in slaves.items():
        (folder / name / "slaves").mkdir(parents=True)
        for slave in below.split():
            (folder / name / "slaves" / slave).touch()
    return folder


@pytest.mark.parametrize(
    ("whole", "others", "expected"),
    [
        ({"sda": ""}, "sda1 sda2", "sda"),
        # LVM and encryption upon a mirror of two disks.
        (
            {"sda": "", "sdb": "", "md0": "sda1 sdb1", "dm-0": "md0", "dm-1": "dm-0"},
            "sda1 sdb1",
            "sda sdb",
        ),
        ({"nvme0n1": "", "loop0": "", "zram0": "", "ram0": "", "sr0": ""}, "nvme0n1p1", "nvme0n1"),
        ({"sda": "", "zd0": "", "zd16": ""}, "sda1 zd0p1", "sda"),
        ({"mmcblk0": "", "mmcblk0boot0": ""}, "mmcblk0p1", "mmcblk0 mmcblk0boot0"),
        ({"sda": "", "nvme0n1": "", "bcache0": "sda nvme0n1"}, "", "sda nvme0n1"),
        ({"cciss!c0d0": ""}, "cciss/c0d0 cciss/c0d0p1", "cciss/c0d0"),
        ({"xvda1": ""}, "", "xvda1"),  # a disk that is called like a partition
        ({"volume": "sda", "sda": ""}, "", "sda"),
        # No list of whole ones.
        ({}, "sda sda1 sda2 nvme0n1 nvme0n1p1 dm-0 md127 loop3 vdb vdb1", "sda nvme0n1 vdb"),
        ({}, "disk0", "disk0"),
        ({}, "", ""),
    ],
)
def test_disks_as_the_system_names_them(
    tmp_path: Path, whole: dict[str, str], others: str, expected: str
) -> None:
    names = [name for name in whole if "!" not in name] + others.split()
    assert disks.counted(names, blocks(tmp_path / "block", whole)) == set(expected.split())


def test_traffic_is_that_of_whole_disks(monkeypatch: pytest.MonkeyPatch) -> None:
    def disk(read: int) -> Any:
        return SimpleNamespace(read_bytes=read, write_bytes=1)

    counters = {"xx": disk(100), "xx1": disk(60), "yy": disk(10), "dm-77": disk(100), "md77": disk(110)}
    monkeypatch.setattr(psutil, "disk_io_counters", lambda **_: counters)
    found = dict(Gauge(SystemClock()).samples())
    assert (found["disk_read_b"], found["disk_write_b"]) == (110, 2)


def test_one_file_system_under_two_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dm-0").touch()
    (tmp_path / "vg-data").symlink_to(tmp_path / "dm-0")
    mounts = [
        (str(tmp_path / "vg-data"), "/", "xfs"),
        (str(tmp_path / "dm-0"), "/nowhere/root", "xfs"),
        ("pool/a", "/nowhere/a", "zfs"),
        ("pool/a", "/nowhere/again", "zfs"),
        ("pool/b", "/nowhere/b", "zfs"),
        ("/dev/sdx1", "/nowhere/tree", "btrfs"),
        ("/dev/sdx1", "/nowhere/tree/branch", "btrfs"),
    ]
    parts = [SimpleNamespace(device=d, mountpoint=m, fstype=f) for d, m, f in mounts]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: parts)
    monkeypatch.setattr(psutil, "disk_usage", lambda path: SimpleNamespace(used=1, total=2))
    names = [name for name, _ in Gauge(SystemClock()).samples() if name.startswith("disk_used_b[")]
    assert names == ["disk_used_b[/nowhere/a]", "disk_used_b[/nowhere/b]", "disk_used_b[/nowhere/tree]"]
