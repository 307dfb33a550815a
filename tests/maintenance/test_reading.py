"""What clients may send, and what is refused with which words."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.maintenance.model import Strategy, TimeOfDay
from kuma_lite.maintenance.reading import MAX_DURATION_MINUTES, read_added, read_edited
from tests.maintenance.plans import plan, sent, times
from tests.support.actors import OWNER, STRANGER

PARTS = "exactly five or six space separated parts are required."


def without(key: str, strategy: str = "manual") -> dict[str, Any]:
    return {name: value for name, value in sent(strategy).items() if name != key}


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (None, "The maintenance must be an object."),
        ([], "The maintenance must be an object."),
        ({}, "The title is missing."),
        ({"title": "t"}, "The strategy is missing."),
        ({"title": "t", "strategy": "manual"}, "The date range is missing."),
        (sent("manual", title=None), "The title must be a text."),
        (sent("manual", description=[7]), "The description must be a text."),
        (sent("manual", dateRange=None), "The date range is missing."),
        (sent("single", dateRange=["no date", None]), "Invalid start date"),
        (sent("single", dateRange=[None, "12345-01-01"]), "Invalid end date"),
        (sent("single", dateRange=[17, None]), "Invalid start date"),
        (sent("single", dateRange=[]), "Invalid start date"),
        (sent("no such strategy"), f"CronPattern: invalid configuration format (''), {PARTS}"),
        (sent("", strategy=[]), f"CronPattern: invalid configuration format (''), {PARTS}"),
        (sent("manual", timezoneOption="Mars/Olympus"), "There is no time zone Mars/Olympus."),
        (sent("manual", timezoneOption=[]), "The time zone must be a text."),
        (sent("recurring-interval", intervalDay=0), "The interval must be between 1 and 365000 days."),
        (sent("recurring-interval", intervalDay="x"), "The interval must be between 1 and 365000 days."),
        (
            sent("recurring-interval", intervalDay=float("inf")),
            "The interval must be between 1 and 365000 days.",
        ),
        (sent("recurring-interval", intervalDay=1.5), "The interval must be between 1 and 365000 days."),
        (without("timeRange", "recurring-interval"), "The time range is missing."),
        (sent("recurring-interval", timeRange=[]), "The time range needs a start and an end."),
        (
            sent("recurring-interval", timeRange=times("24:00", "01:00")),
            "The time range has a time that no clock shows.",
        ),
        (
            sent("recurring-interval", timeRange=[{"hours": None}, {}]),
            "The time range has a time that no clock shows.",
        ),
        (
            sent("recurring-weekday", weekdays=[]),
            "CronPattern: configuration entry dayOfWeek () is empty, check for trailing spaces.",
        ),
        (sent("recurring-weekday", weekdays=[9]), "CronPattern: Invalid value for dayOfWeek: 9"),
        (sent("recurring-weekday", weekdays="Monday"), "The weekdays must be numbers."),
        (sent("recurring-weekday", weekdays=[True]), "The weekdays must be numbers."),
        (
            sent("recurring-day-of-month", daysOfMonth=["lastDay2"]),
            f"CronPattern: invalid configuration format ('0 2  * *'), {PARTS}",
        ),
        (sent("recurring-day-of-month", daysOfMonth=[32]), "CronPattern: Invalid value for day: 32"),
        (
            sent("recurring-day-of-month", daysOfMonth=["first"]),
            "A day of the month must be a number or lastDay1.",
        ),
        (sent("cron", cron="61 * * * *"), "CronPattern: Invalid value for minute: 61"),
        (sent("cron", cron=None), "The cron pattern is missing."),
        (sent("cron", cron="*" * 501), "The cron pattern is longer than 500 characters."),
        (without("durationMinutes", "cron"), "The duration must be a number of minutes."),
        (sent("cron", durationMinutes="x"), "The duration must be a number of minutes."),
        (sent("cron", durationMinutes=float("nan")), "The duration must be a number of minutes."),
        (sent("cron", durationMinutes=True), "The duration must be a number of minutes."),
        (sent("cron", durationMinutes=-1), "The duration must be between 0 and 5256000 minutes."),
        (
            sent("cron", durationMinutes=MAX_DURATION_MINUTES + 1),
            "The duration must be between 0 and 5256000 minutes.",
        ),
    ],
)
def test_refusals(payload: Any, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        read_added(OWNER, payload)
    assert caught.value.message == sentence


def test_what_a_strategy_does_not_need_is_not_kept() -> None:
    manual = plan("manual", weekdays=[1], timeRange=times("04:00", "05:00"))
    assert (manual.cron, manual.duration, manual.start_time, manual.weekdays) == (None, None, None, ())
    by_pattern = plan("cron", weekdays=[1])
    assert (by_pattern.cron, by_pattern.duration, by_pattern.weekdays) == ("30 3 * * *", 3600, ())


def test_one_value_stands_for_a_list() -> None:
    assert plan("recurring-weekday", weekdays="3").weekdays == (3,)
    assert plan("recurring-day-of-month", daysOfMonth=15).days_of_month == (15,)
    single = plan("single", dateRange="2030-01-01 10:00")
    assert (single.start_date, single.end_date) == ("2030-01-01 10:00", None)


def test_what_is_taken_as_it_is_meant() -> None:
    taken = plan("manual", title=404, description=5, active="false", timezoneOption="europe/BERLIN")
    assert (taken.title, taken.description, taken.active) == ("404", "5", False)
    assert taken.timezone == "europe/BERLIN", "read back as it was written"
    assert plan("recurring-interval", intervalDay="36500").interval_day == 36_500


def test_daily_times() -> None:
    weekly = plan("recurring-weekday", weekdays=[5, "1", 0.0], timeRange=times("23:30", "01:15:30"))
    assert weekly.weekdays == (5, 1, 0)
    assert (weekly.start_time, weekly.end_time) == (TimeOfDay(23, 30), TimeOfDay(1, 15, 30))
    assert (weekly.cron, weekly.duration) == ("30 23 * * 0,1,5", 6330)


@pytest.mark.parametrize(("minutes", "seconds"), [(90, 5400), (0, 0), (1.5, 90), ("15", 900)])
def test_durations(minutes: Any, seconds: int) -> None:
    assert plan("cron", durationMinutes=minutes).duration == seconds


@pytest.mark.parametrize(
    ("option", "zone"),
    [(None, "UTC"), ("SAME_AS_SERVER", "SAME_AS_SERVER"), ("Asia/Tokyo", "Asia/Tokyo"), ("UTC", "UTC")],
)
def test_time_zones(option: str | None, zone: str) -> None:
    assert plan("manual", timezoneOption=option).timezone == zone


def test_dates_are_kept_as_written() -> None:
    single = plan("single", dateRange=["2026-06-01T10:00", "2026-06-01 12:00:00"])
    assert (single.start_date, single.end_date) == ("2026-06-01T10:00", "2026-06-01 12:00:00")
    assert plan("manual", dateRange=["", None]).start_date is None


def test_defaults_of_a_short_object() -> None:
    short = read_added(STRANGER, {"title": "t", "strategy": "manual", "dateRange": []})
    assert (short.organisation, short.user_id) == (STRANGER.organisation, STRANGER.user_id)
    assert (short.description, short.active, short.interval_day, short.timezone) == ("", True, 1, "UTC")


def test_an_edit_keeps_what_another_strategy_left() -> None:
    weekly = plan("recurring-weekday", weekdays=[2], timeRange=times("02:00", "03:00"))
    by_pattern = read_edited(sent("cron", cron="0 0 1 1 *", durationMinutes=5), weekly)
    assert by_pattern.strategy is Strategy.CRON
    assert (by_pattern.cron, by_pattern.duration, by_pattern.weekdays) == ("0 0 1 1 *", 300, (2,))
    by_hand = read_edited(sent("manual"), by_pattern)
    assert (by_hand.cron, by_hand.duration, by_hand.start_time) == ("0 0 1 1 *", 300, TimeOfDay(2, 0))


def test_an_edit_keeps_what_it_leaves_out() -> None:
    old = plan("manual", title="Old", active=False, timezoneOption="Asia/Tokyo", intervalDay=4)
    new = read_edited({"dateRange": ["2026-01-01", None]}, old)
    assert (new.title, new.active, new.timezone, new.interval_day) == ("Old", False, "Asia/Tokyo", 4)
    assert new.start_date == "2026-01-01"
    assert new.cron == ""


def test_an_edit_is_refused_like_an_addition() -> None:
    with pytest.raises(UserError, match="Invalid end date"):
        read_edited(sent("manual", dateRange=[None, "x"]), plan("manual"))
