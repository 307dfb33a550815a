"""Pictures of pages: stored, shown in the monitor, served to who knows the address."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from pathlib import Path

import pytest

from kuma_lite.accounts.service import SIGNING_SETTING
from kuma_lite.accounts.tokens import read_token
from kuma_lite.core.errors import UserError
from tests.checks.peers import Answer, web_server
from tests.peers import chromium
from tests.requires import needs_program
from tests.support import http
from tests.support.appliance import Running, add_monitor, running
from tests.support.sio import Client

PNG = b"\x89PNG\r\nnot really"


async def shown(client: Client, monitor_id: int) -> str | None:
    answer = await client.call("getMonitor", monitor_id)
    screenshot: str | None = answer["monitor"]["screenshot"]
    return screenshot


def secret(server: Running) -> str:
    found: str = server.appliance._ground.settings.get(SIGNING_SETTING)
    return found


async def test_a_picture(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        network = server.appliance._ground.network
        number = await add_monitor(client, type="real-browser", url="http://127.0.0.1:9/", active=False)
        other = await add_monitor(client, type="http", url="http://127.0.0.1:9/", active=False)
        assert await shown(client, other) is None
        address = await shown(client, number)
        assert address is not None and address.startswith("/screenshots/") and address.endswith(".png")
        # As the original makes them: HS256 over the bare number, so that links in its messages stay good.
        head, body, signature = address.removeprefix("/screenshots/").removesuffix(".png").split(".")
        assert base64.urlsafe_b64decode(head + "=") == b'{"alg":"HS256"}'
        assert base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)) == str(number).encode()
        right = hmac.digest(secret(server).encode(), f"{head}.{body}".encode(), hashlib.sha256)
        assert base64.urlsafe_b64decode(signature + "=") == right
        assert read_token(f"{head}.{body}.{signature}", secret(server)) is None  # nobody logs in with it

        missing = await http.get(server.url + address)
        assert missing.body != PNG
        await network.keep_screenshot(number, b"older")
        await network.keep_screenshot(number, PNG)
        await network.keep_screenshot(12345, PNG)  # of a monitor that is not there any more
        served = await http.get(server.url + address)
        assert (served.status, served.body, served.headers["content-type"]) == (200, PNG, "image/png")
        assert served.headers["cache-control"] == "public, max-age=0"
        head_only = await http.request("HEAD", server.url + address)
        assert (head_only.status, head_only.body) == (200, b"")
        assert len(list((tmp_path / "screenshots").iterdir())) == 1
        assert (tmp_path / "screenshots").stat().st_mode & 0o077 == 0

        assert (await client.call("deleteMonitor", number))["ok"]
        async with asyncio.timeout(5):
            while list((tmp_path / "screenshots").iterdir()):
                await asyncio.sleep(0.01)


async def test_other_files_are_not_served(tmp_path: Path) -> None:
    folder = tmp_path / "screenshots"
    async with running(tmp_path) as server, server.logged_in() as client:
        number = await add_monitor(client, type="real-browser", url="http://127.0.0.1:9/", active=False)
        address = await shown(client, number)
        assert address is not None
        folder.mkdir()
        (folder / "plain.png").write_bytes(PNG)
        (folder / address.rpartition("/")[2]).symlink_to(tmp_path / "kuma-lite.db")
        for path in (
            address,
            "/screenshots/plain.png",
            "/screenshots/../kuma-lite.db",
            "/screenshots/a.b.c.png",
        ):
            answer = await http.get(server.url + path)
            assert not answer.body.startswith((PNG, b"SQLite")), path
        assert (await http.request("POST", server.url + address)).status in (403, 404)


async def test_pictures_that_belong_to_nobody_go_at_the_start(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        number = await add_monitor(client, type="real-browser", url="http://127.0.0.1:9/", active=False)
        await server.appliance._ground.network.keep_screenshot(number, PNG)
    folder = tmp_path / "screenshots"
    (kept,) = folder.iterdir()
    (folder / "a.b.c.png").write_bytes(PNG)
    (folder / "notes.txt").write_text("mine")
    async with running(tmp_path):
        assert {path.name for path in folder.iterdir()} == {kept.name, "notes.txt"}


async def test_a_picture_that_cannot_be_stored(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        number = await add_monitor(client, type="real-browser", url="http://127.0.0.1:9/", active=False)
        (tmp_path / "screenshots").write_text("a file")
        await server.appliance._ground.network.keep_screenshot(number, PNG)
    assert "The picture of a page cannot be stored" in caplog.text


@needs_program(chromium.PROGRAM)
async def test_a_page_from_the_check_to_the_picture(tmp_path: Path) -> None:
    hello = Answer(body=b"<h1>Hello", headers={"Content-Type": "text/html"})
    async with web_server({"/": hello}) as web, running(tmp_path) as server, server.logged_in() as client:
        number = await add_monitor(client, type="real-browser", url=web.url("/"), interval=60)
        async with asyncio.timeout(60):
            while not (beats := (await client.call("getMonitorBeats", number, 1))["data"]):
                await asyncio.sleep(0.1)
        assert (beats[-1]["status"], beats[-1]["msg"]) == (1, "200")
        address = await shown(client, number)
        assert address is not None
        served = await http.get(server.url + address)
        assert served.body.startswith(b"\x89PNG\r\n") and served.body.endswith(b"IEND\xaeB`\x82")
        network = server.appliance._ground.network
        (close,) = network.at_stop
        pid = close.__self__.browser.pid  # type: ignore[attr-defined]
        assert Path(f"/proc/{pid}").exists()
    assert not Path(f"/proc/{pid}").exists()
    assert network.at_stop == []


async def test_a_browser_that_may_not_be_started(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        assert (await client.call("setSettings", {"chromeExecutable": "/bin/sh"}, ""))["ok"]
        with pytest.raises(UserError, match="This Chromium executable path is not allowed by default"):
            server.appliance._ground.network.find_chromium()
        assert (await client.call("addRemoteBrowser", {"name": "a", "url": "ws://a.test"}, None))["ok"]
        find = server.appliance._ground.network.find_remote_browser
        assert (find(1), find(2)) == ("ws://a.test", None)
