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

# Scenarios about what is built; the first needs a server nobody has set up, the last exhausts the limiter.
SCENARIOS = """
    setup auth_login auth_two_clients auth_password auth_two_factor auth_disabled
    monitor_crud monitor_types_stored monitor_validation monitor_pause monitor_groups monitor_group_delete
    http_basic http_requests http_content http_retries http_tls http_maintenance_push
    push_monitor push_retries heartbeat_queries clear_running
    notification_crud notification_delivery notification_test
    status_page_crud status_page_public incidents entry_page badges
    unauthenticated proxies docker_hosts remote_browsers metrics api_keys cloudflared malformed
    settings timezone_client disconnect_others transport auth_rate_limit
""".split()  # noqa: SIM905
if find_program("chromium") is None:  # `testChrome` was recorded without one
    SCENARIOS.append("tools")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("conformance") / "data")
    served.wait_ready()
    yield served
    served.stop()


def expected_differences(scenarios: list[str], folder: Path) -> Path:
    """The entries about these scenarios: the driver counts one that does not occur as a failure."""
    entries = [entry for entry in json.loads(DIFFERENCES.read_text()) if entry["scenario"] in scenarios]
    path = folder / "differences.json"
    path.write_text(json.dumps(entries))
    return path


@pytest.mark.timeout(600)
def test_the_server_answers_as_recorded(server: Served, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, str(DRIVER / "driver.py"), "check", "--url", server.url]
    command += ["--report", str(report)]
    command += ["--differences", str(expected_differences(SCENARIOS, tmp_path))]
    for name in SCENARIOS:
        command += ["--scenario", name]
    run = subprocess.run(command, capture_output=True, text=True, timeout=580)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
