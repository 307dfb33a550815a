"""Live beats of the page: gathered, and told soon once one of them is a change."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kuma_lite.monitors.doors import page as doors
from tests.support import http
from tests.support.appliance import add_monitor, running

TOKEN = "a-token-of-thirty-two-characters"


async def test_a_change_is_not_kept_waiting_and_takes_what_waits_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "BATCH_S", 3600)
    async with running(tmp_path) as server, server.logged_in() as owner, server.logged_in("/page") as page:
        await add_monitor(owner, type="push", pushToken=TOKEN, interval=600)
        push = f"{server.url}/api/push/{TOKEN}"
        assert (await http.get(push)).json() == {"ok": True}
        await page.wait_for("beats")
        page.forget()
        for query in ("?msg=again", "?status=down"):
            assert (await http.get(push + query)).json() == {"ok": True}
        (batch,) = await page.wait_for("beats")
        assert [(status, msg, important) for _, _, status, _, msg, important, _ in batch["beats"]] == [
            (1, "again", 0),
            (0, "OK", 1),
        ]


async def test_what_changes_nothing_is_told_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "BATCH_S", 3)  # two pushes take longer than a second on a busy machine
    async with running(tmp_path) as server, server.logged_in() as owner, server.logged_in("/page") as page:
        await add_monitor(owner, type="push", pushToken=TOKEN, interval=600)
        push = f"{server.url}/api/push/{TOKEN}"
        assert (await http.get(push)).json() == {"ok": True}
        await page.wait_for("beats")
        page.forget()
        for _ in range(2):
            assert (await http.get(push)).json() == {"ok": True}
        (batch,) = await page.wait_for("beats")
        assert [beat[5] for beat in batch["beats"]] == [0, 0]


async def test_the_first_for_a_while_does_not_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path) as server, server.logged_in() as owner, server.logged_in("/page") as page:
        await add_monitor(owner, type="push", pushToken=TOKEN, interval=600)
        push = f"{server.url}/api/push/{TOKEN}"
        assert (await http.get(push)).json() == {"ok": True}
        await page.wait_for("beats")
        page.forget()
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(doors, "BATCH_S", 3600)
        server.appliance.monitoring.page._told_at = loop.time() - 3600
        assert (await http.get(push)).json() == {"ok": True}
        (batch,) = await page.wait_for("beats")
        assert [beat[5] for beat in batch["beats"]] == [0]
