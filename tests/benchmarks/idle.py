"""What a server costs that watches nothing: `python -m tests.benchmarks.idle [--tree CHECKOUT]`.

CPU is the kernel's accounting of all its threads, in nanoseconds; a wake-up is a thread that had gone to
sleep by itself. What the start put off is over by then. With `--tree` (more than once) others' code runs at
the same time, so that whatever else the machine does meets all of them.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks.process import Served

SETTLED_S: Final = 12.0
_WOKE: Final = re.compile(r"^voluntary_ctxt_switches:\s*(\d+)", re.MULTILINE)


class Used(NamedTuple):
    """Since the start of a process."""

    cpu: float  # s
    wakes: int


def used(pid: int) -> Used:
    """What all threads of a process have used."""
    cpu, wakes = 0, 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        cpu += int((thread / "schedstat").read_text().split()[0])
        found = _WOKE.search((thread / "status").read_text())
        wakes += int(found[1]) if found else 0
    return Used(cpu / 1e9, wakes)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tree", type=Path, action="append", help="a checkout whose code runs as well")
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as base:
        servers = {}
        for place, tree in enumerate([None, *(options.tree or ())]):
            (Path(base) / str(place)).mkdir()
            servers[str(tree or "this")] = Served(Path(base) / str(place) / "data", tree=tree)
        for server in servers.values():
            server.wait_ready()
        time.sleep(SETTLED_S)
        before = {name: used(server.process.pid) for name, server in servers.items()}
        time.sleep(options.seconds)
        print("| a server that watches nothing | CPU | wake-ups | memory |\n| --- | --- | --- | --- |")
        for name, server in servers.items():
            now, then = used(server.process.pid), before[name]
            cpu = (now.cpu - then.cpu) / options.seconds * 1000
            wakes = (now.wakes - then.wakes) / options.seconds
            print(f"| {name} | {cpu:.2f} ms/s | {wakes:.1f} /s | {server.figures().rss:.0f} MB |")
        for server in servers.values():
            server.stop()


if __name__ == "__main__":
    main()
