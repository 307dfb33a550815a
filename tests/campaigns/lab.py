"""A network of its own with a server in it: links, an upstream, a resolver and targets that can be broken.

    targets, anchor, resolver, sink ── veth ── the server, in a network namespace of its own

Needs root and Linux. The whole runs inside namespaces that end with the process (`unshare`), so nothing stays
behind.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.client import Client
from tests.support import http

SERVER: Final = "10.211.7.2"
RESOLVER, ANCHOR, SINK, TARGETS = (f"10.211.7.{number}" for number in (1, 3, 4, 5))
PORT: Final = 8080
KINDS: Final = ("link", "upstream", "resolver-silent", "resolver-refuses")
INTERVAL_S: Final = 20
TIMEOUT_S: Final = 10

# Enters namespaces for network and mounts, waits until its link is there, becomes the server.
SHELL: Final = (
    'mount -t sysfs sysfs /sys && mount --bind "$1" /etc/resolv.conf && read -r _ && shift && exec "$@"'
)


def inside(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours in namespaces of its own."""
    return ["unshare", "--net", "--mount", sys.executable, "-m", module, *arguments]


def run(command: str) -> None:
    subprocess.run(command.split(), check=True, capture_output=True)


class Names(asyncio.DatagramProtocol):
    """A resolver that knows every name, and may fall silent or refuse."""

    mode = "works"
    transport: asyncio.DatagramTransport

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        if self.mode == "resolver-silent":
            return
        end = 12
        while data[end]:
            end += data[end] + 1
        (kind,) = struct.unpack(">H", data[end + 1 : end + 3])
        question = data[12 : end + 5]
        answer = b""
        if kind == 1 and self.mode == "works":
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + socket.inet_aton(TARGETS)
        code = 0x8180 if self.mode == "works" else 0x8182
        head = data[:2] + struct.pack(">HHHHH", code, 1, 1 if answer else 0, 0, 0)
        self.transport.sendto(head + question + answer, address)


@dataclass
class Heard:
    """A message that arrived at the sink."""

    at: float  # monotonic seconds
    monitor_id: int | None  # None: about the watch itself
    status: int
    text: str


@dataclass
class Lab:
    """The network, the server and everything it heard and said."""

    folder: Path
    names: Names = field(default_factory=Names)
    hanging: set[int] = field(default_factory=set)  # numbers of targets that accept and say nothing
    heard: list[Heard] = field(default_factory=list)
    broken: dict[str, float] = field(default_factory=dict)  # kinds of trouble going on → since
    process: subprocess.Popen[bytes] | None = None

    async def open(self, *arguments: str) -> None:
        """Build the network and start the server."""
        run("ip link set lo up")
        run("ip link add kl0 type veth peer name kl1")
        for address in (RESOLVER, ANCHOR, SINK, TARGETS):
            run(f"ip address add {address}/24 dev kl0")
        run("ip link set kl0 up")
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self.names, local_addr=(RESOLVER, 53))
        for address in (ANCHOR, SINK, TARGETS):
            await asyncio.start_server(self._serve, address, PORT, backlog=1024)
        resolv = self.folder / "resolv.conf"
        resolv.write_text(f"nameserver {RESOLVER}\noptions timeout:2 attempts:2\n")
        serve = ["serve", "--host", "0.0.0.0", "--port", str(PORT), "--data-dir", str(self.folder / "data")]
        self.process = subprocess.Popen(
            ["unshare", "--net", "--mount", "sh", "-c", SHELL, "sh", str(resolv), sys.executable, "-m",
             "kuma_lite", *serve, "--connectivity-target", f"{ANCHOR}:{PORT}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "server.log").open("wb"),
        )  # fmt: skip
        await self._until(lambda: self._namespace() != os.readlink("/proc/self/ns/net"), 10)
        run(f"ip link set kl1 netns {self.process.pid}")
        self.there("ip", "link", "set", "lo", "up")
        self.there("ip", "address", "add", f"{SERVER}/24", "dev", "kl1")
        self.there("ip", "link", "set", "kl1", "up")
        self.there("ip", "route", "add", "default", "via", RESOLVER)
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.close()
        async with asyncio.timeout(60):
            while not await self._is_ready():
                await asyncio.sleep(0.1)

    def there(self, *command: str) -> None:
        """Run something in the server's network."""
        assert self.process is not None
        enter = ["nsenter", "--target", str(self.process.pid), "--net"]
        subprocess.run([*enter, *command], check=False, capture_output=True)

    async def watch(self, count: int) -> list[int]:
        """Add that many monitors, of several types, with a webhook for all; returns their ids in order."""
        async with Client(f"http://{SERVER}:{PORT}") as client:
            await client.log_in()
            hook = {
                "type": "webhook", "name": "sink", "webhookURL": f"http://{SINK}:{PORT}/hook",
                "webhookContentType": "json", "isDefault": True,
            }  # fmt: skip
            answer = await client.call("addNotification", hook, None)
            common = {
                "interval": INTERVAL_S, "retryInterval": INTERVAL_S, "timeout": TIMEOUT_S, "maxretries": 0,
                "accepted_statuscodes": ["200-299"], "method": "GET",
                "notificationIDList": {str(answer["id"]): True},
            }  # fmt: skip
            found: list[int] = []
            for number in range(count):
                fields = self._monitor(number)
                added = await client.call("add", {**common, "name": f"m{number}", "conditions": [], **fields})
                assert added["ok"], added
                found.append(added["monitorID"])
            return found

    @staticmethod
    def _monitor(number: int) -> dict[str, Any]:
        match number % 5:
            case 0:
                return {"type": "port", "hostname": TARGETS, "port": PORT}
            case 1:
                return {"type": "ping", "hostname": TARGETS, "ping_count": 1, "ping_per_request_timeout": 2}
            case 2:
                return {"type": "http", "url": f"http://host{number}.domain{number}.test:{PORT}/m/{number}"}
            case _:
                return {"type": "http", "url": f"http://{TARGETS}:{PORT}/m/{number}"}

    # --- trouble -----------------------------------------------------------------------------------------

    async def trouble(self, kind: str, seconds: float) -> None:
        """Break something of ours for a while."""
        self.broken[kind] = time.monotonic()
        self._break(kind)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._mend(kind)
            del self.broken[kind]

    def _break(self, kind: str) -> None:
        if kind == "link":
            run("ip link set kl0 down")
        elif kind == "upstream":
            for address in (ANCHOR, TARGETS):
                hole = f"ip neigh replace {address} lladdr 02:00:00:00:00:99 dev kl1 nud permanent"
                self.there(*hole.split())
        else:
            self.names.mode = kind

    def _mend(self, kind: str) -> None:
        if kind == "link":
            run("ip link set kl0 up")
        elif kind == "upstream":
            for address in (ANCHOR, TARGETS):
                self.there("ip", "neigh", "del", address, "dev", "kl1")
        else:
            self.names.mode = "works"

    # --- what came of it ---------------------------------------------------------------------------------

    def down_events(self) -> list[tuple[int, str]]:
        """Monitor and text of every DOWN that was ever written down."""
        with sqlite3.connect(f"file:{self.folder}/data/kuma-lite.db?mode=ro", uri=True) as database:
            return database.execute(
                "SELECT monitor_id, msg FROM beat_event WHERE status = 0 ORDER BY id"
            ).fetchall()

    async def until_told(self, monitor_id: int, status: int, most: float) -> float:
        """Seconds from now until a message says that of a monitor; `most` where none has come by then."""
        since = time.monotonic()
        while time.monotonic() - since < most:
            if any(
                found.monitor_id == monitor_id and found.status == status and found.at > since
                for found in self.heard
            ):
                return time.monotonic() - since
            await asyncio.sleep(0.2)
        return most

    async def close(self) -> None:
        """Stop the server; the network ends with the process."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(self.process.wait, 20)

    # --- inside ------------------------------------------------------------------------------------------

    def _namespace(self) -> str:
        assert self.process is not None
        try:
            return os.readlink(f"/proc/{self.process.pid}/ns/net")
        except OSError:
            return os.readlink("/proc/self/ns/net")

    async def _until(self, condition: Any, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.02)

    async def _is_ready(self) -> bool:
        try:
            return (await http.request("GET", f"http://{SERVER}:{PORT}/healthz")).status == 200
        except OSError:
            return False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ")[1]
            if path == "/hook":
                length = next(
                    int(line.split(":")[1])
                    for line in head.splitlines()
                    if line.lower().startswith("content-l")
                )
                self._note(json.loads(await reader.readexactly(length)))
            elif path.startswith("/m/") and int(path[3:]) in self.hanging:
                await asyncio.sleep(3600)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # port checks hang up at once, links break, and the end comes while some still hang
        finally:
            writer.close()

    def _note(self, message: dict[str, Any]) -> None:
        beat = message.get("heartbeat") or {}
        found = Heard(
            time.monotonic(), beat.get("monitorID"), beat.get("status", -1), str(message.get("msg"))
        )
        self.heard.append(found)


def lengths(chance: random.Random, least: float, most: float) -> float:
    """Seconds, as many short ones as long ones."""
    return least * (most / least) ** chance.random()
