"""The three PyPI clients make a full round against our server: they must notice nothing."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import Any

import pytest

from tests.clients.reports import ROUND_S, run_round
from tests.clients.steps import STEPS
from tests.requires import ROOT
from tests.support.served import serving

CLIENTS = ROOT / "build" / "clients"
NAMES = ["uptime-kuma-api", "uptime-kuma-api-v2", "uptime-kuma-api2"]

pytestmark = [
    pytest.mark.timeout(ROUND_S + 30),
    pytest.mark.skipif(not CLIENTS.is_dir(), reason="not installed: make clients"),
]


@pytest.fixture(scope="module")
def troubles_of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Client → step → trouble; the round is made when it is first asked for."""

    @cache
    def make_round(name: str) -> dict[str, Any]:
        # In a process of its own: all three are the same module.
        folder = str(CLIENTS / name)
        with serving(tmp_path_factory.mktemp("client") / "data") as server:
            return run_round(
                [sys.executable, "-m", "tests.clients.round", name, server.url, folder],
                {**os.environ, "PYTHONPATH": folder},
            )

    return make_round


@pytest.mark.parametrize("step", [step.__name__ for step in STEPS])
@pytest.mark.parametrize("name", NAMES)
def test_step_of(name: str, step: str, troubles_of: Any) -> None:
    trouble = troubles_of(name)[step]
    assert trouble is None, trouble
