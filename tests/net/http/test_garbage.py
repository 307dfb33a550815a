"""A check leaves nothing behind that only the collector of cycles would find."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import HttpClient, Request
from kuma_lite.net.http.answer import Answer

_WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _saying(*parts: bytes, stays: bool = False) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
        if stays:
            await reader.read()
        writer.close()

    return handle


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient()
    yield client
    client.close()


def _answers() -> int:
    return sum(isinstance(each, Answer) for each in gc.get_objects())


@pytest.mark.parametrize(
    "handler",
    [
        _saying(_WHOLE),
        _saying(b"HTTP/1.1 200 OK\r\n\r\nuntil the end"),
        _saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
        _saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"),
        _saying(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
        _saying(b"220 mail.example\r\n"),
        _saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", stays=True),
        _saying(stays=True),
        _saying(),
    ],
    ids=["whole", "until-end", "chunks", "cut-off", "lenient", "nonsense", "hangs", "silent", "hung-up"],
)
async def test_answers_are_let_go_at_once(client: HttpClient, handler: Handler) -> None:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await _leaves_nothing(client, f"http://127.0.0.1:{port}/")
    server.close()


async def test_so_is_what_found_nobody(client: HttpClient) -> None:
    server = await asyncio.start_server(_saying(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    await _leaves_nothing(client, f"http://127.0.0.1:{port}/")


async def _leaves_nothing(client: HttpClient, url: str) -> None:
    gc.collect()
    before = _answers()
    gc.disable()
    try:
        for _ in range(5):
            with contextlib.suppress(NetworkError):
                await client.send(Request("GET", url, timeout=0.2))
        await asyncio.sleep(0.05)  # for transports to tell that they are closed
        left = _answers() - before
    finally:
        gc.enable()
    assert left <= 1, "the last one may still be in the hands of its transport"
