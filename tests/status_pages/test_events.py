"""Editing pages and incidents, through the real program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.status_pages.appliance import LEAST, LOGO, PNG, Running, running
from tests.support.served import PASSWORD, USER
from tests.support.sio import connect


async def refused(server: Running, event: str, *arguments: Any) -> str:
    answer = await server.client.call(event, *arguments)
    assert answer["ok"] is False
    return str(answer["msg"])


async def test_pages_survive_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server:
        web = await server.add_push_monitor("web")
        await server.add_page("shop", web, title="Shop", domainNameList=["shop.example"], customCSS="p {}")
        await server.ok("postIncident", "shop", {"title": "T", "content": "C", "style": "info"})
        before = await server.json("/api/status-page/shop")
    async with running(tmp_path / "data") as server:
        assert await server.json("/api/status-page/shop") == before
        assert before["publicGroupList"][0]["monitorList"][0]["id"] == web
        config = (await server.ok("getStatusPage", "shop"))["config"]
        assert (config["domainNameList"], config["customCSS"]) == (["shop.example"], "p {}")


async def test_the_list_comes_with_the_log_in(server: Running) -> None:
    await server.add_page("shop", title="Shop")
    assert server.client.pushed("statusPageList") == [[{}]]
    async with connect(server.url) as other:
        await other.call("login", {"username": USER, "password": PASSWORD})
        ((pages,),) = other.pushed("statusPageList")
    assert [page["slug"] for page in pages.values()] == ["shop"]
    assert other.names().index("statusPageList") > other.names().index("maintenanceList")


async def test_nobody_edits_without_a_log_in(server: Running) -> None:
    await server.add_page("shop")
    async with connect(server.url) as guest:
        events: dict[str, list[Any]] = {
            "addStatusPage": ["t", "s"],
            "getStatusPage": ["shop"],
            "saveStatusPage": ["shop", {}, "", []],
            "deleteStatusPage": ["shop"],
            "postIncident": ["shop", {}],
            "unpinIncident": ["shop"],
        }
        for event, arguments in events.items():
            answer = await guest.call(event, *arguments)
            assert answer == {"ok": False, "msg": "You are not logged in."}
        for event in ("editIncident", "deleteIncident", "resolveIncident"):
            answer = await guest.call(event, *["shop", 1, {}][: 3 if event == "editIncident" else 2])
            assert answer == {"ok": False, "msg": "You are not logged in.", "msgi18n": True}
        assert (await guest.call("getIncidentHistory", "shop", None))["ok"]


async def test_a_save_that_fails_changes_nothing(server: Running) -> None:
    web = await server.add_push_monitor("web")
    await server.add_page("shop", web, title="Shop")
    await server.add_page("other")
    before = await server.ok("getStatusPage", "shop")
    bad_groups = [{"name": "G", "monitorList": [{"id": web}, {"id": 99999}]}]
    new = {"slug": "new", "title": "New", **LEAST}
    assert "does not exist" in await refused(server, "saveStatusPage", "shop", new, LOGO, bad_groups)
    foreign = (await server.save_page("other", [{"name": "Theirs", "monitorList": []}]))["publicGroupList"]
    assert "does not exist" in await refused(server, "saveStatusPage", "shop", new, "", foreign)
    taken = {**new, "slug": "other"}
    assert "has this slug" in await refused(server, "saveStatusPage", "shop", taken, "", [])
    assert await server.ok("getStatusPage", "shop") == before
    assert len((await server.json("/api/status-page/shop"))["publicGroupList"]) == 1
    assert (await server.get(f"/upload/logo{before['config']['id']}.png")).status == 404


async def test_groups_keep_their_ids(server: Running) -> None:
    web = await server.add_push_monitor("web")
    await server.add_page("shop")
    groups = [{"name": name, "monitorList": [{"id": web}]} for name in "AB"]
    first = (await server.save_page("shop", groups))["publicGroupList"]
    again = (await server.save_page("shop", [first[1], {"name": "C", "monitorList": []}]))["publicGroupList"]
    assert again[0] == first[1]
    shown = (await server.json("/api/status-page/shop"))["publicGroupList"]
    assert [(group["name"], group["weight"]) for group in shown] == [("B", 1), ("C", 2)]


async def test_a_picture(server: Running) -> None:
    await server.add_page("shop")
    await server.save_page("shop", [], LOGO)
    config = (await server.ok("getStatusPage", "shop"))["config"]
    picture = await server.get(config["icon"])
    assert (picture.status, picture.headers["content-type"], picture.body) == (200, "image/png", PNG)
    assert picture.headers["x-content-type-options"] == "nosniff"
    await server.ok("deleteStatusPage", "shop")
    assert (await server.get(config["icon"])).status == 404
    assert list((server.folder / "upload").iterdir()) == []


async def test_a_domain_moves_to_the_page_saved_last(server: Running) -> None:
    await server.add_page("one", domainNameList=["status.example"])
    await server.add_page("two", domainNameList=["STATUS.example"])
    assert (await server.ok("getStatusPage", "one"))["config"]["domainNameList"] == []
    answer = await server.get("/api/entry-page", Host="Status.Example:8080")
    assert answer.json() == {"type": "statusPageMatchedDomain", "statusPageSlug": "two"}
    await server.ok("deleteStatusPage", "two")
    assert (await server.get("/api/entry-page", Host="status.example")).json()["type"] == "entryPage"


async def test_the_entry_page_follows(server: Running) -> None:
    await server.add_page("shop")
    await server.ok("setSettings", {"entryPage": "statusPage-shop"}, "")
    await server.ok("saveStatusPage", "shop", {"slug": "Store", **LEAST}, "", [])
    assert (await server.get("/")).headers["location"] == "/status/store"
    await server.ok("deleteStatusPage", "STORE")
    assert (await server.get("/")).headers["location"] == "/dashboard"


async def test_a_monitor_that_is_removed_leaves_the_pages(server: Running) -> None:
    web, shop = await server.add_push_monitor("web"), await server.add_push_monitor("shop")
    await server.add_page("page", web, shop)
    assert len((await server.json("/api/status-page/page"))["publicGroupList"][0]["monitorList"]) == 2
    await server.ok("deleteMonitor", web)
    (left,) = (await server.json("/api/status-page/page"))["publicGroupList"][0]["monitorList"]
    assert left["id"] == shop
    assert "N/A" in (await server.get(f"/api/badge/{web}/status")).text


async def test_removing_a_page_detaches_maintenance(server: Running) -> None:
    await server.add_page("shop")
    page_id = (await server.ok("getStatusPage", "shop"))["config"]["id"]
    plan = {
        "title": "Cables", "description": "", "strategy": "manual", "active": True, "intervalDay": 1,
        "dateRange": [None, None], "timeRange": [{"hours": 2, "minutes": 0}, {"hours": 3, "minutes": 0}],
        "weekdays": [], "daysOfMonth": [], "cron": "", "durationMinutes": 60, "timezoneOption": "UTC",
    }  # fmt: skip
    number = (await server.ok("addMaintenance", plan))["maintenanceID"]
    await server.ok("addMaintenanceStatusPage", number, [{"id": page_id}])
    assert [one["title"] for one in (await server.json("/api/status-page/shop"))["maintenanceList"]] == [
        "Cables"
    ]
    await server.ok("pauseMaintenance", number)
    assert (await server.json("/api/status-page/shop"))["maintenanceList"] == []
    await server.ok("deleteStatusPage", "shop")
    assert (await server.ok("getMaintenanceStatusPage", number))["statusPages"] == []


async def test_incidents_of_one_second_are_all_paged_through(server: Running) -> None:
    await server.add_page("shop")
    for number in range(25):
        await server.ok("postIncident", "shop", {"title": str(number), "content": "c", "style": "info"})
    seen: list[str] = []
    cursor = None
    while True:
        answer = await server.ok("getIncidentHistory", "shop", cursor)
        assert answer["total"] == 25
        seen += [incident["title"] for incident in answer["incidents"]]
        cursor = answer["nextCursor"]
        if not answer["hasMore"]:
            break
    assert seen == [str(number) for number in reversed(range(25))]


async def test_an_incident_shows_at_once(server: Running) -> None:
    await server.add_page("shop")
    path = "/api/status-page/shop"
    assert (await server.json(path))["incidents"] == []
    posted = await server.ok("postIncident", "shop", {"title": "T", "content": "C", "style": "no such"})
    assert "lastUpdatedDate" not in posted["incident"]
    number = posted["incident"]["id"]
    assert [one["style"] for one in (await server.json(path))["incidents"]] == ["warning"]
    await server.ok("resolveIncident", "shop", number)
    assert (await server.json(path))["incidents"] == []
    again = await server.ok(
        "postIncident", "shop", {"id": number, "title": "T2", "content": "C", "style": "info"}
    )
    assert (again["incident"]["id"], again["incident"]["pin"]) == (number, True)
    await server.ok("unpinIncident", "shop")
    assert (await server.json(path))["incidents"] == []


async def test_an_incident_belongs_to_its_page(server: Running) -> None:
    await server.add_page("one")
    await server.add_page("two")
    number = (await server.ok("postIncident", "one", {"title": "T", "content": "C"}))["incident"]["id"]
    words = {"title": "X", "content": "X"}
    for event, arguments in {
        "editIncident": ["two", number, words],
        "resolveIncident": ["two", number],
        "deleteIncident": ["two", number],
    }.items():
        answer = await server.client.call(event, *arguments)
        assert answer == {"ok": False, "msg": "Incident not found or access denied", "msgi18n": True}
    copy = (await server.ok("postIncident", "two", {"id": number, **words}))["incident"]
    assert copy["id"] != number


@pytest.mark.parametrize("odd", [None, True, "1", [1], {"id": 1}, 1.5, 1 << 70, -1])
async def test_odd_incident_ids(server: Running, odd: Any) -> None:
    await server.add_page("shop")
    assert await refused(server, "resolveIncident", "shop", odd) == "Incident not found or access denied"
