"""Everything of an Uptime Kuma, seen through the started appliance."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.accounts.rules import fingerprint, one_time_code
from kuma_lite.accounts.tokens import make_token
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.errors import UserError
from tests.importing.bringing import bring
from tests.importing.kumas import JWT_SECRET, PASSWORD_HASH, TWOFA_SECRET, VERSIONS, insert, make_kuma
from tests.support.appliance import CREDENTIALS, Running, running
from tests.support.http import get
from tests.support.sio import Client, connect


async def lists(client: Client) -> dict[str, Any]:
    """What is pushed after the log-in."""
    names = (
        "monitorList", "notificationList", "proxyList", "dockerHostList", "remoteBrowserList", "apiKeyList",
        "statusPageList", "maintenanceList",
    )  # fmt: skip
    return {name: (await client.wait_for(name))[0] for name in names}


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_version(version: str, tmp_path: Path) -> None:
    make_kuma(tmp_path / "kuma", version)
    outcome = await bring(tmp_path / "kuma", tmp_path / "ours")
    assert not outcome.before
    left = {str(name) for names in outcome.report.left.values() for name in names}
    assert "notification “line”" in left
    assert "groups on status pages: “Lost” (id 2)" in left
    async with running(tmp_path / "ours") as server, server.logged_in() as client:
        seen = await lists(client)
        await see_monitors(seen["monitorList"], version)
        await see_the_rest(client, seen, version)
        await see_status_page(server)


async def see_monitors(monitors: dict[str, Any], version: str) -> None:
    web, push, docker = monitors["5"], monitors["7"], monitors["9"]
    assert web["name"] == "web"
    assert web["basic_auth_pass"] == "http-secret"
    assert (web["authMethod"], web["httpBodyEncoding"]) == ("basic", "json")
    assert web["headers"] == '{"X-A": "b"}'
    assert web["accepted_statuscodes"] == ["200-299", "418"]
    assert (web["timeout"], web["retryInterval"], web["maxretries"]) == (48, 60, 2)
    assert (web["proxyId"], web["weight"]) == (4, 3000)
    assert web["notificationIDList"] == {"1": True}
    assert [(tag["name"], tag["value"]) for tag in web["tags"]] == [("région é", "a"), ("région é", "b")]
    assert push["pushToken"] == "abcdefghij"
    assert (docker["docker_host"], docker["docker_container"], docker["active"]) == (3, "c1", False)
    if version == "1.18":
        assert set(monitors) == {"5", "7", "9"}
        return
    assert (web["parent"], push["parent"]) == (10, 10)
    assert monitors["10"]["childrenIDs"] == [5, 7]
    assert monitors["11"]["jsonPathOperator"] == "=="
    assert monitors["13"]["game"] == ("left4dead2" if version == "2.5" else "l4d2")
    kafka = monitors["14"]
    assert kafka["kafkaProducerBrokers"] == ["127.0.0.1:9092"]
    assert kafka["kafkaProducerAllowAutoTopicCreation"] is False
    assert kafka["kafkaProducerSaslOptions"]["password"] == "kafka-secret"
    if version == "2.5":
        browser = monitors["15"]
        assert (browser["remote_browser"], browser["bearer_token"]) == (2, "bearer-secret")
        assert browser["conditions"][0]["variable"] == "record"


async def see_the_rest(client: Client, seen: dict[str, Any], version: str) -> None:
    (hook,) = seen["notificationList"]
    assert hook["id"] == 1
    assert "hook-secret" in hook["config"]
    (proxy,) = seen["proxyList"]
    assert (proxy["id"], proxy["password"], proxy["default"]) == (4, "proxy-secret", 1)
    (host,) = seen["dockerHostList"]
    assert (host["id"], host["dockerDaemon"]) == (3, "/var/run/docker.sock")
    settings = (await client.call("getSettings"))["data"]
    assert settings["primaryBaseURL"] == "https://kuma.example.com"
    assert settings["tlsExpiryNotifyDays"] == [7, 30]
    assert settings["keepDataPeriodDays"] == 180
    assert settings["entryPage"] == "dashboard"
    assert "database_version" not in settings
    page = seen["statusPageList"]["1"]
    assert (page["slug"], page["theme"], page["domainNameList"]) == ("main", "dark", ["status.example.com"])
    if version == "1.18":
        assert seen["maintenanceList"] == {}
        return
    assert (page["analyticsId"], page["analyticsType"]) == ("G-123", "google")
    (key,) = seen["apiKeyList"]
    assert (key["name"], key["status"], key["expires"]) == ("prom", "active", "2040-12-31 23:59:59")
    plans = seen["maintenanceList"]
    assert set(plans) == {"1", "2", "3", "4", "5"}
    assert (plans["3"]["cron"], plans["3"]["intervalDay"], plans["3"]["duration"]) == ("0 2  * * *", 3, 5400)
    assert (plans["4"]["cron"], plans["4"]["timezone"]) == ("0 2 * * 1,3", "UTC")
    assert (plans["5"]["cron"], plans["5"]["durationMinutes"]) == ("30 3 * * *", 30)
    assert [plans[number]["status"] for number in ("1", "2")] == ["inactive", "ended"]
    linked = await client.call("getMonitorMaintenance", 3)
    assert linked["monitors"] == [{"id": 5}]
    if version == "2.5":
        assert [item["url"] for item in seen["remoteBrowserList"]] == ["ws://127.0.0.1:3000"]


async def see_status_page(server: Running) -> None:
    page = (await get(f"{server.url}/api/status-page/main")).json()
    assert page["incidents"][0]["title"] == "We look into it"
    (group,) = page["publicGroupList"]
    assert group["name"] == "Core"
    assert [(item["id"], item["sendUrl"]) for item in group["monitorList"]] == [(5, 1)]
    picture = await get(f"{server.url}{page['config']['icon']}")
    assert picture.body == b"\x89PNG picture"


async def test_passwords_second_factors_and_sessions_go_on(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "1.23")
    connection = sqlite3.connect(database)
    connection.execute("UPDATE user SET twofa_status = 1")
    connection.commit()
    connection.close()
    await bring(tmp_path / "kuma", tmp_path / "ours")
    async with running(tmp_path / "ours") as server, connect(server.url) as client:
        assert await client.call("needSetup") is False
        assert (await client.call("login", CREDENTIALS))["tokenRequired"] is True
        code = one_time_code(TWOFA_SECRET, SystemClock().now())
        assert (await client.call("login", {**CREDENTIALS, "token": code}))["ok"] is True
        token = make_token(
            {"username": "admin", "h": fingerprint(PASSWORD_HASH), "iat": int(time.time())}, JWT_SECRET
        )
        assert (await client.call("loginByToken", token))["ok"] is True


async def test_certificates_and_warnings_that_were_sent(tmp_path: Path) -> None:
    make_kuma(tmp_path / "kuma", "1.23")
    await bring(tmp_path / "kuma", tmp_path / "ours")
    connection = sqlite3.connect(tmp_path / "ours" / "kuma-lite.db")
    assert connection.execute("SELECT monitor_id, fingerprint FROM monitor_tls").fetchall() == [(5, "AA:BB")]
    query = "SELECT monitor_id, kind, subject, days FROM expiry_warning"
    assert connection.execute(query).fetchall() == [(5, "certificate", "AA:BB", 30)]
    connection.close()


async def test_again_changes_nothing(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "2.5")
    first = await bring(tmp_path / "kuma", tmp_path / "ours", now=1_800_000_000)
    connection = sqlite3.connect(database)
    insert(connection, "tag", id=78, name="later", color="#fff")
    connection.commit()
    connection.close()
    second = await bring(database, tmp_path / "ours")
    assert second.before
    assert second.finished == first.finished == "2027-01-15 08:00:00"
    assert second.report == first.report


async def test_another_one_does_not_fit_in_any_more(tmp_path: Path) -> None:
    make_kuma(tmp_path / "kuma", "2.5")
    database = make_kuma(tmp_path / "other", "2.5")
    connection = sqlite3.connect(database)
    connection.execute("UPDATE setting SET value = 'another secret' WHERE key = 'jwtSecret'")
    connection.commit()
    connection.close()
    await bring(tmp_path / "kuma", tmp_path / "ours")
    with pytest.raises(UserError, match="another Uptime Kuma"):
        await bring(tmp_path / "other", tmp_path / "ours")


async def test_a_folder_in_use_is_not_touched(tmp_path: Path) -> None:
    make_kuma(tmp_path / "kuma", "2.5")
    async with running(tmp_path / "ours") as server, server.logged_in():
        pass
    with pytest.raises(UserError, match="in use already"):
        await bring(tmp_path / "kuma", tmp_path / "ours")
    async with running(tmp_path / "ours") as server, server.logged_in() as client:
        assert (await client.wait_for("monitorList"))[0] == {}


async def test_a_folder_that_was_only_started_is_empty(tmp_path: Path) -> None:
    make_kuma(tmp_path / "kuma", "2.5")
    async with running(tmp_path / "ours"):
        pass
    outcome = await bring(tmp_path / "kuma", tmp_path / "ours")
    assert outcome.report.taken["monitors"] == 9
    async with running(tmp_path / "ours") as server, connect(server.url) as client:
        assert (await client.call("login", CREDENTIALS))["ok"] is True


async def test_in_the_folder_of_uptime_kuma_itself(tmp_path: Path) -> None:
    make_kuma(tmp_path / "data", "1.23")
    outcome = await bring(tmp_path / "data", tmp_path / "data")
    assert outcome.report.taken["uploaded pictures"] == 1
    async with running(tmp_path / "data") as server, server.logged_in():
        await see_status_page(server)


async def test_files(tmp_path: Path) -> None:
    make_kuma(tmp_path / "kuma", "2.5")
    keys = tmp_path / "kuma" / "docker-tls" / "dock.example"
    keys.mkdir(parents=True)
    (keys / "ca.pem").write_text("certificate")
    (tmp_path / "kuma" / "upload" / "link.png").symlink_to("/etc/passwd")
    (tmp_path / "kuma" / "screenshots").mkdir()
    (tmp_path / "kuma" / "screenshots" / "a.png").write_bytes(b"x")
    outcome = await bring(tmp_path / "kuma", tmp_path / "ours")
    assert (tmp_path / "ours" / "docker-tls" / "dock.example" / "ca.pem").read_text() == "certificate"
    assert not (tmp_path / "ours" / "upload" / "link.png").exists()
    left = [str(name) for names in outcome.report.left.values() for name in names]
    assert "file “upload/link.png”" in left
    assert "screenshots" in left


async def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    database = make_kuma(tmp_path / "kuma", "2.5")
    connection = sqlite3.connect(database)
    connection.execute("UPDATE monitor SET conditions = 'no JSON', port = 'x' WHERE id = 5")
    connection.execute("UPDATE notification SET config = '{' WHERE id = 1")
    connection.execute("UPDATE monitor SET interval = 0 WHERE id = 7")
    connection.commit()
    connection.close()
    outcome = await bring(database, tmp_path / "ours")
    remarks = [str(name) for names in outcome.report.remarks.values() for name in names]
    assert "conditions of monitor “web”" in remarks
    (unread,) = outcome.report.left["its configuration cannot be read"]
    assert str(unread) == "notification “hook”"
    async with running(tmp_path / "ours") as server, server.logged_in() as client:
        (monitors,) = await client.wait_for("monitorList")
        assert monitors["5"]["conditions"] == []
        assert monitors["5"]["port"] is None
