"""Whatever an earlier program left behind, the newest one goes on with it, also when the start is killed."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from backports.zstd import decompress

from kuma_lite.core.clock import ManualClock
from kuma_lite.core.migrations import discover
from tests.benchmarks.process import Served
from tests.support import http
from tests.support.appliance import running
from tests.upgrades.make import DATA, DOWN, PUSHES, TOKEN

FILES = sorted(DATA.glob("schema-*.db.zst"), key=lambda path: int(re.sub(r"\D", "", path.name)))
NEWEST = discover()[-1].number


def unpacked(packed: Path, folder: Path) -> int:
    """A data folder with the database; returns its version."""
    folder.mkdir(mode=0o700)
    database = folder / "kuma-lite.db"
    database.write_bytes(decompress(packed.read_bytes()))
    database.chmod(0o600)
    return version_of(database)


def version_of(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def names(monitors: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {monitor["name"]: monitor for monitor in monitors.values()}


@pytest.mark.parametrize("packed", FILES, ids=lambda path: path.name.removesuffix(".db.zst"))
async def test_everything_is_there_afterwards(packed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    version = unpacked(packed, folder)
    async with running(folder, clock=ManualClock(time.time())) as server:
        recorder = server.appliance.monitoring.recorder
        pushed = server.appliance.monitoring.roster.by_push_token(TOKEN)
        assert pushed is not None
        last = recorder.last(pushed.id)
        assert last is not None
        assert last.msg == f"m{(PUSHES - 1) % 3}"
        assert last.ping == PUSHES - 1
        totals = recorder.statistics(pushed.id).totals("720", last.end_time / 1000)
        assert (totals.up, totals.down) == (PUSHES - len(DOWN), len(DOWN))
        async with server.logged_in() as client:
            (listed,) = await client.wait_for("monitorList")
            found = names(listed)
            assert set(found) == {"Group", "Pushed", "Site"}
            assert found["Pushed"]["parent"] == found["Group"]["id"]
            assert found["Site"]["url"] == "https://example.invalid/"
            assert found["Site"]["maxretries"] == 3
            assert not found["Site"]["active"]
            answer = await http.get(f"{server.url}/api/push/{TOKEN}?status=up&msg=later")
            assert answer.json() == {"ok": True}
            events = await client.call("monitorImportantHeartbeatListCount", pushed.id)
            assert events["count"] >= 3  # up, down, up
    assert version_of(folder / "kuma-lite.db") == NEWEST
    copies = sorted(path.name for path in folder.glob("backups/*.db"))
    assert copies == ([] if version == NEWEST else [f"before-update-from-schema-{version}.db"])


def test_a_start_that_is_killed_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    unpacked(FILES[0], folder)
    for pause in (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        server = Served(folder)
        time.sleep(pause)
        server.process.kill()
        server.process.wait()
    server = Served(folder)
    server.wait_ready(60)
    server.stop()
    assert version_of(folder / "kuma-lite.db") == NEWEST
    whole = tmp_path / "whole"
    unpacked(FILES[0], whole)
    again = Served(whole)
    again.wait_ready(60)
    again.stop()
    assert counted(folder) == counted(whole)


def counted(folder: Path) -> dict[str, int]:
    """Rows of the tables that only a client fills."""
    with closing(sqlite3.connect(folder / "kuma-lite.db")) as connection:
        return {
            name: connection.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]
            for name in ("monitor", "user", "setting", "notification", "beat_mark")
        }


def test_the_oldest_is_the_first_that_people_had() -> None:
    assert len(FILES) >= 5
    assert FILES[0].name == "schema-20.db.zst"
