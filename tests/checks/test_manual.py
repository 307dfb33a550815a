from __future__ import annotations

import pytest

from kuma_lite.checks.manual import ManualMonitor
from kuma_lite.core.declarations import CheckResult, Status
from tests.checks.support import Context, run


@pytest.mark.parametrize(
    ("stored", "status", "message"),
    [
        (1, Status.UP, "Up"),
        (0, Status.DOWN, "Down"),
        (2, Status.PENDING, "Pending"),
        (3, Status.PENDING, "Pending"),
        (99, Status.PENDING, "Pending"),
        (None, Status.PENDING, "Manual monitoring - No status set"),
    ],
)
async def test_the_state_is_what_was_set(stored: int | None, status: Status, message: str) -> None:
    result = await run(ManualMonitor(), {"manual_status": stored}, Context())
    assert result == CheckResult(message, ping=0, status=status)


async def test_nothing_set_is_pending() -> None:
    result = await run(ManualMonitor(), {}, Context())
    assert isinstance(result, CheckResult)
    assert result.status is Status.PENDING
