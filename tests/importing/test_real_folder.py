"""The data folder of a real Uptime Kuma 2.5.3, taken over whole, as a well-known client then sees it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.importing.bringing import bring
from tests.support.served import PASSWORD, USER, Server, serving
from tests.support.storage import ManualClock, opened

FOLDER = Path(__file__).parent / "data" / "kuma-2.5.3"

uptime_kuma_api = pytest.importorskip("uptime_kuma_api")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """What the real one had stored."""
    copy = tmp_path_factory.mktemp("theirs") / "kuma.db"
    copy.write_bytes((FOLDER / "kuma.db").read_bytes())
    connection = sqlite3.connect(copy)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real") / "data"
    outcome = asyncio.run(bring(FOLDER, folder))
    assert outcome.report.left == {}, "whole"
    return folder


@pytest.fixture(scope="module")
def server(ours: Path) -> Iterator[Server]:
    with serving(ours) as running:
        yield running


@pytest.fixture(scope="module")
def api(server: Server) -> Iterator[Any]:
    with uptime_kuma_api.UptimeKumaApi(server.url, timeout=20) as client:
        client.login(USER, PASSWORD)
        yield client


def test_monitors(api: Any, theirs: sqlite3.Connection) -> None:
    found = {monitor["id"]: monitor for monitor in api.get_monitors()}
    rows = theirs.execute("SELECT * FROM monitor").fetchall()
    assert len(found) == len(rows) == 16
    for row in rows:
        monitor = found[row["id"]]
        for key, column in (
            ("name", "name"), ("type", "type"), ("url", "url"), ("hostname", "hostname"), ("port", "port"),
            ("interval", "interval"), ("retryInterval", "retry_interval"), ("timeout", "timeout"),
            ("parent", "parent"), ("pushToken", "push_token"), ("headers", "headers"),
            ("basic_auth_pass", "basic_auth_pass"), ("mqttPassword", "mqtt_password"),
            ("databaseConnectionString", "database_connection_string"), ("docker_host", "docker_host"),
            ("proxyId", "proxy_id"), ("description", "description"), ("weight", "weight"),
        ):  # fmt: skip
            assert monitor[key] == row[column], (row["name"], key)
        assert monitor["active"] is bool(row["active"])
    assert found[9]["conditions"][0]["operator"] == "contains"


def test_all_beats(api: Any, theirs: sqlite3.Connection, ours: Path) -> None:
    kept = api.get_heartbeats()
    query = "SELECT * FROM heartbeat WHERE monitor_id = ? ORDER BY id DESC LIMIT 50"
    for monitor_id in (1, 3, 4, 10):
        by_id = {beat["id"]: beat for beat in kept[monitor_id]}
        rows = theirs.execute(query, (monitor_id,)).fetchall()
        assert rows
        for row in rows:
            beat = by_id[row["id"]]
            for key in ("time", "end_time", "status", "msg", "ping", "duration", "down_count", "retries"):
                assert beat[key] == row[key], key
    connection = sqlite3.connect(ours / "kuma-lite.db")
    events = connection.execute("SELECT count(*) FROM beat_event WHERE id <= 231").fetchone()
    connection.close()
    assert events == theirs.execute("SELECT count(*) FROM heartbeat WHERE important").fetchone()[:1]


async def test_charts(theirs: sqlite3.Connection, tmp_path: Path) -> None:
    await bring(FOLDER, tmp_path)
    newest = theirs.execute("SELECT max(timestamp) FROM stat_minutely").fetchone()[0]
    async with opened(tmp_path, clock=ManualClock(newest)) as storage:
        for hours, table in ((24, "stat_minutely"), (48, "stat_hourly"), (24 * 360, "stat_daily")):
            shown = {row["timestamp"]: row for row in await storage.store.chart(3, hours, newest)}
            stored = theirs.execute(f"SELECT * FROM {table} WHERE monitor_id = 3").fetchall()
            assert len(stored) == len([row for row in shown.values() if row["up"]]) > 0
            for row in stored:
                found = shown[row["timestamp"]]
                assert (found["up"], found["down"]) == (row["up"], row["down"])
                assert found["avgPing"] == pytest.approx(row["ping"])
                assert (found["minPing"], found["maxPing"]) == (row["ping_min"], row["ping_max"])


def test_everything_else(api: Any) -> None:
    assert [item["name"] for item in api.get_notifications()] == ["hook", "mail", "tg"]
    assert api.get_notifications()[2]["telegramBotToken"] == "123:abc"
    assert [(item["host"], item["password"]) for item in api.get_proxies()] == [("127.0.0.1", "p")]
    assert [item["dockerDaemon"] for item in api.get_docker_hosts()] == ["/var/run/docker.sock"]
    assert [item["name"] for item in api.get_api_keys()] == ["prom"]
    assert [item["name"] for item in api.get_tags()] == ["prod", "région é"]
    plans = {item["title"]: item for item in api.get_maintenances()}
    assert len(plans) == 6
    assert plans["dom"]["cron"] == "0 2 1,15,L * *"
    assert api.get_monitor_maintenance(3)[0]["id"] == 7
    settings = api.get_settings()
    assert settings["serverTimezone"] == "Europe/Berlin"
    assert settings["tlsExpiryNotifyDays"] == [7, 14]


def test_status_pages(api: Any) -> None:
    assert [page["slug"] for page in api.get_status_pages()] == ["main", "hidden"]
    page = api.get_status_page("main")
    assert page["icon"].startswith("/upload/logo1.png")
    assert page["domainNameList"] == ["status.example.com"]
    assert [group["name"] for group in page["publicGroupList"]] == ["Core", "Other"]
    assert [item["id"] for item in page["publicGroupList"][0]["monitorList"]] == [3, 4]
