"""Secrets stay where they are: not in the log at its most talkative, not on public pages."""

from __future__ import annotations

import json
from pathlib import Path

from tests.security.examples import DOCKER, KEY, MONITOR, PAGE, PROXY, WEBHOOK
from tests.support import http
from tests.support.served import PASSWORD, USER, Server
from tests.support.sio import connect

WORD = "Zq7-hush-"  # every secret begins with it


async def test_no_secret_in_the_log_or_in_public(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", "--log-level", "debug")
    server.start()
    try:
        shown = await _use_everything(server.url)
    finally:
        server.stop()
    log = server.text()
    assert "is ready" in log and "Stopping" in log
    lines = [line for line in (log + shown).splitlines() if WORD in line or PASSWORD in line]
    assert [line[:3000] for line in lines] == []


async def _use_everything(url: str) -> str:
    """Every feature that is told a secret; returns what strangers are shown afterwards."""
    async with connect(url) as client, connect(url, "/page") as page:
        await client.call("setup", USER, PASSWORD)
        assert (await client.call("login", {"username": USER, "password": WORD + "wrong"}))["ok"] is False
        token = (await client.call("login", {"username": USER, "password": PASSWORD}))["token"]
        assert await page.call("loginByToken", token) == {"ok": True}
        await client.call("loginByToken", WORD + "token")
        monitor = {
            **MONITOR, "type": "http", "url": f"http://user:{WORD}url@127.0.0.1:1/?token={WORD}query",
            "authMethod": "basic", "basic_auth_user": "u", "basic_auth_pass": WORD + "basic",
            "headers": json.dumps({"Authorization": f"Bearer {WORD}header"}),
            "body": json.dumps({"k": WORD + "body"}),
        }  # fmt: skip
        number = (await client.call("add", monitor))["monitorID"]
        await client.wait_for("heartbeat")
        await client.call("add", {**MONITOR, "pushToken": WORD + "push"})
        await http.get(f"{url}/api/push/{WORD}push?msg=x")
        await http.get(f"{url}/api/push/{WORD}unknown")
        await client.call("addProxy", {**PROXY, "password": WORD + "proxy"}, None)
        hook = {**WEBHOOK, "webhookURL": f"http://127.0.0.1:1/?key={WORD}hook"}
        await client.call("addNotification", hook, None)
        await client.call("testNotification", hook)
        await client.call("testDockerHost", {**DOCKER, "dockerDaemon": f"http://u:{WORD}docker@127.0.0.1:1"})
        await client.call("addAPIKey", {**KEY, "name": "key"})
        await http.get(f"{url}/metrics", headers={"Authorization": "Basic OlpxNy1odXNoLWtleQ=="})
        await http.get(f"{url}/api/v1/figures", headers={"Authorization": f"Bearer {WORD}session"})
        change = {"currentPassword": WORD + "old", "newPassword": WORD + "New1"}
        await client.call("changePassword", change)
        await client.call("prepare2FA", PASSWORD)
        await client.call("setSettings", {"steamAPIKey": WORD + "steam", "checkUpdate": False}, "")
        await client.call("addStatusPage", "Shop", "shop")
        members = [{"id": number, "sendUrl": False}]
        await client.call("saveStatusPage", "shop", PAGE, "", [{"name": "G", "monitorList": members}])
        for event in ("changes", "beats", "notificationsChanged"):
            await page.wait_for(event)
        lists = "\n".join(map(json.dumps, page.events))
        summary = f"{await page.call('summary')}\n{await page.call('notifications')}"
    paths = ("/status/shop", "/api/status-page/shop", "/api/status-page/heartbeat/shop", "/api/v1/figures")
    public = "\n".join([(await http.get(url + path)).text for path in paths])
    return f"\n{public}\n{lists}\n{summary}"
