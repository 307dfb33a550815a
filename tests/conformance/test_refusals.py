"""What Uptime Kuma 2.5 takes and we refuse: each has its reason in `differences.json` and is played here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.replay import load_differences
from tests.support import http
from tests.support.appliance import Running, running
from tests.support.sio import connect

REFUSALS = "refusals"  # the scenario of these entries; nothing was recorded of it
PLAYED = [entry for entry in load_differences() if entry["scenario"] == REFUSALS]


def expanded(value: Any) -> Any:
    """An argument as it is sent: `{"$repeat": [before, unit, times]}` stands for a long text or list."""
    if isinstance(value, dict) and "$repeat" in value:
        before, unit, times = value["$repeat"]
        return before + unit * times
    if isinstance(value, dict):
        return {key: expanded(inner) for key, inner in value.items()}
    return [expanded(inner) for inner in value] if isinstance(value, list) else value


def test_they_are_numbered() -> None:
    assert [entry["step"] for entry in PLAYED] == list(range(1, len(PLAYED) + 1))


@pytest.mark.timeout(120)
async def test_each_is_refused_as_stated(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        async with connect(server.url) as fresh:
            for entry in PLAYED:
                if entry.get("fresh"):
                    await assert_refused(fresh, entry)
        async with server.logged_in() as client:
            group = {"type": "group", "name": "m", "active": False, "accepted_statuscodes": ["200-299"]}
            assert (await client.call("add", group))["monitorID"] == 1
            push = {**group, "type": "push", "pushToken": "TOKEN"}
            assert (await client.call("add", push))["monitorID"] == 2
            assert (await client.call("addStatusPage", "Page", "page"))["ok"] is True
            for entry in PLAYED:
                if "path" in entry:
                    await assert_path_refused(server, entry)
                elif not entry.get("fresh"):
                    await assert_refused(client, entry)


async def assert_refused(client: Any, entry: dict[str, Any]) -> None:
    answer = await client.call(entry["event"], *expanded(entry["arguments"]))
    assert answer["ok"] is False, entry
    assert answer["msg"] == entry["msg"]


async def assert_path_refused(server: Running, entry: dict[str, Any]) -> None:
    answer = await http.get(server.url + expanded(entry["path"]))
    assert 400 <= answer.status < 500, entry
    assert json.loads(answer.body)["msg"] == entry["msg"]
