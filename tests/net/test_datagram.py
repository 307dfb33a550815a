"""Conversations in datagrams: which address, who is heard, and what ends one."""

from __future__ import annotations

import asyncio
import socket

import pytest

from kuma_lite.net.datagram import KEPT, converse
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.network import Network
from kuma_lite.net.resolve import Address, IpFamily
from tests.checks.datagrams import answering
from tests.requires import needs_ipv6
from tests.support.ports import closed_port

HOST = "127.0.0.1"
BOTH = [Address(socket.AF_INET6, "::1"), Address(socket.AF_INET, HOST)]


@needs_ipv6()
@pytest.mark.parametrize(
    ("found", "address"), [(BOTH, HOST), (BOTH[:1], "::1"), ([Address(socket.AF_INET, HOST)], HOST)]
)
async def test_ipv4_first(monkeypatch: pytest.MonkeyPatch, found: list[Address], address: str) -> None:
    network = Network()

    async def resolve(host: str, family: IpFamily | None = None) -> list[Address]:
        return found

    monkeypatch.setattr(network.resolver, "resolve", resolve)
    async with converse(network, "both.example", closed_port()) as peer:
        assert (peer.address, peer.own_address[0]) == (address, address)
    network.close()


async def test_a_flood_is_cut() -> None:
    network = Network()
    async with (
        answering(lambda asked: [b"%d" % number for number in range(2 * KEPT)]) as port,
        converse(network, HOST, port) as peer,
    ):
        peer.send(b"?")
        assert await peer.receive() == b"0"
        async with asyncio.timeout(2):
            while await peer.receive() != b"%d" % (KEPT - 1):
                pass
    network.close()


async def test_a_refusal_is_heard_and_the_next_datagram_may_be_sent() -> None:
    network = Network()
    async with converse(network, HOST, port := closed_port()) as peer:
        for _ in range(2):
            peer.send(b"?")
            with pytest.raises(NetworkError) as refused:
                await peer.receive()
            assert refused.value.kind is ErrorKind.REFUSED
            assert refused.value.message == f"connect ECONNREFUSED {HOST}:{port}"
    network.close()
