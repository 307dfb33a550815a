from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks.push import GRACE_S, PushMonitor
from kuma_lite.core.declarations import LastBeat, Silence, Status, Wait
from tests.checks.support import Context, failure, run

NOW = 1_800_000_000.0
UP, DOWN, PENDING, MAINTENANCE = Status.UP, Status.DOWN, Status.PENDING, Status.MAINTENANCE


def context(age: float, status: Status, *, interval: float = 60, upside_down: bool = False) -> Context:
    return Context(interval=interval, upside_down=upside_down, now=NOW, last=LastBeat(status, NOW - age))


@pytest.mark.parametrize(
    ("age", "status", "upside_down", "seconds"),
    [
        (0, UP, False, 61),
        (20, UP, False, 41),
        (60, UP, False, 1),
        (60.5, UP, False, 1),
        (61, UP, False, 1),
        (20, DOWN, True, 41),
        (20, MAINTENANCE, False, 41),
        (20, MAINTENANCE, True, 41),
    ],
)
async def test_while_reports_arrive_it_waits(
    age: float, status: Status, upside_down: bool, seconds: float
) -> None:
    assert await run(PushMonitor(), {}, context(age, status, upside_down=upside_down)) == Wait(seconds)


@pytest.mark.parametrize(
    ("age", "status", "upside_down", "duration"),
    [
        (61.1, UP, False, 61),
        (3600, UP, False, 3600),
        (1, DOWN, False, 1),
        (1, PENDING, False, 1),
        (1, UP, True, 1),
        (1, PENDING, True, 1),
        (61.5, MAINTENANCE, False, 62),
    ],
)
async def test_silence_is_a_failure(age: float, status: Status, upside_down: bool, duration: int) -> None:
    failed = await failure(PushMonitor(), {}, context(age, status, upside_down=upside_down))
    assert (failed.message, failed.duration) == ("No heartbeat in the time window", duration)
    assert failed.retry
    assert not failed.local


async def test_no_report_ever_is_a_failure_of_one_interval() -> None:
    failed = await failure(PushMonitor(), {}, Context(interval=20, last=None))
    assert (failed.message, failed.duration) == ("No heartbeat in the time window", 20)


# Ages in 1/64 s: exact in the doubles that wall clock times are.
@given(st.integers(0, 640_000).map(lambda age: age / 64), st.integers(1, 10_000))
async def test_the_next_look_is_when_the_report_is_overdue(age: float, interval: int) -> None:
    if age > interval + GRACE_S:
        await failure(PushMonitor(), {}, context(age, UP, interval=interval))
        return
    waited = await run(PushMonitor(), {}, context(age, UP, interval=interval))
    assert isinstance(waited, Wait)
    assert GRACE_S <= waited.seconds <= interval + GRACE_S
    assert age + waited.seconds >= interval


@pytest.mark.parametrize("age", [-86_400, -5, 3600, 31_536_000])
async def test_a_clock_that_was_set_changes_nothing(age: float) -> None:
    seen = context(age, UP)
    seen.quiet = Silence(20, 20)
    assert await run(PushMonitor(), {}, seen) == Wait(41)
    seen.quiet = Silence(70, 70)
    assert (await failure(PushMonitor(), {}, seen)).duration == min(70, abs(age))


async def test_silence_in_which_we_could_not_be_reached_does_not_count() -> None:
    seen = context(240, UP)
    seen.quiet = Silence(240, 20)
    assert await run(PushMonitor(), {}, seen) == Wait(41)
    seen.quiet = Silence(240, 62)
    assert (await failure(PushMonitor(), {}, seen)).duration == 240
