"""Socket.IO as clients see it, over both transports, from a real server."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kuma_lite.core.access import Right
from kuma_lite.core.doors import COMPATIBLE, PAGE, Access, Caller, Doors, Event, Push, Then, actor_of
from kuma_lite.web import channel
from kuma_lite.web import engine_io as engine
from tests.support import http
from tests.support.actors import OWNER
from tests.support.frame import Server, frame
from tests.support.sio import NO_ANSWER, connect
from tests.support.websocket import Closed, Refused, WebSocket

MANY = 5_000
MYSELF = OWNER.myself(Right.ACCOUNT)


async def closed(socket: WebSocket) -> None:
    """Return when the server has closed the connection."""
    with suppress(Closed):
        while True:
            await socket.receive()


def features(push: Push) -> Sequence[Doors]:
    async def echo(caller: Caller, *arguments: Any) -> Any:
        return list(arguments)

    async def flood(caller: Caller, count: int) -> Any:
        await caller.emit_many([("n", number) for number in range(count)])
        return {"ok": True}

    async def raw(caller: Caller) -> Any:
        await push.to_audience(actor_of(caller).myself(Right.ACCOUNT), "list", msgspec.Raw(b"[1,2]"))
        return msgspec.Raw(b'{"ok":true}')

    async def afterwards(caller: Caller) -> Any:
        async def later() -> None:
            await caller.emit("later")

        await caller.emit("before")
        return Then({"ok": True}, later)

    async def bug(caller: Caller) -> Any:
        raise RuntimeError("a bug")

    async def who(caller: Caller) -> Any:
        name = caller.actor.username if caller.actor else None
        return [name, caller.address, caller.namespace]

    public = Access.PUBLIC
    return [
        Doors(
            events=[
                Event("echo", echo, 2, public),
                Event("flood", flood, 1, public),
                Event("raw", raw),
                Event("afterwards", afterwards, access=public),
                Event("bug", bug, access=public),
                Event("who", who, access=public),
                Event("pageOnly", echo, 0, public, namespaces=(PAGE,)),
                Event("compatible", echo, 0, public, namespaces=(COMPATIBLE,)),
            ]
        )
    ]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with frame(tmp_path, features) as running:
        yield running


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.parametrize("namespace", ["/", "/page"])
async def test_events_and_answers(server: Server, transport: str, namespace: str) -> None:
    async with connect(server.url, namespace, transport=transport) as client:
        assert await client.call("echo", {"a": [1, None, "ü"]}, True) == [{"a": [1, None, "ü"]}, True]
        assert await client.call("who") == [None, "127.0.0.1", namespace]
        assert await client.call("getSettings") == {"ok": False, "msg": "You are not logged in."}
        assert await client.call_in_vain("echo", 1) is NO_ANSWER
        assert await client.call_in_vain("noSuchEvent") is NO_ANSWER


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_thousands_of_pushes_arrive_in_order_before_the_answer(server: Server, transport: str) -> None:
    async with connect(server.url, transport=transport) as client:
        assert await client.call("flood", MANY) == {"ok": True}
        assert [arguments for _name, arguments in client.events if _name == "n"] == [
            [number] for number in range(MANY)
        ]


async def test_events_sent_before_the_namespace_is_confirmed_are_answered(server: Server) -> None:
    socket = await WebSocket.open(f"ws{server.url.removeprefix('http')}/socket.io/?EIO=4&transport=websocket")
    await socket.send("40")
    await socket.send('427["needSetup"]')
    seen = [await asyncio.wait_for(socket.receive(), 20) for _ in range(6)]
    assert "437[true]" in seen
    socket.close()


async def test_handshake_tells_socket_ios_defaults(server: Server) -> None:
    async with connect(server.url) as client:
        opened = client.opened
        assert len(opened.pop("sid")) >= 20
        assert opened == {
            "upgrades": [],
            "pingInterval": 25_000,
            "pingTimeout": 20_000,
            "maxPayload": 1_000_000,
        }
        assert client.sid


async def test_polling_upgrades_to_websocket(server: Server) -> None:
    address = f"{server.url}/socket.io/?EIO=4&transport="
    opened = json.loads((await http.get(address + "polling")).text[1:])
    assert opened["upgrades"] == ["websocket"]
    session = f"&sid={opened['sid']}"
    answer = await http.request("POST", address + "polling" + session, body=b"40")
    assert (answer.status, answer.headers["content-type"], answer.text) == (200, "text/html", "ok")
    socket = await WebSocket.open(address.replace("http", "ws", 1) + "websocket" + session)
    await socket.send("2probe")
    assert await socket.receive() == "3probe"
    await http.get(address + "polling" + session)
    await socket.send("5")
    await socket.send('420["echo",1,2]')
    seen = [""]
    while "430[[1,2]]" not in seen:
        seen.append(str(await asyncio.wait_for(socket.receive(), 20)))
    socket.close()


async def test_page_has_its_own_events_and_all_compatible_ones(server: Server) -> None:
    async with connect(server.url, "/page") as page, connect(server.url) as compatible:
        assert await page.call("pageOnly") == []
        assert await page.call("compatible") == []
        assert await compatible.call_in_vain("pageOnly") is NO_ANSWER


async def test_unknown_namespaces_are_refused(server: Server) -> None:
    async with connect(server.url, "/admin") as client:
        assert client.refused == "Unable to connect"


async def test_lists_encoded_once_reach_every_tab(server: Server) -> None:
    async with server.logged_in() as one, server.logged_in() as two:
        assert await one.call("raw") == {"ok": True}
        assert await one.wait_for("list") == await two.wait_for("list") == [[1, 2]]


async def test_what_follows_an_answer_comes_after_it(server: Server) -> None:
    address = f"ws{server.url.removeprefix('http')}/socket.io/?EIO=4&transport=websocket"
    socket = await WebSocket.open(address)
    await socket.send("40")
    await socket.send('420["afterwards"]')
    seen: list[str] = []
    while '42["later"]' not in seen:
        seen.append(str(await asyncio.wait_for(socket.receive(), 20)))
    assert seen[-3:] == ['42["before"]', '430[{"ok":true}]', '42["later"]']
    socket.close()


async def test_a_bug_is_answered_and_the_connection_lives(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect(server.url) as client:
        with caplog.at_level(logging.ERROR):
            answer = await client.call("bug")
        assert answer["ok"] is False
        assert "a bug" not in answer["msg"]
        assert caplog.text.count("RuntimeError: a bug") == 1
        assert await client.call("echo", 1, 2) == [1, 2]


@pytest.mark.parametrize(
    "packet",
    [
        "4",
        "49",
        "4x",
        "42",
        "42{}",
        "42[1]",
        "42[",
        '42{"a":1}',
        "42nonsense",
        '451-["upload",{"_placeholder":true,"num":0}]',
        "4" + "9" * 200,
        "6x",
        "9",
        "",
        "🦊",
    ],
)
async def test_nonsense_ends_the_connection_quietly(
    server: Server, packet: str, caplog: pytest.LogCaptureFixture
) -> None:
    address = f"ws{server.url.removeprefix('http')}/socket.io/?EIO=4&transport=websocket"
    socket = await WebSocket.open(address)
    await socket.send("40")
    await socket.send(packet)
    if packet != "6x":  # Engine.IO's "nothing", which is ignored
        await asyncio.wait_for(closed(socket), 20)
    socket.close()
    assert caplog.text == ""
    async with connect(server.url) as client:
        assert await client.call("echo", 1, 2) == [1, 2]


async def test_a_message_beyond_a_megabyte_ends_the_connection(server: Server) -> None:
    async with connect(server.url) as client:
        assert await client.call("echo", "x" * 900_000, 1, timeout=10) == ["x" * 900_000, 1]
        await client.emit("echo", "x" * 1_000_000, 1)
        await asyncio.wait_for(client.disconnected.wait(), 20)


async def test_a_guest_posts_no_more_than_a_log_in_takes(server: Server) -> None:
    address = f"{server.url}/socket.io/?EIO=4&transport=polling"
    for size, status in ((engine.MAX_GUEST_BODY_BYTES, 200), (engine.MAX_GUEST_BODY_BYTES + 1, 400)):
        opened = json.loads((await http.get(address)).text[1:])
        answer = await http.request("POST", f"{address}&sid={opened['sid']}", body=b"4" * size)
        assert answer.status == status


async def test_a_polling_body_beyond_a_megabyte_ends_the_session(server: Server) -> None:
    address = f"{server.url}/socket.io/?EIO=4&transport=polling"
    opened = json.loads((await http.get(address)).text[1:])
    session = f"{address}&sid={opened['sid']}"
    assert (await http.request("POST", session, body=b"4" * 1_000_001)).status == 400
    assert (await http.get(session)).json() == {"code": 1, "message": "Session ID unknown"}


@pytest.mark.parametrize(
    ("accepts", "count", "packed"), [("gzip", 500, True), ("gzip", 1, False), ("br", 500, False)]
)
async def test_polls_are_compressed_for_whom_it_helps(
    server: Server, accepts: str, count: int, packed: bool
) -> None:
    address = f"{server.url}/socket.io/?EIO=4&transport=polling"
    opened = json.loads((await http.get(address)).text[1:])
    session = f"{address}&sid={opened['sid']}"
    await http.request("POST", session, body=b"40")
    await http.get(session)
    await http.request("POST", session, body=f'42["flood",{count}]'.encode())
    texts: list[str] = []
    while sum(text.startswith('42["n"') for text in texts) < count:
        answer = await http.get(session, headers={"Accept-Encoding": accepts})
        assert (answer.headers.get("content-encoding") == "gzip") is packed
        body = gzip.decompress(answer.body) if packed else answer.body
        texts += body.decode().split("\x1e")
    assert f'42["n",{count - 1}]' in texts


@pytest.mark.parametrize(
    ("origin", "let_in"), [(None, True), ("own", True), ("https://evil.example", False), ("null", False)]
)
async def test_origins(server: Server, origin: str | None, let_in: bool) -> None:
    headers = {"Origin": server.url if origin == "own" else origin} if origin else {}
    if let_in:
        async with connect(server.url, headers=headers) as client:
            assert client.sid
    else:
        with pytest.raises(Refused) as refused:
            async with connect(server.url, headers=headers):
                pass
        assert refused.value.status == 400


async def test_foreign_origins_may_not_poll_and_see_no_cors_headers(server: Server) -> None:
    answer = await http.get(
        f"{server.url}/socket.io/?EIO=4&transport=polling", headers={"Origin": "https://evil.example"}
    )
    assert (answer.status, answer.json()) == (400, {"code": 4, "message": "Forbidden"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_the_origin_check_can_be_bypassed(tmp_path: Path) -> None:
    async with (
        frame(tmp_path, check_origin=False) as open_server,
        connect(open_server.url, headers={"Origin": "https://evil.example"}) as client,
    ):
        assert client.sid


async def test_forwarded_addresses_count_only_behind_a_trusted_proxy(server: Server) -> None:
    headers = {"X-Forwarded-For": "198.51.100.7, 127.0.0.1"}
    async with connect(server.url, headers=headers) as client:
        assert (await client.call("who"))[1] == "127.0.0.1"
    await server.settings.set("trustProxy", True)
    async with connect(server.url, headers=headers) as client:
        assert (await client.call("who"))[1] == "198.51.100.7"


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ("EIO=4&transport=polling&sid=nosuch", 400, {"code": 1, "message": "Session ID unknown"}),
        ("EIO=4&transport=carrier-pigeon", 400, {"code": 0, "message": "Transport unknown"}),
        ("EIO=4", 400, {"code": 0, "message": "Transport unknown"}),
        ("", 400, {"code": 0, "message": "Transport unknown"}),
        ("EIO=3&transport=polling", 400, {"code": 5, "message": "Unsupported protocol version"}),
        ("EIO=4&transport=websocket", 400, {"code": 3, "message": "Bad request"}),
    ],
)
async def test_broken_requests(server: Server, query: str, status: int, error: Any) -> None:
    answer = await http.get(f"{server.url}/socket.io/?{query}")
    assert (answer.status, answer.headers["content-type"], answer.json()) == (
        status,
        "application/json",
        error,
    )


async def test_a_handshake_is_a_get(server: Server) -> None:
    answer = await http.request("POST", f"{server.url}/socket.io/?EIO=4&transport=polling", body=b"40")
    assert answer.json() == {"code": 2, "message": "Bad handshake method"}


async def test_a_reader_that_is_too_far_behind_is_cut_off(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(engine, "MAX_WAITING_BYTES", 20_000_000)
    async with server.logged_in() as good:
        address = f"ws{server.url.removeprefix('http')}/socket.io/?EIO=4&transport=websocket"
        stuck = await WebSocket.open(address)
        stuck.reader._transport.pause_reading()  # type: ignore[attr-defined]
        await stuck.send("40")
        await stuck.send(f'420["loginByToken","{await server.token()}"]')
        while len(server.sockets.eio.sockets) < 2 or len(server.sockets.hub._members(MYSELF, "/")) < 2:
            await asyncio.sleep(0.01)
        for _ in range(40):
            await server.sockets.push.to_audience(MYSELF, "big", "x" * 1_000_000)
            await good.wait_for("big")
        async with asyncio.timeout(20):
            while len(server.sockets.eio.sockets) > 1:
                await asyncio.sleep(0.01)
        assert "does not read" in caplog.text
        stuck.close()


async def test_a_slow_reader_gets_everything(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "HIGH_WATER_BYTES", 1_000)
    async with connect(server.url) as client:
        assert await client.call("flood", 2_000) == {"ok": True}
        assert len(client.pushed("n")) == 2_000


async def test_the_oldest_silent_guest_of_an_address_makes_room_users_stay(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_GUESTS_PER_ADDRESS", 3)
    async with (
        server.logged_in() as first_user,
        server.logged_in() as user,
        connect(server.url) as speaking,
        connect(server.url) as oldest,
        connect(server.url) as younger,
    ):
        await speaking.call("needSetup")
        async with connect(server.url) as newest:
            await asyncio.wait_for(oldest.disconnected.wait(), 20)
            for client in (first_user, user, speaking, younger, newest):
                assert await client.call("needSetup") is False


async def test_guests_that_all_speak_make_room_as_well(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_GUESTS_PER_ADDRESS", 1)
    async with connect(server.url) as oldest:
        await oldest.call("needSetup")
        async with connect(server.url) as newest:
            await asyncio.wait_for(oldest.disconnected.wait(), 20)
            assert await newest.call("needSetup") is True


async def test_a_crowd_behind_a_proxy_makes_room_at_its_own_expense(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_GUESTS_PER_ADDRESS", 5)
    address = f"{server.url}/socket.io/?EIO=4&transport=polling"
    async with connect(server.url, headers={"X-Forwarded-For": "192.0.2.1"}) as honest:
        for _ in range(20):
            answer = await http.get(address, headers={"X-Forwarded-For": "192.0.2.66"})
            assert answer.status == 200
        assert await honest.call("needSetup") is True
    assert len(server.sockets.eio.sockets) <= 5


async def test_sessions_that_end_leave_nothing_behind(server: Server) -> None:
    for transport in ("websocket", "polling"):
        async with server.logged_in(transport=transport) as client:
            await client._send("1")
    hub, eio = server.sockets.hub, server.sockets.eio
    async with asyncio.timeout(20):
        while hub.connections or eio._scopes or server.sockets.environ:
            await asyncio.sleep(0.01)
    assert (hub.connections, dict(hub._rooms), dict(hub._users_by_session)) == ({}, {}, {})
    assert (eio._scopes, eio._spoke, server.sockets.environ) == ({}, set(), {})


async def test_a_client_may_leave_and_enter_a_namespace_again(server: Server) -> None:
    async with server.logged_in() as client:
        await client._send("41")
        await client._send("40")
        await client.wait_for("loginRequired")
        assert (await client.call("who"))[0] is None


async def test_a_client_thrown_out_may_connect_again_on_the_same_session(server: Server) -> None:
    async with server.logged_in() as client:
        await server.sockets.push.disconnect_user(1)
        await client.wait_for("refresh")
        await asyncio.wait_for(client.disconnected.wait(), 20)
        client.disconnected.clear()
        client.forget()
        await client._send("40")
        await client.wait_for("loginRequired")
        assert client.refused is None
        assert (await client.call("who"))[0] is None
