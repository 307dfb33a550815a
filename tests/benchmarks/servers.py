"""What servers cost: `python -m tests.benchmarks.servers [servers]`.

Reports of 10 metrics a minute go through `Servers.take_report`, as from HTTP; a year of history of one
server is laid out as upkeep leaves it, weighed and asked for. The agent is measured as a process.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock, to_ms
from kuma_lite.core.database import Database
from kuma_lite.core.iso_time import iso
from kuma_lite.servers.model import Incident, Server
from kuma_lite.servers.samples import forgetting, history
from kuma_lite.servers.samples.metrics import FRIENDLY
from kuma_lite.servers.samples.packing import pack_points, pack_samples
from kuma_lite.servers.samples.rollup import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SPAN_MS,
    Kept,
    Tier,
    coarser,
    points_of,
    span_start,
)
from kuma_lite.servers.service import Servers

YEAR_DAYS = 365
FLEET = 100  # servers, what the budget of a year speaks of
METRICS = 10

BUDGETS = {
    "ingest cpu us per sample": 60.0,
    "MB a year, 100 servers": 500.0,
    "chart of a year ms": 100.0,
    "API metrics of a year ms": 100.0,
    "chart of an hour ms": 100.0,
    "agent RSS MB": 30.0,
    "agent % of a core at 60 s": 0.2,
}


class Nobody:
    """Tells nobody."""

    def announce(self, connection: Any, server: Server, incident: Incident, text: str, now: int) -> None:
        pass

    def sent(self) -> None:
        pass

    def for_new(self, connection: Any, organisation: int) -> list[int]:
        return []


class NoWishes:
    """Settings that are all unset."""

    def get(self, key: str, default: Any = None) -> Any:
        return default

    async def set(self, key: str, value: Any) -> None:
        raise AssertionError


async def nobody(token: str | None) -> None:
    return None


class Host:
    """A host whose figures wander as real ones do."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.chance = random.Random(number)
        self.memory, self.disk, self.received, self.sent = 6_000_000_000, 120_000_000_000, 0, 0

    def values(self) -> list[tuple[str, float]]:
        chance = self.chance
        self.memory += 4096 * chance.randint(-3_000, 3_000)
        self.disk += 4096 * chance.randint(-20, 60)
        self.received += chance.randint(1_000, 9_000_000)
        self.sent += chance.randint(1_000, 3_000_000)
        return [
            ("cpu_used", chance.randint(100, 900)),
            ("mem_used_b", abs(self.memory)),
            ("disk_used_b", self.disk),
            ("net_recv_b", self.received),
            ("net_sent_b", self.sent),
            ("pkt_recv", self.received // 900),
            ("pkt_sent", self.sent // 900),
            ("load_1", round(chance.random() * 3, 2)),
            ("swap_used_b", 4096 * 500),
            ("temperature_c[coretemp]", chance.randint(400, 520) / 10),
        ]

    def report(self, at: int) -> bytes:
        stamp = iso(at)
        return json.dumps(
            {
                "agent_version": "0.9.2",
                "attributes": {
                    "motherboard_id": f"MB-{self.number}",
                    "hostname": f"host-{self.number}",
                    "mac_address": f"00:00:00:00:00:{self.number:02x}",
                    "cpu_cores": 4,
                    "memory_total_bytes": 16_000_000_000,
                    "disk_total_bytes": 500_000_000_000,
                },
                "metrics": [
                    {"metric": name, "value": value, "timestamp": stamp} for name, value in self.values()
                ],
            }
        ).encode()


async def make(folder: Path, clock: ManualClock) -> tuple[Database, Servers]:
    database = await Database.open(folder / "kuma-lite.db", clock=clock)
    servers = Servers(database, clock, Bus(), Nobody(), NoWishes(), nobody, folder=folder)
    await servers.load()
    return database, servers


async def ingest(folder: Path, hosts: int, minutes: int = 10) -> dict[str, float]:
    clock = ManualClock()
    database, servers = await make(folder, clock)
    fleet = [Host(number) for number in range(hosts)]
    bodies = [
        [host.report(to_ms(clock.now()) + minute * MINUTE_MS) for host in fleet] for minute in range(minutes)
    ]
    root = servers.projects.root.id
    for body in bodies[0]:
        await servers.take_report(root, body)
    cpu = time.process_time()
    for minute in bodies[1:]:
        clock.advance(60)
        for body in minute:
            await servers.take_report(root, body)
    cpu = time.process_time() - cpu
    await database.close()
    return {"ingest cpu us per sample": cpu / (hosts * (minutes - 1) * METRICS) * 1e6}


async def year(folder: Path) -> dict[str, float]:
    """A year of one server: the last days through upkeep, what is older as upkeep would have left it."""
    clock = ManualClock(1_800_000_000.0 - 1_800_000_000 % 86_400)
    database, servers = await make(folder, clock)
    host, now = Host(1), to_ms(clock.now())
    await servers.take_report(servers.projects.root.id, host.report(now))
    (server,) = servers.all()
    rounds = [(now - minute * MINUTE_MS, host.values()) for minute in range(YEAR_DAYS * 1440, 0, -1)]
    empty = await database.read(_file_bytes)
    for place, (name, series_id) in enumerate(server.series.items()):
        samples = [(at, values[place][1]) for at, values in rounds]
        await database.write(partial(_write_series, series_id=series_id, name=name, samples=samples, now=now))
    grown = await database.read(_file_bytes) - empty
    stored = await database.read(forgetting.stored_bytes)
    figures = {
        "MB a year, 100 servers": grown * FLEET / 1e6,
        "bytes per sample of the year": stored / (YEAR_DAYS * 1440 * METRICS),
    }
    figures |= await _queries(servers, now)
    await database.close()
    return figures


def _file_bytes(connection: Any) -> int:
    return int(connection.pragma("page_count")) * int(connection.pragma("page_size"))


def _write_series(
    connection: Any, series_id: int, name: str, samples: list[tuple[int, float]], now: int
) -> None:
    kept, counter = Kept(), name.startswith(("net_", "pkt_"))
    fine = points_of(samples, counter=counter)
    _write_blocks(connection, series_id, Tier.RAW, samples, kept.limit(Tier.RAW, now), pack_samples)
    for tier in (Tier.TEN_MINUTES, Tier.HOUR, Tier.DAY):
        fine = fine if tier is Tier.TEN_MINUTES else coarser(fine, tier)
        _write_blocks(connection, series_id, tier, fine, kept.limit(tier, now), pack_points)


def _write_blocks(
    connection: Any, series_id: int, tier: Tier, rows: list[Any], limit: int, pack: Callable[[Any], bytes]
) -> None:
    for start, group in groupby(rows, key=lambda row: span_start(tier, row[0])):
        if start >= limit - SPAN_MS[tier]:
            connection.execute(
                "INSERT INTO server_block (tier, start, series_id, data) VALUES (?, ?, ?, ?)",
                (int(tier), start, series_id, pack(list(group))),
            )


async def seal(folder: Path, hosts: int = 5, hours: int = 18) -> dict[str, float]:
    """What packing and rolling up costs."""
    clock = ManualClock(1_800_000_000.0 - 1_800_000_000 % 86_400)
    database, servers = await make(folder, clock)
    fleet, begin = [Host(number) for number in range(hosts)], to_ms(clock.now())
    clock.advance(hours * 3600 + 3600)
    for host in fleet:
        await servers.take_report(servers.projects.root.id, host.report(to_ms(clock.now())))
    for server, host in zip(servers.all(), fleet, strict=True):
        rows = [
            (server.series[name], begin + minute * MINUTE_MS, value)
            for minute in range(hours * 60)
            for name, value in host.values()
        ]
        await database.write(partial(history.insert_samples, samples=rows))
    cpu = time.process_time()
    await servers.upkeep.seal()
    cpu = time.process_time() - cpu
    await database.close()
    return {"pack and roll up cpu us per sample": cpu / (hosts * hours * 60 * METRICS) * 1e6}


async def _queries(servers: Servers, now: int) -> dict[str, float]:
    server, names = servers.all()[0], list(FRIENDLY)
    found = {}
    for label, back, points in [
        ("chart of an hour ms", HOUR_MS, 1_000),
        ("chart of a week ms", 7 * DAY_MS, 1_000),
        ("chart of a year ms", YEAR_DAYS * DAY_MS, 1_000),
        ("chart of a year by the hour ms", YEAR_DAYS * DAY_MS, 10_000),
    ]:
        found[label] = await _timed(lambda b=back, p=points: servers.charts(server, names, now - b, now, p))
    found["API metrics of a year ms"] = await _timed(
        lambda: servers.values(server, names, now - YEAR_DAYS * DAY_MS, now, 10_000)
    )
    return found


async def _timed(ask: Any) -> float:
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        await ask()
        best = min(best, time.perf_counter() - began)
    return best * 1000


def agent(rounds: int = 6, interval: float = 5.0) -> dict[str, float]:
    """The agent as a process, reporting into a socket that answers 201; CPU per round, start left out."""
    from tests.benchmarks.sink import answering

    with tempfile.TemporaryDirectory() as folder, answering(201) as url:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "kuma_lite", "agent", "--url", url, "--token", "t"),
                *("--spool", folder, "--interval", str(interval)),
            ]
        )
        try:
            time.sleep(2.0 + interval * 1.5)  # two rounds behind it
            before = _cpu_s(process.pid)
            time.sleep(rounds * interval)
            cpu = (_cpu_s(process.pid) - before) / rounds
            status = Path(f"/proc/{process.pid}/status").read_text()
        finally:
            process.terminate()
            process.wait()
    rss = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return {"agent RSS MB": rss / 1024, "agent % of a core at 60 s": cpu / 60 * 100}


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(hosts: int = FLEET) -> dict[str, float]:
    """All figures."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        figures |= asyncio.run(ingest(Path(folder), hosts))
    with tempfile.TemporaryDirectory() as folder:
        figures |= asyncio.run(seal(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        figures |= asyncio.run(year(Path(folder)))
    return figures | agent()


def show(figures: dict[str, float]) -> None:
    """The table, as the README carries it."""
    print("| servers | measured | budget |\n| --- | --- | --- |")
    for name, value in figures.items():
        budget = BUDGETS.get(name)
        print(f"| {name} | {value:.2f} | {'' if budget is None else f'≤ {budget:g}'} |")


def main() -> None:
    show(measure(int(sys.argv[1]) if len(sys.argv) > 1 else FLEET))


if __name__ == "__main__":
    main()
