"""The Go client's own tests, on which its Terraform provider rests, against our server: all of them pass."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.clients.reports import ROUND_S
from tests.requires import ROOT, needs_path, needs_program
from tests.support.served import serving

PROGRAM = ROOT / "build" / "clients" / "go-uptime-kuma-client" / "tests"
# They send mail and messages from a container to this machine.
NEED_A_CONTAINER = {"TestEndToEndMonitorFailureNotification"}
RESULT = re.compile(r"^--- (PASS|FAIL|SKIP): (\w+)", re.M)

pytestmark = [
    pytest.mark.timeout(ROUND_S + 30),
    needs_program("go"),
    needs_path(PROGRAM, "the Go client's tests (make clients)"),
]


def test_the_go_clients_own_tests_pass(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        made = subprocess.run(
            [str(PROGRAM), "-test.v"],
            cwd=PROGRAM.parent / "source",
            env={**os.environ, "KUMA_URL": server.url},
            capture_output=True,
            text=True,
            timeout=ROUND_S,
            check=False,
        )
    results = {name: result for result, name in RESULT.findall(made.stdout)}
    failed = [name for name, result in results.items() if result == "FAIL"]
    assert (made.returncode, failed) == (0, []), made.stdout[-5000:] + made.stderr[-2000:]
    assert {name for name, result in results.items() if result == "SKIP"} <= NEED_A_CONTAINER
    assert len(results) >= 27
