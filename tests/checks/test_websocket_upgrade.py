"""WebSocket checks against handshakes and frames written by hand."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kuma_lite.checks import websocket_upgrade
from kuma_lite.checks._websocket import close_frame
from kuma_lite.checks.websocket_upgrade import WebSocketMonitor
from kuma_lite.core.declarations import CheckResult
from kuma_lite.net.network import Network
from kuma_lite.net.websocket import accept_of
from tests.checks.peers import Answer, listening, web_server
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority, issue
from tests.support.ports import closed_port

WEBSOCKET = WebSocketMonitor()

Frames = Callable[[bytes], bytes]


def close(code: int | None, reason: str = "") -> bytes:
    payload = b"" if code is None else code.to_bytes(2, "big") + reason.encode()
    return bytes([0x88, len(payload)]) + payload


def echo(frame: bytes) -> bytes:
    """The close frame that came, unmasked."""
    mask, payload = frame[2:6], frame[6:]
    return close(int.from_bytes(bytes(byte ^ mask[place] for place, byte in enumerate(payload)), "big"))


class Peer:
    """A server that opens WebSockets; it answers the client's close frame with `frames`."""

    def __init__(
        self, frames: Frames = echo, *, before: bytes = b"", extra: str = "", accept: str = ""
    ) -> None:
        self.frames, self.before, self.extra, self.accept = frames, before, extra, accept
        self.head = ""
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = self.sent("Sec-WebSocket-Key") or ""
        writer.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {self.accept or accept_of(key)}\r\n{self.extra}\r\n".encode()
            + self.before
        )
        frame = await reader.readexactly(8)
        assert frame[:2] == b"\x88\x82"
        writer.write(self.frames(frame))

    def sent(self, name: str) -> str | None:
        found = re.findall(rf"^{name}: (.*)\r$", self.head, re.MULTILINE)
        assert len(found) <= 1
        return found[0] if found else None


@asynccontextmanager
async def serving(peer: Peer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    async with listening(peer.talk, tls) as peer.port:
        yield peer


def document(peer: Peer, **options: Any) -> dict[str, Any]:
    return {"url": f"ws://localhost:{peer.port}/chat?x=1", "accepted_statuscodes": ["1000"], **options}


def test_the_examples_of_the_rfc() -> None:
    assert accept_of("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert echo(close_frame(1000)) == b"\x88\x02\x03\xe8"


async def test_a_websocket_that_opens_and_closes_is_up(network: Network) -> None:
    async with serving(Peer()) as peer:
        result = await run(WEBSOCKET, document(peer), Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "1000 - OK"
    assert isinstance(result.ping, int)
    assert peer.head.startswith("GET /chat?x=1 HTTP/1.1\r\n")
    assert peer.sent("Host") == f"localhost:{peer.port}"
    assert peer.sent("Sec-WebSocket-Version") == "13"
    assert peer.sent("Sec-WebSocket-Protocol") is None


LONG = 100_000
MESSAGES = (
    b"\x89\x02hi"  # ping
    b"\x01\x03abc\x80\x03def"  # a text in two parts
    + b"\x82\x7e\x01\x00"
    + bytes(256)
    + b"\x82\x7f"
    + LONG.to_bytes(8, "big")
    + bytes(LONG)
)


async def test_messages_before_the_end_are_passed_over(network: Network) -> None:
    async with serving(Peer(before=MESSAGES)) as peer:
        result = await run(WEBSOCKET, document(peer), Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "1000 - OK"


@pytest.mark.parametrize(
    ("frames", "code", "message"),
    [
        (close(1000), 1000, "Unexpected status code: 1000"),
        (close(1008, "go away"), 1008, "Policy Violation"),
        (close(4711), 4711, "Unexpected status code: 4711"),
        (close(None), 1005, "No Status Received"),
        (b"", 1006, "Abnormal Closure"),
        (b"\x88", 1006, "Abnormal Closure"),
        (b"\x88\x01x", 1002, "Protocol error"),
        (b"\x88\x82abcdxx", 1002, "Protocol error"),
        (b"\xc1\x01x", 1002, "Protocol error"),
        (b"\x88\x7e\x01\x00", 1002, "Protocol error"),
    ],
)
async def test_the_code_decides(network: Network, frames: bytes, code: int, message: str) -> None:
    async with serving(Peer(lambda _: frames)) as peer:
        failed = await failure(WEBSOCKET, document(peer, accepted_statuscodes=["200-299"]), Context(network))
        assert (failed.message, failed.ping) == (message, None)
        result = await run(WEBSOCKET, document(peer, accepted_statuscodes=[str(code)]), Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == ("" if code == 1006 else f"{code} - OK")


async def test_a_server_that_never_closes(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_upgrade, "CLOSE_TIMEOUT_S", 0.1)

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Peer(lambda _: b"").talk(reader, writer)
        await reader.read()

    async with listening(deaf) as port:
        asked = {"url": f"ws://localhost:{port}/", "accepted_statuscodes": ["1000"]}
        failed = await failure(WEBSOCKET, asked, Context(network))
    assert failed.message == "Abnormal Closure"


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "302 Found"])
async def test_an_answer_that_opens_nothing(network: Network, status: str) -> None:
    async with web_server({"/": Answer(status, b"page")}) as web:
        failed = await failure(WEBSOCKET, {"url": web.url("/").replace("http", "ws")}, Context(network))
    assert failed.message == f"Unexpected server response: {status[:3]}"


@pytest.mark.parametrize(
    ("options", "extra", "message"),
    [
        ({"wsSubprotocol": "a, b"}, "", "Server sent no subprotocol"),
        ({"wsSubprotocol": "a, b"}, "Sec-WebSocket-Protocol: c\r\n", "Server sent an invalid subprotocol"),
        ({}, "Sec-WebSocket-Protocol: c\r\n", "Server sent a subprotocol but none was requested"),
    ],
)
async def test_a_wrong_subprotocol(
    network: Network, options: dict[str, Any], extra: str, message: str
) -> None:
    async with serving(Peer(extra=extra)) as peer:
        failed = await failure(WEBSOCKET, document(peer, **options), Context(network))
    assert failed.message == message


async def test_the_right_subprotocol(network: Network) -> None:
    async with serving(Peer(extra="Sec-WebSocket-Protocol: b\r\n")) as peer:
        result = await run(WEBSOCKET, document(peer, wsSubprotocol="a, b"), Context(network))
    assert isinstance(result, CheckResult)
    assert peer.sent("Sec-WebSocket-Protocol") == "a,b"


async def test_a_wrong_accept_header_can_be_ignored(network: Network) -> None:
    async with serving(Peer(accept="wrong")) as peer:
        failed = await failure(WEBSOCKET, document(peer), Context(network))
        assert failed.message == "Invalid Sec-WebSocket-Accept header"
        ignoring = document(peer, wsIgnoreSecWebsocketAcceptHeader=True)
        result = await run(WEBSOCKET, ignoring, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "1000 - OK"


@pytest.mark.parametrize(
    ("options", "authorization"),
    [
        ({"authMethod": "basic", "basic_auth_user": "u", "basic_auth_pass": "p"}, "Basic dTpw"),
        ({"authMethod": "bearer", "bearer_token": "t"}, "Bearer t"),
        ({"headers": '{"Authorization": "own", "Upgrade": "h2c"}'}, "own"),
        ({"headers": "no JSON"}, None),
        ({"headers": "[1]"}, None),
    ],
)
async def test_credentials_and_headers(
    network: Network, options: dict[str, Any], authorization: str | None
) -> None:
    async with serving(Peer()) as peer:
        result = await run(WEBSOCKET, document(peer, **options), Context(network))
    assert isinstance(result, CheckResult)
    assert peer.sent("Authorization") == authorization
    assert peer.sent("Upgrade") == "websocket"


async def test_an_oauth_token_is_shown(network: Network) -> None:
    token = Answer(body=b'{"access_token": "secret", "token_type": "Bearer"}')
    async with web_server({"/token": token}) as web, serving(Peer()) as peer:
        options = {"authMethod": "oauth2-cc", "oauth_token_url": web.url("/token"), "oauth_client_id": "c"}
        await run(WEBSOCKET, document(peer, **options), Context(network))
    assert peer.sent("Authorization") == "Bearer secret"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": ""}, "The address of a WebSocket begins with ws:// or wss://."),
        ({"url": "ftp://h"}, "The address of a WebSocket begins with ws:// or wss://."),
        ({"url": "ws://"}, "Invalid URL"),
        ({"url": "ws://h", "headers": '{"X": "a\\nb"}'}, 'Invalid character in header content ["X"]'),
    ],
)
async def test_what_cannot_be_asked(network: Network, options: dict[str, Any], message: str) -> None:
    failed = await failure(WEBSOCKET, options, Context(network))
    assert failed.message == message


@pytest.mark.parametrize("odd", ["X Powered By: x\r\n", "X: a\r\n b\r\n", "no field\n", "X: \x01\n"])
async def test_heads_as_servers_write_them(network: Network, odd: str) -> None:
    async with serving(Peer(extra=odd)) as peer:
        assert isinstance(await run(WEBSOCKET, document(peer), Context(network)), CheckResult)


async def test_nobody_listens_or_answers(network: Network) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await reader.read()

    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example\r\n\r\n")

    port = closed_port()
    failed = await failure(WEBSOCKET, {"url": f"ws://127.0.0.1:{port}"}, Context(network))
    assert failed.message == f"connect ECONNREFUSED 127.0.0.1:{port}"
    async with listening(silent) as port:
        asked = {"url": f"ws://127.0.0.1:{port}"}
        failed = await failure(WEBSOCKET, asked, Context(network, timeout=1))
        assert (failed.message, failed.local) == ("Opening handshake has timed out", True)
    async with listening(other) as port:
        failed = await failure(WEBSOCKET, {"url": f"ws://127.0.0.1:{port}"}, Context(network))
        assert failed.message == "Parse Error: Expected HTTP/"


async def test_tls_is_verified_unless_told_otherwise(network: Network) -> None:
    certificate = issue("localhost", names=("localhost",))
    async with serving(Peer(before=b"\x01\x01x"), certificate.server_context()) as peer:
        asked = document(peer, url=f"wss://localhost:{peer.port}/")
        failed = await failure(WEBSOCKET, asked, Context(network))
        assert failed.message == "self-signed certificate"
        assert failed.certificate is not None
        result = await run(WEBSOCKET, {**asked, "ignoreTls": True}, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "1000 - OK"
    assert result.certificate is not None


async def test_a_client_certificate_is_shown(network: Network, authority: Authority) -> None:
    server = authority.server("localhost").server_context(client_ca=authority.root_pem)
    client = authority.server("client")
    async with serving(Peer(), server) as peer:
        asked = document(
            peer,
            url=f"wss://localhost:{peer.port}/",
            authMethod="mtls",
            tlsCa=authority.root_pem,
            tlsCert=client.pem,
            tlsKey=client.key_pem,
        )
        result = await run(WEBSOCKET, asked, Context(network))
    assert isinstance(result, CheckResult)
    assert result.certificate is not None
    assert result.certificate.as_wire(1_800_000_000)["valid"] is True
