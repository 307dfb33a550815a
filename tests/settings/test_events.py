"""Settings as clients see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuma_lite import UPTIME_KUMA_VERSION
from tests.support.frame import PASSWORD, Server, frame
from tests.support.sio import NO_ANSWER, connect

SAVED = {"ok": True, "msg": "Saved.", "msgi18n": True}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with frame(tmp_path, environment_zone="") as running:
        await running.settings.save_general({"serverTimezone": "Asia/Kolkata"})
        yield running


async def test_guests_are_told_no_version(server: Server) -> None:
    async with connect(server.url) as client:
        (info,) = await client.wait_for("info")
        assert info == {
            "primaryBaseURL": None,
            "serverTimezone": "Asia/Kolkata",
            "serverTimezoneOffset": "+05:30",
        }


async def test_users_are(server: Server) -> None:
    async with server.logged_in() as client:
        info = client.pushed("info")[-1][0]
        assert (info["version"], info["dbType"], info["isContainer"]) == (
            UPTIME_KUMA_VERSION,
            "sqlite",
            False,
        )
        assert info["latestVersion"] is None
        assert set(info["runtime"]) == {"platform", "arch"}


async def test_saving_is_answered_and_then_announced(server: Server) -> None:
    async with server.logged_in() as client:
        client.forget()
        values = {"primaryBaseURL": "https://kuma.example", "serverTimezone": "UTC"}
        assert await client.call("setSettings", values, "") == SAVED
        (info,) = await client.wait_for("info")
        assert (info["primaryBaseURL"], info["serverTimezoneOffset"]) == ("https://kuma.example", "+00:00")
        answer = await client.call("getSettings")
        assert answer == {"ok": True, "data": values}


@pytest.mark.parametrize("data", [None, "text", 5])
async def test_settings_have_to_be_an_object(server: Server, data: object) -> None:
    async with server.logged_in() as client:
        answer = await client.call("setSettings", data, "")
        assert answer["ok"] is False
        assert "msgi18n" not in answer


@pytest.mark.parametrize("data", [{}, []])
async def test_saving_nothing_is_fine(server: Server, data: object) -> None:
    async with server.logged_in() as client:
        assert await client.call("setSettings", data, None) == SAVED


async def test_without_the_second_argument_nothing_happens(server: Server) -> None:
    async with server.logged_in() as client:
        assert await client.call_in_vain("setSettings", {"checkBeta": True}) is NO_ANSWER
        assert server.settings.get("checkBeta") is None


async def test_an_unknown_zone_is_refused(server: Server) -> None:
    async with server.logged_in() as client:
        refused = {"ok": False, "msg": "Invalid timezone:Mars/Olympus"}
        assert await client.call("setSettings", {"serverTimezone": "Mars/Olympus"}, "") == refused


async def test_the_browser_is_asked_for_its_zone_until_it_answers(server: Server) -> None:
    async with server.logged_in() as client:
        await client.wait_for("initServerTimezone")
        client.forget()
        await client.emit("initServerTimezone", "Nowhere/Land")
        await client.emit("initServerTimezone", "Asia/Tokyo")
        (info,) = await client.wait_for("info")
        assert (info["serverTimezone"], client.names()) == ("Asia/Tokyo", ["info"])
    async with server.logged_in() as client:
        assert "initServerTimezone" not in client.names()


@pytest.mark.parametrize(
    ("password", "message"),
    [("", "Incorrect current password"), ("wrong", "Incorrect current password"), (None, "Wrong data type?")],
)
async def test_switching_authentication_off_takes_the_password(
    server: Server, password: object, message: str
) -> None:
    async with server.logged_in() as client:
        refused = {"ok": False, "msg": message}
        assert await client.call("setSettings", {"disableAuth": True}, password) == refused
        assert not server.settings.get("disableAuth")


async def test_switching_it_on_again_throws_everybody_else_out(server: Server) -> None:
    """GHSA-23q2-5gf8-gjpp: who came in without a password must not stay."""
    async with server.logged_in() as client:
        assert await client.call("setSettings", {"disableAuth": True}, PASSWORD) == SAVED
        assert await client.call("setSettings", {"disableAuth": True}, None) == SAVED, "it is off already"
        async with connect(server.url) as stranger, connect(server.url, "/page") as page:
            await stranger.wait_for("autoLogin")
            await page.wait_for("hello")
            assert await client.call("setSettings", {"checkBeta": True}, None) == SAVED
            assert (await stranger.call("getSettings"))["ok"] is True, "nothing was said about it"
            assert await client.call("setSettings", {"disableAuth": False}, "") == SAVED
            for thrown_out in (stranger, page):
                await thrown_out.wait_for("refresh")
                await asyncio.wait_for(thrown_out.disconnected.wait(), 20)
        assert (await client.call("getSettings"))["ok"] is True


async def test_our_page_sees_no_keys_and_keeps_them(server: Server) -> None:
    async with server.logged_in() as client:
        keys = {"steamAPIKey": "steam-key-word", "globalpingApiToken": ""}
        assert await client.call("setSettings", keys, "") == SAVED
    async with connect(server.url, "/page") as page:
        await page.call("login", {"username": "admin", "password": PASSWORD})
        shown = (await page.call("getSettings"))["data"]
        assert (shown["steamAPIKey"], shown["globalpingApiToken"]) == ("\u0000keep", "")
        assert await page.call("setSettings", {**shown, "globalpingApiToken": "new"}, "") == SAVED
        assert server.settings.get("steamAPIKey") == "steam-key-word"
        assert server.settings.get("globalpingApiToken") == "new"
        assert await page.call("setSettings", {**shown, "steamAPIKey": ""}, "") == SAVED
        assert not server.settings.get("steamAPIKey")


async def test_a_site_that_is_none_is_refused_where_it_is_written(server: Server) -> None:
    async with server.logged_in() as client:
        refused = await client.call("setSettings", {"apiCorsOrigins": ["shop.example"]}, "")
        assert (refused["ok"], refused["field"]) == (False, "apiCorsOrigins")
        assert refused["msg"].startswith("shop.example is not the origin")
        assert await client.call("setSettings", {"apiCorsOrigins": ["https://shop.example"]}, "") == SAVED
        await server.settings.set("apiCorsOrigins", "from before")
        kept = {"apiCorsOrigins": "from before", "checkBeta": True}
        assert await client.call("setSettings", kept, "") == SAVED
