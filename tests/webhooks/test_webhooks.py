"""Webhooks of a running server, and the rules behind them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.core.signing import is_genuine
from kuma_lite.webhooks import rules
from kuma_lite.webhooks.model import read_webhook
from tests.management.test_api import Api, api
from tests.support.sink import sink

__all__ = ["api"]
MONITOR = {"name": "x", "type": "push", "interval": 3600}


async def push(api: Api, number: int, **what: Any) -> None:
    answer = await api.ask("POST", f"monitors/{number}/push", what)
    assert answer.status == 204, answer.text


async def test_a_change_arrives_signed(api: Api) -> None:
    async with sink() as receiver:
        hook = await api.made("webhooks", {"name": "h", "url": receiver.url, "kinds": ["change"]})
        assert hook["secrets"] == ["secret"]
        monitor = await api.made("monitors", MONITOR)
        await push(api, monitor["id"], message="fine")
        await push(api, monitor["id"], message="still fine")
        await push(api, monitor["id"], status="down", message="gone")
        first, second = (await receiver.wait_for(2))[:2]
        for one in (first, second):
            assert is_genuine(hook["secret"], one.headers, one.body)
            assert one.headers["content-type"] == "application/json"
        sent = [json.loads(one.body) for one in (first, second)]
        assert [one["type"] for one in sent] == ["change", "change"]
        assert [one["data"]["message"] for one in sent] == ["fine", "gone"]
        assert first.headers["webhook-id"] != second.headers["webhook-id"]
        shown = (await api.ask("GET", f"webhooks/{hook['id']}")).json()
        assert "secret" not in shown
        assert (shown["state"]["failing_since"], shown["state"]["last_error"]) == (None, None)
        assert shown["state"]["last_success_at"] is not None


async def test_a_message_that_fails_comes_again_with_the_same_id(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "pause", lambda *_: 0.01)
    async with sink() as receiver:
        receiver.answers = [500, 302]
        hook = await api.made("webhooks", {"name": "h", "url": receiver.url, "kinds": ["removed", "monitor"]})
        monitor = await api.made("monitors", MONITOR)
        await api.ask("DELETE", f"monitors/{monitor['id']}")
        *same, last = await receiver.wait_for(4)
        assert len({one.headers["webhook-id"] for one in same}) == 1
        assert [json.loads(one.body)["type"] for one in (same[0], last)] == ["monitor", "removed"]
        database = api.server.appliance._ground.database
        rows: Any = await database.read(lambda db: db.execute("SELECT * FROM webhook_message").fetchall())
        assert len(rows) <= 1  # the last one may be on its way out
        assert (await api.ask("DELETE", f"webhooks/{hook['id']}")).status == 204


async def test_one_that_is_gone_is_switched_off(api: Api) -> None:
    async with sink() as receiver:
        receiver.answers = [410]
        hook = await api.made("webhooks", {"name": "h", "url": receiver.url, "kinds": ["monitor"]})
        one = f"webhooks/{hook['id']}"
        await api.made("monitors", MONITOR)
        await receiver.wait_for(1)
        for _ in range(50):
            shown = (await api.ask("GET", one)).json()
            if not shown["active"]:
                break
        assert shown["active"] is False
        assert shown["state"]["last_error"] == "Request failed with status code 410"
        assert (await api.ask("PATCH", one, {"active": True})).json()["state"]["failing_since"] is None
        await api.made("monitors", MONITOR)
        await receiver.wait_for(2)


async def test_the_test_button(api: Api) -> None:
    async with sink() as receiver:
        hook = await api.made("webhooks", {"name": "h", "url": receiver.url})
        tested = await api.ask("POST", f"webhooks/{hook['id']}/test")
        assert (tested.status, tested.json()) == (200, {"answer": "The test arrived: 200."})
        assert json.loads(receiver.got[0].body)["type"] == "test"
        async with api.server.logged_in("/page") as page:
            assert (await page.call("testWebhook", hook["id"]))["msg"] == "The test arrived: 200."
            made = await page.call("addWebhook", {"name": "p", "url": receiver.url, "kinds": ["beat"]})
            assert made["secret"].startswith("whsec_")
            (_, row) = (await page.call("resources", "webhook"))["resources"]
            assert row["values"]["secret"] == "\0keep"
            edited = {**row["values"], "name": "q"}
            assert (await page.call("saveWebhook", edited, row["id"]))["ok"] is True
            kept = await api.server.appliance.resources["webhook"].keeper.find(None, row["id"])  # type: ignore[arg-type]
            assert (kept.name, kept.secret) == ("q", made["secret"])
        receiver.answers = [503]
        failed = await api.ask("POST", f"webhooks/{hook['id']}/test")
        assert (failed.status, "503" in failed.json()["detail"]) == (422, True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"), ({"name": "x" * 101}, "name"), ({"url": "ftp://x/"}, "url"),
        ({"url": "http://x:y/"}, "url"), ({"url": "https://"}, "url"), ({"kinds": []}, "kinds"),
        ({"kinds": ["all"]}, "kinds"), ({"kinds": "beat"}, "kinds"), ({"secret": "short"}, "secret"),
    ],
)  # fmt: skip
def test_what_does_not_fit(change: dict[str, Any], field: str) -> None:
    with pytest.raises(UserError) as refused:
        read_webhook({"name": "h", "url": "https://shop.example/", **change}, 1)
    assert refused.value.extra["field"] == field


def test_when_it_is_tried_again_and_when_it_ends() -> None:
    assert [rules.pause(attempts, 0) for attempts in (1, 2, 3, 9, 99)] == [5, 10, 20, 900, 900]
    assert rules.pause(1, 0.5) == 5 * 1.125
    assert not rules.is_stale(0, rules.KEPT_MS - 1)
    assert rules.is_stale(0, rules.KEPT_MS)
    assert not rules.ends(0, rules.OFF_AFTER_MS - 1, 500)
    assert rules.ends(0, rules.OFF_AFTER_MS, None)
    assert rules.ends(0, 1, 410)
