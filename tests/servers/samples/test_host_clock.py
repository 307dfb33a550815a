"""How far a host's clock is from ours: every rule once, then lives of agents that Hypothesis makes up."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.servers.samples.host_clock import (
    APART_MS,
    STEADY_MS,
    TOLERANCE_MS,
    UNKNOWN,
    HostClock,
    Shown,
    after,
    shift_of,
)

START = 1_800_000_000_000
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000


@dataclass
class Host:
    """A host whose clock is `ahead`, and what the server makes of its reports."""

    ahead: int
    says_when: bool  # whether its agent sends what its clock shows
    clock: HostClock = UNKNOWN
    passed: int = 0
    errors: list[int] = field(default_factory=list)  # how far samples were put beside their true time

    def wait(self, duration: int) -> None:
        self.passed += duration

    def report(self, *ages: int, stamped: int | None = None) -> int:
        """Send samples of some ages (ms), taken with the clock `stamped` ahead; what they were shifted by."""
        taken = self.ahead if stamped is None else stamped
        now = START + self.passed
        # Agents write whole seconds.
        stamps = [(now - age + taken) // SECOND * SECOND for age in ages]
        sent = (now + self.ahead) // SECOND * SECOND if self.says_when else None
        shown = Shown(sent, max(stamps, default=None))
        before, self.clock = self.clock, after(self.clock, shown, now, self.passed)
        shift = shift_of(before, self.clock, shown, now)
        self.errors += [abs(stamp - shift - (now - age)) for stamp, age in zip(stamps, ages, strict=True)]
        return shift


both = pytest.mark.parametrize("says_when", [True, False])


@both
@pytest.mark.parametrize("ahead", [-3 * HOUR, -MINUTE, 0, TOLERANCE_MS - SECOND])
def test_a_clock_that_is_right_or_behind_shifts_nothing(ahead: int, says_when: bool) -> None:
    host = Host(ahead, says_when)
    for _ in range(5):
        assert host.report(0) == 0
        host.wait(MINUTE)
    assert host.clock.offset == (ahead if ahead < -TOLERANCE_MS else None)


@both
def test_the_first_report_of_a_clock_ahead_is_put_right_and_stays_so(says_when: bool) -> None:
    host = Host(3 * HOUR, says_when)
    assert host.report(0) == 3 * HOUR
    for age in (0, 20_000, 45_000, 0):  # the newest sample is at most an interval old
        host.wait(MINUTE)
        assert host.report(age) == 3 * HOUR


@both
def test_what_is_sent_twice_is_shifted_by_the_same(says_when: bool) -> None:
    host = Host(3 * HOUR, says_when)
    host.report(0)
    for age in (20_000, 80_000, 140_000, 20 * MINUTE):  # its answers are lost, it sends the same again
        host.wait(age - host.passed)
        assert host.report(age) == 3 * HOUR


@both
def test_catching_up_is_not_bent(says_when: bool) -> None:
    host = Host(3 * HOUR, says_when)
    host.report(0)
    host.wait(5 * HOUR)  # nobody heard it
    for age in range(5 * HOUR, 0, -HOUR):
        assert host.report(age, age - HOUR + MINUTE) == 3 * HOUR
        host.wait(SECOND)
    assert max(host.errors) < 2 * SECOND


def test_after_a_start_what_was_stored_is_believed() -> None:
    host = Host(3 * HOUR, says_when=False, clock=HostClock(3 * HOUR))
    assert host.report(2 * HOUR) == 3 * HOUR


@both
@pytest.mark.parametrize("right", [0, 30 * MINUTE, -2 * HOUR])
def test_a_clock_that_was_put_right_is_believed_at_once_without_a_pause(right: int, says_when: bool) -> None:
    host = Host(3 * HOUR, says_when)
    host.report(0)
    host.wait(MINUTE)
    host.ahead = right
    assert host.report(0) == max(0, right)


def test_one_that_was_put_right_in_a_long_pause_is_believed_at_the_second_report() -> None:
    host = Host(3 * HOUR, says_when=False)
    host.report(0)
    host.wait(4 * HOUR)
    host.ahead = 0
    assert host.report(0) == 3 * HOUR
    host.wait(APART_MS - 1)
    assert host.report(0) == 3 * HOUR
    host.wait(1)
    assert host.report(0) == 0 and host.clock == HostClock()


def test_what_was_kept_from_before_the_clock_was_put_right_is_shifted_as_it_was_then() -> None:
    host = Host(3 * HOUR, says_when=True)
    host.report(0)
    host.wait(HOUR)
    host.ahead = 0
    assert host.report(30 * MINUTE, stamped=3 * HOUR) == 3 * HOUR
    assert host.report(0) == 0


def test_nothing_shown_says_nothing() -> None:
    known = HostClock(3 * HOUR, 5)
    assert after(known, Shown(None, None), START, 10) == known
    assert shift_of(known, known, Shown(None, None), START) == 3 * HOUR


def test_old_samples_alone_say_nothing_of_a_clock_behind() -> None:
    clock = after(HostClock(), Shown(None, START - 3 * HOUR), START, 0)
    assert clock.offset is None
    assert after(clock, Shown(None, START - 3 * HOUR), START, APART_MS - 1).offset is None
    assert after(clock, Shown(None, START - 3 * HOUR), START, APART_MS).offset == -3 * HOUR
    assert after(clock, Shown(None, START - 2 * HOUR), START, APART_MS).offset is None


def test_an_offset_is_whole_seconds_and_puts_nothing_into_the_future() -> None:
    clock = after(HostClock(), Shown(None, START + HOUR + 1), START, 0)
    assert clock.offset == HOUR + SECOND


@given(
    ahead=st.integers(TOLERANCE_MS + 2 * SECOND, 1_000 * HOUR),
    says_when=st.booleans(),
    pauses=st.lists(
        st.tuples(st.integers(5 * SECOND, 50 * HOUR), st.integers(0, 45 * SECOND)), min_size=1, max_size=12
    ),
)
def test_lives_of_a_host_ahead(ahead: int, says_when: bool, pauses: list[tuple[int, int]]) -> None:
    """However long it was not heard: what it catches up with, a round a minute, stays where it belongs."""
    host = Host(ahead, says_when)
    host.report(0)
    for pause, age in pauses:
        host.wait(pause)
        ages = list(range(pause, age, -MINUTE)) or [age]
        for begin in range(0, len(ages), 60):
            host.report(*ages[begin : begin + 60])
            host.wait(SECOND)
            ages = [each + SECOND for each in ages]
        host.report(age)
    assert max(host.errors) <= STEADY_MS


readings = st.none() | st.integers(START - 100 * HOUR, START + 100 * HOUR)


@given(st.lists(st.tuples(readings, readings, st.integers(0, 10 * HOUR)), max_size=20))
def test_whatever_is_shown_nothing_is_shifted_without_need(
    reports: list[tuple[int | None, int | None, int]],
) -> None:
    clock, monotonic = HostClock(), 0
    for sent, newest, pause in reports:
        monotonic += pause
        shown, before = Shown(sent, newest), clock
        clock = after(clock, shown, START, monotonic)
        shift = shift_of(before, clock, shown, START)
        assert shift >= 0 and shift in (0, before.offset, clock.offset)
        assert clock.offset is None or abs(clock.offset) >= TOLERANCE_MS - STEADY_MS
        if newest is not None and sent is None:
            assert newest - shift <= START + TOLERANCE_MS, "the newest decides: it is never refused"
        if sent is not None and abs(sent - START) < TOLERANCE_MS - STEADY_MS:
            assert clock.offset is None, "an agent whose clock is right says so"
