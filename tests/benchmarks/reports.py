"""What a report of a server costs over HTTP: `python -m tests.benchmarks.reports [--tree CHECKOUT]`.

A hundred hosts send ten samples each, every round a minute of theirs later; once one after the other, once as
many at a time as there are connections. Then the list of all of them is asked for. CPU and bytes are the
kernel's accounting of the server; `--tree` runs another checkout as well, in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

from kuma_lite.core.clock import to_ms
from tests.benchmarks.process import ENVIRONMENT, Figures, Served
from tests.benchmarks.servers import METRICS, Host

HOSTS: Final = 100
ROUNDS: Final = 10
MINUTE_MS: Final = 60_000
LISTS: Final = 50
BUDGETS: Final = {"CPU of a report": "≤ 0.4 ms", "list of 100 servers, CPU": "≤ 1 ms"}


class Row(NamedTuple):
    """One line of the table."""

    figure: str
    value: str


class Caller:
    """A connection that stays open."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """The body of the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self._token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.split(b" ", 2)[1] in (b"200", b"201"), answer
        lengths = [line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return await reader.readexactly(int(lengths[0].split(b":")[1]))


def token_of(folder: Path, tree: Path | None) -> str:
    """A new token of the first project."""
    environment = ENVIRONMENT if tree is None else {**ENVIRONMENT, "PYTHONPATH": str(tree)}
    command = [sys.executable, "-m", "kuma_lite", "token", "create", "--name", "bench"]
    made = subprocess.run(
        [*command, "--data-dir", str(folder)], check=True, capture_output=True, env=environment, cwd=tree
    )
    return made.stdout.decode().strip()


async def send(callers: list[Caller], bodies: list[bytes]) -> None:
    """All reports, as many at a time as there are callers."""
    waiting = iter(bodies)

    async def one(caller: Caller) -> None:
        for body in waiting:
            answer: dict[str, Any] = json.loads(await caller.ask("POST", "/api/v1/server_metrics", body))
            assert answer["success_count"] == METRICS, answer

    await asyncio.gather(*map(one, callers))


async def measure(folder: Path, tree: Path | None) -> list[Row]:
    """All figures of one checkout."""
    server = Served(folder, tree=tree)
    server.wait_ready(60)
    token = token_of(folder, tree)
    fleet, now = [Host(number) for number in range(HOSTS)], to_ms(time.time())
    rounds = [
        [host.report(now - (2 * ROUNDS + 1 - number) * MINUTE_MS) for host in fleet]
        for number in range(2 * ROUNDS + 1)
    ]
    await send([Caller(server.port, token)], rounds[0])  # the servers are made by their first report
    rows = []
    for callers, some in ((1, rounds[1 : ROUNDS + 1]), (20, rounds[ROUNDS + 1 :])):
        connections = [Caller(server.port, token) for _ in range(callers)]
        before = server.figures()
        for bodies in some:
            await send(connections, bodies)
        await asyncio.sleep(5)  # until what waits is written
        used = server.figures().since(before)
        count = HOSTS * ROUNDS
        what = "one after the other" if callers == 1 else f"{callers} at a time"
        rows += [
            Row(f"CPU of a report, {what}", f"{used.cpu / count * 1000:.2f} ms"),
            Row(f"handed to write() for a report, {what}", f"{used.characters / count:,.0f} B"),
        ]
    caller = Caller(server.port, token)
    await caller.ask("GET", "/api/v1/servers")
    before: Figures = server.figures()
    for _ in range(LISTS):
        await caller.ask("GET", "/api/v1/servers")
    cpu = server.figures().since(before).cpu
    server.stop()
    return [*rows, Row(f"list of {HOSTS} servers, CPU", f"{cpu / LISTS * 1000:.2f} ms")]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tree", type=Path, action="append", help="a checkout whose code runs as well")
    options = parser.parse_args()
    for tree in (*(options.tree or ()), None):
        with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as place:
            rows = asyncio.run(measure(Path(place) / "data", tree))
        print(f"\n| reports of {METRICS} samples{f', {tree}' if tree else ''} | measured | budget |")
        print("| --- | --- | --- |")
        for row in rows:
            budget = next((text for name, text in BUDGETS.items() if row.figure.startswith(name)), "")
            print(f"| {row.figure} | {row.value} | {budget} |")
    print(f"\nLoad of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
