"""Tags over the wire: what they are called, what carries them, and who is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.monitors.service import NOT_THERE
from tests.support import http
from tests.support.appliance import Running, add_monitor, running
from tests.support.sio import Client

RED = {"name": "production", "color": "#ff0000"}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


@pytest.fixture
async def client(server: Running) -> AsyncIterator[Client]:
    async with server.logged_in() as found:
        yield found


async def add_tag(client: Client, **changes: Any) -> int:
    answer = await client.call("addTag", {**RED, **changes})
    assert answer["ok"] is True, answer
    found: int = answer["tag"]["id"]
    return found


async def shown(page: Client, name: str) -> None:
    """Wait until a row with that tag was pushed; rows of earlier changes may come before it."""
    async with asyncio.timeout(10):
        while True:
            (changed,) = await page.wait_for("changes")
            if name in str(changed["monitors"]):
                return


async def carried(client: Client, monitor: int) -> list[tuple[int, str | None, str, str]]:
    """What a monitor carries, as a client that asks for it sees it: tag, value, name, colour."""
    shown = await client.call("getMonitor", monitor)
    return [(tag["tag_id"], tag["value"], tag["name"], tag["color"]) for tag in shown["monitor"]["tags"]]


async def add_quiet_monitor(client: Client, name: str = "m") -> int:
    return await add_monitor(client, name=name, active=False)


async def test_add_edit_delete(client: Client) -> None:
    tag = await add_tag(client)
    assert await client.call("getTags") == {"ok": True, "tags": [{"id": tag, **RED}]}
    edited = await client.call("editTag", {"id": tag, "name": "prod"})
    assert edited == {
        "ok": True,
        "msg": "Saved.",
        "msgi18n": True,
        "tag": {"id": tag, "name": "prod", "color": "#ff0000"},
    }, "what is not sent stays as it is"
    assert await client.call("deleteTag", tag) == {"ok": True, "msg": "successDeleted", "msgi18n": True}
    assert await client.call("getTags") == {"ok": True, "tags": []}


async def test_tags_are_listed_oldest_first(client: Client) -> None:
    for name in ("zebra", "ant"):
        await add_tag(client, name=name)
    assert [tag["name"] for tag in (await client.call("getTags"))["tags"]] == ["zebra", "ant"]


async def test_what_is_no_tag_is_refused(client: Client) -> None:
    nameless, colourless = "The tag needs a name.", "The tag needs a colour."
    refusals: list[tuple[Any, str]] = [
        (None, nameless),
        ({"color": "#fff"}, nameless),
        ({"name": [], "color": "#fff"}, nameless),
        ({"name": "n" * 10_001, "color": "#fff"}, "The name of a tag has at most 10000 characters."),
        ({"name": "n"}, colourless),
        ({"name": "n", "color": "c" * 10_001}, "The colour of a tag has at most 10000 characters."),
    ]
    for payload, sentence in refusals:
        assert await client.call("addTag", payload) == {"ok": False, "msg": sentence}, payload
    assert (await client.call("getTags"))["tags"] == []
    await add_tag(client, name="n" * 255, color="c" * 255)


async def test_edits_of_what_is_not_there_are_refused(client: Client) -> None:
    refused = {"ok": False, "msg": "The tag must be an object with an id."}
    assert await client.call("editTag", None) == refused
    assert await client.call("editTag", RED) == refused
    unknowns: list[Any] = [99, "99", "x", True, 1.5, {}]
    for unknown in unknowns:
        answer = await client.call("editTag", {"id": unknown, **RED})
        assert answer == {"ok": False, "msg": "tagNotFound", "msgi18n": True}, unknown


async def test_deleting_what_is_not_there_changes_nothing(client: Client) -> None:
    tag = await add_tag(client)
    for unknown in (tag + 1, "x", None, True):
        assert (await client.call("deleteTag", unknown))["ok"] is True
    assert len((await client.call("getTags"))["tags"]) == 1


async def test_a_monitor_carries_a_tag_several_times(client: Client) -> None:
    tag, monitor = await add_tag(client), await add_quiet_monitor(client)
    for value in ("east", "west", None):
        answer = await client.call("addMonitorTag", tag, monitor, value)
        assert answer == {"ok": True, "msg": "successAdded", "msgi18n": True}
    assert [value for _, value, *_ in await carried(client, monitor)] == ["east", "west", None]
    await client.call("deleteMonitorTag", tag, monitor, "east")
    assert [value for _, value, *_ in await carried(client, monitor)] == ["west", None]
    await client.call("deleteMonitorTag", tag, monitor, None)
    assert [value for _, value, *_ in await carried(client, monitor)] == ["west"]
    await client.call("deleteMonitorTag", tag, monitor, "nowhere")
    assert [value for _, value, *_ in await carried(client, monitor)] == ["west"], "the value has to be that"


async def test_one_value_for_every_occurrence(client: Client) -> None:
    tag, other, monitor = await add_tag(client), await add_tag(client), await add_quiet_monitor(client)
    for value in ("east", "west"):
        await client.call("addMonitorTag", tag, monitor, value)
    await client.call("addMonitorTag", other, monitor, "kept")
    answer = await client.call("editMonitorTag", tag, monitor, "south")
    assert answer == {"ok": True, "msg": "successEdited", "msgi18n": True}
    values = [(found, value) for found, value, *_ in await carried(client, monitor)]
    assert sorted(values) == [(tag, "south"), (tag, "south"), (other, "kept")]


async def test_values_are_text(client: Client) -> None:
    tag, monitor = await add_tag(client), await add_quiet_monitor(client)
    for number in (5, 2.5):
        assert (await client.call("addMonitorTag", tag, monitor, number))["ok"] is True
    others: list[Any] = [[], {}]
    for other in others:
        answer = await client.call("addMonitorTag", tag, monitor, other)
        assert answer == {"ok": False, "msg": "The value of a tag must be text."}
    assert [value for _, value, *_ in await carried(client, monitor)] == ["5", "2.5"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"name": "n", "color": ""}, {"name": "n", "color": ""}),
        ({"name": "", "color": "#fff"}, {"name": "", "color": "#fff"}),
        ({"name": 5, "color": 0}, {"name": "5", "color": "0"}),
    ],
)
async def test_what_the_original_takes_is_a_tag(client: Client, sent: Any, kept: dict[str, str]) -> None:
    answer = await client.call("addTag", sent)
    assert {key: answer["tag"][key] for key in kept} == kept


async def test_ids_may_come_as_text(client: Client) -> None:
    tag, monitor = await add_tag(client), await add_quiet_monitor(client)
    assert (await client.call("addMonitorTag", f" {tag} ", monitor, ""))["ok"] is True
    assert await carried(client, monitor) == [(tag, "", "production", "#ff0000")]


async def test_only_what_is_there_can_be_put_together(client: Client) -> None:
    tag, monitor = await add_tag(client), await add_quiet_monitor(client)
    assert await client.call("addMonitorTag", tag + 1, monitor, "") == {
        "ok": False,
        "msg": "The tag does not exist.",
    }
    for event in ("addMonitorTag", "editMonitorTag", "deleteMonitorTag"):
        answer = await client.call(event, tag, monitor + 1, "")
        assert answer == {"ok": False, "msg": NOT_THERE}, event
    assert await carried(client, monitor) == []


async def test_tags_of_a_monitor_come_as_attached_and_leave_with_the_tag(client: Client) -> None:
    late, early = await add_tag(client, name="z"), await add_tag(client, name="a")
    monitor = await add_quiet_monitor(client)
    for tag in (late, early):
        await client.call("addMonitorTag", tag, monitor, "")
    assert [name for _, _, name, _ in await carried(client, monitor)] == ["z", "a"]
    await client.call("editTag", {"id": late, "name": "0"})
    assert [name for _, _, name, _ in await carried(client, monitor)] == ["0", "a"]
    await client.call("deleteTag", late)
    assert [name for _, _, name, _ in await carried(client, monitor)] == ["a"]


async def test_compatible_clients_are_pushed_a_monitor_only_when_what_it_carries_changes(
    server: Running, client: Client
) -> None:
    tag, monitor = await add_tag(client), await add_quiet_monitor(client)
    async with server.logged_in() as other:
        other.forget()
        await client.call("addMonitorTag", tag, monitor, "east")
        (pushed,) = await other.wait_for("updateMonitorIntoList")
        assert [tag["value"] for tag in pushed[str(monitor)]["tags"]] == ["east"]
        other.forget()
        await client.call("editTag", {"id": tag, "name": "renamed"})
        await client.call("deleteTag", tag)
        assert (await other.call("getTags"))["tags"] == []
        assert other.names() == [], "as the original: nothing is pushed"


async def test_the_page_is_told_of_every_change(server: Running, client: Client) -> None:
    tag, monitor = await add_tag(client), await add_quiet_monitor(client)
    async with server.logged_in("/page") as page:
        await client.call("addMonitorTag", tag, monitor, "east")
        await shown(page, "production")
        await client.call("editTag", {"id": tag, "name": "renamed"})
        await shown(page, "renamed")


async def test_what_monitors_carry_survives_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        tag, monitor = await add_tag(client), await add_quiet_monitor(client)
        await client.call("addMonitorTag", tag, monitor, "east")
    async with running(tmp_path) as server, server.logged_in() as client:
        ((listed,),) = client.pushed("monitorList")
        assert [(tag["name"], tag["value"]) for tag in listed[str(monitor)]["tags"]] == [
            ("production", "east")
        ]


async def test_a_status_page_shows_tags_where_it_should(server: Running, client: Client) -> None:
    tag, other, monitor = (
        await add_tag(client),
        await add_tag(client, name="a"),
        await add_quiet_monitor(client),
    )
    for found, value in ((tag, "east"), (tag, "west"), (other, "")):
        await client.call("addMonitorTag", found, monitor, value)
    await client.call("addStatusPage", "Page", "page")
    config = (await client.call("getStatusPage", "page"))["config"]
    groups = [{"name": "Group", "monitorList": [{"id": monitor}]}]
    saved = await client.call("saveStatusPage", "page", {**config, "showTags": True}, "", groups)
    assert saved["ok"] is True, saved
    shown = (await http.get(f"{server.url}/api/status-page/page")).json()
    (listed,) = shown["publicGroupList"][0]["monitorList"]
    assert [(tag["name"], tag["value"]) for tag in listed["tags"]] == [
        ("a", ""),
        ("production", "east"),
        ("production", "west"),
    ]


async def test_the_page_saves_the_tags_of_a_monitor_as_a_whole(server: Running, client: Client) -> None:
    tag, other = await add_tag(client), await add_tag(client, name="team")
    monitor = await add_quiet_monitor(client)
    async with server.logged_in("/page") as page:
        assert await page.call("setMonitorTags", monitor, [[tag, "east"], [other, None]]) == {"ok": True}
        found = [(number, value) for number, value, *_ in await carried(client, monitor)]
        assert found == [(tag, "east"), (other, None)]
        for wrong in (None, "x", [[tag]], [[99, None]], [["x", None]], [[tag, {}]], [[tag, ""]] * 1001):
            assert (await page.call("setMonitorTags", monitor, wrong))["ok"] is False, wrong
        assert (await page.call("setMonitorTags", 99, []))["ok"] is False
        assert len(await carried(client, monitor)) == 2
        assert await page.call("setMonitorTags", monitor, []) == {"ok": True}
        assert await carried(client, monitor) == []


async def test_a_tag_is_put_on_many_monitors_at_once(server: Running, client: Client) -> None:
    tag, other = await add_tag(client), await add_tag(client, name="team")
    first, second, third = [await add_quiet_monitor(client, name) for name in "abc"]
    await client.call("addMonitorTag", tag, first, "east")
    await client.call("addMonitorTag", tag, first, "west")
    await client.call("addMonitorTag", other, first, "kept")
    async with server.logged_in("/page") as page:
        for _ in range(2):
            saved = await page.call("tagMonitors", tag, "south", [second, third], [first])
            assert saved == {"ok": True, "msg": "Saved.", "msgi18n": True}
        values = [[item[:2] for item in await carried(client, one)] for one in (first, second, third)]
        assert values == [[(other, "kept")], [(tag, "south")], [(tag, "south")]]
        await shown(page, RED["name"])
        for wrong in (
            (99, "", [first], []),
            (tag, "", [first, 99], []),
            (tag, "", None, []),
            (tag, {}, [], []),
        ):
            assert (await page.call("tagMonitors", *wrong))["ok"] is False, wrong
        assert [item[:2] for item in await carried(client, first)] == [(other, "kept")]
        rows = (await page.call("resources", "tag"))["resources"]
        assert [(row["name"], row["users"]) for row in rows] == [("production", 2), ("team", 1)]
        assert page.pushed("resourcesChanged") == []
        await client.call("editTag", {"id": tag, "name": "prod"})
        assert await page.wait_for("resourcesChanged") == [{"kind": "tag"}]
