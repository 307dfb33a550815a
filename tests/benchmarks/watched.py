"""`kuma-lite serve` with somebody who notes how long the event loop is held, and by whom.

    python -m tests.benchmarks.watched serve [...]

appends a line `{"ms": 42.1, "who": "…", "at": "file:line …"}` to the file that HOLDS names for each turn of
the loop that took more than NOTED_MS of the loop's own CPU: what other programs take does not count.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from types import FrameType
from typing import Any

from kuma_lite import cli
from kuma_lite.cli import serve

TICK_S = 0.001  # between two looks of the loop at itself
SAMPLE_S = 0.002  # between two looks of the other thread at the loop
NOTED_MS = 5.0
PLACES = 6  # of ours on the way to where it was


class Watch:
    """The loop notes its CPU time again and again; a thread looks what it does when that is late."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ticked = time.monotonic()
        self._cpu = time.thread_time()
        self._seen: Counter[str] = Counter()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._loop.call_later(TICK_S, self._tick)
        threading.Thread(target=self._look, name="watch", daemon=True).start()

    def _tick(self) -> None:
        used = (time.thread_time() - self._cpu) * 1000
        if used > NOTED_MS:
            who = max(self._seen, key=self._seen.__getitem__, default="nobody was seen")
            with self._path.open("a") as file:
                file.write(json.dumps({"ms": round(used, 1), "who": who}) + "\n")
        self._seen = Counter()
        self._ticked, self._cpu = time.monotonic(), time.thread_time()
        self._loop.call_later(TICK_S, self._tick)

    def _look(self) -> None:
        while True:
            time.sleep(SAMPLE_S)
            if time.monotonic() - self._ticked > NOTED_MS / 1000:
                frame = sys._current_frames().get(self._thread)
                if frame is not None:
                    self._seen[_way(frame)] += 1


def _way(frame: FrameType | None) -> str:
    """The functions of ours that were under way, the innermost last."""
    found: list[str] = []
    while frame is not None:
        code = frame.f_code
        if "kuma_lite" in code.co_filename and "cli" not in code.co_filename:
            found.append(f"{Path(code.co_filename).stem}.{code.co_qualname}")
        frame = frame.f_back
    return " > ".join(reversed(found[:PLACES])) or "outside"


def main() -> None:
    """Serve, watched."""
    path = os.environ.get("HOLDS")
    plain = serve._run_loop

    async def watched(work: Coroutine[Any, Any, int]) -> int:
        Watch(Path(path or os.devnull))
        return await work

    serve._run_loop = lambda work: plain(watched(work))
    sys.exit(cli.main())


if __name__ == "__main__":
    main()
