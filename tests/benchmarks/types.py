"""What a check of each type costs, all in: look-up, protocol, judgement, beat, statistics, storage.

    python -m tests.benchmarks.types [TYPE ...] [--monitors 200] [--seconds 15]

For each type a fresh server with so many monitors of a peer on this machine, each checked every second. CPU
is the kernel's accounting of the whole process; what the server needs anyway in that time is not taken off.
Pushes come over connections of their own, as `curl` in a cron job makes them; those of `push-kept` over one.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.benchmarks.__main__ import HTTP, ask, target_port
from tests.benchmarks.client import Client
from tests.benchmarks.process import Served
from tests.peers import aiosmtpd_server, chrony, mariadb, mosquitto, postgresql, redis, snmpd

Document = dict[str, Any]
Peer = Callable[[Path], AbstractAsyncContextManager[Document]]

BUDGETS_MS = {
    "ping": 0.25,
    "port": 0.25,
    "dns": 0.25,
    "push": 0.25,
    "push-kept": 0.25,
    "https": 1.5,
    "postgres": 2,
    "mysql": 2,
}
MOST_MS = 5  # of any other type
LOCAL = "127.0.0.1"
PUSH_S = 0.005  # between two pushes


@asynccontextmanager
async def _served(*modes: str) -> AsyncIterator[int]:
    with target_port(*modes) as port:
        yield port


def _at_target(make: Callable[[int], Document], *modes: str) -> Peer:
    @asynccontextmanager
    async def peer(folder: Path) -> AsyncIterator[Document]:
        async with _served(*modes) as port:
            yield make(port)

    return peer


def _at(running: Callable[[Path], AbstractAsyncContextManager[Any]], make: Callable[[Any], Document]) -> Peer:
    @asynccontextmanager
    async def peer(folder: Path) -> AsyncIterator[Document]:
        async with running(folder) as where:
            yield make(where)

    return peer


def _database(scheme: str, peer: Any) -> Callable[[Any], Document]:
    password = quote(peer.PASSWORD, safe="")
    return lambda where: {
        "databaseConnectionString": f"{scheme}://{peer.USER}:{password}@{LOCAL}:{where.port}/{peer.DATABASE}",
        "databaseQuery": "SELECT 1",
    }


PEERS: dict[str, tuple[str, Peer]] = {
    "http": ("http", _at_target(lambda port: {"url": f"http://{LOCAL}:{port}/"})),
    "https": (
        "http",
        _at_target(lambda port: {"url": f"https://localhost:{port}/", "ignoreTls": True}, "--tls"),
    ),
    "port": ("port", _at_target(lambda port: {"hostname": LOCAL, "port": port})),
    "ping": (
        "ping",
        _at_target(lambda _port: {"hostname": LOCAL, "timeout": 2, "ping_per_request_timeout": 1}),
    ),
    "dns": (
        "dns",
        _at_target(
            lambda port: {"hostname": "example.org", "dns_resolve_server": LOCAL, "port": port}, "--dns"
        ),
    ),
    "push": ("push", _at_target(lambda _port: {})),
    "push-kept": ("push", _at_target(lambda _port: {})),
    "ntp": ("ntp", _at(chrony.running, lambda port: {"hostname": LOCAL, "port": port})),
    "postgres": ("postgres", _at(postgresql.running, _database("postgres", postgresql))),
    "mysql": ("mysql", _at(mariadb.running, _database("mysql", mariadb))),
    "redis": (
        "redis",
        _at(redis.running, lambda port: {"databaseConnectionString": f"redis://:secret@{LOCAL}:{port}"}),
    ),
    "mqtt": (
        "mqtt",
        _at(
            mosquitto.running,
            lambda where: {
                "hostname": LOCAL,
                "port": where.mqtt,
                "mqttUsername": mosquitto.USER,
                "mqttPassword": mosquitto.PASSWORD,
                "mqttTopic": "shop/state",
                "mqttSuccessMessage": "ok",
            },
        ),
    ),
    "snmp": (
        "snmp",
        _at(
            snmpd.running,
            lambda port: {
                "hostname": LOCAL,
                "port": port,
                "radiusPassword": snmpd.COMMUNITY,
                "snmpOid": "1.3.6.1.2.1.1.5.0",
                "expectedValue": snmpd.NAME,
                "jsonPathOperator": "==",
            },
        ),
    ),
    "smtp": (
        "smtp",
        _at(
            aiosmtpd_server.running,
            lambda where: {"hostname": LOCAL, "port": where.plain, "smtpSecurity": "nostarttls"},
        ),
    ),
}


class Pushing:
    """Beats that come by request, each over a connection of its own, or all over one (`kept`)."""

    def __init__(self, port: int, monitors: int, kept: bool) -> None:
        self.count = 0
        self._port = port
        self._monitors = monitors
        self._kept = kept

    async def run(self) -> None:
        """Until it is cancelled."""
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        connection = "keep-alive" if self._kept else "close"
        while True:
            reader, writer = streams or await asyncio.open_connection(LOCAL, self._port)
            path = f"/api/push/{token_of(self.count % self._monitors + 1)}?status=up&msg=OK&ping=5"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n\r\n".encode())
            await reader.readuntil(b'"ok":true}')
            self.count += 1
            if self._kept:
                streams = reader, writer
            else:
                await reader.read()
                writer.close()
            await asyncio.sleep(PUSH_S)


def token_of(number: int) -> str:
    return f"{number}".rjust(30, "x")


async def measure(name: str, monitors: int, seconds: float) -> tuple[float, str]:
    """Milliseconds of CPU per check of a type, and the text of one beat."""
    kind, peer = PEERS[name]
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        folder.chmod(0o755)  # for servers that run as somebody else
        for each in ("peer", "data"):
            (folder / each).mkdir()
        async with peer(folder / "peer") as document:
            server = Served(folder / "data")
            await asyncio.to_thread(server.wait_ready)
            try:
                return await _measure(server, kind, document, monitors, seconds, name == "push-kept")
            finally:
                await asyncio.to_thread(server.stop)


async def _measure(
    server: Served, kind: str, document: Document, monitors: int, seconds: float, kept: bool
) -> tuple[float, str]:
    rhythm = 60 if kind == "push" else 1
    common = {**HTTP, "type": kind, "timeout": 1, "interval": rhythm, "retryInterval": rhythm}
    async with Client(server.url) as client:
        await client.log_in()
        for number in range(1, monitors + 1):
            own = {"pushToken": token_of(number)} if kind == "push" else {}
            answer = await client.call(
                "add", {"name": f"{number}", "conditions": [], **common, **own, **document}
            )
            assert answer.get("ok"), answer
        token = client.token
    pushing = Pushing(server.port, monitors, kept)
    task = asyncio.create_task(pushing.run()) if kind == "push" else None
    await asyncio.sleep(3)

    async def done() -> int:
        return (
            pushing.count
            if task
            else (await asyncio.to_thread(ask, server, token, "/api/v1/figures"))["looks"]
        )

    began, before = await done(), server.figures()  # the first question loads what answers it
    await asyncio.sleep(seconds)
    used, beats = server.figures().since(before), await done() - began
    if task:
        task.cancel()
        await asyncio.wait([task])
    async with Client(server.url) as client:
        assert (await client.call("loginByToken", token))["ok"]
        latest = (await client.call("getMonitorBeats", answer["monitorID"], 1))["data"][-1]
    return used.cpu / beats * 1000, f"{'up' if latest['status'] == 1 else 'NOT UP'}: {latest['msg']}"


def main() -> None:
    """Measure and print the table of the README."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("types", nargs="*", choices=[*PEERS, []], metavar="TYPE")
    parser.add_argument("--monitors", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    options = parser.parse_args()
    print(
        f"| {options.monitors} monitors @ 1 s | CPU per check | budget | a beat |\n| --- | --- | --- | --- |"
    )
    for name in options.types or PEERS:
        cost, text = asyncio.run(measure(name, options.monitors, options.seconds))
        print(
            f"| {name} | {cost:.2f} ms | ≤ {BUDGETS_MS.get(name, MOST_MS):g} ms | {text[:60]} |", flush=True
        )


if __name__ == "__main__":
    main()
