"""Programs and chats are told as people are; strangers cannot send this server anywhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import pytest

from tests.notifications.sinks import Answer
from tests.status_pages.subscribers.ground import BASE, Ground, quiet, until


async def confirmed(ground: Ground, kind: str, target: str) -> str:
    """A webhook that has confirmed; returns what its page says."""
    assert (await ground.sign_up(target, kind=kind)).status == 200
    await until(lambda: bool(ground.hooks.posts))
    text = ground.hooks.posts[0].body.decode()
    found = re.search(rf"{BASE}(/status/shop/subscribe/confirm\?t=[0-9A-Za-z_-]+)", text)
    assert found, text
    return (await ground.form(found[1])).text


async def test_a_signed_webhook(ground: Ground) -> None:
    await ground.offer("webhook")
    page = await confirmed(ground, "webhook", f"{ground.hooks.url}/hook?key=1")
    secret = re.search(r"whsec_([A-Za-z0-9+/=]+)", page)
    assert secret
    (asked,) = ground.hooks.got
    assert asked.json["type"] == "subscription.confirm"
    number = await ground.begin(monitors=[2])
    await ground.hooks.wait_for(2)
    got = ground.hooks.got[1]
    assert (got.method, got.target) == ("POST", "/hook?key=1")
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    mac = hmac.new(base64.b64decode(secret[1]), signed, hashlib.sha256).digest()
    assert got.headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    data = got.json["data"]
    assert (got.json["type"], data["page"]["url"]) == ("incident.begun", f"{BASE}/status/shop")
    assert data["incident"] == {
        "id": number,
        "title": "Slow checkout",
        "text": "Some orders take **minutes**.",
        "services": ["Search <b>"],
        "state": "investigating",
    }
    assert [each["target"] for each in await ground.listed()] == [f"{ground.hooks.url}/***"]


async def test_the_same_message_has_the_same_id(ground: Ground) -> None:
    await ground.offer("webhook")
    await confirmed(ground, "webhook", f"{ground.hooks.url}/hook")
    ground.hooks.script = [Answer(503, headers={"Retry-After": "0"})]
    await ground.begin()
    await ground.hooks.wait_for(3)
    first, again = ground.hooks.got[1:]
    assert first.headers["webhook-id"] == again.headers["webhook-id"]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_webhook_that_is_gone_is_switched_off(ground: Ground, status: int) -> None:
    await ground.offer("webhook")
    await confirmed(ground, "webhook", f"{ground.hooks.url}/hook")
    ground.hooks.answer = Answer(status)
    for turn in range(3):
        await ground.begin(title=f"Turn {turn}")
        await ground.hooks.wait_for(2 + turn)
    for _ in range(100):
        (hook,) = await ground.listed()
        if hook["state"] == "off":
            break
    assert (hook["state"], hook["failures"]) == ("off", 3)
    await ground.begin(title="Another")
    await quiet(lambda: len(ground.hooks.got) > 4)


async def test_redirects_are_not_followed(ground: Ground) -> None:
    await ground.offer("webhook")
    await confirmed(ground, "webhook", f"{ground.hooks.url}/hook")
    ground.hooks.answer = Answer(307, headers={"Location": f"{ground.hooks.url}/elsewhere"})
    await ground.begin()
    await ground.hooks.wait_for(2)
    await quiet(lambda: len(ground.hooks.got) > 2)


async def test_a_dead_target_holds_up_nobody(ground: Ground) -> None:
    await ground.offer("webhook", "email")
    await confirmed(ground, "webhook", f"{ground.hooks.url}/hook")
    await ground.subscribed()
    ground.hooks.answer = Answer(delay=float("inf"))
    await ground.begin(title="One")
    await ground.begin(title="Two")
    assert (await ground.mail(2))["subject"] == "[Shop] Incident: Two"


@pytest.mark.parametrize("kind", ["slack", "discord", "teams"])
async def test_chats(ground: Ground, kind: str) -> None:
    await ground.offer(kind)
    page = await confirmed(ground, kind, f"{ground.hooks.url}/hook")
    assert "You are subscribed." in page
    before = len(ground.hooks.posts)
    await ground.begin()
    await until(lambda: len(ground.hooks.posts) > before)
    assert "Incident: Slow checkout" in ground.hooks.posts[before].body.decode()


async def test_strangers_reach_no_private_address(ground: Ground) -> None:
    await ground.offer("webhook", private=False)
    answer = await ground.sign_up("https://127.0.0.1/", kind="webhook")
    assert (answer.status, 'role="alert"' in answer.text) == (400, True)
    # A name shows where it leads only when it is resolved: the form takes it, the request is not made.
    port = ground.hooks.port
    answer = await ground.sign_up(f"https://localhost.localdomain:{port}/", kind="webhook")
    assert answer.status == 200
    await quiet(lambda: len(ground.hooks.got) > 0)


async def test_what_was_allowed_once_is_refused_when_it_is_not(ground: Ground) -> None:
    await ground.offer("webhook", "slack")
    await confirmed(ground, "webhook", f"{ground.hooks.url}/hook")
    await ground.offer("webhook", "slack", private=False)
    await ground.begin()
    await quiet(lambda: len(ground.hooks.got) > 1)


async def test_services_are_where_they_are(ground: Ground) -> None:
    await ground.offer("slack", "discord", "teams", private=False)
    refused = await ground.sign_up("https://example.com/services/1", kind="slack")
    assert "This is no webhook address of Slack." in refused.text
    refused = await ground.sign_up("https://evildiscord.com/api/webhooks/1/2", kind="discord")
    assert "This is no webhook address of Discord." in refused.text
