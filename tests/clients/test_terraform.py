"""The Terraform provider's own acceptance tests against our server, as many as a minute bears.

All of them: `make terraform`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients import terraform
from tests.requires import needs_path, needs_program
from tests.support.served import serving

SECONDS = 120  # on a slow machine; a third of that is usual
# Each is about something that has once kept a client from reading back what it wrote.
SELECTED = (
    "TestAccMonitorHTTPResource_disappears",  # "not found" as clients know it
    "TestAccTagResource_disappears",
    "TestAccMaintenanceMonitorsResource_Update",  # the order in which things were attached
    "TestAccMaintenanceStatusPagesResource_Combined",
    "TestAccMonitorHTTPResourceWithTags",
    "TestAccStatusPageGroupIDs",
    "TestAccStatusPageResourceMinimal",  # theme ""
    "TestAccMonitorRabbitMQResource",  # JSON as text
    "TestAccNotificationSlackResource",
    "TestAccProxyResource",
)

pytestmark = [
    pytest.mark.timeout(SECONDS + 60),
    needs_program("go"),
    needs_path(terraform.PROGRAM, "the Terraform provider's tests: its module cannot be had (make clients)"),
    pytest.mark.skipif(
        terraform.terraform() is None, reason="not there: Terraform or OpenTofu (make clients)"
    ),
]


def test_the_providers_own_tests_pass(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        results, said = terraform.run(server.url, f"^({'|'.join(SELECTED)})$", SECONDS)
    assert terraform.failures(results) == [], said[-8000:]
    assert set(results) == set(SELECTED), "a test that is gone, or was not reached"
    assert "SKIP" not in results.values()
