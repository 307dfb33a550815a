"""The short form of `make kills`: nothing is lost in a few kills, and what is missing is noticed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.campaigns.kills import Campaign


@pytest.mark.timeout(180)
def test_a_few_kills() -> None:
    command = [sys.executable, "-m", "tests.campaigns.kills", "--kills", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 problems" in done.stdout


def test_what_is_missing_is_a_problem(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path, 1, 1)
    campaign.known.names = {1: "kept", 2: "lost", 3: "of old", 4: "unsure"}
    campaign.known.deleted = {5}
    campaign.known.unsure = {4}
    campaign._compare({1: "kept", 3: "older", 5: "back"}, 7)
    assert campaign.problems == [
        "kill 7: monitor 2 is None, not 'lost'",
        "kill 7: monitor 3 is 'older', not 'of old'",
        "kill 7: monitor 5 was deleted and is back",
    ]
