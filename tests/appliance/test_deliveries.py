"""What was told to whom, in the whole program: by the page's events and by the API."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.notifications.sinks import Answer, HttpSink
from tests.servers.schemas import misfits
from tests.support import http
from tests.support.appliance import add_monitor, running
from tests.support.sio import Client

LIST = "/api/v1/deliveries"


async def deliveries(page: Client, outcome: str, count: int) -> list[dict[str, Any]]:
    """Those of an outcome, as soon as there are so many."""
    async with asyncio.timeout(20):
        while True:
            answer = await page.call("deliveries", {"outcome": outcome})
            assert answer["ok"] is True, answer
            if answer["total"] == count:
                found: list[dict[str, Any]] = answer["deliveries"]
                return found
            await asyncio.sleep(0.05)


async def test_a_down_is_found_in_the_history_and_sent_again(tmp_path: Path) -> None:
    async with (
        HttpSink() as sink,
        running(tmp_path) as server,
        server.logged_in("/page") as page,
        server.logged_in() as client,
    ):
        sink.script = [Answer(400, b"no"), Answer(200, b"thanks")]
        hook = {"name": "hook", "type": "webhook", "webhookContentType": "json"}
        hook["webhookURL"] = f"http://127.0.0.1:{sink.port}/hook-path"
        channel = (await client.call("addNotification", hook, None))["id"]
        monitor = await add_monitor(
            client, url="http://127.0.0.1:1/", notificationIDList={str(channel): True}
        )
        (one,) = await deliveries(page, "given_up", 1)
        assert (one["monitor"], one["notification"], one["type"]) == (monitor, channel, "webhook")
        assert (one["status"], one["attempts"]) == (0, 1)
        assert "status code 400" in one["error"] and "hook-path" not in one["error"]

        person = (await page.call("addToken", {"name": "me", "kind": "user"}))["secret"]
        machine = (await page.call("addToken", {"name": "agent"}))["secret"]
        document = (await http.get(f"{server.url}/api/v1/openapi.json")).json()

        async def ask(method: str, path: str, secret: str = person) -> http.Response:
            bearer = {"Authorization": f"Bearer {secret}"}
            return await http.request(method, f"{server.url}{path}", headers=bearer)

        listed = (await ask("GET", f"{LIST}?outcome=given_up&monitor={monitor}&service=webhook")).json()
        described = document["paths"][LIST]["get"]["responses"]["200"]["content"]["application/json"]
        assert misfits(listed, described["schema"], document) == []
        assert (listed["meta"]["total_count"], listed["data"][0]["id"]) == (1, one["id"])
        assert listed["data"][0]["notification"] == {"id": channel, "name": "hook", "type": "webhook"}
        assert (await ask("GET", f"{LIST}?monitor={monitor + 1}")).json()["data"] == []
        for bad in ("outcome=lost", "monitor=x", "page=0"):
            assert (await ask("GET", f"{LIST}?{bad}")).status == 422, bad

        assert (await ask("POST", f"{LIST}/{one['id']}/send-again")).status == 204
        (sent,) = await deliveries(page, "delivered", 1)
        assert (sent["answer"], sent["text"]) == ("200 thanks", one["text"])
        assert await deliveries(page, "given_up", 0) == []
        assert [got.json["msg"] for got in sink.got] == [one["text"]] * 2
        for path in ("send-again", ""):
            method = "POST" if path else "DELETE"
            assert (await ask(method, f"{LIST}/999/{path}".rstrip("/"))).status == 404
            assert (await ask(method, f"{LIST}/{sent['id']}/{path}".rstrip("/"), machine)).status == 404
        assert (await ask("GET", LIST, machine)).json()["data"] == [], "an agent's token sees no monitor"
        (health,) = (await ask("GET", "/api/v1/notification-health")).json()
        described = document["paths"]["/api/v1/notification-health"]["get"]["responses"]["200"]["content"]
        assert misfits([health], described["application/json"]["schema"], document) == []
        assert (health["id"], health["given_up"], health["waiting"]) == (channel, 0, 0)
        assert health["last_success_at"] is not None

        await page.call("pauseMonitor", monitor)
        again = await page.call("sendAgain", sent["id"])
        assert again["ok"] is True, again
        await deliveries(page, "delivered", 2)
        assert (await ask("DELETE", f"{LIST}/{sent['id']}")).status == 204
        (left,) = await deliveries(page, "delivered", 1)
        assert (await page.call("deleteDelivery", left["id"]))["ok"] is True
        assert await deliveries(page, "delivered", 0) == []


async def test_one_down_reaches_fifty_channels_at_once(tmp_path: Path) -> None:
    async with HttpSink() as sink, running(tmp_path) as server, server.logged_in() as client:
        numbers = []
        for number in range(50):
            hook = {"name": f"hook {number}", "type": "webhook", "webhookContentType": "json"}
            hook["webhookURL"] = f"http://127.0.0.1:{sink.port}/{number}"
            numbers.append((await client.call("addNotification", hook, None))["id"])
        linked = {str(number): True for number in numbers}
        await add_monitor(client, url="http://127.0.0.1:1/", notificationIDList=linked)
        async with asyncio.timeout(20):
            while len(sink.got) < 50:
                await asyncio.sleep(0.01)
        assert sorted(int(got.path[1:]) for got in sink.got) == list(range(50))
