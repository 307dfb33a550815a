"""What clients of other people recognise by its words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.appliance import add_monitor, running

GONE = "Cannot read properties of null (reading 'id')"  # then Terraform makes one anew


@pytest.mark.parametrize(
    ("event", "argument"),
    [
        ("getMonitor", 99),
        ("getMonitor", None),
        ("editMonitor", {"id": 99, "name": "m"}),
        ("getMaintenance", 99),
        ("editMaintenance", {"id": 99, "title": "m", "strategy": "manual", "dateRange": []}),
    ],
)
async def test_what_is_not_there_is_known_by_its_words(tmp_path: Path, event: str, argument: Any) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        await add_monitor(client, active=False)
        answer = await client.call(event, argument)
        assert answer["ok"] is False
        assert answer["msg"].startswith("The m")
        assert GONE in answer["msg"]
