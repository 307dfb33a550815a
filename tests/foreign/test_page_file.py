"""Files that are given to our own page: planned, asked for what they need, applied, written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.config_files.model import NOT_IN_FILES
from kuma_lite.core.errors import UserError
from kuma_lite.foreign.page_file import MAX_CHARS, page_file, read
from kuma_lite.foreign.recognise import OURS
from tests.support.appliance import Running, running
from tests.support.sio import Client

DATA = Path(__file__).parent / "data"
OURS_TEXT = """\
tags:
  shop: {color: "#4B5563"}
monitors:
  Front page: {type: http, url: "https://shop.example/", active: false, basic_user: "${env:NAME}"}
"""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path / "data") as found:
        yield found


def named(answer: dict[str, Any], action: str) -> list[tuple[str, str]]:
    return [(one["kind"], one["key"]) for one in answer["changes"] if one["action"] == action]


async def names(page: Client) -> set[str]:
    return {row[1] for row in (await page.call("summary"))["rows"]}


async def test_one_of_ours(server: Running) -> None:
    sent: dict[str, Any] = {"name": "kuma.yaml", "text": OURS_TEXT}
    async with server.logged_in("/page") as page:
        asked = await page.call("planFile", sent)
        assert (asked["variables"], asked["changes"], asked["source"]) == (["NAME"], [], None)
        sent["variables"] = {"NAME": "probe"}
        planned = await page.call("planFile", sent)
        assert named(planned, "create") == [("tags", "shop"), ("monitors", "Front page")]
        assert await names(page) == set()
        assert await page.call("applyFile", sent) == planned
        assert await names(page) == {"Front page"}
        assert (await page.call("planFile", sent))["changes"] == []
        less = {"name": "kuma.yaml", "text": "tags:\n  shop: {color: '#4B5563'}\n"}
        assert named(await page.call("planFile", less), "keep") == [("monitors", "Front page")]
        await page.call("applyFile", {**less, "prune": True})
        assert await names(page) == set()


async def test_one_of_another_program(server: Running) -> None:
    sent: dict[str, Any] = {"name": "gatus.yaml", "text": (DATA / "gatus.yaml").read_text()}
    async with server.logged_in("/page") as page:
        asked = await page.call("planFile", sent)
        assert asked["source"] == "Gatus"
        assert any("carrier-pigeon" in one["where"] + one["what"] for one in asked["leftOut"])
        sent["variables"] = dict.fromkeys(asked["variables"], "https://hooks.slack.com/services/T/B/x")
        done = await page.call("applyFile", sent)
        assert (done["problems"], done["variables"]) == ([], [])
        assert {"Shop", "Front page", "Nightly"} <= await names(page)


async def test_what_does_not_fit_is_told_with_its_place(server: Running) -> None:
    text = "monitors:\n  Shop: {type: http, url: 'https://shop.example/', interval: often}\n"
    async with server.logged_in("/page") as page:
        for event in ("planFile", "applyFile"):
            answer = await page.call(event, {"name": "kuma.yaml", "text": text})
            (problem,) = answer["problems"]
            assert problem["where"].startswith("kuma.yaml:2:") and problem["where"].endswith(
                "monitors “Shop”"
            )
            assert problem["message"].startswith("interval: ")
            assert answer["changes"] == []
        assert await names(page) == set()


async def test_modules_of_a_second_file(server: Running) -> None:
    sent = {"name": "prometheus.yml", "text": (DATA / "prometheus.yml").read_text()}
    async with server.logged_in("/page") as page:
        without = await page.call("planFile", sent)
        whole = await page.call("planFile", {**sent, "modules": (DATA / "blackbox.yml").read_text()})
        assert without["source"] == whole["source"] == "blackbox_exporter"
        assert len(named(whole, "create")) > len(named(without, "create"))


async def test_what_is_exported_changes_nothing_when_it_is_applied(server: Running) -> None:
    async with server.logged_in("/page") as page:
        assert await page.call("exportFile") == {"ok": True, "text": ""}
        await page.call("applyFile", {"name": "a.yaml", "text": OURS_TEXT, "variables": {"NAME": "${x}"}})
        text = (await page.call("exportFile"))["text"]
        again = await page.call("planFile", {"name": "a.yaml", "text": text})
        assert (again["problems"], again["changes"], again["variables"]) == ([], [], [])


def test_no_file_of_the_server_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    text = f"monitors:\n  Shop: {{type: push, description: '${{file:{secret}}}'}}\n"
    with pytest.raises(UserError, match="cannot be read: only “kuma-lite apply” reads files") as raised:
        read(page_file({"name": "kuma.yaml", "text": text}))
    assert "s3cret" not in str(raised.value)


def test_no_variable_of_the_server_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "s3cret")
    found = read(
        page_file({"name": "kuma.yaml", "text": "monitors: {Shop: {description: '${env:A_SECRET}'}}"})
    )
    assert (found.missing, found.file) == (["A_SECRET"], None)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"name": "", "text": ""},
        {"name": "x", "text": 1},
        {"name": "x", "text": "", "modules": 1},
        {"name": "x", "text": "", "variables": [1]},
        {"name": "x", "text": "", "variables": {"A": 1}},
        {"name": "x", "text": "", "prune": "yes"},
        {"name": "x" * 201, "text": ""},
        {"name": "x", "text": "x" * (MAX_CHARS + 1)},
    ],
)
def test_nonsense_is_refused(value: Any) -> None:
    with pytest.raises(UserError):
        page_file(value)


async def test_the_kinds_by_which_ours_are_recognised(server: Running) -> None:
    resources = server.appliance.resources
    assert {one.plural for one in resources if one.name not in NOT_IN_FILES} == set(OURS) - {"defaults"}
