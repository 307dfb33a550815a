"""Trying a monitor out in the whole program: by the page's event and by the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kuma_lite.core.access import Right
from kuma_lite.core.records import replace
from tests.checks.peers import Answer, web_server
from tests.support import http
from tests.support.actors import OWNER, without
from tests.support.appliance import add_monitor, running
from tests.support.sio import NO_ANSWER


async def test_page_and_api_find_the_same(tmp_path: Path) -> None:
    async with (
        running(tmp_path) as server,
        server.logged_in("/page") as page,
        web_server({"/": Answer(body=b"hi")}) as web,
    ):
        form = {"type": "http", "name": "m", "url": f"http://127.0.0.1:{web.port}/", "timeout": 5}
        shown = await page.call("testMonitor", form)
        assert (shown["ok"], shown["status"], shown["msg"], shown["answer"]["body"]) == (
            True,
            1,
            "200 - OK",
            "hi",
        )
        assert (await page.call("summary"))["rows"] == []
        accounts = server.appliance._ground.accounts
        token = accounts.token_for(await accounts.log_in("admin", "Secret-1234", None))
        headers = {"Authorization": f"Bearer {token}"}
        machine = (await page.call("addToken", {"name": "agent"}))["secret"]
        person = (await page.call("addToken", {"name": "me", "kind": "user"}))["secret"]
        address = f"{server.url}/api/v1/monitors/test"
        told = (await http.request("POST", address, headers=headers, json=form)).json()
        measured: dict[str, Any] = {"timings": None, "ping": None}
        assert {"ok": True, **told, **measured} == {**shown, **measured}
        refused = await http.request("POST", address, headers=headers, json={**form, "type": "push"})
        assert (refused.status, refused.json()) == (
            422,
            {"errors": ["A push monitor waits to be called: there is nobody to ask."]},
        )
        assert (await http.request("POST", address, headers=headers, body=b"[]")).status == 422
        assert (await http.request("POST", address, json=form)).status == 401
        for secret, status in ((machine, 403), (person, 200)):
            bearer = {"Authorization": f"Bearer {secret}"}
            assert (await http.request("POST", address, headers=bearer, json=form)).status == status
        document = (await http.get(f"{server.url}/api/v1/openapi.json")).json()
        described = document["paths"]["/api/v1/monitors/test"]["post"]
        assert described["summary"] == "Test a monitor without saving it" and described["security"]


async def test_who_may_not_edit_may_not_test(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        async with server.logged_in() as client:
            assert await client.call_in_vain("testMonitor", {}, timeout=0.3) is NO_ANSWER
        viewer = without(Right.MONITORS_EDIT, replace(OWNER))
        async with server.logged_in_as(viewer, "/page") as client:
            answer = await client.call("testMonitor", {"type": "http", "name": "m"})
            assert (answer["ok"], answer["msg"]) == (False, "Permission denied.")


async def test_what_is_kept_stays_as_it_is(tmp_path: Path) -> None:
    async with (
        running(tmp_path) as server,
        server.logged_in("/page") as page,
        web_server({"/": Answer()}) as web,
    ):
        number = await add_monitor(page, type="push", name="kept", pushToken="t" * 32)
        before = await page.call("monitor", number)
        form = {"type": "http", "name": "m", "url": f"http://127.0.0.1:{web.port}/", "id": number}
        assert (await page.call("testMonitor", form))["status"] == 1
        after = await page.call("monitor", number)
        assert (after["monitor"], after["beats"]) == (before["monitor"], before["beats"])
        assert (await page.call("events", None, 0, 10))["total"] == 0
