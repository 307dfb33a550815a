"""A WebSocket client against frames written by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.network import Network
from kuma_lite.net.websocket import MAX_BYTES, open_websocket
from tests.checks.peers import Talk, listening
from tests.net.authority import Authority
from tests.net.websockets import CLOSE, PING, PONG, TEXT, accept, from_client, from_server


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    network = Network()
    yield network
    network.close()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await accept(reader, writer)
    while True:
        kind, payload = await from_client(reader)
        writer.write(from_server(kind, payload) if len(payload) < 1 << 16 else from_server(TEXT, b"long"))


@pytest.mark.parametrize("text", ["", "a", "ab", "abc", "ü 🚀", "x" * 125, "x" * 126, "y" * 65_535])
async def test_texts_go_and_come(network: Network, text: str) -> None:
    async with (
        listening(echo) as port,
        open_websocket(network, f"ws://localhost:{port}", timeout=5) as socket,
    ):
        socket.send(text)
        assert await socket.receive() == text
        socket.send("z" * 65_536)
        assert await socket.receive() == "long"


async def test_a_message_in_pieces_with_a_ping_between(network: Network) -> None:
    heard: list[tuple[int, bytes]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await accept(reader, writer)
        assert head.startswith("GET /relay?x=1 HTTP/1.1\r\n")
        writer.write(
            from_server(TEXT, b"one ", last=False) + from_server(PING, b"!") + from_server(0, b"two")
        )
        heard.append(await from_client(reader))

    async with (
        listening(talk) as port,
        open_websocket(network, f"ws://localhost:{port}/relay?x=1", timeout=5) as socket,
    ):
        assert await socket.receive() == "one two"
        with pytest.raises(NetworkError, match="socket hang up"):
            await socket.receive()
    assert heard == [(PONG, b"!")]


async def refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")


async def lying(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n")


async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await accept(reader, writer)
    writer.write(from_server(CLOSE, b""))


async def flooding(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await accept(reader, writer)
    writer.write(b"\x81\x7f" + (MAX_BYTES + 1).to_bytes(8, "big"))


@pytest.mark.parametrize(
    ("talk", "says"),
    [
        (refusing, "Unexpected server response: 403"),
        (lying, "Invalid Sec-WebSocket-Accept header"),
        (closing, "The WebSocket was closed"),
        (flooding, "Invalid WebSocket frame"),
    ],
)
async def test_what_breaks_a_websocket(network: Network, talk: Talk, says: str) -> None:
    async with listening(talk) as port:
        with pytest.raises(NetworkError, match=says):
            async with open_websocket(network, f"ws://localhost:{port}", timeout=5) as socket:
                await socket.receive()


async def test_an_address_that_is_none(network: Network) -> None:
    with pytest.raises(NetworkError, match="begins with ws://") as failed:
        async with open_websocket(network, "https://localhost", timeout=5):
            pass
    assert failed.value.kind is ErrorKind.URL


async def test_tls_is_verified(
    network: Network, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = authority.server("localhost").server_context()
    async with listening(echo, tls) as port:
        with pytest.raises(NetworkError, match="issuer certificate|self-signed certificate"):
            async with open_websocket(network, f"wss://localhost:{port}", timeout=5):
                pass
        trusted = tmp_path / "root.pem"
        trusted.write_text(authority.root_pem)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        trusting = Network()
        async with open_websocket(trusting, f"wss://localhost:{port}", timeout=5) as socket:
            socket.send("secret")
            assert await socket.receive() == "secret"
        with pytest.raises(NetworkError) as failed:
            async with open_websocket(trusting, f"wss://127.0.0.1:{port}", timeout=5):
                pass
        assert failed.value.code == "ERR_TLS_CERT_ALTNAME_INVALID"
        trusting.close()
