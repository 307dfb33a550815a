"""Listening, stopping, and sentences for everything that can go wrong at the start."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.errors import StartupError
from kuma_lite.web.listening import listen, resolve_host
from kuma_lite.web.respond import TEXT, respond
from kuma_lite.web.server import WebServer
from tests.requires import needs_ipv6
from tests.support import http
from tests.support.frame import frame
from tests.support.sio import connect


class App:
    """Answers "hello", slowly where the path says so."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.set()
        if scope["path"].startswith("/slow/"):
            await asyncio.sleep(float(scope["path"].removeprefix("/slow/")))
        await respond(scope, send, 200, b"hello", TEXT)

    async def close_connections(self) -> None:
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
async def test_serves_on_names_and_addresses(host: str) -> None:
    server = WebServer(App(), host, 0)
    await server.start()
    assert (await http.get(server.url + "/")).text == "hello"
    await server.stop()


@needs_ipv6()
async def test_serves_both_families_on_the_unspecified_address() -> None:
    server = WebServer(App(), "::", 0)
    await server.start()
    for url in (server.url, f"http://127.0.0.1:{server.port}"):
        assert (await http.get(url + "/")).text == "hello"
    await server.stop()


async def test_a_port_in_use_is_said_in_one_sentence() -> None:
    first = WebServer(App(), "127.0.0.1", 0)
    await first.start()
    with pytest.raises(StartupError, match=rf"^Port {first.port} is already in use: .*\.$"):
        await WebServer(App(), "127.0.0.1", first.port).start()
    assert (await http.get(first.url + "/")).text == "hello"
    await first.stop()


async def test_the_port_is_free_again_after_stopping() -> None:
    first = WebServer(App(), "127.0.0.1", 0)
    await first.start()
    await http.get(first.url + "/")
    await first.stop()
    second = WebServer(App(), "127.0.0.1", first.port)
    await second.start()
    assert (await http.get(second.url + "/")).text == "hello"
    await second.stop()


@pytest.mark.parametrize(
    ("host", "port", "sentence"),
    [
        ("192.0.2.77", 0, "this machine has no such address"),
        ("no such name", 0, "neither an address nor a known name"),
        ("999.1.1.1", 0, "neither an address nor a known name"),
        ("127.0.0.1", 70_000, "70000 is not a port"),
    ],
)
async def test_bad_addresses_are_said_in_one_sentence(host: str, port: int, sentence: str) -> None:
    with pytest.raises(StartupError) as refused:
        await WebServer(App(), host, port).start()
    assert sentence in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.message.endswith(".")


async def test_names_become_literals() -> None:
    assert await resolve_host("localhost") in ("127.0.0.1", "::1")
    assert await resolve_host("127.0.0.1") == "127.0.0.1"


def test_a_free_port_is_found() -> None:
    with listen("127.0.0.1", 0, 8) as listening, socket.create_connection(listening.getsockname()) as caller:
        assert caller.getpeername() == listening.getsockname()


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_stops_quickly_with_open_connections(tmp_path: Path, transport: str) -> None:
    async with frame(tmp_path) as server, connect(server.url, transport=transport) as client:
        began = time.perf_counter()
        await server.app.close_connections()
        await asyncio.wait_for(client.disconnected.wait(), 10)
    assert time.perf_counter() - began < 10  # connections would stay for 45 seconds


async def test_requests_under_way_are_finished() -> None:
    app = App()
    server = WebServer(app, "127.0.0.1", 0)
    await server.start()
    request = asyncio.create_task(http.get(server.url + "/slow/0.4"))
    await asyncio.wait_for(app.asked.wait(), 10)
    await server.stop()
    assert (await request).text == "hello"


async def test_requests_that_hang_do_not_keep_it() -> None:
    app = App()
    server = WebServer(app, "127.0.0.1", 0)
    await server.start()
    request = asyncio.create_task(http.get(server.url + "/slow/60"))
    await asyncio.wait_for(app.asked.wait(), 10)
    began = time.perf_counter()
    await server.stop()
    assert time.perf_counter() - began < 10
    request.cancel()


async def test_stopping_what_never_started_is_fine() -> None:
    await WebServer(App(), "127.0.0.1", 0).stop()


async def test_more_than_a_hundred_idle_connections_do_no_harm() -> None:
    server = WebServer(App(), "127.0.0.1", 0)
    await server.start()
    idle = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(150)]
    assert (await http.get(server.url + "/")).text == "hello"
    for _reader, writer in idle:
        writer.close()
    await server.stop()


async def test_a_socket_of_the_file_system(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    left_over = socket.socket(socket.AF_UNIX)
    left_over.bind(str(path))
    left_over.close()
    first = WebServer(App(), f"unix:{path}", 0)
    await first.start()
    assert first.url == f"unix:{path}"
    for _ in range(2):
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).endswith(b"hello")
        writer.close()
    with pytest.raises(StartupError, match="is already in use"):
        await WebServer(App(), f"unix:{path}", 0).start()
    await first.stop()
    assert not path.exists()
    with pytest.raises(StartupError, match="no such file"):
        await WebServer(App(), f"unix:{tmp_path}/none/socket", 0).start()
    path.write_text("mine")
    with pytest.raises(StartupError, match="in use"):
        await WebServer(App(), f"unix:{path}", 0).start()
    assert path.read_text() == "mine"
