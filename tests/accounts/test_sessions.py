"""Session tokens end with log-out and when nobody has used them for a month."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.accounts.sessions import LIFETIME_S
from kuma_lite.accounts.tokens import token_id
from kuma_lite.core.clock import ManualClock
from tests.support import http
from tests.support.appliance import CREDENTIALS, Running, running
from tests.support.sio import connect

DAY = 86_400.0
INVALID = {"ok": False, "msg": "authInvalidToken", "msgi18n": True}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def server(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Running]:
    async with running(tmp_path / "data", clock=clock) as started, started.logged_in():
        yield started


async def token_of(server: Running) -> str:
    async with connect(server.url) as client:
        return str((await client.call("login", CREDENTIALS))["token"])


async def opens(server: Running, token: str) -> bool:
    """By socket and by HTTP alike."""
    async with connect(server.url) as client:
        answer: Any = await client.call("loginByToken", token)
    headers = {"Authorization": f"Bearer {token}"}
    status = (await http.get(f"{server.url}/api/v1/figures", headers=headers)).status
    assert (answer, status) in (({"ok": True}, 200), (INVALID, 401))
    return status == 200


async def rows(server: Running) -> list[Any]:
    return await server.appliance._ground.database.read(
        lambda db: db.execute("SELECT id, used_at, ended FROM session_token").fetchall()
    )


@pytest.mark.parametrize("namespace", ["/", "/page"])
@pytest.mark.parametrize("event", ["login", "loginByToken"])
async def test_log_out_ends_the_token(server: Running, namespace: str, event: str) -> None:
    mine, other = await token_of(server), await token_of(server)
    async with connect(server.url, namespace) as client:
        if event == "login":
            mine = (await client.call("login", CREDENTIALS))["token"]
        else:
            assert await client.call("loginByToken", mine) == {"ok": True}
        assert await client.ask("logout") == []
    assert not await opens(server, mine)
    assert await opens(server, other), "given in the same second, and another session"


async def test_the_token_of_a_new_password_ends_with_log_out(server: Running) -> None:
    async with server.logged_in() as client:
        change = {"currentPassword": CREDENTIALS["password"], "newPassword": "An0ther-word"}
        token = (await client.call("changePassword", change))["token"]
        assert await client.ask("logout") == []
    assert not await opens(server, token)


async def test_ended_tokens_stay_so_after_a_restart(tmp_path: Path, clock: ManualClock) -> None:
    async with running(tmp_path / "data", clock=clock) as server, server.logged_in():
        ended, kept = await token_of(server), await token_of(server)
        async with connect(server.url) as client:
            await client.call("loginByToken", ended)
            await client.ask("logout")
    async with running(tmp_path / "data", clock=clock) as server:
        assert not await opens(server, ended)
        assert await opens(server, kept)
        assert {row[0] for row in await rows(server) if row[2]} == {token_id(ended)}
    clock.advance(LIFETIME_S + 10)
    async with running(tmp_path / "data", clock=clock) as server:
        assert await rows(server) == [], "what has expired needs no row"
        assert not await opens(server, ended)


async def test_a_token_expires_that_nobody_uses(server: Running, clock: ManualClock) -> None:
    token = await token_of(server)
    clock.advance(LIFETIME_S)
    unused = await token_of(server)
    assert await opens(server, token)
    clock.advance(LIFETIME_S + 1)
    assert not await opens(server, unused)


async def test_use_makes_it_last(server: Running, clock: ManualClock) -> None:
    token = await token_of(server)
    for _ in range(5):
        clock.advance(LIFETIME_S - DAY)
        assert await opens(server, token)
    assert [row[0] for row in await rows(server)].count(token_id(token)) == 1
    clock.advance(LIFETIME_S + 1)
    assert not await opens(server, token)


async def test_use_within_a_day_costs_no_writing(server: Running, clock: ManualClock) -> None:
    token = await token_of(server)
    before = await rows(server)
    clock.advance(DAY / 2)
    assert await opens(server, token)
    assert await rows(server) == before


async def test_an_open_page_is_use(server: Running, clock: ManualClock) -> None:
    token = await token_of(server)
    async with connect(server.url, "/page") as page:
        assert await page.call("loginByToken", token) == {"ok": True}
        for _ in range(3):
            clock.advance(LIFETIME_S - DAY)
            await server.appliance._note_sessions()
    assert await opens(server, token)


async def test_a_clock_that_is_set_back_ends_nothing(server: Running, clock: ManualClock) -> None:
    token = await token_of(server)
    clock.jump(-400 * DAY)
    assert await opens(server, token)
