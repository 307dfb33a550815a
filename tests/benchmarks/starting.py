"""How long a start takes: seconds and CPU until a fresh server, and one with monitors of five types, answers.

    python -m tests.benchmarks.starting [PROGRAM …]

A PROGRAM is a binary (`dist/kuma-lite`, `dist/kuma-lite-onedir/kuma-lite`); without one it is this Python.
"Cold" is a start of a binary whose files are not in memory. The figures are medians. Both seconds and CPU
depend on what else the machine does (cores are shared); the last line is something to compare machines by.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.benchmarks.process import TICKS, Served
from tests.benchmarks.seed import seed

STARTS: Final = 5
MONITORS: Final = 100
KINDS: Final = (
    {"type": "http"},
    {"type": "port", "hostname": "127.0.0.1", "port": 9},
    {"type": "ping", "hostname": "127.0.0.1"},
    {"type": "dns", "hostname": "localhost", "dns_resolve_server": "127.0.0.1"},
    {"type": "push", "pushToken": "0123456789abcdef0123456789abcdef"},
)
LOOP: Final = 5_000_000  # additions


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and of its children: the one-file program is a child of what unpacks it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(map(int, fields[11:15])) / TICKS + sum(cpu_of(int(child)) for child in children)


def start(folder: Path, program: list[str], cold: bool) -> tuple[float, float]:
    """Seconds and CPU seconds until it answers."""
    if cold:
        forget(Path(program[0]))
    server = Served(folder, program=program)
    ready = server.wait_ready()
    cpu = cpu_of(server.process.pid)
    server.stop()
    return ready, cpu


def forget(binary: Path) -> None:
    """Have the kernel drop what it keeps in memory of a binary's files."""
    files = binary.parent.rglob("*") if (binary.parent / "_internal").is_dir() else [binary]
    os.sync()
    for path in files:
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def median(figures: list[float]) -> float:
    """The middle one."""
    return sorted(figures)[len(figures) // 2]


def speed() -> float:
    """CPU seconds of this Python for a loop of additions."""
    began, total = time.process_time(), 0
    for number in range(LOOP):
        total += number
    return time.process_time() - began


def main() -> None:
    """Measure and print."""
    programs = [[os.path.abspath(name)] for name in sys.argv[1:]] or [[sys.executable, "-m", "kuma_lite"]]
    for program in programs:
        for what, cold in (("first start", False), ("100 monitors", False), ("100 monitors, cold", True)):
            if cold and len(program) > 1:
                continue
            with tempfile.TemporaryDirectory() as place:
                folders = [
                    Path(place) / (str(number) if what == "first start" else "data")
                    for number in range(STARTS)
                ]
                if what != "first start":
                    asyncio.run(seed(folders[0], MONITORS, 10, kinds=KINDS))
                    start(folders[0], program, cold=False)
                ready, cpu = zip(*[start(folder, program, cold) for folder in folders], strict=True)
            print(f"{' '.join(program)}, {what}: ready {median([*ready]):.2f} s, CPU {median([*cpu]):.2f} s")
    seconds = median([speed() for _ in range(STARTS)])
    print(f"{LOOP:,} additions in a loop of Python {sys.version.split()[0]}: {seconds:.2f} s of CPU")


if __name__ == "__main__":
    main()
