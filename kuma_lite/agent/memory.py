"""Memory that is in use, less what is only kept until somebody wants it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

_KIB: Final = 1024
_ARC: Final = Path("spl/kstat/zfs/arcstats")
CGROUPS: Final = Path("/sys/fs/cgroup")


class Bounded(NamedTuple):
    """What a control group may use and does; bytes. `swap` is None where it has no limit of its own."""

    total: int
    used: int
    swap: tuple[int, int] | None = None  # all of it, used


def of_control_group(host_total: int, procfs: Path, cgroups: Path = CGROUPS) -> Bounded | None:
    """The memory of a container that may not use all of its host; None outside of one, or without a limit.

    What is at the root of the mounted hierarchy is a limit only in a container, which sees its own group
    there. That of a service such as our own lies deeper, and says nothing of the host.
    """
    if _has_own_view(procfs):
        return None  # /proc/meminfo tells it already
    for folder, limit, usage, cache, swap_limit, swap_usage in (
        (cgroups, "memory.max", "memory.current", "inactive_file", "memory.swap.max", "memory.swap.current"),
        (cgroups / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", "", ""),
    ):
        total, used = _number(folder / limit), _number(folder / usage)
        if total is None or used is None or not 0 < total < host_total:
            continue
        reclaimable = _pairs(folder / "memory.stat").get(cache, 0)
        swap, swapped = _number(folder / swap_limit), _number(folder / swap_usage)
        bounded_swap = None if not swap_limit or swap is None or swapped is None else (swap, swapped)
        return Bounded(total, max(0, used - reclaimable), bounded_swap)
    return None


def used_memory(total: int, available: int, procfs: Path) -> int:
    """Bytes in use.

    The kernel does not count the cache of ZFS among what is available, although ZFS gives back all but a
    minimum of it. A container whose view of memory is a made one (lxcfs) sees the cache of its host, which is
    no part of that view.
    """
    used = total - available
    cache = 0 if _has_own_view(procfs) else _reclaimable_arc(procfs)
    return used - cache if cache < used else used


def used_swap(used: int, procfs: Path) -> int:
    """Bytes of swap space that hold something which is not in memory as well."""
    for line in _lines(procfs / "meminfo"):
        name, _, value = line.partition(":")
        if name == "SwapCached":
            return max(0, used - int(value.split()[0]) * _KIB)
    return used


def _reclaimable_arc(procfs: Path) -> int:
    found: dict[str, int] = {}
    for line in _lines(procfs / _ARC):
        words = line.split()
        if len(words) == 3 and words[2].isdecimal():  # name, type, data
            found[words[0]] = int(words[2])
    return max(0, found.get("size", 0) - found.get("c_min", 0))


def _has_own_view(procfs: Path) -> bool:
    return any(line.split(" ")[1:2] == ["/proc/meminfo"] for line in _lines(procfs / "self" / "mounts"))


def _number(path: Path) -> int | None:
    """None for what is not there, or "max"."""
    text = "".join(_lines(path)[:1])
    return int(text) if text.isascii() and text.isdecimal() else None


def _pairs(path: Path) -> dict[str, int]:
    pairs = (line.split() for line in _lines(path))
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdecimal()}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []
