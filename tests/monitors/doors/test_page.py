"""The summary of our own page, which is made in slices, and is that of one moment."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.declarations import Status
from kuma_lite.core.written_json import WrittenJson
from kuma_lite.monitors.doors import page as page_module
from kuma_lite.monitors.model import BeatRecorded, MonitorChanged, MonitorRemoved
from tests.support.actors import OWNER
from tests.support.appliance import add_monitor, running
from tests.support.storage import START_MS, beat


class Caller:
    """Whoever asks."""

    actor = OWNER


def read(answer: Any) -> dict[int, dict[str, Any]]:
    assert isinstance(answer, WrittenJson)
    found = json.loads("".join(answer.pieces))
    assert list(found) == ["ok", "columns", "rows", "serverTime"]
    return {row[0]: dict(zip(found["columns"], row, strict=True)) for row in found["rows"]}


async def test_what_happens_while_a_summary_is_made_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "AT_ONCE", 1)
    async with running(tmp_path) as server, server.logged_in() as client:
        group = await add_monitor(client, type="group", name="g", active=False)
        ids = [await add_monitor(client, name=f"m{n}", parent=group, active=False) for n in range(6)]
        monitoring = server.appliance.monitoring
        roster, recorder, page = monitoring.roster, monitoring.recorder, monitoring.page
        caller: Any = Caller()
        asked: asyncio.Task[Any] = asyncio.create_task(page.summary(caller))
        for _ in range(4):
            await asyncio.sleep(0)
        first, second, third = ids[:3]
        recorder.recent.append(beat(1, START_MS, monitor_id=first, status=Status.DOWN, msg="gone"))
        last = recorder.last(first)
        assert last is not None
        page._on_beat(BeatRecorded(last, 1, first=True, pushed=False))
        roster.remove(second)
        page._on_removal(MonitorRemoved(second, 1))
        parent, renamed = roster.get(group), roster.get(third)
        assert parent is not None
        assert renamed is not None
        parent.active = True
        renamed.document = {**renamed.document, "name": "z"}
        page._on_change(MonitorChanged(third, 1))
        page._on_change(MonitorChanged(group, 1))
        assert not asked.done()
        rows = read(await asked)
        assert set(rows) == {group, *ids} - {second}
        assert (rows[first]["status"], rows[first]["msg"]) == (0, "gone")
        assert rows[third]["name"] == "z"
        assert list(rows)[-1] == third  # by name
        assert not any(row["forceInactive"] for row in rows.values())


async def test_many_changes_are_one_push_made_in_slices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "AT_ONCE", 2)
    async with running(tmp_path) as server, server.logged_in() as client, server.logged_in("/page") as page:
        group = await add_monitor(client, type="group", name="g")
        ids = [await add_monitor(client, name=f"m{n}", parent=group, active=False) for n in range(4)]
        await asyncio.sleep(2 * page_module.BATCH_S)
        for event in ("pauseMonitor", "resumeMonitor"):
            page.forget()
            await client.call(event, group)
            (payload,) = await page.wait_for("changes")
            told = {row[0]: row[5] for row in payload["monitors"]}
            assert told == {group: False, **dict.fromkeys(ids, event == "pauseMonitor")}
            assert payload["deleted"] == []
