"""Monitors that are tried out before they are saved: over the page's event and over HTTP."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.monitors import trial
from tests.checks.peers import Answer, Asked, web_server
from tests.support import http
from tests.support.appliance import CREDENTIALS, add_monitor, running
from tests.support.ports import closed_port

MONITOR = {"type": "http", "name": "tried", "interval": 60, "timeout": 5, "accepted_statuscodes": ["200-299"]}
HELLO = Answer(
    body=b"hello " * 1000,
    headers={"Content-Type": "text/plain", "Set-Cookie": "session=verysecret", "X-Shop": "open"},
)


async def test_what_a_web_server_answers(tmp_path: Path) -> None:
    async with (
        running(tmp_path) as server,
        server.logged_in("/page") as client,
        web_server({"/": HELLO}) as web,
    ):
        answer = await client.call("testMonitor", {**MONITOR, "url": web.url("/")})
        assert (answer["status"], answer["msg"], answer["trouble"]) == (1, "200 - OK", None)
        assert answer["certificate"] is None
        assert answer["address"] in ("127.0.0.1", "::1")
        assert [name for name, _ in answer["phases"]] == ["dns", "connect", "firstByte", "total"]
        assert all(ms >= 0 for _, ms in answer["phases"])
        shown = answer["answer"]
        assert (shown["status"], shown["reason"], shown["truncated"]) == (200, "OK", True)
        assert len(shown["body"]) == trial.SHOWN_BYTES
        assert ["X-Shop", "open"] in shown["headers"]
        assert "verysecret" not in json.dumps(answer)
        assert len(web.asked) == 1
        # Nothing is kept.
        assert (await client.call("summary"))["rows"] == []


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({"url": "{closed}"}, 0, "connect ECONNREFUSED"),
        ({"url": "{closed}", "upsideDown": True}, 1, "connect ECONNREFUSED"),
        (
            {
                "url": "{web}",
                "limits": [{"number": "ping", "operator": ">=", "value": 0, "becomes": "pending"}],
            },
            2,
            "breaks its limit",
        ),
        ({"type": "keyword", "url": "{web}", "keyword": "farewell"}, 0, "is not in"),
        ({"type": "port", "hostname": "127.0.0.1", "port": "{port}"}, 1, " ms"),
    ],
)
async def test_outcomes(tmp_path: Path, fields: dict[str, Any], status: int, message: str) -> None:
    async with (
        running(tmp_path) as server,
        server.logged_in("/page") as client,
        web_server({"/": HELLO}) as web,
    ):
        places = {"{closed}": f"http://127.0.0.1:{closed_port()}/", "{web}": web.url("/"), "{port}": web.port}
        filled = {
            key: places.get(value, value) if isinstance(value, str) else value
            for key, value in fields.items()
        }
        answer = await client.call("testMonitor", {**MONITOR, **filled})
        assert (answer["ok"], answer["status"]) == (True, status), answer
        assert message in answer["msg"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"type": "push"}, "it waits until it is called"),
        ({"type": "group"}, "its state follows from other monitors"),
        ({"type": "carrier-pigeon"}, "Monitors of the type carrier-pigeon cannot be checked."),
        ({"type": "http", "url": "http://h/", "interval": 0}, "Interval cannot be less than 1 seconds"),
        ({"type": "http", "url": "http://h/", "proxyId": 77}, "The proxy of this monitor does not exist."),
        ({"type": "http", "id": 77}, "not"),
    ],
)
async def test_what_cannot_be_tried(tmp_path: Path, fields: dict[str, Any], sentence: str) -> None:
    async with running(tmp_path) as server, server.logged_in("/page") as client:
        answer = await client.call("testMonitor", {**MONITOR, **fields})
        assert answer["ok"] is False
        assert sentence in answer["msg"]


async def test_an_edit_that_is_tried_takes_what_is_stored_and_changes_nothing(tmp_path: Path) -> None:
    def guarded(asked: Asked) -> Answer:
        return Answer("200 OK" if asked.header("authorization") else "401 No")

    async with (
        running(tmp_path) as server,
        server.logged_in("/page") as client,
        web_server({"/": guarded}) as web,
    ):
        stored = {"authMethod": "basic", "basic_auth_user": "u", "basic_auth_pass": "p"}
        monitor = await add_monitor(client, url=f"http://127.0.0.1:{closed_port()}/", **stored)
        beats = len((await client.call("monitor", monitor))["beats"])
        answer = await client.call("testMonitor", {**MONITOR, "id": monitor, "url": web.url("/")})
        assert (answer["status"], answer["msg"]) == (1, "200 - OK")
        kept = await client.call("monitor", monitor)
        assert kept["monitor"]["url"] != web.url("/")
        assert len(kept["beats"]) == beats


async def test_so_many_at_once(tmp_path: Path) -> None:
    slow = Answer(delay=3)
    async with (
        running(tmp_path) as server,
        server.logged_in("/page") as client,
        web_server({"/": slow}) as web,
    ):
        calls = [
            asyncio.create_task(client.call("testMonitor", {**MONITOR, "url": web.url("/")}))
            for _ in range(trial.AT_ONCE)
        ]
        async with asyncio.timeout(10):
            while len(web.asked) < trial.AT_ONCE:
                await asyncio.sleep(0.01)
        refused = await client.call("testMonitor", {**MONITOR, "url": web.url("/")})
        assert refused["msg"] == "4 tests are running already. Try again in a moment."
        assert [answer["status"] for answer in await asyncio.gather(*calls)] == [1] * trial.AT_ONCE


async def test_a_check_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "LONGEST_S", 0.2)
    slow = Answer(delay=30)
    async with (
        running(tmp_path) as server,
        server.logged_in("/page") as client,
        web_server({"/": slow}) as web,
    ):
        answer = await client.call("testMonitor", {**MONITOR, "url": web.url("/")})
        assert (answer["ok"], answer["msg"]) == (False, "The check did not end within 0.2 s.")


async def test_over_http(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client, web_server({"/": HELLO}) as web:
        address = f"{server.url}/api/v1/monitors/test"
        token = (await client.call("login", CREDENTIALS))["token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json.dumps({**MONITOR, "url": web.url("/")}).encode()
        answer = await http.request("POST", address, headers=headers, body=body)
        assert (answer.status, answer.json()["status"]) == (200, 1)
        refused = await http.request("POST", address, headers=headers, body=b'{"type": "push", "name": "p"}')
        assert refused.status == 422
        assert "it waits until it is called" in refused.text
        stranger = await http.request(
            "POST", address, headers={"Content-Type": "application/json"}, body=body
        )
        assert stranger.status == 401
