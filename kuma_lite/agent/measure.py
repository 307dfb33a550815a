"""What the host says about itself: one round of samples. Only this file asks psutil."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from kuma_lite.agent.disks import counted as disks_counted
from kuma_lite.agent.disks import identity
from kuma_lite.agent.interfaces import counted as interfaces_counted
from kuma_lite.agent.memory import CGROUPS, Bounded, of_control_group, used_memory, used_swap
from kuma_lite.core.clock import Clock

CPU_UNITS: Final = 1024  # of one fully busy core, as the Servers API counts
MAX_DISKS: Final = 8  # mounted file systems with figures of their own
MAX_SENSORS: Final = 8
_BESIDE_IMAGES: Final = ("/sysroot", "/var")  # of systems whose root is an image (ostree, composefs)
_BELIEVABLE_C: Final = (-60.0, 200.0)  # what sensors tell beyond is that they are not connected
_IMAGES: Final = frozenset({"squashfs", "erofs", "iso9660", "udf"})  # read-only, always full

Sample = tuple[str, float]  # stored name, value


def _is_believable(degrees: float) -> bool:
    return _BELIEVABLE_C[0] < degrees < _BELIEVABLE_C[1]


class Gauge:
    """Takes the measurements; remembers what the next round compares with."""

    def __init__(self, clock: Clock, cgroups: Path = CGROUPS) -> None:
        import psutil

        self._cgroups = cgroups
        self._psutil: Any = psutil
        self._clock = clock
        self._cores = psutil.cpu_count() or 1
        self._cpu = self._cpu_times()

    def samples(self) -> list[Sample]:
        """One round; what this machine cannot tell is left out."""
        found: list[Sample] = []
        for measure in (
            self._processor,
            self._memory,
            self._load,
            self._disks,
            self._disk_traffic,
            self._network,
            self._temperatures,
            self._processes,
        ):
            try:
                found += measure()
            except (OSError, RuntimeError, AttributeError, KeyError, ValueError, self._psutil.Error):
                continue  # no such thing on this machine, or not for this user
        return found

    def _cpu_times(self) -> tuple[float, float]:
        """Busy and all seconds of all cores since boot."""
        times = self._psutil.cpu_times()
        # Guests' time is part of user time already.
        everything = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
        return everything - times.idle - getattr(times, "iowait", 0.0), everything

    def _processor(self) -> list[Sample]:
        busy, everything = self._cpu_times()
        used, passed = busy - self._cpu[0], everything - self._cpu[1]
        if passed <= 0:
            return []
        self._cpu = (busy, everything)
        share = min(1.0, max(0.0, used / passed))
        return [("cpu_used", round(share * self._cores * CPU_UNITS))]

    def _memory(self) -> list[Sample]:
        memory, swap = self._psutil.virtual_memory(), self._psutil.swap_memory()
        bounded, procfs = self._bounded(memory.total), self._procfs()
        used = bounded.used if bounded else used_memory(memory.total, memory.available, procfs)
        found: list[Sample] = [("mem_used_b", used)]
        if bounded is not None and bounded.swap is not None:
            return [*found, ("swap_used_b", bounded.swap[1])] if bounded.swap[0] else found
        return [*found, ("swap_used_b", used_swap(swap.used, procfs))] if swap.total else found

    def _procfs(self) -> Path:
        return Path(getattr(self._psutil, "PROCFS_PATH", "/proc"))

    def _bounded(self, total: int) -> Bounded | None:
        return of_control_group(total, self._procfs(), self._cgroups)

    def _load(self) -> list[Sample]:
        names = ("load_1", "load_5", "load_15")
        return [(name, round(value, 2)) for name, value in zip(names, os.getloadavg(), strict=True)]

    def _system_disk(self) -> tuple[str, Any]:
        """Where the system lives, and its usage; of one in an image, always full, where its data is."""
        usage = self._psutil.disk_usage("/")
        for place in _BESIDE_IMAGES if usage.used == usage.total else ():
            try:
                other = self._psutil.disk_usage(place)
            except OSError:
                continue
            if other.used != other.total:
                return place, other
        return "/", usage

    def _disks(self) -> list[Sample]:
        place, system = self._system_disk()
        found: list[Sample] = [("disk_used_b", system.used)]
        parts = self._psutil.disk_partitions(all=False)
        seen = {identity(part.device) for part in parts if part.mountpoint in ("/", place)}
        for part in parts:
            # A file system is mounted in many places on some machines, and into files in containers.
            device = identity(part.device)
            if device in seen or part.fstype in _IMAGES or os.path.isfile(part.mountpoint):
                continue
            try:
                usage = self._psutil.disk_usage(part.mountpoint)
            except OSError:
                continue  # not for this user; the others are
            seen.add(device)
            found.append((f"disk_used_b[{part.mountpoint}]", usage.used))
            found.append((f"disk_total_b[{part.mountpoint}]", usage.total))
            if len(found) > 2 * MAX_DISKS:
                break
        return found

    def _disk_traffic(self) -> list[Sample]:
        disks = self._psutil.disk_io_counters(perdisk=True, nowrap=False)
        real = [disks[name] for name in disks_counted(disks)]
        if not real:
            return []
        return [
            ("disk_read_b", sum(disk.read_bytes for disk in real)),
            ("disk_write_b", sum(disk.write_bytes for disk in real)),
        ]

    def _network(self) -> list[Sample]:
        cards = self._psutil.net_io_counters(pernic=True, nowrap=False)
        real = [cards[name] for name in interfaces_counted(cards)]
        return [
            ("net_recv_b", sum(card.bytes_recv for card in real)),
            ("net_sent_b", sum(card.bytes_sent for card in real)),
            ("pkt_recv", sum(card.packets_recv for card in real)),
            ("pkt_sent", sum(card.packets_sent for card in real)),
        ]

    def _temperatures(self) -> list[Sample]:
        found = []
        for chip, sensors in list(self._psutil.sensors_temperatures().items())[:MAX_SENSORS]:
            found_here = (sensor.current for sensor in sensors if sensor.current is not None)
            hottest = max((degrees for degrees in found_here if _is_believable(degrees)), default=None)
            if hottest is not None:
                found.append((f"temperature_c[{chip}]", round(hottest, 1)))
        return found

    def _processes(self) -> list[Sample]:
        return [("process_count", len(self._psutil.pids()))]

    # --- what seldom changes -----------------------------------------------------------------------------

    def attributes(self) -> dict[str, Any]:
        """Totals and uptime."""
        now, total = self._clock.now(), self._psutil.virtual_memory().total
        bounded = self._bounded(total)
        swap = bounded.swap[0] if bounded and bounded.swap else self._psutil.swap_memory().total
        return {
            "cpu_cores": self._cores,
            "memory_total_bytes": bounded.total if bounded else total,
            "swap_total_bytes": swap,
            "disk_total_bytes": self._system_disk()[1].total,
            "uptime": max(0, int(now - self._psutil.boot_time())),
        }

    def mac_of(self, address: str) -> str | None:
        """The hardware address of the card that has an IP address."""
        for entries in self._psutil.net_if_addrs().values():
            if any(entry.address == address for entry in entries):
                for entry in entries:
                    if entry.family == self._psutil.AF_LINK:
                        return str(entry.address)
        return None
