"""Browsers are told by push messages that only they can read; they confirm, choose and leave."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.notifications.sinks import Answer
from tests.status_pages.subscribers.ground import Ground, quiet, until
from tests.support import http
from tests.support.push_receiver import Receiver, verified


class Browser:
    """One that is subscribed at the push service of its maker."""

    def __init__(self, ground: Ground, name: str = "one") -> None:
        self.ground = ground
        self.receiver = Receiver()
        self.endpoint = f"{ground.hooks.url}/push/{name}"
        self.target = json.dumps(self.receiver.subscription(self.endpoint))

    def messages(self) -> list[Any]:
        """What it has read."""
        got = [each for each in self.ground.hooks.posts if each.target == self.endpoint.split(":")[-1][5:]]
        return [json.loads(self.receiver.read(each.body)) for each in got]

    async def message(self, place: int) -> Any:
        await until(lambda: len(self.messages()) > place)
        return self.messages()[place]

    async def sign_up(self, **more: Any) -> http.Response:
        return await self.ground.sign_up(self.target, kind="push", **more)

    async def subscribed(self) -> Browser:
        """Its worker confirms as soon as it is told to."""
        assert (await self.sign_up()).status == 200
        assert (await self.ground.form((await self.message(0))["confirm"])).status == 200
        return self


@pytest.fixture
async def browser(ground: Ground) -> Browser:
    await ground.offer("push")
    return Browser(ground)


async def test_the_form_gives_the_key_and_may_run_one_script(ground: Ground, browser: Browser) -> None:
    form = await ground.server.get("/status/shop/subscribe")
    key = re.search(r'action="/status/shop/subscribe" data-key="([A-Za-z0-9_-]+)"', form.text)
    assert key
    assert re.findall(r"<script[^>]*>", form.text) == ['<script defer src="/status-push.js">']
    policy = form.headers["content-security-policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy and "default-src 'none'" in policy
    await browser.subscribed()
    assert verified(ground.hooks.posts[0].headers["authorization"]).key == key[1]
    for path in ("/status-push.js", "/status-worker.js"):
        assert (await ground.server.get(path)).headers["content-type"].startswith("text/javascript")
    assert "/status-push.js" not in (await ground.server.get("/status/shop")).text


async def test_without_it_nothing_runs(ground: Ground) -> None:
    await ground.offer("email")
    form = await ground.server.get("/status/shop/subscribe")
    assert "<script" not in form.text and "script-src" not in form.headers["content-security-policy"]
    assert (await ground.sign_up(Browser(ground).target, kind="push")).status == 400


async def test_it_is_told(ground: Ground, browser: Browser) -> None:
    await browser.subscribed()
    await ground.begin()
    told = await browser.message(1)
    assert told["title"] == "Shop: Incident: Slow checkout"
    assert told["body"] == "Investigating\nSome orders take minutes."
    assert told["open"] == "/status/shop" and told["icon"] == "/icon-192.png"
    assert told["stop"].startswith("/status/shop/unsubscribe?t=")
    assert ground.hooks.posts[1].headers["ttl"] == "86400"
    (listed,) = await ground.listed()
    assert (listed["kind"], listed["target"]) == ("push", f"{ground.hooks.url}/***")
    assert (await ground.form(told["stop"])).status == 200  # one click on the message
    assert await ground.listed() == []


async def test_it_is_not_told_before_it_has_confirmed(ground: Ground, browser: Browser) -> None:
    await browser.sign_up()
    await browser.message(0)
    await ground.begin()
    await quiet(lambda: len(browser.messages()) > 1)
    (listed,) = await ground.listed()
    assert listed["state"] == "pending"


async def test_only_of_what_it_chose(ground: Ground, browser: Browser) -> None:
    await browser.subscribed()
    await browser.sign_up(monitor="2")  # it is known by its keys: no other message
    assert [each["monitors"] for each in await ground.listed()] == [[2]]
    await ground.begin(title="Other", monitors=[1])
    await ground.begin(title="Mine", monitors=[2])
    told = await browser.message(1)
    assert told["title"].endswith("Mine") and "Search" in told["body"]


async def test_it_says_itself_who_it_is(ground: Ground, browser: Browser) -> None:
    await browser.subscribed()
    known = await ground.form("/status/shop/subscription", push=browser.target)
    assert known.status == 200 and "Your subscription" in known.text and browser.endpoint not in known.text
    stranger = json.dumps(Receiver().subscription(browser.endpoint))
    for path, status in (("subscription", 204), ("unsubscribe", 404)):
        assert (await ground.form(f"/status/shop/{path}", push=stranger)).status == status
        assert (await ground.form(f"/status/shop/{path}", push="{}")).status == 404
    assert (await ground.form("/status/none/unsubscribe", push=browser.target)).status == 404
    assert len(await ground.listed()) == 1
    assert (await ground.form("/status/shop/unsubscribe", push=browser.target)).status == 200
    assert await ground.listed() == []
    assert (await ground.form("/status/shop/subscription", push=browser.target)).status == 204


async def test_its_maker_gives_it_another_address(ground: Ground, browser: Browser) -> None:
    await browser.subscribed()
    fresh = Browser(ground, "two")
    moved = {"push": browser.target, "moved": fresh.target}
    assert (await ground.form("/status/shop/subscription", **moved)).status == 200
    await ground.begin()
    assert (await fresh.message(0))["title"].endswith("Slow checkout")
    assert len(browser.messages()) == 1


async def test_a_stranger_takes_over_nothing(ground: Ground, browser: Browser) -> None:
    await browser.subscribed()
    before = await ground.listed()
    stranger = Browser(ground)  # the same endpoint, other keys
    assert (await stranger.sign_up(monitor="1")).status == 200
    await quiet(lambda: len(ground.hooks.posts) > 1)
    assert await ground.listed() == before
    await ground.begin()
    assert (await browser.message(1))["title"].endswith("Slow checkout")


@pytest.mark.parametrize("status", [404, 410])
async def test_one_that_is_gone_is_switched_off_at_once(
    ground: Ground, browser: Browser, status: int
) -> None:
    await browser.subscribed()
    ground.hooks.answer = Answer(status)
    await ground.begin()
    await ground.hooks.wait_for(2)
    await ground.begin(title="Another")
    await quiet(lambda: len(ground.hooks.got) > 2)
    assert [each["state"] for each in await ground.listed()] == ["off"]


async def test_one_in_trouble_is_told_later(ground: Ground, browser: Browser) -> None:
    await browser.subscribed()
    ground.hooks.script = [Answer(503)]
    await ground.begin()
    await ground.hooks.wait_for(3)
    assert [each["state"] for each in await ground.listed()] == ["active"]


@pytest.mark.parametrize(
    "endpoint",
    ["https://127.0.0.1/x", "http://push.example.com/x", "https://router/x", "https://[::1]/x", "file:///x"],
)
async def test_only_public_addresses(ground: Ground, endpoint: str) -> None:
    await ground.offer("push", private=False)
    target = json.dumps(Receiver().subscription(endpoint))
    answer = await ground.sign_up(target, kind="push")
    assert answer.status == 400 and 'role="alert"' in answer.text
    assert await ground.listed() == []


@pytest.mark.parametrize("target", ["", "{}", "[" * 20_000, '{"endpoint": "https://push.example.com/"}'])
async def test_what_is_no_subscription(ground: Ground, browser: Browser, target: str) -> None:
    assert (await ground.sign_up(target, kind="push")).status == 400
    assert (await ground.form("/status/shop/subscription", push=target)).status == 404


async def test_a_name_that_leads_inside_is_not_asked(ground: Ground) -> None:
    await ground.offer("push", private=False)
    receiver = Receiver().subscription(f"https://localhost.localdomain:{ground.hooks.port}/x")
    assert (await ground.sign_up(json.dumps(receiver), kind="push")).status == 200
    await quiet(lambda: len(ground.hooks.got) > 0)


async def test_the_longest_message_fits(ground: Ground, browser: Browser) -> None:
    await browser.subscribed()
    await ground.begin(title="🔴" * 150, content="\U0001f600" * 5_000)
    told = await browser.message(1)
    assert told["title"].startswith("Shop: Incident: 🔴") and len(ground.hooks.posts[1].body) <= 4_096


async def test_a_browser_needs_no_address_of_the_server(ground: Ground) -> None:
    await ground.offer("push", "webhook", address="")
    form = await ground.server.get("/status/shop/subscribe")
    assert form.status == 200 and 'value="push"' in form.text and 'value="webhook"' not in form.text
    await Browser(ground).subscribed()


async def test_it_is_deleted_and_exported_without_its_keys(ground: Ground, browser: Browser) -> None:
    await browser.subscribed()
    csv = (await ground.ok("exportPageSubscribers", "shop"))["csv"]
    assert browser.endpoint in csv and "p256dh" not in csv and "auth" not in csv
    (listed,) = await ground.listed()
    await ground.ok("deletePageSubscriber", "shop", listed["id"])
    assert await ground.listed() == []
