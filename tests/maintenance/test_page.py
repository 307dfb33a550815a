"""What our own page asks: plans with their windows, previews of what is not stored, ending."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.doors import COMPATIBLE, PAGE
from tests.maintenance.conftest import House
from tests.maintenance.plans import at, sent
from tests.support.actors import STRANGER, VIEWER

HOUR = 3600
MONDAYS = ("01", "08", "15", "22", "29")  # of June 2026


def ms(text: str) -> int:
    """A moment of UTC."""
    return round(at(text) * 1000)


async def ask(house: House, event: str, *arguments: Any, **as_whom: Any) -> Any:
    """What the page is answered, without `ok`."""
    answer = await house.call(event, *arguments, namespace=PAGE, **as_whom)
    assert answer.pop("ok") is True, answer
    return answer


async def test_plans_have_what_their_words_are_made_of(house: House) -> None:
    await house.add_monitors(5, 6)
    house.settings.name = "Asia/Tokyo"
    fields = {"weekdays": [1], "timezoneOption": "SAME_AS_SERVER", "dateRange": ["2026-05-01 00:00:00", None]}
    plan = await house.add(sent("recurring-weekday", title="Mondays", **fields), 5, 6)
    await house.call("addMaintenanceStatusPage", plan, [{"id": 2}])
    (row,) = (await ask(house, "maintenancePlans"))["plans"]
    assert row == {
        "id": plan,
        "title": "Mondays",
        "strategy": "recurring-weekday",
        "status": "scheduled",
        "active": True,
        "timezone": "Asia/Tokyo",
        "timezoneOption": "SAME_AS_SERVER",
        "dateRange": ["2026-05-01T00:00:00", None],
        "timeRange": [
            {"hours": 2, "minutes": 0, "seconds": 0},
            {"hours": 3, "minutes": 0, "seconds": 0},
        ],
        "intervalDay": 1,
        "weekdays": [1],
        "daysOfMonth": [],
        "cron": "0 2 * * 1",
        "durationMinutes": 60,
        "window": [ms("2026-06-07 17:00"), ms("2026-06-07 18:00")],
        "monitors": 2,
        "pages": 1,
    }
    assert await ask(house, "maintenancePlans", actor=STRANGER) == {"plans": []}


async def test_one_plan_with_its_next_windows(house: House) -> None:
    await house.add_monitors(5)
    plan = await house.add(sent("cron", title="Nightly", description="**why**"), 5)
    await house.call("addMaintenanceStatusPage", plan, [{"id": 1}])
    shown = await ask(house, "maintenancePlan", plan)
    assert (shown["plan"]["title"], shown["plan"]["description"]) == ("Nightly", "**why**")
    assert (shown["monitors"], shown["pages"]) == ([5], [{"id": 1, "title": "Page", "slug": "page"}])
    assert [start for start, _ in shown["windows"]] == [ms(f"2026-06-0{day} 03:30") for day in range(1, 6)]
    await house.call("pauseMaintenance", plan)
    paused = await ask(house, "maintenancePlan", plan)
    assert (paused["plan"]["status"], paused["plan"]["window"]) == ("inactive", None)
    assert paused["windows"] == shown["windows"]  # those it would have
    for unknown in (99, None, "x", {}):
        assert (await house.call("maintenancePlan", unknown))["msg"] == "Maintenance not found"
    assert (await house.call("maintenancePlan", plan, actor=STRANGER))["msg"] == "Permission denied."


async def test_dates_are_shown_as_clocks_show_them(house: House) -> None:
    dates = ["2026-06-01T22:30:00Z", "not a date"]
    assert (await house.call("addMaintenance", sent("single", dateRange=dates)))["ok"] is False
    await house.add(sent("single", dateRange=[dates[0], None], timezoneOption="Europe/Berlin"))
    (row,) = (await ask(house, "maintenancePlans"))["plans"]
    assert row["dateRange"] == ["2026-06-02T00:30:00", None]
    assert row["window"] == [ms("2026-06-01 22:30"), None]


async def test_what_comes_in_thirty_days(house: House) -> None:
    weekly = await house.add(sent("recurring-weekday", weekdays=[1]))
    await house.add(sent("manual"))
    single = await house.add(sent("single", dateRange=["2026-06-30 23:59", None]))
    await house.add(sent("single", dateRange=["2026-07-01 00:00", None]))
    found = await ask(house, "maintenanceWindows")
    assert (found["since"], found["until"]) == (ms("2026-06-01 00:00"), ms("2026-07-01 00:00"))
    assert found["windows"] == [
        *([weekly, ms(f"2026-06-{day} 02:00"), ms(f"2026-06-{day} 03:00")] for day in MONDAYS),
        [single, ms("2026-06-30 23:59"), None],
    ]
    assert found["more"] is False
    await house.add(sent("cron", cron="* * * * *", durationMinutes=1))
    assert (await ask(house, "maintenanceWindows"))["more"] is True
    assert (await ask(house, "maintenanceWindows", actor=STRANGER))["windows"] == []


async def test_what_is_not_stored_has_windows_too(house: House) -> None:
    payload = sent("recurring-day-of-month", title="", daysOfMonth=["lastDay1"], active=False)
    shown = await ask(house, "previewMaintenance", {**payload, "timezoneOption": "Asia/Kolkata"})
    assert shown["timezone"] == "Asia/Kolkata"
    assert shown["windows"][0] == [ms("2026-06-29 20:30"), ms("2026-06-29 21:30")]
    assert len(shown["windows"]) == 5
    house.settings.name = "Asia/Tokyo"
    server = await ask(house, "previewMaintenance", {**payload, "timezoneOption": "SAME_AS_SERVER"})
    assert server["timezone"] == "Asia/Tokyo"
    assert await ask(house, "previewMaintenance", sent("manual")) == {"timezone": "UTC", "windows": []}
    assert await ask(house, "maintenancePlans") == {"plans": []}
    assert house.push.pushed == []


async def test_a_preview_goes_on_from_what_was_stored(house: House) -> None:
    every_third = sent("recurring-interval", intervalDay=3)
    plan = await house.add(every_third)
    await house.later(at("2026-06-01 02:10"))
    await house.later(at("2026-06-02 12:00"))
    edited = {**every_third, "id": plan, "intervalDay": 4}
    starts = [start for start, _ in (await ask(house, "previewMaintenance", edited))["windows"]]
    assert starts[:2] == [ms("2026-06-05 02:00"), ms("2026-06-09 02:00")]
    assert (await ask(house, "maintenancePlan", plan))["plan"]["intervalDay"] == 3


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (None, "The maintenance must be an object."),
        (sent("single"), "Invalid start date"),
        (sent("cron", cron="every day"), "CronPattern: invalid configuration format"),
        (sent("recurring-interval", intervalDay=0), "The interval must be between 1 and 365000 days."),
        (sent("manual", timezoneOption="Moon/Crater"), "There is no time zone Moon/Crater."),
        (sent("manual", id=99), "Maintenance not found"),
    ],
)
async def test_a_preview_is_refused_as_storing_would_be(house: House, payload: Any, sentence: str) -> None:
    answer = await house.call("previewMaintenance", payload)
    assert answer["ok"] is False
    assert answer["msg"].startswith(sentence)


async def test_who_may_only_look_neither_previews_nor_ends(house: House) -> None:
    plan = await house.add(sent("manual"))
    for event, argument in (("previewMaintenance", sent("manual", id=plan)), ("endMaintenance", plan)):
        assert (await house.call(event, argument, actor=VIEWER))["msg"] == "Permission denied."
        assert (await house.call(event, argument, actor=STRANGER))["ok"] is False
    assert (await ask(house, "maintenancePlan", plan, actor=VIEWER))["plan"]["active"] is True


async def test_which_plans_a_monitor_is_under(house: House) -> None:
    await house.add_monitors(5, 6)
    house.groups[6] = (5,)
    by_hand = await house.add(sent("manual", title="By hand"), 5)
    single = await house.add(sent("single", title="Once", dateRange=["2026-05-31", "2026-06-01 04:00"]), 6)
    await house.add(sent("single", title="Later", dateRange=["2026-06-02", None]), 6)
    assert await ask(house, "monitorMaintenance", 6) == {
        "plans": [
            {"id": by_hand, "title": "By hand", "until": None},
            {"id": single, "title": "Once", "until": ms("2026-06-01 04:00")},
        ]
    }
    assert [one["id"] for one in (await ask(house, "monitorMaintenance", 5))["plans"]] == [by_hand]
    assert await ask(house, "monitorMaintenance", 6, actor=STRANGER) == {"plans": []}
    for unknown in (99, None, "x", [], True):
        assert await ask(house, "monitorMaintenance", unknown) == {"plans": []}


async def test_ending_by_hand_is_pausing_and_tells_everybody(house: House) -> None:
    await house.add_monitors(5)
    plan = await house.add(sent("manual"), 5)
    assert await ask(house, "endMaintenance", plan) == {"msg": "maintenanceEnded", "msgi18n": True}
    assert (house.statuses(), house.push.take(PAGE)) == ([{"1": "inactive"}], [{}])
    assert house.covered(5) == []
    again = await house.call("endMaintenance", plan)
    assert again == {"ok": False, "msg": "It is not under maintenance now."}


async def test_ending_a_window_lets_the_next_one_come(house: House) -> None:
    await house.add_monitors(5)
    plan = await house.add(sent("recurring-interval", intervalDay=2), 5)
    await house.later(at("2026-06-01 02:10"))
    assert house.covered(5) == [5]
    await ask(house, "endMaintenance", plan)
    assert house.covered(5) == []
    assert house.statuses(COMPATIBLE)[-1] == {"1": "scheduled"}
    await house.restart()
    await house.later(at("2026-06-02 02:30"))
    assert house.covered(5) == []
    await house.later(at("2026-06-03 02:30"))
    assert house.covered(5) == [5]
    (row,) = (await ask(house, "maintenancePlans"))["plans"]
    assert row["dateRange"] == ["2026-06-03T02:00:00", None]


async def test_a_single_one_is_over_when_it_is_ended(house: House) -> None:
    plan = await house.add(sent("single", dateRange=["2026-05-31 00:00", "2026-06-30 00:00"]))
    house.clock.advance(HOUR)
    await ask(house, "endMaintenance", plan)
    (row,) = (await ask(house, "maintenancePlans"))["plans"]
    assert (row["status"], row["dateRange"][1], row["window"]) == ("ended", "2026-06-01T01:00:00", None)
