"""Proxies over the wire, and monitors that go through them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.access import Right
from kuma_lite.core.errors import StartupError
from kuma_lite.core.kept_secrets import KEEP
from kuma_lite.core.limits import DATABASE_FILE
from tests.net.proxies import proxying
from tests.net.servers import answer, serve
from tests.support.actors import STRANGER, VIEWER, with_only, without
from tests.support.appliance import add_monitor, running

SENT = {"protocol": "http", "host": "127.0.0.1", "port": 3128, "auth": False, "default": False}


async def beat(client: Any) -> tuple[int, str]:
    """Status and text of the next beat."""
    (heartbeat,) = await client.wait_for("heartbeat")
    return heartbeat["status"], heartbeat["msg"]


async def test_one_default_at_most(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        await client.call("addProxy", {**SENT, "default": True}, None)
        second = await client.call("addProxy", {**SENT, "default": True}, None)
        assert second == {"ok": True, "msg": "Saved.", "msgi18n": True, "id": 2}
        (listed,) = client.pushed("proxyList")[-1]
        assert [(proxy["id"], proxy["default"]) for proxy in listed] == [(1, 0), (2, 1)]
        assert await client.call("addProxy", SENT, 99) == {"ok": False, "msg": "proxy not found"}
    async with running(tmp_path) as server, server.logged_in("/page") as page:
        assert page.pushed("proxyList") == [], "it asks for what it looks at"
        listed = (await page.call("resources", "proxy"))["resources"]
        assert [(proxy["id"], proxy["values"]["default"]) for proxy in listed] == [(1, False), (2, True)]


async def test_passwords_are_for_those_who_may_change_them(tmp_path: Path) -> None:
    with_password = {**SENT, "auth": True, "username": "u", "password": "s3cret"}
    editor = with_only(Right.PROXIES_VIEW, Right.PROXIES_EDIT)
    async with running(tmp_path) as server, server.logged_in() as owner:
        await owner.call("addProxy", with_password, None)
        async with (
            server.logged_in_as(VIEWER) as viewer,
            server.logged_in_as(VIEWER, "/page") as page,
            server.logged_in_as(editor) as colleague,
            server.logged_in_as(without(Right.PROXIES_VIEW, VIEWER)) as blind,
            server.logged_in_as(STRANGER) as stranger,
        ):
            assert await viewer.call("addProxy", SENT, 1) == {"ok": False, "msg": "Permission denied."}
            assert await viewer.call("deleteProxy", 1) == {"ok": False, "msg": "Permission denied."}
            await colleague.call("addProxy", {**with_password, "host": "127.0.0.2"}, 1)
            for client in (viewer, page, blind, stranger):
                await client.call("needSetup")
            assert blind.pushed("proxyList") == []
            assert stranger.pushed("proxyList") == [[[]]], "its own list, at log-in"
            assert page.pushed("resourcesChanged") == [[{"kind": "proxy"}]]
            (row,) = (await page.call("resources", "proxy"))["resources"]
            assert row["values"]["password"] == KEEP
            for client, shows in ((colleague, True), (viewer, False)):
                at_log_in, after = client.pushed("proxyList")
                for (listed,), host in ((at_log_in, "127.0.0.1"), (after, "127.0.0.2")):
                    (proxy,) = listed
                    assert (proxy["host"], proxy["username"]) == (host, "u")
                    assert proxy.get("password") == ("s3cret" if shows else None)
                    assert ("password" in proxy) is shows


async def test_a_monitor_goes_through_its_proxy_until_that_is_deleted(tmp_path: Path) -> None:
    async with (
        proxying("http") as proxy,
        serve(answer()) as target,
        running(tmp_path) as server,
        server.logged_in() as client,
    ):
        saved = await client.call("addProxy", {**SENT, "port": proxy.port}, None)
        url = f"http://service.invalid:{target.port}/"
        monitor = await add_monitor(client, url=url, proxyId=saved["id"])
        assert await beat(client) == (1, "200 - OK")
        assert proxy.told == [f"GET {url}"]
        await client.call("deleteProxy", saved["id"])
        shown = await client.call("getMonitor", monitor)
        assert shown["monitor"]["proxyId"] is None
        await client.call("resumeMonitor", monitor)
        status, text = await beat(client)
        assert status == 0
        assert "service.invalid" in text, "it was looked up here"
    assert len(proxy.told) == 1


async def test_a_proxy_is_tested_before_it_is_kept(tmp_path: Path) -> None:
    async with (
        proxying("http") as proxy,
        serve(answer()) as target,
        running(tmp_path) as server,
        server.logged_in("/page") as page,
    ):
        url = f"http://service.invalid:{target.port}/"
        sent = {**SENT, "port": proxy.port, "testUrl": url}
        tested = await page.call("testProxy", sent)
        assert tested["ok"] is True
        assert tested["msg"].startswith("200 OK in "), tested
        assert proxy.told == [f"GET {url}"], "it went through the proxy"
        assert (await page.call("resources", "proxy"))["resources"] == [], "nothing is kept"
        closed = await page.call("testProxy", {**sent, "port": 1})
        assert closed["ok"] is False
        assert "ECONNREFUSED" in closed["msg"]
        no_address = {"ok": False, "msg": "A test needs an address to ask through the proxy."}
        assert await page.call("testProxy", {**sent, "testUrl": " "}) == no_address
        assert await page.call("testProxy", {**sent, "id": 9}) == {"ok": False, "msg": "proxy not found"}


async def test_nothing_goes_out_past_a_proxy_that_is_switched_off(tmp_path: Path) -> None:
    """As an import may bring one: Uptime Kuma 2.5 asks directly, and judges the target by that."""
    async with proxying("http") as proxy, serve(answer()) as target:
        async with running(tmp_path) as server, server.logged_in() as client:
            saved = await client.call("addProxy", {**SENT, "port": proxy.port}, None)
        with closing(sqlite3.connect(tmp_path / DATABASE_FILE)) as database, database:
            database.execute("UPDATE proxy SET active = 0")
        async with running(tmp_path) as server, server.logged_in() as client:
            await add_monitor(client, url=f"http://127.0.0.1:{target.port}/", proxyId=saved["id"])
            pending = "cannot be checked: Its proxy is gone or switched off."
            assert await beat(client) == (2, pending)
        assert proxy.told == []
        assert target.requests == []


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("proxyId", "The proxy of this monitor does not exist."),
        ("docker_host", "The Docker host of this monitor does not exist."),
        ("remote_browser", "The remote browser of this monitor does not exist."),
    ],
)
async def test_what_does_not_exist_cannot_be_named(tmp_path: Path, field: str, sentence: str) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        monitor = await add_monitor(client, active=False)
        document = (await client.call("getMonitor", monitor))["monitor"]
        del document["id"]
        added = {key: value for key, value in document.items() if key != "active"}
        refused = {"ok": False, "msg": sentence}
        assert await client.call("add", {**added, "active": False, field: 7}) == refused
        assert await client.call("editMonitor", {**document, "id": monitor, field: 7}) == refused
        assert (await client.call("getMonitor", monitor))["monitor"][field] is None


async def test_a_monitor_needs_a_type(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        for document in ({}, {"type": ""}, {"name": "m", "type": None}):
            assert await client.call("add", document) == {"ok": False, "msg": "The monitor needs a type."}
        assert await client.call("getMonitorList") == {"ok": True}
        assert client.pushed("monitorList")[-1] == [{}]


async def test_apply_to_all_monitors(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        monitor = await add_monitor(client, active=False)
        client.forget()
        saved = await client.call("addProxy", {**SENT, "applyExisting": True}, None)
        assert client.names() == ["proxyList", "monitorList"]
        ((monitors,),) = client.pushed("monitorList")
        assert monitors[str(monitor)]["proxyId"] == saved["id"]
    async with running(tmp_path) as server, server.logged_in() as client:
        shown = await client.call("getMonitor", monitor)
        assert shown["monitor"]["proxyId"] == saved["id"], "it is on disk, too"
        await client.call("deleteProxy", saved["id"])
    async with running(tmp_path) as server, server.logged_in() as client:
        assert (await client.call("getMonitor", monitor))["monitor"]["proxyId"] is None


async def test_the_environment_s_proxy_is_for_monitors_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxying("http") as proxy, serve(answer()) as target:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        async with running(tmp_path) as server, server.logged_in() as client:
            await add_monitor(client, url=f"http://service.invalid:{target.port}/")
            assert await beat(client) == (1, "200 - OK")
    assert len(proxy.told) == 1


async def test_messages_go_through_a_proxy_of_their_own(tmp_path: Path) -> None:
    async with (
        proxying("socks5") as proxy,
        serve(answer()) as target,
        running(tmp_path, notification_proxy=f"socks5h://127.0.0.1:{proxy.port}") as server,
        server.logged_in() as client,
    ):
        url = f"http://hook.invalid:{target.port}/"
        webhook = {"name": "n", "type": "webhook", "webhookURL": url, "webhookContentType": "json"}
        assert (await client.call("testNotification", webhook))["ok"] is True
    assert proxy.told == [f"hook.invalid:{target.port}"]


async def test_a_bad_proxy_is_told_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StartupError, match="notification_proxy cannot be used"):
        async with running(tmp_path, notification_proxy="ftp://x"):
            pass
    monkeypatch.setenv("HTTPS_PROXY", "http://x:y")
    with pytest.raises(StartupError, match="HTTPS_PROXY cannot be used"):
        async with running(tmp_path):
            pass
