"""Is anything lost that was acknowledged when the power goes? `make kills`

    python -m tests.campaigns.kills [--kills 300] [--seed 1]

A server under load is killed (SIGKILL) at random moments, some of them during its start, and started again
on what it left. While it runs, clients add, edit and delete monitors and push beats, and monitors of a target
that comes and goes tell a webhook. After each start: every monitor whose add or edit was acknowledged is
there with its latest name, a deleted one is not, every acknowledged push is a beat, and the file is whole. At
the end: every change of state that clients were shown is recorded, and each that people are to be told
arrived at the webhook. Ends with 1 when anything is missing. A message may arrive twice: it is at least once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.client import Client
from tests.benchmarks.process import Served

WATCHED = 40  # monitors that beat every second
PUSHED = 3
EDITORS = 2
SETTLE_S = 10.0  # without a message, then none is on its way any more
KILLED_IN_START = 0.15  # of all starts
MOST_ADDED = 80  # then the oldest are deleted, so that a start stays as long as it is
UP, DOWN = 1, 0


@dataclass
class Acknowledged:
    """What the server has said it has, and what nobody can know because it died before it answered."""

    names: dict[int, str] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    unsure: set[int] = field(default_factory=set)
    pushes: list[tuple[int, str]] = field(default_factory=list)
    shown: set[tuple[int, str, int]] = field(default_factory=set)  # monitor, time, status
    counts: Counter[str] = field(default_factory=Counter)


class Outside:
    """A target that comes and goes, and a webhook that keeps what it was told."""

    def __init__(self) -> None:
        self.told: Counter[tuple[int, str, int]] = Counter()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path, _ = head.split(" ", 2)
            status = "200 OK"
            if method == "POST":
                length = int(head.lower().split("content-length:")[1].split("\r\n")[0])
                self._hear(json.loads(await reader.readexactly(length)))
            else:
                number = int(path.rpartition("/")[2])
                if int(time.monotonic() / (2 + number % 7) + number) % 3 == 0:
                    status = "500 No"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()

    def _hear(self, message: dict[str, Any]) -> None:
        beat = message.get("heartbeat") or {}
        self.told[(beat.get("monitorID"), beat.get("time"), beat.get("status"))] += 1


class Campaign:
    """One series of kills."""

    def __init__(self, folder: Path, kills: int, seed: int) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self.copy = folder / "copy"
        self.kills = kills
        self.random = random.Random(seed)
        self.known = Acknowledged()
        self.outside = Outside()
        self.problems: list[str] = []
        self.starts: list[float] = []
        self.token = ""
        self.notification = 0
        self.pushed: list[tuple[int, str]] = []
        self.first_added = 0

    async def run(self) -> int:
        await self.outside.start()
        server = await self._started()
        await self._set_up(server)
        for number in range(1, self.kills + 1):
            await self._life(server, number)
            self._look_at_file(number)
            if self.random.random() < KILLED_IN_START:
                server = Served(self.data)
                await asyncio.sleep(self.random.uniform(0.02, 0.5))
                _kill(server)
                self.known.counts["killed in start"] += 1
            server = await self._started()
            await self._verify(server, number)
            if number % 25 == 0:
                print(
                    f"{number:4d} kills  {dict(self.known.counts)}  {len(self.problems)} problems", flush=True
                )
        return await self._conclude(server)

    async def _started(self) -> Served:
        server = Served(self.data)
        self.starts.append(await asyncio.to_thread(server.wait_ready))
        return server

    def _target(self, number: int) -> dict[str, Any]:
        return {
            "type": "http",
            "url": f"http://127.0.0.1:{self.outside.port}/{number}",
            "interval": 1,
            "retryInterval": 1,
            "maxretries": number % 2,
            "timeout": 1,
            "accepted_statuscodes": ["200-299"],
            "conditions": [],
            "notificationIDList": {str(self.notification): True},
        }

    async def _set_up(self, server: Served) -> None:
        async with Client(server.url) as client:
            await client.log_in()
            self.token = client.token
            hook = {
                "type": "webhook",
                "name": "sink",
                "webhookURL": f"http://127.0.0.1:{self.outside.port}/hook",
                "webhookContentType": "json",
            }
            self.notification = (await client.call("addNotification", hook, None))["id"]
            for number in range(WATCHED):
                answer = await client.call("add", {**self._target(number), "name": f"watched {number}"})
                self.known.names[answer["monitorID"]] = f"watched {number}"
            for number in range(PUSHED):
                token, name = f"token{number:027d}", f"pushed {number}"
                kept = {
                    "type": "push",
                    "interval": 60,
                    "retryInterval": 60,
                    "accepted_statuscodes": [],
                    "conditions": [],
                }
                answer = await client.call("add", {**kept, "pushToken": token, "name": name})
                self.known.names[answer["monitorID"]] = name
                self.pushed.append((answer["monitorID"], token))
        self.first_added = max(self.known.names) + 1

    # --- one life of the server --------------------------------------------------------------------------

    async def _life(self, server: Served, number: int) -> None:
        clients = [asyncio.create_task(self._edit(server, number, place)) for place in range(EDITORS)]
        clients += [asyncio.create_task(self._push(server, number, *each)) for each in self.pushed]
        await asyncio.sleep(self.random.uniform(0.3, 2.0))
        _kill(server)
        _, pending = await asyncio.wait(clients, timeout=0.3)  # their calls are never answered
        for task in pending:
            task.cancel()

    async def _edit(self, server: Served, number: int, place: int) -> None:
        known, client = self.known, Client(server.url)
        client.sio.on("heartbeat", self._shown)
        with suppress(Exception):  # it is killed under our hands
            async with client:
                assert (await client.call("loginByToken", self.token))["ok"]
                for turn in range(10_000):
                    mine = [
                        each
                        for each in known.names
                        if each >= self.first_added and each % EDITORS == place and each not in known.unsure
                    ]
                    name, choice = f"{number}.{place}.{turn}", self.random.random()
                    monitor = {**self._target(turn), "name": name}
                    if not mine or (choice < 0.4 and len(mine) < MOST_ADDED // EDITORS):
                        answer = await client.call("add", monitor, timeout=5)
                        known.names[answer["monitorID"]] = name
                        known.counts["added"] += 1
                        continue
                    one = self.random.choice(mine)
                    known.unsure.add(one)
                    if choice < 0.8:
                        assert (await client.call("editMonitor", {**monitor, "id": one}, timeout=5))["ok"]
                        known.names[one] = name
                        known.counts["edited"] += 1
                    else:
                        assert (await client.call("deleteMonitor", one, timeout=5))["ok"]
                        del known.names[one]
                        known.deleted.add(one)
                        known.counts["deleted"] += 1
                    known.unsure.discard(one)

    def _shown(self, beat: dict[str, Any]) -> None:
        if beat.get("important"):
            self.known.shown.add((beat["monitorID"], beat["time"], beat["status"]))

    async def _push(self, server: Served, number: int, monitor_id: int, token: str) -> None:
        for turn in range(10_000):
            text = f"push-{number}-{turn}"
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                path = f"/api/push/{token}?status={self.random.choice(('up', 'down'))}&msg={text}&ping=5"
                writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                answer = await reader.read()
                writer.close()
            except OSError:
                return
            if not answer:
                return
            if b'"ok":true' in answer:
                self.known.pushes.append((monitor_id, text))
                self.known.counts["pushed"] += 1
            await asyncio.sleep(0.02)

    # --- after it ----------------------------------------------------------------------------------------

    def _open_copy(self) -> sqlite3.Connection:
        shutil.rmtree(self.copy, ignore_errors=True)
        self.copy.mkdir()
        for path in self.data.glob("*.db*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, self.copy)
        return sqlite3.connect(self.copy / "kuma-lite.db")

    def _there(self) -> list[int]:
        connection = self._open_copy()
        found = [number for (number,) in connection.execute("SELECT id FROM monitor")]
        connection.close()
        return found

    def _look_at_file(self, number: int) -> None:
        connection = self._open_copy()
        whole = connection.execute("PRAGMA integrity_check").fetchall()
        strays = connection.execute("PRAGMA foreign_key_check").fetchall()
        connection.close()
        if whole != [("ok",)] or strays:
            self.problems.append(f"kill {number}: the file is not whole: {whole[:3]} {strays[:3]}")

    async def _verify(self, server: Served, number: int) -> None:
        client, lists = Client(server.url), list[dict[str, Any]]()
        client.sio.on("monitorList", lists.append)
        async with client:
            assert (await client.call("loginByToken", self.token))["ok"]
            self._compare({int(key): entry["name"] for key, entry in lists[-1].items()}, number)
            await self._look_for_pushes(client, number)

    def _compare(self, found: dict[int, str], number: int) -> None:
        known = self.known
        for one in known.unsure:  # both is right: it was not acknowledged
            if one in found:
                known.names[one] = found[one]
            elif known.names.pop(one, None):
                known.deleted.add(one)
        known.unsure.clear()
        for one, name in known.names.items():
            if found.get(one) != name:
                self.problems.append(f"kill {number}: monitor {one} is {found.get(one)!r}, not {name!r}")
        for one in known.deleted & found.keys():
            self.problems.append(f"kill {number}: monitor {one} was deleted and is back")

    async def _look_for_pushes(self, client: Client, number: int) -> None:
        for monitor_id, _ in self.pushed:
            wanted = {text for one, text in self.known.pushes if one == monitor_id}
            if wanted:
                beats = (await client.call("getMonitorBeats", monitor_id, 1))["data"]
                lost = wanted - {beat["msg"] for beat in beats}
                self.problems += [f"kill {number}: {text} to monitor {monitor_id} is lost" for text in lost]
        self.known.pushes.clear()

    async def _conclude(self, server: Served) -> int:
        """Stop, and compare what was shown and told with what is recorded."""
        async with Client(server.url) as client:
            assert (await client.call("loginByToken", self.token))["ok"]
            for one in self._there():  # those whose addition nobody knows of as well
                await client.call("pauseMonitor", one)
            heard = -1
            while heard != (heard := self.outside.told.total()):
                await asyncio.sleep(SETTLE_S)
        await asyncio.to_thread(server.stop)
        connection = self._open_copy()
        rows = connection.execute("SELECT monitor_id, time, status FROM beat_event ORDER BY id").fetchall()
        connection.close()
        events = [(one, _wire_time(moment), status) for one, moment, status in rows]
        shown = {each for each in self.known.shown if each[0] in self.known.names}
        self.problems += [f"shown and not recorded: {each}" for each in shown - set(events)]
        told, untold = 0, 0
        seen: set[int] = set()
        for event in events:
            first_up = event[0] not in seen and event[2] == UP
            seen.add(event[0])
            if event[0] > self.first_added or event[2] not in (UP, DOWN) or first_up:
                continue  # monitors added on the way may have been deleted with their messages
            told += self.outside.told[event] > 0
            untold += self.outside.told[event] == 0
            if self.outside.told[event] == 0 and event[0] not in {each for each, _ in self.pushed}:
                self.problems.append(f"recorded and not told: {event}")
        twice = sum(count > 1 for count in self.outside.told.values())
        starts = sorted(self.starts)
        print(
            f"{self.kills} kills, {dict(self.known.counts)}; {len(shown)} changes shown, {told} told "
            f"({twice} of them twice); ready after {starts[len(starts) // 2]:.2f} s (median), "
            f"{starts[-1]:.2f} s at most; {len(self.problems)} problems"
        )
        for problem in self.problems[:20]:
            print(" ", problem)
        return 1 if self.problems else 0


def _wire_time(milliseconds: int) -> str:
    whole = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(milliseconds // 1000))
    return f"{whole}.{milliseconds % 1000:03d}"


def _kill(server: Served) -> None:
    server.process.kill()
    server.process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(Campaign(Path(folder), arguments.kills, arguments.seed).run())


if __name__ == "__main__":
    sys.exit(main())
