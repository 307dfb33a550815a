"""What the kernel says of this process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_STATM: Final = Path("/proc/self/statm")


def cpu_seconds() -> float:
    """CPU time since the start, of the program and on its behalf in the kernel."""
    times = os.times()
    return times.user + times.system


def resident_bytes() -> int | None:
    """Memory in use; None where this machine does not tell."""
    if not _STATM.exists():
        return None
    return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
