"""When plans are under maintenance."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.records import replace
from kuma_lite.maintenance.model import Plan, PlanStatus, Strategy, TimeOfDay
from kuma_lite.maintenance.rules import (
    Slot,
    current_and_next_slots,
    next_change,
    pattern_of,
    seconds_between,
    state_at,
    status_at,
)
from tests.maintenance.generated import DAY, SERVER, by_days, crons, moments, repeating, singles
from tests.maintenance.plans import at, plan, shown, times
from tests.support.examples import examples


def window(slot: Slot | None) -> str | None:
    """`start–end` in UTC."""
    return None if slot is None else f"{shown(slot.start)} – {shown(slot.end)}"


def windows(of: Plan, now: float) -> tuple[str | None, str | None]:
    current, following = current_and_next_slots(of, now, SERVER)
    return window(current), window(following)


def starts(of: Plan, now: float, count: int) -> list[str | None]:
    """Begins of the windows after `now`, each noted when it comes, as the service does."""
    found = []
    for _ in range(count):
        _, following = current_and_next_slots(of, now, SERVER)
        if following is None:
            break
        found.append(shown(following.start))
        now = following.start
        of = replace(of, last_start=int(following.trigger))
    return found


# --- Status -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", list(Strategy))
def test_what_is_switched_off_is_inactive(strategy: Strategy) -> None:
    fields: dict[str, Any] = {"weekdays": [1], "daysOfMonth": [1], "dateRange": ["2026-01-01", None]}
    off = plan(strategy.value, active=False, **fields)
    assert status_at(off, at("2026-06-01 02:30"), SERVER) is PlanStatus.INACTIVE
    assert next_change(off, at("2026-06-01 02:30"), SERVER) is None
    assert windows(off, at("2026-06-01 02:30")) == (None, None)


def test_by_hand_it_lasts_until_it_is_switched_off() -> None:
    by_hand = plan("manual")
    assert status_at(by_hand, at("2026-06-01 00:00"), SERVER) is PlanStatus.UNDER_MAINTENANCE
    assert next_change(by_hand, at("2026-06-01 00:00"), SERVER) is None


@pytest.mark.parametrize(
    ("now", "status", "change"),
    [
        ("2026-05-31 23:59", PlanStatus.SCHEDULED, "2026-06-01 10:00"),
        ("2026-06-01 10:00", PlanStatus.UNDER_MAINTENANCE, "2026-06-02 11:30"),
        ("2026-06-02 11:29", PlanStatus.UNDER_MAINTENANCE, "2026-06-02 11:30"),
        ("2026-06-02 11:30", PlanStatus.ENDED, None),
    ],
)
def test_a_single_window(now: str, status: PlanStatus, change: str | None) -> None:
    single = plan("single", dateRange=["2026-06-01 10:00:00", "2026-06-02T11:30"])
    assert status_at(single, at(now), SERVER) is status
    assert shown(next_change(single, at(now), SERVER)) == change


@pytest.mark.parametrize("strategy", list(Strategy))
def test_what_is_switched_off_waits_for_no_date(strategy: Strategy) -> None:
    dates = ["2026-06-01 10:00", "2026-06-02 11:30"]
    off = plan(strategy.value, active=False, weekdays=[1], daysOfMonth=[1], dateRange=dates)
    assert next_change(off, at("2026-05-31 12:00"), SERVER) is None


def test_by_hand_it_waits_for_no_date() -> None:
    by_hand = plan("manual", dateRange=["2026-06-01 10:00", "2026-06-02 11:30"])
    assert next_change(by_hand, at("2026-05-31 12:00"), SERVER) is None


@pytest.mark.parametrize(
    ("now", "change"),
    [
        ("2026-05-31 12:00", "2026-06-01 10:00"),  # the start date, with no window in it
        ("2026-06-01 10:00", "2026-06-02 02:00"),
        ("2026-06-02 02:00", "2026-06-02 03:00"),
        ("2026-06-02 02:59", "2026-06-02 03:00"),
        ("2026-06-02 03:00", "2026-06-03 02:00"),
        ("2026-06-03 12:00", "2026-06-03 18:00"),  # the end date, before the next window
        ("2026-06-03 18:00", None),
    ],
)
def test_a_repeating_plan_changes_with_its_windows_and_dates(now: str, change: str | None) -> None:
    daily = plan("recurring-interval", dateRange=["2026-06-01 10:00", "2026-06-03 18:00"])
    assert shown(next_change(daily, at(now), SERVER)) == change


def test_a_single_window_without_an_end_goes_on() -> None:
    single = plan("single", dateRange=["2026-06-01 10:00", None])
    assert status_at(single, at("2036-06-01 10:00"), SERVER) is PlanStatus.UNDER_MAINTENANCE
    assert next_change(single, at("2036-06-01 10:00"), SERVER) is None


def test_dates_are_read_in_the_zone_of_the_plan() -> None:
    dates = ["2026-06-01 10:00", "2026-06-01 12:00"]
    berlin = plan("single", dateRange=dates, timezoneOption="Europe/Berlin")
    server = plan("single", dateRange=dates, timezoneOption="SAME_AS_SERVER")
    assert shown(next_change(berlin, 0, SERVER)) == "2026-06-01 08:00"
    assert shown(next_change(server, 0, SERVER)) == "2026-06-01 01:00"
    assert shown(next_change(server, 0, "America/New_York")) == "2026-06-01 14:00"


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ("2026-06-01 01:59", PlanStatus.SCHEDULED),
        ("2026-06-01 02:00", PlanStatus.UNDER_MAINTENANCE),
        ("2026-06-01 02:59", PlanStatus.UNDER_MAINTENANCE),
        ("2026-06-01 03:00", PlanStatus.SCHEDULED),
    ],
)
@pytest.mark.parametrize(
    "repeating",
    [
        plan("recurring-interval"),
        plan("recurring-weekday", weekdays=[1]),
        plan("recurring-day-of-month", daysOfMonth=[1]),
        plan("cron", cron="0 2 * * *", durationMinutes=60),
    ],
    ids=lambda each: each.strategy.value,
)
def test_repeating_windows(repeating: Plan, now: str, status: PlanStatus) -> None:
    assert status_at(repeating, at(now), SERVER) is status


def test_the_state_lists_the_windows_there_are() -> None:
    twice = plan("recurring-interval", dateRange=[None, "2026-06-03 00:00"])
    first, second = (
        Slot(at(f"{day} 02:00"), at(f"{day} 03:00"), trigger=at(f"{day} 02:00"))
        for day in ("2026-06-01", "2026-06-02")
    )
    lasting, waiting = PlanStatus.UNDER_MAINTENANCE, PlanStatus.SCHEDULED
    assert state_at(twice, at("2026-06-01 02:30"), SERVER) == (lasting, [first, second])
    assert state_at(twice, at("2026-06-01 12:00"), SERVER) == (waiting, [second])
    assert state_at(twice, at("2026-06-02 02:30"), SERVER) == (lasting, [second])
    assert state_at(twice, at("2026-06-02 12:00"), SERVER) == (waiting, [])


def test_a_window_ends_just_before_its_end() -> None:
    slot = Slot(10, 20, 10)
    assert [slot.includes(now) for now in (9.9, 10, 19.9, 20)] == [False, True, True, False]


def test_no_window_begins_with_the_end_date() -> None:
    bounded = plan("recurring-interval", dateRange=[None, "2026-06-03 02:00"])
    assert windows(bounded, at("2026-06-02 02:30")) == ("2026-06-02 02:00 – 2026-06-02 03:00", None)
    assert windows(bounded, at("2026-06-02 03:00")) == (None, None)


def test_start_and_end_date_bound_repeating_windows() -> None:
    bounded = plan("recurring-interval", dateRange=["2026-06-01 02:30", "2026-06-03 02:15"])
    assert status_at(bounded, at("2026-05-31 02:15"), SERVER) is PlanStatus.SCHEDULED
    assert windows(bounded, at("2026-05-31 02:15")) == (None, "2026-06-01 02:30 – 2026-06-01 03:00")
    assert windows(bounded, at("2026-06-01 02:45")) == (
        "2026-06-01 02:30 – 2026-06-01 03:00",
        "2026-06-02 02:00 – 2026-06-02 03:00",
    )
    assert windows(bounded, at("2026-06-03 02:10")) == ("2026-06-03 02:00 – 2026-06-03 02:15", None)
    assert status_at(bounded, at("2026-06-03 02:15"), SERVER) is PlanStatus.ENDED
    assert windows(bounded, at("2026-06-03 02:15")) == (None, None)


def test_an_end_before_the_start_never_begins() -> None:
    upside_down = plan("recurring-interval", dateRange=["2026-06-03", "2026-06-01"])
    assert windows(upside_down, at("2026-05-01 00:00")) == (None, None)
    assert status_at(upside_down, at("2026-06-01 02:30"), SERVER) is PlanStatus.SCHEDULED
    assert status_at(upside_down, at("2026-06-04 02:30"), SERVER) is PlanStatus.ENDED


def test_an_end_at_the_start_leaves_no_window() -> None:
    moment = plan("recurring-interval", dateRange=["2026-06-03 02:30", "2026-06-03 02:30"])
    assert windows(moment, at("2026-06-03 02:10")) == (None, None)
    assert windows(moment, at("2026-06-03 02:30")) == (None, None)


def test_an_imported_pattern_that_is_none_has_no_windows() -> None:
    broken = replace(plan("cron"), cron="nonsense", start_date="no date", timezone="Mars/Olympus")
    assert status_at(broken, at("2026-06-01 03:30"), SERVER) is PlanStatus.SCHEDULED
    assert next_change(broken, at("2026-06-01 03:30"), SERVER) is None


# --- Windows ------------------------------------------------------------------------------------------------


def test_a_window_over_midnight() -> None:
    night = plan("recurring-weekday", weekdays=[0], timeRange=times("23:30", "01:15"))
    sunday_night = "2026-11-22 23:30 – 2026-11-23 01:15"
    assert windows(night, at("2026-11-22 12:00")) == (None, sunday_night)
    assert windows(night, at("2026-11-23 01:14"))[0] == sunday_night
    assert windows(night, at("2026-11-23 01:15")) == (None, "2026-11-29 23:30 – 2026-11-30 01:15")


def test_last_days_of_months() -> None:
    ends = plan("recurring-day-of-month", daysOfMonth=[15, "lastDay1", "lastDay2"])
    assert ends.cron == "0 2 15,L * *"
    assert starts(ends, at("2028-01-20 00:00"), 4) == [
        "2028-01-31 02:00",
        "2028-02-15 02:00",
        "2028-02-29 02:00",
        "2028-03-15 02:00",
    ]


def test_the_thirty_first_skips_short_months() -> None:
    assert starts(plan("recurring-day-of-month", daysOfMonth=[31]), at("2026-01-31 12:00"), 2) == [
        "2026-03-31 02:00",
        "2026-05-31 02:00",
    ]


def test_a_pattern_of_overlapping_windows_never_pauses() -> None:
    always = plan("cron", cron="*/30 * * * *", durationMinutes=60)
    now = at("2026-06-01 02:40")
    # The one that began first is shown; the next begins while it lasts.
    assert windows(always, now) == (
        "2026-06-01 02:00 – 2026-06-01 03:00",
        "2026-06-01 03:00 – 2026-06-01 04:00",
    )
    for _ in range(10):
        change = next_change(always, now, SERVER)
        assert change is not None
        now = change
        assert status_at(always, now, SERVER) is PlanStatus.UNDER_MAINTENANCE


def test_a_pattern_that_is_a_date_has_one_window() -> None:
    once = plan("cron", cron="2026-06-01T02:00:00", durationMinutes=30, timezoneOption="Europe/Berlin")
    assert windows(once, at("2026-05-01 00:00")) == (None, "2026-06-01 00:00 – 2026-06-01 00:30")
    assert windows(once, at("2026-06-01 00:10")) == ("2026-06-01 00:00 – 2026-06-01 00:30", None)
    assert windows(once, at("2026-06-01 00:30")) == (None, None)


def test_a_window_without_length_is_listed_and_never_lasts() -> None:
    empty = plan("recurring-interval", timeRange=times("02:00", "02:00"))
    assert windows(empty, at("2026-06-01 02:00")) == (None, "2026-06-02 02:00 – 2026-06-02 02:00")
    assert status_at(empty, at("2026-06-01 02:00"), SERVER) is PlanStatus.SCHEDULED


def test_seconds_count_in_the_length_alone() -> None:
    exact = plan("recurring-interval", timeRange=times("02:00:30", "02:01:00"))
    assert (exact.cron, exact.duration) == ("0 2  * * *", 30)


# --- Every so many days -------------------------------------------------------------------------------------


def test_an_interval_is_counted_from_the_start_date() -> None:
    third = plan("recurring-interval", intervalDay=3, dateRange=["2026-06-01", None])
    wanted = ["2026-06-01 02:00", "2026-06-04 02:00", "2026-06-07 02:00", "2026-06-10 02:00"]
    assert starts(third, at("2026-05-01 00:00"), 4) == wanted
    # Also when none was noted: the server was off.
    assert windows(third, at("2026-06-05 00:00")) == (None, "2026-06-07 02:00 – 2026-06-07 03:00")


def test_a_start_date_after_the_window_of_its_day_begins_with_the_next_day() -> None:
    third = plan("recurring-interval", intervalDay=3, dateRange=["2026-06-01 12:00", None])
    assert starts(third, at("2026-05-01 00:00"), 2) == ["2026-06-02 02:00", "2026-06-05 02:00"]


def test_a_start_date_within_a_window_begins_with_the_rest_of_it() -> None:
    third = plan("recurring-interval", intervalDay=3, dateRange=["2026-06-01 02:20", None])
    assert starts(third, at("2026-05-01 00:00"), 2) == ["2026-06-01 02:20", "2026-06-04 02:00"]


def test_without_a_start_date_the_first_window_is_the_next_one() -> None:
    third = plan("recurring-interval", intervalDay=3)
    assert starts(third, at("2026-06-01 01:00"), 3) == [
        "2026-06-01 02:00",
        "2026-06-04 02:00",
        "2026-06-07 02:00",
    ]
    assert windows(third, at("2026-06-01 02:30")) == (
        "2026-06-01 02:00 – 2026-06-01 03:00",
        "2026-06-04 02:00 – 2026-06-04 03:00",
    )


def test_an_interval_is_counted_from_the_latest_window() -> None:
    third = replace(plan("recurring-interval", intervalDay=3), last_start=int(at("2026-06-02 02:00")))
    assert windows(third, at("2026-06-02 02:30"))[0] == "2026-06-02 02:00 – 2026-06-02 03:00"
    assert windows(third, at("2026-06-02 03:30")) == (None, "2026-06-05 02:00 – 2026-06-05 03:00")
    assert windows(third, at("2026-06-30 00:00")) == (None, "2026-07-02 02:00 – 2026-07-02 03:00")


def test_a_start_date_after_the_latest_window_counts_anew() -> None:
    third = plan("recurring-interval", intervalDay=3, dateRange=["2026-06-10", None])
    moved = replace(third, last_start=int(at("2026-06-02 02:00")))
    assert starts(moved, at("2026-06-03 00:00"), 2) == ["2026-06-10 02:00", "2026-06-13 02:00"]


def test_the_latest_window_counts_when_it_reached_beyond_the_start_date() -> None:
    third = plan(
        "recurring-interval",
        intervalDay=3,
        timeRange=times("02:00", "22:00"),
        dateRange=["2026-06-01 12:00", None],
    )
    begun = replace(third, last_start=int(at("2026-06-02 02:00")))
    assert windows(begun, at("2026-06-03 00:00")) == (None, "2026-06-05 02:00 – 2026-06-05 22:00")
    ended = replace(third, start_date="2026-06-02 22:00", last_start=int(at("2026-06-02 02:00")))
    assert windows(ended, at("2026-06-03 00:00"))[0] is None
    assert starts(ended, at("2026-06-02 23:00"), 2) == ["2026-06-03 02:00", "2026-06-06 02:00"]


def test_an_interval_ends_with_the_end_date() -> None:
    third = plan("recurring-interval", intervalDay=3, dateRange=["2026-06-01", "2026-06-04 02:30"])
    assert windows(third, at("2026-06-03 00:00")) == (None, "2026-06-04 02:00 – 2026-06-04 02:30")


def test_an_interval_of_other_plans_means_nothing() -> None:
    mondays = plan("recurring-weekday", weekdays=[1], intervalDay=3, dateRange=["2026-06-01", None])
    assert mondays.interval_day == 3
    assert starts(mondays, at("2026-05-31 00:00"), 3) == [
        "2026-06-01 02:00",
        "2026-06-08 02:00",
        "2026-06-15 02:00",
    ]


def test_the_calendar_ends_before_an_imported_start_date() -> None:
    far = replace(plan("recurring-interval", intervalDay=3), start_date="9990-01-01 00:00")
    assert windows(far, at("2026-06-01 00:00")) == (None, None)


def test_an_interval_over_midnight_and_a_change_of_the_clock() -> None:
    nights = plan(
        "recurring-interval",
        intervalDay=2,
        timeRange=times("23:30", "00:30"),
        timezoneOption="Europe/Berlin",
        dateRange=["2026-03-26", None],
    )
    # The window that began in the evening before reaches into the start date, and is cut off there.
    assert starts(nights, at("2026-03-25 12:00"), 3) == [
        "2026-03-25 23:00",
        "2026-03-27 22:30",
        "2026-03-29 21:30",
    ]


def test_a_long_interval_is_found_quickly() -> None:
    rare = plan("recurring-interval", intervalDay=3650, dateRange=["2026-06-01", None])
    assert starts(rare, at("2026-05-01 00:00"), 2) == ["2026-06-01 02:00", "2036-05-29 02:00"]


# --- What patterns are made of ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "pattern"),
    [
        (plan("recurring-interval"), "0 2  * * *"),
        (plan("recurring-weekday", weekdays=[5, 1, 0]), "0 2 * * 0,1,5"),
        (plan("recurring-day-of-month", daysOfMonth=[15, 1, "lastDay1", 15]), "0 2 1,15,L * *"),
        (plan("recurring-day-of-month", daysOfMonth=["lastDay1"]), "0 2 L * *"),
    ],
)
def test_patterns_of_daily_times(of: Plan, pattern: str) -> None:
    assert pattern_of(of.strategy, of) == of.cron == pattern


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("02:00", "03:00", 3600),
        ("23:30", "01:15", 6300),
        ("02:00", "02:00", 0),
        ("00:00", "23:59:59", 86_399),
    ],
)
def test_lengths(start: str, end: str, seconds: int) -> None:
    assert seconds_between(TimeOfDay.parse(start), TimeOfDay.parse(end)) == seconds


# --- Changes of the clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "wanted"),
    [
        # Skipped beginnings come an hour (Lord Howe: half an hour) later; ends are when the clocks show them.
        ("Europe/Berlin", "2026-03-29", "2026-03-29 01:15 – 2026-03-29 02:15"),
        ("America/New_York", "2026-03-08", "2026-03-08 07:15 – 2026-03-08 08:15"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03 15:45 – 2026-10-03 16:15"),
        # Of two beginnings the first counts.
        ("Europe/Berlin", "2026-10-25", "2026-10-25 00:15 – 2026-10-25 02:15"),
        ("America/New_York", "2026-11-01", "2026-11-01 07:15 – 2026-11-01 08:15"),
        ("Asia/Kolkata", "2026-03-29", "2026-03-28 20:45 – 2026-03-28 21:45"),
    ],
)
def test_windows_on_days_with_a_change(zone: str, day: str, wanted: str) -> None:
    daily = plan("recurring-interval", timeRange=times("02:15", "03:15"), timezoneOption=zone)
    assert windows(daily, at(f"{day} 00:00", zone)) == (None, wanted)


def test_a_window_that_begins_twice_runs_once() -> None:
    daily = plan("recurring-interval", timeRange=times("01:30", "01:45"), timezoneOption="America/New_York")
    assert windows(daily, at("2026-11-01 00:00", "America/New_York"))[1] == (
        "2026-11-01 05:30 – 2026-11-01 05:45"
    )
    # 01:35 for the second time
    assert status_at(daily, at("2026-11-01 06:35"), SERVER) is PlanStatus.SCHEDULED


@pytest.mark.parametrize(
    ("zone", "hours", "day", "under", "not_under"),
    [
        # The nights of the changes: 25 and 23 hours long.
        ("Europe/Berlin", ("22:00", "06:00"), "2026-10-25", ["00:30", "05:30", "05:59"], ["06:00", "06:30"]),
        ("Europe/Berlin", ("22:00", "06:00"), "2026-03-29", ["00:30", "05:30", "05:59"], ["06:00", "06:30"]),
        ("America/New_York", ("23:00", "05:00"), "2026-11-01", ["01:30", "04:30"], ["05:00", "05:30"]),
        ("America/New_York", ("23:00", "05:00"), "2026-03-08", ["01:30", "04:30"], ["05:00", "05:30"]),
        ("Australia/Lord_Howe", ("22:00", "06:00"), "2026-04-05", ["05:45"], ["06:00"]),
        ("Australia/Lord_Howe", ("22:00", "06:00"), "2026-10-04", ["05:45"], ["06:00"]),
        ("Antarctica/Troll", ("22:00", "06:00"), "2026-03-29", ["05:45"], ["06:00", "07:45"]),
        ("Africa/Casablanca", ("22:00", "06:00"), "2026-02-15", ["05:45"], ["06:00"]),
        # A beginning that is skipped, and an end.
        ("Europe/Berlin", ("02:30", "06:00"), "2026-03-29", ["03:30", "05:59"], ["01:59", "06:00"]),
        ("Europe/Berlin", ("01:00", "02:30"), "2026-03-29", ["01:59", "03:29"], ["03:30"]),
        ("Europe/Berlin", ("02:10", "02:50"), "2026-03-29", ["03:10", "03:49"], ["03:50"]),
        # A day without a change.
        ("Europe/Berlin", ("22:00", "06:00"), "2026-06-15", ["05:59"], ["06:00"]),
    ],
)
def test_a_window_ends_when_the_clocks_show_its_end(
    zone: str, hours: tuple[str, str], day: str, under: list[str], not_under: list[str]
) -> None:
    daily = plan("recurring-interval", timeRange=times(*hours), timezoneOption=zone)
    found = {time: status_at(daily, at(f"{day} {time}", zone), SERVER) for time in under + not_under}
    assert found == {
        **dict.fromkeys(under, PlanStatus.UNDER_MAINTENANCE),
        **dict.fromkeys(not_under, PlanStatus.SCHEDULED),
    }


@pytest.mark.parametrize(
    "strategy", [("recurring-weekday", {"weekdays": [6]}), ("recurring-day-of-month", {"daysOfMonth": [24]})]
)
def test_other_daily_windows_do_so_too(strategy: tuple[str, dict[str, Any]]) -> None:
    name, days = strategy
    night = plan(name, timeRange=times("22:00", "06:00"), timezoneOption="Europe/Berlin", **days)
    assert windows(night, at("2026-10-25 05:30", "Europe/Berlin"))[0] == "2026-10-24 20:00 – 2026-10-25 05:00"


def test_minutes_of_a_pattern_are_elapsed_time() -> None:
    night = plan("cron", cron="0 22 * * *", durationMinutes=480, timezoneOption="Europe/Berlin")
    assert windows(night, at("2026-10-25 04:30", "Europe/Berlin"))[0] == "2026-10-24 20:00 – 2026-10-25 04:00"


def test_an_hourly_pattern_goes_on_in_an_hour_that_comes_twice() -> None:
    always = plan("cron", cron="0 * * * *", durationMinutes=60, timezoneOption="Europe/Berlin")
    begin = at("2026-10-24 22:00")
    states = {status_at(always, begin + 600 * step, SERVER) for step in range(36)}
    assert states == {PlanStatus.UNDER_MAINTENANCE}


# --- What holds for all plans -------------------------------------------------------------------------------


@examples(300)
@given(st.one_of(by_days, crons), moments)
def test_under_maintenance_is_to_be_in_a_window(of: Plan, now: float) -> None:
    current, following = current_and_next_slots(of, now, SERVER)
    status = status_at(of, now, SERVER)
    assert (status is PlanStatus.UNDER_MAINTENANCE) == (current is not None)
    if current is not None:
        assert current.start <= now < current.end <= current.trigger + (of.duration or 0) + 3600
    if following is not None:
        assert now < following.start <= following.end
    if status is PlanStatus.ENDED:
        assert (current, following) == (None, None)


@examples(300)
@given(by_days, moments)
def test_windows_of_days_never_overlap(of: Plan, now: float) -> None:
    # The shortest day has 23 hours: what is not longer than 22 never reaches the next beginning.
    of = replace(of, duration=min(of.duration or 0, 22 * 3600))
    slots = []
    for _ in range(6):
        current, following = current_and_next_slots(of, now, SERVER)
        slots += [current] if current and not slots else []
        if following is None:
            break
        slots.append(following)
        now = following.start
        of = replace(of, last_start=int(following.trigger))
    assert all(a.end <= b.start for a, b in pairwise(slots))


@examples(300)
@given(st.one_of(by_days, crons, singles), moments, st.floats(0, 0.999))
def test_nothing_changes_before_the_next_change(of: Plan, now: float, share: float) -> None:
    change = next_change(of, now, SERVER)
    assert change is None or change > now
    between = now + share * ((change if change is not None else now + 400 * DAY) - now)
    assert status_at(of, between, SERVER) is status_at(of, now, SERVER)


@examples(200)
@given(st.one_of(by_days, crons), moments)
def test_the_next_window_is_under_maintenance_from_its_first_to_its_last_second(of: Plan, now: float) -> None:
    _, following = current_and_next_slots(of, now, SERVER)
    if following is None or following.end == following.start:
        return
    for inside in (following.start, following.end - 1):
        assert status_at(of, inside, SERVER) is PlanStatus.UNDER_MAINTENANCE


@examples(150)
@given(repeating("recurring-interval", intervalDay=st.integers(2, 9)), moments)
def test_intervals_keep_their_step(of: Plan, now: float) -> None:
    of = replace(of, start_date=None, end_date=None)
    triggers = []
    for _ in range(5):
        _, following = current_and_next_slots(of, now, SERVER)
        assert following is not None
        triggers.append(following.trigger)
        now, of = following.start, replace(of, last_start=int(following.trigger))
    steps = [round((b - a) / DAY) for a, b in pairwise(triggers)]
    assert steps == [of.interval_day] * 4
