"""How long people wait in a real browser.

    python -m tests.benchmarks.ui [--monitors 1000 10000]

Makes data folders with that many monitors and 100 beats each, starts the server on them, and lets Chromium
log in and open two monitors (`frontend/journeys/bench.mjs`). The page's own clock measures.

Two other programs look at every route of a server that runs and has some of everything: `node
journeys/shifts.mjs` how far each moves while it loads, `node journeys/screens.mjs` all of them under axe,
in both themes, narrow, with large letters and with forced colours.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
from pathlib import Path

from tests.benchmarks.client import PASSWORD, USER
from tests.benchmarks.process import Served
from tests.benchmarks.seed import seed
from tests.requires import ROOT, find_program

BEATS = 100
BUDGETS = {1000: 700, 10_000: 1500}  # ms from 'Log in' to the first monitor opened
RUNS = 3


def measure(server: Served, browser: str) -> dict[str, float]:
    """Milliseconds of one visit."""
    command = ["node", "journeys/bench.mjs", "--url", server.url, "--username", USER, "--password", PASSWORD]
    run = subprocess.run(
        [*command, "--browser", browser], cwd=ROOT / "frontend", capture_output=True, text=True, timeout=300
    )
    if run.returncode != 0:
        raise SystemExit(run.stderr)
    figures: dict[str, float] = json.loads(run.stdout)
    return figures


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.ui", description="What a browser waits."
    )
    parser.add_argument("--monitors", type=int, nargs="+", default=[1000, 10_000])
    options = parser.parse_args()
    browser = find_program("chromium")
    if browser is None:
        raise SystemExit("Chromium is not installed (`make system-packages`).")
    base = Path(os.environ.get("BENCH_DIR", tempfile.gettempdir()))
    print("| monitors | 'Log in' → usable list | first monitor opened | a second one | budget (both) |")
    print("| --- | --- | --- | --- | --- |")
    for count in options.monitors:
        with tempfile.TemporaryDirectory(dir=base) as folder:
            asyncio.run(seed(Path(folder) / "data", count, BEATS, paused=True))
            server = Served(Path(folder) / "data")
            server.wait_ready(120)
            visits = [measure(server, browser) for _ in range(RUNS)]
            server.stop()
        times = {key: median([visit[key] for visit in visits]) for key in visits[0]}
        budget = f"≤ {BUDGETS[count] / 1000:.1f} s" if count in BUDGETS else ""
        columns = [f"{times[key]:.0f} ms" for key in ("list", "first", "second")]
        print(f"| {count:,} | {' | '.join(columns)} | {budget} |", flush=True)


if __name__ == "__main__":
    main()
