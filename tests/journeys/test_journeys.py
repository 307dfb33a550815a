"""Journeys through the page in a real browser, against a real server (steps: `frontend/journeys/`)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.requires import ROOT, find_program, needs_page, needs_program
from tests.support.served import Server, serving

FRONTEND = ROOT / "frontend"
# In this order, on one server: the first sets it up.
JOURNEYS = [
    "first-run", "log-in", "keyboard", "limits", "form", "settings", "push", "problems",
    "connections", "tags", "api-keys", "servers", "fleet", "many", "phone",
]  # fmt: skip
MONITORS = 5000

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


@pytest.mark.timeout(300)
@pytest.mark.parametrize("journey", JOURNEYS)
def test_journey(server: Server, journey: str) -> None:
    node, chromium = find_program("node"), find_program("chromium")
    assert node is not None
    assert chromium is not None
    command = [node, "journeys/run.mjs", "--url", server.url, "--only", journey]
    command += ["--monitors", str(MONITORS), "--browser", chromium]
    run = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, timeout=280)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Traceback" not in server.text()


def test_every_journey_is_run() -> None:
    text = (FRONTEND / "journeys" / "run.mjs").read_text()
    listed = text.split("const journeys = {")[1].split("};")[0]
    names = [line.strip().split(":")[0].strip('"') for line in listed.splitlines() if "=>" in line]
    assert names == JOURNEYS
