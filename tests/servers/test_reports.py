"""What a report writes where there is no journal (for that, see `test_waiting`).

Its samples always, the row of its server when that has changed.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kuma_lite.servers.service import ROW_EVERY_MS
from tests.servers.conftest import Fleet


@pytest.fixture(autouse=True)
async def no_journal(fleet: Fleet) -> None:
    await fleet.servers.waiting.close()


async def row(fleet: Fleet) -> Any:
    """The server's row, and what stands beside it."""

    def read(connection: Any) -> Any:
        query = """
            SELECT server.updated, last_metrics, attributes, server_contact.last_seen, uptime
            FROM server JOIN server_contact ON server_contact.server_id = server.id
        """
        return connection.execute(query).fetchone()

    return await fleet.database.read(read)


async def test_a_row_is_written_when_something_that_lasts_has_changed(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    first = await row(fleet)
    fleet.clock.advance(60)
    await fleet.send(cpu_used=2)
    second = await row(fleet)
    assert second[:3] == first[:3]
    assert second[3] == fleet.now
    assert fleet.only().last["cpu_used"][1] == 2
    fleet.clock.advance(60)
    await fleet.send(attributes={"hostname": "renamed"}, cpu_used=3)
    third = await row(fleet)
    assert third[0] == fleet.now
    assert "renamed" in third[2]
    fleet.clock.advance(ROW_EVERY_MS / 1000)
    await fleet.send(attributes={"hostname": "renamed"}, cpu_used=4)
    assert (await row(fleet))[0] == fleet.now, "now and then all the same: a start has less to read"


async def test_after_a_kill_everything_acknowledged_is_there(fleet: Fleet) -> None:
    """Nothing is written at the end: what a new process reads is what was on disk after each report."""
    await fleet.send(attributes={"uptime": 100}, cpu_used=1, load_1=7)
    fleet.clock.advance(60)
    await fleet.send(attributes={"uptime": 160}, cpu_used=2)
    before = fleet.only()
    again = await fleet.restarted()
    after = again.only()
    assert after.last == before.last
    assert (after.last_seen, after.updated) == (before.last_seen, before.updated)
    assert after.attributes == before.attributes
    assert after.attributes["uptime"] == 160


async def test_reports_that_come_together_share_a_commit(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    names = [f"board-{number}" for number in range(8)]
    for name in names:
        await fleet.send(attributes={"motherboard_id": name}, cpu_used=1)
    fleet.clock.advance(60)
    before = fleet.database.stats.commits
    await asyncio.gather(*(fleet.send(attributes={"motherboard_id": name}, cpu_used=2) for name in names))
    assert fleet.database.stats.commits == before + 1
