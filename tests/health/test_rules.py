"""When people are told of our own problems: by hand, and whatever a problem does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.records import replace
from kuma_lite.health.kinds import CANNOT_BE_CHECKED, DISK_FULL, KINDS, UNCHECKED_S, UPLINK
from kuma_lite.health.model import Kind, Problem
from kuma_lite.health.rules import (
    CALM_S,
    GAP_S,
    LONGEST_CALM_S,
    MORE_AFTER_S,
    REMEMBERED_S,
    SHOWN_AFTER_S,
    State,
    Step,
    after_failing,
    after_telling,
    calm,
    due,
    observe,
    shown,
)

MINUTE, HOUR = 60.0, 3_600.0
Told = tuple[float, Step]


def problem(kind: Kind = UPLINK, members: tuple[str, ...] = ()) -> Problem:
    return Problem(kind, kind.public, members=dict.fromkeys(members, "The resolver is silent."))


class Watch:
    """Looks once a second, tells what is due, and remembers both."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.state = State()
        self.told: list[Told] = []
        self.can_tell = True

    def run(self, seconds: float, *present: Problem, step: float = 1.0) -> Watch:
        for _ in range(round(seconds / step)):
            self.now += step
            self.state = observe(self.state, present, self.now)
            for news in due(self.state, self.now) if self.can_tell else ():
                self.told.append((self.now, news.step))
                self.state = after_telling(self.state, news, self.now)
        return self

    def restart(self) -> None:
        """What is stored: what people know of, and nothing else."""
        known = {key: case for key, case in self.state.cases.items() if case.told is not None}
        gone = {key: replace(case, problem=None, gone=self.now) for key, case in known.items()}
        self.state = State(gone)

    @property
    def steps(self) -> list[Step]:
        return [step for _, step in self.told]

    @property
    def keys(self) -> list[str]:
        return [case.key for case in shown(self.state, self.now)]


# --- begin and end -----------------------------------------------------------------------------------------


def test_a_full_disk_is_told_at_once_and_its_end_after_a_while() -> None:
    watch = Watch().run(1, problem(DISK_FULL))
    assert watch.steps == [Step.BEGAN]
    watch.run(CALM_S)
    assert watch.steps == [Step.BEGAN]
    watch.run(2)
    assert watch.steps == [Step.BEGAN, Step.ENDED]
    assert Watch().run(HOUR).steps == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_is_told_when_it_has_lasted_and_not_before(kind: Kind) -> None:
    watch = Watch().run(kind.tell_after, problem(kind))
    assert watch.steps == ([] if kind.tell_after else watch.steps)
    watch.run(2, problem(kind))
    assert watch.steps == [Step.BEGAN]
    assert watch.told[0][0] - 1_001 == kind.tell_after
    watch.run(HOUR, problem(kind))
    assert watch.steps == [Step.BEGAN], "once"


def test_what_is_over_before_it_was_told_is_told_to_nobody() -> None:
    watch = Watch()
    for _ in range(100):
        watch.run(UPLINK.tell_after - 2, problem()).run(GAP_S + 2)
    assert watch.steps == []


def test_an_absence_of_a_moment_is_none() -> None:
    watch = Watch()
    for _ in range(9):
        watch.run(8, problem()).run(GAP_S - 2)
    assert watch.steps == [Step.BEGAN]


def test_problems_do_not_know_each_other() -> None:
    watch = Watch().run(90, problem(UPLINK), problem(DISK_FULL)).run(90, problem(UPLINK))
    assert watch.steps == [Step.BEGAN, Step.BEGAN, Step.ENDED]


def test_two_of_a_kind_are_two() -> None:
    first, second = (replace(problem(), item=item) for item in "12")
    assert Watch().run(90, first).run(90, first, second).steps == [Step.BEGAN, Step.BEGAN]


# --- coming and going --------------------------------------------------------------------------------------


def test_what_comes_back_must_stay_away_for_longer_to_be_over() -> None:
    watch = Watch()
    lasted = []
    for _ in range(9):
        watch.run(UPLINK.tell_after + 2, problem())
        ended = watch.now
        while watch.steps[-1] is not Step.ENDED:
            watch.run(1)
        lasted.append(round(watch.now - ended - 1))
    assert lasted == [60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]


def test_after_hours_of_quiet_it_is_a_new_problem() -> None:
    watch = Watch().run(90, problem()).run(CALM_S + 2).run(90, problem()).run(2 * CALM_S + 2)
    watch.run(REMEMBERED_S).run(90, problem()).run(CALM_S + 2)
    assert watch.steps == [Step.BEGAN, Step.ENDED] * 3


Spans = list[tuple[int, int]]
STEP = 5.0  # seconds between two looks: an hour of them is enough
SPANS = st.lists(st.tuples(st.integers(1, 180), st.integers(1, 180)), max_size=40)


def play(spans: Spans, kind: Kind) -> Watch:
    """There for so many looks, away for so many."""
    watch = Watch()
    for there, away in spans:
        watch.run(there * STEP, problem(kind), step=STEP).run(away * STEP, step=STEP)
    return watch


@given(SPANS, st.sampled_from((UPLINK, DISK_FULL)))
def test_whatever_it_does_begin_and_end_are_told_in_turn(spans: Spans, kind: Kind) -> None:
    watch = play(spans, kind)
    assert watch.steps == [Step.BEGAN, Step.ENDED] * (len(watch.steps) // 2) + [Step.BEGAN] * (
        len(watch.steps) % 2
    )
    watch.run(LONGEST_CALM_S + 2 * MINUTE, step=STEP)
    assert watch.steps[-1:] in ([], [Step.ENDED]), "whoever heard of it hears of its end"


@given(SPANS)
def test_whatever_it_does_nobody_is_flooded(spans: Spans) -> None:
    times = [time for time, _ in play(spans * 3, DISK_FULL).told]
    for start in times:
        assert sum(start <= time < start + 6 * HOUR for time in times) <= 2 * (7 + 6)


@given(SPANS)
def test_what_lasts_is_always_told(spans: Spans) -> None:
    watch = play(spans, UPLINK).run(UPLINK.tell_after + 2, problem())
    assert watch.state.cases[UPLINK.name].told is not None


@given(SPANS, st.integers(0, 39))
def test_a_restart_tells_nothing_twice_and_loses_no_end(spans: Spans, when: int) -> None:
    watch = Watch()
    for number, (there, away) in enumerate(spans):
        if number == when:
            watch.run(there * STEP, problem(), step=STEP)
            watch.restart()
            watch.now += 30  # a start takes its time
            watch.run(STEP, problem(), step=STEP)
            continue
        watch.run(there * STEP, problem(), step=STEP).run(away * STEP, step=STEP)
    watch.run(LONGEST_CALM_S + 2 * MINUTE, step=STEP)
    assert watch.steps == [Step.BEGAN, Step.ENDED] * (len(watch.steps) // 2)


# --- when it cannot be told --------------------------------------------------------------------------------


def test_what_could_not_be_told_stays_due() -> None:
    watch = Watch()
    watch.can_tell = False
    watch.run(HOUR, problem())
    watch.can_tell = True
    assert watch.run(1, problem()).steps == [Step.BEGAN]


def test_what_could_not_be_told_for_as_long_as_it_lasted_is_told_afterwards() -> None:
    watch = Watch()
    watch.can_tell = False
    watch.run(90, problem(DISK_FULL))
    (news,) = due(watch.state, watch.now)
    watch.state = after_failing(watch.state, news)
    watch.run(GAP_S - 1)
    watch.can_tell = True
    assert watch.run(HOUR).steps == [Step.PASSED]
    assert watch.run(1, problem(DISK_FULL)).run(2 * CALM_S + 2).steps == [Step.PASSED, Step.BEGAN, Step.ENDED]


def test_what_went_while_the_message_was_under_way_is_told_to_be_over() -> None:
    watch = Watch()
    watch.can_tell = False
    watch.run(UPLINK.tell_after + 2, problem())
    (news,) = due(watch.state, watch.now)
    watch.run(GAP_S + 2)
    assert watch.state.cases == {}
    watch.state = after_telling(watch.state, news, watch.now)
    watch.can_tell = True
    assert watch.run(CALM_S + 2).steps == [Step.ENDED]


def test_what_came_back_while_its_end_was_under_way_is_a_new_one() -> None:
    watch = Watch().run(90, problem())
    watch.can_tell = False
    watch.run(CALM_S + 2)
    (news,) = due(watch.state, watch.now)
    watch.run(3, problem())
    watch.state = after_telling(watch.state, news, watch.now)
    watch.can_tell = True
    assert watch.run(UPLINK.tell_after + 2, problem()).steps == [Step.BEGAN, Step.BEGAN]
    assert calm(watch.state.cases[UPLINK.name].returns) == 2 * CALM_S


# --- a problem of many -------------------------------------------------------------------------------------


def unchecked(*names: str) -> Problem:
    return problem(CANNOT_BE_CHECKED, names)


def test_more_monitors_are_told_of_but_not_one_by_one() -> None:
    watch = Watch().run(UNCHECKED_S + 2, unchecked("a"))
    for count in range(1, 13):
        watch.run(5 * MINUTE, unchecked(*(f"m{number}" for number in range(count))))
    assert watch.steps == [Step.BEGAN, Step.GREW, Step.GREW]
    first, second, third = (time for time, _ in watch.told)
    assert min(second - first, third - second) >= MORE_AFTER_S
    assert watch.run(HOUR, unchecked("m0", "m1")).steps[3:] == []


def test_a_monitor_that_cannot_be_checked_for_a_moment_is_no_news() -> None:
    watch = Watch().run(UNCHECKED_S + 2, unchecked("a")).run(HOUR, unchecked("a"))
    watch.run(UNCHECKED_S - 2, unchecked("a", "b")).run(HOUR, unchecked("a"))
    assert watch.steps == [Step.BEGAN]


def test_its_end_is_when_all_can_be_checked() -> None:
    watch = Watch().run(UNCHECKED_S + 2, unchecked("a", "b")).run(HOUR, unchecked("b")).run(CALM_S + 2)
    assert watch.steps == [Step.BEGAN, Step.ENDED]


# --- the page ----------------------------------------------------------------------------------------------


def test_the_page_shows_what_lasts_and_hides_what_is_gone() -> None:
    watch = Watch().run(SHOWN_AFTER_S, problem())
    assert watch.keys == []
    assert watch.run(2, problem()).keys == ["uplink"]
    assert watch.run(GAP_S - 1).keys == ["uplink"]
    assert watch.run(3).keys == []


def test_the_page_shows_the_oldest_first_and_a_full_disk_at_once() -> None:
    watch = Watch().run(10, problem()).run(1, problem(), problem(DISK_FULL))
    assert watch.keys == ["uplink", "disk-full"]


def test_the_page_does_not_show_what_only_an_earlier_run_has_seen() -> None:
    watch = Watch().run(90, problem())
    watch.restart()
    assert watch.run(2).keys == []
