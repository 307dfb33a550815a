"""Which monitors nobody can say anything about."""

from __future__ import annotations

import asyncio
from typing import Any

from kuma_lite.core.clock import ManualClock, SystemClock
from kuma_lite.core.declarations import CheckContext, CheckFailed, CheckResult, Status
from kuma_lite.monitors.engine import blind_spots, concluding, disbelief
from kuma_lite.monitors.engine.blind_spots import INTERVALS, SLACK_S, BlindSpots
from kuma_lite.monitors.engine.roster import Monitor, Reading
from tests.monitors.engine.test_engine import House, Scripted, house, sequence, up

__all__ = ["house"]  # the fixture


async def test_types_that_are_not_known_and_settings_that_cannot_be_used(house: House) -> None:
    spots = BlindSpots(house.roster, house.engine.checker, SystemClock().monotonic)
    house.add(Scripted(up), 1)
    house.roster.put(Monitor(2, 1, True, {"name": "tv", "type": "chromecast"}))
    house.roster.put(
        Monitor(3, 1, True, {"name": "p"}, reading=Reading(Scripted(up), problem="port: no number"))
    )
    house.roster.put(Monitor(4, 1, False, {"name": "paused", "type": "chromecast"}))
    assert spots() == []  # nobody can mend them by waking up: they are told of where one looks
    reasons = [monitor.unchecked for monitor in house.roster]
    assert reasons[:2] == [None, "Monitors of the type chromecast cannot be checked."]
    assert str(reasons[2]).startswith("port: ")
    assert spots.unchecked() == 2


async def test_failures_of_our_own_that_are_shown(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(concluding, "REPEAT_S", 0.05)
    monkeypatch.setattr(disbelief, "SHOWN_AFTER_S", 0.2)
    spots = BlindSpots(house.roster, house.engine.checker, SystemClock().monotonic)
    house.pull(uplink=False)
    house.add(Scripted(sequence(CheckFailed("connect ETIMEDOUT", local=True))), hostname="x")
    await house.wait(lambda: house.fault.count)
    assert spots() == []
    await house.until(1)
    assert spots() == [("m1", "This machine has no network.")]
    house.pull(uplink=True)
    await house.wait(lambda: house.recorder.beats[-1].status is Status.DOWN)
    assert spots() == []


async def test_many_are_looked_at_one_after_the_other(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(blind_spots, "LOOKED_AT_ONCE", 3)
    clock = ManualClock()
    spots = BlindSpots(house.roster, house.engine.checker, clock.monotonic)
    for number in range(1, 9):
        house.roster.put(Monitor(number, 1, True, {"name": f"m{number}", "interval": 60}))
        house.engine.checker.turned[number] = clock.monotonic()
    clock.advance(3600)
    assert [len(spots()) for _ in range(4)] == [3, 6, 8, 8]
    assert [name for name, _ in spots()] == [f"m{number}" for number in range(1, 9)]
    house.engine.checker.turned[8] = house.engine.checker.turned[1] = clock.monotonic()
    house.roster.remove(2)
    assert [name for name, _ in spots()] == [f"m{number}" for number in range(3, 8)]


async def test_silence_for_whatever_reason(house: House) -> None:
    async def never(context: CheckContext) -> CheckResult:
        await asyncio.sleep(3600)
        return CheckResult()

    clock = ManualClock()
    spots = BlindSpots(house.roster, house.engine.checker, clock.monotonic)
    monitor = house.add(Scripted(never, limit=9999), interval=60, timeout=48)
    house.engine.checker.turned[monitor.id] = clock.monotonic()
    clock.advance(INTERVALS * 60 + 48 + SLACK_S)
    assert spots() == []
    clock.advance(1)
    assert spots() == [("m1", "Nothing has come of its checks for 289 s.")]
    house.engine.leave(monitor.id)
    assert spots() == []


async def test_what_several_go_through_is_not_their_targets_fault(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(concluding, "REPEAT_S", 0.05)
    monkeypatch.setattr(disbelief, "SHOWN_AFTER_S", 0.2)
    refused = CheckFailed("connect ECONNREFUSED 127.0.0.1:3128", shared="proxyId")
    for number, proxy in ((1, 7), (2, 7), (3, 8)):
        house.add(Scripted(sequence(refused)), number, proxyId=proxy)
    await house.wait(lambda: len({beat.monitor_id for beat in house.recorder.beats}) == 3)
    told = {(beat.monitor_id, beat.status, beat.msg) for beat in house.recorder.beats}
    why = "cannot be checked: Its proxy cannot be used: connect ECONNREFUSED 127.0.0.1:3128"
    assert told == {
        (1, Status.PENDING, why),
        (2, Status.PENDING, why),
        (3, Status.DOWN, "connect ECONNREFUSED 127.0.0.1:3128"),
    }
    assert house.recorder.written == [("m3", Status.DOWN)]


async def test_what_says_itself_that_it_cannot_be_checked(house: House) -> None:
    spots = BlindSpots(house.roster, house.engine.checker, SystemClock().monotonic)
    cannot = CheckResult("cannot be checked: Its proxy is gone.", status=Status.PENDING, cannot=True)
    house.add(Scripted(sequence(cannot, CheckResult("ok"))), interval=1)
    assert (await house.until(1))[0].status is Status.PENDING
    assert spots() == [("m1", "Its proxy is gone.")]
    await house.until(2)
    assert spots() == []
