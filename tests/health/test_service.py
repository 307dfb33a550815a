"""Looking, letting the page know, telling, and remembering what was told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.health.kinds import CANNOT_BE_CHECKED, DISK_FULL, DISK_LOW, UPLINK
from kuma_lite.health.model import Problem, ProblemsChanged, Report
from kuma_lite.health.rules import CALM_S
from kuma_lite.health.service import AGAIN_S, NOBODY_S, WORDING_S, OwnHealth

FULL = Problem(DISK_FULL, "The disk is full.")


class Messenger:
    """Takes what it is told, unless there is nobody or something is in the way."""

    def __init__(self) -> None:
        self.got: list[Report] = []
        self.attempts = 0
        self.somebody = True
        self.error: Exception | None = None
        self.hangs: asyncio.Event | None = None

    async def tell(self, report: Report) -> bool:
        self.attempts += 1
        if self.hangs is not None:
            await self.hangs.wait()
        if self.error is not None:
            raise self.error
        if self.somebody:
            self.got.append(report)
        return self.somebody


class Bench:
    """One health with a clock of the test, and what it says."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database = database
        self.clock = clock
        self.messenger = Messenger()
        self.present: list[Problem] = []
        self.pushes = 0
        bus = Bus()
        bus.subscribe(ProblemsChanged, lambda _event: setattr(self, "pushes", self.pushes + 1))
        self.health = OwnHealth(database, clock, bus, self.messenger, lambda: "UTC")
        self.health.sources.append(lambda: self.present)

    async def run(self, seconds: float, *present: Problem, step: float = 1.0) -> None:
        self.present = list(present)
        for _ in range(round(seconds / step)):
            self.clock.advance(step)
            await self.health.look()
            await self.settle()

    async def settle(self) -> None:
        if self.health._telling is not None and self.messenger.hangs is None:
            await self.health._telling

    async def again(self) -> Bench:
        """Another run of the program on the same database."""
        await self.health.stop()
        other = Bench(self.database, self.clock)
        await other.health.load()
        return other

    @property
    def says(self) -> list[str]:
        return [report.says for report in self.messenger.got]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    clock = ManualClock()
    database = await Database.open(tmp_path / "kuma-lite.db", clock=clock)
    bench = Bench(database, clock)
    await bench.health.load()
    yield bench
    await bench.health.stop()
    await database.close()


async def test_a_problem_is_told_and_its_end(bench: Bench) -> None:
    await bench.run(1, FULL)
    await bench.run(CALM_S + 2)
    began, ended = bench.messenger.got
    assert (began.key, began.label, began.is_over) == ("disk-full", "Disk full", False)
    assert began.says.startswith("The disk is full. Since 2027-01-15 08:00:01 (UTC). ")
    assert ended.is_over
    assert ended.says == (
        "There is room on the disk again. It lasted 1 second, since 2027-01-15 08:00:01 (UTC)."
    )
    assert began.as_monitor()["name"] == "Kuma Lite: Disk full"


async def test_messages_say_how_many_monitors_cannot_be_checked(bench: Bench) -> None:
    unchecked = Problem(CANNOT_BE_CHECKED, "…", members={"a": "", "b": ""})
    await bench.run(1, unchecked)
    await bench.run(1, unchecked, FULL)
    assert bench.says[0].endswith("2 monitors cannot be checked.")


async def test_a_set_clock_does_not_move_the_beginning(bench: Bench) -> None:
    await bench.run(1, FULL)
    bench.clock.jump(86_400)
    await bench.run(CALM_S + 2)
    assert "It lasted 1 second, since 2027-01-16 08:00:01" in bench.says[1]


# --- restarts ----------------------------------------------------------------------------------------------


async def test_a_restart_tells_nothing_twice_and_the_end_once(bench: Bench) -> None:
    await bench.run(1, FULL)
    second = await bench.again()
    await second.run(30, FULL)
    assert second.says == []
    third = await second.again()
    await third.run(CALM_S + 2)
    assert [report.is_over for report in third.messenger.got] == [True]
    assert "since 2027-01-15 08:00:01" in third.says[0]
    fourth = await third.again()
    await fourth.run(2 * CALM_S)
    assert fourth.says == []
    await fourth.health.stop()


async def test_a_clock_set_back_while_the_program_is_off_does_no_harm(bench: Bench) -> None:
    await bench.run(1, FULL)
    bench.clock.jump(-1e6)
    second = await bench.again()
    await second.run(CALM_S + 2)
    assert "It lasted 1 second" in second.says[0]
    await second.health.stop()


async def test_monitors_that_were_told_of_are_remembered(bench: Bench) -> None:
    unchecked = Problem(CANNOT_BE_CHECKED, "…", members={"a": ""})
    await bench.run(CANNOT_BE_CHECKED.tell_after + 10, unchecked, step=10)
    assert len(bench.says) == 1
    second = await bench.again()
    await second.run(7_200, unchecked, step=10)
    assert second.says == []
    await second.health.stop()


# --- when telling fails ------------------------------------------------------------------------------------


async def test_while_nothing_can_be_stored_it_is_tried_again(bench: Bench) -> None:
    bench.messenger.error = StorageTrouble("The disk is full.")
    await bench.run(3 * AGAIN_S, FULL)
    assert bench.messenger.attempts == 3
    bench.messenger.error = None
    await bench.run(AGAIN_S, FULL)
    assert len(bench.says) == 1


async def test_what_could_not_be_told_while_it_lasted_is_told_once_afterwards(bench: Bench) -> None:
    bench.messenger.error = StorageTrouble("The disk is full.")
    await bench.run(90, FULL)
    bench.messenger.error = None
    await bench.run(600)
    (report,) = bench.messenger.got
    assert report.is_over
    assert "for 1 minute 30 seconds, and could not be told" in report.says


async def test_who_is_chosen_later_is_told_then(bench: Bench) -> None:
    bench.messenger.somebody = False
    await bench.run(NOBODY_S, FULL)
    assert bench.messenger.attempts == 1
    bench.messenger.somebody = True
    await bench.run(NOBODY_S, FULL)
    assert len(bench.says) == 1


async def test_one_that_nobody_can_be_told_of_holds_up_no_other(bench: Bench) -> None:
    bench.messenger.somebody = False
    await bench.run(1, FULL)
    bench.messenger.somebody = True
    await bench.run(UPLINK.tell_after + 1, Problem(UPLINK, "No network."))
    assert bench.says[0].startswith("No network.")


async def test_a_message_that_hangs_stops_neither_the_look_nor_the_page(bench: Bench) -> None:
    bench.messenger.hangs = asyncio.Event()
    await bench.run(10, FULL)
    await bench.run(10, FULL, Problem(UPLINK, "No network."))
    assert [entry["key"] for entry in bench.health.shown()] == ["disk-full", "uplink"]
    await asyncio.sleep(0)
    assert bench.messenger.attempts == 1
    bench.messenger.hangs.set()
    bench.messenger.hangs = None
    await bench.settle()
    assert bench.says[0].startswith("The disk is full.")


# --- the page ----------------------------------------------------------------------------------------------


async def test_the_page_is_told_what_changes_and_nothing_else(bench: Bench) -> None:
    await bench.run(3, FULL)
    await bench.run(60, FULL)
    assert bench.pushes == 1
    assert bench.health.shown() == [
        {
            "key": "disk-full",
            "msg": "The disk is full.",
            "sentence": {"key": "The disk is full.", "arguments": {}},
            "meaning": {"key": DISK_FULL.meaning, "arguments": {}},
            "since": 1_800_000_001_000,
            "help": "history",
            "members": [],
        }
    ]
    await bench.run(10)
    assert bench.pushes == 2
    assert bench.health.shown() == []


async def test_figures_in_a_sentence_change_now_and_then(bench: Bench) -> None:
    for number in range(100):
        await bench.run(1, Problem(DISK_LOW, "{free} MB are left.", {"free": 100 - number}))
    assert 9 <= bench.pushes <= 100 / WORDING_S + 1
    assert bench.health.shown()[0]["sentence"]["key"] == "{free} MB are left."


async def test_notes_are_what_strangers_may_know(bench: Bench) -> None:
    low = Problem(DISK_LOW, "{free} MB are left on {name}.", {"free": 1, "name": "secret"})
    bench.present = [FULL, low]
    assert bench.health.notes() == {"disk-low": "The disk is nearly full."}


# --- sources -----------------------------------------------------------------------------------------------


async def test_a_source_that_breaks_is_logged_once_and_stops_no_other(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks() -> Problem:
        raise RuntimeError("of ours")

    bench.health.sources.insert(0, breaks)
    bench.health.sources.append(lambda: None)
    bench.health.sources.append(lambda: Problem(UPLINK, "No network."))
    with caplog.at_level(logging.ERROR):
        await bench.run(3, FULL)
    assert [problem.key for problem in bench.health.present()] == ["disk-full", "uplink"]
    assert len([record for record in caplog.records if "source" in record.message]) == 1
