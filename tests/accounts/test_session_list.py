"""Where one is logged in, and ending that, as our own page does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.accounts.reset import reset_password
from kuma_lite.accounts.sessions import LIFETIME_S
from kuma_lite.accounts.tokens import token_id
from kuma_lite.core.clock import ManualClock
from tests.support import http
from tests.support.appliance import CREDENTIALS, Running, running
from tests.support.sio import Client, connect

INVALID = {"ok": False, "msg": "authInvalidToken", "msgi18n": True}
NEW = "An0ther-word"


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


async def by_token(server: Running, token: str, namespace: str = "/page") -> Any:
    async with connect(server.url, namespace) as client:
        return await client.call("loginByToken", token)


async def listed(client: Client) -> list[dict[str, Any]]:
    answer = await client.call("sessions")
    assert answer["ok"] is True
    return list(answer["sessions"])


async def forget_rows(server: Running) -> None:
    """As if all tokens had been given before there were rows."""
    accounts = server.appliance._ground.accounts
    await accounts._database.write(lambda db: db.execute("DELETE FROM session_token"))
    await accounts.sessions.load()


async def test_lists_where_one_is_logged_in(server: Running, clock: ManualClock) -> None:
    await token_of(server)
    async with connect(server.url, "/page") as page:
        await page.call("login", CREDENTIALS)
        rows = await listed(page)
        (mine,) = [row for row in rows if row["current"]]
        assert mine["address"] == "127.0.0.1"
        assert mine["connected"] is True
        assert mine["since"] == mine["lastUsed"]
        assert mine["since"] == pytest.approx(clock.now() * 1000, abs=10_000)
        others = [row for row in rows if not row["current"]]
        assert len(others) == 2, "the fixture's and one that has gone"
        assert sum(row["connected"] for row in others) == 1


async def test_a_token_is_in_no_answer(server: Running) -> None:
    token = await token_of(server)
    async with connect(server.url, "/page") as page:
        await page.call("loginByToken", token)
        assert token not in str(await listed(page))


async def test_ends_one(server: Running) -> None:
    other = await token_of(server)
    async with connect(server.url, "/page") as page, connect(server.url, "/page") as theirs:
        await page.call("login", CREDENTIALS)
        await theirs.call("loginByToken", other)
        target = token_id(other)
        assert target in {row["id"] for row in await listed(page) if row["connected"]}
        assert (await page.call("endSession", target))["ok"] is True
        await theirs.wait_for("refresh")
        assert target not in {row["id"] for row in await listed(page)}
        assert (await page.call("endSession", target))["ok"] is False
    assert await by_token(server, other) == {**INVALID, "reason": "ended"}
    assert await by_token(server, other, "/") == INVALID, "others are told what Uptime Kuma says"


async def test_does_not_end_its_own(server: Running) -> None:
    async with connect(server.url, "/page") as page:
        await page.call("login", CREDENTIALS)
        (mine,) = [row for row in await listed(page) if row["current"]]
        assert (await page.call("endSession", mine["id"]))["ok"] is False
        assert mine in await listed(page)


@pytest.mark.parametrize("with_rows", [True, False])
async def test_ends_all_others(server: Running, with_rows: bool) -> None:
    other, mine = await token_of(server), await token_of(server)
    if not with_rows:
        await forget_rows(server)
    async with connect(server.url, "/page") as page, connect(server.url) as theirs:
        await page.call("loginByToken", mine)
        await theirs.call("login", CREDENTIALS)
        assert (await page.call("endOtherSessions"))["ok"] is True
        await theirs.wait_for("refresh")
        assert [row["current"] for row in await listed(page)] == [True]
    headers = {"Authorization": f"Bearer {other}"}
    assert (await http.get(f"{server.url}/api/v1/figures", headers=headers)).status == 401
    assert await by_token(server, other) == {**INVALID, "reason": "ended"}
    assert await by_token(server, mine) == {"ok": True}
    later = await token_of(server)
    assert await by_token(server, later) == {"ok": True}, "given in the same second"


async def test_ended_elsewhere_outlasts_a_restart(tmp_path: Path, clock: ManualClock) -> None:
    async with running(tmp_path / "data", clock=clock) as server, server.logged_in():
        other, mine = await token_of(server), await token_of(server)
        await forget_rows(server)
        async with connect(server.url, "/page") as page:
            await page.call("loginByToken", mine)
            await page.call("endOtherSessions")
    async with running(tmp_path / "data", clock=clock) as server:
        assert await by_token(server, other) == {**INVALID, "reason": "ended"}
        assert await by_token(server, mine) == {"ok": True}


async def test_a_new_password_empties_the_list(server: Running) -> None:
    old = await token_of(server)
    async with connect(server.url, "/page") as page:
        await page.call("login", CREDENTIALS)
        change = {"currentPassword": CREDENTIALS["password"], "newPassword": NEW}
        assert (await page.call("changePassword", change))["ok"] is True
        assert [row["current"] for row in await listed(page)] == [True]
    assert await by_token(server, old) == {**INVALID, "reason": "password"}


async def test_so_does_one_from_the_command_line(server: Running) -> None:
    await token_of(server)
    ground = server.appliance._ground
    await reset_password(ground.database, NEW)
    await ground.accounts.sessions.load()
    assert ground.accounts.sessions.of_user(1) == []


async def test_what_has_expired_is_not_listed(server: Running, clock: ManualClock) -> None:
    token = await token_of(server)
    clock.advance(LIFETIME_S + 10)
    async with connect(server.url, "/page") as page:
        await page.call("login", CREDENTIALS)
        assert [row["current"] for row in await listed(page)] == [True]
    assert await by_token(server, token) == {**INVALID, "reason": "expired"}
