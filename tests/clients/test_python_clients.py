"""The three PyPI clients make a full round against our server: they must notice nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
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


def make_round(name: str, data: Path) -> dict[str, Any]:
    """Step → trouble, in a process of its own: all three are the same module."""
    folder = str(CLIENTS / name)
    with serving(data) as server:
        return run_round(
            [sys.executable, "-m", "tests.clients.round", name, server.url, folder],
            {**os.environ, "PYTHONPATH": folder},
        )


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[dict[str, Any]]]]:
    """All three at once, because each waits most of the time."""
    with ThreadPoolExecutor(len(NAMES)) as pool:
        yield {name: pool.submit(make_round, name, tmp_path_factory.mktemp(name) / "data") for name in NAMES}


@pytest.mark.parametrize("step", [step.__name__ for step in STEPS])
@pytest.mark.parametrize("name", NAMES)
def test_step_of(name: str, step: str, rounds: dict[str, Future[dict[str, Any]]]) -> None:
    trouble = rounds[name].result()[step]
    assert trouble is None, trouble
