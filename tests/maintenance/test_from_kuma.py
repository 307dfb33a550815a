from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.maintenance.from_kuma import read_row
from kuma_lite.maintenance.model import Strategy, TimeOfDay


def row(**changes: Any) -> dict[str, Any]:
    """A row of Uptime Kuma 2.5."""
    return {
        "id": 7,
        "title": "t",
        "description": "d",
        "user_id": 1,
        "active": 1,
        "strategy": "recurring-weekday",
        "start_date": "2023-01-01 00:00:00",
        "end_date": None,
        "start_time": "22:30",
        "end_time": "01:00:00",
        "weekdays": "[3, 1]",
        "days_of_month": "[]",
        "interval_day": 1,
        "cron": "something old",
        "timezone": "Europe/Berlin",
        "duration": 1,
        "last_start_date": None,
        **changes,
    }


def test_patterns_and_durations_are_made_anew() -> None:
    plan = read_row(row(), owner=3)
    assert (plan.id, plan.organisation, plan.user_id, plan.strategy) == (7, 1, 3, Strategy.WEEKDAY)
    assert (plan.cron, plan.duration) == ("30 22 * * 1,3", 9000)
    assert plan.start_time == TimeOfDay(22, 30)


def test_a_row_of_1_19_is_in_utc() -> None:
    old = row(strategy="recurring-interval", interval_day=3)
    for column in ("cron", "timezone", "duration", "last_start_date"):
        del old[column]
    plan = read_row(old, owner=1)
    assert (plan.timezone, plan.cron, plan.interval_day, plan.duration) == ("UTC", "30 22  * * *", 3, 9000)


def test_zone_of_the_server_and_none() -> None:
    assert read_row(row(timezone="SAME_AS_SERVER"), owner=1).timezone == "SAME_AS_SERVER"
    assert read_row(row(timezone=None), owner=1).timezone == "UTC"


def test_days_of_a_month() -> None:
    plan = read_row(row(strategy="recurring-day-of-month", days_of_month='[15, 1, "lastDay1"]'), owner=1)
    assert plan.cron == "30 22 1,15,L * *"


def test_a_cron_plan_keeps_its_own() -> None:
    plan = read_row(row(strategy="cron", cron="*/5 * * * *", duration=120, start_time=None), owner=1)
    assert (plan.cron, plan.duration) == ("*/5 * * * *", 120)


def test_the_latest_window() -> None:
    assert read_row(row(last_start_date="1970-01-02 00:00:00"), owner=1).last_start == 86_400
    assert read_row(row(last_start_date="soon"), owner=1).last_start is None


def test_single_and_manual_need_no_times() -> None:
    for strategy in ("single", "manual"):
        plan = read_row(row(strategy=strategy, start_time=None, end_time=None, cron=None), owner=1)
        assert plan.cron is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"strategy": "full-moon"}, "strategy"),
        ({"start_time": None}, "time of day"),
        ({"end_time": "25:00"}, "time of day"),
        ({"weekdays": "[]"}, "repeat"),
        ({"weekdays": "no JSON"}, "repeat"),
        ({"strategy": "cron", "cron": "nonsense"}, "repeat"),
        ({"strategy": "cron", "cron": None}, "repeat"),
    ],
)
def test_plans_that_make_no_sense(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_row(row(**changes), owner=1)
