from __future__ import annotations

import asyncio
import socket

import pytest

from kuma_lite.core.targets import Distance
from kuma_lite.net import uplink
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import Request
from kuma_lite.net.network import USER_AGENT, Network


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if b"GET" in await reader.read(1000):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    writer.close()


async def test_one_network_serves_every_kind_of_check() -> None:
    network = Network()
    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        response = await network.http.send(Request("GET", f"http://127.0.0.1:{port}/"))
        opened = await network.connect("127.0.0.1", port, asyncio.Protocol, timeout=10)
        stream = await network.open_stream("localhost", port, timeout=10)
        stream.writer.write(b"GET /")
        assert (response.text, await stream.reader.read()) == (
            "hello",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        )
        assert opened.address == "127.0.0.1"
        opened.transport.close()
        stream.writer.close()
    finally:
        server.close()
        network.close()


async def test_what_is_not_there_is_said() -> None:
    network = Network()
    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    try:
        with pytest.raises(NetworkError, match="ECONNREFUSED"):
            await network.connect("127.0.0.1", port, asyncio.Protocol, timeout=10)
    finally:
        network.close()


def test_it_knows_this_machine() -> None:
    network = Network()
    assert network.distance_of("localhost") is Distance.LOCAL
    assert network.distance_of("9.9.9.9") is Distance.PUBLIC
    assert Network.has_uplink() is uplink.has_uplink()


async def test_a_name_is_as_far_away_as_it_led_last() -> None:
    network = Network()
    name = socket.gethostname()
    assert network.distance_of(name) is Distance.PUBLIC  # nobody has asked yet
    try:
        (address, *_) = await network.resolver.resolve(name)
    except NetworkError:
        pytest.skip("this machine does not know its own name")
    finally:
        network.close()
    assert network.distance_of(name) is network.distance_of(address.ip)


def test_it_names_itself_as_allow_lists_know_it() -> None:
    assert USER_AGENT == "Uptime-Kuma/2.5.3"
