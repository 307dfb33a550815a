"""The short form of `make outages`: our own trouble is nobody's DOWN, a real one is told."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.campaigns.lab import inside
from tests.requires import needs_program, needs_root

pytestmark = [needs_root(), needs_program("ip", "nsenter", "unshare")]


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_no_false_alarm_and_no_missed_one() -> None:
    if subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("namespaces are not allowed here")
    options = ["--outages", "4", "--longest", "6", "--real", "3", "--monitors", "20"]
    done = subprocess.run(
        inside("tests.campaigns.outages", *options), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
