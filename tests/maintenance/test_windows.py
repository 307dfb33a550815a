"""Windows to come, and what becomes of a plan that is ended before its time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.maintenance.ending import NOT_RUNNING, ended_at, written
from kuma_lite.maintenance.model import Plan, PlanStatus, Strategy
from kuma_lite.maintenance.rules import bounds, current_and_next_slots, status_at
from kuma_lite.maintenance.windows import Window, next_windows, windows_until
from kuma_lite.maintenance.zones import known_zone_of, parse_wall, to_moment
from tests.maintenance.generated import DAY, SERVER, ZONES, by_days, crons, moments, repeating, singles
from tests.maintenance.plans import at, plan, shown, times
from tests.support.examples import examples

BERLIN = "Europe/Berlin"
HOUR = "2026-06-02 10:00 – 2026-06-02 11:00"


def texts(windows: list[Window]) -> list[str]:
    """`start – end` in UTC."""
    return [f"{shown(window.start)} – {shown(window.end)}" for window in windows]


def upcoming(strategy: str, now: str, count: int = 3, **fields: Any) -> list[str]:
    return texts(next_windows(plan(strategy, **fields), at(now), SERVER, count))


# --- Windows to come ----------------------------------------------------------------------------------------


def test_by_hand_and_switched_off_there_are_none() -> None:
    assert upcoming("manual", "2026-06-01 00:00") == []
    for strategy in Strategy:
        fields = {"weekdays": [1], "daysOfMonth": [1], "dateRange": ["2026-07-01", None], "active": False}
        assert upcoming(strategy.value, "2026-06-01 00:00", **fields) == []


@pytest.mark.parametrize(
    ("now", "dates", "expected"),
    [
        ("2026-06-01 00:00", ["2026-06-02 10:00", "2026-06-02 11:00"], [HOUR]),
        ("2026-06-02 10:30", ["2026-06-02 10:00", "2026-06-02 11:00"], [HOUR]),
        ("2026-06-02 11:00", ["2026-06-02 10:00", "2026-06-02 11:00"], []),
        ("2026-06-02 10:30", ["2026-06-02 10:00", None], ["2026-06-02 10:00 – None"]),
        ("2026-06-01 00:00", ["2026-06-02 10:00", "2026-06-02 10:00"], []),  # over before it begins
        ("2026-06-01 00:00", ["2026-06-02 10:00", "2026-06-01 10:00"], []),
    ],
)  # fmt: skip
def test_a_single_one_has_its_own(now: str, dates: list[str | None], expected: list[str]) -> None:
    assert upcoming("single", now, dateRange=dates) == expected


def test_the_one_that_lasts_comes_first() -> None:
    found = upcoming("recurring-weekday", "2026-06-01 02:30", weekdays=[1, 3])
    assert found == [
        "2026-06-01 02:00 – 2026-06-01 03:00",
        "2026-06-03 02:00 – 2026-06-03 03:00",
        "2026-06-08 02:00 – 2026-06-08 03:00",
    ]


def test_days_at_the_end_of_a_month() -> None:
    found = upcoming("recurring-day-of-month", "2026-01-30 12:00", daysOfMonth=["lastDay1", 30])
    assert [text[:10] for text in found] == ["2026-01-31", "2026-02-28", "2026-03-30"]


def test_every_third_day_is_counted_from_the_first() -> None:
    fields = {"intervalDay": 3, "dateRange": ["2026-06-10", "2026-06-16 02:30"]}
    assert upcoming("recurring-interval", "2026-06-01 00:00", 9, **fields) == [
        "2026-06-10 02:00 – 2026-06-10 03:00",
        "2026-06-13 02:00 – 2026-06-13 03:00",
        "2026-06-16 02:00 – 2026-06-16 02:30",
    ]


def test_in_spring_a_window_that_is_skipped_comes_an_hour_later() -> None:
    found = upcoming(
        "cron", "2026-03-28 00:00", 3, cron="30 2 * * *", durationMinutes=30, timezoneOption=BERLIN
    )
    assert found == [
        "2026-03-28 01:30 – 2026-03-28 02:00",
        "2026-03-29 01:30 – 2026-03-29 02:00",  # 03:30 there
        "2026-03-30 00:30 – 2026-03-30 01:00",
    ]


def test_a_window_without_length_is_none() -> None:
    assert upcoming("cron", "2026-06-01 00:00", durationMinutes=0) == []
    assert upcoming("recurring-interval", "2026-06-01 00:00", timeRange=times("02:00", "02:00")) == []


def test_what_cannot_be_read_has_none() -> None:
    broken = replace(plan("cron"), cron="every day")
    assert next_windows(broken, at("2026-06-01 00:00"), SERVER, 5) == []


def test_all_plans_by_when_they_begin() -> None:
    plans = [
        replace(plan("cron", cron="0 6 * * *"), id=1),
        replace(plan("recurring-weekday", weekdays=[2]), id=2),
        replace(plan("single", dateRange=["2026-05-30", None]), id=3),
        replace(plan("manual"), id=4),
        replace(plan("cron", cron="0 6 * * *", active=False), id=5),
        replace(plan("cron", cron="0 6 2 * *"), id=6),
    ]
    now, until = at("2026-06-01 07:00"), at("2026-06-03 06:00")
    found, more = windows_until(plans, now, until, SERVER, 100, 100)
    assert [(of.id, shown(window.start)) for of, window in found] == [
        (3, "2026-05-30 00:00"),
        (2, "2026-06-02 02:00"),
        (1, "2026-06-02 06:00"),
        (6, "2026-06-02 06:00"),
    ]
    assert not more


def test_of_very_many_the_first_are_told() -> None:
    often = replace(plan("cron", cron="* * * * * *", durationMinutes=1), id=1)
    daily = replace(plan("cron", cron="0 6 * * *"), id=2)
    now = at("2026-06-01 00:00")
    found, more = windows_until([often, daily], now, now + 6 * DAY, SERVER, 1000, 10)
    assert more
    assert [of.id for of, _ in found] == [1] * 10 + [2] * 6
    found, more = windows_until([often, daily], now, now + 30 * DAY, SERVER, 4, 10)
    assert more
    assert [of.id for of, _ in found] == [1] * 4
    found, more = windows_until([daily], now, now + 4 * DAY, SERVER, 4, 4)
    assert (len(found), more) == (4, False)


@examples(200)
@given(st.one_of(by_days, crons), moments)
def test_windows_are_those_that_come(of: Plan, now: float) -> None:
    """Walking from one to the next, as the service does, the same windows are met."""
    found = next_windows(of, now, SERVER, 5)
    assert all(a.start <= b.start for a, b in pairwise(found))
    for window in found:
        assert window.end is not None
        assert window.end > max(window.start, now)
        begun = of
        if of.strategy is Strategy.INTERVAL and window.start != bounds(of, SERVER)[0]:  # else it was cut
            begun = replace(of, last_start=int(window.start))
        for inside in (max(window.start, now), window.end - 1):
            assert status_at(begun, inside, SERVER) is PlanStatus.UNDER_MAINTENANCE
    if not found or found[0].start > now:
        assert status_at(of, now, SERVER) is not PlanStatus.UNDER_MAINTENANCE
    if found and found[0].start > now:
        between = (now + found[0].start) / 2
        assert status_at(of, between, SERVER) is not PlanStatus.UNDER_MAINTENANCE


@examples(200)
@given(st.lists(st.one_of(by_days, crons, singles), max_size=4), moments)
def test_all_together_are_each_ones(plans: list[Plan], now: float) -> None:
    numbered = [replace(one, id=number) for number, one in enumerate(plans)]
    until = now + 20 * DAY
    found, more = windows_until(numbered, now, until, SERVER, 60, 20)
    keys = [(window.start, of.id) for of, window in found]
    assert keys == sorted(keys)
    assert len(found) <= 60
    if not more:
        for one in numbered:
            own = [window for window in next_windows(one, now, SERVER, 30) if window.start < until]
            assert [window for of, window in found if of.id == one.id] == own


# --- Ending -------------------------------------------------------------------------------------------------


def test_by_hand_it_is_switched_off() -> None:
    assert ended_at(plan("manual"), at("2026-06-01 00:00"), SERVER) == plan("manual", active=False)


def test_a_single_one_ends_now() -> None:
    single = plan("single", dateRange=["2026-06-01 10:00", None], timezoneOption="SAME_AS_SERVER")
    ended = ended_at(single, at("2026-06-01 12:00:07") + 0.5, SERVER)
    assert ended == replace(single, end_date="2026-06-01 21:00:07")
    assert status_at(ended, at("2026-06-01 12:00:07") + 0.5, SERVER) is PlanStatus.ENDED


def test_one_that_repeats_goes_on_with_its_next_window() -> None:
    weekly = plan("recurring-weekday", weekdays=[1], timezoneOption=BERLIN)
    ended = ended_at(weekly, at("2026-06-01 02:30", BERLIN), SERVER)
    assert (ended.start_date, ended.end_date) == ("2026-06-08 02:00:00", None)
    assert texts(next_windows(ended, at("2026-06-01 02:30", BERLIN), SERVER, 2)) == [
        "2026-06-08 00:00 – 2026-06-08 01:00",
        "2026-06-15 00:00 – 2026-06-15 01:00",
    ]


def test_the_zone_of_the_server_counts() -> None:
    weekly = plan("recurring-weekday", weekdays=[1], timezoneOption="SAME_AS_SERVER")
    ended = ended_at(weekly, at("2026-06-01 02:30", SERVER), SERVER)
    assert ended.start_date == "2026-06-08 02:00:00"


def test_days_are_counted_on_through_the_night_in_which_clocks_change() -> None:
    """The day before the next window has 23 hours, in which a window of 23 and a half would not be over."""
    long = plan("recurring-interval", intervalDay=2, timeRange=times("01:00", "00:30"), timezoneOption=BERLIN)
    long = replace(long, last_start=int(at("2026-03-28 01:00", BERLIN)))
    ended = ended_at(long, at("2026-03-28 12:00", BERLIN), SERVER)
    starts = [window.start for window in next_windows(ended, at("2026-03-28 12:00", BERLIN), SERVER, 2)]
    assert starts == [at("2026-03-30 01:00", BERLIN), at("2026-04-01 01:00", BERLIN)]


def test_of_windows_that_overlap_all_end() -> None:
    always = plan("cron", cron="0 * * * *", durationMinutes=90)
    ended = ended_at(always, at("2026-06-01 10:40"), SERVER)
    assert status_at(ended, at("2026-06-01 10:59"), SERVER) is PlanStatus.SCHEDULED
    assert status_at(ended, at("2026-06-01 11:00"), SERVER) is PlanStatus.UNDER_MAINTENANCE


def test_the_last_window_ends_the_plan() -> None:
    last = plan("recurring-interval", dateRange=[None, "2026-06-01 02:45"])
    ended = ended_at(last, at("2026-06-01 02:30"), SERVER)
    assert ended.end_date == "2026-06-01 02:30:00"
    assert status_at(ended, at("2026-06-01 02:30"), SERVER) is PlanStatus.ENDED


@pytest.mark.parametrize("strategy", list(Strategy))
def test_only_what_lasts_can_be_ended(strategy: Strategy) -> None:
    fields: dict[str, Any] = {"weekdays": [1], "daysOfMonth": [1], "dateRange": ["2026-07-01", None]}
    off = plan(strategy.value, active=strategy is not Strategy.MANUAL, **fields)
    with pytest.raises(UserError, match=NOT_RUNNING):
        ended_at(off, at("2026-06-01 00:00"), SERVER)


@examples(300)
@given(
    st.one_of(by_days, crons, singles, repeating("recurring-interval", intervalDay=st.integers(2, 9))),
    moments,
    st.booleans(),
)
def test_what_was_ended_comes_again_when_it_would_have(of: Plan, now: float, begun: bool) -> None:
    if status_at(of, now, SERVER) is not PlanStatus.UNDER_MAINTENANCE:
        return
    current, following = current_and_next_slots(of, now, SERVER)
    if begun and current is not None and of.strategy is Strategy.INTERVAL:
        of = replace(of, last_start=int(current.trigger))  # as the service notes it
        _, following = current_and_next_slots(of, now, SERVER)
    ended = ended_at(of, now, SERVER)
    assert status_at(ended, now, SERVER) in (PlanStatus.SCHEDULED, PlanStatus.ENDED)
    windows = next_windows(ended, now, SERVER, 1)
    assert bool(windows) == (following is not None)
    if following is not None:
        assert windows[0].start == following.start
        between = (now + following.start) / 2
        assert status_at(ended, between, SERVER) is PlanStatus.SCHEDULED
        assert status_at(ended, following.start, SERVER) is PlanStatus.UNDER_MAINTENANCE
        if of.strategy is Strategy.INTERVAL:
            # Those after it keep the step.
            ahead, after = (next_windows(one, following.start, SERVER, 4) for one in (of, ended))
            assert [w.start for w in after[1:]] == [w.start for w in ahead if w.start > after[0].start][:3]


@examples(300)
@given(moments, st.sampled_from(ZONES[:-1]))
def test_a_date_is_the_moment_it_was_written_for(moment: float, zone: str) -> None:
    text = written(moment, known_zone_of(zone))
    assert to_moment(parse_wall(text), known_zone_of(zone)) == int(moment)


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    second = at("2026-10-25 01:30")  # 02:30 in Berlin, for the second time
    assert written(second - 3600, known_zone_of(BERLIN)) == "2026-10-25 02:30:00"
    assert written(second, known_zone_of(BERLIN)) == "2026-10-25 02:30:00+01:00"
