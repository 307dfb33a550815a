"""The short form of `make soak`: the program works, and a server that does little does not grow at once."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.timeout(180)
def test_a_short_soak() -> None:
    options = [
        "--minutes",
        "0.4",
        "--monitors",
        "40",
        "--interval",
        "20",
        "--dashboards",
        "8",
        "--history",
        "100",
    ]
    command = [sys.executable, "-m", "tests.campaigns.soak", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 dashboards cut" in done.stdout
