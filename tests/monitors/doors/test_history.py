"""What the page of a monitor asks about its past, of a server that runs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from kuma_lite.checks._saved_response import save_response
from kuma_lite.core.declarations import Status
from tests.support import http
from tests.support.actors import STRANGER, VIEWER
from tests.support.appliance import Running, add_monitor, running
from tests.support.storage import new_beat


async def push(server: Running, status: str, msg: str, ping: int | None = None) -> None:
    query = f"status={status}&msg={quote(msg)}" + (f"&ping={ping}" if ping is not None else "")
    answer = await http.get(f"{server.url}/api/push/token-of-history?{query}")
    assert answer.json() == {"ok": True}


async def test_the_past_of_a_monitor(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server, server.logged_in() as owner:
        number = await add_monitor(owner, type="push", name="pushed", pushToken="token-of-history")
        for ping in (10, 20, 40):
            await push(server, "up", "fine", ping)
        await push(server, "down", "connect ECONNREFUSED 127.0.0.1:1")
        async with server.logged_in_as(VIEWER, "/page") as page:
            for days, seconds, length in ((1, 3600, 24), (90, 86400, 90), (365, 86400, 365)):
                answer = await page.call("monitorHistory", number, days)
                assert (answer["seconds"], len(answer["periods"])) == (seconds, length)
                *_, now = answer["periods"]
                assert now[1] == pytest.approx(3 / 4)
                assert now[2] == 1
                assert now[4:] == [pytest.approx(70 / 3), 10, 40, 0]
            times = await page.call("responseTimes", number, 3)
            assert [times[key] for key in ("hours", "checks", "least", "p50", "p95", "most")] == [
                3, 3, 10, 20, 40, 40,
            ]  # fmt: skip
            (ongoing,) = (await page.call("monitorOutages", number, 5))["outages"]
            assert ongoing[1:] == [None, "connect ECONNREFUSED 127.0.0.1:1"]
            await push(server, "up", "fine")
            answer = await page.call("monitorOutages", number, 5)
            assert (answer["total"], answer["outages"][0][1] >= ongoing[0]) == (1, True)


@pytest.mark.parametrize("days", [0, 2, True, "90", None, [90]])
async def test_other_lengths_are_refused(tmp_path: Path, days: object) -> None:
    async with running(tmp_path / "data") as server, server.logged_in() as owner:
        number = await add_monitor(owner, active=False)
        async with server.logged_in_as(VIEWER, "/page") as page:
            refusal = await page.call("monitorHistory", number, days)
            assert refusal["msg"] == "The history covers 1, 90 or 365 days."


async def test_kept_answers_are_readable_again(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server, server.logged_in() as owner:
        number = await add_monitor(owner, active=False)
        recorder = server.appliance.monitoring.recorder
        at = recorder.last_id
        for kept in (None, "foreign", save_response("<b>fine</b>", 100), save_response("x" * 30_000, 30_000)):
            at += 1
            recorder.record(
                new_beat(number, at, status=Status.DOWN, msg="503 - busy", ping=None, response=kept)
            )
        async with server.logged_in_as(VIEWER, "/page") as page:
            answers = (await page.call("savedAnswers", number))["answers"]
            assert answers == [
                [at, 0, "503 - busy", "x" * 20_000, True],
                [at - 1, 0, "503 - busy", "<b>fine</b>", False],
            ]
        async with server.logged_in_as(STRANGER, "/page") as stranger:
            for event in ("monitorHistory", "monitorOutages", "responseTimes"):
                assert (await stranger.call(event, number, 1))["ok"] is False
            assert (await stranger.call("savedAnswers", number))["ok"] is False
