"""Litestream beside a running server: what was acknowledged is restored, also when both were killed."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kuma_lite.core.limits import DATABASE_FILE
from tests.requires import find_program, needs_program
from tests.status_pages.appliance import LEAST
from tests.support import http
from tests.support.appliance import CREDENTIALS, add_monitor
from tests.support.served import PASSWORD, USER, serving
from tests.support.sio import connect

PROGRAM = "litestream"
SAVES, LARGE = 60, 200_000  # more log than ours lets grow before it takes it in (8 MB)
THEIRS = "    checkpoint-interval: 1s\n"
OURS = "    checkpoint-interval: 1h\n    min-checkpoint-page-count: 1000000\n"
pytestmark = [needs_program(PROGRAM), pytest.mark.timeout(240)]


@contextmanager
def replicating(database: Path, replica: Path, settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Beside the server, as docs/backup.md says, but without waiting a second between two looks."""
    config = replica.with_suffix(".yml")
    config.write_text(
        f"dbs:\n  - path: {database}\n    monitor-interval: 100ms\n{settings}"
        f"    replica:\n      url: file://{replica}\n      sync-interval: 100ms\n"
    )
    with replica.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            [str(find_program(PROGRAM)), "replicate", "-config", str(config)], stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def restore(replica: Path, target: Path) -> None:
    made = subprocess.run(
        [str(find_program(PROGRAM)), "restore", "-o", str(target), f"file://{replica}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr


def content(database: Path) -> list[str]:
    """Every row of every table but Litestream's own."""
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [line for line in connection.iterdump() if "_litestream_" not in line]


@pytest.mark.parametrize("settings", [OURS, THEIRS], ids=["our checkpoints", "their checkpoints"])
async def test_both_are_killed_and_nothing_is_lost(tmp_path: Path, settings: str) -> None:
    database, replica, back = tmp_path / "data" / DATABASE_FILE, tmp_path / "replica", tmp_path / "back"
    with serving(tmp_path / "data") as server:
        async with connect(server.url) as client:
            assert (await client.call("setup", USER, PASSWORD))["ok"] is True
            assert (await client.call("login", CREDENTIALS))["ok"] is True
            await add_monitor(client, type="push", name="front", pushToken="front")
            await client.call("addStatusPage", "Shop", "shop")
            before = database.stat().st_size
            with replicating(database, replica, settings) as process:
                for number in range(SAVES):
                    css = f"/* {number} {'x' * LARGE} */"
                    config = {"slug": "shop", "title": "Shop", "theme": "auto", **LEAST, "customCSS": css}
                    assert (await client.call("saveStatusPage", "shop", config, "/icon.svg", []))["ok"]
                    answer = await http.get(f"{server.url}/api/push/front?ping={number}")
                    assert answer.json() == {"ok": True}
                assert database.stat().st_size > before + LARGE, "the log has been taken in meanwhile"
                server.kill()
                await asyncio.sleep(2)  # it copies what is in the log
                assert process.poll() is None
    back.mkdir()
    restore(replica, back / DATABASE_FILE)
    assert content(back / DATABASE_FILE) == content(database)
    with serving(back):
        pass
