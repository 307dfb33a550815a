"""Reports, alerts, history and tokens on a real database."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from kuma_lite.core.access import PROJECT_TOKEN_RIGHTS, Actor, Forbidden, Right
from kuma_lite.core.errors import StorageTrouble, UserError
from kuma_lite.core.iso_time import iso
from kuma_lite.core.records import replace
from kuma_lite.projects.store import revoke_token
from kuma_lite.projects.tokens import FRESH_S
from kuma_lite.rest.errors import NotFound, Unprocessable
from kuma_lite.servers.model import AlertClosed, AlertOpened, as_wire, as_wire_json
from kuma_lite.servers.samples import forgetting
from kuma_lite.servers.samples.rollup import DAY_MS, HOUR_MS, MINUTE_MS, Kept
from tests.servers.conftest import Fleet
from tests.servers.reports import BUSY, CALM, report
from tests.support.actors import OWNER, STRANGER, without
from tests.support.storage import FaultyDisk

FRIENDLY = ["cpu", "ram", "disk", "net_in", "net_out"]


async def raw(fleet: Fleet, name: str, back: int = HOUR_MS) -> list[tuple[int, float]]:
    found = await fleet.servers.values(fleet.only(), [name], fleet.now - back, fleet.now, 50_000)
    return found.get(name, [])


# --- reports -----------------------------------------------------------------------------------------------


async def test_a_server_is_made_at_first_contact_and_follows(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1024, mem_used_b=500_000)
    first = as_wire(fleet.only())
    assert first["hostname"] == "web-1" and first["status"] == "online"
    assert first["last_metrics"] == {
        "metrics": {"cpu_used": 1024, "mem_used_b": 500_000},
        "timestamp": iso(fleet.now),
    }
    fleet.clock.advance(60)
    await fleet.send(cpu_used=2048, attributes={"hostname": "web-2", "uptime": "unknown"})
    second = as_wire(fleet.only())
    assert (second["uuid"], second["hostname"], second["uptime"]) == (first["uuid"], "web-2", 100)
    assert second["last_metrics"]["metrics"] == {"cpu_used": 2048, "mem_used_b": 500_000}
    assert second["last_seen_at"] == iso(fleet.now) and second["created_at"] == first["created_at"]


async def test_what_lists_show_of_a_server_follows_every_change(fleet: Fleet) -> None:
    def shown() -> Any:
        found = json.loads(bytes(as_wire_json(server)))
        assert found == json.loads(json.dumps(as_wire(server)))
        return found

    await fleet.send(cpu_used=BUSY)
    server = fleet.only()
    seen = [shown()]
    assert as_wire_json(server) is as_wire_json(server), "it is kept"
    await fleet.send(cpu_used=1, load_1=2.5, attributes={"hostname": "web-2"})
    seen.append(shown())
    fleet.clock.advance(60)
    await fleet.send()
    seen.append(shown())
    await fleet.servers.save_settings(server, {"threshold": {"cpu": 50}})
    seen.append(shown())
    await silent(fleet, 600)
    seen.append(shown())
    assert [found["status"] for found in seen] == ["online"] * 4 + ["offline"]
    assert all(before != after for before, after in pairwise(seen))


async def test_why_reports_are_refused_is_in_the_log_once(
    fleet: Fleet, caplog: pytest.LogCaptureFixture
) -> None:
    nameless = {"attributes": {"motherboard_id": ""}}
    for document in (nameless, nameless, {}, nameless):
        if document:
            with pytest.raises(Unprocessable):
                await fleet.send(document=document)
        else:
            await fleet.send(cpu_used=1)
    said = [record.getMessage() for record in caplog.records if "is refused" in record.getMessage()]
    assert len(said) == 2, "again after a good one"
    assert said[0].endswith("motherboard_id says nothing; the server is told apart by it")


async def test_a_resend_stores_nothing_twice(fleet: Fleet) -> None:
    body = report(iso(fleet.now), cpu_used=1024, mem_used_b=5)
    for _ in range(3):
        answer = await fleet.servers.take_report(fleet.root, body)
        assert answer["success_count"] == 2 and answer["failure_count"] == 0
    assert await raw(fleet, "cpu_used") == [(fleet.now, 1024)]


async def test_another_value_for_the_same_moment_changes_nothing(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    await fleet.send(cpu_used=2)
    assert await raw(fleet, "cpu_used") == [(fleet.now, 1)]


async def test_of_two_values_for_one_moment_the_first_counts_everywhere(fleet: Fleet) -> None:
    await fleet.send(cpu_used=CALM)
    await fleet.send(cpu_used=BUSY)
    server = fleet.only()
    found = await fleet.servers.values(server, ["cpu_used"], 0, fleet.now, 10)
    assert [value for _, value in found["cpu_used"]] == [CALM] == [server.last["cpu_used"][1]]


async def test_what_an_agent_catches_up_with_is_not_how_it_is_now(fleet: Fleet) -> None:
    await fleet.send(cpu_used=CALM)
    now = fleet.only().values["cpu"]
    await fleet.send(at=fleet.now - 50 * 60_000, cpu_used=BUSY)
    assert fleet.only().values["cpu"] == now
    assert (await fleet.restarted()).only().values["cpu"] == now


async def test_a_thousand_samples_at_once(fleet: Fleet) -> None:
    entries = [
        {"metric": "cpu_used", "value": number, "timestamp": iso(fleet.now - number * 60_000)}
        for number in range(1000)
    ]
    answer = await fleet.send(document={"metrics": entries})
    assert answer["success_count"] == 1000
    assert len(await raw(fleet, "cpu_used", DAY_MS)) == 1000


async def test_no_more_series_than_there_is_room_for(fleet: Fleet) -> None:
    answer = await fleet.send(**{f"disk_used_b[/{number}]": 1 for number in range(140)})
    assert (answer["success_count"], answer["failure_count"]) == (128, 12)
    assert answer["errors"] == ["A server has at most 128 metrics"]


async def test_one_board_in_two_projects_is_two_servers(fleet: Fleet) -> None:
    other = await fleet.servers.projects.add(OWNER, "Other")
    await fleet.send(cpu_used=1)
    await fleet.send(other.id, cpu_used=2)
    (mine,) = fleet.servers.of(fleet.root)
    (theirs,) = fleet.servers.of(other.id)
    assert mine.uuid != theirs.uuid
    with pytest.raises(NotFound):
        fleet.servers.find(theirs.uuid, fleet.root)
    with pytest.raises(UserError, match="still has servers"):
        await fleet.servers.projects.remove(other)


async def test_two_hosts_with_one_board_are_one_server_without_mixed_counters(fleet: Fleet) -> None:
    clone = {"hostname": "clone", "mac_address": "aa:aa:aa:aa:aa:aa"}
    await fleet.send(net_recv_b=1_000, cpu_used=10)
    fleet.clock.advance(30)
    answer = await fleet.send(net_recv_b=9_000_000_000, cpu_used=20, attributes=clone)
    assert (answer["success_count"], answer["failure_count"]) == (1, 1)
    assert "Two hosts report with this motherboard_id" in answer["errors"][0]
    assert fleet.only().duplicate_host == "web-1" and fleet.only().name == "clone"
    assert await raw(fleet, "net_in") == []
    fleet.clock.advance(600)  # the other one was switched off
    await fleet.send(net_recv_b=9_000_000_000, attributes=clone)
    assert fleet.only().duplicate_host is None


AHEAD = "The clock of the host is 180 minutes ahead; its samples are shifted by that. Set the clock"


@pytest.mark.parametrize("says_when", [True, False])
async def test_a_clock_hours_ahead_is_said_and_its_samples_are_put_right(
    fleet: Fleet, says_when: bool
) -> None:
    begin = fleet.now
    for _ in range(7):
        there = fleet.now + 3 * HOUR_MS
        answer = await fleet.send(
            at=there, cpu_used=BUSY, document={"sent_at": iso(there)} if says_when else None
        )
        assert answer == {
            "success_count": 1,
            "failure_count": 0,
            "message": "All metrics were successfully created",
            "warnings": [AHEAD],
        }
        fleet.clock.advance(60)
    assert fleet.only().clock_offset == 3 * HOUR_MS
    assert await raw(fleet, "cpu_used") == [(begin + n * MINUTE_MS, BUSY) for n in range(7)]
    assert fleet.only().last["cpu_used"] == (begin + 6 * MINUTE_MS, BUSY)
    assert list(fleet.only().incidents) == ["cpu"]


async def test_what_a_clock_ahead_sends_twice_is_stored_once_also_after_a_start(fleet: Fleet) -> None:
    at = fleet.now + 3 * HOUR_MS
    await fleet.send(at=at, cpu_used=1)
    fleet.clock.advance(40)
    again = await fleet.restarted()
    for found in (fleet, again):
        await found.send(at=at, cpu_used=1)
    assert await raw(again, "cpu_used") == [(fleet.now - 40_000, 1)]


async def test_a_clock_ahead_that_is_put_right_goes_on(fleet: Fleet) -> None:
    await fleet.send(at=fleet.now + 3 * HOUR_MS, cpu_used=1)
    fleet.clock.advance(60)
    answer = await fleet.send(cpu_used=2)
    assert "warnings" not in answer and fleet.only().clock_offset is None
    assert [value for _, value in await raw(fleet, "cpu_used")] == [1, 2]


async def test_one_sample_from_another_century_does_not_bend_the_others(fleet: Fleet) -> None:
    entries = [
        {"metric": name, "value": 1, "timestamp": stamp}
        for name, stamp in (("cpu_used", iso(fleet.now)), ("load_1", "2199-01-01T00:00:00Z"))
    ]
    answer = await fleet.send(document={"metrics": entries})
    assert (answer["success_count"], answer["failure_count"]) == (1, 1)
    assert "minutes in the future; set the clock of the host" in answer["errors"][0]
    assert await raw(fleet, "cpu_used") == [(fleet.now, 1)]


async def test_a_clock_hours_behind_still_alerts(fleet: Fleet) -> None:
    for _ in range(7):
        await fleet.send(at=fleet.now - 3 * HOUR_MS, cpu_used=BUSY)
        fleet.clock.advance(60)
    assert fleet.only().clock_offset == -3 * HOUR_MS
    assert list(fleet.only().incidents) == ["cpu"]


async def test_old_samples_alone_say_nothing_of_a_clock(fleet: Fleet) -> None:
    for hour in (5, 4, 3):  # a backlog in pieces
        for minute in range(7):
            await fleet.send(at=fleet.now - hour * HOUR_MS + minute * 60_000, cpu_used=BUSY)
        fleet.clock.advance(1)
    assert (fleet.only().clock_offset, fleet.only().incidents) == (None, {})


async def test_samples_out_of_order_are_all_there(fleet: Fleet) -> None:
    for minute in (5, 1, 3, 2, 4):
        await fleet.send(at=fleet.now - minute * MINUTE_MS, cpu_used=minute)
    assert [value for _, value in await raw(fleet, "cpu_used")] == [5, 4, 3, 2, 1]
    assert fleet.only().last["cpu_used"][1] == 1


# --- alerts ------------------------------------------------------------------------------------------------


async def test_one_message_when_it_opens_and_one_when_it_closes(fleet: Fleet) -> None:
    opened: list[Any] = []
    fleet.bus.subscribe(AlertOpened, opened.append)
    fleet.bus.subscribe(AlertClosed, opened.append)
    await fleet.minutes([BUSY] * 5)
    assert fleet.said.texts == []
    await fleet.minutes([BUSY] * 5)
    assert fleet.said.texts == ["CPU is at 95.0 %, above 90 % for 5 minutes"]
    await fleet.minutes([CALM] * 2)
    assert fleet.said.texts[1:] == ["CPU is at 10.0 %, below 90 % again after 10 minutes"]
    assert [type(event) for event in opened] == [AlertOpened, AlertClosed]
    (incident,), total = await fleet.servers.incidents.page(fleet.servers.all(), None, 0, 10)
    assert (total, incident.cause, incident.closed is not None) == (1, "cpu", True)


async def test_rates_alert_too(fleet: Fleet) -> None:
    step = 60 * 20_000_000  # 20 MB/s
    await fleet.minutes([step * number for number in range(6)], "net_recv_b")
    assert fleet.said.texts == ["Network in is at 20.0 MB/s, above 10 MB/s for 3 minutes"]
    await fleet.minutes([0], "net_recv_b")  # rebooted: no rate, no end
    assert len(fleet.said.texts) == 1
    await fleet.minutes([60], "net_recv_b")
    assert len(fleet.said.texts) == 2


async def test_without_a_total_there_is_no_percentage_and_no_alert(fleet: Fleet) -> None:
    no_total = {"memory_total_bytes": 0}
    await fleet.minutes([10**9] * 8, "mem_used_b", attributes=no_total)
    assert fleet.said.texts == [] and await raw(fleet, "ram") == []
    assert len(await raw(fleet, "mem_used_b")) == 8


async def test_catching_up_calls_nobody(fleet: Fleet) -> None:
    busy = [
        {"metric": "cpu_used", "value": BUSY, "timestamp": iso(fleet.now - minute * MINUTE_MS)}
        for minute in range(120, 60, -1)
    ]
    await fleet.send(document={"metrics": busy, "sent_at": iso(fleet.now)})
    assert fleet.said.texts == []
    await fleet.send(cpu_used=CALM, document={"sent_at": iso(fleet.now)})
    assert fleet.said.texts == [] and fleet.only().clock_offset is None


async def test_silence_opens_and_a_word_closes(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    fleet.clock.advance(299)
    for _ in range(2):
        await fleet.servers.watch.tick()
    assert fleet.only().status == "online"
    fleet.clock.advance(1)
    await fleet.servers.watch.tick()
    await fleet.servers.watch.tick()
    # A tick that late means that we slept: the grace period begins anew.
    assert fleet.only().status == "online"
    for _ in range(30):
        fleet.clock.advance(10)
        await fleet.servers.watch.tick()
    assert fleet.only().status == "offline"
    assert fleet.said.texts == ["No reports for 5 minutes"]
    await fleet.send(cpu_used=1)
    assert fleet.only().status == "online"
    assert fleet.said.texts[1:] == ["It reports again after 10 minutes"]


async def silent(fleet: Fleet, seconds: int) -> None:
    for _ in range(seconds // 10):
        fleet.clock.advance(10)
        await fleet.servers.watch.tick()


async def test_since_when_something_is_wrong(fleet: Fleet) -> None:
    begin = fleet.now
    await fleet.minutes([BUSY] * 5)
    assert fleet.only().troubled_since is None
    await fleet.minutes([BUSY])
    assert fleet.only().troubled_since == begin
    heard = fleet.only().last_seen
    await silent(fleet, 320)
    assert fleet.only().troubled_since == heard


async def test_downtime_can_be_switched_off(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    await silent(fleet, 320)
    assert list(fleet.only().incidents) == ["downtime"]
    await fleet.servers.save_settings(fleet.only(), {"general": {"downtime": False}})
    assert fleet.only().incidents == {} and fleet.only().status == "offline"
    await silent(fleet, 600)
    assert fleet.said.texts[1:] == ["It is no longer watched for downtime"]


async def test_a_restart_of_ours_is_nobodys_downtime(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    fleet.clock.advance(3_600)
    again = await fleet.restarted()
    await again.servers.watch.tick()
    assert (again.only().status, again.said.texts) == ("online", [])
    await silent(again, 320)
    assert again.only().status == "offline"


async def test_without_network_nobody_is_down(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    fleet.deaf.append("no network")
    await silent(fleet, 3600)
    assert (fleet.only().status, fleet.said.texts) == ("online", [])
    fleet.deaf.clear()
    await silent(fleet, 280)  # the grace period begins when we can hear again
    assert (fleet.only().status, fleet.said.texts) == ("online", [])
    await silent(fleet, 40)
    assert (fleet.only().status, fleet.said.texts) == ("offline", ["No reports for 5 minutes"])


@pytest.mark.parametrize("jump", [3_600, -3_600])
async def test_a_clock_that_is_set_makes_nobody_silent(fleet: Fleet, jump: int) -> None:
    await fleet.send(cpu_used=1)
    await silent(fleet, 60)
    fleet.clock.jump(jump)
    await silent(fleet, 220)
    assert (fleet.only().status, fleet.said.texts) == ("online", [])
    await silent(fleet, 40)  # nor hides it who is
    assert (fleet.only().status, fleet.said.texts) == ("offline", ["No reports for 5 minutes"])


@pytest.mark.parametrize("started", [False, True])
async def test_thresholds_count_on_when_the_clock_is_set_back(fleet: Fleet, started: bool) -> None:
    step = 60 * 20_000_000  # 20 MB/s
    await fleet.minutes([0, 1], "net_recv_b", cpu_used=CALM)
    fleet.clock.jump(-3_600)
    found = await fleet.restarted() if started else fleet
    await found.minutes([step * number for number in range(7)], "net_recv_b", cpu_used=BUSY)
    assert sorted(found.only().incidents) == ["cpu", "net_in"]
    assert found.only().last["cpu_used"][0] == found.now - MINUTE_MS
    found.clock.jump(-3_600)
    await found.minutes([CALM])
    assert list(found.only().incidents) == ["net_in"], "what is open closes, too"


@pytest.mark.parametrize("jump", [3_600, -3_600])
async def test_who_is_heard_again_under_another_clock_is_up(fleet: Fleet, jump: int) -> None:
    await fleet.send(cpu_used=1)
    await silent(fleet, 320)
    fleet.clock.jump(jump)
    await silent(fleet, 20)
    assert (fleet.only().status, len(fleet.said.texts)) == ("offline", 1)
    await fleet.send(cpu_used=1)
    assert (fleet.only().status, fleet.only().incidents, len(fleet.said.texts)) == ("online", {}, 2)


async def test_a_start_under_a_clock_that_was_ahead_is_nobodys_downtime(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    fleet.clock.jump(-3_600)
    again = await fleet.restarted()
    await silent(again, 280)
    assert (again.only().status, again.said.texts) == ("online", [])
    await silent(again, 40)
    assert (again.only().status, len(again.said.texts)) == ("offline", 1)


async def test_a_hiccup_hides_no_report_of_a_short_grace_period(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    await fleet.servers.save_settings(fleet.only(), {"grace_period": {"downtime": 1}})
    await silent(fleet, 60)
    fleet.clock.advance(16)  # its report has come, and waits to be read
    await fleet.servers.watch.tick()
    assert (fleet.only().status, fleet.said.texts) == ("online", [])
    await silent(fleet, 80)
    assert fleet.only().status == "offline"


@pytest.mark.parametrize("first", ["tick", "another's report", "a change"])
async def test_a_process_that_slept_calls_nobody_down(fleet: Fleet, first: str) -> None:
    await fleet.send(cpu_used=1)
    await fleet.servers.save_settings(fleet.only(), {"grace_period": {"downtime": 2}})
    sleeper = fleet.only()
    await silent(fleet, 60)
    fleet.clock.advance(180)
    match first:
        case "another's report":
            await fleet.send(cpu_used=1, attributes={"motherboard_id": "MB-2"})
        case "a change":
            await fleet.servers.save_settings(sleeper, {"threshold": {"cpu": 50}})
    await silent(fleet, 100)
    assert (sleeper.status, fleet.said.texts) == ("online", [])
    await silent(fleet, 40)
    assert sleeper.status == "offline"


async def test_a_report_that_could_not_be_stored_is_no_silence(fleet: Fleet, disk: FaultyDisk) -> None:
    await fleet.send(cpu_used=1)
    for _ in range(10):
        await silent(fleet, 60)
        disk.full = True
        with pytest.raises(StorageTrouble):
            await fleet.send(cpu_used=1)
        disk.full = False
    assert (fleet.only().status, fleet.said.texts) == ("online", [])


async def test_a_grace_of_a_minute_bears_reports_once_a_minute(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    await fleet.servers.save_settings(fleet.only(), {"grace_period": {"downtime": 1}})
    for second in range(1, 300):
        fleet.clock.advance(1)
        await fleet.servers.watch.tick()
        if second % 62 == 0:
            await fleet.send(cpu_used=1)
    assert (fleet.only().status, fleet.said.texts) == ("online", [])
    await silent(fleet, 80)
    assert fleet.said.texts == ["No reports for 1 minute"]


async def test_a_long_breach_under_way_survives_a_restart(fleet: Fleet) -> None:
    await fleet.send(cpu_used=CALM)
    await fleet.servers.save_settings(fleet.only(), {"grace_period": {"cpu": 120}})
    fleet.clock.advance(60)
    await fleet.minutes([BUSY] * 110)
    again = await fleet.restarted()
    await again.minutes([BUSY] * 10)
    assert again.said.texts == []
    await again.minutes([BUSY])
    assert again.said.texts == ["CPU is at 95.0 %, above 90 % for 2 hours"]


async def test_a_breach_under_way_survives_a_restart(fleet: Fleet) -> None:
    await fleet.minutes([BUSY] * 5)
    again = await fleet.restarted()
    await again.minutes([BUSY])
    assert again.said.texts == ["CPU is at 95.0 %, above 90 % for 5 minutes"]
    third = await again.restarted()
    await third.minutes([BUSY] * 3)
    assert third.said.texts == []
    await third.minutes([CALM])
    assert len(third.said.texts) == 1 and third.only().incidents == {}


async def test_rates_go_on_after_a_restart(fleet: Fleet) -> None:
    await fleet.minutes([6_000_000], "net_recv_b")
    again = await fleet.restarted()
    await again.minutes([12_000_000], "net_recv_b")
    assert again.only().values["net_in"] == pytest.approx(0.1)


async def plan(fleet: Fleet) -> int:
    def write(connection: Any) -> int:
        connection.execute("INSERT INTO user (username) VALUES ('a')")
        connection.execute(
            "INSERT INTO maintenance (user_id, title, description, strategy) VALUES (1, 'm', '', 'manual')"
        )
        return int(connection.last_insert_rowid())

    return await fleet.database.write(write)


async def test_maintenance_keeps_quiet_and_what_is_still_wrong_is_told_after(fleet: Fleet) -> None:
    number = await plan(fleet)
    await fleet.send(cpu_used=CALM)
    await fleet.servers.links.set_plans(fleet.only(), [number])
    fleet.running_plans.add(number)
    await fleet.minutes([BUSY] * 10)
    assert (fleet.said.texts, fleet.only().incidents) == ([], {})
    fleet.running_plans.clear()
    await fleet.servers.watch.tick()
    assert len(fleet.said.texts) == 1
    fleet.running_plans.add(number)
    await fleet.minutes([CALM])
    assert len(fleet.said.texts) == 1 and fleet.only().incidents == {}
    again = await fleet.restarted()
    again.running_plans.add(number)
    await again.servers.watch.tick()
    assert again.said.texts == []
    again.running_plans.clear()
    for _ in range(2):
        await again.servers.watch.tick()
        (text,) = again.said.texts  # what ended meanwhile is told after it, once
        assert text.endswith("below 90 % again after 9 minutes")
    assert (await again.restarted()).only().pending == {}
    assert fleet.servers.links.plans_of(fleet.only()) == [number]
    with pytest.raises(UserError, match="does not exist"):
        await fleet.servers.links.set_plans(fleet.only(), [99])


async def test_acknowledge_and_snooze(fleet: Fleet) -> None:
    await fleet.minutes([BUSY] * 6)
    incident = fleet.only().incidents["cpu"]
    await fleet.servers.incidents.acknowledge(fleet.owner, incident.uuid, "anna")
    fleet.clock.advance(1)
    await fleet.servers.incidents.acknowledge(fleet.owner, incident.uuid, "bert")
    assert incident.acknowledged_by == "anna"
    await fleet.servers.incidents.snooze(fleet.owner, incident.uuid, 60)
    await fleet.minutes([CALM])
    await fleet.minutes([BUSY] * 7)  # flapping
    assert len(fleet.said.texts) == 1
    again = fleet.only().incidents["cpu"]
    assert again.snooze_until == incident.snooze_until
    await fleet.servers.incidents.snooze(fleet.owner, again.uuid, 0)
    await fleet.minutes([CALM])
    assert len(fleet.said.texts) == 2
    for minutes in (-1, 1.5, "60", True, None):
        with pytest.raises(UserError, match="minutes must be"):
            await fleet.servers.incidents.snooze(fleet.owner, again.uuid, minutes)
    with pytest.raises(NotFound):
        await fleet.servers.incidents.acknowledge(fleet.owner, "nothing", "anna")
    other = await fleet.servers.projects.add(OWNER, "Other")
    with pytest.raises(NotFound):
        await fleet.servers.incidents.snooze(replace(OWNER, project_id=other.id), again.uuid, 5)
    with pytest.raises(NotFound):
        await fleet.servers.incidents.snooze(STRANGER, again.uuid, 5)
    with pytest.raises(NotFound):
        await fleet.servers.incidents.snooze(without(Right.INCIDENTS_RESPOND), again.uuid, 5)


async def test_a_snooze_of_an_earlier_incident_counts_until_it_is_ended(fleet: Fleet) -> None:
    seen = []
    for _ in range(2):
        await fleet.minutes([BUSY] * 6)
        seen.append(fleet.only().incidents["cpu"])
        await fleet.minutes([CALM])
    told = list(fleet.said.texts)
    await fleet.servers.incidents.snooze(fleet.owner, seen[0].uuid, 60)
    await fleet.minutes([BUSY] * 6)
    third = fleet.only().incidents["cpu"]
    assert third.snooze_until is not None and fleet.said.texts == told
    await fleet.servers.incidents.snooze(fleet.owner, third.uuid, 0)
    await fleet.minutes([CALM])
    await fleet.minutes([BUSY] * 6)
    assert len(fleet.said.texts) == len(told) + 2  # closed, and opened again


async def test_what_goes_on_when_a_snooze_is_over_is_said_again(fleet: Fleet) -> None:
    await fleet.minutes([BUSY] * 6)
    incident = fleet.only().incidents["cpu"]
    await fleet.servers.incidents.snooze(fleet.owner, incident.uuid, 10)
    await fleet.minutes([BUSY] * 9)
    assert len(fleet.said.texts) == 1
    await fleet.minutes([BUSY] * 5)
    assert fleet.said.texts[1:] == ["CPU is still at 95.0 %, above 90 %, for 16 minutes now"]
    assert (incident.snoozed, incident.snooze_until) == (None, None)
    await fleet.servers.incidents.snooze(fleet.owner, incident.uuid, 10)
    await fleet.servers.incidents.acknowledge(fleet.owner, incident.uuid, "anna")
    await fleet.minutes([BUSY] * 15)
    assert len(fleet.said.texts) == 2  # anna knows
    again = await fleet.restarted()
    stored = again.only().incidents["cpu"]
    assert (stored.snooze_until, stored.acknowledged_by) == (None, "anna")


async def test_a_snooze_that_ends_during_maintenance_waits_for_its_end(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    await silent(fleet, 320)
    await fleet.servers.incidents.snooze(fleet.owner, fleet.only().incidents["downtime"].uuid, 10)
    number = await plan(fleet)
    await fleet.servers.links.set_plans(fleet.only(), [number])
    fleet.running_plans.add(number)
    await silent(fleet, 1200)
    assert len(fleet.said.texts) == 1
    fleet.running_plans.clear()
    await silent(fleet, 60)
    assert fleet.said.texts[1:] == ["Still no reports, for 26 minutes now"]


async def test_bad_settings_change_nothing(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    with pytest.raises(Unprocessable):
        await fleet.servers.save_settings(fleet.only(), {"threshold": {"cpu": 50, "gpu": 1}})
    assert fleet.only().settings["threshold"]["cpu"] == 90.0


# --- history -----------------------------------------------------------------------------------------------


async def feed(fleet: Fleet, hours: float, step_s: int = 60) -> None:
    """A server that has reported since; the clock ends behind it."""
    for first in range(0, int(hours * 3600), step_s * 300):
        entries = []
        for second in range(first, min(first + step_s * 300, int(hours * 3600)), step_s):
            stamp = iso(fleet.now + (second - first) * 1000)
            entries += [
                {"metric": "cpu_used", "value": 1024 + second % 600, "timestamp": stamp},
                {"metric": "net_recv_b", "value": second * 1_000_000, "timestamp": stamp},
            ]
        fleet.clock.advance(min(step_s * 300, int(hours * 3600) - first))
        answer = await fleet.send(document={"metrics": entries})
        assert answer["failure_count"] == 0


async def test_packing_changes_no_answer(fleet: Fleet) -> None:
    await feed(fleet, 14)
    names = [*FRIENDLY, "cpu_used", "net_recv_b"]
    end = fleet.now

    async def look() -> list[Any]:
        server = fleet.only()
        return [
            await fleet.servers.values(server, names, end - 14 * HOUR_MS, end, 50_000),
            await fleet.servers.charts(server, names, end - 14 * HOUR_MS, end, 200),
            await fleet.servers.charts(server, names, end - 3 * DAY_MS, end, 80),
            await fleet.servers.charts(server, names, end - 30 * DAY_MS, end, 50),
        ]

    before = await look()
    assert await fleet.servers.upkeep.seal() == 4
    after = await look()
    assert before[0] == after[0]
    assert before[1]["tier"] == "ten_minutes" and before[2]["tier"] == "hour" and before[3]["tier"] == "day"
    for first, second in zip(before[1:], after[1:], strict=True):
        assert (
            first["series"].keys() == second["series"].keys() == {"cpu", "net_in", "cpu_used", "net_recv_b"}
        )
        for name, columns in first["series"].items():
            found = second["series"][name]
            assert columns["times"] == found["times"]
            for key in ("min", "mean", "max"):
                assert columns[key] == pytest.approx(found[key], rel=1e-4)
    assert set(after[1]["series"]["net_in"]["mean"]) == {1.0}


async def test_a_late_resend_after_packing_stores_nothing_twice(fleet: Fleet) -> None:
    begin = fleet.now
    await feed(fleet, 7)
    await fleet.servers.upkeep.seal()
    before = await raw(fleet, "cpu_used", 8 * HOUR_MS)
    await fleet.send(at=begin + 5 * MINUTE_MS, cpu_used=77)  # known
    await fleet.send(at=begin + 5 * MINUTE_MS + 30_000, cpu_used=88)  # new
    await fleet.servers.upkeep.seal()
    after = await raw(fleet, "cpu_used", 8 * HOUR_MS)
    assert [row for row in after if row not in before] == [(begin + 5 * MINUTE_MS + 30_000, 88)]
    assert len(after) == len(before) + 1


async def test_what_is_past_its_time_goes(fleet: Fleet) -> None:
    fleet.wishes.values = {"serverRawDays": 1, "serverTenMinuteDays": 2}
    begin = fleet.now
    await feed(fleet, 7)
    await fleet.servers.upkeep.once()
    fleet.clock.advance(10 * 86_400)
    await fleet.servers.upkeep.once()
    server = fleet.only()
    found = await fleet.servers.values(server, ["cpu"], begin, begin + HOUR_MS, 1000)
    assert [time for time, _ in found["cpu"]] == [begin, begin + HOUR_MS]  # hours are all there is
    charts = await fleet.servers.charts(server, ["cpu"], begin, begin + 7 * HOUR_MS, 1000)
    assert charts["tier"] == "hour" and len(charts["series"]["cpu"]["times"]) >= 6
    answer = await fleet.send(at=begin, cpu_used=1)
    assert answer["errors"] == ["The timestamp is older than samples are kept"]


async def test_the_size_has_a_limit_and_the_finest_history_goes_first(fleet: Fleet) -> None:
    await feed(fleet, 48)
    fleet.clock.advance(7 * 3600)
    await fleet.servers.upkeep.seal()
    full = await fleet.servers.stored_bytes()
    freed = await fleet.database.write(lambda db: forgetting.delete_oldest(db, full // 2))
    assert freed >= full // 2
    assert await fleet.servers.stored_bytes() == full - freed
    assert await raw(fleet, "cpu_used", 3 * DAY_MS) != []  # rolled up
    charts = await fleet.servers.charts(fleet.only(), ["cpu"], fleet.now - 3 * DAY_MS, fleet.now, 80)
    assert charts["tier"] == "hour" and len(charts["series"]["cpu"]["times"]) == 48
    begin = fleet.now - 55 * HOUR_MS
    found = await fleet.servers.values(fleet.only(), ["cpu_used"], begin, begin + 6 * HOUR_MS, 9_000)
    assert len(found["cpu_used"]) == 37  # ten minutes: the raw samples are gone


async def test_upkeep_holds_the_limit(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    await feed(fleet, 48)
    fleet.clock.advance(7 * 3600)
    monkeypatch.setattr(fleet.servers.upkeep, "_kept", lambda: Kept(max_bytes=2_000))
    await fleet.servers.upkeep.once()
    assert 0 < await fleet.servers.stored_bytes() <= 2_000


async def test_a_limit_takes_the_oldest_points(fleet: Fleet) -> None:
    await fleet.minutes([1, 2, 3, 4])
    for limit, count in ((50_000, 4), (4, 4), (3, 1)):
        found = await fleet.servers.values(fleet.only(), ["cpu_used"], 0, fleet.now, limit)
        assert len(found["cpu_used"]) == count  # raw ones while they fit
    hour = fleet.now - HOUR_MS
    found = await fleet.servers.values(fleet.only(), ["cpu_used"], hour, fleet.now, 3)
    assert [value for _, value in found["cpu_used"]] == [1, 2, 3]


async def test_deleting_leaves_nothing(fleet: Fleet) -> None:
    await feed(fleet, 7)
    await fleet.servers.upkeep.seal()
    await fleet.minutes([BUSY] * 7)
    await fleet.servers.delete(fleet.only())
    tables = ("server", "server_series", "server_sample", "server_block", "server_incident")

    def count(connection: Any) -> list[int]:
        return [connection.execute(f"SELECT count(*) FROM {table}").get for table in tables]

    assert await fleet.database.read(count) == [0] * len(tables)
    await fleet.send(cpu_used=1)
    assert len(await raw(fleet, "cpu_used")) == 1


async def test_everything_is_there_after_a_restart(fleet: Fleet) -> None:
    await fleet.send(cpu_used=5, document={"containers": [{"name": "db", "cpu": 1, "memory": 2}]})
    await fleet.servers.save_settings(fleet.only(), {"threshold": {"cpu": 50}})
    again = await fleet.restarted()
    assert as_wire(again.only()) == as_wire(fleet.only())
    assert again.only().snapshot == fleet.only().snapshot


# --- tokens ------------------------------------------------------------------------------------------------


async def test_tokens_open_until_they_end(fleet: Fleet) -> None:
    projects = fleet.servers.projects
    token, secret = await projects.add_token("web", expires=fleet.now + 60_000)
    assert secret.startswith("klp_") and token.prefix == secret[:10]
    for header in (secret, f"Bearer {secret}", f"bearer  {secret} "):
        found = await projects.identify(header)
        assert found == Actor(1, PROJECT_TOKEN_RIGHTS, project_id=fleet.root)
    other_end = secret[:-1] + ("y" if secret.endswith("x") else "x")
    wrong: list[str | None] = [None, "", "Bearer", other_end, secret + "x", f"Basic {secret}"]
    for other in wrong:
        assert await projects.identify(other) is None
    await fleet.database.flush()
    assert (await projects.list_tokens(1))[0].last_used == fleet.now
    fleet.clock.advance(61)
    assert await projects.identify(secret) is None


async def test_a_token_of_a_user_opens_what_its_maker_may(fleet: Fleet) -> None:
    projects = fleet.servers.projects
    _, secret = await projects.add_token("mine", kind="user", user_id=OWNER.user_id)
    assert secret.startswith("klu_")
    assert await projects.identify(secret) == fleet.owner
    poorer = without(Right.SERVERS_EDIT)
    fleet.people.known = [poorer]
    assert await projects.identify(secret) == replace(poorer, project_id=fleet.root)
    fleet.people.known = []
    assert await projects.identify(secret) is None, "the person is gone"


async def test_a_session_is_that_person_in_the_first_project(fleet: Fleet) -> None:
    projects = fleet.servers.projects
    assert await projects.identify(f"Bearer {OWNER.username}") == fleet.owner
    fleet.people.known = []
    assert await projects.identify(f"Bearer {OWNER.username}") is None


async def test_a_token_without_its_project_is_none(fleet: Fleet) -> None:
    projects = fleet.servers.projects
    other = await projects.add(OWNER, "Other")
    _, secret = await projects.add_token("x", project=other)
    assert await projects.identify(secret) is not None
    del projects.all[other.id]  # the removal is committed
    assert await projects.identify(secret) is None


async def test_projects_and_tokens_of_others_are_out_of_reach(fleet: Fleet) -> None:
    projects = fleet.servers.projects
    theirs = await projects.add(STRANGER, "Theirs")
    token, secret = await projects.add_token("web")
    their_token, _ = await projects.add_token("x", project=theirs)
    assert [project.name for project in projects.of(STRANGER.organisation)] == ["Theirs"]
    assert theirs not in projects.of(OWNER.organisation)
    with pytest.raises(UserError, match="does not exist"):
        projects.find(OWNER, theirs.uuid)
    with pytest.raises(UserError, match="does not exist"):
        projects.find(STRANGER, projects.root.uuid)
    assert [one.uuid for one in await projects.list_tokens(STRANGER.organisation)] == [their_token.uuid]
    assert [one.uuid for one in await projects.list_tokens(OWNER.organisation)] == [token.uuid]
    with pytest.raises(UserError, match="does not exist"):
        await projects.revoke(STRANGER.organisation, token.uuid)
    assert await projects.identify(secret) is not None
    with pytest.raises(Forbidden):
        await projects.add(without(Right.TOKENS_EDIT), "No")


async def test_servers_belong_to_the_organisation_of_their_project(fleet: Fleet) -> None:
    theirs = await fleet.servers.projects.add(STRANGER, "Theirs")
    await fleet.send(cpu_used=1)
    await fleet.send(theirs.id, cpu_used=1)
    again = await fleet.restarted()
    for found in (fleet, again):
        (mine,) = found.servers.of_organisation(OWNER.organisation)
        (other,) = found.servers.of_organisation(STRANGER.organisation)
        assert (mine.project_id, other.project_id) == (fleet.root, theirs.id)
        assert other.organisation == STRANGER.organisation


async def test_notifications_and_plans_of_others_cannot_be_linked(fleet: Fleet) -> None:
    await fleet.send(cpu_used=1)
    server = fleet.only()
    row = "(id, organisation_id, user_id, name, type, config) VALUES (?, ?, 1, 'n', 'webhook', '{}')"
    its_plan = (
        "(id, organisation_id, user_id, title, description, strategy) VALUES (?, ?, 1, 't', '', 'manual')"
    )
    for number in (OWNER.organisation, STRANGER.organisation):
        values = (number, number)
        await fleet.database.write(lambda db, v=values: db.execute(f"INSERT INTO notification {row}", v))
        await fleet.database.write(lambda db, v=values: db.execute(f"INSERT INTO maintenance {its_plan}", v))
    await fleet.servers.links.notify(server, OWNER.organisation, on=True)
    await fleet.servers.links.set_plans(server, [OWNER.organisation])
    with pytest.raises(NotFound):
        await fleet.servers.links.notify(server, STRANGER.organisation, on=True)
    with pytest.raises(UserError, match="maintenance plans does not exist"):
        await fleet.servers.links.set_plans(server, [OWNER.organisation, STRANGER.organisation])
    assert server.channels == {OWNER.organisation}
    assert fleet.servers.links.plans_of(server) == [OWNER.organisation]


async def test_a_revoked_token_is_closed_at_once(fleet: Fleet) -> None:
    projects = fleet.servers.projects
    token, secret = await projects.add_token("web")
    assert await projects.identify(secret) is not None
    await projects.revoke(1, token.uuid)
    assert await projects.identify(secret) is None
    (left,) = await projects.list_tokens(1)
    assert left.revoked == fleet.now
    with pytest.raises(UserError, match="does not exist"):
        await projects.revoke(1, "nothing")


async def test_what_another_process_revokes_is_closed_within_seconds(fleet: Fleet) -> None:
    projects = fleet.servers.projects
    token, secret = await projects.add_token("web")
    assert await projects.identify(secret) is not None
    await fleet.database.write(lambda db: revoke_token(db, token.uuid, [fleet.root], fleet.now))
    assert await projects.identify(secret) is not None  # known still
    fleet.clock.advance(FRESH_S)
    assert await projects.identify(secret) is None


async def test_the_token_itself_is_not_stored(fleet: Fleet) -> None:
    _, secret = await fleet.servers.projects.add_token("web")

    def rows(connection: Any) -> str:
        return str(connection.execute("SELECT * FROM api_token").fetchall())

    assert secret not in await fleet.database.read(rows)


@pytest.mark.parametrize("name", ["", "  ", None, 5, "x" * 101])
async def test_names_of_tokens(fleet: Fleet, name: Any) -> None:
    with pytest.raises(UserError, match="Give the token a name"):
        await fleet.servers.projects.add_token(name)


async def test_the_first_project_stays(fleet: Fleet) -> None:
    with pytest.raises(UserError, match="cannot be removed"):
        await fleet.servers.projects.remove(fleet.servers.projects.root)
    other = await fleet.servers.projects.add(OWNER, "Other")
    _, secret = await fleet.servers.projects.add_token("x", project=other)
    await fleet.servers.projects.remove(other)
    assert await fleet.servers.projects.identify(secret) is None
    with pytest.raises(UserError, match="does not exist"):
        fleet.servers.projects.find(OWNER, other.uuid)
