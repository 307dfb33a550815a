"""Whatever a client sends, to every event and every route: an answer, no trace in the log, and life goes on.

Half a minute with fixed seeds by default. `KUMA_LITE_FUZZ_SECONDS=600` looks for new trouble for that long.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kuma_lite.core.errors import INTERNAL_ERROR
from tests.security.examples import Things, calls, make_things
from tests.security.ground import Ground, ground
from tests.support import http
from tests.support.appliance import add_monitor
from tests.support.doors import routes
from tests.support.served import PASSWORD, USER
from tests.support.sio import Client, connect

LONG_S = int(os.environ.get("KUMA_LITE_FUZZ_SECONDS", "0"))
SILENT = {"login"}  # a log-in with nothing at all is never answered, as in the original

hostile_texts = st.sampled_from(
    [
        "", " ", "0", "-1", "1e999", "NaN", "null", "true", "__proto__", "constructor", "\x00", "a\x00b",
        "\u202e", "\ufeff", "\U0001f9e8", "é" * 300, "<script>alert(1)</script>", '"><img src=x onerror=1>',
        "'; DROP TABLE monitor; --", "../../etc/passwd", "..%2f..%2f", "file:///etc/passwd", "javascript:1",
        "http://[::1", "http://127.0.0.1:99999/", "http://127.0.0.1:1/", "{{ 7 * 7 }}",
        "{% for i in (1..9999999) %}x{% endfor %}", "{% include '/etc/passwd' %}", "$(id)", "`id`", "-rf",
        "--help", "|id", "a" * 5000, "/" * 5000, "[" * 2000, "(a+)+$", "\n", "\r\nX: y", "2026-13-45 99:99",
        "9999-12-31 23:59:59", "0001-01-01 00:00:00", "* * * * *", "*/0 * * * *", "UTC", "Etc/GMT-14", "../UTC",  # noqa: E501
        "statusPage-", "%", "%zz", "eyJh.eyJh.AA", "kuma:1", "http", "json-query", "group", "push", "ping",
    ]
)  # fmt: skip
hostile_numbers = st.sampled_from(
    [0, 1, 2, 3, -1, 0.5, -0.0, 1e308, -1e308, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**30, 10**400]  # noqa: E501
)  # fmt: skip
leaves = st.none() | st.booleans() | hostile_numbers | hostile_texts | st.text(max_size=20)
keys = st.sampled_from(["id", "name", "type", "config", "token", "", "__proto__", "isDefault"]) | st.text(
    max_size=6
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
) | st.sampled_from([30, 300]).map(lambda depth: _nested(depth))


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@st.composite
def changed(draw: st.DrawFn, example: list[Any]) -> list[Any]:
    """A meaningful call with one to three places spoilt, or nothing of it left."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.lists(values, max_size=5))
    arguments = copy.deepcopy(example)
    for _ in range(draw(st.integers(1, 3))):
        holder: Any = arguments
        while True:
            places = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not places:
                break
            place = draw(st.sampled_from(places))
            if isinstance(holder[place], dict | list) and holder[place] and draw(st.integers(0, 3)):
                holder = holder[place]
                continue
            if draw(st.integers(0, 4)) == 0:
                del holder[place]
            else:
                holder[place] = draw(values)
            break
    return arguments


Call = tuple[str, list[Any]]


@st.composite
def some_calls(draw: st.DrawFn) -> list[Call]:
    found = []
    for _ in range(draw(st.integers(1, 12))):
        name = draw(st.sampled_from(sorted(EXAMPLES)))
        found.append((name, draw(changed(EXAMPLES[name]))))
    return found


EXAMPLES = calls(Things())


def profile(examples: int) -> settings:
    """Fixed seeds and a fixed number of examples; without limit of number in the long run."""
    return settings(
        max_examples=1_000_000 if LONG_S else examples,
        derandomize=not LONG_S,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder: Path = tmp_path_factory.mktemp("fuzz") / "data"
    with ground(folder) as running:

        async def prepare() -> None:
            async with running.server.logged_in() as client:
                await make_things(client)

        running.run(prepare)
        yield running
        running.run(lambda: _still_alive(running))
        assert running.complaints.take() == ""


async def _token(running: Ground) -> str:
    """A new one, not by the way of the password: so many guesses may have closed that."""
    accounts = running.server.appliance._ground.accounts
    return accounts.token_for(await accounts.log_in(USER, PASSWORD, None))


async def _still_alive(running: Ground) -> None:
    """It answers, and it watches."""
    assert (await http.get(f"{running.url}/healthz")).status == 200
    async with connect(running.url, "/") as client:
        answer = await client.call("loginByToken", await _token(running))
        assert answer["ok"] is True, answer
        watched = await add_monitor(client, url=f"{running.url}/healthz", interval=1)
        async with asyncio.timeout(25):
            seen = 0
            while seen < 3:
                (beat,) = await client.wait_for("heartbeat", timeout=25)
                seen += beat["monitorID"] == watched and beat["status"] == 1
        await client.call("deleteMonitor", watched)


def check(running: Ground, *answers: Any) -> None:
    """What must be true after every call."""
    assert running.complaints.take() == ""
    assert INTERNAL_ERROR not in json.dumps(answers)


async def torment(client: Client, found: list[Call], events: dict[str, Any]) -> list[Any]:
    """Send everything; returns the answers. Raises TimeoutError when one is missing."""
    sent = []
    due = set()
    for name, arguments in found:
        number = client._next_id = client._next_id + 1
        await client._send(f"42{client._prefix()}{number}{json.dumps([name, *arguments])}")
        sent.append(number)
        if events[name].answers and len(arguments) == events[name].arguments and name not in SILENT:
            due.add(number)
    await client.call("needSetup")
    async with asyncio.timeout(20), client._news:
        await client._news.wait_for(
            lambda: client.disconnected.is_set() or due <= set(client.acknowledgements)
        )
    answers = [client.acknowledgements.get(number) for number in sent]
    client.acknowledgements.clear()
    client.forget()
    return answers


def hammer(running: Ground, namespace: str, found: list[Call], *, as_guest: bool) -> None:
    events = running.app.sockets.dispatchers[namespace].events
    offered = [call for call in found if call[0] in events]

    async def session() -> list[Any]:
        async with connect(running.url, namespace) as client:
            if not as_guest:
                assert await client.call("loginByToken", await _token(running)) == {"ok": True}
            return await torment(client, offered, events)

    check(running, *running.run(session))


@profile(40)
@given(some_calls())
@pytest.mark.timeout(LONG_S + 120)
def test_events_of_guests(target: Ground, found: list[Call]) -> None:
    hammer(target, "/page", found, as_guest=True)


@pytest.mark.timeout(LONG_S + 120)
@pytest.mark.parametrize("namespace", ["/", "/page"])
def test_events(target: Ground, namespace: str) -> None:
    @profile(60)
    @given(some_calls())
    def run(found: list[Call]) -> None:
        hammer(target, namespace, found, as_guest=False)

    run()


# --- Routes ------------------------------------------------------------------------------------------------

RAW = [
    "/api/push/{}", "/api/badge/{}/status", "/api/badge/1/{}", "/api/badge/1/uptime/{}", "/api/badge/{}/ping/{}",  # noqa: E501
    "/api/status-page/{}", "/api/status-page/shop/{}", "/api/status-page/heartbeat/{}", "/status/{}",
    "/status/{}/rss", "/status/{}/atom", "/status/shop/{}",
    "/upload/{}", "/metrics", "/status", "/{}", "/api/{}", "/api/v1/{}", "/socket.io/",
    "/assets/{}", "/api/entry-page", "/.well-known/{}",
]  # fmt: skip
QUERY = ["status", "msg", "ping", "label", "color", "style", "labelPrefix", "suffix", "cursor", "since", "until",  # noqa: E501
         "from", "to", "page", "items", "metrics", "project", "EIO", "sid", "transport", "t"]  # fmt: skip
ENDLESS = "/api/v1/events"  # a stream: nobody would hear the end of it
METHODS = ["GET", "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
Ask = tuple[str, str, str, bytes, str]


def test_every_route_is_known(target: Ground) -> None:
    """The generator below asks the program itself what there is."""
    assert len({path for _method, path, _access in target.run(lambda: routes(target.app))}) > 5


@st.composite
def asks(draw: st.DrawFn, places: list[str]) -> list[Ask]:
    found = []
    for _ in range(draw(st.integers(1, 8))):
        parts = re.split(r"\{[^}]*\}", draw(st.sampled_from(places)))
        path = parts[0] + "".join(
            quote(_encodable(draw(hostile_texts | st.text(max_size=10))), safe="") + part
            for part in parts[1:]
        )
        names = draw(st.lists(st.sampled_from(QUERY), max_size=3))
        query = "&".join(f"{name}={quote(_encodable(str(draw(leaves))))[:3000]}" for name in names)
        body = draw(
            st.just(b"")
            | values.map(lambda value: json.dumps(value).encode())
            | st.binary(max_size=30)
            | st.sampled_from([b"{", b'{"a":', b"\x1f\x8b\x08", b"[" * 100_000, b"a" * 1_100_000])
        )
        who = draw(st.sampled_from(["", "session", "Bearer x", "Basic Og==", "Basic \xff", "Bearer kl_x"]))
        found.append((draw(st.sampled_from(METHODS)), path[:6000], query, body, who))
    return found


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@pytest.mark.timeout(LONG_S + 120)
def test_routes(target: Ground) -> None:
    known = {path for _method, path, _access in target.run(lambda: routes(target.app))}
    places = RAW + sorted(known - {ENDLESS})

    @profile(120)
    @given(asks(places))
    def run(found: list[Ask]) -> None:
        target.run(lambda: _ask(target, found))
        check(target)

    run()


async def _ask(target: Ground, found: list[Ask]) -> None:
    accounts = target.server.appliance._ground.accounts
    for method, path, query, body, who in found:
        headers = {"Content-Type": "application/json"} if body else {}
        if who == "session":
            headers["Authorization"] = f"Bearer {accounts.token_for(await accounts._user(1))}"
        elif who:
            headers["Authorization"] = who
        address = f"{target.url}{path}?{query}"
        try:
            answer = await http.request(method, address, body=body, headers=headers)
        except (OSError, asyncio.IncompleteReadError):
            assert len(body) > 1_000_000 or len(address) > 4000, address  # cut off while it still sends
            continue
        assert answer.status < 500, (method, address, answer.text[:300])
        assert INTERNAL_ERROR.encode() not in answer.body, (method, address)


# --- Packets -----------------------------------------------------------------------------------------------

PACKETS = [
    "", "4", "42", "42[", "42[]", "42[1]", "42{}", "42null", '42["getTags"', '420["\\ud800"]', '42["\\ud800",{}]',  # noqa: E501
    '420["add",{"name":"\\udfff"}]', "42" + "9" * 400 + '["needSetup"]', "41", "43[]", "44", "451-[]",
    '452-["x",{"_placeholder":true,"num":9}]', "6", "9", "x", '42/page,["x"]', "4" + "[" * 100_000, "\x00",
    '420["needSetup"]' + " " * 1000, '420["__proto__"]', '420["constructor",{}]', '42-1["needSetup"]',
    '420["add",' + "[" * 2000 + "]" * 2000 + "]", '420["add",' + "[" * 700 + "]" * 700 + "]",
    '420["login",{"username":"' + "a" * 900_000 + '","password":"x"}]', '42["x","' + "a" * 2_000_000 + '"]',
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(PACKETS)))
def test_packets(target: Ground, number: int) -> None:
    """One broken packet at worst ends the connection that sent it."""

    async def send() -> None:
        async with connect(target.url) as other, connect(target.url) as sender:
            try:
                await sender._send(PACKETS[number])
                await sender.call("needSetup", timeout=3)
            except (OSError, TimeoutError):
                pass
            assert await other.call("needSetup") is False
        assert (await http.get(f"{target.url}/healthz")).status == 200

    target.run(send)
    check(target)
