"""Journeys through the page in a real browser, against a real server (steps: `frontend/journeys/`)."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.requires import ROOT, find_program, needs_page, needs_program
from tests.support.served import Server, serving

FRONTEND = ROOT / "frontend"
# In this order, on one server: the first sets it up.
JOURNEYS = [
    "first-run", "log-in", "keyboard", "keys", "in-step", "offline", "limits", "form", "settings", "history",
    "deliveries", "push",
    "security", "system", "problems", "connections", "tags", "api-keys", "servers", "fleet",
    "maintenance", "visitor", "subscribe", "pages", "bulk", "many", "phone", "languages",
]  # fmt: skip
MONITORS = 5000
KUMA = ROOT / "tests/importing/data/kuma-2.5.3/kuma.db"

pytestmark = [
    pytest.mark.browser,
    needs_program("chromium", "node"),
    needs_page(),
    pytest.mark.skipif(not (FRONTEND / "node_modules").is_dir(), reason="the page's tools are not installed"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("journeys") / "data") as running:
        yield running


def travel(server: Server, journey: str, **environment: str) -> None:
    """One journey; fails with what it says."""
    node, chromium = find_program("node"), find_program("chromium")
    assert node is not None
    assert chromium is not None
    command = [node, "journeys/run.mjs", "--url", server.url, "--only", journey]
    command += ["--monitors", str(MONITORS), "--browser", chromium]
    run = subprocess.run(
        command, cwd=FRONTEND, capture_output=True, text=True, timeout=280, env={**os.environ, **environment}
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Traceback" not in server.text()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("journey", JOURNEYS)
def test_journey(server: Server, journey: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    travel(server, journey, BACKUP_TO=str(backup))
    assert backup.exists() == (journey == "system")
    if backup.exists():
        with sqlite3.connect(backup) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute('SELECT username FROM "user"').fetchone() == ("admin",)


@pytest.mark.timeout(300)
def test_import_by_upload(tmp_path: Path) -> None:
    """On a server of its own, which starts again with what was imported."""
    with serving(tmp_path / "data") as server:
        kuma = {"KUMA_FILE": str(KUMA), "KUMA_USER": "admin", "KUMA_PASSWORD": "Secret-1234"}
        travel(server, "import", **kuma)
        assert "Starting again" in server.text()
    assert (tmp_path / "data/kuma-lite-before-import.db").is_file()


@pytest.mark.timeout(300)
def test_what_a_file_owns(tmp_path: Path) -> None:
    """The page warns, and what was changed there all the same is put back."""
    file = tmp_path / "shop.yaml"
    file.write_text(
        "notifications:\n  On call: {type: webhook, address: 'http://127.0.0.1:1/', shape: json}\n"
        "monitors:\n  Front page: {type: http, url: 'http://127.0.0.1:1/', interval: 3600}\n"
    )
    with serving(tmp_path / "data", "--config", str(file)) as server:
        travel(server, "managed", MANAGED_BY=file.name)

        def urls() -> dict[str, str]:
            with sqlite3.connect(tmp_path / "data" / "kuma-lite.db") as database:
                return dict(database.execute("SELECT name, json_extract(document, '$.url') FROM monitor"))

        assert urls() == {"Front page": "http://127.0.0.1:1/changed", "Own": None}
        assert server.process is not None
        server.process.send_signal(signal.SIGHUP)
        while urls()["Front page"] != "http://127.0.0.1:1/":  # until the test's time is over
            assert server.process.poll() is None, server.text()
            time.sleep(0.05)
        assert "Own" in urls()


@pytest.mark.timeout(300)
def test_a_configuration_file(tmp_path: Path) -> None:
    """On a server of its own: a file of another program is taken over."""
    with serving(tmp_path / "data") as server:
        travel(server, "config-file", FOREIGN_FILE=str(ROOT / "tests/foreign/data/gatus.yaml"))


def test_every_journey_is_run() -> None:
    text = (FRONTEND / "journeys" / "run.mjs").read_text()
    listed = text.split("const journeys = {")[1].split("};")[0]
    names = [line.strip().split(":")[0].strip('"') for line in listed.splitlines() if "=>" in line]
    assert names == JOURNEYS
