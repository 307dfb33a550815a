"""Somebody guesses passwords and tokens; the owner, and what pushes, still gets in."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.monitors.doors.push_route import GUESSES_PER_MINUTE, TOO_MANY_GUESSES
from kuma_lite.web.dispatch import TOO_FREQUENT
from tests.support import http
from tests.support.appliance import CREDENTIALS, Running, add_monitor, running
from tests.support.served import PASSWORD, USER
from tests.support.sio import connect

WRONG = {"username": USER, "password": "wrong", "token": ""}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def server(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Running]:
    async with running(tmp_path / "data", clock=clock) as started:
        async with connect(started.url) as client:
            assert (await client.call("setup", USER, PASSWORD))["ok"] is True
        yield started


async def log_in(server: Running, form: dict[str, Any], forwarded: str | None = None, ns: str = "/") -> Any:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    async with connect(server.url, ns, headers=headers) as client:
        return await client.call("login", form)


async def guess(server: Running, times: int, forwarded: str | None = None) -> int:
    """Guess; how many were heard."""
    answers = [await log_in(server, WRONG, forwarded) for _ in range(times)]
    return sum(answer["msg"] == "authIncorrectCreds" for answer in answers)


async def test_a_trusted_proxy_s_own_entry_counts(server: Running) -> None:
    async with server.logged_in() as client:
        settings = (await client.call("getSettings"))["data"]
        assert (await client.call("setSettings", {**settings, "trustProxy": True}, PASSWORD))["ok"] is True
    heard = sum([await guess(server, 1, f"198.51.100.{n}, 192.0.2.1") for n in range(30)])
    assert heard == 20, "what a client claims of itself makes no new address"
    assert (await log_in(server, CREDENTIALS, "192.0.2.2"))["ok"] is True


async def test_clients_of_an_untrusted_proxy_do_not_lock_each_other_out(server: Running) -> None:
    assert await guess(server, 30, "192.0.2.1") == 20
    assert (await log_in(server, CREDENTIALS, "192.0.2.2"))["ok"] is True


async def test_a_device_that_has_been_logged_in_gets_in_where_somebody_guesses(server: Running) -> None:
    device = (await log_in(server, CREDENTIALS, ns="/page"))["device"]
    await guess(server, 30)
    assert (await log_in(server, CREDENTIALS))["msg"] == TOO_FREQUENT
    assert (await log_in(server, {**CREDENTIALS, "device": device}))["ok"] is True
    async with connect(server.url) as client:
        assert (await client.call("loginByToken", device))["ok"] is False, "it opens nothing by itself"


async def push(server: Running, token: str, forwarded: str = "192.0.2.1") -> http.Response:
    return await http.get(f"{server.url}/api/push/{token}", headers={"X-Forwarded-For": forwarded})


async def test_push_tokens_are_guessed_only_so_often(server: Running, clock: ManualClock) -> None:
    tokens = ["a" * 32, "b" * 32]
    async with server.logged_in() as client:
        for token in tokens:
            await add_monitor(client, type="push", pushToken=token)
    assert (await push(server, tokens[0])).status == 200
    for n in range(GUESSES_PER_MINUTE):
        assert (await push(server, f"guess-{n}")).status == 404
    refused = await push(server, "another-guess")
    assert (refused.status, refused.json()["msg"]) == (429, TOO_MANY_GUESSES)
    assert refused.headers["retry-after"] == "60"
    assert (await push(server, tokens[0])).status == 200, "who has pushed from there goes on"
    assert (await push(server, tokens[1])).status == 429, "else the answer tells which guess was right"
    assert (await push(server, tokens[1], "192.0.2.2")).status == 200
    clock.advance(60)
    assert (await push(server, tokens[1])).status == 200


async def test_a_token_that_is_gone_is_no_guess(server: Running) -> None:
    for _ in range(GUESSES_PER_MINUTE * 2):
        assert (await push(server, "gone")).status == 404


async def test_metrics_count_failures_by_place(server: Running) -> None:
    async def read(password: str, forwarded: str) -> int:
        credentials = "Basic " + b64encode(f"{USER}:{password}".encode()).decode()
        headers = {"Authorization": credentials, "X-Forwarded-For": forwarded}
        return (await http.get(f"{server.url}/metrics", headers=headers)).status

    for n in range(60):
        assert await read(f"wrong-{n}", "192.0.2.1") == 401
    assert await read(PASSWORD, "192.0.2.1") == 401
    assert await read(PASSWORD, "192.0.2.2") == 200
