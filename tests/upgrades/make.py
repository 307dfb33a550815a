"""Have an earlier program make a database, for `tests/upgrades/data`.

    python -m tests.upgrades.make COMMIT

From a clone with history: the program of that commit runs (with the libraries of today), a client sets it up
and fills it as below, and what it leaves behind is packed as `schema-<number>.db.zst`. Only programs that
people had count: within a branch, steps may have come in another order.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from backports.zstd import compress

from tests.benchmarks.process import Served
from tests.requires import ROOT
from tests.support import http
from tests.support.served import PASSWORD, USER
from tests.support.sio import Client, connect

DATA: Final = Path(__file__).parent / "data"
TOKEN: Final = "upgraded0000000000000000000000xx"
PUSHES: Final = 230  # more than two blocks of beats
DOWN: Final = range(120, 130)  # of them


async def fill(url: str) -> None:
    """What a person may have: a bit of everything that every version knows."""
    async with connect(url) as client:
        await client.call("needSetup")
        await expect(client, "setup", USER, PASSWORD)
        await expect(client, "login", {"username": USER, "password": PASSWORD, "token": ""})
        group = (await expect(client, "add", monitor("Group", "group")))["monitorID"]
        pushed = monitor("Pushed", "push", pushToken=TOKEN, parent=group, interval=3600)
        await expect(client, "add", pushed)
        site = monitor("Site", "http", url="https://example.invalid/", active=False, maxretries=3)
        other = (await expect(client, "add", site))["monitorID"]
        await expect(client, "pauseMonitor", other)
        for index in range(PUSHES):
            status = "down" if index in DOWN else "up"
            answer = await http.get(f"{url}/api/push/{TOKEN}?status={status}&ping={index}&msg=m{index % 3}")
            assert answer.json()["ok"], answer.text


async def expect(client: Client, event: str, *arguments: Any) -> Any:
    answer = await client.call(event, *arguments)
    assert answer["ok"], (event, answer)
    return answer


def monitor(name: str, kind: str, **fields: Any) -> dict[str, Any]:
    """As a client of Uptime Kuma sends one."""
    base = {
        "name": name,
        "type": kind,
        "interval": 60,
        "retryInterval": 60,
        "maxretries": 0,
        "resendInterval": 0,
        "timeout": 48,
        "accepted_statuscodes": ["200-299"],
        "notificationIDList": {},
        "conditions": [],
        "method": "GET",
        "active": True,
    }
    return base | fields


def make(commit: str) -> Path:
    """Run it; returns the packed database."""
    with tempfile.TemporaryDirectory() as name:
        folder, tree = Path(name), Path(name) / "tree"
        git = ("git", "-C", str(ROOT), "worktree")
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            served = Served(folder / "data", tree=tree)
            served.wait_ready(60)
            asyncio.run(fill(served.url))
            served.stop()
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)
        with closing(sqlite3.connect(folder / "data" / "kuma-lite.db")) as database:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.execute("VACUUM")
        packed = DATA / f"schema-{version}.db.zst"
        packed.write_bytes(compress((folder / "data" / "kuma-lite.db").read_bytes(), 19))
        return packed


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("commit")
    made = make(parser.parse_args().commit)
    print(json.dumps({"made": str(made.relative_to(ROOT)), "bytes": made.stat().st_size}))
