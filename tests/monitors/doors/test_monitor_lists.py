"""Lists that are made in slices are those of one moment."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kuma_lite.core.bus import Bus
from kuma_lite.core.records import replace
from kuma_lite.monitors.doors import monitor_lists
from kuma_lite.monitors.doors.monitor_lists import MonitorLists
from kuma_lite.monitors.model import MonitorChanged, MonitorRemoved
from tests.support.appliance import add_monitor, running


async def test_what_changes_meanwhile_is_in_it_as_it_is_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_lists, "AT_ONCE", 1)
    async with running(tmp_path) as server, server.logged_in() as client:
        ids = [await add_monitor(client, type="group", name="g", active=False)]
        for number in range(5):
            member = {"type": "push", "name": f"m{number}", "parent": ids[0]}
            ids.append(await add_monitor(client, active=False, **member))
        monitoring = server.appliance.monitoring
        monitors, roster, bus = monitoring.monitors, monitoring.roster, Bus()
        lists = MonitorLists(monitors, bus)

        def expected() -> dict[str, Any]:
            return {str(each.id): monitors.wire(each) for each in sorted(roster, key=lambda each: each.id)}

        making = asyncio.create_task(lists.of(1, sensitive=True))
        for _ in range(4):
            await asyncio.sleep(0)
        for changed in (ids[0], ids[1]):
            monitor = roster.get(changed)
            assert monitor is not None
            monitor.document["name"] = f"new {changed}"
            bus.publish(MonitorChanged(changed, 1))
        roster.remove(ids[2])
        bus.publish(MonitorRemoved(ids[2], 1))
        assert not making.done()
        text = "".join((await making).pieces)
        assert text == msgspec.json.encode(expected()).decode()
        found = json.loads(text)
        assert list(found) == [str(each) for each in ids if each != ids[2]]
        assert found[str(ids[5])]["pathName"] == f"new {ids[0]} / m4"


async def test_monitors_that_come_and_go_meanwhile_and_changes_without_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_lists, "AT_ONCE", 2)
    async with running(tmp_path) as server, server.logged_in() as client:
        ids = [await add_monitor(client, active=False, name=f"m{number}") for number in range(7)]
        monitoring = server.appliance.monitoring
        monitors, roster, bus = monitoring.monitors, monitoring.roster, Bus()
        lists = MonitorLists(monitors, bus)
        template = roster.get(ids[0])
        assert template is not None

        def put(number: int) -> None:
            roster.put(replace(template, id=number, document={**template.document, "name": f"x{number}"}))
            bus.publish(MonitorChanged(number, 1))

        def remove(number: int) -> None:
            roster.remove(number)
            bus.publish(MonitorRemoved(number, 1))

        for changes in (
            [lambda: put(ids[0]), lambda: remove(ids[1]), lambda: put(ids[1])],
            [lambda: remove(ids[2]), lambda: remove(ids[3]), lambda: put(99), lambda: put(ids[3])],
            [lambda: put(50)] * 30,  # something in every turn
            [partial(remove, number) for number in (*ids, 99)],
            [partial(remove, 50)],
            [lambda: put(7)],
        ):
            making = asyncio.create_task(lists.of(1, sensitive=True))
            for change in changes:
                await asyncio.sleep(0)
                change()
            found = "".join((await making).pieces)
            ordered = sorted(roster, key=lambda each: each.id)
            expected = {str(each.id): monitors.wire(each) for each in ordered}
            assert found == msgspec.json.encode(expected).decode()


@pytest.mark.parametrize("is_long", [False, True])
async def test_a_long_list_has_no_characters_beyond_ascii(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_long: bool
) -> None:
    monkeypatch.setattr(monitor_lists, "ESCAPED_FROM", 2 if is_long else 3)
    names = {'café "猫😀"', "plain \\u00e9"}
    async with running(tmp_path) as server, server.logged_in() as client:
        for name in names:
            await add_monitor(client, active=False, name=name)
        lists = MonitorLists(server.appliance.monitoring.monitors, Bus())
        text = "".join((await lists.of(1, sensitive=True)).pieces)
    assert text.isascii() == is_long
    assert {each["name"] for each in json.loads(text).values()} == names
