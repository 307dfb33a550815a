"""What owners see and do: without addresses, but for the export."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.status_pages.subscribers.ground import ANNA, BASE, Ground
from tests.support.http import request
from tests.support.sio import Client


async def token(client: Client) -> str:
    answer = await client.call("addToken", {"name": "t", "kind": "user"})
    assert answer["ok"] is True, answer
    return str(answer["secret"])


async def test_list_export_and_remove(ground: Ground) -> None:
    found = await ground.ok("pageSubscribers", "shop")
    assert (found["offer"]["kinds"], found["subscribers"], found["address"]) == ([], [], "")
    assert found["senders"] == [{"id": ground.sender, "name": "Mail"}]
    await ground.offer("email", "webhook")
    await ground.subscribed()
    await ground.subscribed("=cmd|x@example.org")
    found = await ground.ok("pageSubscribers", "shop")
    assert found["counts"] == {"pending": 0, "active": 2, "off": 0}
    assert ANNA not in str(found)
    assert "seed" not in str(found)
    table = (await ground.ok("exportPageSubscribers", "shop"))["csv"]
    assert f",email,{ANNA},active,all," in table
    assert ",email,'=cmd|x@example.org," in table
    await ground.ok("deletePageSubscriber", "shop", found["subscribers"][0]["id"])
    assert len(await ground.listed()) == 1
    assert (await ground.page.call("deletePageSubscriber", "shop", 999))["ok"] is False


async def test_over_rest(ground: Ground) -> None:
    await ground.offer("email")
    await ground.subscribed()
    key = await token(ground.page)
    url = f"{ground.server.url}/api/v1/status_pages/shop/subscribers"

    async def ask(method: str, path: str = "", key: str = key) -> Any:
        return await request(method, url + path, headers={"authorization": f"Bearer {key}"})

    (listed,) = (await ask("GET")).json()["subscribers"]
    assert (listed["target"], listed["state"], listed["monitors"]) == ("a***@example.org", "active", None)
    (exported,) = (await ask("GET", "/export")).json()["subscribers"]
    assert (exported["target"], exported["services"]) == (ANNA, None)
    assert (await ask("GET", key="wrong")).status == 401
    assert (await request("GET", f"{url}/export")).status == 401
    assert (await ask("DELETE", "/999")).status == 404
    assert (await ask("DELETE", f"/{listed['id']}")).status == 204
    assert (await ask("GET")).json() == {"subscribers": []}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kinds": ["pigeon"]}, "kinds"),
        ({"kinds": "email"}, "kinds"),
        ({"kinds": ["email"], "sender": None}, "sender"),
        ({"kinds": ["email"], "sender": 999}, "sender"),
        ({"address": "javascript:alert(1)"}, "address"),
        ({"address": "https://status.example.com/path?x=1"}, "address"),
        ({"address": "https://user@status.example.com"}, "address"),
        ({"address": "https://status.example.com\r\nX: y"}, "address"),
    ],
)
async def test_what_cannot_work_is_refused(ground: Ground, wrong: dict[str, Any], field: str) -> None:
    offer = {"kinds": ["webhook"], "sender": ground.sender, "address": BASE, "private": False, **wrong}
    answer = await ground.page.call("savePageSubscribers", "shop", offer)
    assert (answer["ok"], answer["field"]) == (False, field)
    assert (await ground.ok("pageSubscribers", "shop"))["offer"]["kinds"] == []


async def test_a_page_takes_its_subscribers_with_it(ground: Ground) -> None:
    await ground.offer("email")
    manage = await ground.subscribed()
    await ground.server.ok("deleteStatusPage", "shop")
    assert (await ground.server.get(manage)).status == 404
    await ground.server.add_page("shop", title="Shop")
    assert (await ground.ok("pageSubscribers", "shop"))["subscribers"] == []
    assert (await ground.server.get("/status/shop/subscribe")).status == 404


async def test_without_its_sender_mail_is_not_offered(ground: Ground) -> None:
    await ground.offer("email")
    await ground.server.ok("deleteNotification", ground.sender)
    async with asyncio.timeout(5):
        while (await ground.server.get("/status/shop/subscribe")).status != 404:
            await asyncio.sleep(0.02)
    assert "/subscribe" not in (await ground.server.get("/status/shop")).text
