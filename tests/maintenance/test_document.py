"""The objects that clients get, as a session with Uptime Kuma 2.5.3 shows them."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.records import replace
from kuma_lite.maintenance.document import listed, stored
from kuma_lite.maintenance.model import Plan
from tests.maintenance.plans import at, plan, times

NOW = at("2026-11-22 01:55:35")
UNSET = {"hours": 0, "minutes": 0}


def expected(**fields: Any) -> dict[str, Any]:
    """The object of a manual plan, changed."""
    return {
        "id": 1,
        "title": "manual",
        "description": "",
        "strategy": "manual",
        "intervalDay": 1,
        "active": True,
        "dateRange": [None],
        "timeRange": [UNSET, UNSET],
        "weekdays": [],
        "daysOfMonth": [],
        "timeslotList": [],
        "cron": "",
        "durationMinutes": None,
        "timezone": "UTC",
        "timezoneOption": "UTC",
        "timezoneOffset": "+00:00",
        "status": "under-maintenance",
        **fields,
    }


SINGLE = {
    "title": "single",
    "strategy": "single",
    "dateRange": ["2099-01-01 00:00:00", "2099-01-02 00:00:00"],
    "timeslotList": [{"startDate": "2099-01-01 00:00:00", "endDate": "2099-01-02 00:00:00"}],
    "status": "scheduled",
}
DAILY = {
    "title": "recurring-interval",
    "strategy": "recurring-interval",
    "timeRange": [
        {"hours": 1, "minutes": 53, "seconds": 0},
        {"hours": 2, "minutes": 25, "seconds": 0},
    ],
    "cron": "53 1  * * *",
    "duration": 1920,
    "durationMinutes": 32,
}
SLOTS = [
    {"startDate": "2026-11-22T01:53:00.000Z", "endDate": "2026-11-22T02:25:00.000Z"},
    {"startDate": "2026-11-23T01:53:00.000Z", "endDate": "2026-11-23T02:25:00.000Z"},
]


def first(strategy: str, **fields: Any) -> Plan:
    return replace(plan(strategy, **fields), id=1)


@pytest.mark.parametrize(
    ("of", "wanted"),
    [
        (first("manual"), expected()),
        (first("manual", active=False), expected(active=False, status="inactive")),
        (first("single", dateRange=SINGLE["dateRange"]), expected(**SINGLE)),
        (
            first("single", dateRange=["2026-11-22", None]),
            expected(
                title="single",
                strategy="single",
                dateRange=["2026-11-22"],
                timeslotList=[{"startDate": "2026-11-22", "endDate": None}],
            ),
        ),
        (
            first("recurring-interval", timeRange=times("01:53", "02:25")),
            expected(**DAILY, timeslotList=SLOTS),
        ),
        (
            first("recurring-interval", timeRange=times("01:53", "02:25"), active=False),
            expected(**DAILY, active=False, status="inactive"),
        ),
        (
            first(
                "recurring-day-of-month",
                daysOfMonth=[15, 1, "lastDay1"],
                timezoneOption="SAME_AS_SERVER",
                dateRange=["2026-01-01", "2099-12-31"],
            ),
            expected(
                title="recurring-day-of-month",
                strategy="recurring-day-of-month",
                dateRange=["2026-01-01", "2099-12-31"],
                timeRange=[
                    {"hours": 2, "minutes": 0, "seconds": 0},
                    {"hours": 3, "minutes": 0, "seconds": 0},
                ],
                daysOfMonth=[15, 1, "lastDay1"],
                timeslotList=[
                    {"startDate": "2026-11-29T17:00:00.000Z", "endDate": "2026-11-29T18:00:00.000Z"}
                ],
                cron="0 2 1,15,L * *",
                duration=3600,
                durationMinutes=60,
                timezone="Asia/Tokyo",
                timezoneOption="SAME_AS_SERVER",
                timezoneOffset="+09:00",
                status="scheduled",
            ),
        ),
    ],
)
def test_the_object_in_the_list(of: Plan, wanted: dict[str, Any]) -> None:
    assert listed(of, NOW, "Asia/Tokyo") == wanted


def test_a_single_plan_by_itself_has_null_for_what_is_not_stored() -> None:
    assert stored(first("manual"), NOW, "UTC") == expected(cron=None, duration=None, durationMinutes=0)
    again = replace(first("single", dateRange=SINGLE["dateRange"]), cron="")
    assert stored(again, NOW, "UTC") == expected(**SINGLE, duration=None) | {"durationMinutes": 0}


def test_a_repeating_plan_by_itself_does_not_know_its_state() -> None:
    daily = first("recurring-interval", timeRange=times("01:53", "02:25"))
    assert stored(daily, NOW, "UTC") == expected(**DAILY, status="unknown")
    assert stored(replace(daily, active=False), NOW, "UTC")["status"] == "inactive"
    assert stored(replace(daily, start_date="2099-01-01"), NOW, "UTC")["status"] == "scheduled"
    assert stored(replace(daily, end_date="2001-01-01"), NOW, "UTC")["status"] == "ended"


def test_minutes_are_cut_off() -> None:
    assert listed(first("cron", durationMinutes=1.99), NOW, "UTC")["durationMinutes"] == 1


def test_an_unknown_zone_of_an_imported_plan_does_not_spoil_the_list() -> None:
    lost = listed(replace(first("manual"), timezone="Mars/Olympus"), NOW, "UTC")
    assert (lost["timezone"], lost["timezoneOffset"]) == ("Mars/Olympus", "+00:00")
