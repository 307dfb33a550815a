"""The first half of a beat's way can run in a process without database and bus."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any

from kuma_lite.checks import monitor_types
from kuma_lite.core.declarations import MonitorType, Runs, ServerMonitorType, Status
from kuma_lite.monitors.engine.outcome import Outcome

# What a probe is: checks what it is told of, and writes down what came of it.
PROBE = """
import asyncio, json, sys
from dataclasses import dataclass

from kuma_lite.checks import monitor_types
from kuma_lite.core.clock import SystemClock
from kuma_lite.monitors.engine.checking import Checker
from kuma_lite.monitors.engine.own_fault import OwnFault
from kuma_lite.net.connectivity import Connectivity
from kuma_lite.net.network import Network

PORT = int(sys.argv[1])


@dataclass(frozen=True)
class Told:
    id: int
    kind: object
    options: object
    name: str = "m"
    problem: str | None = None
    interval: float = 60
    timeout: float = 10
    upside_down: bool = False
    limits: tuple = ()


def told(number, name, **document):
    kind = monitor_types().get(name)
    return Told(number, kind, kind.options.read(document))


async def main():
    monitors = {
        1: told(1, "port", hostname="127.0.0.1", port=PORT),
        2: told(2, "port", hostname="127.0.0.1", port=0),
        3: told(3, "group"),
    }
    outcomes, clock, network = {}, SystemClock(), Network()

    async def conclude(outcome):
        outcomes[outcome.monitor_id] = outcome.as_plain()
        return 60

    fault = OwnFault(clock, network, Connectivity(None, network, clock))
    checker = Checker(
        clock=clock, network=network, fault=fault, find=monitors.get,
        in_maintenance=lambda monitor_id: False, conclude=conclude,
    )
    for monitor in monitors.values():
        checker.watch(monitor)
    checker.start()
    while len(outcomes) < 3:
        await asyncio.sleep(0.01)
    await checker.stop()
    network.close()
    list(monitor_types())
    print(json.dumps([outcomes, sorted(sys.modules)]))


asyncio.run(asyncio.wait_for(main(), 20))
"""
# Of the server alone.
FORBIDDEN = {"apsw", "sqlite3", "kuma_lite.core.database", "kuma_lite.core.bus", "kuma_lite.beats"}


async def test_a_probe_needs_neither_database_nor_bus() -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        run = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", PROBE, str(port)], capture_output=True, text=True
        )
    assert run.returncode == 0, run.stderr
    plain: dict[str, Any]
    plain, loaded = json.loads(run.stdout)
    good, bad = Outcome.from_plain(plain["1"]), Outcome.from_plain(plain["2"])
    assert (good.status, good.failed, good.certificate) == (Status.UP, False, None)
    assert good.ping is not None and good.message == f"{good.ping} ms"
    assert (bad.status, bad.failed, bad.message) == (Status.DOWN, True, "Connection failed")
    assert plain["3"]["own_fault"] == "The check itself has a fault (RuntimeError)."
    assert "cannot be checked by a probe" in run.stderr
    assert FORBIDDEN.isdisjoint(loaded)
    assert "kuma_lite.monitors.engine.concluding" not in loaded


def test_types_say_where_they_run() -> None:
    on_server = {kind.name for kind in monitor_types() if kind.runs is Runs.SERVER}
    assert on_server == {kind.name for kind in monitor_types() if isinstance(kind, ServerMonitorType)}
    assert on_server >= {"group", "push"}
    assert all(isinstance(kind, MonitorType | ServerMonitorType) for kind in monitor_types())
