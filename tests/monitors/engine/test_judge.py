"""The judgement: exhaustive over the tables, and against invariants with Hypothesis."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import CheckFailed, Status
from kuma_lite.monitors.engine.judge import (
    FLIPPED,
    UNDER_MAINTENANCE,
    WELL,
    Policy,
    Previous,
    Verdict,
    effective_timeout,
    is_well_again,
    judge,
    remembered,
    wait_after,
    was_well,
)
from kuma_lite.monitors.engine.outcome import Outcome

UP, DOWN, PENDING, MAINTENANCE = Status.UP, Status.DOWN, Status.PENDING, Status.MAINTENANCE


def outcome(status: Status, failed: bool, message: str, ping: float | None = None) -> Outcome:
    return Outcome(1, 0.0, status, failed, message, ping)


GOOD = outcome(UP, False, "200 - OK", 12.0)
BAD = outcome(DOWN, True, "connect ECONNREFUSED 127.0.0.1:1")


def previous(status: Status) -> Previous:
    """A previous beat as one whole chain of beats of that status would leave it."""
    settled = None if status is PENDING else status
    return Previous(status, settled=settled, announced_down=status is DOWN)


def run(looks: list[Outcome | None], policy: Policy = Policy()) -> list[Verdict]:
    """Judge a sequence from a monitor's first beat on; None stands for a maintenance window."""
    state: Previous | None = None
    verdicts = []
    for look in looks:
        verdict = judge(state, look or GOOD, policy, maintenance=look is None)
        state = verdict.then(state)
        verdicts.append(verdict)
    return verdicts


# previous, current → important, notify: the table of Uptime Kuma 2.5 where the previous beat was settled.
TABLE = [
    (None, DOWN, True, True),
    (None, UP, True, False),
    (None, PENDING, True, False),
    (None, MAINTENANCE, True, False),
    (UP, DOWN, True, True),
    (DOWN, UP, True, True),
    (PENDING, DOWN, True, True),
    (MAINTENANCE, DOWN, True, True),
    (MAINTENANCE, UP, True, False),
    (UP, MAINTENANCE, True, False),
    (DOWN, MAINTENANCE, True, False),
    (UP, UP, False, False),
    (UP, PENDING, False, False),
    (PENDING, PENDING, False, False),
    (PENDING, UP, False, False),
    (PENDING, MAINTENANCE, False, False),
    (DOWN, DOWN, False, False),
    (DOWN, PENDING, False, False),
    (MAINTENANCE, MAINTENANCE, False, False),
    (MAINTENANCE, PENDING, False, False),
]


@pytest.mark.parametrize(("before", "now", "important", "notify"), TABLE)
def test_important_and_notify_follow_the_table(
    before: Status | None, now: Status, important: bool, notify: bool
) -> None:
    found = outcome(now, now is DOWN, "text")
    verdict = judge(
        previous(before) if before is not None else None, found, Policy(), maintenance=now is MAINTENANCE
    )
    assert (verdict.status, verdict.important, verdict.notify) == (now, important, notify)


def test_the_table_is_complete() -> None:
    pairs = {(before, now) for before, now, _, _ in TABLE}
    assert pairs == set(itertools.product([None, *Status], Status))


@pytest.mark.parametrize("maintenance", [False, True])
def test_what_was_measured_is_passed_on(maintenance: bool) -> None:
    found = Outcome(1, 0.0, UP, False, "fine", 12.5, 20, "<body>")
    verdict = judge(None, found, Policy(), maintenance=maintenance)
    assert (verdict.ping, verdict.duration, verdict.response) == (12.5, 20, "<body>")


class TestRetries:
    def test_failures_are_pending_until_retries_are_used_up(self) -> None:
        verdicts = run([GOOD, BAD, BAD, BAD, BAD, GOOD], Policy(max_retries=2))
        assert [v.status for v in verdicts] == [UP, PENDING, PENDING, DOWN, DOWN, UP]
        assert [v.retries for v in verdicts] == [0, 1, 2, 3, 4, 0]
        assert [v.notify for v in verdicts] == [False, False, False, True, False, True]
        assert [v.important for v in verdicts] == [True, False, False, True, False, True]

    def test_without_retries_the_first_failure_is_down(self) -> None:
        verdicts = run([BAD])
        assert (verdicts[0].status, verdicts[0].retries, verdicts[0].notify) == (DOWN, 1, True)

    def test_a_final_failure_skips_the_retries(self) -> None:
        final = Outcome.of(1, 0.0, CheckFailed("JSON query does not pass", retry=False))
        verdicts = run([GOOD, final], Policy(max_retries=5))
        assert (verdicts[1].status, verdicts[1].retries) == (DOWN, 0)

    def test_more_retries_do_not_bring_back_a_monitor_that_is_down(self) -> None:
        state = Previous(DOWN, retries=1, settled=DOWN, announced_down=True)
        assert judge(state, BAD, Policy(max_retries=9)).status is DOWN

    def test_recovery_within_the_retries_tells_nobody(self) -> None:
        verdicts = run([GOOD, BAD, GOOD], Policy(max_retries=3))
        assert not any(v.important or v.notify for v in verdicts[1:])


class TestPendingAfterDown:
    """The original forgets that people were told DOWN; here they hear of the recovery, once."""

    waiting = outcome(PENDING, False, "Pending child monitors: a")

    def test_recovery_through_pending_is_told(self) -> None:
        verdicts = run([GOOD, BAD, self.waiting, GOOD])
        assert [v.notify for v in verdicts] == [False, True, False, True]
        assert verdicts[3].important

    def test_down_again_through_pending_is_no_second_alarm(self) -> None:
        verdicts = run([GOOD, BAD, self.waiting, BAD])
        assert [v.notify for v in verdicts] == [False, True, False, False]

    def test_pending_from_the_first_beat_on(self) -> None:
        verdicts = run([self.waiting, self.waiting, GOOD, BAD])
        assert [v.important for v in verdicts] == [True, False, False, True]
        assert [v.notify for v in verdicts] == [False, False, False, True]


class TestUpsideDown:
    policy = Policy(upside_down=True, max_retries=1)

    def test_a_failure_is_good(self) -> None:
        verdict = run([BAD], self.policy)[0]
        assert (verdict.status, verdict.retries, verdict.msg) == (UP, 0, BAD.message)

    def test_a_success_is_retried_and_then_down(self) -> None:
        verdicts = run([BAD, GOOD, GOOD], self.policy)
        assert [v.status for v in verdicts] == [UP, PENDING, DOWN]
        assert {v.msg for v in verdicts[1:]} == {FLIPPED}

    def test_a_push_keeps_its_text(self) -> None:
        verdict = judge(None, GOOD, Policy(upside_down=True, pushed=True))
        assert (verdict.status, verdict.msg) == (DOWN, GOOD.message)

    def test_down_without_failure_becomes_up(self) -> None:
        manual_down = outcome(DOWN, False, "Down")
        assert run([manual_down], self.policy)[0].status is UP

    def test_pending_and_maintenance_are_kept(self) -> None:
        assert run([outcome(PENDING, False, "…")], self.policy)[0].status is PENDING
        assert run([None], self.policy)[0].status is MAINTENANCE


class TestMaintenance:
    def test_nothing_is_believed_and_nobody_told(self) -> None:
        verdicts = run([GOOD, None, None, GOOD])
        assert [v.status for v in verdicts] == [UP, MAINTENANCE, MAINTENANCE, UP]
        assert not any(v.notify for v in verdicts)
        assert verdicts[1].msg == UNDER_MAINTENANCE

    def test_a_push_keeps_its_text(self) -> None:
        assert judge(None, GOOD, Policy(pushed=True), maintenance=True).msg == GOOD.message

    def test_recovery_during_maintenance_is_told_after_it(self) -> None:
        verdicts = run([GOOD, BAD, None, GOOD])
        assert [v.notify for v in verdicts] == [False, True, False, True]

    def test_recovery_through_pending_after_maintenance(self) -> None:
        waiting = outcome(PENDING, False, "…")
        assert run([GOOD, BAD, None, waiting, GOOD])[-1].notify
        assert not run([GOOD, None, waiting, GOOD])[-1].important


class TestResend:
    def test_repeated_after_so_many_further_beats(self) -> None:
        verdicts = run([BAD] * 8, Policy(resend_interval=3))
        assert [v.notify for v in verdicts] == [True, False, False, True, False, False, True, False]
        assert [v.important for v in verdicts] == [True] + [False] * 7
        assert [v.down_count for v in verdicts] == [0, 1, 2, 0, 1, 2, 0, 1]

    def test_never_when_switched_off(self) -> None:
        assert sum(v.notify for v in run([BAD] * 20)) == 1

    def test_pending_does_not_count(self) -> None:
        verdicts = run([BAD] * 4, Policy(max_retries=2, resend_interval=1))
        assert [v.notify for v in verdicts] == [False, False, True, True]


class TestPushRoute:
    """Counting of the push route (Uptime Kuma 2.5, REST reference §3)."""

    def test_first_down_with_retries_is_pending(self) -> None:
        verdict = judge(None, BAD, Policy(max_retries=2, pushed=True))
        assert (verdict.status, verdict.retries) == (PENDING, 1)

    def test_first_down_without_retries(self) -> None:
        verdict = judge(None, BAD, Policy(pushed=True))
        assert (verdict.status, verdict.retries, verdict.notify) == (DOWN, 0, True)

    def test_down_counts_from_the_second_on(self) -> None:
        assert [v.retries for v in run([GOOD, BAD, BAD, BAD], Policy(pushed=True))] == [0, 0, 1, 2]

    def test_retries_used_up(self) -> None:
        verdicts = run([GOOD, BAD, BAD, BAD, BAD], Policy(max_retries=2, pushed=True))
        assert [(v.status, v.retries) for v in verdicts[1:]] == [
            (PENDING, 1),
            (PENDING, 2),
            (DOWN, 3),
            (DOWN, 4),
        ]

    def test_after_maintenance_there_are_no_retries(self) -> None:
        assert run([None, BAD], Policy(max_retries=2, pushed=True))[1].status is DOWN


LOOKS = st.sampled_from(
    [
        GOOD,
        BAD,
        None,
        outcome(PENDING, False, "waiting"),
        outcome(DOWN, False, "Down"),
        Outcome.of(1, 0.0, CheckFailed("x", retry=False)),
    ]
)
POLICIES = st.builds(
    Policy,
    max_retries=st.integers(0, 4),
    resend_interval=st.integers(0, 3),
    upside_down=st.booleans(),
    pushed=st.booleans(),
)


@given(st.lists(LOOKS, max_size=40), POLICIES)
def test_messages_alternate_and_are_never_lost(looks: list[Outcome | None], policy: Policy) -> None:
    """People hear DOWN before UP; between two UPs there is a DOWN; whoever heard DOWN hears the UP."""
    told: Status | None = None
    for verdict in run(looks, policy):
        if verdict.notify:
            assert verdict.status in (UP, DOWN)
            if verdict.status is UP:
                assert told is DOWN
            told = verdict.status
        if verdict.status is UP:
            assert told is not DOWN, "a recovery was not told"
        if verdict.status is DOWN:
            assert told is DOWN, "a monitor is down and nobody knows"


@given(st.lists(LOOKS, min_size=1, max_size=40), POLICIES)
def test_counters_stay_in_bounds(looks: list[Outcome | None], policy: Policy) -> None:
    verdicts = run(looks, policy)
    assert verdicts[0].important
    for verdict in verdicts:
        assert verdict.down_count >= 0
        assert policy.resend_interval == 0 or verdict.down_count < policy.resend_interval
        if verdict.status in (UP, MAINTENANCE):
            assert verdict.retries == 0
        if verdict.status is PENDING and verdict.retries:
            assert verdict.retries <= policy.max_retries


@given(st.lists(LOOKS, min_size=1, max_size=30), POLICIES)
def test_a_restart_forgets_nothing(looks: list[Outcome | None], policy: Policy) -> None:
    """What is read back from stored beats judges the next beat as the running process would."""
    verdicts = run(looks, policy)
    state: Previous | None = None
    for verdict in verdicts:
        state = verdict.then(state)
    again = remembered((v.status, v.retries, v.down_count) for v in reversed(verdicts))
    assert again == state
    for look in (GOOD, BAD):
        assert judge(again, look, policy) == judge(state, look, policy)


def test_remembered_of_nothing() -> None:
    assert remembered([]) is None


def test_what_is_remembered_of_a_few_beats() -> None:
    assert remembered([(DOWN, 3, 2)]) == Previous(DOWN, 3, 2, settled=DOWN, announced_down=True)
    assert remembered([(UP, 0, 1)]) == Previous(UP, 0, 1, settled=UP)
    assert remembered([(PENDING, 4, 1)]) == Previous(PENDING, 4, 1)
    assert remembered([(MAINTENANCE, 0, 5), (PENDING, 1, 0)]) == Previous(MAINTENANCE, 0, 5, MAINTENANCE)
    chain = [(PENDING, 1, 7), (MAINTENANCE, 0, 6), (DOWN, 2, 5), (UP, 0, 4)]
    assert remembered(chain) == Previous(PENDING, 1, 7, MAINTENANCE, announced_down=True)


@given(
    st.lists(st.tuples(st.sampled_from(Status), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=4)
)
def test_the_newest_beat_tells_who_was_well(beats: list[tuple[Status, int, int]]) -> None:
    assert was_well(*beats[0]) == (remembered(beats) == WELL)


def test_endless_texts_are_cut() -> None:
    assert len(judge(None, outcome(DOWN, True, "x" * 1_000_000), Policy()).msg) == 10_000


@pytest.mark.parametrize(
    ("status", "interval", "retry", "wait"),
    [
        (UP, 60, 20, 60),
        (PENDING, 60, 20, 20),
        (PENDING, 60, 1, 1),
        (PENDING, 60, 0, 60),
        (DOWN, 60, 20, 60),
        (UP, 0, 0, 1),
    ],
)
def test_wait_after(status: Status, interval: float, retry: float, wait: float) -> None:
    assert wait_after(status, interval, retry) == wait


def test_effective_timeout() -> None:
    assert effective_timeout(48, 60) == 48
    assert effective_timeout(30, 60) == 30
    assert effective_timeout(0.5, 60) == 0.5
    assert effective_timeout(0, 60) == 48


@given(
    before=st.none()
    | st.builds(
        Previous,
        st.sampled_from(Status),
        st.integers(0, 2),
        st.integers(0, 2),
        st.none() | st.sampled_from(Status),
        st.booleans(),
    )
    | st.just(Previous(UP, settled=UP)),
    found=st.builds(
        outcome, st.sampled_from(Status), st.booleans(), st.text(max_size=9), st.none() | st.floats(0, 9)
    ),
    policy=st.builds(Policy, st.integers(0, 2), st.integers(0, 2), st.booleans(), st.booleans()),
)
def test_what_is_well_again_is_judged_as_such(
    before: Previous | None, found: Outcome, policy: Policy
) -> None:
    if not is_well_again(before, found, policy):
        return
    verdict = judge(before, found, policy)
    assert verdict == Verdict(UP, found.message, found.ping, False, False, 0, 0, 0, None)
    assert verdict.then(before) == before


def test_a_good_answer_of_who_was_well_is_the_ordinary_beat() -> None:
    state = judge(None, GOOD, Policy()).then(None)
    assert is_well_again(state, GOOD, Policy())
    assert not is_well_again(None, GOOD, Policy())
    assert not is_well_again(state, BAD, Policy())
