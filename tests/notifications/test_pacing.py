from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import Pace
from kuma_lite.notifications.pacing import Pacing

PACE = Pace(5, 10)


def test_a_quiet_channel_gets_a_burst_and_then_one_at_a_time() -> None:
    pacing = Pacing()
    for _ in range(5):
        assert pacing.wait(1, 100.0) == 0
        pacing.took(1, PACE, 100.0)
    assert pacing.wait(1, 100.0) == 2
    assert pacing.wait(1, 101.5) == 0.5
    assert pacing.wait(1, 102.0) == 0


def test_channels_do_not_wait_for_each_other() -> None:
    pacing = Pacing()
    for _ in range(5):
        pacing.took(1, PACE, 0.0)
    assert (pacing.wait(1, 0.0), pacing.wait(2, 0.0)) == (2, 0)


def test_a_channel_that_becomes_another_service_begins_anew() -> None:
    pacing = Pacing()
    for _ in range(5):
        pacing.took(1, PACE, 0.0)
    pacing.took(1, Pace(1, 1), 0.0)
    assert pacing.wait(1, 0.0) == 1
    pacing.took(1, None, 0.0)
    assert pacing.wait(1, 0.0) == 0


@given(
    st.builds(Pace, st.integers(1, 50), st.floats(0.5, 600)),
    st.lists(st.floats(0, 30), min_size=1, max_size=200),
)
def test_no_window_holds_more_than_a_burst_and_what_was_gained(pace: Pace, pauses: list[float]) -> None:
    pacing, now, sent = Pacing(), 0.0, []
    for pause in pauses:
        now += pause
        now += pacing.wait(1, now) + 1e-9
        assert pacing.wait(1, now + 1e-6) == 0
        now += 1e-6
        pacing.took(1, pace, now)
        sent.append(now)
    for first, begin in enumerate(sent):
        for last in range(first, len(sent)):
            gained = (sent[last] - begin) * pace.messages / pace.seconds
            assert last - first + 1 <= pace.messages + gained + 0.01
