"""Alerts of servers while nothing can be stored: told from memory, once, and stored when there is room."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from kuma_lite.core import transactions
from kuma_lite.core.errors import StorageTrouble
from tests.servers.conftest import Fleet
from tests.servers.reports import BUSY, CALM
from tests.servers.test_service import silent
from tests.support.actors import OWNER
from tests.support.storage import FaultyDisk

OPENED = "CPU is at 95.0 %, above 90 % for 5 minutes"
CLOSED = "CPU is at 10.0 %, below 90 % again after 6 minutes"


async def refused(fleet: Fleet, *values: float) -> None:
    """A report a minute, none of which is acknowledged."""
    for value in values:
        with pytest.raises(StorageTrouble):
            await fleet.send(cpu_used=value)
        fleet.clock.advance(60)


async def room(fleet: Fleet, disk: FaultyDisk) -> None:
    disk.full = False
    await fleet.database.write(lambda connection: None)


async def incidents(fleet: Fleet) -> list[tuple[str, bool]]:
    """Cause, and whether it is over."""
    found, _ = await fleet.servers.incidents.page(fleet.servers.all(), None, 0, 10)
    return [(incident.cause, incident.closed is not None) for incident in found]


async def test_a_breach_and_its_end_are_told_and_stored_when_there_is_room(
    fleet: Fleet, disk: FaultyDisk
) -> None:
    await fleet.minutes([BUSY] * 3)
    disk.full = True
    await refused(fleet, BUSY, BUSY, BUSY)
    assert fleet.said.texts == [OPENED]
    await refused(fleet, CALM)
    assert fleet.said.texts == [OPENED, CLOSED]
    assert (fleet.said.stored, await incidents(fleet)) == ([], [])
    await room(fleet, disk)
    assert (fleet.said.texts, fleet.said.stored) == ([OPENED, CLOSED], [OPENED, CLOSED])
    assert await incidents(fleet) == [("cpu", True)]
    await fleet.send(cpu_used=CALM)
    again = await fleet.restarted()
    await silent(again, 20)
    assert (fleet.said.texts, again.said.texts) == ([OPENED, CLOSED], [])


async def test_what_an_agent_sends_again_is_not_told_again(fleet: Fleet, disk: FaultyDisk) -> None:
    await fleet.minutes([BUSY] * 3)
    begun = fleet.now
    disk.full = True
    await refused(fleet, BUSY, BUSY, BUSY)
    await room(fleet, disk)
    for minute in range(3):
        await fleet.send(at=begun + minute * 60_000, cpu_used=BUSY)
    await fleet.send(cpu_used=BUSY)
    assert fleet.said.texts == [OPENED]
    assert await incidents(fleet) == [("cpu", False)]


async def test_silence_is_told_of_those_that_are_silent_alone(fleet: Fleet, disk: FaultyDisk) -> None:
    await fleet.send(cpu_used=CALM)
    await fleet.send(attributes={"motherboard_id": "MB-2"}, cpu_used=CALM)
    dead, living = fleet.servers.all()
    disk.full = True
    for _ in range(6):
        await silent(fleet, 60)
        with pytest.raises(StorageTrouble):
            await fleet.send(attributes={"motherboard_id": "MB-2"}, cpu_used=CALM)
    assert (dead.status, living.status) == ("offline", "online")
    assert fleet.said.texts == ["No reports for 5 minutes"]
    await refused(fleet, CALM)
    assert fleet.said.texts[1:] == ["It reports again after 6 minutes"]
    await room(fleet, disk)
    assert await incidents(fleet) == [("downtime", True)]


async def test_a_start_does_not_take_it_for_heard_again(fleet: Fleet, disk: FaultyDisk) -> None:
    await fleet.send(cpu_used=CALM)
    fleet.clock.advance(5)
    disk.full = True
    await refused(fleet, CALM, CALM)  # later than what is on disk
    await silent(fleet, 320)
    assert fleet.said.texts == ["No reports for 5 minutes"]
    await room(fleet, disk)
    again = await fleet.restarted()
    await silent(again, 600)
    assert again.said.texts == []
    assert again.only().status == "offline"


async def test_a_snooze_is_kept_though_nothing_can_be_stored(fleet: Fleet, disk: FaultyDisk) -> None:
    await fleet.minutes([BUSY] * 6)
    incident = fleet.only().incidents["cpu"]
    await fleet.servers.incidents.snooze(fleet.owner, incident.uuid, 120)
    await fleet.minutes([CALM])
    assert fleet.said.texts == [OPENED]
    disk.full = True
    await refused(fleet, *[BUSY] * 7)
    assert fleet.said.texts == [OPENED]
    await room(fleet, disk)
    assert await incidents(fleet) == [("cpu", False), ("cpu", True)]
    assert (await fleet.restarted()).only().incidents["cpu"].snooze_until is not None


async def test_an_alert_can_be_acknowledged_once_it_is_stored(fleet: Fleet, disk: FaultyDisk) -> None:
    await fleet.minutes([BUSY] * 3)
    disk.full = True
    await refused(fleet, BUSY, BUSY, BUSY)
    await room(fleet, disk)
    incident = fleet.only().incidents["cpu"]
    await fleet.servers.incidents.acknowledge(fleet.owner, incident.uuid, OWNER.username)
    assert incident.acknowledged is not None
    assert (await fleet.restarted()).only().incidents["cpu"].acknowledged == incident.acknowledged


async def test_a_disk_that_hangs_holds_up_no_alert(
    fleet: Fleet, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "PATIENCE_S", 0.1)
    await fleet.minutes([BUSY] * 3)
    disk.open_door.clear()
    try:
        await refused(fleet, BUSY, BUSY, BUSY, CALM)
        assert (fleet.said.texts, fleet.said.stored) == ([OPENED, CLOSED], [])
    finally:
        disk.open_door.set()
    await fleet.database.write(lambda connection: None)
    assert (fleet.said.texts, fleet.said.stored) == ([OPENED, CLOSED], [OPENED, CLOSED])
    assert await incidents(fleet) == [("cpu", True)]
    found = await fleet.servers.values(fleet.only(), ["cpu_used"], 0, fleet.now, 100)
    # What hung has been stored in the end; what came meanwhile was refused at once.
    assert [value for _, value in found["cpu_used"]] == [BUSY] * 4


async def test_a_client_that_goes_away_leaves_no_half_alert(fleet: Fleet, disk: FaultyDisk) -> None:
    await fleet.minutes([BUSY] * 3)
    await fleet.minutes([BUSY] * 2)
    fleet.servers.watch.take(fleet.only(), [("cpu_used", fleet.now, BUSY)])
    disk.open_door.clear()
    settling = asyncio.create_task(fleet.servers.watch.settle(fleet.only()))
    await disk.until_held()
    settling.cancel()
    with suppress(asyncio.CancelledError):
        await settling
    disk.open_door.set()
    await fleet.servers.watch.settle(fleet.only())
    assert fleet.said.texts == [OPENED]
    assert await incidents(fleet) == [("cpu", False)]
