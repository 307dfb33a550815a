"""What cannot be checked is shown with its sentence, alarms nobody, and counts for no uptime."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.notifications.sinks import HttpSink
from tests.support import http
from tests.support.appliance import Running, add_monitor, running
from tests.support.sio import Client

MISCONFIGURED = 4
PENDING = 2


async def add_hook(client: Client, sink: HttpSink) -> int:
    config = {"name": "hook", "type": "webhook", "webhookURL": sink.url, "webhookContentType": "json"}
    saved = await client.call("addNotification", {**config, "isDefault": True}, None)
    return int(saved["id"])


async def row_of(server: Running, number: int) -> dict[str, Any]:
    async with server.logged_in("/page") as page:
        summary = await page.call("summary")
    rows = [dict(zip(summary["columns"], row, strict=True)) for row in summary["rows"]]
    return next(row for row in rows if row["id"] == number)


async def notes(server: Running) -> dict[str, str]:
    answer = await http.get(f"{server.url}/readyz")
    assert answer.status == 200, "it is the monitor's trouble, not ours"
    found: dict[str, str] = answer.json()["notes"]
    return found


NOTE = "Monitors whose type or settings cannot be used here, and that are not checked: 1."


def break_document(folder: Path, number: int, document: str, kind: str) -> None:
    """As an import of nonsense may leave it."""
    with sqlite3.connect(folder / "kuma-lite.db") as database:
        database.execute("UPDATE monitor SET document = ?, type = ? WHERE id = ?", (document, kind, number))
        database.commit()


@pytest.mark.parametrize(
    ("document", "kind", "sentence"),
    [
        ('{"type": "chromecast"}', "chromecast", "Monitors of the type chromecast cannot be checked."),
        ('{"type": ""}', "", "Monitors of the type unknown cannot be checked."),
        ('{"type": "port", "hostname": "h", "port": "many"}', "port", None),
        ('{"type": "http", "url": ["x"]}', "http", None),
    ],
)
async def test_what_nobody_can_read_has_no_beats(
    tmp_path: Path, document: str, kind: str, sentence: str | None
) -> None:
    async with HttpSink() as sink:
        async with running(tmp_path) as server, server.logged_in() as client:
            hook = await add_hook(client, sink)
            number = await add_monitor(client, type="push", notificationIDList={str(hook): True})
        break_document(tmp_path, number, document, kind)
        async with running(tmp_path) as server, server.logged_in() as client:
            row = await row_of(server, number)
            assert row["status"] == MISCONFIGURED
            assert sentence is None or row["msg"] == sentence
            assert row["msg"].endswith(".") or ":" in row["msg"]
            assert row["uptime24"] is None
            assert await notes(server) == {"not-checked": NOTE}
            await client.call("needSetup")
            assert client.pushed("heartbeat") == []
        assert sink.got == []


async def test_what_a_check_cannot_do_is_pending_on_the_wire_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "spnego", None)
    sentence = "The driver is not installed here. Install it with: pip install 'pyspnego'"
    async with HttpSink() as sink, running(tmp_path) as server, server.logged_in() as client:
        hook = await add_hook(client, sink)
        asked = {"url": f"{sink.url}/checked", "authMethod": "ntlm", "interval": 20, "retryInterval": 20}
        number = await add_monitor(
            client, type="http", upsideDown=True, **asked, notificationIDList={str(hook): True}
        )
        (beat,) = await client.wait_for("heartbeat")
        assert (beat["status"], beat["msg"], beat.get("ping")) == (PENDING, sentence, None)
        row = await row_of(server, number)
        assert (row["status"], row["msg"], row["ping"]) == (MISCONFIGURED, sentence, None)
        notes_now = await notes(server)
        assert notes_now["not-checked"] == NOTE
        async with server.logged_in("/page") as page:
            shown = await page.call("monitor", number)
            # As if there had been no beat: neither up nor down.
            assert set(shown["uptime"].values()) == {0}
        chart = (await client.call("getMonitorChartData", number, 24))["data"]
        assert [(part["up"], part["down"]) for part in chart if part["up"] or part["down"]] == []
        assert sink.got == [], "nobody was told, and the target was not asked"

        monkeypatch.undo()
        async with server.logged_in("/page") as page:
            monitor = (await client.call("getMonitor", number))["monitor"]
            await client.call("editMonitor", {**monitor, "authMethod": None, "upsideDown": False})
            await page.wait_for("beats")
        row = await row_of(server, number)
        assert (row["status"], row["msg"]) == (1, "200 - OK")
        assert await notes(server) == {}
        async with server.logged_in("/page") as page:
            shown = await page.call("monitor", number)
        assert set(shown["uptime"].values()) == {1}, "what could not be checked counts for nothing"


async def test_the_page_is_told_of_it_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spnego", None)
    async with running(tmp_path) as server, server.logged_in() as client:
        async with server.logged_in("/page") as page:
            page.forget()
            number = await add_monitor(client, url="http://127.0.0.1:1/", authMethod="ntlm")
            await client.wait_for("heartbeat")
            while True:
                (changes,) = await page.wait_for("changes")
                rows = [row for row in changes["monitors"] if row[0] == number]
                if rows and rows[-1][7] is not None:
                    break
        assert rows[-1][7] == MISCONFIGURED
        assert page.pushed("beats") == []
