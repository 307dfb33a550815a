"""The recorded sessions of the real Uptime Kuma 2.5.3, replayed against this server.

The recordings lie beside the repository (`../shared/conformance`, or `KUMA_LITE_CONFORMANCE`); where they
are missing the tests are skipped by name. Differences made on purpose stand in `differences.json` with
their reasons; `docs/differences.md` is made from it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.process import Served
from tests.requires import find_program

ROOT = Path(__file__).parent.parent.parent
DRIVER = Path(os.environ.get("KUMA_LITE_CONFORMANCE", ROOT.parent / "shared" / "conformance"))
DIFFERENCES = Path(__file__).with_name("differences.json")

pytestmark = pytest.mark.skipif(
    not (DRIVER / "driver.py").exists(), reason="the recorded sessions of Uptime Kuma are not here"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("conformance") / "data")
    served.wait_ready()
    yield served
    served.stop()


def scenarios() -> list[str]:
    """All that were recorded, in the order they run; `testChrome` was recorded without a Chromium."""
    command = [sys.executable, str(DRIVER / "driver.py"), "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    names = [line.split()[0] for line in listed.splitlines() if line.strip()]
    return [name for name in names if name != "tools" or find_program("chromium") is None]


def expected_differences(names: list[str], folder: Path) -> Path:
    """The entries about these scenarios: the driver counts one that does not occur as a failure."""
    entries = [entry for entry in json.loads(DIFFERENCES.read_text()) if entry["scenario"] in names]
    path = folder / "differences.json"
    path.write_text(json.dumps(entries))
    return path


@pytest.mark.timeout(900)
def test_the_server_answers_as_recorded(server: Served, tmp_path: Path) -> None:
    names, report = scenarios(), tmp_path / "report.json"
    command = [sys.executable, str(DRIVER / "driver.py"), "check", "--url", server.url]
    command += ["--report", str(report)]
    command += ["--differences", str(expected_differences(names, tmp_path))]
    for name in names:
        command += ["--scenario", name]
    run = subprocess.run(command, capture_output=True, text=True, timeout=880)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
