"""A failure of our own is seen after a while, and from then on in every interval."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.monitors.engine.disbelief import CANNOT, SHOWN_AFTER_S, Disbelief, after


def shown(times: list[float], *, fault: bool = False, interval: float = 20) -> list[float]:
    """When beats are written for failures at these times, of checks that took no time."""
    found: list[float] = []
    disbelief: Disbelief | None = None
    for now in times:
        disbelief, shows = after(disbelief, "no network.", now, now, fault=fault, interval=interval)
        if shows:
            found.append(now)
    return found


def test_trouble_is_shown_after_half_a_minute_and_in_every_interval() -> None:
    assert shown([0, 5, 10, 15, 20, 25]) == []
    assert shown([float(now) for now in range(0, 90, 5)]) == [30, 50, 70]


def test_a_single_long_check_is_tried_again_first() -> None:
    disbelief, shows = after(None, "busy", 0, 48, fault=False, interval=60)
    assert not shows
    _, shows = after(disbelief, "busy", 53, 101, fault=False, interval=60)
    assert shows


def test_failures_in_a_row_are_counted() -> None:
    disbelief: Disbelief | None = None
    for now in (10, 15, 20):
        disbelief, _ = after(disbelief, f"at {now}", now - 1, now, fault=False, interval=20)
    assert disbelief == Disbelief(since=9, count=3, reason="at 20")


def test_a_fault_of_the_check_is_shown_when_it_comes_again() -> None:
    assert shown([0, 5, 10, 15, 20, 25], fault=True) == [5, 25]


def test_the_beat_says_why() -> None:
    disbelief, _ = after(None, "This machine has no network.", 0, 1, fault=False, interval=20)
    assert disbelief.as_beat() == CANNOT + "This machine has no network."


@given(st.lists(st.floats(0.1, 60), min_size=2, max_size=60), st.floats(1, 300), st.booleans())
def test_it_is_never_hidden_for_longer_than_said(steps: list[float], interval: float, fault: bool) -> None:
    times = [sum(steps[: n + 1]) for n in range(len(steps))]
    found = shown(times, fault=fault, interval=interval)
    late = [now for now in times[1:] if fault or now - times[0] >= SHOWN_AFTER_S]
    assert (found[0] if found else None) == (late[0] if late else None)
    for before, now in pairwise(found):
        assert now - before >= interval
