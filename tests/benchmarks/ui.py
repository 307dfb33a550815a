"""How long people wait in a real browser.

    python -m tests.benchmarks.ui [--monitors 1000 10000]

Makes data folders with that many monitors and 100 beats each, starts the server on them, and lets Chromium
log in and open two monitors (`frontend/journeys/bench.mjs`). The page's own clock measures; beside it stands
what tab and server computed meanwhile, which a busy machine does not change as much.

Then what the list and the overview cost the browser's processor, against the page's stand-in of the server,
which invents as many monitors and beats as are asked for, the same ones for every visit
(`frontend/journeys/bench-list.mjs`).

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.client import PASSWORD, USER
from tests.benchmarks.process import Served, free_port
from tests.benchmarks.seed import seed
from tests.requires import ROOT, find_program

BEATS = 100
BUDGETS = {1000: 350, 10_000: 600}  # ms from 'Log in' to the first monitor opened
RUNS = 3
COSTS = {  # what is measured, in which unit, and its budget
    "heap": ("memory of the page", "MB", 12),
    "search": ("a key in the search", "ms of CPU", 10),
    "scroll": ("a frame of scrolling", "ms of script", 4),
    "list": ("a monitor's page beside live beats", "ms of CPU a second", 10),
    "overview": ("the overview with live beats", "ms of CPU a second", 10),
}
RESTING, LIVE, BEATS_A_SECOND = 10_000, 1_000, 17


def measure(server: Served, browser: str) -> dict[str, float]:
    """Milliseconds of one visit."""
    account = ["--username", USER, "--password", PASSWORD]
    about = ["--browser", browser, "--server", str(server.process.pid)]
    return visit("journeys/bench.mjs", "--url", server.url, *account, *about)


def visit(program: str, *arguments: str) -> dict[str, float]:
    """What a program of the page's folder has measured."""
    command = ["node", program, *arguments]
    run = subprocess.run(command, cwd=ROOT / "frontend", capture_output=True, text=True, timeout=300)
    if run.returncode != 0:
        raise SystemExit(run.stderr)
    figures: dict[str, float] = json.loads(run.stdout)
    return figures


@contextmanager
def stand_in(monitors: int, beats: int) -> Iterator[str]:
    """The address of invented monitors with so many beats a second, of all of them together."""
    port = free_port()
    command = ["node", "mock/server.mjs", "--port", str(port), "--monitors", str(monitors), "--servers", "0"]
    with subprocess.Popen(
        [*command, "--beats", str(beats), "--again"], cwd=ROOT / "frontend", stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()  # it says when it is ready
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def costs(browser: str) -> None:
    """Measure and print what the page costs."""
    found: dict[str, float] = {}
    for monitors, beats, mode in ((RESTING, 0, []), (LIVE, BEATS_A_SECOND, ["--live"])):
        with stand_in(monitors, beats) as url:
            visits = [
                visit("journeys/bench-list.mjs", "--url", url, "--browser", browser, *mode)
                for _ in range(RUNS)
            ]
        found |= {key: median([each[key] for each in visits]) for key in visits[0]}
    print("\n| what | costs | budget |")
    print("| --- | --- | --- |")
    for key, (what, unit, budget) in COSTS.items():
        print(f"| {what} | {found[key]:.1f} {unit} | ≤ {budget} |", flush=True)


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
    heads = ["monitors", "'Log in' → usable list", "first monitor opened", "both", "budget"]
    heads += ["CPU of the tab", "CPU of the server", "a second monitor"]
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    for count in options.monitors:
        with tempfile.TemporaryDirectory(dir=base) as folder:
            asyncio.run(seed(Path(folder) / "data", count, BEATS, paused=True))
            server = Served(Path(folder) / "data")
            server.wait_ready(120)
            visits = [measure(server, browser) for _ in range(RUNS)]
            server.stop()
        times = {key: median([visit[key] for visit in visits]) for key in visits[0]}
        times["both"] = times["list"] + times["first"]
        keys = ("list", "first", "both", "tab", "server", "second")
        columns = [f"{times[key]:.0f} ms" for key in keys]
        columns.insert(3, f"≤ {BUDGETS[count]} ms" if count in BUDGETS else "")
        print(f"| {count:,} | {' | '.join(columns)} |", flush=True)
    costs(browser)


if __name__ == "__main__":
    main()
