"""Accounts as clients see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuma_lite import __version__
from kuma_lite.core.access import Right
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.doors import Caller, Doors, Push, actor_of
from tests.support.frame import PASSWORD, USER, Server, frame
from tests.support.sio import NO_ANSWER, connect

WRONG = {"ok": False, "msg": "authIncorrectCreds", "msgi18n": True}
INVALID = {"ok": False, "msg": "authInvalidToken", "msgi18n": True}
TOO_FREQUENT = {"ok": False, "msg": "Too frequently, try again later."}
NOT_LOGGED_IN = {"ok": False, "msg": "You are not logged in."}
NEW = "an0ther-Good"


def lists(push: Push) -> list[Doors]:
    """A feature that sends its list to everybody of the user who logs in."""

    async def send(caller: Caller) -> None:
        await push.to_audience(actor_of(caller).myself(Right.ACCOUNT), "someList", [])

    return [Doors(on_login=send, login_order=30)]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with frame(tmp_path, lists, clock=ManualClock()) as running:
        yield running


def credentials(**more: object) -> dict[str, object]:
    return {"username": USER, "password": PASSWORD, "token": "", **more}


async def test_first_start(server: Server) -> None:
    async with connect(server.url) as client:
        await client.wait_for("loginRequired")
        assert client.names() == ["info", "setup", "loginRequired"]
        assert await client.ask("needSetup") == [True]
        assert await client.call("login", credentials()) == WRONG
        weak = {"ok": False, "msg": "passwordTooWeak", "msgi18n": True}
        assert await client.call("setup", USER, "short") == weak
        assert await client.call("setup", USER, PASSWORD) == {
            "ok": True,
            "msg": "successAdded",
            "msgi18n": True,
        }
        assert await client.ask("needSetup") == [False]
        refused = await client.call("setup", "second", PASSWORD)
        assert (refused["ok"], refused["msgi18n"]) == (False, False)
        assert await client.call("getSettings") == NOT_LOGGED_IN, "setting up does not log in"


async def test_later_connections_are_asked_to_log_in(server: Server) -> None:
    await server.set_up()
    async with connect(server.url) as client:
        await client.wait_for("loginRequired")
        assert client.names() == ["info", "loginRequired"]


async def test_all_lists_come_before_the_answer(server: Server) -> None:
    await server.set_up()
    async with connect(server.url) as client:
        await client.wait_for("loginRequired")
        client.forget()
        answer = await client.call("login", credentials())
        assert answer["ok"] is True
        assert client.names() == ["info", "someList", "initServerTimezone"]


async def test_a_second_client_s_log_in_sends_the_lists_to_the_first_as_well(server: Server) -> None:
    async with server.logged_in() as first:
        first.forget()
        async with server.logged_in():
            await first.wait_for("someList")
        assert "info" not in first.names(), "that goes to the new one alone"


@pytest.mark.parametrize("data", [None, 0, "", False])
async def test_login_with_nothing_is_not_answered(server: Server, data: object) -> None:
    await server.set_up()
    async with connect(server.url) as client:
        assert await client.call_in_vain("login", data) is NO_ANSWER


@pytest.mark.parametrize(
    "data", [{}, [], "text", 1, {"username": USER}, {"username": USER, "password": None}]
)
async def test_odd_credentials_are_wrong_ones(server: Server, data: object) -> None:
    await server.set_up()
    async with connect(server.url) as client:
        assert await client.call("login", data) == WRONG


async def test_logging_out_is_answered_without_argument(server: Server) -> None:
    async with server.logged_in() as client:
        assert await client.ask("logout") == []
        assert await client.call("getSettings") == NOT_LOGGED_IN


async def test_tokens(server: Server) -> None:
    await server.set_up()
    async with connect(server.url) as client:
        for token in ("nonsense", "", None, 5):
            assert await client.call("loginByToken", token) == INVALID
        assert await client.call("loginByToken", await server.token()) == {"ok": True}
        assert (await client.call("getSettings"))["ok"] is True


async def test_log_ins_and_log_outs_share_a_limiter_tokens_do_not(server: Server) -> None:
    await server.set_up()
    token = await server.token()
    async with connect(server.url) as client:
        for _ in range(19):
            await client.call("login", {"username": ""})
        assert await client.ask("logout") == []
        assert await client.call("login", credentials()) == TOO_FREQUENT
        assert await client.call("logout") == TOO_FREQUENT
        assert await client.call("loginByToken", token) == {"ok": True}
        assert isinstance(server.clock, ManualClock)
        server.clock.advance(61)
        assert (await client.call("login", credentials()))["ok"] is True


async def test_the_two_factor_limiter_comes_before_the_guard(server: Server) -> None:
    async with connect(server.url) as client:
        for _ in range(30):
            assert await client.call("prepare2FA", "x") == NOT_LOGGED_IN
        assert await client.call("save2FA", "x") == TOO_FREQUENT
        assert await client.call("verifyToken", "x", "x") == NOT_LOGGED_IN


async def test_changing_the_password_throws_everybody_else_out(server: Server) -> None:
    """GHSA-88j4-pcx8-q4q3: sessions that are open already must not survive."""
    async with (
        server.logged_in() as mine,
        server.logged_in() as other,
        server.logged_in("/page") as page,
        connect(server.url) as guest,
    ):
        old = await server.token()
        answer = await mine.call("changePassword", {"currentPassword": PASSWORD, "newPassword": NEW})
        assert (answer["ok"], answer["msg"]) == (True, "successAuthChangePassword")
        for client in (other, page):
            await client.wait_for("refresh")
            await asyncio.wait_for(client.disconnected.wait(), 20)
        assert (await mine.call("getSettings"))["ok"] is True
        assert await guest.call("loginByToken", old) == INVALID
        assert await guest.call("loginByToken", answer["token"]) == {"ok": True}
        assert "refresh" not in guest.names()


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ({}, {"ok": False, "msg": "Invalid new password", "msgi18n": False}),
        ("x", {"ok": False, "msg": "Invalid new password", "msgi18n": False}),
        ({"newPassword": NEW}, {"ok": False, "msg": "Wrong data type?", "msgi18n": False}),
        (
            {"currentPassword": PASSWORD, "newPassword": "weak"},
            {"ok": False, "msg": "passwordTooWeak", "msgi18n": True},
        ),
    ],
)
async def test_refused_changes_always_say_whether_the_message_is_a_key(
    server: Server, form: object, answer: object
) -> None:
    async with server.logged_in() as client:
        assert await client.call("changePassword", form) == answer


async def test_disconnect_others(server: Server) -> None:
    async with server.logged_in() as mine, server.logged_in() as other, connect(server.url) as guest:
        await mine.emit("disconnectOtherSocketClients")
        await other.wait_for("refresh")
        assert (await mine.call("getSettings"))["ok"] is True
        assert await guest.call("needSetup") is False


async def test_two_factor_authentication(server: Server) -> None:
    async with server.logged_in() as client:
        assert await client.call("twoFAStatus") == {"ok": True, "status": False}
        prepared = await client.call("prepare2FA", PASSWORD)
        assert prepared["uri"].startswith("otpauth://")
        wrong = {"ok": False, "msg": "authInvalidToken", "msgi18n": True, "valid": False}
        assert await client.call("verifyToken", "000000", PASSWORD) == wrong
        saved = await client.call("save2FA", PASSWORD)
        assert saved == {"ok": True, "msg": "2faEnabled", "msgi18n": True}
        assert await client.call("twoFAStatus") == {"ok": True, "status": True}
        async with connect(server.url) as other:
            assert await other.call("login", credentials()) == {"tokenRequired": True}
            assert await other.call("login", credentials(token="123")) == INVALID
        assert await client.call("disable2FA", "wrong") == {
            "ok": False,
            "msg": "Incorrect current password",
        }
        assert (await client.call("disable2FA", PASSWORD))["msg"] == "2faDisabled"


async def test_with_authentication_off_clients_are_logged_in(server: Server) -> None:
    await server.set_up()
    await server.settings.save_general({"disableAuth": True})
    async with connect(server.url) as client:
        await client.wait_for("autoLogin")
        assert "loginRequired" not in client.names()
        assert client.names()[-1] == "autoLogin", "all lists come before"
        assert (await client.call("getSettings"))["ok"] is True


async def test_with_authentication_off_an_empty_server_still_wants_setting_up(server: Server) -> None:
    await server.settings.save_general({"disableAuth": True})
    async with connect(server.url) as client:
        await client.wait_for("loginRequired")
        assert "setup" in client.names()
        assert await client.call("getSettings") == NOT_LOGGED_IN


async def test_the_page_is_greeted_in_one_message(server: Server) -> None:
    async with connect(server.url, "/page") as page:
        (hello,) = await page.wait_for("hello")
        assert hello == {
            "version": __version__,
            "needSetup": True,
            "loginRequired": True,
            "serverTimezone": "UTC",
            "primaryBaseURL": None,
        }
        assert page.names() == ["hello"]
        await page.call("setup", USER, PASSWORD)
        answer = await page.call("login", credentials())
        assert answer["ok"] is True
        assert page.names() == ["hello"], "no compatible lists here"
    await server.settings.save_general({"disableAuth": True})
    async with connect(server.url, "/page") as page:
        (hello,) = await page.wait_for("hello")
        assert (hello["needSetup"], hello["loginRequired"]) == (False, False)
        assert (await page.call("getSettings"))["ok"] is True


async def test_passwords_and_tokens_stay_out_of_the_log(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with connect(server.url) as client:
        await client.call("setup", USER, PASSWORD)
        await client.call("login", credentials(password="wr0ng-one"))
        token = (await client.call("login", credentials()))["token"]
    assert "127.0.0.1" in caplog.text
    for secret in (PASSWORD, "wr0ng-one", token):
        assert secret not in caplog.text
