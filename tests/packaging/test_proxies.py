"""The shipped examples in front of the program, as somebody sees it who sets it up through them."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.net.authority import issue
from tests.peers.reverse_proxies import EXAMPLES, NAME, PROXIES, running
from tests.requires import binds_ipv6, find_program, needs_page
from tests.support import http
from tests.support.served import PASSWORD, USER, serving
from tests.support.sio import connect

LOG_IN = {"username": USER, "password": PASSWORD, "token": ""}
LINK = re.compile(r' (?:href|src|action|data-live)="([^"]*)"')
UNTRUSTING = ssl._create_unverified_context()

pytestmark = [pytest.mark.timeout(120), needs_page()]
each_proxy = pytest.mark.parametrize(
    "proxy",
    [
        pytest.param(
            name,
            marks=pytest.mark.skipif(find_program(name) is None, reason=f"not installed: {name}"),
        )
        for name in PROXIES
    ],
)


class Visitor:
    """Somebody who comes through the proxy, by IPv6 where there is any: the proxy itself comes by IPv4."""

    def __init__(self, port: int, below: str = "") -> None:
        self.address = "::1" if binds_ipv6() else "127.0.0.1"
        self.url = f"https://{'[::1]' if binds_ipv6() else self.address}:{port}"
        self.origin = f"https://{NAME}:{port}"
        self.below = below
        self.headers = {"Host": f"{NAME}:{port}", "Origin": self.origin}

    async def get(self, path: str) -> http.Response:
        return await http.get(self.url + path, headers=self.headers, context=UNTRUSTING)

    def connected(self, namespace: str = "/", transport: str = "websocket") -> Any:
        url = self.url + self.below
        return connect(url, namespace, headers=self.headers, context=UNTRUSTING, transport=transport)

    async def set_up(self) -> None:
        """The first start, with a status page."""
        async with self.connected() as client:
            assert await client.call("needSetup") is True
            assert (await client.call("setup", USER, PASSWORD))["ok"] is True
            assert (await client.call("login", LOG_IN))["ok"] is True
            settings = (await client.call("getSettings"))["data"]
            assert (await client.call("setSettings", {**settings, "trustProxy": True}, ""))["ok"] is True
            assert (await client.call("addStatusPage", "Shop", "shop"))["ok"] is True

    async def check_address(self) -> None:
        """Whoever logs in comes from where they are, not from the proxy."""
        async with self.connected("/page", "polling") as client:
            assert (await client.call("login", LOG_IN))["ok"] is True
            found = (await client.call("sessions"))["sessions"]
            assert self.address in [each["address"] for each in found], found

    async def check_pages(self) -> None:
        """The page, its parts, a status page and its feed lead to where they are."""
        root = await self.get(f"{self.below}/")
        assert (root.status, root.headers["location"]) == (302, f"{self.below}/dashboard")
        page = await self.get(root.headers["location"])
        assert f'<base href="{self.below}/"' in page.text
        scripts = re.findall(r' (?:src|href)="\./([^"]+)"', page.text)
        assert scripts
        for script in scripts:
            assert (await self.get(f"{self.below}/{script}")).status == 200, script
        status = await self.get(f"{self.below}/status/shop")
        assert status.status == 200
        links = [link for link in LINK.findall(status.text) if link.startswith("/")]
        assert links
        for link in links:
            assert link.startswith(f"{self.below}/"), link
            if not link.endswith("/live"):
                assert (await self.get(link.replace("&amp;", "&"))).status == 200, link
        feed = await self.get(f"{self.below}/status/shop/rss")
        assert f"{self.origin}{self.below}/status/shop" in feed.text
        manifest = (await self.get(f"{self.below}/api/status-page/shop/manifest.json")).json()
        assert manifest["start_url"] == f"{self.below}/status/shop"

    async def check_live(self, server_url: str) -> None:
        """What happens is there while the answer goes on: no proxy keeps it back."""
        host, port = self.url.removeprefix("https://").rsplit(":", 1)
        reader, writer = await asyncio.open_connection(host.strip("[]"), int(port), ssl=UNTRUSTING)
        path = f"{self.below}/status/shop/live"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.headers['Host']}\r\n\r\n".encode())
        async with asyncio.timeout(10):
            head = await reader.readuntil(b"\r\n\r\n")
            assert b"text/event-stream" in head
            assert await reader.read(100)
        writer.close()


@each_proxy
async def test_first_start(tmp_path: Path, proxy: str) -> None:
    certificate = issue(NAME, names=(NAME,))
    with serving(tmp_path / "data") as server:
        async with running(tmp_path / "proxy", proxy, certificate, server.port) as ports:
            visitor = Visitor(ports.https)
            await visitor.set_up()
            await visitor.check_address()
            await visitor.check_pages()
            await visitor.check_live(server.url)
            if proxy != "caddy":  # which has to be master of port 80 for that
                plain = await http.get(f"http://127.0.0.1:{ports.http}/x?y=1", headers={"Host": NAME})
                assert (plain.status, plain.headers["location"]) == (301, f"https://{NAME}/x?y=1")


@each_proxy
async def test_below_a_path(tmp_path: Path, proxy: str) -> None:
    certificate = issue(NAME, names=(NAME,))
    with serving(tmp_path / "data", "--base-path", "/kuma") as server:
        async with running(tmp_path / "proxy", proxy, certificate, server.port, below=True) as ports:
            visitor = Visitor(ports.https, "/kuma")
            moved = await visitor.get("/kuma")
            assert moved.headers["location"].removeprefix(visitor.origin).endswith("/kuma/")
            await visitor.set_up()
            await visitor.check_address()
            await visitor.check_pages()
            await visitor.check_live(server.url)
            other = await visitor.get("/elsewhere")
            assert "dashboard" not in other.text
            server.stop()
            server.arguments = ()  # now the proxy says it, and is trusted
            server.start()
            await visitor.check_pages()
            await visitor.check_address()


@each_proxy
async def test_through_a_socket_of_the_file_system(tmp_path: Path, proxy: str) -> None:
    place = Path(tempfile.mkdtemp(prefix="kuma-", dir="/tmp")) / "socket"  # paths of sockets are short
    more = ("--host", f"unix:{place}")
    command = [sys.executable, "-m", "kuma_lite", "serve", "--data-dir", str(tmp_path / "data"), *more]
    process = await asyncio.create_subprocess_exec(*command)
    try:
        health = [sys.executable, "-m", "kuma_lite", "health", "--data-dir", str(tmp_path / "data"), *more]
        async with asyncio.timeout(60):
            while await (
                await asyncio.create_subprocess_exec(*health, stderr=asyncio.subprocess.DEVNULL)
            ).wait():
                await asyncio.sleep(0.2)
        assert stat.S_IMODE(place.stat().st_mode) == 0o660
        certificate = issue(NAME, names=(NAME,))
        async with running(tmp_path / "proxy", proxy, certificate, place) as ports:
            visitor = Visitor(ports.https)
            await visitor.set_up()
            await visitor.check_address()
            await visitor.check_pages()
    finally:
        process.terminate()
        await process.wait()
    assert not place.exists()
    place.parent.rmdir()


@pytest.mark.parametrize("name", ["traefik.yaml", "traefik-subpath.yaml"])
def test_traefik_is_told_the_same(name: str) -> None:
    """It is in no package of Debian: what names what has to be there."""
    found = yaml.safe_load((EXAMPLES / name).read_text())["http"]
    for router in found["routers"].values():
        assert NAME in router["rule"]
        assert router["service"] in found["services"]
        assert set(router.get("middlewares", ())) == set(found.get("middlewares", ()))
    [service] = found["services"].values()
    assert service["loadBalancer"]["servers"] == [{"url": "http://127.0.0.1:3001"}]
    assert ("subpath" in name) == (json.dumps(found).count('"/kuma"') == 1)
