"""The events as clients use them: answers, pushes, and which comes first."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.access import Right
from kuma_lite.core.doors import COMPATIBLE, PAGE
from kuma_lite.core.errors import NotLoggedIn
from kuma_lite.maintenance import pushes
from kuma_lite.maintenance.document import listed
from tests.maintenance.conftest import House
from tests.maintenance.plans import at, sent, times
from tests.support.actors import COLLEAGUE, OWNER, STRANGER, VIEWER, Connection, without

BLIND = without(Right.MAINTENANCE_VIEW, VIEWER)
EVERYBODY = OWNER.everybody(Right.MAINTENANCE_VIEW)
LIST = "maintenanceList"
NOT_THERE = "The maintenance does not exist: Cannot read properties of null (reading 'id')"
ADDED = {"ok": True, "msg": "successAdded", "msgi18n": True}


def refused(sentence: str) -> dict[str, Any]:
    return {"ok": False, "msg": sentence}


async def test_the_doors(house: House) -> None:
    doors = house.maintenance.doors()
    assert {event.name: event.arguments for event in doors.events} == {
        "addMaintenance": 1,
        "editMaintenance": 1,
        "addMonitorMaintenance": 2,
        "maintainMonitors": 2,
        "addMaintenanceStatusPage": 2,
        "getMaintenance": 1,
        "getMaintenanceList": 0,
        "maintenancePlans": 0,
        "getMonitorMaintenance": 1,
        "getMaintenanceStatusPage": 1,
        "deleteMaintenance": 1,
        "pauseMaintenance": 1,
        "resumeMaintenance": 1,
        "maintenancePlan": 1,
        "maintenanceWindows": 0,
        "monitorMaintenance": 1,
        "previewMaintenance": 1,
        "endMaintenance": 1,
    }
    assert {event.name for event in doors.events if event.namespaces == (PAGE,)} == {
        "maintenancePlans",
        "maintenancePlan",
        "maintenanceWindows",
        "monitorMaintenance",
        "previewMaintenance",
        "maintainMonitors",
        "endMaintenance",
    }
    assert all(PAGE in event.namespaces for event in doors.events)
    assert (doors.login_order, doors.namespace) == (30, COMPATIBLE)


async def test_adding_pushes_the_list_before_the_answer(house: House) -> None:
    answer = await house.call("addMaintenance", sent("manual", title="By hand", id=77))
    assert answer == {**ADDED, "maintenanceID": 1}
    (pushed,) = house.push.take()
    assert list(pushed) == ["1"]
    assert (pushed["1"]["title"], pushed["1"]["status"]) == ("By hand", "under-maintenance")
    assert house.push.take(PAGE) == [{}]  # ask again


async def test_the_list_is_ascending_and_the_users_own(house: House) -> None:
    for number in range(11):
        await house.call("addMaintenance", sent("manual", title=str(number)))
    await house.call("addMaintenance", sent("manual"), actor=STRANGER)
    house.push.pushed.clear()
    assert await house.call("getMaintenanceList") == {"ok": True}
    (pushed,) = house.push.take()
    assert list(pushed) == [str(number) for number in range(1, 12)]


async def test_the_list_goes_to_where_it_was_asked_for(house: House) -> None:
    await house.call("getMaintenanceList", namespace=PAGE)
    assert (house.push.take(COMPATIBLE), house.push.take(PAGE)) == ([], [{}])


async def test_at_login_everybody_of_the_user_gets_the_list(house: House) -> None:
    await house.add(sent("manual"))
    on_login = house.maintenance.doors().on_login
    assert on_login is not None
    with pytest.raises(NotLoggedIn):
        await on_login(Connection(None))
    assert house.push.pushed == []
    house.push.listening.append((COLLEAGUE, COMPATIBLE))
    await on_login(Connection())
    assert [item[:3] for item in house.push.pushed] == [(OWNER, COMPATIBLE, "maintenanceList")]
    assert house.statuses() == [{"1": "under-maintenance"}]


async def test_nothing_is_made_for_nobody(house: House) -> None:
    house.push.listening.clear()
    await house.maintenance.push_list(EVERYBODY)
    assert house.push.pushed == []


async def test_an_unusable_object_is_refused_and_not_stored(house: House) -> None:
    for payload in (None, {}, {"title": "t", "strategy": "manual"}, sent("no such strategy"), sent("single")):
        answer = await house.call("addMaintenance", payload)
        assert answer["ok"] is False and answer["msg"]
    assert house.push.pushed == []
    await house.restart()
    await house.call("getMaintenanceList")
    assert house.push.take() == [{}]


async def test_editing(house: House) -> None:
    plan = await house.add(sent("manual"))
    answer = await house.call("editMaintenance", sent("manual", id=plan, title="Edited"))
    assert answer == {"ok": True, "msg": "Saved.", "msgi18n": True, "maintenanceID": plan}
    (pushed,) = house.push.take()
    assert pushed["1"]["title"] == "Edited"
    refusal = await house.call("editMaintenance", sent("single", id=plan))
    assert refusal == refused("Invalid start date")
    assert (await house.call("getMaintenance", plan))["maintenance"]["title"] == "Edited"


async def test_one_plan_by_itself(house: House) -> None:
    plan = await house.add(sent("manual"))
    before = (await house.call("getMaintenance", plan))["maintenance"]
    assert (before["cron"], before["duration"], before["durationMinutes"]) == (None, None, 0)
    await house.call("pauseMaintenance", plan)
    after = (await house.call("getMaintenance", str(plan)))["maintenance"]
    assert (after["cron"], after["status"]) == ("", "inactive")
    daily = await house.add(sent("recurring-interval"))
    assert (await house.call("getMaintenance", daily))["maintenance"]["status"] == "unknown"


async def test_pausing_and_resuming_push_after_the_answer(house: House) -> None:
    plan = await house.add(sent("manual"))
    answer = await house.call("pauseMaintenance", plan)
    assert answer == {"ok": True, "msg": "successPaused", "msgi18n": True}
    assert (house.statuses(), house.push.take(PAGE)) == ([{"1": "inactive"}], [{}])
    answer = await house.call("resumeMaintenance", plan)
    assert answer == {"ok": True, "msg": "successResumed", "msgi18n": True}
    assert (house.statuses(), house.push.take(PAGE)) == ([{"1": "under-maintenance"}], [{}])


async def test_deleting_pushes_after_the_answer_and_may_be_repeated(house: House) -> None:
    plan = await house.add(sent("manual"))
    for _ in range(2):
        answer = await house.call("deleteMaintenance", plan)
        assert answer == {"ok": True, "msg": "successDeleted", "msgi18n": True}
        assert house.push.take() == house.push.take(PAGE) == [{}]


async def test_monitors_of_a_plan(house: House) -> None:
    await house.add_monitors(5, 3, 8)
    plan = await house.add(sent("manual"))
    assert await house.call("getMonitorMaintenance", plan) == {"ok": True, "monitors": []}
    links = [{"id": 5, "name": "five"}, {"id": "3"}, {"id": 5}]
    assert await house.call("addMonitorMaintenance", plan, links) == ADDED
    assert await house.call("getMonitorMaintenance", plan) == {"ok": True, "monitors": [{"id": 5}, {"id": 3}]}
    await house.restart()
    assert (await house.call("getMonitorMaintenance", plan))["monitors"] == [{"id": 5}, {"id": 3}]
    assert await house.call("addMonitorMaintenance", plan, [{"id": 8}]) == ADDED
    assert await house.call("getMonitorMaintenance", plan) == {"ok": True, "monitors": [{"id": 8}]}
    assert (house.push.take(COMPATIBLE), house.push.take(PAGE)) == ([], [{}, {}])


async def test_pages_of_a_plan(house: House) -> None:
    plan = await house.add(sent("manual", title="shown"))
    assert await house.call("addMaintenanceStatusPage", plan, [{"id": 2, "name": "x"}, {"id": 1}]) == ADDED
    assert await house.call("getMaintenanceStatusPage", plan) == {
        "ok": True,
        "statusPages": [{"id": 2, "title": "Other"}, {"id": 1, "title": "Page"}],
    }
    del house.titles[1, 2]  # deleted by those whose it is
    assert (await house.call("getMaintenanceStatusPage", plan))["statusPages"] == [{"id": 1, "title": "Page"}]
    (shown,) = house.maintenance.running_on_page(1)
    assert (shown["id"], shown["title"], shown["status"]) == (plan, "shown", "under-maintenance")
    await house.call("pauseMaintenance", plan)
    assert house.maintenance.running_on_page(1) == []


@pytest.mark.parametrize(
    ("event", "arguments", "answer"),
    [
        ("editMaintenance", [sent("manual", id=99)], refused(NOT_THERE)),
        ("editMaintenance", [None], refused(NOT_THERE)),
        ("getMaintenance", [99], refused(NOT_THERE)),
        ("getMaintenance", [{}], refused(NOT_THERE)),
        ("pauseMaintenance", [99], refused("Maintenance not found")),
        ("resumeMaintenance", [None], refused("Maintenance not found")),
        ("getMonitorMaintenance", [99], {"ok": True, "monitors": []}),
        ("getMaintenanceStatusPage", [99], {"ok": True, "statusPages": []}),
        ("addMonitorMaintenance", [99, []], refused("Maintenance not found")),
        ("addMonitorMaintenance", [1, [{"id": 99}]], refused("One of the monitors does not exist.")),
        ("addMaintenanceStatusPage", [1, [{"id": 99}]], refused("One of the status pages does not exist.")),
        ("addMonitorMaintenance", [1, None], refused("A list of objects with an id is expected.")),
        ("addMonitorMaintenance", [1, [5]], refused("A list of objects with an id is expected.")),
        ("addMonitorMaintenance", [1, [{"id": True}]], refused("A list of objects with an id is expected.")),
        ("addMaintenanceStatusPage", [1, [{}]], refused("A list of objects with an id is expected.")),
    ],
)
async def test_what_does_not_exist(house: House, event: str, arguments: list[Any], answer: Any) -> None:
    await house.add_monitors(5)
    await house.add(sent("manual"), 5)
    assert await house.call(event, *arguments) == answer
    assert house.push.pushed == []
    assert house.covered(5) == [5]


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("editMaintenance", [sent("manual", id=1)]),
        ("getMaintenance", [1]),
        ("pauseMaintenance", [1]),
        ("resumeMaintenance", [1]),
        ("addMonitorMaintenance", [1, []]),
        ("addMaintenanceStatusPage", [1, []]),
    ],
)
async def test_what_is_somebody_elses(house: House, event: str, arguments: list[Any]) -> None:
    await house.add(sent("manual"))
    assert await house.call(event, *arguments, actor=STRANGER) == refused("Permission denied.")


async def test_somebody_elses_plan_is_neither_deleted_nor_looked_into(house: House) -> None:
    await house.add_monitors(5)
    plan = await house.add(sent("manual"), 5)
    assert (await house.call("deleteMaintenance", plan, actor=STRANGER))["ok"]
    assert (await house.call("getMonitorMaintenance", plan, actor=STRANGER))["monitors"] == []
    assert house.covered(5) == [5]


async def test_somebody_elses_monitor_cannot_be_linked(house: House) -> None:
    await house.add_monitors(5)
    answer = await house.call("addMaintenance", sent("manual"), actor=STRANGER)
    links = await house.call("addMonitorMaintenance", answer["maintenanceID"], [{"id": 5}], actor=STRANGER)
    assert links == refused("One of the monitors does not exist.")


async def test_somebody_elses_page_cannot_be_linked(house: House) -> None:
    plan = await house.add(sent("manual"))
    refusal = refused("One of the status pages does not exist.")
    assert await house.call("addMaintenanceStatusPage", plan, [{"id": 3}]) == refusal
    theirs = (await house.call("addMaintenance", sent("manual"), actor=STRANGER))["maintenanceID"]
    assert await house.call("addMaintenanceStatusPage", theirs, [{"id": 3}], actor=STRANGER) == ADDED
    assert await house.call("addMaintenanceStatusPage", theirs, [{"id": 1}], actor=STRANGER) == refusal


async def test_a_colleague_goes_on_with_a_plan_and_everybody_is_told(house: House) -> None:
    plan = await house.add(sent("manual"))
    house.push.listening += [(COLLEAGUE, COMPATIBLE), (VIEWER, COMPATIBLE), (BLIND, COMPATIBLE)]
    assert (await house.call("pauseMaintenance", plan, actor=COLLEAGUE))["ok"]
    lists = {actor.user_id: pushed for actor, _, event, pushed in house.push.pushed if event == LIST}
    assert list(lists) == [OWNER.user_id, COLLEAGUE.user_id, VIEWER.user_id]
    assert {pushed["1"]["status"] for pushed in lists.values()} == {"inactive"}


async def test_who_may_only_look_changes_nothing(house: House) -> None:
    plan = await house.add(sent("manual"))
    assert (await house.call("getMaintenance", plan, actor=VIEWER))["ok"]
    changes = {
        "pauseMaintenance": plan,
        "editMaintenance": sent("manual", id=plan),
        "deleteMaintenance": plan,
    }
    for event, argument in changes.items():
        assert await house.call(event, argument, actor=VIEWER) == refused("Permission denied.")
    assert (await house.call("getMaintenance", plan))["maintenance"]["active"] is True


async def test_times_on_the_wire_follow_the_clock(house: House) -> None:
    await house.add(sent("recurring-interval", timezoneOption="SAME_AS_SERVER"))
    house.settings.name = "Europe/Berlin"
    await house.call("getMaintenanceList")
    (pushed,) = house.push.take()
    assert pushed["1"]["timezone"] == "Europe/Berlin"
    assert pushed["1"]["timeslotList"] == [
        {"startDate": "2026-06-01T00:00:00.000Z", "endDate": "2026-06-01T01:00:00.000Z"},
        {"startDate": "2026-06-02T00:00:00.000Z", "endDate": "2026-06-02T01:00:00.000Z"},
    ]
    assert house.clock.now() == at("2026-06-01 00:00")


async def test_a_storm_of_beats_makes_the_list_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.add(sent("recurring-interval", timeRange=times("00:00", "00:05")))
    made = []

    def counted(*arguments: Any) -> dict[str, Any]:
        made.append(arguments)
        return listed(*arguments)

    monkeypatch.setattr(pushes, "listed", counted)
    await house.later(at("2026-06-01 00:04:59.5"))
    for _ in range(100):
        await house.maintenance.push_list(EVERYBODY)
    assert len(made) == 1
    house.clock.advance(0.5)  # the window ends: nothing older may be shown
    await house.maintenance.push_list(EVERYBODY)
    assert (len(made), house.statuses()[-2:]) == (2, [{"1": "under-maintenance"}, {"1": "scheduled"}])
    await house.call("pauseMaintenance", 1)
    assert house.statuses() == [{"1": "inactive"}]
    house.clock.jump(-1)
    await house.call("resumeMaintenance", 1)
    assert house.statuses() == [{"1": "under-maintenance"}]
