"""What a check costs elsewhere, in the same run: `make bench-peers`, or

    python -m tests.benchmarks.peers [--programs build/bench-peers] [--uptime-kuma CHECKOUT] [--monitors 1000]

Each program in turn looks at one local web server, with so many monitors, each every so many seconds:
ours, Gatus with SQLite and in memory, blackbox_exporter (asked by us at the same rate: it neither stores nor
judges), and Uptime Kuma where a checkout is named, in which `npm ci --omit=dev` and `npm run download-dist`
have been run (what npm has under its name, 2.0.0-dev.0, lacks files and does not start). Checks are counted
where they arrive. CPU, memory and bytes are the kernel's accounting of the program and its children; what all
of them have in common is left out: the peer and whoever asks run elsewhere. What is not there is left out of
the table.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.benchmarks.client import Client
from tests.benchmarks.process import ENVIRONMENT, PROGRAM, free_port
from tests.benchmarks.starting import cpu_of

ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"
)
READY_S: Final = 120.0
SETTLE_S: Final = 5.0  # beyond an interval, until the first checks are over
_BLACKBOX: Final = "modules:\n  http_2xx:\n    prober: http\n    timeout: 5s\n"


class Target:
    """A web server that counts who came, and closes after each answer."""

    def __init__(self) -> None:
        self.count = 0
        self.url = ""

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.count += 1
            writer.write(ANSWER)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Target]:
        """While this lasts."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=1024)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with server:
            yield self


class Wanted(NamedTuple):
    """What is measured."""

    monitors: int
    interval: int  # s
    seconds: int


class Row(NamedTuple):
    """One program."""

    name: str
    ready_cpu: float  # s
    checks: int
    wanted: float  # checks that should have been made
    cpu: float  # s
    rss: float  # MB
    written: int  # bytes


class Program:
    """A program that looks at the target.

    Args:
        name: as the table has it.
        command: with `{port}` and `{folder}` in it.
        folder: its own, for what it keeps.
        files: written there first.
        environment: besides ours.
        begin: gives it its monitors, once it answers; or asks it, until it is cancelled.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        files: Callable[[Path, int, str, Wanted], dict[str, str]] = lambda *_: {},
        environment: dict[str, str] | None = None,
        begin: Callable[[str, str, Wanted], Any] | None = None,
        asks: bool = False,
        cwd: Path | None = None,
    ) -> None:
        self.name = name
        self._command = command
        self._files = files
        self._environment = environment or {}
        self._begin = begin
        self._asks = asks
        self._cwd = cwd

    async def measure(self, folder: Path, target: Target, wanted: Wanted) -> Row:
        """Start it, let it settle, measure, end it."""
        port = free_port()
        folder.mkdir()
        for name, text in self._files(folder, port, target.url, wanted).items():
            (folder / name).write_text(text)
        filled = [part.format(port=port, folder=folder) for part in self._command]
        environment = {name: text.format(folder=folder) for name, text in self._environment.items()}
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(
                filled, stdout=output, stderr=output, env={**ENVIRONMENT, **environment}, cwd=self._cwd
            )
        asking: asyncio.Task[None] | None = None
        try:
            await answering(process, port)
            ready = cpu_of(process.pid)
            url = f"http://127.0.0.1:{port}"
            if self._begin is not None:
                if self._asks:
                    asking = asyncio.create_task(self._begin(url, target.url, wanted))
                else:
                    await self._begin(url, target.url, wanted)
            await asyncio.sleep(wanted.interval + SETTLE_S)
            began, cpu, count = time.monotonic(), cpu_of(process.pid), target.count
            written = written_by(process.pid)
            await asyncio.sleep(wanted.seconds)
            seconds = time.monotonic() - began
            return Row(
                self.name,
                ready,
                target.count - count,
                wanted.monitors / wanted.interval * seconds,
                cpu_of(process.pid) - cpu,
                rss_of(process.pid),
                written_by(process.pid) - written,
            )
        finally:
            if asking is not None:
                asking.cancel()
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def tree_of(pid: int) -> list[int]:
    """A process and all that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in tree_of(int(child)))]


def rss_of(pid: int) -> float:
    """MB of a process and its children."""
    lines = [
        line
        for each in tree_of(pid)
        for line in Path(f"/proc/{each}/status").read_text().splitlines()
        if line.startswith("VmRSS:")
    ]
    return sum(int(line.split()[1]) for line in lines) / 1024


def written_by(pid: int) -> int:
    """Bytes that a process and its children have sent to storage."""
    lines = [
        line
        for each in tree_of(pid)
        for line in Path(f"/proc/{each}/io").read_text().splitlines()
        if line.startswith("write_bytes:")
    ]
    return sum(int(line.split()[1]) for line in lines)


async def answering(process: subprocess.Popen[bytes], port: int) -> None:
    """Returns when somebody answers HTTP on a port."""
    async with asyncio.timeout(READY_S):
        while True:
            if process.poll() is not None:
                raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                found = await reader.read(16)
                writer.close()
                if found.startswith(b"HTTP/"):
                    return
            except OSError:
                pass
            await asyncio.sleep(0.02)


# --- the programs ------------------------------------------------------------------------------------------


async def add_monitors(url: str, target: str, wanted: Wanted) -> None:
    """By the protocol that Uptime Kuma and Kuma Lite share."""
    async with Client(url) as client:
        await client.log_in()
        await client.add_monitors(
            wanted.monitors,
            type="http",
            url=target,
            method="GET",
            interval=wanted.interval,
            retryInterval=wanted.interval,
            timeout=wanted.interval * 0.8,
            maxretries=0,
            maxredirects=10,
            accepted_statuscodes=["200-299"],
            notificationIDList={},
            kafkaProducerBrokers=[],
            kafkaProducerSaslOptions={"mechanism": "None"},
            rabbitmqNodes=[],
        )


def gatus_files(kind: str) -> Callable[[Path, int, str, Wanted], dict[str, str]]:
    """Its configuration, JSON being YAML."""

    def files(folder: Path, port: int, target: str, wanted: Wanted) -> dict[str, str]:
        storage = {"type": kind} if kind == "memory" else {"type": kind, "path": str(folder / "data.db")}
        endpoints = [
            {
                "name": f"Monitor {number}",
                "url": target,
                "interval": f"{wanted.interval}s",
                "conditions": ["[STATUS] == 200"],
            }
            for number in range(wanted.monitors)
        ]
        web = {"address": "127.0.0.1", "port": port}
        # Without the last one, three checks at a time. It begins with one after the other, for minutes.
        settings = {"web": web, "storage": storage, "endpoints": endpoints, "concurrency": 0}
        return {"config.yaml": json.dumps(settings)}

    return files


async def probe(url: str, target: str, wanted: Wanted) -> None:
    """Ask the exporter as a Prometheus with so many targets does, evenly spread."""
    host, port = url.removeprefix("http://").split(":")
    query = urllib.parse.urlencode({"target": target, "module": "http_2xx"})
    asked = f"GET /probe?{query} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()  # and so no chunks
    running: set[asyncio.Task[None]] = set()

    async def once() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(asked)
        answer = await reader.read()
        writer.close()
        assert b"probe_success 1" in answer, answer

    step, due = wanted.interval / wanted.monitors, time.monotonic()
    while True:
        due += step
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        task = asyncio.create_task(once())
        running.add(task)
        task.add_done_callback(running.discard)


def programs(folder: Path, uptime_kuma: Path | None) -> list[Program]:
    """Those that are there, ours first."""
    local = ["--host", "127.0.0.1", "--port", "{port}", "--data-dir", "{folder}/data"]
    found = [Program("Kuma Lite", [*PROGRAM, "serve", *local], begin=add_monitors)]
    gatus, blackbox = folder / "gatus", folder / "blackbox_exporter"
    if gatus.exists():
        found += [
            Program(
                f"Gatus, {what}",
                [str(gatus)],
                files=gatus_files(kind),
                environment={"GATUS_CONFIG_PATH": "{folder}/config.yaml"},
            )
            for what, kind in (("SQLite", "sqlite"), ("memory", "memory"))
        ]
    if blackbox.exists():
        listening = ["--web.listen-address=127.0.0.1:{port}", "--config.file={folder}/blackbox.yml"]
        found.append(
            Program(
                "blackbox_exporter (stores and judges nothing)",
                [str(blackbox), *listening],
                files=lambda *_: {"blackbox.yml": _BLACKBOX},
                begin=probe,
                asks=True,
            )
        )
    if uptime_kuma is not None:
        found.append(original(uptime_kuma))
    return found


def original(checkout: Path) -> Program:
    """Uptime Kuma itself, as its image runs it. Raises SystemExit where a part of it is missing."""
    for part in ("server/server.js", "dist/index.html", "node_modules/@louislam/sqlite3/lib/binding"):
        if not (checkout / part).exists():
            raise SystemExit(
                f"{checkout} has no {part}: is it a checkout of Uptime Kuma, installed and built?"
            )
    version = json.loads((checkout / "package.json").read_text())["version"]
    listening = ["--host=127.0.0.1", "--port={port}", "--data-dir={folder}/data/"]
    return Program(
        f"Uptime Kuma {version}, SQLite",
        ["node", "server/server.js", *listening],
        environment={"UPTIME_KUMA_DB_TYPE": "sqlite"},  # or it asks somebody first
        begin=add_monitors,
        cwd=checkout,
    )


async def measure(options: argparse.Namespace) -> list[Row]:
    """A row for each program, one after the other."""
    wanted = Wanted(options.monitors, options.interval, options.seconds)
    rows = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as place:
        async with Target().running() as target:
            for number, program in enumerate(programs(options.programs, options.uptime_kuma)):
                rows.append(await program.measure(Path(place) / str(number), target, wanted))
    return rows


def show(rows: list[Row], options: argparse.Namespace) -> None:
    """The table of the README."""
    what = f"{options.monitors} HTTP monitors @ {options.interval} s"
    print(f"\n| {what} | CPU per check | written per check | memory | CPU until ready | checks made |")
    print("| --- | --- | --- | --- | --- | --- |")
    for row in rows:
        cpu, written = row.cpu / max(1, row.checks) * 1e6, row.written / max(1, row.checks)
        print(
            f"| {row.name} | {cpu:,.0f} µs | {written:,.0f} B | {row.rss:.0f} MB | {row.ready_cpu:.2f} s"
            f" | {row.checks / row.wanted:.0%} |"
        )
    print(f"\n{os.cpu_count()} cores, load of the machine: {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--programs", type=Path, default=Path("build/bench-peers"), help="where they are built"
    )
    parser.add_argument("--uptime-kuma", type=Path, help="a checkout with its packages installed")
    parser.add_argument("--monitors", type=int, default=1_000)
    parser.add_argument("--interval", type=int, default=20, help="seconds between two checks of a monitor")
    parser.add_argument("--seconds", type=int, default=60, help="how long each is measured")
    options = parser.parse_args()
    show(asyncio.run(measure(options)), options)


if __name__ == "__main__":
    main()
