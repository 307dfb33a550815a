"""Incidents step by step: over our own events, over REST, and with clients that know nothing of steps."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kuma_lite.core.clock import parse_wire_time
from tests.status_pages.appliance import Running
from tests.support.http import request
from tests.support.served import PASSWORD, USER
from tests.support.sio import Client, connect


@pytest.fixture
async def page(server: Running) -> AsyncIterator[Client]:
    """A client of our own page; there is a status page called `shop`."""
    await server.ok("addStatusPage", "Shop", "shop")
    async with connect(server.url, "/page") as client:
        assert (await client.call("login", {"username": USER, "password": PASSWORD}))["ok"]
        yield client


async def ok(client: Client, event: str, *arguments: Any) -> Any:
    answer = await client.call(event, *arguments)
    assert answer["ok"] is True, answer
    return answer


def states(incident: Any) -> list[str]:
    return [update["state"] for update in incident["updates"]]


async def test_from_the_first_word_to_the_last(server: Running, page: Client) -> None:
    incident = (await ok(page, "beginIncident", "shop", {"title": "Slow", "content": "We *look*"}))[
        "incident"
    ]
    assert (incident["state"], incident["pin"], incident["active"]) == ("investigating", True, True)
    number = incident["id"]
    step = {"state": "identified", "content": "The **cause**"}
    assert (await ok(page, "addIncidentUpdate", "shop", number, step))["incident"]["state"] == "identified"
    text = (await server.get("/status/shop")).text
    for words in ("We <em>look</em>", "The <strong>cause</strong>", "Investigating", "Identified"):
        assert words in text
    assert text.index("Identified") < text.index("Investigating")
    assert "1 open incident" in text
    (shown,) = (await server.json("/api/status-page/shop"))["incidents"]
    assert (shown["content"], "updates" in shown) == ("We *look*", False)  # as Uptime Kuma's clients know it
    step = {"state": "resolved", "content": "Over"}
    resolved = (await ok(page, "addIncidentUpdate", "shop", number, step))["incident"]
    assert (resolved["pin"], resolved["active"]) == (False, False)
    text = (await server.get("/status/shop")).text
    assert 'id="incidents"' not in text
    assert text.index('id="past"') < text.index("Resolved") < text.index("The <strong>cause</strong>")
    assert "Over" in (await server.get("/status/shop/history")).text
    (listed,) = (await ok(page, "incidentTimelines", "shop"))["incidents"]
    assert states(listed) == ["investigating", "identified", "resolved"]
    update = listed["updates"][1]["id"]
    left = (await ok(page, "deleteIncidentUpdate", "shop", number, update))["incident"]
    assert states(left) == ["investigating", "resolved"]
    assert (await page.call("deleteIncidentUpdate", "shop", number, update))["ok"] is False


async def test_an_entry_gets_other_words_another_state_and_another_time(
    server: Running, page: Client
) -> None:
    at = int(time.time()) * 1000 - 7_200_000
    begun = {"title": "Slow", "content": "Typo", "time": at}
    incident = (await ok(page, "beginIncident", "shop", begun))["incident"]
    number, (first,) = incident["id"], incident["updates"]
    assert parse_wire_time(first["createdDate"]) == parse_wire_time(incident["createdDate"]) == at
    where = ["shop", number, first["id"]]
    changed = (await ok(page, "editIncidentUpdate", *where, {"content": "We look"}))["incident"]
    assert (changed["content"], changed["updates"][0]["content"]) == ("We look", "")
    over = {"state": "resolved", "content": "Over", "time": at + 3_600_000}
    ended = (await ok(page, "addIncidentUpdate", "shop", number, over))["incident"]
    assert (ended["active"], ended["state"]) == (False, "resolved")
    assert "Resolved after 1 h" in (await server.get("/status/shop")).text
    last = ended["updates"][-1]["id"]
    step = {"state": "monitoring", "content": "Not quite"}
    again = (await ok(page, "editIncidentUpdate", "shop", number, last, step))["incident"]
    assert (again["active"], again["pin"], states(again)) == (True, True, ["investigating", "monitoring"])
    assert parse_wire_time(again["updates"][-1]["createdDate"]) == at + 3_600_000
    earlier = {"state": "resolved", "content": "A note afterwards", "time": at + 60_000}
    assert (await ok(page, "addIncidentUpdate", "shop", number, earlier))["incident"]["active"] is True
    for wrong in ({"time": at + 10**10}, {"time": "soon"}, {"content": " "}, {"state": "over"}):
        assert (await page.call("editIncidentUpdate", *where, wrong))["ok"] is False
    assert (await page.call("editIncidentUpdate", "shop", number, 999, {"content": "x"}))["ok"] is False


async def test_what_is_affected_is_named_as_long_as_it_is_on_the_page(server: Running, page: Client) -> None:
    till, letters = (
        await server.add_push_monitor("1" * 32, name="Till <1>"),
        await server.add_push_monitor("2" * 32, name="Letters"),
    )
    await server.save_page("shop", [{"name": "Shop", "monitorList": [{"id": till}, {"id": letters}]}])
    words = {"title": "Slow", "content": "We look", "monitors": [letters, till, till]}
    incident = (await ok(page, "beginIncident", "shop", words))["incident"]
    assert incident["monitors"] == [till, letters]
    assert "Affects Till &lt;1&gt;, Letters" in (await server.get("/status/shop")).text
    assert (await page.call("setIncidentMonitors", "shop", incident["id"], [till, 999]))["ok"] is False
    assert (await page.call("setIncidentMonitors", "shop", incident["id"], "all"))["ok"] is False
    fewer = (await ok(page, "setIncidentMonitors", "shop", incident["id"], [letters]))["incident"]
    assert (fewer["monitors"], states(fewer)) == ([letters], ["investigating"])
    await ok(page, "addIncidentUpdate", "shop", incident["id"], {"state": "resolved", "content": "Over"})
    assert "Affects Letters" in (await server.get("/status/shop/history")).text
    await server.save_page("shop", [{"name": "Shop", "monitorList": [{"id": till}]}])
    for path in ("/status/shop", "/status/shop/history"):
        assert "Letters" not in (await server.get(path)).text


async def test_what_is_written_is_looked_at_before_it_is_said(server: Running, page: Client) -> None:
    till = await server.add_push_monitor("1" * 32, name="Till")
    await server.save_page("shop", [{"name": "Shop", "monitorList": [{"id": till}]}])
    draft = (await ok(page, "statusPage", "shop"))["draft"]
    steps = [{"state": "identified", "content": "The **cause**"}, {"state": "over"}, 7]
    written = {
        "title": "Slow",
        "content": "We look",
        "style": "danger",
        "updates": steps,
        "monitors": [till, 8],
    }
    path = (await ok(page, "previewStatusPage", "shop", {**draft, "incident": written}))["path"]
    text = (await server.get(path)).text
    assert "The <strong>cause</strong>" in text
    assert "Affects Till<" in text
    assert "The <strong>cause</strong>" not in (await server.get("/status/shop")).text


async def test_clients_of_uptime_kuma_go_on_in_the_timeline(server: Running, page: Client) -> None:
    incident = (await ok(page, "beginIncident", "shop", {"title": "Slow", "content": "We look"}))["incident"]
    await server.ok("resolveIncident", "shop", incident["id"])
    (listed,) = (await ok(page, "incidentTimelines", "shop"))["incidents"]
    assert states(listed) == ["investigating", "resolved"]
    again = {"id": incident["id"], "title": "Slow again", "content": "We look again", "style": "danger"}
    await server.ok("postIncident", "shop", again)
    (listed,) = (await ok(page, "incidentTimelines", "shop"))["incidents"]
    assert states(listed) == ["investigating", "resolved", "investigating"]
    assert "We look again" in (await server.get("/status/shop")).text
    await server.ok("deleteIncident", "shop", incident["id"])
    assert (await ok(page, "incidentTimelines", "shop"))["incidents"] == []


async def test_an_incident_without_a_timeline_may_get_one(server: Running, page: Client) -> None:
    posted = await server.ok(
        "postIncident", "shop", {"title": "Old", "content": "As before", "style": "info"}
    )
    number = posted["incident"]["id"]
    (listed,) = (await ok(page, "incidentTimelines", "shop"))["incidents"]
    assert (listed["state"], listed["updates"]) == (None, [])
    await ok(page, "addIncidentUpdate", "shop", number, {"state": "monitoring", "content": "Better"})
    text = (await server.get("/status/shop")).text
    assert text.index("Better") < text.index("As before")


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("beginIncident", ["shop", {"title": " ", "content": "x"}]),
        ("beginIncident", ["shop", {"title": "x", "content": ""}]),
        ("beginIncident", ["shop", {"title": "x", "content": "x", "state": "over"}]),
        ("beginIncident", ["shop", []]),
        ("beginIncident", ["nowhere", {"title": "x", "content": "x"}]),
        ("addIncidentUpdate", ["shop", 99, {"state": "resolved", "content": "x"}]),
        ("addIncidentUpdate", ["shop", None, {"state": "resolved", "content": "x"}]),
        ("incidentTimelines", ["nowhere"]),
    ],
)
async def test_what_does_not_fit_is_refused(page: Client, event: str, arguments: list[Any]) -> None:
    assert (await page.call(event, *arguments))["ok"] is False
    assert (await ok(page, "incidentTimelines", "shop"))["incidents"] == []


async def test_over_rest(server: Running, page: Client) -> None:
    token = (await ok(page, "addToken", {"name": "deploys", "kind": "user"}))["secret"]

    async def call(method: str, path: str, body: Any = None, *, as_who: str = token) -> Any:
        headers = {"Authorization": f"Bearer {as_who}"}
        return await request(method, f"{server.url}/api/v1/status_pages{path}", headers=headers, json=body)

    made = await call("POST", "/shop/incidents", {"title": "Slow", "content": "We look"})
    assert made.status == 201, made.text
    incident = made.json()["incident"]
    assert incident["state"] == "investigating"
    assert incident["created_at"].endswith("Z")
    below = f"/shop/incidents/{incident['id']}"
    step = await call("POST", f"{below}/updates", {"state": "resolved", "content": "Over"})
    assert (step.status, step.json()["incident"]["active"]) == (201, False)
    (listed,) = (await call("GET", "/shop/incidents")).json()["incidents"]
    assert states(listed) == ["investigating", "resolved"]
    gone = await call("DELETE", f"{below}/updates/{listed['updates'][1]['id']}")
    assert states(gone.json()["incident"]) == ["investigating"]
    assert (await call("POST", f"{below}/updates", {"state": "over", "content": "x"})).status == 422
    assert (await call("GET", "/nowhere/incidents")).status == 404
    assert (await call("GET", "/shop/incidents", as_who="no-token")).status == 401
