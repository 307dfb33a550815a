"""Components in the real program: saved, shown, set by hand, kept from clients that know nothing of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kuma_lite.status_pages import auto_incidents
from tests.status_pages.appliance import LEAST, Running
from tests.support.sio import Client, connect

MEMBERS = {"name": "Databases", "rule": "any", "monitors": [1, 2]}


@pytest.fixture(autouse=True)
def looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto_incidents, "EVERY_S", 0.05)


@pytest.fixture
async def editor(server: Running) -> AsyncIterator[Client]:
    for token in ("secret-one", "secret-two", "shown"):
        await server.add_push_monitor(token)
        await server.push(token)
    await server.ok("addStatusPage", "Shop", "shop")
    async with connect(server.url, namespace="/page") as client:
        await client.call("login", {"username": "admin", "password": "Secret-1234"})
        yield client


async def put(editor: Client, *components: Any, **config: Any) -> Any:
    group = {"name": "All", "monitorList": [{"id": 3}], "components": list(components)}
    wanted = {"slug": "shop", "title": "Shop", "theme": "auto", **LEAST, **config}
    got = await editor.call("statusPage", "shop")
    if got["draft"]["groups"]:
        group["id"] = got["draft"]["groups"][0]["id"]
    draft = {"config": wanted, "logo": "", "groups": [group], "servers": None}
    return await editor.call("putStatusPage", "shop", draft, got["version"])


async def components(server: Running) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await server.json("/api/status-page/shop"))["componentList"]
    return found


async def test_a_component_stands_for_its_monitors_and_tells_nothing_of_them(
    server: Running, editor: Client
) -> None:
    assert (await put(editor, MEMBERS))["ok"]
    (shown,) = await components(server)
    assert (shown["name"], shown["status"]) == ("Databases", "up")
    await server.push("secret-one", "status=down")
    assert (await components(server))[0]["status"] == "up"
    await server.push("secret-two", "status=down")
    assert (await components(server))[0]["status"] == "down"
    text = (await server.get("/status/shop")).text
    assert "1 service is down" in text and 'data-component-id="1"' in text and "Databases" in text
    assert "Databases is down" in (await server.get("/status/shop/rss")).text
    everything = text + (await server.get("/api/status-page/shop")).text
    everything += (await server.get("/api/status-page/heartbeat/shop")).text
    assert "secret" not in everything
    assert "N/A" in (await server.get("/api/badge/1/status")).text
    beats = await server.json("/api/status-page/heartbeat/shop")
    assert list(beats["heartbeatList"]) == ["3"], "clients of Uptime Kuma see monitors, and no others"


async def test_clients_that_know_no_components_leave_them(server: Running, editor: Client) -> None:
    await put(editor, MEMBERS)
    (group,) = (await server.json("/api/status-page/shop"))["publicGroupList"]
    assert set(group) == {"id", "name", "weight", "monitorList"}
    await server.save_page("shop", [{"id": group["id"], "name": "Renamed", "monitorList": []}])
    assert [each["name"] for each in await components(server)] == ["Databases"]
    draft = (await editor.call("statusPage", "shop"))["draft"]
    (kept,) = draft["groups"][0]["components"]
    assert kept == {"id": 1, "name": "Databases", "rule": "any", "share": 50, "monitors": [1, 2]}
    await put(editor, {**kept, "rule": "share", "share": 100, "monitors": [1]})
    draft = (await editor.call("statusPage", "shop"))["draft"]
    assert draft["groups"][0]["components"][0]["id"] == 1
    await put(editor)
    assert "componentList" not in await server.json("/api/status-page/shop")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"rule": "most"},
        {"share": 0},
        {"share": 101},
        {"monitors": None},
        {"monitors": [99]},
        {"monitors": ["x"]},
    ],
)
async def test_what_is_refused(editor: Client, wrong: dict[str, Any]) -> None:
    answer = await put(editor, {**MEMBERS, **wrong})
    assert (answer["ok"], answer["field"]) == (False, "groups")


async def test_a_state_set_by_hand_is_shown_until_it_is_over(server: Running, editor: Client) -> None:
    await put(editor, MEMBERS)
    wishes = {"state": "maintenance", "text": "Moved & <b>cleaned</b>", "until": 4_102_444_800_000}
    answer = await editor.call("setComponentState", "shop", 1, wishes)
    assert answer["components"][0]["set"]["state"] == "maintenance"
    text = (await server.get("/status/shop")).text
    assert "Moved &amp; &lt;b&gt;cleaned&lt;/b&gt;" in text and ">Maintenance<" in text
    assert (await components(server))[0]["status"] == "maintenance"
    await put(editor, {**MEMBERS, "id": 1, "name": "Stores"})
    assert (await components(server))[0] == {
        "id": 1, "groupId": 1, "name": "Stores", "status": "maintenance", "text": wishes["text"],
    }  # fmt: skip
    assert (await editor.call("setComponentState", "shop", 1, None))["components"][0]["set"] is None
    assert (await components(server))[0]["status"] == "up"
    for wrong in ({"state": "odd"}, {"state": "up", "until": 1}, {"state": "up", "text": "x" * 2_001}):
        assert (await editor.call("setComponentState", "shop", 1, wrong))["ok"] is False
    assert (await editor.call("setComponentState", "shop", 7, None))["ok"] is False


async def test_the_state_of_a_component_without_monitors_is_set_by_hand(
    server: Running, editor: Client
) -> None:
    await put(editor, {"name": "Phones", "rule": "all", "monitors": []})
    assert (await components(server))[0]["status"] is None
    await editor.call("setComponentState", "shop", 1, {"state": "down"})
    assert "1 service is down" in (await server.get("/status/shop")).text


async def test_a_preview_shows_components_that_are_not_stored(server: Running, editor: Client) -> None:
    got = await editor.call("statusPage", "shop")
    group = {"name": "All", "monitorList": [], "components": [MEMBERS, {**MEMBERS, "name": "Others"}]}
    draft = {**got["draft"], "groups": [group]}
    path = (await editor.call("previewStatusPage", "shop", draft))["path"]
    text = (await server.get(path)).text
    assert "Databases" in text and "Others" in text


async def incidents(editor: Client, count: int, active: bool) -> list[dict[str, Any]]:
    """The incidents of the page, once there are so many, the first of them being as it should."""

    for _try in range(200):
        found: list[dict[str, Any]] = (await editor.call("incidentTimelines", "shop"))["incidents"]
        if len(found) == count and found[0]["active"] is active:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def test_an_outage_that_lasts_becomes_an_incident_and_ends_it(
    server: Running, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auto_incidents, "MINUTE_S", 0)
    await put(editor, MEMBERS, autoIncidentMinutes=5, autoIncidentText="We **look**.")
    for token in ("secret-one", "secret-two"):
        await server.push(token, "status=down")
    (begun,) = await incidents(editor, 1, True)
    assert (begun["title"], begun["content"], begun["state"], begun["monitors"]) == (
        "Databases is down", "We **look**.", "investigating", [],
    )  # fmt: skip
    await server.push("secret-one", "status=up")
    (ended,) = await incidents(editor, 1, False)
    assert (ended["state"], ended["updates"][-1]["content"]) == ("resolved", "Databases is up again.")


async def test_no_incident_begins_again_for_what_somebody_has_resolved(
    server: Running, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auto_incidents, "MINUTE_S", 0)
    await put(editor, autoIncidentMinutes=1)
    await server.push("shown", "status=down")
    (begun,) = await incidents(editor, 1, True)
    assert begun["content"] == auto_incidents.DEFAULT_TEXT
    (shown,) = [
        each["id"]
        for group in (await server.json("/api/status-page/shop"))["publicGroupList"]
        for each in group["monitorList"]
        if each["name"] == "shown"
    ]
    assert begun["monitors"] == [shown]  # others who chose services are not told
    await server.ok("resolveIncident", "shop", begun["id"])
    await incidents(editor, 1, False)
    await server.push("shown", "status=up")
    await asyncio.sleep(0.5)  # until it was looked at
    await server.push("shown", "status=down")
    second, first = await incidents(editor, 2, True)
    assert (second["title"], first["id"]) == ("shown is down", begun["id"])


async def test_short_outages_begin_nothing(server: Running, editor: Client) -> None:
    await put(editor, MEMBERS, autoIncidentMinutes=1)
    await server.push("shown", "status=down")
    await incidents_stay_away(editor)


async def incidents_stay_away(editor: Client) -> None:

    await asyncio.sleep(0.5)
    assert (await editor.call("incidentTimelines", "shop"))["incidents"] == []
