"""Backups by plan and by hand, as an owner sees them on the page."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.backups import archive
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.kept_secrets import KEEP
from tests.support import http
from tests.support.appliance import CREDENTIALS, Running, running

PASSWORD = CREDENTIALS["password"]
DAILY = {"every": "day", "hour": 3, "keep": {"hour": 0, "day": 2, "week": 0, "month": 0}}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def server(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Running]:
    async with running(tmp_path / "data", clock=clock) as started, started.logged_in():
        yield started


def keeper(server: Running) -> Any:
    return server.appliance._helpers.backups


async def test_by_plan_they_come_and_go(server: Running, clock: ManualClock, tmp_path: Path) -> None:
    async with server.logged_in("/page") as page:
        assert (await page.call("backups"))["backups"] == []
        await keeper(server).look()
        assert (await page.call("backups"))["backups"] == [], "without a plan there is none"
        assert (await page.call("saveBackupPlan", DAILY))["plan"]["every"] == "day"
        made = []
        for _ in range(4):
            await keeper(server).look()
            await keeper(server).look()
            told = await page.call("backups")
            made.append(told["backups"][0]["name"])
            clock.advance(24 * 3600)
        assert len(set(made)) == 4
        assert [each["name"] for each in told["backups"]] == [made[3], made[2]]
        assert told["place"] == str(tmp_path / "data/backups")
        assert (told["problem"], told["working"]) == ("", False)
        assert archive.read(Path(told["place"]) / made[3]).rows["user"] == 1


async def test_one_that_fails_is_told_and_tried_again(
    server: Running, clock: ManualClock, tmp_path: Path
) -> None:
    place = tmp_path / "elsewhere"
    async with server.logged_in("/page") as page:
        await page.call("saveBackupPlan", {**DAILY, "folder": str(place)})
        shutil.rmtree(place)
        place.write_text("a file")
        await keeper(server).look()
        problem = server.appliance._helpers.backup_problem()
        assert problem is not None
        assert f"The folder {place} cannot be written" in problem.sentence
        place.unlink()
        await keeper(server).look()
        assert not place.exists(), "not before a quarter of an hour is over"
        clock.advance(901)
        await keeper(server).look()
        assert server.appliance._helpers.backup_problem() is None
        assert len((await page.call("backups"))["backups"]) == 1


async def test_a_passphrase_stays_on_the_server(server: Running) -> None:
    async with server.logged_in("/page") as page:
        told = await page.call("saveBackupPlan", {**DAILY, "passphrase": "correct horse"})
        assert told["plan"]["passphrase"] == KEEP
        assert (await page.call("saveBackupPlan", {**told["plan"], "hour": 4}))["ok"] is True
        made = await page.call("makeBackup")
        assert made["name"].endswith(".tar.zst.age")
        assert archive.read(Path(made["place"]) / made["name"], "correct horse").rows["user"] == 1


async def test_a_backup_is_downloaded_once_with_the_password(server: Running) -> None:
    async with server.logged_in("/page") as page:
        name = (await page.call("makeBackup"))["name"]
        assert (await page.call("downloadBackup", name, "no"))["ok"] is False
        assert (await page.call("downloadBackup", "../kuma-lite.db", PASSWORD))["ok"] is False
        path = (await page.call("downloadBackup", name, PASSWORD))["path"]
        answer = await http.get(f"{server.url}/{path}")
        assert (answer.status, answer.headers["content-disposition"]) == (
            200,
            f'attachment; filename="{name}"',
        )
        assert len(answer.body) == int(answer.headers["content-length"])
        assert (await http.get(f"{server.url}/{path}")).status == 403
        assert (await page.call("deleteBackup", name))["backups"] == []


async def test_what_is_put_back_is_there_after_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with running(folder) as server, server.logged_in("/page") as page:
        name = (await page.call("makeBackup"))["name"]
        await page.call("setSettings", {"primaryBaseURL": "https://later.example"}, PASSWORD)
        assert (await page.call("restoreBackup", name, "", "no"))["ok"] is False
        assert not server.appliance.restart.is_set()
        assert (await page.call("restoreBackup", name, "", PASSWORD))["ok"] is True
        await asyncio.wait_for(server.appliance.restart.wait(), 5)
    async with running(folder) as server:
        assert server.appliance._ground.settings.primary_base_url() == ""
    [aside] = folder.glob("before-restore-*")
    with sqlite3.connect(aside / "kuma-lite.db") as connection:
        rows = connection.execute("SELECT value FROM setting WHERE key = 'primaryBaseURL'").fetchall()
    assert "later.example" in rows[0][0]
    assert (folder / "backups" / name).exists()


async def test_a_damaged_one_changes_nothing(server: Running, tmp_path: Path) -> None:
    async with server.logged_in("/page") as page:
        made = await page.call("makeBackup")
        path = Path(made["place"]) / made["name"]
        path.write_bytes(path.read_bytes()[:-30])
        refused = await page.call("restoreBackup", made["name"], "", PASSWORD)
        assert refused["ok"] is False
        assert not list((tmp_path / "data").glob("restore-*"))
        assert not server.appliance.restart.is_set()


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (None, "is an object"),
        ({"every": "minute"}, "every"),
        ({"every": "day", "hour": 24}, "0 to 23"),
        ({"every": "day", "hour": True}, "0 to 23"),
        ({"every": "day", "keep": {"day": -1}}, "daily"),
        ({"every": "day", "keep": {"hour": 0, "day": 0, "week": 0, "month": 0}}, "At least one"),
        ({"every": "day", "folder": 3}, "path"),
        ({"every": "day", "folder": "/proc/nowhere"}, "cannot be written"),
        ({"every": "day", "passphrase": 3}, "passphrase"),
        ({"every": "day", "withKeys": "yes"}, "withKeys"),
    ],
)
async def test_a_plan_that_cannot_be(server: Running, plan: object, says: str) -> None:
    async with server.logged_in("/page") as page:
        refused = await page.call("saveBackupPlan", plan)
        assert refused["ok"] is False
        assert says in refused["msg"]
        assert (await page.call("backups"))["plan"]["every"] == ""
