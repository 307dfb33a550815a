"""About the program, and the backup that a browser downloads."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuma_lite import __version__
from kuma_lite.core.clock import ManualClock
from kuma_lite.tools import backup
from kuma_lite.tools.backup import TICKET_S
from tests.support import http
from tests.support.appliance import CREDENTIALS, Running, running

PASSWORD = CREDENTIALS["password"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def server(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Running]:
    async with running(tmp_path / "data", clock=clock) as started, started.logged_in():
        yield started


async def test_about(server: Running, clock: ManualClock) -> None:
    async with server.logged_in("/page") as page:
        clock.advance(90)
        told = await page.call("about")
        assert told["version"] == __version__
        assert told["uptime"] >= 90
        assert told["cpu"] > 0
        assert told["memory"] > 10_000_000
        assert told["databaseBytes"] == server.appliance._ground.folder.database.stat().st_size
        assert (told["monitors"], told["beats"]) == (0, 0)
        libraries = (await page.call("licences"))["libraries"]
        assert ["server", "litestar", "MIT"] in libraries
        assert ["page", "vue", "MIT"] in libraries


async def test_a_backup_is_a_database_with_everything_in_it(server: Running, tmp_path: Path) -> None:
    async with server.logged_in("/page") as page:
        prepared = await page.call("prepareBackup", PASSWORD)
        answer = await http.get(f"{server.url}/{prepared['path']}")
        assert answer.status == 200
        assert answer.headers["content-disposition"] == 'attachment; filename="kuma-lite-2027-01-15.db"'
        assert answer.headers["cache-control"] == "no-store"
        assert len(answer.body) == int(answer.headers["content-length"])
        again = await http.get(f"{server.url}/{prepared['path']}")
        assert (again.status, "SQLite" in again.text) == (403, False), "an address works once"
    copy = tmp_path / "copy.db"
    copy.write_bytes(answer.body)
    with sqlite3.connect(copy) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute('SELECT username FROM "user"').fetchall() == [("admin",)]
    assert list((tmp_path / "data").glob("download-*")) == []


async def test_nobody_gets_one_without_the_password(server: Running, clock: ManualClock) -> None:
    async with server.logged_in("/page") as page:
        for wrong in ("no", None, {}):
            assert (await page.call("prepareBackup", wrong))["ok"] is False
        for guess in ("", "?ticket=", "?ticket=x"):
            assert (await http.get(f"{server.url}/api/v1/backup{guess}")).status in (400, 403, 422)
        late = await page.call("prepareBackup", PASSWORD)
        clock.advance(TICKET_S + 1)
        assert (await http.get(f"{server.url}/{late['path']}")).status == 403


async def test_where_nobody_logs_in_there_is_no_password_to_ask_for(server: Running) -> None:
    async with server.logged_in("/page") as page:
        assert (await page.call("setSettings", {"disableAuth": True}, PASSWORD))["ok"] is True
        prepared = await page.call("prepareBackup", "")
        assert (await http.get(f"{server.url}/{prepared['path']}")).status == 200


async def test_a_full_disk_is_said(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "ROOM", 1e12)
    async with server.logged_in("/page") as page:
        prepared = await page.call("prepareBackup", PASSWORD)
        answer = await http.get(f"{server.url}/{prepared['path']}")
        assert (answer.status, "free space" in answer.text) == (507, True)


async def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    left = tmp_path / "data/download-0011"
    left.write_bytes(b"half")
    async with running(tmp_path / "data"):
        assert not left.exists()
