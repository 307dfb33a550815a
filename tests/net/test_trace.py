"""What a check did on the network, for whoever records it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kuma_lite.net.datagram import ask
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.network import Network
from kuma_lite.net.trace import current, recording, unrecorded
from tests.checks.peers import listening


async def _silence(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    return


async def _open(network: Network, port: int) -> None:
    stream = await network.open_stream("127.0.0.1", port, timeout=2)
    stream.writer.transport.abort()


async def test_a_connection_is_recorded_for_those_who_ask() -> None:
    network = Network()
    async with listening(_silence) as port:
        with recording() as trace:
            await asyncio.create_task(_open(network, port))  # drivers connect in tasks of their own
            assert trace.address == "127.0.0.1"
            assert trace.dns_ms is not None and trace.connect_ms is not None
            with unrecorded():
                assert current() is None
            assert current() is trace
        assert current() is None
        before = trace.connect_ms
        await _open(network, port)
        assert trace.connect_ms == before
    network.close()


async def test_a_later_connection_begins_anew() -> None:
    network = Network()
    async with listening(_silence) as port:
        with recording() as trace:
            await _open(network, port)
            with pytest.raises(NetworkError):
                await network.open_stream("127.0.0.1", 1, timeout=2)
    assert (trace.address, trace.connect_ms) == ("", None)
    network.close()


async def test_datagrams() -> None:
    class Echo(asyncio.DatagramProtocol):
        transport: asyncio.DatagramTransport

        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            self.transport.sendto(data, addr)

    network = Network()
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        Echo, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    with recording() as trace:
        assert await ask(network, "127.0.0.1", port, b"x", bytes, timeout=2) == b"x"
    assert trace.address == "127.0.0.1"
    assert trace.first_byte_ms is not None
    transport.close()
    network.close()
