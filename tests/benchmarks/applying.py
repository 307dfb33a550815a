"""What `kuma-lite apply` of many monitors costs, beside a running server.

    python -m tests.benchmarks.applying [--monitors 1000] [--rounds 3]

The file has groups of fifty with defaults, tags and a notification, as people write them. Each round has a
fresh server; the command is a process of its own, as in a shell. Wall time depends on what else the machine
does: the CPU of both processes together is what is compared with the budget.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks.client import Client
from tests.benchmarks.process import ENVIRONMENT, PROGRAM, Served

BUDGET_S: Final = 3.0
AGAIN_S: Final = 1.5  # where nothing is to be done
GROUP: Final = 50


class Cost(NamedTuple):
    """Of one command, in seconds."""

    wall: float
    command: float  # CPU of the command
    server: float  # CPU of the server meanwhile

    @property
    def cpu(self) -> float:
        """Of both."""
        return self.command + self.server


def text_of(monitors: int) -> str:
    """A file with so many monitors beside their groups."""
    return "\n".join(_lines(monitors)) + "\n"


def _lines(monitors: int) -> Iterator[str]:
    yield "tags: {team: {color: '#112233'}}"
    yield "notifications:"
    yield "  On call: {type: ntfy, server: 'https://ntfy.example', topic: shop, priority: 4, method: none}"
    yield "defaults: {monitors: {interval: 3600, notifications: [On call]}}"
    yield "monitors:"
    for first in range(0, monitors, GROUP):
        yield f"  Group {first // GROUP}:"
        yield "    type: group"
        yield "    defaults: {type: http, tags: [{tag: team, value: blue}]}"
        yield "    monitors:"
        for number in range(first, min(first + GROUP, monitors)):
            yield f"      Shop {number}: {{url: 'http://127.0.0.1:9/{number}', max_retries: 2}}"


def apply(server: Served, token: str, file: Path) -> tuple[str, Cost]:
    """Run the command; what it printed last, and its cost."""
    before, began = server.figures(), time.monotonic()
    environment = {**ENVIRONMENT, "KUMA_LITE_URL": server.url, "KUMA_LITE_TOKEN": token}
    process = subprocess.Popen(
        [*PROGRAM, "apply", str(file), "--yes"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    last = process.stdout.read().rstrip().rpartition("\n")[2]
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - began
    if process.returncode:
        raise RuntimeError(f"apply ended with {process.returncode}")
    return last, Cost(wall, used.ru_utime + used.ru_stime, server.figures().since(before).cpu)


async def set_up(server: Served) -> None:
    """An account, without which there are no tokens."""
    async with Client(server.url) as client:
        await client.log_in()


def measure(folder: Path, file: Path) -> tuple[Cost, Cost]:
    """The first `apply` to a fresh server, and a second one."""
    server = Served(folder)
    server.wait_ready()
    asyncio.run(set_up(server))
    command = [*PROGRAM, "token", "create", "--user", "--name", "bench", "--data-dir", str(folder)]
    token = subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True).stdout
    time.sleep(2)  # what follows a start is over
    done, first = apply(server, token.strip(), file)
    assert done.startswith("Done: "), done
    time.sleep(2)
    done, second = apply(server, token.strip(), file)
    assert not done.startswith("Done: "), done
    server.stop()
    return first, second


def line(what: str, costs: list[Cost], budget: float) -> str:
    """A row of the table: the round with the least CPU, which others have disturbed least."""
    best = min(costs, key=lambda cost: cost.cpu)
    parts = (f"{best.wall:.2f} s", f"{best.command:.2f} s", f"{best.server:.2f} s", f"{best.cpu:.2f} s")
    return f"| {what} | {' | '.join(parts)} | < {budget:g} s |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--monitors", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as base:
        file = Path(base) / "kuma.yaml"
        file.write_text(text_of(options.monitors))
        rounds = [measure(Path(base) / str(number), file) for number in range(options.rounds)]
    print(f"| {options.monitors} monitors | wall | CPU of the command | CPU of the server | both | budget |")
    print("| --- | --- | --- | --- | --- | --- |")
    print(line("apply", [first for first, _ in rounds], BUDGET_S))
    print(line("apply again, nothing to do", [second for _, second in rounds], AGAIN_S))


if __name__ == "__main__":
    main()
