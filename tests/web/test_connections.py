"""Strangers who open connections and say nothing: everybody else is still served."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from kuma_lite.web.connections import Connections
from kuma_lite.web.respond import TEXT, respond
from kuma_lite.web.server import WebServer
from tests.requires import needs_ipv6
from tests.support import http
from tests.support.frame import frame
from tests.support.sio import connect


class App:
    """Reads what it is sent, then answers "hello"."""

    def __init__(self) -> None:
        self.broken_off: asyncio.Queue[str] = asyncio.Queue()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive()).get("more_body"):
            pass
        if message["type"] == "http.disconnect":
            self.broken_off.put_nowait(scope["path"])
            return
        await respond(scope, send, 200, b"hello", TEXT)

    async def close_connections(self) -> None:
        pass


async def opened(port: int, count: int, *said: bytes) -> list[asyncio.StreamReader]:
    """Connections that say something and then nothing more; they end with the test."""
    readers = []
    for _ in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.writelines(said)
        reader.writer = writer  # type: ignore[attr-defined]  # kept open as long as its reader
        readers.append(reader)
    return readers


async def ended(readers: list[asyncio.StreamReader], count: int) -> None:
    """Wait until that many are cut."""
    waiting = {asyncio.ensure_future(reader.read()) for reader in readers}
    done: set[asyncio.Future[bytes]] = set()
    while len(done) < count:
        fresh, waiting = await asyncio.wait(waiting, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        assert fresh, f"only {len(done)} of {count} were cut"
        done |= fresh
    for task in waiting:
        task.cancel()


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-a: "], ids=["silent", "half a head"])
async def test_more_silent_connections_than_there_is_room_for(
    said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    server = WebServer(App(), "127.0.0.1", 0, connections=60)
    await server.start()
    with caplog.at_level(logging.WARNING):
        silent = await opened(server.port, 200, said)
        assert (await http.get(server.url + "/")).text == "hello"
        await ended(silent, 150)
    assert sum("Too many connections" in record.message for record in caplog.records) == 1
    await server.stop()


@needs_ipv6()
async def test_connections_are_known_on_both_families() -> None:
    server = WebServer(App(), "::", 0, connections=60)
    await server.start()
    silent = await opened(server.port, 200)
    for url in (server.url, f"http://127.0.0.1:{server.port}"):
        assert (await http.get(url + "/")).text == "hello"
    await ended(silent, 150)
    await server.stop()


async def test_bodies_that_do_not_come_are_given_up() -> None:
    app = App()
    server = WebServer(app, "127.0.0.1", 0)
    server._connections._body_s = 0.5
    await server.start()
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"
    await ended(await opened(server.port, 5, head, b"a" * 1000), 5)
    for _ in range(5):
        await asyncio.wait_for(app.broken_off.get(), 10)
    await server.stop()


async def test_a_slow_answer_is_not_taken_for_a_slow_body() -> None:
    class Slow(App):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await receive()
            await asyncio.sleep(1.2)
            await respond(scope, send, 200, b"late", TEXT)

    server = WebServer(Slow(), "127.0.0.1", 0)
    server._connections._body_s = 0.3
    await server.start()
    assert (await http.get(server.url + "/")).text == "late"
    await server.stop()


async def test_live_connections_outlast_the_crowd(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuma_lite.web.server.connections_within", lambda _limit: 60)
    async with frame(tmp_path) as server, connect(server.url) as live:
        port = int(server.url.rpartition(":")[2])
        await ended(await opened(port, 200), 150)
        assert await live.call("needSetup") is True


async def test_live_connections_leave_room_for_requests() -> None:
    sent: list[Any] = []
    began = asyncio.Event()

    async def live(_scope: Any, _receive: Any, _send: Any) -> None:
        began.set()
        await asyncio.sleep(60)

    async def send(message: Any) -> None:
        sent.append(message)

    connections = Connections(live, 1)
    websocket = {"type": "websocket", "client": ("192.0.2.1", "1")}
    first = asyncio.create_task(connections(websocket, None, send))
    await began.wait()
    await connections({**websocket, "client": ("192.0.2.1", "2")}, None, send)
    assert sent[0]["status"] == 503
    first.cancel()
