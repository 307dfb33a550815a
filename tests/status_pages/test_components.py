from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import Status
from kuma_lite.core.records import replace
from kuma_lite.status_pages.component_model import Component, Rule, SetState
from kuma_lite.status_pages.components.components import (
    STATES,
    WORDS,
    Change,
    combined,
    combined_bars,
    needed,
    segments,
    since,
)
from kuma_lite.status_pages.model import Bar

UP, DOWN, PENDING, MAINTENANCE = Status.UP, Status.DOWN, Status.PENDING, Status.MAINTENANCE
ALL = Component(1, "c", Rule.ALL, 50, ())
ANY = replace(ALL, rule=Rule.ANY)
HALF = replace(ALL, rule=Rule.SHARE)
DAY = 86_400

statuses = st.lists(st.sampled_from([UP, DOWN, PENDING, MAINTENANCE, None]), max_size=8)
shares = st.integers(1, 100).map(lambda percent: replace(HALF, share=percent))
rules = st.sampled_from([ALL, ANY]) | shares
# How bad a state is to visitors.
BADNESS = {UP: 0, PENDING: 1, DOWN: 2}


@pytest.mark.parametrize(
    ("rule", "states", "expected"),
    [
        (ALL, [UP, UP], UP),
        (ALL, [UP, DOWN], DOWN),
        (ALL, [UP, PENDING], PENDING),
        (ANY, [DOWN, UP], UP),
        (ANY, [DOWN, DOWN], DOWN),
        (ANY, [DOWN, PENDING], PENDING),
        (HALF, [UP, DOWN], UP),
        (HALF, [UP, DOWN, DOWN], DOWN),
        (replace(HALF, share=67), [UP, UP, DOWN], DOWN),
        (replace(HALF, share=66), [UP, UP, DOWN], UP),
        (ALL, [UP, MAINTENANCE, None], UP),
        (ANY, [MAINTENANCE, None], MAINTENANCE),
        (ANY, [], None),
        (ALL, [None], None),
    ],
)
def test_the_rules(rule: Component, states: list[Status | None], expected: Status | None) -> None:
    assert combined(rule, states) is expected


@given(rules, statuses)
def test_the_order_of_monitors_does_not_matter(rule: Component, states: list[Status | None]) -> None:
    assert combined(rule, states) is combined(rule, states[::-1])
    assert combined(rule, [*states, None]) is combined(rule, states), "what nobody watches does not count"


@given(shares, statuses)
def test_a_share_lies_between_any_and_all(rule: Component, states: list[Status | None]) -> None:
    found = [combined(each, states) for each in (ANY, rule, ALL)]
    if found[0] in BADNESS:
        badness = [BADNESS[each] for each in found if each is not None]
        assert badness == sorted(badness) and len(badness) == 3
    else:
        assert len(set(found)) == 1
    assert combined(replace(HALF, share=100), states) is combined(ALL, states)
    assert combined(replace(HALF, share=1), states) is combined(ANY, states)


@given(rules, statuses, st.integers(0, 7))
def test_one_more_that_is_up_makes_nothing_worse(
    rule: Component, states: list[Status | None], place: int
) -> None:
    if place >= len(states) or states[place] not in BADNESS:
        return
    before, after = combined(rule, states), combined(rule, [*states[:place], UP, *states[place + 1 :]])
    assert before is not None and after is not None
    assert BADNESS[after] <= BADNESS[before]


@given(rules, st.integers(1, 50))
def test_how_many_are_needed(rule: Component, count: int) -> None:
    wanted = needed(rule, count)
    assert 1 <= wanted <= count
    if rule.rule is Rule.SHARE:
        assert wanted * 100 >= rule.share * count > (wanted - 1) * 100 or wanted == 1


def test_since_when_it_is_down() -> None:
    assert since(ALL, [(UP, 5), (DOWN, 20), (DOWN, 10)]) == 10
    assert since(ANY, [(DOWN, 5), (DOWN, 20), (DOWN, 10)]) == 20
    assert since(HALF, [(UP, 1), (DOWN, 5), (DOWN, 20), (DOWN, 10)]) == 20
    assert since(ANY, [(UP, 7), (DOWN, 20)]) == 7
    assert since(ALL, []) == 0


# --- Histories ---------------------------------------------------------------------------------------------

changes = st.lists(
    st.lists(
        st.tuples(st.integers(0, 3 * DAY).map(float), st.sampled_from([UP, DOWN, PENDING, MAINTENANCE])),
        max_size=8,
    ).map(lambda found: sorted(found, key=lambda change: change[0])),
    min_size=1,
    max_size=4,
)
CHECKED = [Bar(day * DAY, 1.0) for day in range(3)]


def bars_of(rule: Component, each: list[list[Change]]) -> list[Bar]:
    return combined_bars(rule, [CHECKED] * len(each), each, DAY, 3.0 * DAY)


def test_two_outages_of_an_hour_one_after_the_other() -> None:
    """By the rule "all" both count, by "any" neither."""
    one: list[Change] = [(0.0, UP), (3_600.0, DOWN), (7_200.0, UP)]
    other: list[Change] = [(0.0, UP), (10_800.0, DOWN), (14_400.0, UP)]
    first = bars_of(ALL, [one, other])[0]
    assert (first.outages, first.down_s, first.uptime) == (2, 7_200, 1 - 7_200 / DAY)
    assert bars_of(ANY, [one, other])[0] == Bar(0, 1.0, 0, 0)
    both = bars_of(ANY, [one, one])[0]
    assert (both.outages, both.down_s) == (1, 3_600)


@given(rules, changes)
def test_a_history_is_that_of_the_states(rule: Component, each: list[list[Change]]) -> None:
    times = segments(rule, each, 3.0 * DAY)
    for before, after in pairwise(times):
        assert before.ended == after.began and before.status is not after.status
    for one in times:
        middle = (one.began + one.ended) / 2
        states = [next((to for at, to in reversed(own) if at <= middle), None) for own in each]
        assert combined(rule, states) is one.status


@given(shares, changes)
def test_the_uptime_of_a_share_lies_between_all_and_any(rule: Component, each: list[list[Change]]) -> None:
    down = [[bar.down_s for bar in bars_of(each_rule, each)] for each_rule in (ANY, rule, ALL)]
    assert all(low <= middle <= high for low, middle, high in zip(*down, strict=True))
    for bar in bars_of(rule, each):
        assert bar.uptime is None or 0 <= bar.uptime <= 1
        assert 0 <= bar.down_s <= DAY
        assert bool(bar.outages) >= bool(bar.down_s)


@given(rules, changes)
def test_the_same_monitor_several_times_is_that_monitor(rule: Component, each: list[list[Change]]) -> None:
    assert bars_of(rule, [each[0]] * 3) == bars_of(ALL, [each[0]])


def test_what_nobody_checked_stays_empty() -> None:
    empty = [Bar(0, None), Bar(DAY, None, maintenance=True)]
    found = combined_bars(ALL, [empty], [[(0.0, UP)]], DAY, 2.0 * DAY)
    assert [(bar.uptime, bar.maintenance) for bar in found] == [(None, False), (None, True)]
    assert combined_bars(ALL, [], [], DAY, 1.0) == []


def test_a_state_set_by_hand_ends() -> None:
    by_hand = SetState(DOWN, "", 10, 20)
    component = replace(ALL, by_hand=by_hand)
    assert component.set_state(19.9) is by_hand
    assert component.set_state(20.0) is None
    assert replace(ALL, by_hand=by_hand._replace(until=None)).set_state(1e12) is not None


def test_every_state_has_a_word() -> None:
    assert {STATES[word] for word in WORDS.values()} == set(Status)
