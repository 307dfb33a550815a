"""Pages of other sites in a user's browser, most of all while logging in is switched off."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import http
from tests.support.appliance import CREDENTIALS, Running, running
from tests.support.served import PASSWORD, USER
from tests.support.sio import connect
from tests.support.websocket import Refused

EVIL = "evil.example"
POLL = "/socket.io/?EIO=4&transport=polling"
PROJECT = json.dumps({"project": {"name": "csrf"}}).encode()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path / "data") as started:
        yield started


async def switch_off(server: Running, host: str = "127.0.0.1") -> None:
    """Set up and log in under a name, and switch logging in off."""
    async with connect(server.url, headers={"Host": host}) as client:
        assert (await client.call("setup", USER, PASSWORD))["ok"] is True
        assert (await client.call("login", CREDENTIALS))["ok"] is True
        settings = (await client.call("getSettings"))["data"]
        assert (await client.call("setSettings", {**settings, "disableAuth": True}, PASSWORD))["ok"] is True


async def write(server: Running, **headers: str) -> int:
    lines = {"Content-Type": "text/plain", **{name.replace("_", "-"): text for name, text in headers.items()}}
    answer = await http.request("POST", f"{server.url}/api/v1/projects", headers=lines, body=PROJECT)
    return answer.status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": f"http://{EVIL}"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Origin": "http://127.0.0.1:1", "Sec_Fetch_Site": "same-site"}, 403),
        ({"Origin": "https://behind.example", "Sec_Fetch_Site": "same-origin"}, 201),
        ({"Origin": "own"}, 201),
        ({}, 201),
    ],
)
async def test_foreign_pages_write_nothing(server: Running, headers: dict[str, str], status: int) -> None:
    await switch_off(server)
    own = {name: server.url if value == "own" else value for name, value in headers.items()}
    assert await write(server, **own) == status


async def test_the_refusal_has_the_shape_of_others(server: Running) -> None:
    answer = await http.request(
        "POST", f"{server.url}//api/v1/projects/", headers={"Origin": f"http://{EVIL}"}, body=PROJECT
    )
    assert (answer.status, list(answer.json())) == (403, ["error"])


async def test_the_administrator_may_let_other_pages_write(tmp_path: Path) -> None:
    async with running(tmp_path / "data", ws_origin_check="bypass") as server:
        await switch_off(server)
        assert await write(server, Origin=f"http://{EVIL}") == 201


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": f"http://{EVIL}"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.example"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({}, 200),
    ],
)
async def test_foreign_pages_do_not_poll(server: Running, headers: dict[str, str], status: int) -> None:
    assert (await http.get(server.url + POLL, headers=headers)).status == status


async def test_polling_behind_a_trusted_proxy_that_replaces_the_name(server: Running) -> None:
    headers = {"Origin": "https://kuma.example", "X-Forwarded-Host": "kuma.example"}
    assert (await http.get(server.url + POLL, headers=headers)).status == 400
    async with server.logged_in() as client:
        settings = (await client.call("getSettings"))["data"]
        assert (await client.call("setSettings", {**settings, "trustProxy": True}, ""))["ok"] is True
    assert (await http.get(server.url + POLL, headers=headers)).status == 200


async def statuses(server: Running, host: str) -> list[int]:
    """Of what is private, opened under a name."""
    found = []
    for path in (POLL, "/api/v1/projects", "/metrics", "/dashboard"):
        found.append((await http.get(server.url + path, headers={"Host": host})).status)
    try:
        async with connect(server.url, headers={"Host": host}):
            return [*found, 101]
    except Refused as refused:
        return [*found, refused.status]


def may_read(found: list[int]) -> bool:
    """Whether all was answered, or nothing; the page may not have been built."""
    private = [*found[:3], found[4]]
    assert private in ([200, 200, 200, 101], [421] * 4), found
    assert (found[3] == 421) is (private[0] == 421)
    return private[0] == 200


@pytest.mark.parametrize("host", [f"{EVIL}:80", "kuma.example", "127.0.0.1.evil.example"])
async def test_a_rebound_name_opens_nothing(server: Running, host: str) -> None:
    await switch_off(server)
    assert not may_read(await statuses(server, host))
    for path in ("/healthz", "/robots.txt", "/api/push/x", "/api/badge/1/status"):
        assert (await http.get(server.url + path, headers={"Host": host})).status != 421


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]:3001", "localhost:3001", "nas", "nas.local"])
async def test_addresses_and_local_names_always_open(server: Running, host: str) -> None:
    await switch_off(server)
    assert may_read(await statuses(server, host))


async def test_names_under_which_somebody_has_logged_in_open(server: Running) -> None:
    await switch_off(server, "kuma.example:443")
    assert may_read(await statuses(server, "kuma.example"))
    assert not may_read(await statuses(server, EVIL))


@pytest.mark.parametrize("allowed", ["Kuma.example, other.example", "*"])
async def test_names_that_the_administrator_gives_open(tmp_path: Path, allowed: str) -> None:
    async with running(tmp_path / "data", allowed_hosts=allowed) as server:
        await switch_off(server)
        assert may_read(await statuses(server, "kuma.example"))
        assert may_read(await statuses(server, EVIL)) is (allowed == "*")


async def test_the_primary_base_url_opens(server: Running) -> None:
    await switch_off(server)
    async with connect(server.url) as client:
        await client.wait_for("autoLogin")
        settings = {**(await client.call("getSettings"))["data"], "primaryBaseURL": "https://kuma.example/x"}
        assert (await client.call("setSettings", settings, ""))["ok"] is True
    assert may_read(await statuses(server, "kuma.example"))


async def test_a_server_of_earlier_versions_locks_nobody_out(server: Running, caplog: Any) -> None:
    await switch_off(server)
    await server.appliance._ground.settings.set("knownHosts", None)
    assert may_read(await statuses(server, "kuma.example"))
    server.appliance._ground._warn_of_open_door()
    assert "allowed_hosts" in caplog.text


async def test_with_logging_in_any_name_opens(server: Running) -> None:
    async with server.logged_in():
        answer = await http.get(server.url + POLL, headers={"Host": EVIL})
        assert answer.status == 200
