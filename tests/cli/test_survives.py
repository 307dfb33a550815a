"""What was acknowledged survives `kill -9`, and a status change reaches people in spite of it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.iso_time import iso_exact
from tests.support.served import PASSWORD, USER, Server, Target
from tests.support.sio import Client, connect

TOKEN = "survivor0000000000000000000000000"[:32]
COMMON: dict[str, Any] = {
    "interval": 60,
    "retryInterval": 60,
    "accepted_statuscodes": ["200-299"],
    "conditions": [],
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "data")
    made.start()
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()


@pytest.fixture
def target() -> Iterator[Target]:
    made = Target()
    yield made
    made.stop()


async def log_in(client: Client) -> None:
    await client.wait_for("loginRequired")
    if await client.call("needSetup"):
        await client.call("setup", USER, PASSWORD)
    answer = await client.call("login", {"username": USER, "password": PASSWORD, "token": ""})
    assert answer["ok"]


async def add(client: Client, **fields: Any) -> int:
    answer = await client.call("add", {**COMMON, **fields})
    assert answer["ok"], answer
    found: int = answer["monitorID"]
    return found


def push(server: Server, number: int) -> bool:
    """Whether the server acknowledged."""
    try:
        with urllib.request.urlopen(f"{server.url}/api/push/{TOKEN}?msg=n{number}", timeout=20) as answer:
            return bool(json.load(answer)["ok"])
    except OSError:
        return False


async def test_every_acknowledged_push_is_there_after_a_kill(server: Server) -> None:
    async with connect(server.url) as client:
        await log_in(client)
        monitor = await add(client, type="push", name="push", pushToken=TOKEN)
    acknowledged: list[str] = []
    for round_number in (1, 2, 3):
        began = time.monotonic()
        while time.monotonic() - began < 0.5 or len(acknowledged) <= 10 * round_number:
            number = len(acknowledged)
            if await asyncio.to_thread(push, server, number):
                acknowledged.append(f"n{number}")
        server.kill()
        server.start()
    async with connect(server.url) as client:
        await log_in(client)
        beats = (await client.call("getMonitorBeats", monitor, 1))["data"]
        chart = (await client.call("getMonitorChartData", monitor, 1))["data"]
    assert [beat["msg"] for beat in beats] == acknowledged
    assert sum(bucket["up"] for bucket in chart) == len(acknowledged)


def report(server: Server, token: str, time_ms: int, value: int) -> bool:
    """Whether the server acknowledged a sample."""
    stamp = iso_exact(time_ms)
    body = {
        "agent_version": "1",
        "attributes": {"motherboard_id": "board"},
        "metrics": [{"metric": "cpu_used", "value": value, "timestamp": stamp}],
    }
    request = urllib.request.Request(
        f"{server.url}/api/v1/server_metrics",
        json.dumps(body).encode(),
        {"Authorization": token, "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return bool(answer.status == 201)
    except OSError:
        return False


def command(*arguments: object) -> str:
    """What a command prints that succeeds."""
    line = [sys.executable, "-m", "kuma_lite", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()


async def samples(server: Server, token: str) -> list[float]:
    """All values of the only host."""

    def ask(path: str) -> Any:
        request = urllib.request.Request(f"{server.url}/api/v1/{path}", headers={"Authorization": token})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    (found,) = await asyncio.to_thread(ask, "servers")
    metrics = await asyncio.to_thread(ask, f"servers/{found['uuid']}/metrics?metrics=cpu_used")
    return [point["value"] for point in metrics["metrics"]["cpu_used"]]


async def test_every_acknowledged_sample_is_there_after_a_kill(server: Server) -> None:
    token = command("token", "create", "--name", "x", "--data-dir", server.folder)
    start, sent = int(time.time() * 1000) - 60_000, 0
    for round_number in (1, 2, 3):
        began = time.monotonic()
        while time.monotonic() - began < 0.5 or sent <= 10 * round_number:
            assert await asyncio.to_thread(report, server, token, start + sent, sent)
            sent += 1
        assert list(server.folder.glob("reports-*.journal"))
        server.kill()
        server.start()
    assert await samples(server, token) == list(range(sent))


async def test_a_kill_while_many_report_loses_none_that_was_acknowledged(server: Server) -> None:
    token = command("token", "create", "--name", "x", "--data-dir", server.folder)
    start, numbers, acknowledged = int(time.time() * 1000) - 60_000, count(), list[int]()
    assert report(server, token, start - 1, 0)

    def agent(until: float) -> None:
        while time.monotonic() < until:
            number = next(numbers)
            if report(server, token, start + number, number):
                acknowledged.append(number)

    for seconds in (0.3, 0.45, 0.6):
        agents = [asyncio.to_thread(agent, time.monotonic() + seconds + 0.3) for _ in range(6)]
        running = asyncio.gather(*agents)
        await asyncio.sleep(seconds)
        server.kill()
        await running
        server.start()
    found = set(await samples(server, token))
    assert len(acknowledged) > 20 and set(acknowledged) <= found


async def test_backups_have_what_waits_beside_a_server_and_after_a_kill(
    server: Server, tmp_path: Path
) -> None:
    token = command("token", "create", "--name", "x", "--data-dir", server.folder)
    start = int(time.time() * 1000) - 60_000
    for number in range(10):
        assert await asyncio.to_thread(report, server, token, start + number, number)
    command("backup", tmp_path / "beside.tar.zst", "--data-dir", server.folder)
    command("backup", tmp_path / "beside.db", "--data-dir", server.folder)
    assert await asyncio.to_thread(report, server, token, start + 10, 10)
    server.kill()
    command("token", "list", "--data-dir", server.folder)
    command("backup", tmp_path / "killed.tar.zst", "--data-dir", server.folder)
    assert list(server.folder.glob("reports-*.journal")), "no command takes it away"
    for name, many in (("beside.tar.zst", 10), ("beside.db", 10), ("killed.tar.zst", 11)):
        command("restore", tmp_path / name, "--data-dir", server.folder)
        assert not list(server.folder.glob("reports-*.journal")), "it belongs to what was there before"
        server.start()
        assert await samples(server, token) == list(range(many)), name
        server.kill()


async def test_a_message_that_could_not_be_sent_is_sent_after_a_kill(server: Server, target: Target) -> None:
    target.stop()
    async with connect(server.url) as client:
        await log_in(client)
        hook = {"name": "hook", "type": "webhook", "webhookURL": target.url, "webhookContentType": "json"}
        channel = (await client.call("addNotification", hook, None))["id"]
        await add(
            client, type="manual", name="door", manual_status=0, notificationIDList={str(channel): True}
        )
        await client.wait_for("heartbeat")
    server.kill()
    target.start()
    server.start()
    async with asyncio.timeout(20):
        while not target.requests:
            await asyncio.sleep(0.1)
    message = json.loads(target.requests[0][2])
    assert message["msg"] == "[door] [🔴 Down] Down"
    assert message["monitor"]["name"] == "door"


async def test_status_and_settings_go_on_where_they_were(server: Server, target: Target) -> None:
    async with connect(server.url) as client:
        await log_in(client)
        await client.call("setSettings", {"primaryBaseURL": "https://kuma.example"}, "")
        monitor = await add(client, type="http", name="web", url=target.url)
        await client.wait_for("heartbeat")
    server.kill()
    server.start()
    async with connect(server.url) as client:
        await log_in(client)
        assert (await client.call("getSettings"))["data"]["primaryBaseURL"] == "https://kuma.example"
        beats = (await client.call("getMonitorBeats", monitor, 1))["data"]
        assert [beat["status"] for beat in beats][:1] == [1]
        assert (await client.call("getMonitor", monitor))["monitor"]["url"] == target.url
