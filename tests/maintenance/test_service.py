"""Plans over time: who is covered when, who is told, what survives a restart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from kuma_lite.core.bus_events import SettingsChanged
from kuma_lite.core.doors import PAGE
from kuma_lite.core.errors import UserError
from kuma_lite.maintenance import plans as plans_module
from kuma_lite.maintenance import service, store
from kuma_lite.maintenance.model import MaintenanceChanged, MaintenanceEnded, MaintenanceStarted
from tests.maintenance.conftest import House
from tests.maintenance.plans import at, sent, times
from tests.support.actors import OWNER


def started(plan: int, *monitors: int) -> MaintenanceStarted:
    return MaintenanceStarted(plan, frozenset(monitors))


def ended(plan: int, *monitors: int) -> MaintenanceEnded:
    return MaintenanceEnded(plan, frozenset(monitors))


def changed(plan: int) -> MaintenanceChanged:
    return MaintenanceChanged(plan, OWNER.organisation)


async def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


# --- Whom a plan covers ----------------------------------------------------------------------------------


async def test_nothing_is_covered_without_plans(house: House) -> None:
    def never(_: int) -> list[int]:
        raise AssertionError("groups are not asked for when nothing is under maintenance")

    assert not house.maintenance.covers(1, never)


async def test_a_group_covers_what_is_below_it(house: House) -> None:
    await house.add_monitors(1, 2, 3)
    await house.add(sent("manual"), 1)
    groups = {1: [], 2: [1], 3: [2, 1], 4: [9]}
    covers = [item for item in groups if house.maintenance.covers(item, lambda it: groups[it])]
    assert covers == [1, 2, 3]


async def test_two_plans_for_one_monitor(house: House) -> None:
    await house.add_monitors(1)
    first, second = await house.add(sent("manual"), 1), await house.add(sent("manual"), 1)
    await house.call("pauseMaintenance", first)
    assert house.covered(1) == [1]
    await house.call("deleteMaintenance", second)
    assert house.covered(1) == []


async def test_links_take_effect_at_once(house: House) -> None:
    await house.add_monitors(1, 2, 3)
    plan = await house.add(sent("manual"), 1, 2)
    await house.call("addMonitorMaintenance", plan, [{"id": 2}, {"id": 3}])
    assert house.covered(1, 2, 3) == [2, 3]
    assert house.take_told() == [ended(plan, 1), started(plan, 3), changed(plan)]


async def test_links_of_a_plan_that_does_not_run_start_nothing(house: House) -> None:
    await house.add_monitors(1)
    plan = await house.add(sent("manual", active=False))
    await house.call("addMonitorMaintenance", plan, [{"id": 1}])
    assert house.covered(1) == []
    assert house.take_told() == [changed(plan)]


async def test_a_removed_monitor_is_forgotten(house: House) -> None:
    await house.add_monitors(1, 2)
    plan = await house.add(sent("manual"), 1, 2)
    await house.database.write(lambda db: db.execute("DELETE FROM monitor WHERE id = 1").fetchall())
    house.maintenance.forget_monitor(1)
    assert house.covered(1, 2) == [2]
    await house.restart()
    assert house.covered(1, 2) == [2]
    await house.call("pauseMaintenance", plan)
    assert house.take_told() == [ended(plan, 2), changed(plan)]


async def test_a_monitor_removed_meanwhile_changes_no_links(house: House) -> None:
    await house.add_monitors(1)
    plan = await house.add(sent("manual"), 1)
    house.monitors.add((OWNER.organisation, 2))  # known to the house, gone from the database
    answer = await house.call("addMonitorMaintenance", plan, [{"id": 2}])
    assert answer == {"ok": False, "msg": "One of the monitors does not exist."}
    assert house.covered(1, 2) == [1]
    await house.restart()
    assert house.covered(1, 2) == [1]


# --- What is told ----------------------------------------------------------------------------------------


async def test_switching_and_removing_are_told(house: House) -> None:
    await house.add_monitors(1)
    plan = await house.add(sent("manual"), 1)
    await house.call("pauseMaintenance", plan)
    assert house.take_told() == [ended(plan, 1), changed(plan)]
    await house.call("resumeMaintenance", plan)
    assert house.take_told() == [started(plan, 1), changed(plan)]
    await house.call("deleteMaintenance", plan)
    assert house.take_told() == [ended(plan, 1), changed(plan)]


async def test_a_plan_without_monitors_is_told_for_what_else_it_covers(house: House) -> None:
    await house.call("addMaintenance", sent("manual"))
    assert house.take_told() == [started(1), changed(1)]
    assert house.maintenance.exists(1)
    await house.call("deleteMaintenance", 1)
    assert house.take_told() == [ended(1), changed(1)]
    assert not house.maintenance.exists(1)


async def test_an_edit_may_start_and_end(house: House) -> None:
    await house.add_monitors(1)
    plan = await house.add(sent("single", dateRange=["2026-05-31", "2026-06-02"]), 1)
    later = sent("single", id=plan, dateRange=["2026-06-05", "2026-06-06"])
    await house.call("editMaintenance", later)
    assert (house.covered(1), house.take_told()) == ([], [ended(plan, 1), changed(plan)])
    await house.call("editMaintenance", sent("manual", id=plan))
    assert (house.covered(1), house.take_told()) == ([1], [started(plan, 1), changed(plan)])


# --- Time ------------------------------------------------------------------------------------------------


async def test_a_single_window_begins_and_ends(house: House) -> None:
    await house.add_monitors(1)
    plan = await house.add(sent("single", dateRange=["2026-06-01 10:00", "2026-06-01 12:00"]), 1)
    await house.later(at("2026-06-01 09:59:59"))
    assert (house.covered(1), house.statuses(), house.take_told()) == ([], [], [])
    await house.later(at("2026-06-01 10:00"))
    assert (house.covered(1), house.take_told()) == ([1], [started(plan, 1)])
    assert (house.statuses(), house.push.take(PAGE)) == ([{"1": "under-maintenance"}], [{}])
    await house.later(at("2026-06-01 12:00"))
    assert (house.covered(1), house.take_told()) == ([], [ended(plan, 1)])
    assert (house.statuses(), house.push.take(PAGE)) == ([{"1": "ended"}], [{}])


async def test_a_window_that_includes_now_runs_from_the_start(house: House) -> None:
    await house.add_monitors(1)
    await house.add(sent("recurring-interval", timeRange=times("23:30", "00:30")), 1)
    assert house.covered(1) == [1]
    await house.later(at("2026-06-01 00:30"))
    assert house.covered(1) == []
    assert house.statuses() == [{"1": "scheduled"}]


async def test_windows_of_several_plans(house: House) -> None:
    await house.add_monitors(1, 2)
    await house.add(sent("recurring-interval", timeRange=times("02:00", "03:00")), 1)
    await house.add(sent("cron", cron="30 2 * * *", durationMinutes=60), 1, 2)
    seen = {}
    for clock in ("01:59", "02:00", "02:30", "03:00", "03:30"):
        await house.later(at(f"2026-06-01 {clock}"))
        seen[clock] = house.covered(1, 2)
    assert seen == {"01:59": [], "02:00": [1], "02:30": [1, 2], "03:00": [1, 2], "03:30": []}


async def test_a_missed_window_is_not_caught_up(house: House) -> None:
    await house.add_monitors(1)
    await house.add(sent("recurring-interval"), 1)
    await house.later(at("2026-06-01 05:00"))  # suspended from midnight to five
    assert (house.covered(1), house.take_told(), house.statuses()) == ([], [], [])


async def test_every_third_day(house: House) -> None:
    await house.add_monitors(1)
    await house.add(sent("recurring-interval", intervalDay=3), 1)
    days = []
    for day in range(1, 11):
        await house.later(at(f"2026-06-{day:02d} 02:30"))
        days += [day] if house.covered(1) else []
        await house.later(at(f"2026-06-{day:02d} 12:00"))
        assert house.covered(1) == []
    assert days == [1, 4, 7, 10]


async def test_an_interval_survives_restarts_and_edits(house: House) -> None:
    await house.add_monitors(1)
    plan = await house.add(sent("recurring-interval", intervalDay=3), 1)
    await house.later(at("2026-06-01 02:30"))
    await house.restart()
    assert house.covered(1) == [1]
    await house.later(at("2026-06-02 12:00"))
    await house.restart()
    await house.call("editMaintenance", sent("recurring-interval", intervalDay=3, id=plan, title="Edited"))
    days = []
    for day in range(3, 9):
        await house.later(at(f"2026-06-{day:02d} 02:30"))
        days += [day] if house.covered(1) else []
    assert days == [4, 7]


async def test_the_clock_may_be_set_back(house: House) -> None:
    await house.add_monitors(1)
    plan = await house.add(sent("single", dateRange=["2026-06-01 10:00", "2026-06-01 12:00"]), 1)
    await house.later(at("2026-06-01 11:00"))
    house.take_told()
    house.clock.jump(-7200)
    await house.maintenance.tick()
    assert (house.covered(1), house.take_told()) == ([], [ended(plan, 1)])
    await house.later(at("2026-06-01 10:30"))
    assert house.covered(1) == [1]


async def test_another_time_zone_of_the_server(house: House) -> None:
    await house.add_monitors(1)
    dates = ["2026-06-01 02:00", "2026-06-01 03:00"]
    await house.add(sent("single", dateRange=dates, timezoneOption="SAME_AS_SERVER"), 1)
    await house.maintenance.tick()
    assert house.covered(1) == []
    house.settings.name = "Europe/Berlin"  # where it is 02:00
    await house.maintenance.tick()
    assert house.covered(1) == [1]
    assert house.statuses() == [{"1": "under-maintenance"}]


# --- The task --------------------------------------------------------------------------------------------


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows when the task has looked what is due."""
    real, looked = plans_module.Plans.refresh, list[int]()

    def counting(plans: plans_module.Plans) -> set[int]:
        owners = real(plans)
        looked.append(1)
        return owners

    monkeypatch.setattr(plans_module.Plans, "refresh", counting)
    return looked


async def test_the_task_sleeps_until_the_next_change(house: House, looks: list[int]) -> None:
    await house.add_monitors(1)
    house.maintenance.start()
    await house.add(sent("single", dateRange=["2026-06-01 10:00", None]), 1)
    house.clock.advance(at("2026-06-01 10:00") - house.clock.now() - 0.05)
    # Any change makes it look at its clock again; then it waits the rest.
    looks.clear()
    await house.call("addMonitorMaintenance", 1, [{"id": 1}])
    await until(lambda: looks)
    assert house.covered(1) == []
    house.clock.advance(0.05)
    await until(lambda: house.covered(1))
    assert house.statuses() == [{"1": "under-maintenance"}]


async def test_the_task_notices_new_settings_at_once(house: House, looks: list[int]) -> None:
    await house.add_monitors(1)
    dates = ["2026-06-01 02:00", "2026-06-01 03:00"]
    await house.add(sent("single", dateRange=dates, timezoneOption="SAME_AS_SERVER"), 1)
    looks.clear()
    house.maintenance.start()
    await until(lambda: looks)
    house.settings.name = "Europe/Berlin"
    house.bus.publish(SettingsChanged(frozenset({"serverTimezone"})))
    await until(lambda: house.covered(1))


async def test_the_task_looks_at_the_clock_now_and_then(
    house: House, looks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_SLEEP_S", 0.02)
    await house.add_monitors(1)
    await house.add(sent("single", dateRange=["2026-06-01 10:00", None]), 1)
    looks.clear()
    house.maintenance.start()
    await until(lambda: looks)
    house.clock.jump(36_000)
    await until(lambda: house.covered(1))


async def test_the_task_survives_a_failure(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(service, "RETRY_S", 0.02)
    await house.add_monitors(1)
    await house.add(sent("single", dateRange=["2026-06-01 10:00", None]), 1)
    real, calls = plans_module.Plans.refresh, []

    def failing(plans: plans_module.Plans) -> set[int]:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("no tables of time zones")
        return real(plans)

    monkeypatch.setattr(plans_module.Plans, "refresh", failing)
    house.clock.advance(36_000)
    house.maintenance.start()
    await until(lambda: house.covered(1))
    assert "could not be begun or ended" in caplog.text


async def test_stopping_is_quick_and_may_be_repeated(house: House) -> None:
    house.maintenance.start()
    await asyncio.sleep(0)
    await house.maintenance.stop()
    await house.maintenance.stop()
    assert [task for task in asyncio.all_tasks() if task.get_name() == "maintenance windows"] == []


# --- On disk ---------------------------------------------------------------------------------------------


async def test_everything_survives_a_restart(house: House) -> None:
    await house.add_monitors(1, 2)
    await house.add(
        sent(
            "recurring-day-of-month",
            title="Ünï",
            description="**b**",
            daysOfMonth=[15, 1, "lastDay1"],
            weekdays=[3],
            timeRange=times("23:30:15", "01:00"),
            timezoneOption="SAME_AS_SERVER",
            dateRange=["2026-01-01T10:00", "2099-01-01"],
            intervalDay=4,
            active=False,
        ),
        1,
        2,
    )
    await house.add(sent("cron", cron="15 4 * * 1", durationMinutes=90))
    await house.add(sent("manual"))
    await house.call("addMaintenanceStatusPage", 3, [{"id": 1}])
    await house.call("getMaintenanceList")
    await house.restart()
    await house.call("getMaintenanceList")
    before, after = house.push.take()
    assert before == after and len(after) == 3
    assert (await house.call("getMonitorMaintenance", 1))["monitors"] == [{"id": 1}, {"id": 2}]
    assert (await house.call("getMaintenanceStatusPage", 3))["statusPages"] == [{"id": 1, "title": "Page"}]


async def test_ids_are_not_given_twice(house: House) -> None:
    first = await house.add(sent("manual"))
    await house.call("deleteMaintenance", first)
    house.push.pushed.clear()
    assert await house.add(sent("manual")) > first


async def test_deleting_takes_the_links_along(house: House) -> None:
    await house.add_monitors(1)
    plan = await house.add(sent("manual"), 1)
    await house.call("addMaintenanceStatusPage", plan, [{"id": 1}])
    await house.call("deleteMaintenance", plan)
    for table in ("maintenance", "monitor_maintenance", "maintenance_status_page"):
        query = f"SELECT count(*) FROM {table}"
        assert await house.database.read(lambda db, query=query: db.execute(query).get) == 0


async def test_a_row_that_makes_no_sense_is_left_out(house: House, caplog: pytest.LogCaptureFixture) -> None:
    await house.add(sent("manual"))
    await house.add(sent("manual"))
    await house.database.write(
        lambda db: db.execute("UPDATE maintenance SET strategy = 'never' WHERE id = 1").fetchall()
    )
    await house.restart()
    await house.call("getMaintenanceList")
    assert [list(pushed) for pushed in house.push.take()] == [["2"]]
    assert "Maintenance 1 cannot be read" in caplog.text


async def test_what_cannot_be_stored_does_not_happen(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.add_monitors(1)
    plan = await house.add(sent("manual"), 1)

    def full(*_: object) -> None:
        raise UserError("The disk is full.")

    for name in ("insert", "update", "delete", "link_monitors", "link_pages"):
        monkeypatch.setattr(store, name, full)
    for event, *arguments in (
        ("addMaintenance", sent("manual")),
        ("editMaintenance", sent("single", id=plan, dateRange=["2099-01-01", None])),
        ("pauseMaintenance", plan),
        ("deleteMaintenance", plan),
        ("addMonitorMaintenance", plan, []),
        ("addMaintenanceStatusPage", plan, []),
    ):
        assert await house.call(event, *arguments) == {"ok": False, "msg": "The disk is full."}
    assert (house.covered(1), house.take_told(), house.push.pushed) == ([1], [], [])


async def test_without_status_pages_there_are_none_to_link(house: House) -> None:
    house.maintenance = service.Maintenance(
        house.database, house.clock, house.bus, house.push, house.settings, lambda *_: True
    )
    plan = await house.add(sent("manual"))
    answer = await house.call("addMaintenanceStatusPage", plan, [{"id": 1}])
    assert answer == {"ok": False, "msg": "One of the status pages does not exist."}
    assert await house.call("getMaintenanceStatusPage", plan) == {"ok": True, "statusPages": []}
