"""Memory that is in use, less what is only kept until somebody wants it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_KIB: Final = 1024
_ARC: Final = Path("spl/kstat/zfs/arcstats")


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


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []
