"""The one process: what stands when it listens, what is left when it stops, and what when it cannot start."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from kuma_lite.appliance.build import Appliance
from kuma_lite.beats.recorder import Recorder
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config
from kuma_lite.core.errors import StartupError
from kuma_lite.core.limits import SHUTDOWN_S
from tests.support import http
from tests.support.appliance import Running, add_monitor, running
from tests.support.ports import free_port, held_port

TOKEN = "appliance00000000000000000000000"


def appliance_on(folder: Path, port: int) -> Appliance:
    return Appliance(Config(port=port, data_dir=folder), SystemClock())


async def push(server: Running, message: str) -> None:
    pushed = await http.get(f"{server.url}/api/push/{TOKEN}?msg={message}")
    assert pushed.json() == {"ok": True}


def stored_messages(folder: Path) -> list[str]:
    """Texts of the changes of state on the disk."""
    with sqlite3.connect(folder / "kuma-lite.db") as database:
        return [msg for (msg,) in database.execute("SELECT msg FROM beat_event ORDER BY id")]


async def test_everything_stands_when_it_listens(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        health = await http.get(f"{server.url}/healthz")
        assert health.status == 200
        assert (await http.get(f"{server.url}/metrics")).status == 401, "closed, but there"
        async with server.logged_in() as client:
            assert {"monitorList", "maintenanceList", "proxyList", "statusPageList"} <= set(client.names())


async def test_what_was_answered_is_on_the_disk_after_the_stop(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        async with server.logged_in() as client:
            await add_monitor(client, type="push", pushToken=TOKEN)
        await push(server, "up")
        pushed = await http.get(f"{server.url}/api/push/{TOKEN}?status=down&msg=last")
        assert pushed.json() == {"ok": True}
    assert stored_messages(tmp_path)[-1] == "last"


async def test_clients_are_told_of_the_stop(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        await server.appliance.stop()
        await asyncio.wait_for(client.disconnected.wait(), 10)


async def test_a_stop_does_not_wait_for_a_check_under_way(tmp_path: Path) -> None:
    asked, hanging = asyncio.Event(), asyncio.Event()

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await hanging.wait()
        writer.close()

    target = await asyncio.start_server(never, "127.0.0.1", 0)
    port = target.sockets[0].getsockname()[1]
    async with running(tmp_path) as server, server.logged_in() as client:
        await add_monitor(client, url=f"http://127.0.0.1:{port}/", timeout=600)
        await asyncio.wait_for(asked.wait(), 20)
        async with asyncio.timeout(SHUTDOWN_S + 10):
            await server.appliance.stop()
    hanging.set()
    target.close()
    assert stored_messages(tmp_path) == [], "a check that we cut off says nothing of its target"


async def test_the_same_folder_again_and_again(tmp_path: Path) -> None:
    for _ in range(3):
        async with running(tmp_path) as server:
            assert (await http.get(f"{server.url}/healthz")).status == 200


async def test_stopping_what_never_started_or_twice_is_harmless(tmp_path: Path) -> None:
    appliance = appliance_on(tmp_path, free_port())
    await appliance.stop()
    await appliance.start()
    await appliance.stop()
    await appliance.stop()


async def test_a_port_in_use_is_one_sentence_and_leaves_the_folder_free(tmp_path: Path) -> None:
    async with running(tmp_path / "other") as other:
        assert other.appliance.web is not None
        port = other.appliance.web.port
        appliance = appliance_on(tmp_path / "data", port)
        with pytest.raises(StartupError, match=str(port)):
            await appliance.start()
        await appliance.stop()
        assert (await http.get(f"{other.url}/healthz")).status == 200
    async with running(tmp_path / "data") as server:
        assert (await http.get(f"{server.url}/healthz")).status == 200


async def test_a_part_that_fails_at_the_start_closes_what_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: Recorder) -> None:
        raise RuntimeError("history cannot be read")

    with held_port() as port:
        with monkeypatch.context() as trouble:
            trouble.setattr(Recorder, "load", broken)
            appliance = appliance_on(tmp_path, port)
            with pytest.raises(RuntimeError, match="history"):
                await appliance.start()
            await appliance.stop()
        with pytest.raises(OSError, match=r"refused|Connect"):
            await http.get(f"http://127.0.0.1:{port}/healthz")
    async with running(tmp_path) as server, server.logged_in():
        pass
