"""Which failures our own trouble explains, and how much of a silence is the reporter's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.spans import Span
from kuma_lite.monitors.engine.trouble import (
    CALM_S,
    FRESH_STARTS,
    GIVEN_UP_S,
    RETURN_S,
    SETTLE_MOST_S,
    counted_silence,
    outage_explains,
    stall_explains,
)

seconds = st.floats(0, 1000, allow_nan=False)


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    found = draw(st.lists(st.tuples(seconds, st.floats(0, 100, allow_nan=False)), max_size=8))
    return sorted(Span(start, start + length) for start, length in found)


@pytest.mark.parametrize(
    ("stalls", "ran", "ours"),
    [
        ([], 48, False),
        ([Span(40, 41.3)], 48, False),  # a hiccup in a long wait
        ([Span(40, 41.3), Span(20, 24.8)], 48, True),  # an eighth of the time
        ([Span(1, 2.3)], 10, True),
        ([Span(46.6, 47.9)], 48, True),  # as its time was over: the answer may have been there
        ([Span(-9, 0)], 48, False),  # before it began
        ([Span(-9, 7)], 48, True),
        ([Span(50, 52)], 48, False),
        ([Span(48, 50)], 48, False),  # it began as the check ended
        ([Span(47, 47.5)], 48, True),  # over half a second before
        ([Span(1, 2)], 8, True),  # an eighth, not a bit more
        ([Span(1, 1.5)], 8, False),
        ([], 0, False),  # refused at once
    ],
)
def test_a_stall_explains_what_it_had_a_share_in(stalls: list[Span], ran: float, *, ours: bool) -> None:
    assert stall_explains(stalls, 0, ran) is ours
    # However long the machine has been running.
    later = [Span(span.start + 4096, span.end + 4096) for span in stalls]
    assert stall_explains(later, 4096, 4096 + ran) is ours


@pytest.mark.parametrize(
    ("outage", "began", "failed", "ours"),
    [
        (Span(10, 28), 5, 21, True),  # during it
        (Span(10, 28), 20, 36, True),  # at its end: the fault that was recorded
        (Span(10, 28), 0, 9.9, False),  # before it
        (Span(10, 28), 20, 68, False),  # more time than TCP needs to find its way again
        (Span(10, 28), 30, 45, True),  # the routes were being learned
        (Span(10, 28), 31, 45, True),
        (Span(10, 28), 32, 45, False),
        (Span(10, 28), 5, 10, False),  # as it began, after all of its time in calm
        (Span(10, 28), 8, 10, True),  # as it began
        (Span(10, 28), 20, 46, True),  # as long again as it lasted
        (Span(10, 28), 20, 46.1, False),
        (Span(10, 10.2), 9, 14, True),  # a flap
        (Span(10, 10.2), 9, 20, False),
        (Span(10, 310), 300, 339, True),
        (Span(10, 310), 300, 348, False),
        (Span(10, 12), 0, 13, False),  # half of its time was calm
        (Span(10, 12), 5, 16, True),
        (Span(10, 12), 8, 11, True),
        (Span(10, 12), 6, 10.5, False),
    ],
)
def test_an_outage_explains_what_ran_into_it(
    outage: Span, began: float, failed: float, *, ours: bool
) -> None:
    assert outage_explains([outage], began, failed) is ours


@given(spans(), seconds, seconds)
def test_a_check_that_had_half_its_time_is_not_excused(outages: list[Span], began: float, ran: float) -> None:
    failed = began + ran
    calm = min((span.start for span in outages if span.end + RETURN_S >= began), default=failed) - began
    if calm >= max(CALM_S, ran / 2):
        assert not outage_explains(outages, began, failed)


@given(spans(), seconds, seconds)
def test_nothing_is_explained_long_after(outages: list[Span], began: float, ran: float) -> None:
    failed = began + ran
    latest = max((span.end for span in outages if span.start <= failed), default=-1e9)
    if failed > latest + SETTLE_MOST_S:
        assert not outage_explains(outages, began, failed)


@given(spans(), seconds, seconds)
def test_what_lies_wholly_in_an_outage_is_explained(outages: list[Span], began: float, ran: float) -> None:
    around = Span(began - 1, began + ran + 1)
    assert outage_explains([*outages, around], began, began + ran)


@pytest.mark.parametrize(
    ("deaf", "silence"),
    [
        ([], 100),
        ([Span(10, 12)], 98),  # reports of those seconds come late
        ([Span(10, 12), Span(20, 23)], 95),
        ([Span(10, 19.5)], 90.5),
        ([Span(10, 20)], 80),  # whoever reported then has given up
        ([Span(10, 30)], 70),
        ([Span(10, 30), Span(20, 25)], 70),
        ([Span(10, 30), Span(29, 50)], 50),
        ([Span(10, 30), Span(20, 25), Span(40, 60)], 40),
        ([Span(-20, -10), Span(10, 30)], 70),
        ([Span(10, 30), Span(40, 60), Span(70, 85)], 15),  # a fresh start after each
        ([Span(10, 25), Span(30, 45), Span(50, 65), Span(70, 85)], 20),  # but three times only
        ([Span(-50, 5)], 95),
        ([Span(95, 100)], 95),
        ([Span(80, 100)], 0),
        ([Span(80, 400)], 0),
        ([Span(120, 140)], 100),
    ],
)
def test_silence_while_nobody_could_reach_us_does_not_count(deaf: list[Span], silence: float) -> None:
    assert counted_silence(deaf, 0, 100) == pytest.approx(silence)


@given(spans(), seconds, seconds)
def test_silence_never_counts_for_more_than_it_is(deaf: list[Span], heard: float, later: float) -> None:
    now = heard + later
    assert 0 <= counted_silence(deaf, heard, now) <= later + 1e-6
    beyond = max([now, *(span.end for span in deaf)]) + 1
    assert counted_silence(deaf, heard, beyond + 5) == pytest.approx(counted_silence(deaf, heard, beyond) + 5)


def test_a_silence_cannot_be_hidden_for_ever() -> None:
    interval = 60
    deaf = [Span(40 * n, 40 * n + GIVEN_UP_S) for n in range(1, 200)]
    hidden = next(now for now in range(0, 8000, 10) if counted_silence(deaf, 0, now) > interval)
    assert hidden <= (FRESH_STARTS + 1) * interval + 60
