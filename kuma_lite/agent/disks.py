"""Which disks and file systems count: each byte once, whatever volumes are made of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

SYSFS: Final = Path("/sys/block")
# Made of memory, of files, of other disks, or a second name of one; some of them say so nowhere else.
_MADE: Final = re.compile(r"(?:loop|ram|zram|dm-|md|bcache|zd|nullb|sr|fd)\d|nvme\d+c\d+n\d")
_PARTITION: Final = re.compile(r"(?P<disk>.*\D)\d+")


def counted(names: Iterable[str], sysfs: Path = SYSFS) -> set[str]:
    """Those of the block devices through which all traffic passes once: whole disks, made of no others."""
    present = set(names)
    # Where the system has no list of whole ones, their names tell.
    whole = {name for name in present if (sysfs / _file(name)).exists() or not _is_partition(name, present)}
    lowest = {name for name in whole if not any((sysfs / _file(name) / "slaves").glob("*"))}
    return {name for name in lowest if not _MADE.match(name)}


def identity(device: str) -> str:
    """What is the same for all names of a device, as `/dev/mapper/vg-data` and `/dev/dm-0`."""
    return os.path.realpath(device) if device.startswith("/") else device


def _file(name: str) -> str:
    return name.replace("/", "!")  # as in `cciss/c0d0`


def _is_partition(name: str, present: set[str]) -> bool:
    match = _PARTITION.fullmatch(name)
    return match is not None and {match["disk"], match["disk"].removesuffix("p")} & present != set()
