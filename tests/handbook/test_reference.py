"""`docs/reference/` says what the program declares, all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kuma_lite.core.config import SETTINGS
from tests.handbook.reference import DOCUMENTS, FOLDER, render
from tests.metrics.test_route import ACCOUNT
from tests.support import http
from tests.support.appliance import add_monitor, running


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text() == render(name), "run `make lists`"


def test_every_setting_of_the_process_is_named() -> None:
    text = render("settings.md")
    for name, setting in SETTINGS.items():
        assert f"| `{name}` |" in text
        assert all(f"`{variable}`" in text for variable in setting.others)


async def test_every_metric_of_a_running_server_is_named(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        await add_monitor(client, type="push", pushToken="documented00000000000000000000xx")
        await http.get(f"{server.url}/api/push/documented00000000000000000000xx?status=up&ping=3")
        answer = await http.get(f"{server.url}/metrics", headers=ACCOUNT)
    names = set(re.findall(r"^# TYPE (\S+)", answer.text, re.MULTILINE))
    assert {"monitor_status", "kuma_lite_problems", "process_cpu_seconds_total"} <= names
    assert names <= set(re.findall(r"^\| `(\S+)` \|", render("metrics.md"), re.MULTILINE))
