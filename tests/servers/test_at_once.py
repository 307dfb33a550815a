"""What happens at the same time: reports, changes and removals of one server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kuma_lite.rest.errors import NotFound
from kuma_lite.servers.model import Server
from tests.servers.conftest import Fleet
from tests.support.actors import OWNER


async def test_reports_during_a_removal_make_the_server_anew(fleet: Fleet) -> None:
    for _ in range(10):
        await fleet.send(cpu_used=1)
        old = fleet.only()
        reports = [fleet.send(**{f"disk_used_b[/{number}]": 1}) for number in range(5)]
        await asyncio.gather(*reports[:2], fleet.servers.delete(old), *reports[2:])
        left = fleet.servers.all()
        assert old not in left and len(left) == 1
        assert left == [fleet.servers.find(left[0].uuid)]
        stored = await fleet.database.read(lambda db: db.execute("SELECT uuid FROM server").fetchall())
        assert stored == [(left[0].uuid,)]
        again = await fleet.restarted()
        assert again.only().series == left[0].series
        await fleet.servers.delete(left[0])


async def test_a_server_is_removed_once(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    server = fleet.only()
    found = await asyncio.gather(
        fleet.servers.delete(server),
        fleet.servers.delete(server),
        fleet.servers.save_settings(server, {"threshold": {"cpu": 50}}),
        return_exceptions=True,
    )
    assert [type(item) for item in found] == [type(None), NotFound, NotFound]


async def test_a_removal_waits_for_alerts_that_are_being_told(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    server = fleet.only()
    for _ in range(30):
        fleet.clock.advance(10)
        fleet.servers.watch.wake_up()
    await asyncio.gather(fleet.servers.watch.settle(server), fleet.servers.delete(server))
    await fleet.servers.watch.settle(server)  # comes too late, and finds nothing to say
    assert fleet.said.texts == ["No reports for 5 minutes"]


async def test_changes_of_settings_at_once_are_all_kept(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    server = fleet.only()
    change: list[tuple[str, str, int]] = [
        ("threshold", "cpu", 11),
        ("threshold", "ram", 12),
        ("grace_period", "disk", 13),
        ("grace_period", "downtime", 14),
    ]
    await asyncio.gather(
        *(fleet.servers.save_settings(server, {part: {name: value}}) for part, name, value in change)
    )
    assert all(server.settings[part][name] == value for part, name, value in change)
    assert (await fleet.restarted()).only().overrides == server.overrides


async def test_a_report_for_a_project_that_is_gone(fleet: Fleet) -> None:
    project = await fleet.servers.projects.add(OWNER, "short")
    await fleet.servers.projects.remove(project)
    with pytest.raises(NotFound):
        await fleet.send(project.id, cpu_used=1)
    assert fleet.servers.all() == []


async def test_trouble_with_one_server_hides_no_other(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for board in ("first", "second"):
        await fleet.send(attributes={"motherboard_id": board}, cpu_used=1)
    broken, sound = fleet.servers.all()
    is_covered = fleet.servers.links.is_covered

    def covered(server: Server) -> Any:
        if server is broken:
            raise KeyError("surprise")
        return is_covered(server)

    monkeypatch.setattr(fleet.servers.watch, "_covered", covered)
    for _ in range(70):
        fleet.clock.advance(5)
        await fleet.servers.watch.tick()
    assert sound.status == "offline" and list(sound.incidents) == ["downtime"]
    assert broken.uuid in caplog.text and sound.uuid not in caplog.text
