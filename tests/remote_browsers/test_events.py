"""Remote browsers over the wire."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from kuma_lite.remote_browsers.handshake import accept_of
from tests.net.servers import answer, serve
from tests.support.appliance import running
from tests.support.ports import closed_port


async def browser(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = re.search(r"Sec-WebSocket-Key: (.*)\r\n", head)
    assert key is not None
    assert "Upgrade: websocket\r\n" in head
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept_of(key.group(1)).encode() + b"\r\n\r\n"
    )


def test_the_answer_of_the_standard() -> None:
    assert accept_of("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455 §1.3


async def test_browsers_are_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        saved = await client.call("addRemoteBrowser", {"name": "a", "url": "ws://b:3000"}, None)
        assert saved == {"ok": True, "msg": "Saved.", "msgi18n": True, "id": 1}
        await client.call("addRemoteBrowser", {"name": "b", "url": "ws://c:3000"}, 1)
        for payload in ({}, None, {"name": "x"}, {"url": "ws://x"}, {"name": "x", "url": "u" * 10_001}):
            assert (await client.call("addRemoteBrowser", payload, None))["ok"] is False
        unknown = await client.call("addRemoteBrowser", {"name": "x", "url": "ws://x"}, 9)
        assert unknown == {"ok": False, "msg": "Remote browser not found"}
    async with running(tmp_path) as server, server.logged_in() as client:
        assert client.pushed("remoteBrowserList") == [[[{"id": 1, "url": "ws://c:3000", "name": "b"}]]]
        assert (await client.call("deleteRemoteBrowser", 1))["ok"] is True
        assert client.pushed("remoteBrowserList")[-1] == [[]]
        again = await client.call("deleteRemoteBrowser", 1)
        assert again == {"ok": False, "msg": "Remote Browser not found"}


async def test_what_a_test_says(tmp_path: Path) -> None:
    closed = closed_port()
    liar = b"HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    async with (
        serve(browser) as there,
        serve(answer(b"", "404 Not Found")) as other,
        serve(liar) as lying,
        running(tmp_path) as server,
        server.logged_in() as client,
    ):

        async def tested(url: Any) -> Any:
            return await client.call("testRemoteBrowser", {"url": url})

        connected = {"ok": True, "msg": "Connected Successfully."}
        assert await tested(f"ws://127.0.0.1:{there.port}/?token=x") == connected
        assert await tested(there.url()) == connected
        refused = await tested(f"ws://127.0.0.1:{closed}")
        assert refused["msg"] == f"WebSocket error: connect ECONNREFUSED 127.0.0.1:{closed}"
        unknown = await tested(f"{other.url()}?token=very-secret")
        assert unknown["msg"] == "WebSocket error: 404 Not Found"
        assert "handshake" in (await tested(lying.url()))["msg"]
        assert (await tested(None))["ok"] is False
        assert (await tested("ftp://x"))["ok"] is False
