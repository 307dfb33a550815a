"""What a check of each type costs, all in: look-up, protocol, judgement, beat, statistics, storage.

    python -m tests.benchmarks.types [TYPE ...] [--monitors 200] [--seconds 15] [--rounds 1] [--base FOLDER]

For each type a fresh server with so many monitors of a peer on this machine, each checked every second. CPU
is the kernel's accounting of the whole process; what the server needs anyway in that time is not taken off.
Pushes come over connections of their own, as `curl` in a cron job makes them, one every 5 ms; those of
`push-kept` over one, of `push-many` from ten that do not wait for each other. `push-rush` are twenty that
make no pause at all, with a connection for each push, and `push-rush-kept` the same over twenty that stay.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
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
    "dns-mx": 0.3,
    "push": 0.25,
    "push-kept": 0.25,
    "push-many": 0.5,
    "push-rush": 0.25,
    "push-rush-kept": 0.25,
    "https": 1.5,
    "postgres": 2,
    "mysql": 2,
}
MOST_MS = 5  # of any other type
LOCAL = "127.0.0.1"
PUSH_S = 0.005  # between two pushes


class Rhythm(NamedTuple):
    """How pushes come."""

    together: int = 1
    kept: bool = False  # over connections that stay
    pause: float = PUSH_S


RHYTHMS = {
    "push-kept": Rhythm(kept=True),
    "push-many": Rhythm(10),
    "push-rush": Rhythm(20, pause=0),
    "push-rush-kept": Rhythm(20, kept=True, pause=0),
}


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
    "dns-mx": (
        "dns",
        _at_target(
            lambda port: {
                "hostname": "example.org",
                "dns_resolve_server": LOCAL,
                "port": port,
                "dns_resolve_type": "MX",
            },
            "--dns",
        ),
    ),
    "push": ("push", _at_target(lambda _port: {})),
    "push-kept": ("push", _at_target(lambda _port: {})),
    "push-many": ("push", _at_target(lambda _port: {})),
    "push-rush": ("push", _at_target(lambda _port: {})),
    "push-rush-kept": ("push", _at_target(lambda _port: {})),
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
    """Beats that come by request."""

    def __init__(self, port: int, monitors: int, rhythm: Rhythm) -> None:
        self.count = 0
        self._asked = 0
        self._rhythm = rhythm
        self._port = port
        self._monitors = monitors

    async def run(self) -> None:
        """Until it is cancelled."""
        rhythm = self._rhythm
        await asyncio.gather(*[self._run(rhythm.pause * number) for number in range(rhythm.together)])

    async def _run(self, after: float) -> None:
        await asyncio.sleep(after)
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        connection = "keep-alive" if self._rhythm.kept else "close"
        while True:
            reader, writer = streams or await asyncio.open_connection(LOCAL, self._port)
            self._asked += 1
            path = f"/api/push/{token_of(self._asked % self._monitors + 1)}?status=up&msg=OK&ping=5"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n\r\n".encode())
            await reader.readuntil(b'"ok":true}')
            self.count += 1
            if self._rhythm.kept:
                streams = reader, writer
            else:
                await reader.read()
                writer.close()
            await asyncio.sleep(self._rhythm.pause * self._rhythm.together)


def token_of(number: int) -> str:
    return f"{number}".rjust(30, "x")


class Measured:
    """A server with the monitors of one type, and what it has used since `begin`."""

    def __init__(self, server: Served, kind: str, rhythm: Rhythm) -> None:
        self.server = server
        self._rhythm = rhythm
        self._kind = kind

    async def fill(self, document: Document, monitors: int) -> None:
        """Add the monitors; pushes begin."""
        rhythm = 60 if self._kind == "push" else 1
        common = {**HTTP, "type": self._kind, "timeout": 1, "interval": rhythm, "retryInterval": rhythm}
        async with Client(self.server.url) as client:
            await client.log_in()
            for number in range(1, monitors + 1):
                own = {"pushToken": token_of(number)} if self._kind == "push" else {}
                answer = await client.call(
                    "add", {"name": f"{number}", "conditions": [], **common, **own, **document}
                )
                assert answer.get("ok"), answer
            self._token, self._last = client.token, answer["monitorID"]
        self._pushing = Pushing(self.server.port, monitors, self._rhythm)
        self._task = asyncio.create_task(self._pushing.run()) if self._kind == "push" else None

    async def begin(self) -> None:
        """What is used from now on counts."""
        self._began, self._before = await self._done(), self.server.figures()

    async def cost(self) -> float:
        """Milliseconds of CPU per check since `begin`."""
        used, checks = self.server.figures().since(self._before), await self._done() - self._began
        return used.cpu / checks * 1000

    async def end(self) -> str:
        """Stops pushing; the text of one beat."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        async with Client(self.server.url) as client:
            assert (await client.call("loginByToken", self._token))["ok"]
            latest = (await client.call("getMonitorBeats", self._last, 1))["data"][-1]
        return f"{'up' if latest['status'] == 1 else 'NOT UP'}: {latest['msg']}"

    async def _done(self) -> int:
        if self._task:
            return self._pushing.count
        figures = await asyncio.to_thread(ask, self.server, self._token, "/api/v1/figures")
        return int(figures["looks"])  # the first question loads what answers it


async def measure(name: str, options: argparse.Namespace) -> tuple[list[list[float]], str]:
    """Milliseconds of CPU per check of a type in each round, and the text of one beat.

    With `options.base` a row for each round has a second figure, that of the other checkout: both servers run
    at the same time on the same peer, so that whatever else the machine does meets both.
    """
    kind, peer = PEERS[name]
    trees = [None, options.base] if options.base is not None else [None]
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        folder.chmod(0o755)  # for servers that run as somebody else
        (folder / "peer").mkdir()
        async with peer(folder / "peer") as document:
            servers = [Served(folder / f"data{place}", tree=tree) for place, tree in enumerate(trees)]
            measured = [Measured(server, kind, RHYTHMS.get(name, Rhythm())) for server in servers]
            try:
                for each in measured:
                    await asyncio.to_thread(each.server.wait_ready)
                    await each.fill(document, options.monitors)
                await asyncio.sleep(3)
                rounds = []
                for _ in range(options.rounds):
                    for each in measured:
                        await each.begin()
                    await asyncio.sleep(options.seconds)
                    rounds.append([await each.cost() for each in measured])
                return rounds, (await asyncio.gather(*[each.end() for each in measured]))[0]
            finally:
                for server in servers:
                    await asyncio.to_thread(server.stop)


def shown(rounds: list[list[float]]) -> str:
    """The median of the rounds; beside another checkout also its figure, and the median of the ratios."""
    today = f"{median(each[0] for each in rounds):.3f} ms"
    if len(rounds[0]) == 1:
        return today
    ratio = median(each[0] / each[1] for each in rounds)
    return f"{today}, base {median(each[1] for each in rounds):.3f} ms, × {ratio:.2f}"


def main() -> None:
    """Measure and print the table of the README."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("types", nargs="*", choices=[*PEERS, []], metavar="TYPE")
    parser.add_argument("--monitors", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=1, help="of which the median is shown")
    parser.add_argument("--base", type=Path, help="another checkout, measured at the same time")
    options = parser.parse_args()
    print(
        f"| {options.monitors} monitors @ 1 s | CPU per check | budget | a beat |\n| --- | --- | --- | --- |"
    )
    for name in options.types or PEERS:
        rounds, text = asyncio.run(measure(name, options))
        budget = BUDGETS_MS.get(name, MOST_MS)
        print(f"| {name} | {shown(rounds)} | ≤ {budget:g} ms | {text[:60]} |", flush=True)


if __name__ == "__main__":
    main()
