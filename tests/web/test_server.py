"""Listening, stopping, and sentences for everything that can go wrong at the start."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.config import Tls
from kuma_lite.core.errors import StartupError
from kuma_lite.web.listening import check_certificate, claim_port, resolve_host
from kuma_lite.web.respond import TEXT, respond
from kuma_lite.web.server import WebServer
from tests.requires import needs_ipv6, needs_program
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


@pytest.fixture
def certificate(tmp_path: Path) -> Tls:
    tls = Tls(tmp_path / "server.crt", tmp_path / "server.key")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", tls.key, "-out", tls.certificate], check=True, capture_output=True)
    return tls


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
    port = claim_port("127.0.0.1", 0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))


@needs_program("openssl")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_https_and_secure_websockets(tmp_path: Path, certificate: Tls, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=str(certificate.certificate))
    context.minimum_version = context.maximum_version = version
    async with frame(tmp_path, tls=certificate) as server:
        assert server.url.startswith("https://")
        assert (await http.get(server.url + "/healthz", context=context)).json() == {"status": "ok"}
        for transport in ("websocket", "polling"):
            async with connect(server.url, context=context, transport=transport) as client:
                assert await client.call("needSetup") is True


@needs_program("openssl")
def test_certificate_and_key_have_to_fit(tmp_path: Path, certificate: Tls) -> None:
    check_certificate(certificate)
    other = tmp_path / "other.key"
    subprocess.run(["openssl", "genrsa", "-out", other, "2048"], check=True, capture_output=True)
    nonsense = tmp_path / "nonsense.key"
    nonsense.write_text("no key")
    for key in (other, nonsense):
        with pytest.raises(StartupError, match="cannot be used together"):
            check_certificate(Tls(certificate.certificate, key))
    with pytest.raises(StartupError, match="does not exist"):
        check_certificate(Tls(certificate.certificate, tmp_path / "none.key"))


@needs_program("openssl")
def test_encrypted_keys_need_their_passphrase(tmp_path: Path, certificate: Tls) -> None:
    locked = tmp_path / "locked.key"
    command = ["openssl", "pkcs8", "-topk8", "-in", certificate.key, "-out", locked, "-passout", "pass:word"]
    subprocess.run(command, check=True, capture_output=True)
    check_certificate(Tls(certificate.certificate, locked, "word"))
    for passphrase in (None, "wrong"):
        with pytest.raises(StartupError, match="passphrase"):
            check_certificate(Tls(certificate.certificate, locked, passphrase))


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


@needs_program("openssl")
async def test_silent_connections_do_no_harm_behind_tls(tmp_path: Path, certificate: Tls) -> None:
    context = ssl.create_default_context(cafile=str(certificate.certificate))
    server = WebServer(App(), "127.0.0.1", 0, certificate, connections=60)
    await server.start()
    silent = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(200)]
    assert (await http.get(server.url + "/", context=context)).text == "hello"
    for _reader, writer in silent:
        writer.close()
    await server.stop()
