"""What notifications cost, and how fast they leave.

    python -m tests.benchmarks.notifications [--alerts 200] [--channels 20]

Counts the services, their lines and the recordings that they repeat to the byte; starts servers without and
with a channel of each of ten services; then lets many push monitors go down at once, all of which tell one
channel, and many channels, of a sink on this machine that keeps what has arrived.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from kuma_lite.core.declarations import NotificationService
from kuma_lite.core.registry import Registry
from kuma_lite.notifications import services as package
from tests.benchmarks.client import Client
from tests.benchmarks.process import Served
from tests.notifications.replay.recordings import files
from tests.notifications.replay.run import declared_differences, replay

RECORDINGS = Path(__file__).parent.parent / "notifications" / "recordings"
SETTLED_S = 3.0  # after a start, until its memory is what it stays
ARRIVED_S = 120.0  # for everything to arrive
AT_ONCE = 32  # pushes that are on their way at the same time
WITHIN_S = 60  # in which a push monitor wants a beat
PUSHES = "status=down&msg=down&ping="
# Ten services of many, each with an address that leads to the sink.
TEN: dict[str, dict[str, Any]] = {
    "discord": {"discordWebhookUrl": "{sink}/discord"},
    "gotify": {"gotifyserverurl": "{sink}/gotify", "gotifyapplicationToken": "t", "gotifyPriority": 8},
    "matrix": {"homeserverUrl": "{sink}/matrix", "internalRoomId": "!r:h", "accessToken": "t"},
    "mattermost": {"mattermostWebhookUrl": "{sink}/mattermost"},
    "ntfy": {"ntfyserverurl": "{sink}/ntfy", "ntfytopic": "t", "ntfyPriority": 5},
    "rocket.chat": {"rocketwebhookURL": "{sink}/rocket"},
    "signal": {"signalURL": "{sink}/signal", "signalNumber": "+1", "signalRecipients": "+2"},
    "slack": {"slackwebhookURL": "{sink}/slack"},
    "telegram": {"telegramServerUrl": "{sink}/telegram", "telegramBotToken": "t", "telegramChatID": "1"},
    "webhook": {"webhookURL": "{sink}/webhook", "webhookContentType": "json"},
}
IMPORTING = """
import sys, time
from kuma_lite.core.declarations import NotificationService
from kuma_lite.core.registry import Registry
from kuma_lite.notifications import services
import pydantic
registry = Registry(services, NotificationService)
began = time.process_time()
for name in sys.argv[1:]:
    registry.get(name)
print(time.process_time() - began)
"""


class Row(NamedTuple):
    """One line of the table."""

    figure: str
    value: str


class Sink:
    """Answers 200 to everybody and keeps who told what: (path, monitor)."""

    def __init__(self) -> None:
        self.url = ""
        self.requests = 0
        self.arrived: dict[tuple[str, str], float] = {}

    async def wait_for(self, count: int) -> float:
        """Returns when so many different messages have arrived, with the moment of the last."""
        async with asyncio.timeout(ARRIVED_S):
            while len(self.arrived) < count:
                await asyncio.sleep(0.005)
        return max(self.arrived.values())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").lower().split("\r\n")
                length = next((int(line[15:]) for line in lines if line.startswith("content-length:")), 0)
                body = await reader.readexactly(length)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
                )
                self._keep(urlsplit(head.split(b" ")[1].decode()).path, body)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _keep(self, path: str, body: bytes) -> None:
        self.requests += 1
        monitor = json.loads(body).get("monitor") if path.startswith("/channel/") else None
        if monitor:
            self.arrived.setdefault((path, monitor["name"]), time.monotonic())


@asynccontextmanager
async def sinking() -> AsyncIterator[Sink]:
    """A sink that listens."""
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0, backlog=1024)
    sink.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield sink


async def written() -> list[Row]:
    """Services, their lines, and what of the recordings they repeat."""
    base: Any = NotificationService
    registry: Registry[Any] = Registry(package, base)
    found = sorted(
        (len(inspect.getsource(inspect.getmodule(type(one)) or package).splitlines()), one.name)
        for one in registry.built_in()
    )
    sizes = [lines for lines, _ in found]
    declared = declared_differences()
    replayed = [await replay(registry, path, declared) for path in files(RECORDINGS)]
    as_declared = sum(len(one.declared - set(one.different)) for one in replayed)
    undeclared = sum(len(one.different) for one in replayed)
    return [
        Row("services", f"{len(found)}"),
        Row(
            "lines of a service, median / largest",
            f"{statistics.median(sizes):g} / {found[-1][0]} ({found[-1][1]})",
        ),
        Row(
            "recorded calls repeated: equal / different on purpose / else",
            f"{sum(one.equal for one in replayed)} / {as_declared} / {undeclared}",
        ),
    ]


def importing(*names: str) -> float:
    """Milliseconds of CPU to import services, in a process of its own; medians of five."""
    times = [
        float(
            subprocess.run([sys.executable, "-c", IMPORTING, *names], capture_output=True, check=True).stdout
        )
        for _ in range(5)
    ]
    return statistics.median(times) * 1000


async def with_ten(folder: Path) -> list[Row]:
    """Memory of a server without channels, and with ten that have sent something."""
    server = Served(folder)
    await asyncio.to_thread(server.wait_ready)
    async with Client(server.url) as client:
        await client.log_in()
    server.stop()
    without = memory(server := started(folder))
    async with sinking() as sink, Client(server.url) as client:
        await client.log_in()
        for name, options in TEN.items():
            form = {"name": name, "type": name, **addressed(options, sink.url)}
            for event, arguments in (("addNotification", (form, None)), ("testNotification", (form,))):
                answer = await client.call(event, *arguments)
                assert answer["ok"], answer
    used = memory(server)
    server.stop()
    afterwards = memory(server := started(folder))
    server.stop()
    return [
        Row("memory of a server without a channel", f"{without:.0f} MB"),
        Row("with one channel of each of ten services", f"{afterwards:.0f} MB"),
        Row("after a log-in and a message through each of them", f"{used:.0f} MB"),
    ]


def started(folder: Path) -> Served:
    """A server on a folder that one has used before."""
    server = Served(folder)
    server.wait_ready()
    return server


def memory(server: Served) -> float:
    """Its RSS in MB, once it has settled."""
    time.sleep(SETTLED_S)
    return server.figures().rss


def addressed(options: dict[str, Any], url: str) -> dict[str, Any]:
    """Options with the address of the sink in them."""
    return {
        key: value.replace("{sink}", url) if isinstance(value, str) else value
        for key, value in options.items()
    }


async def told(folder: Path, alerts: int, channels: int) -> tuple[float, float]:
    """Seconds until so many monitors that go down have told so many channels, and CPU of the server."""
    server = Served(folder)
    await asyncio.to_thread(server.wait_ready)
    async with sinking() as sink, Client(server.url) as client:
        await client.log_in()
        ids = []
        for number in range(channels):
            form = {"name": f"{number}", "type": "webhook", "webhookURL": f"{sink.url}/channel/{number}"}
            ids.append(
                (await client.call("addNotification", {**form, "webhookContentType": "json"}, None))["id"]
            )
        await client.add_monitors(
            alerts,
            type="push",
            pushToken="t{n}".rjust(20, "x"),
            interval=WITHIN_S,
            retryInterval=WITHIN_S,
            accepted_statuscodes=["200-299"],
            notificationIDList={str(number): True for number in ids},
        )
        before, began = server.figures(), time.monotonic()
        await push(
            server.port, [f"t{number + 1}".rjust(len(f"{number + 1}") + 17, "x") for number in range(alerts)]
        )
        last = await sink.wait_for(alerts * channels)
        used = server.figures().since(before)
        assert sink.requests == alerts * channels, f"{sink.requests} requests"
    server.stop()
    return last - began, used.cpu


async def push(port: int, tokens: list[str]) -> None:
    """Say of every monitor that it is down, as `curl` does."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(token: str) -> None:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            path = f"/api/push/{token}?{PUSHES}"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
            writer.close()
            assert b'"ok":true' in answer, answer

    await asyncio.gather(*(one(token) for token in tokens))


async def measure(alerts: int, channels: int) -> list[Row]:
    """All rows of the table."""
    rows = await written()
    rows.append(Row("CPU to import ten services with what they need / each further one", imports()))
    with tempfile.TemporaryDirectory() as base:
        rows += await with_ten(Path(base) / "ten")
        for many, count in ((1, 50), (alerts, 1), (alerts, channels)):
            seconds, cpu = await told(Path(base) / f"{many}-{count}", many, count)
            sent = many * count
            rows += [
                Row(f"{many} alerts × {count} channels, until all have arrived", f"{seconds:.1f} s"),
                Row(
                    "deliveries per second, CPU for each", f"{sent / seconds:.0f}, {cpu / sent * 1000:.1f} ms"
                ),
            ]
    return rows


def imports() -> str:
    """As a cell of the table."""
    ten = importing(*TEN)
    every = Registry[Any](package, NotificationService)
    rest = [kind.name for kind in every.built_in() if kind.name not in TEN]
    return f"{ten:.0f} / {(importing(*TEN, *rest) - ten) / len(rest):.1f} ms"


def main() -> None:
    """Measure and print the table of the README."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--alerts", type=int, default=200)
    parser.add_argument("--channels", type=int, default=20)
    options = parser.parse_args()
    rows = asyncio.run(measure(options.alerts, options.channels))
    print("\n| notifications | measured |\n| --- | --- |")
    for row in rows:
        print(f"| {row.figure} | {row.value} |")


if __name__ == "__main__":
    main()
