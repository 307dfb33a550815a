"""An import on databases of the test, without a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kuma_lite.appliance.importing import take_over
from kuma_lite.core.clock import ManualClock, SystemClock
from kuma_lite.importing.service import Outcome

NOW = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC


def no_progress(what: str, done: int, total: int) -> None:
    pass


async def bring(
    source: Path,
    folder: Path,
    *,
    now: float | None = None,
    progress: Callable[[str, int, int], None] = no_progress,
) -> Outcome:
    """Import `source` into `folder`."""
    clock = SystemClock() if now is None else ManualClock(now)
    return await take_over(source, folder, clock, progress)
