"""The way of a beat, with a recorder in memory and monitor types made for the purpose."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from kuma_lite.beats.model import Beat, NewBeat
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.declarations import (
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorDeclaration,
    MonitorType,
    ServerContext,
    ServerMonitorType,
    Silence,
    Status,
    Wait,
)
from kuma_lite.core.options import Options, option
from kuma_lite.core.spans import Spans
from kuma_lite.core.targets import Distance
from kuma_lite.monitors.engine import checking, concluding, disbelief
from kuma_lite.monitors.engine.due import REPEAT_S, phase
from kuma_lite.monitors.engine.engine import AT_ONCE, Engine
from kuma_lite.monitors.engine.judge import Policy
from kuma_lite.monitors.engine.limits import read_limits
from kuma_lite.monitors.engine.outcome import Outcome
from kuma_lite.monitors.engine.own_fault import OwnFault
from kuma_lite.monitors.engine.roster import Monitor, Reading, Roster
from kuma_lite.monitors.model import BeatRecorded

Script = Callable[[CheckContext], Awaitable[CheckResult | Wait]]


class Addressed(Options):
    hostname: str = option("", label="Hostname", kind=Kind.HOST)


class Scripted(MonitorType[Addressed]):
    """Does what the test says."""

    name = "scripted"
    label = "Scripted"
    options = Addressed

    def __init__(self, script: Script, limit: float = 5.0, *, pushed: bool = False) -> None:
        self.script = script
        self.limit = limit
        self.pushed = pushed  # type: ignore[misc]

    async def check(self, options: Addressed, context: CheckContext) -> CheckResult | Wait:
        return await self.script(context)

    def deadline(self, options: Addressed, context: CheckContext) -> float:
        return self.limit


class OnServer(ServerMonitorType[Options]):
    """The same, of a type that sees other monitors."""

    name = "on-server"
    label = "On the server"
    options = Options

    def __init__(self, script: Callable[[ServerContext], Awaitable[CheckResult | Wait]]) -> None:
        self.script = script

    async def check(self, options: Options, context: ServerContext) -> CheckResult | Wait:
        return await self.script(context)


class MemoryRecorder:
    """Beats in a list; `stalled` lets urgent ones wait, as a slow disk would."""

    def __init__(self) -> None:
        self.beats: list[Beat] = []
        self.urgent: list[Beat] = []
        self.written: list[Any] = []
        self.stalled = asyncio.Event()
        self.stalled.set()
        self.asked = 0  # for urgent ones, written or not
        self.fail = False

    def record(self, new: NewBeat) -> Beat:
        beat = Beat(len(self.beats) + 1, *new)
        self.beats.append(beat)
        return beat

    async def record_now(
        self,
        new: NewBeat,
        also: Callable[[Any, Beat], None] | None = None,
        unstored: Callable[[Beat, bool | None], None] | None = None,
    ) -> Beat:
        self.asked += 1
        await self.stalled.wait()
        if self.fail:
            raise OSError("disk full")
        beat = self.record(new)
        self.urgent.append(beat)
        if also:
            also(self.written, beat)
        return beat

    async def flush(self) -> None:
        await asyncio.sleep(0)

    def last(self, monitor_id: int) -> Beat | None:
        return next((beat for beat in reversed(self.beats) if beat.monitor_id == monitor_id), None)


class Announcer:
    def announce(
        self, monitor: Monitor, *, pushed: bool
    ) -> tuple[Callable[[Any, Beat], None], Callable[[Beat, bool | None], None]]:
        return lambda connection, beat: connection.append((monitor.name, beat.status)), lambda *_: None


class Surroundings:
    """A network whose uplink can be pulled."""

    uplink = True

    def has_uplink(self) -> bool:
        return self.uplink

    def distance_of(self, host: str) -> Distance:
        return Distance.LOCAL if host == "127.0.0.1" else Distance.PUBLIC

    @property
    def resolver_health(self) -> Surroundings:
        return self

    async def explains(self, host: str, began: float, failed: float) -> bool:
        return False


class NoAnchor:
    distance = None
    outages = Spans()

    async def ask(self) -> None:
        raise AssertionError("there is nobody to ask")

    def contradict(self, began: float, worked: float) -> None:
        raise AssertionError("there is nothing to contradict")


@dataclass
class House:
    """An engine with everything around it."""

    engine: Engine
    recorder: MemoryRecorder
    roster: Roster
    fault: OwnFault
    told: list[BeatRecorded] = field(default_factory=list)
    maintenance: set[int] = field(default_factory=set)
    certificates: list[Any] = field(default_factory=list)
    last_results: list[tuple[str, object]] = field(default_factory=list)
    network: Surroundings = field(default_factory=Surroundings)

    def pull(self, *, uplink: bool) -> None:
        """The network goes or comes back, proven by an answer from elsewhere."""
        self.network.uplink = uplink
        self.fault.look_at_uplink()
        if uplink:
            self.fault.succeeded("example.org", self.fault.begin())

    def add(self, kind: MonitorDeclaration[Any] | None, monitor_id: int = 1, **document: Any) -> Monitor:
        stored = {"name": f"m{monitor_id}", "interval": 1, **document}
        monitor = Monitor(monitor_id, 1, True, stored)
        monitor.reading = Reading(kind, kind.options.read(stored) if kind is not None else None)
        monitor.policy = Policy(stored.get("maxretries", 0), 0, stored.get("upsideDown", False))
        monitor.limits = read_limits(stored.get("limits"))
        self.roster.put(monitor)
        self.engine.watch(monitor)
        return monitor

    async def until(self, count: int) -> list[Beat]:
        """Wait for that many beats."""
        await self.wait(lambda: len(self.recorder.beats) >= count)
        return self.recorder.beats

    async def wait(self, condition: Callable[[], object]) -> None:
        """Returns when the condition holds."""
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.01)


@pytest.fixture
async def house() -> Any:
    clock, bus, roster, recorder = SystemClock(), Bus(), Roster(), MemoryRecorder()
    made: list[House] = []

    network = Surroundings()
    fault = OwnFault(clock, network, NoAnchor())
    engine = Engine(
        clock=clock,
        bus=bus,
        roster=roster,
        recorder=recorder,
        announcer=Announcer(),
        network=network,
        fault=fault,
        in_maintenance=lambda monitor_id: monitor_id in made[0].maintenance,
        keep_certificate=lambda monitor, certificate: made[0].certificates.append(certificate),
        keep_last_result=lambda monitor, field, value: made[0].last_results.append((field, value)),
    )
    made.append(House(engine, recorder, roster, fault, network=network))
    bus.subscribe(BeatRecorded, made[0].told.append)
    engine.checker.start()
    yield made[0]
    await engine.stop()


async def up(context: CheckContext) -> CheckResult:
    return CheckResult("fine", 1.0)


def sequence(*outcomes: CheckResult | Wait | Exception) -> Script:
    remaining: Iterator[Any] = iter(outcomes)
    last: list[Any] = [outcomes[-1]]

    async def check(context: CheckContext) -> CheckResult | Wait:
        outcome = next(remaining, last[0])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return check


async def test_a_beat_is_checked_recorded_and_told(house: House) -> None:
    house.add(Scripted(up))
    first, second, _, fourth = (await house.until(4))[:4]
    assert (first.status, first.msg, first.ping, first.important) == (Status.UP, "fine", 1.0, True)
    assert not second.important
    assert 2400 <= fourth.time - first.time <= 5000  # three intervals; a busy machine may be late for one
    assert [event.beat for event in house.told] == house.recorder.beats
    assert house.told[0].first and not house.told[1].first


async def test_a_change_is_on_disk_before_it_is_told(house: House) -> None:
    house.recorder.stalled.clear()
    house.add(Scripted(up))
    await house.wait(lambda: house.recorder.asked)
    assert house.told == []
    house.recorder.stalled.set()
    await house.wait(lambda: house.told)
    assert house.recorder.urgent == [house.told[0].beat]


async def test_messages_are_written_with_the_beat(house: House) -> None:
    async def down_once(context: CheckContext) -> CheckResult:
        if not house.recorder.beats:
            raise CheckFailed("no")
        return CheckResult("ok")

    house.add(Scripted(down_once))
    await house.until(2)
    assert house.recorder.written == [("m1", Status.DOWN), ("m1", Status.UP)]


async def test_a_bug_is_no_beat_and_is_tried_again(house: House, caplog: pytest.LogCaptureFixture) -> None:
    assert REPEAT_S > 1
    house.add(Scripted(sequence(ZeroDivisionError("ours"), CheckResult("ok"))))
    await house.wait(lambda: house.engine.checker.bugs)
    await house.wait(lambda: len(house.engine.checker.scheduler))
    assert house.recorder.beats == []
    assert house.engine.checker.bugs == 1
    assert "ZeroDivisionError" in caplog.text
    assert house.fault.latest == "The check itself has a fault (ZeroDivisionError)."


async def test_a_full_disk_writes_nothing_and_tells_nothing(house: House) -> None:
    house.recorder.fail = True
    monitor = house.add(Scripted(sequence(CheckFailed("no"))))
    await house.wait(lambda: house.engine.checker.bugs)
    assert house.told == []
    assert monitor.previous is None
    assert len(house.engine.checker.scheduler) == 1


async def test_a_hung_check_is_ended_at_its_deadline(house: House) -> None:
    async def hang(context: CheckContext) -> CheckResult:
        await asyncio.sleep(3600)
        return CheckResult()

    house.add(Scripted(hang, limit=0.1), timeout=48)
    (beat,) = (await house.until(1))[:1]
    assert (beat.status, beat.msg) == (Status.DOWN, "timeout by AbortSignal (48s)")


async def test_whoever_is_well_after_a_start_moves_to_its_place_in_the_interval(house: House) -> None:
    """Retries and failures keep the rhythm that was asked for."""
    checker = house.engine.checker
    now = time.monotonic()
    well = house.add(Scripted(up), 1, interval=600)
    ill = house.add(Scripted(sequence(CheckFailed("no"))), 2, interval=600, maxretries=1)
    flipped = house.add(Scripted(up), 3, interval=600, upsideDown=True)
    await house.until(3)
    await house.wait(lambda: len(checker.scheduler) == 3)  # their first turns are over
    for monitor in (well, ill, flipped):
        checker.resume(monitor, None)
        checker.scheduler.put(monitor.id, now - 5)
    await house.until(6)
    await house.wait(lambda: len(checker.scheduler) == 3)
    counts = checker.scheduler._entries
    due = {each[1]: each[0] - now for each in checker.scheduler._heap if counts[each[1]] == each[2]}
    assert abs(due[1] - 600 * phase(1)) < 30
    assert abs(due[2] - 595) < 0.1
    assert abs(due[3] - 595) < 0.1


async def test_no_more_are_begun_than_there_is_room_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MAX_RUNNING", 2)
    running, most = 0, 0
    order: list[int] = []

    async def slow(context: CheckContext) -> CheckResult:
        nonlocal running, most
        order.append(context.monitor_id)
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return CheckResult()

    for monitor_id in range(1, 8):
        house.add(Scripted(slow), monitor_id, interval=600)
    await house.until(7)
    assert most == 2
    assert sorted(order) == list(range(1, 8))


async def test_no_network_is_never_down(house: House) -> None:
    house.pull(uplink=False)
    monitor = house.add(Scripted(sequence(CheckFailed("getaddrinfo EAI_AGAIN x", local=True))), hostname="x")
    await house.wait(lambda: house.fault.count)
    assert house.recorder.beats == []
    assert monitor.previous is None
    assert house.fault.count == 1
    house.pull(uplink=True)
    assert (await house.until(1))[0].status is Status.DOWN


async def test_this_machine_needs_no_network(house: House) -> None:
    house.pull(uplink=False)
    house.add(Scripted(sequence(CheckFailed("connect ETIMEDOUT", local=True))), hostname="127.0.0.1")
    assert (await house.until(1))[0].status is Status.DOWN


async def test_a_blocked_loop_is_never_down(house: House) -> None:
    async def late(context: CheckContext) -> CheckResult:
        time.sleep(1.4)
        raise CheckFailed("timeout", local=True)

    house.add(Scripted(late), hostname="127.0.0.1")
    await house.wait(lambda: house.fault.count and len(house.engine.checker.scheduler))
    assert house.recorder.beats == []


async def test_maintenance_skips_the_check(house: House) -> None:
    house.maintenance.add(1)
    house.add(Scripted(sequence(AssertionError("must not be asked"))))
    beat = (await house.until(1))[0]
    assert (beat.status, beat.msg) == (Status.MAINTENANCE, "Monitor under maintenance")


async def test_what_cannot_be_checked_has_no_beats(house: House) -> None:
    house.add(None, 1)
    house.roster.put(
        broken := Monitor(2, 1, True, {"name": "b"}, reading=Reading(Scripted(up), problem="port: no number"))
    )
    house.engine.watch(broken)
    house.add(Scripted(up), 3)
    await house.until(2)
    assert {beat.monitor_id for beat in house.recorder.beats} == {3}
    assert len(house.engine.checker.scheduler) + house.engine.checker.running == 1


async def test_a_driver_that_is_missing_is_pending_and_no_failure(house: House) -> None:
    house.add(Scripted(sequence(CannotCheck("Its driver is not installed here."))), maxretries=0)
    beat = (await house.until(1))[0]
    assert (beat.status, beat.msg) == (Status.PENDING, "Its driver is not installed here.")


async def test_a_good_answer_over_its_limit(house: House) -> None:
    limits = [
        {"number": "ping", "operator": ">", "value": 100, "becomes": "pending"},
        {"number": "ping", "operator": ">", "value": 200, "becomes": "down", "count": 2, "of": 2},
    ]
    answers = [CheckResult("ok", ping) for ping in (300.0, 300.0, 50.0)]
    house.add(Scripted(sequence(*answers)), limits=limits)
    found = [(beat.status, beat.msg, beat.ping) for beat in (await house.until(3))[:3]]
    assert found == [
        (Status.PENDING, "Response time 300 ms breaks its limit (> 100 ms); ok", 300.0),
        (
            Status.DOWN,
            "Response time 300 ms breaks its limit (> 200 ms, in 2 of the last 2 checks); ok",
            300.0,
        ),
        (Status.UP, "ok", 50.0),
    ]


async def test_a_fault_in_a_check_is_seen_when_it_comes_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concluding, "REPEAT_S", 0.1)
    outcomes = sequence(CheckResult("ok"), KeyError("secret"), KeyError("secret"), CheckFailed("500"))
    house.add(Scripted(outcomes), interval=1)
    _, cannot, down = (await house.until(3))[:3]
    assert (cannot.status, cannot.important) == (Status.PENDING, False)
    assert cannot.msg == "cannot be checked: The check itself has a fault (KeyError)."
    assert (down.status, down.msg, down.important) == (Status.DOWN, "500", True)
    assert house.recorder.written == [("m1", Status.DOWN)]


async def test_no_network_for_long_is_shown(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concluding, "REPEAT_S", 0.1)
    monkeypatch.setattr(disbelief, "SHOWN_AFTER_S", 0.3)
    house.pull(uplink=False)
    monitor = house.add(Scripted(sequence(CheckFailed("connect ETIMEDOUT", local=True))), hostname="x")
    beats = await house.until(2)
    assert {(beat.status, beat.msg) for beat in beats[:2]} == {
        (Status.PENDING, "cannot be checked: This machine has no network.")
    }
    assert beats[1].time - beats[0].time >= 900
    assert monitor.disbelief is not None and monitor.disbelief.count > 2
    assert house.recorder.written == []


async def test_out_of_descriptors_is_no_fault_of_the_check(house: House) -> None:
    house.add(Scripted(sequence(OSError(errno.EMFILE, "Too many open files"))))
    await house.wait(lambda: house.fault.count)
    assert house.fault.latest == "This machine is out of file descriptors or memory."
    assert house.recorder.beats == []


async def test_the_silence_of_who_reports_is_measured_by_a_clock_that_nobody_sets(house: House) -> None:
    seen: list[Silence] = []

    async def look(context: ServerContext) -> CheckResult:
        seen.append(context.silence())
        return CheckResult("ok")

    monitor = house.add(OnServer(look), interval=1)
    await house.until(3)
    assert seen[0].lasted < seen[1].lasted < seen[2].lasted
    await house.engine.pushed(Outcome(monitor.id, 0.0, Status.UP, False, "OK"))
    count = len(seen)
    await house.wait(lambda: len(seen) > count)
    assert seen[-1].lasted < seen[count - 1].lasted
    assert all(silence.counts == silence.lasted for silence in seen)


async def test_wait_records_nothing(house: House) -> None:
    house.add(Scripted(sequence(Wait(0.2), CheckFailed("No heartbeat in the time window"))))
    assert (await house.until(1))[0].msg == "No heartbeat in the time window"
    assert house.engine.checker.looks == 2


async def test_pushed_types_are_first_looked_at_after_an_interval(house: House) -> None:
    looked: list[float] = []

    async def overdue(context: CheckContext) -> CheckResult:
        looked.append(time.monotonic())
        raise CheckFailed("overdue")

    added = time.monotonic()
    house.add(Scripted(overdue, pushed=True))
    await house.until(1)
    assert looked[0] - added >= 1


async def test_pushed_beats_are_judged_by_the_push_rules(house: House) -> None:
    monitor = house.add(Scripted(up, pushed=True), interval=60, maxretries=1)
    for status, message in ((Status.UP, "OK"), (Status.DOWN, "x"), (Status.DOWN, "y")):
        await house.engine.pushed(Outcome(monitor.id, 0.0, status, status is Status.DOWN, message))
    assert [beat.status for beat in house.recorder.beats] == [Status.UP, Status.PENDING, Status.DOWN]
    assert all(event.pushed for event in house.told)


async def test_leaving_ends_a_check_without_a_beat(house: House) -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def slow(context: CheckContext) -> CheckResult:
        started.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()
        return CheckResult("too late")

    house.add(Scripted(slow))
    await asyncio.wait_for(started.wait(), 10)
    (task,) = house.engine.checker._running.values()
    house.engine.leave(1)
    await asyncio.wait_for(ended.wait(), 10)
    await asyncio.wait([task], timeout=10)
    assert task.done()
    assert house.recorder.beats == []
    assert house.engine.checker.running == 0
    assert len(house.engine.checker.scheduler) == 0


async def test_an_edit_during_a_check_records_only_the_new_one(house: House) -> None:
    started, edited = asyncio.Event(), asyncio.Event()

    async def slow(context: CheckContext) -> CheckResult:
        started.set()
        await edited.wait()
        return CheckResult("old")

    house.add(Scripted(slow))
    await asyncio.wait_for(started.wait(), 10)
    house.add(Scripted(sequence(CheckResult("new"))))
    edited.set()
    await house.until(2)
    assert {beat.msg for beat in house.recorder.beats} == {"new"}


async def test_certificates_are_kept_from_successes_and_failures(house: House) -> None:
    good, bad = object(), object()
    outcomes = sequence(CheckResult("ok", certificate=good), CheckFailed("expired", certificate=bad))  # type: ignore[arg-type]
    house.add(Scripted(outcomes))
    await house.until(2)
    assert set(house.certificates) == {good, bad}


async def test_a_last_result_is_kept_when_it_is_another(house: House) -> None:
    outcomes = sequence(
        CheckResult("ok", last_result="same"),
        CheckResult("ok", last_result="new"),
        CheckResult("ok"),
        CheckFailed("not met", last_result="newer"),
        CheckFailed("nobody answers"),
    )
    house.add(Scripted(outcomes), dns_last_result="same")
    await house.until(5)
    assert house.last_results == [("dns_last_result", "new"), ("dns_last_result", "newer")]


async def test_what_a_failure_of_our_own_has_learned_is_kept_without_a_beat(house: House) -> None:
    house.pull(uplink=False)
    seen: Any = object()
    house.add(Scripted(sequence(CheckFailed("timeout", local=True, certificate=seen))), hostname="x")
    await house.wait(lambda: house.certificates)
    assert house.certificates[0] is seen
    assert house.recorder.beats == []


async def test_the_context_shows_children_and_the_last_beat(house: House) -> None:
    seen: list[Any] = []

    async def look(context: ServerContext) -> CheckResult:
        seen.append((context.children(), context.last_beat(), context.timeout))
        return CheckResult("ok")

    group = OnServer(look)
    child = Monitor(2, 1, False, {"name": "child", "parent": 1}, reading=Reading(group, Options()))
    house.roster.put(child)
    house.roster.put(Monitor(3, 1, True, {"name": "of an unknown type", "parent": 1}))
    house.add(group, interval=1, timeout=3)
    await house.until(2)
    children, last, timeout = seen[1]
    assert [(child.id, child.name, child.active, child.status) for child in children] == [
        (2, "child", False, None)
    ]
    assert last.status is Status.UP
    assert timeout == 3


async def test_stopping_is_quick_and_records_nothing_more(house: House) -> None:
    started = asyncio.Event()

    async def hang(context: CheckContext) -> CheckResult:
        started.set()
        await asyncio.sleep(3600)
        return CheckResult()

    house.add(Scripted(hang))
    await asyncio.wait_for(started.wait(), 10)
    async with asyncio.timeout(10):
        await house.engine.stop()
    assert house.recorder.beats == []


async def test_more_monitors_than_fit_into_one_turn_are_all_begun_with(house: House) -> None:
    kind = Scripted(up)
    for number in range(1, 2 * AT_ONCE + 2):
        stored = {"name": f"m{number}", "interval": 3_600}
        house.roster.put(Monitor(number, 1, True, stored, reading=lambda _: Reading(kind, Options())))
    house.engine.start()
    assert house.engine.is_watched(AT_ONCE)
    assert not house.roster.get(2 * AT_ONCE + 1).is_read, "nobody has waited for the settings of all"
    house.roster.remove(AT_ONCE + 1)
    edited = Monitor(AT_ONCE + 2, 1, False, {"name": "paused"}, reading=Reading(kind, Options()))
    house.roster.put(edited)
    await house.wait(lambda: house.engine.is_watched(2 * AT_ONCE + 1))
    assert not house.engine.is_watched(AT_ONCE + 1)
    assert not house.engine.is_watched(edited.id)
