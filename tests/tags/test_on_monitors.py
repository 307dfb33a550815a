"""Tags over the wire, and on monitors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kuma_lite.monitors.service import NOT_THERE
from tests.support.appliance import add_monitor, running

TAG = {"name": "team", "color": "#222222"}


async def carried(client: Any, monitor: int) -> list[tuple[str, str | None]]:
    shown = await client.call("getMonitor", monitor)
    return [(tag["name"], tag["value"]) for tag in shown["monitor"]["tags"]]


async def test_the_way_of_a_tag(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        assert await client.call("addTag", TAG) == {"ok": True, "tag": {"id": 1, **TAG}}
        client.forget()
        edited = {"id": 1, "name": "crew", "color": "#222222"}
        saved = {"ok": True, "msg": "Saved.", "msgi18n": True, "tag": edited}
        assert await client.call("editTag", {"id": "1", "name": "crew"}) == saved
        assert await client.call("getTags") == {"ok": True, "tags": [edited]}
        deleted = {"ok": True, "msg": "successDeleted", "msgi18n": True}
        assert await client.call("deleteTag", 1) == await client.call("deleteTag", 1) == deleted
        assert await client.call("getTags") == {"ok": True, "tags": []}
        assert client.names() == [], "no list of tags is pushed"


@pytest.mark.parametrize(
    ("event", "payload", "answer"),
    [
        ("addTag", None, {"msg": "The tag needs a name."}),
        ("addTag", {"name": {}, "color": "#2"}, {"msg": "The tag needs a name."}),
        ("addTag", {"name": "x"}, {"msg": "The tag needs a colour."}),
        ("editTag", None, {"msg": "The tag must be an object with an id."}),
        ("editTag", TAG, {"msg": "The tag must be an object with an id."}),
        ("editTag", {**TAG, "id": 99}, {"msg": "tagNotFound", "msgi18n": True}),
        ("editTag", {"id": 1, "color": None}, {"msg": "The tag needs a colour."}),
    ],
)
async def test_what_is_refused(tmp_path: Path, event: str, payload: Any, answer: dict[str, Any]) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        await client.call("addTag", TAG)
        assert await client.call(event, payload) == {"ok": False, **answer}
        assert (await client.call("getTags"))["tags"] == [{"id": 1, **TAG}]


async def test_on_monitors(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        monitor = await add_monitor(client, active=False)
        await client.call("addTag", TAG)
        for value in ("blue", 5):
            client.forget()
            answer = await client.call("addMonitorTag", 1, monitor, value)
            assert answer == {"ok": True, "msg": "successAdded", "msgi18n": True}
            assert client.names() == ["updateMonitorIntoList"]
        assert await carried(client, monitor) == [("team", "blue"), ("team", "5")]
        assert (await client.call("deleteMonitorTag", 1, monitor, "blue"))["msg"] == "successDeleted"
        assert (await client.call("editMonitorTag", 1, monitor, None))["msg"] == "successEdited"
        assert await carried(client, monitor) == [("team", None)]
        await client.call("editTag", {"id": 1, "name": "crew"})
        assert await carried(client, monitor) == [("crew", None)]
        no_monitor = {"ok": False, "msg": NOT_THERE}
        assert await client.call("addMonitorTag", 1, 99, {}) == no_monitor
        assert await client.call("addMonitorTag", 99, monitor, "x") == {
            "ok": False,
            "msg": "The tag does not exist.",
        }
        assert (await client.call("addMonitorTag", 1, monitor, {}))[
            "msg"
        ] == "The value of a tag must be text."
        await client.call("deleteTag", 1)
        assert await carried(client, monitor) == []
    async with running(tmp_path) as server, server.logged_in() as client:
        assert await carried(client, monitor) == []
