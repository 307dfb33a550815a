"""Proofs of names on the HTTPS port; everybody else must not notice that there is something in between."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from kuma_lite.acme.alpn import AlpnProofs
from kuma_lite.web import front
from kuma_lite.web.front import Front
from kuma_lite.web.listening import listen
from kuma_lite.web.server import WebServer
from tests.requires import needs_program
from tests.support import http
from tests.support.frame import frame
from tests.support.sio import connect
from tests.web.test_certificate import EC, issue
from tests.web.test_connections import ended, opened
from tests.web.test_server import App

pytestmark = needs_program("openssl")


NAME = "kuma.test"
IDENTIFIER = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31")
MIB = 1024 * 1024

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Asked(App):
    """Remembers from whom requests came."""

    def __init__(self) -> None:
        super().__init__()
        self.clients: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.clients.put_nowait((scope["path"], scope["client"][0]))
        await super().__call__(scope, receive, send)


@asynccontextmanager
async def served(folder: Path, app: App, **options: Any) -> AsyncIterator[tuple[WebServer, ssl.SSLContext]]:
    """A server behind a front, and what trusts it."""
    tls = issue(folder, "server", EC)
    options = {"proofs": AlpnProofs(), **options}
    server = WebServer(app, options.pop("host", "127.0.0.1"), 0, tls, **options)
    await server.start()
    try:
        yield server, ssl.create_default_context(cafile=str(tls.certificate))
    finally:
        await server.stop()


@asynccontextmanager
async def passing(answer: Answer, most: int = 100) -> AsyncIterator[tuple[Front, int]]:
    """A front before a server that need not speak TLS, and the port of the front."""

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await answer(reader, writer)
        writer.close()

    behind = await asyncio.start_server(run, "127.0.0.1", 0)
    made = Front(AlpnProofs(), behind.sockets[0].getsockname()[1], most)
    with listen("127.0.0.1", 0, 100) as listening:
        made.start([listening])
        try:
            yield made, listening.getsockname()[1]
        finally:
            await made.stop_accepting()
            made.close()
            behind.close()
            while made.open:
                await asyncio.sleep(0)


async def said(port: int, what: bytes) -> bytes:
    """The answer to that."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(what)
    answer = await reader.read()
    writer.close()
    return answer


async def shown(port: int, name: str, *protocols: str) -> tuple[x509.Certificate, str | None]:
    """The certificate, and what is spoken inside."""
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(list(protocols))
    _reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=name)
    found = writer.get_extra_info("ssl_object")
    der, spoken = found.getpeercert(binary_form=True), found.selected_alpn_protocol()
    writer.close()
    with suppress(ssl.SSLError):
        await writer.wait_closed()
    return x509.load_der_x509_certificate(der), spoken


async def test_an_authority_sees_the_proof_and_others_the_certificate(tmp_path: Path) -> None:
    proofs = AlpnProofs()
    async with served(tmp_path, App(), proofs=proofs) as (server, context):
        proofs.put(NAME, "token", "token.thumbprint")
        found, spoken = await shown(server.port, NAME, "acme-tls/1")
        assert spoken == "acme-tls/1"
        extension = found.extensions.get_extension_for_oid(IDENTIFIER)
        digest = hashlib.sha256(b"token.thumbprint").digest()
        assert (extension.critical, extension.value.public_bytes()) == (True, b"\x04\x20" + digest)
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == [NAME]
        for protocols in (("http/1.1",), ("h2", "http/1.1"), ("http/1.1", "acme-tls/1")):
            other, spoken = await shown(server.port, NAME, *protocols)
            assert (spoken, other.issuer != found.issuer) == ("http/1.1", True)
        assert (await http.get(server.url + "/", context=context)).text == "hello"
        with pytest.raises(ssl.SSLError):
            await shown(server.port, "other.test", "acme-tls/1")
        proofs.drop(NAME, "token")
        with pytest.raises(ssl.SSLError):
            await shown(server.port, NAME, "acme-tls/1")


async def test_pages_and_live_connections(tmp_path: Path) -> None:
    tls = issue(tmp_path, "server", EC)
    context = ssl.create_default_context(cafile=str(tls.certificate))
    async with frame(tmp_path, tls=tls, proofs=AlpnProofs()) as server:
        assert (await http.get(server.url + "/healthz", context=context)).json() == {"status": "ok"}
        for transport in ("websocket", "polling"):
            async with connect(server.url, context=context, transport=transport) as client:
                assert await client.call("needSetup") is True


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
async def test_the_application_knows_who_is_calling(tmp_path: Path, host: str) -> None:
    app = Asked()
    async with served(tmp_path, app, host=host) as (server, context):
        for address in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", server.port, ssl=context, local_addr=(address, 0)
            )
            for _ in range(2):
                writer.write(b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n")
                await reader.readuntil(b"hello")
                assert await app.clients.get() == ("/who", address)
            writer.close()


async def test_the_port_behind_is_for_the_front_alone(tmp_path: Path) -> None:
    app = Asked()
    async with served(tmp_path, app) as (server, context):
        url = f"https://127.0.0.1:{server._behind[0].getsockname()[1]}/"
        assert (await http.get(url, context=context)).status == 403
        upgrade = {
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "A" * 22 + "==",
        }
        found = await http.get(url, context=context, headers={**upgrade, "Connection": "Upgrade"})
        assert found.status == 403
        assert app.clients.empty()


async def test_whose_a_connection_was_is_known_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application may get the request of somebody who has gone again."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        ports.append(writer.get_extra_info("peername")[1])

    ports: list[int] = []
    async with passing(answer) as (made, port):
        await said(port, b"abc")
        assert made.peer(ports[0]) is not None
        monkeypatch.setattr(front, "REMEMBERED_S", -1.0)
        await said(port, b"abc")
        while made.peer(ports[1]) is not None:
            await asyncio.sleep(0)
        assert made.peer(ports[0]) is None


async def test_a_renewal_is_seen_through_it(tmp_path: Path) -> None:
    app = Asked()
    async with served(tmp_path, app) as (server, context):
        under_way = asyncio.create_task(http.get(server.url + "/slow/0.5", context=context))
        await app.asked.wait()
        new = issue(tmp_path, "new", EC)
        for path, of in ((server._tls.certificate, new.certificate), (server._tls.key, new.key)):  # type: ignore[union-attr]
            os.replace(of, path)
        assert await server.renew_certificate()
        trusting = ssl.create_default_context(cafile=str(server._tls.certificate))  # type: ignore[union-attr]
        assert (await http.get(server.url + "/", context=trusting)).text == "hello"
        assert (await under_way).text == "hello"


@pytest.mark.parametrize("begun", [b"", b"\x16\x03\x01\x02\x00\x01\x00\x01"], ids=["silent", "half a hello"])
async def test_a_crowd_that_says_nothing_is_cut(
    tmp_path: Path, begun: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(tmp_path, App(), connections=60) as (server, context):
        with caplog.at_level(logging.WARNING):
            silent = await opened(server.port, 200, begun)
            assert (await http.get(server.url + "/", context=context, timeout=60)).text == "hello"
            await ended(silent, 150)
        assert "Too many connections" in caplog.text


async def test_who_says_nothing_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "FIRST_S", 0.05)
    async with served(tmp_path, App()) as (server, _context):
        await ended(await opened(server.port, 3), 3)


async def test_no_more_than_there_is_room_for() -> None:
    served_now: set[object] = set()
    most = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal most
        served_now.add(writer)
        most = max(most, len(served_now))
        writer.write(await reader.read(3))
        served_now.discard(writer)

    async with passing(answer, most=2) as (_front, port):
        assert await asyncio.gather(*(said(port, b"abc") for _ in range(30))) == [b"abc"] * 30
    assert 0 < most <= 2


async def test_a_slow_reader_holds_up_who_writes() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        for _ in range(64):
            writer.write(b"a" * MIB)
            await writer.drain()

    async with passing(answer) as (made, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=65_536)
        writer.write(b"x")
        got, waiting = 0, 0
        while part := await reader.read(65_536):
            got += len(part)
            waiting = max([waiting, *(each.transport.get_write_buffer_size() for each in made.open)])
        writer.close()
    assert got == 64 * MIB
    assert waiting < 2 * MIB


async def test_a_slow_server_holds_up_who_sends() -> None:
    got = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal got
        while part := await reader.read(65_536):
            got += len(part)
            await asyncio.sleep(0)
        writer.write(b"thanks")

    async with passing(answer) as (made, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        waiting = 0
        for _ in range(64):
            writer.write(b"a" * MIB)
            await writer.drain()
            waiting = max(
                [waiting, *(each.other.transport.get_write_buffer_size() for each in made.open if each.other)]
            )
        writer.write_eof()
        assert await reader.read() == b"thanks", "after one half was closed"
        writer.close()
    assert got == 64 * MIB
    assert waiting < 2 * MIB


async def test_a_server_that_is_away_ends_connections_and_nothing_else() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        writer.write(b"bye")

    async with passing(answer) as (made, port):
        there, made.port = made.port, 9  # nobody listens on it
        with suppress(ConnectionError):
            assert await said(port, b"abc") == b""
        made.port = there
        assert await said(port, b"abc") == b"bye"


async def test_nothing_is_left_open(tmp_path: Path) -> None:
    async with served(tmp_path, App()) as (server, context):
        await http.get(server.url + "/", context=context)
        idle = await opened(server.port, 5)
        assert server._front is not None
        while len(server._front.open) < 5:
            await asyncio.sleep(0)
    await ended(idle, 5)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", server.port)
