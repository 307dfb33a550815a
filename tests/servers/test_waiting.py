"""Reports that wait in a journal: there for everybody who asks, whatever happens, and once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuma_lite.core import transactions
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.limits import JOURNALS
from kuma_lite.core.record_file import read_records
from kuma_lite.servers.model import as_wire
from kuma_lite.servers.samples import journal, waiting
from kuma_lite.servers.samples.rollup import HOUR_MS
from kuma_lite.servers.samples.waiting import EVERY_S
from tests.servers.conftest import Fleet, Wishes, make
from tests.servers.reports import BUSY, CALM
from tests.servers.test_service import silent
from tests.support.storage import FaultyDisk, opened_plain

NAMES = ("cpu_used", "load_1", "net_recv_b")


def journals(fleet: Fleet) -> list[str]:
    return sorted(path.name for path in fleet.folder.glob(JOURNALS))


async def removed(fleet: Fleet, count: int = 0) -> None:
    """Until the thread has removed what is in the database."""
    async with asyncio.timeout(20):
        while len(journals(fleet)) > count:
            await asyncio.sleep(0.005)


async def stored(fleet: Fleet) -> int:
    """Samples in the table."""
    query = "SELECT count(*) FROM server_sample"
    found: int = await fleet.database.read(lambda db: db.execute(query).fetchall()[0][0])
    return found


async def everything(fleet: Fleet) -> dict[str, Any]:
    """All that can be asked of the only server."""
    server = fleet.only()
    charts = await fleet.servers.charts(server, NAMES, fleet.now - 2 * HOUR_MS, fleet.now, 2_000)
    rolled = await fleet.servers.charts(server, NAMES, fleet.now - 2 * HOUR_MS, fleet.now, 10)
    values = await fleet.servers.values(server, NAMES, 0, fleet.now, 50_000)
    few = await fleet.servers.values(server, NAMES, 0, fleet.now, 5)
    row = (server.agent_version, server.attributes, server.snapshot, server.last, server.clock_offset)
    return {
        "charts": charts,
        "rolled": rolled,
        "values": values,
        "few": few,
        "row": row,
        "wire": as_wire(server),
    }


async def some(fleet: Fleet, count: int = 5) -> None:
    """A report a minute; the first is committed."""
    for number in range(count):
        await fleet.send(
            cpu_used=number,
            load_1=number / 8,
            net_recv_b=1000 * number,
            attributes={"uptime": 100 + number},
            document={"processes": [{"name": "x", "pid": number, "cpu": 1.5, "memory": 7}]},
        )
        fleet.clock.advance(60)


async def test_the_first_report_is_committed_and_others_wait(fleet: Fleet) -> None:
    await some(fleet)
    assert (await stored(fleet), len(journals(fleet))) == (3, 1)
    before = await everything(fleet)
    assert [value for _, value in before["values"]["load_1"]] == [number / 8 for number in range(5)]
    assert fleet.only().snapshot["processes"][0]["pid"] == 4
    await fleet.servers.waiting.take_in()
    assert await stored(fleet) == 15
    assert await everything(fleet) == before
    await removed(fleet)
    assert await everything(await fleet.restarted()) == before


async def test_what_waits_is_there_after_a_kill(fleet: Fleet) -> None:
    await some(fleet)
    before = await everything(fleet)
    again = await fleet.restarted()
    assert await everything(again) == before
    assert await stored(again) == 15
    await removed(again)
    await some(again, 2)
    assert await everything(await again.restarted()) == await everything(again)


async def test_a_report_writes_nothing_to_the_database(fleet: Fleet, disk: FaultyDisk) -> None:
    await some(fleet, 1)
    written, commits = disk.written, fleet.database.stats.commits
    await some(fleet, 5)
    assert (disk.written, fleet.database.stats.commits) == (written, commits)


async def test_they_are_put_into_the_database_now_and_then(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some(fleet, 2)
    await fleet.servers.waiting._look()
    assert await stored(fleet) == 3
    fleet.clock.advance(EVERY_S)
    await fleet.servers.waiting._look()
    assert await stored(fleet) == 6
    await some(fleet, 2)
    monkeypatch.setattr(waiting, "MOST_BYTES", 10)
    await fleet.servers.waiting._look()
    assert await stored(fleet) == 12


async def test_a_new_metric_is_committed_with_all_that_waits_of_its_server(fleet: Fleet) -> None:
    await some(fleet, 3)
    await fleet.send(swap_used_b=5, attributes={"uptime": 999})
    assert await stored(fleet) == 10
    before = await everything(fleet)
    assert await everything(await fleet.restarted()) == before


async def test_a_resend_is_one_sample_wherever_the_first_is(fleet: Fleet) -> None:
    for _ in range(3):
        at = fleet.now
        for _ in range(3):
            await fleet.send(at=at, cpu_used=1)
        await fleet.servers.waiting.take_in()
        await fleet.send(at=at, cpu_used=2)
        fleet.clock.advance(60)
    found = await fleet.servers.values(fleet.only(), ["cpu_used"], 0, fleet.now, 100)
    assert [value for _, value in found["cpu_used"]] == [1, 1, 1]
    assert await everything(await fleet.restarted()) == await everything(fleet)


async def test_packing_waits_for_none_that_belongs_there(fleet: Fleet) -> None:
    await some(fleet, 3)
    assert await fleet.servers.upkeep.seal() == 0
    assert await stored(fleet) == 3, "nothing is complete: nothing has to go"
    before = await everything(fleet)
    fleet.clock.advance(6 * 3600 + 900)
    await fleet.send(cpu_used=7)
    assert await fleet.servers.upkeep.seal() == 3
    assert (await stored(fleet)) == 1
    after = await everything(fleet)
    assert after["values"]["load_1"] == before["values"]["load_1"]
    assert len(after["values"]["cpu_used"]) == 4


# --- kills -------------------------------------------------------------------------------------------------


async def test_killed_before_a_journal_is_removed_nothing_counts_twice(fleet: Fleet) -> None:
    await some(fleet)
    (name,) = journals(fleet)
    shutil.copy(fleet.folder / name, fleet.folder / "kept")
    await fleet.servers.waiting.take_in()
    await removed(fleet)
    before = await everything(fleet)
    fleet.clock.advance(6 * 3600 + 900)
    await fleet.servers.upkeep.seal()
    await fleet.database.write(lambda db: db.execute("DELETE FROM server_block"))
    shutil.move(fleet.folder / "kept", fleet.folder / name)
    again = await fleet.restarted()
    assert await stored(again) == 0, "it is known by its number"
    assert journals(again) == []
    assert as_wire(again.only()) == before["wire"]
    await some(again, 1)
    assert len(journals(again)) == 1 and name not in journals(again)


async def test_killed_in_the_middle_of_it_all_is_there_once(
    fleet: Fleet, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    boards = [{"motherboard_id": f"MB-{number}"} for number in range(4)]
    for _ in range(4):
        for board in boards:
            await fleet.send(attributes=board, cpu_used=1)
        fleet.clock.advance(60)
    monkeypatch.setattr(waiting, "AT_ONCE", 1)
    real, calls = journal.take_in, 0

    def fails(connection: Any, some: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise apsw.FullError("disk full")
        real(connection, some)

    monkeypatch.setattr(journal, "take_in", fails)
    with pytest.raises(StorageTrouble):
        await fleet.servers.waiting.take_in()
    monkeypatch.undo()
    assert 4 < await stored(fleet) < 16
    for one in (fleet, await fleet.restarted()):
        for server in one.servers.all():
            found = await one.servers.values(server, ["cpu_used"], 0, one.now, 100)
            assert len(found["cpu_used"]) == 4
    assert await stored(fleet) == 16


async def test_cut_anywhere_a_journal_tells_all_that_was_acknowledged(fleet: Fleet, tmp_path: Path) -> None:
    """As if the machine had been killed after any byte of it."""
    await fleet.send(cpu_used=0, load_1=0)
    await fleet.database.backup_to(tmp_path / "before.db")
    sizes, expected = [0], [await everything(fleet)]
    for number in range(1, 5):
        fleet.clock.advance(60)
        await fleet.send(
            cpu_used=number, load_1=number / 8, attributes={"uptime": number, "hostname": f"h{number}"}
        )
        (path,) = fleet.folder.glob(JOURNALS)
        sizes.append(path.stat().st_size)
        expected.append(await everything(fleet))
    content = path.read_bytes()
    for length in range(len(content) + 1):
        count = sum(size <= length for size in sizes) - 1
        if length not in sizes and length % 7:  # each takes a start
            continue
        folder = tmp_path / "killed"
        folder.mkdir()
        shutil.copy(tmp_path / "before.db", folder / "kuma-lite.db")
        (folder / path.name).write_bytes(content[:length])
        async with opened_plain(folder / "kuma-lite.db", fleet.clock) as database:
            again = await make(database, fleet.clock, Wishes(), folder)
            found = await everything(again)
            wanted = expected[count]
            assert found["wire"] == wanted["wire"] and found["row"] == wanted["row"], length
            assert [value for _, value in found["values"]["cpu_used"]] == list(range(count + 1)), length
            await again.servers.waiting.close()
        shutil.rmtree(folder)


steps = st.lists(
    st.sampled_from(
        [
            "report",
            "report",
            "report",
            "old",
            "again",
            "take in",
            "kill",
            "new metric",
            "full",
            "room",
            "seal",
        ]
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_happens_all_that_is_acknowledged_is_there(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, happens: list[str]
) -> None:
    asyncio.run(_play(tmp_path_factory.mktemp("play"), monkeypatch, happens))


async def _play(folder: Path, monkeypatch: pytest.MonkeyPatch, happens: list[str]) -> None:
    clock, disk = ManualClock(1_799_971_200.0), FaultyDisk()
    disk.spoil_journals(monkeypatch)
    database = await Database.open(folder / "kuma-lite.db", clock=clock, vfs=disk.name)
    fleet = await make(database, clock, Wishes(), folder)
    acknowledged: dict[int, float] = {}

    async def report(at: int, value: float, **more: Any) -> None:
        try:
            await fleet.send(at=at, cpu_used=value, attributes={"uptime": len(acknowledged)}, **more)
        except StorageTrouble:
            assert disk.full
        else:
            acknowledged.setdefault(at, value)

    try:
        for number, what in enumerate(happens):
            clock.advance(60 if what != "seal" else 7 * 3600)
            if what == "kill":
                if not disk.full:
                    fleet = await fleet.restarted()
            elif what == "take in":
                if not disk.full:
                    await fleet.servers.waiting.take_in()
            elif what == "seal":
                if not disk.full:
                    await fleet.servers.upkeep.seal()
            elif what in ("full", "room"):
                disk.full = what == "full"
            elif what == "again":
                await report(max(acknowledged, default=fleet.now), 99)
            else:
                more = {f"disk_used_b[/{number}]": 1} if what == "new metric" else {}
                await report(
                    fleet.now - (30 * 60_000 if what == "old" else 0) + number * 1000, number, **more
                )
        disk.full = False
        for _ in range(2):
            if acknowledged:
                found = await fleet.servers.values(fleet.only(), ["cpu_used"], 0, fleet.now + 60_000, 10_000)
                kept = dict(found["cpu_used"])
                assert {at: kept.get(at) for at in acknowledged} == acknowledged
            fleet = await fleet.restarted()
    finally:
        disk.full = False
        await fleet.servers.waiting.close()
        await database.close()
        monkeypatch.undo()


# --- trouble -----------------------------------------------------------------------------------------------


async def test_a_journal_that_cannot_be_written_is_done_without(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await some(fleet, 2)
    broken = FaultyDisk()
    broken.broken = True
    broken.spoil_journals(monkeypatch)
    await some(fleet, 3)
    assert await stored(fleet) == 15, "what waited is there, too: it is older"
    said = [record.getMessage() for record in caplog.records if "their journal" in record.getMessage()]
    assert len(said) == 1 and "Input/output error" in said[0]
    broken.broken = False
    await some(fleet, 2)
    assert await stored(fleet) == 15
    before = await everything(fleet)
    assert await everything(await fleet.restarted()) == before


async def test_on_a_full_disk_nothing_is_acknowledged(fleet: Fleet, disk: FaultyDisk) -> None:
    await some(fleet, 2)
    disk.full = True
    with pytest.raises(StorageTrouble):
        await fleet.send(cpu_used=7)
    assert fleet.database.trouble == "The disk is full.", "as ever"
    disk.full = False
    again = await fleet.restarted()
    assert [value for _, value in (await everything(again))["values"]["cpu_used"]] == [0, 1]


async def test_what_waits_is_shown_while_the_database_takes_nothing(fleet: Fleet, disk: FaultyDisk) -> None:
    await some(fleet)
    before = await everything(fleet)
    disk.full = True
    with pytest.raises(StorageTrouble):
        await fleet.servers.waiting.take_in()
    assert await everything(fleet) == before
    again = await fleet.restarted()  # starts all the same
    assert await everything(again) == before
    with pytest.raises(StorageTrouble):
        await again.send(cpu_used=9)
    disk.full = False
    await again.send(cpu_used=9)
    assert await stored(again) == 16
    await removed(again)


async def test_a_disk_that_hangs_is_refused_at_once(
    fleet: Fleet, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "PATIENCE_S", 0.1)
    await some(fleet, 2)
    disk.open_door.clear()
    try:
        for _ in range(3):
            with pytest.raises(StorageTrouble):
                await fleet.send(cpu_used=7, swap_used_b=1)
            with pytest.raises(StorageTrouble):
                await fleet.send(cpu_used=8)
    finally:
        disk.open_door.set()
    async with asyncio.timeout(20):
        while fleet.servers.waiting._writer is None or fleet.servers.waiting._writer.is_busy:
            await asyncio.sleep(0.01)
    await fleet.send(cpu_used=9)
    before = await everything(fleet)
    assert await everything(await fleet.restarted()) == before


async def test_what_can_never_be_stored_holds_up_nobody(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        for board in ("first", "second"):
            await fleet.send(attributes={"motherboard_id": board}, cpu_used=1)
        fleet.clock.advance(60)
    real: Callable[..., None] = journal._take_in

    def fails(connection: Any, server_id: int, reports: Any) -> None:
        if server_id == 1:
            raise KeyError("surprise")
        real(connection, server_id, reports)

    monkeypatch.setattr(journal, "_take_in", fails)
    await fleet.servers.waiting.take_in()
    assert await stored(fleet) == 3
    assert "are given up" in caplog.text and "surprise" in caplog.text


async def test_a_journal_that_cannot_be_read_keeps_nobody_from_starting(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await some(fleet, 2)

    def refused(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(journal, "read_records", refused)
    again = await fleet.restarted()
    assert "Reports that wait cannot be read" in caplog.text
    await again.send(cpu_used=9)
    assert (await stored(again), len(journals(again))) == (4, 1)
    monkeypatch.undo()
    assert await stored(await again.restarted()) == 7


# --- whose they are ----------------------------------------------------------------------------------------


async def test_of_a_server_that_is_gone_nothing_is_stored(fleet: Fleet) -> None:
    await some(fleet, 3)
    gone = fleet.only()
    await fleet.servers.delete(gone)
    await some(fleet, 2)
    assert fleet.only().id > gone.id, "no number is given twice"
    for one in (fleet, await fleet.restarted()):
        found = await one.servers.values(one.only(), ["cpu_used"], 0, fleet.now, 100)
        assert [value for _, value in found["cpu_used"]] == [0, 1]
    assert await stored(fleet) == 6


async def test_a_journal_of_another_database_is_left_alone(fleet: Fleet, tmp_path: Path) -> None:
    await some(fleet, 3)
    (name,) = journals(fleet)
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copy(fleet.folder / name, folder / name)
    async with opened_plain(folder / "kuma-lite.db", fleet.clock) as database:
        other = await make(database, fleet.clock, Wishes(), folder)
        assert other.servers.all() == [] and journals(other) == []
        await other.send(cpu_used=1)
        await other.send(cpu_used=2)
        await other.servers.waiting.close()
    assert read_records(folder / f"{name}.other") is not None


async def test_silence_that_was_told_of_begins_where_it_did(fleet: Fleet, disk: FaultyDisk) -> None:
    """The last report was refused: the one that waits is older, and must not look like a new one."""
    await fleet.send(cpu_used=CALM)
    fleet.clock.advance(60)
    await fleet.send(cpu_used=CALM)
    fleet.clock.advance(5)
    disk.full = True
    with pytest.raises(StorageTrouble):
        await fleet.send(cpu_used=CALM)
    disk.full = False
    await silent(fleet, 320)
    assert fleet.said.texts == ["No reports for 5 minutes"]
    again = await fleet.restarted()
    await silent(again, 600)
    assert again.said.texts == [] and again.only().status == "offline"


async def test_a_copy_of_the_database_has_what_waits(fleet: Fleet, tmp_path: Path) -> None:
    await some(fleet)
    fleet.database.completion = lambda: journal.completion(fleet.folder)
    await fleet.send(cpu_used=BUSY)
    before = await everything(fleet)
    folder = tmp_path / "copy"
    folder.mkdir()
    await fleet.database.backup_to(folder / "kuma-lite.db")
    assert await stored(fleet) == 3
    (name,) = journals(fleet)
    shutil.copy(fleet.folder / name, folder / name)  # whoever copies all of the folder has it twice
    async with opened_plain(folder / "kuma-lite.db", fleet.clock) as database:
        copied = await make(database, fleet.clock, Wishes(), folder)
        assert await everything(copied) == before
        assert await stored(copied) == 16
        await copied.servers.waiting.close()
