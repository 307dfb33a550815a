"""The program as a person starts it, from its own certificate to that of an authority."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from kuma_lite.core.clock import SystemClock
from tests.peers import pebble
from tests.peers.pebble import Authority, missing
from tests.support import http
from tests.support.ports import free_port
from tests.support.served import PASSWORD, USER, Server, serving
from tests.support.sio import connect

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())} (make clients)"),
    pytest.mark.timeout(180),
]
UNTRUSTING = ssl._create_unverified_context()
GONE = "gone.test"


async def make_page(url: str, domains: list[str]) -> None:
    async with connect(url) as client:
        assert (await client.call("setup", USER, PASSWORD))["ok"] is True
        await client.call("login", {"username": USER, "password": PASSWORD, "token": ""})
        assert (await client.call("addStatusPage", "Shop", "shop"))["ok"] is True
        config: dict[str, Any] = {
            "slug": "shop",
            "title": "Shop",
            "analyticsType": None,
            "domainNameList": domains,
            "published": True,
        }
        saved = await client.call("saveStatusPage", "shop", config, "/icon.svg", [])
        assert saved["ok"] is True, saved


async def certificate_at(port: int) -> x509.Certificate:
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=UNTRUSTING)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return x509.load_der_x509_certificate(der)


async def names_at(port: int) -> set[str]:
    found = (await certificate_at(port)).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return set(found.value.get_values_for_type(x509.DNSName))


async def until_names(port: int, names: set[str]) -> None:
    async with asyncio.timeout(120):
        while True:
            with suppress(ConnectionError):  # a change of the certificate breaks off handshakes under way
                if await names_at(port) == names:
                    return
            await asyncio.sleep(0.2)


def arguments(authority: Authority) -> list[str]:
    return [
        *("--acme", "kuma.test", "--acme-terms", "--acme-directory", authority.directory),
        *("--http-port", str(authority.http_port)),
    ]


async def page_says(url: str) -> dict[str, Any]:
    async with connect(url, "/page", context=UNTRUSTING if url.startswith("https") else None) as client:
        assert (await client.call("login", {"username": USER, "password": PASSWORD, "token": ""}))[
            "ok"
        ] is True
        found: dict[str, Any] = await client.call("certificate")
        return found


async def test_from_the_first_start_to_a_restart(tmp_path: Path) -> None:
    async with pebble.running(tmp_path / "pebble") as authority:
        await authority.lead(GONE, pebble.NOWHERE)
        data, trust = tmp_path / "data", {"SSL_CERT_FILE": str(authority.ca_file)}
        with serving(data) as server:
            await make_page(server.url, ["status.test", GONE])
            assert (await page_says(server.url))["source"] == "none"
        server.url = server.url.replace("http:", "https:")
        server.arguments, server.env = tuple(arguments(authority)), {**server.env, **trust}
        server.start()
        try:
            await until_names(server.port, {"kuma.test", "status.test"})
            root = ssl.create_default_context(cadata=await authority.root_pem())
            await read_verified(server.port, root, "status.test", b"<title>Shop</title>")
            said = await page_says(server.url)
            assert (said["source"], said["standIn"], said["failure"]) == ("acme", False, "")
            assert {each["name"]: each["covered"] for each in said["names"]} == {
                "kuma.test": True,
                "status.test": True,
                GONE: False,
            }
            assert [each["name"] for each in said["problems"]] == [GONE]
            assert said["renews"] < said["ends"]
            ready = await http.get(f"{server.url}/readyz", context=UNTRUSTING)
            assert (ready.status, GONE in ready.text) == (200, False)
            assert "certificate" in json.dumps(ready.json()["notes"])
            plain = await http.get(
                f"http://127.0.0.1:{authority.http_port}/", headers={"Host": "status.test"}
            )
            assert plain.headers["location"] == f"https://status.test:{server.port}/"
            doctor = run_doctor(data, server.port, arguments(authority))
            assert any(GONE in each["says"] for each in doctor if each["what"] == "Certificate"), doctor
            server.kill()
            before = (data / "acme" / "certificate.pem").read_bytes()
            server.start()
            await asyncio.sleep(3)
            assert await names_at(server.port) == {"kuma.test", "status.test"}
            assert (data / "acme" / "certificate.pem").read_bytes() == before
        finally:
            server.stop()
        assert "PRIVATE KEY" not in server.text()


async def test_killed_while_it_asks(tmp_path: Path) -> None:
    """What it has told the authority is lost with it: it begins anew, and not at once."""
    slow = {"PEBBLE_VA_NOSLEEP": "0", "PEBBLE_VA_SLEEPTIME": "3"}
    async with pebble.running(tmp_path / "pebble", slow) as authority:
        server = Server(
            tmp_path / "data", *arguments(authority), env={"SSL_CERT_FILE": str(authority.ca_file)}
        )
        server.url = server.url.replace("http:", "https:")
        server.start()
        async with asyncio.timeout(30):
            while "Asking" not in server.text():
                await asyncio.sleep(0.01)
        server.kill()
        state = json.loads((tmp_path / "data" / "acme" / "state.json").read_text())
        assert state["again"] > SystemClock().now() + 20
        server.start()
        try:
            assert await names_at(server.port) == {"kuma.test"}, "what we have signed ourselves"
            await asyncio.sleep(3)
            assert server.text().count("Asking") == 1
            async with connect(server.url, "/page", context=UNTRUSTING) as client:
                await client.call("setup", USER, PASSWORD)
                await client.call("login", {"username": USER, "password": PASSWORD, "token": ""})
                assert (await client.call("certificate"))["standIn"] is True
                assert (await client.call("retryCertificate"))["ok"] is True
                assert "minute" in (await client.call("retryCertificate"))["msg"]
            async with asyncio.timeout(60):
                while "Pebble" not in (await certificate_at(server.port)).issuer.rfc4514_string():
                    await asyncio.sleep(0.5)
            assert await names_at(server.port) == {"kuma.test"}
        finally:
            server.stop()


def test_a_plain_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        more = ["--acme", "kuma.test", "--acme-terms", "--http-port", str(other.getsockname()[1])]
        command = [sys.executable, "-m", "kuma_lite", "serve", "--port", str(free_port())]
        done = subprocess.run(
            [*command, "--data-dir", str(tmp_path), *more],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode != 0
    assert "choose another with --http-port" in done.stderr


async def read_verified(port: int, context: ssl.SSLContext, name: str, what: bytes) -> None:
    """A page as somebody reads it who trusts the authority."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=name)
    writer.write(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
    body = await reader.read()
    writer.close()
    assert what in body


def run_doctor(data: Path, port: int, more: list[str]) -> list[dict[str, str]]:
    command = [
        sys.executable,
        "-m",
        "kuma_lite",
        "doctor",
        "--json",
        "--data-dir",
        str(data),
        "--port",
        str(port),
    ]
    done = subprocess.run([*command, *more[:3]], capture_output=True, text=True, check=False)
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--acme", "kuma.test"], "acme_terms"),
        (["--acme", "10.0.0.1", "--acme-terms"], "names of hosts"),
        (["--acme", "kuma.test", "--acme-terms", "--acme-directory", "http://ca.test/"], "https://"),
        (
            ["--acme", "kuma.test", "--acme-terms", "--ssl-cert", "a", "--ssl-key", "b"],
            "one of both has to go",
        ),
        (["--acme", "kuma.test", "--acme-terms", "--http-port", "3001"], "one each"),
        (["--acme", "kuma.test", "--acme-terms", "--acme-challenge", "dns-01"], "tls-alpn-01"),
        (
            ["--acme", "kuma.test", "--acme-terms", "--acme-eab-kid", "k"],
            "both acme_eab_kid and acme_eab_key",
        ),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, more: list[str], sentence: str) -> None:
    command = [sys.executable, "-m", "kuma_lite", "serve", "--data-dir", str(tmp_path), *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
