"""Servers that mean harm or are merely broken."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import threading
import time
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from time import perf_counter

import pytest

from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import HttpClient, Request
from tests.net.servers import Server, answer, serve

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
INCOMPLETE = "response timeout: incomplete response within a interval"


def after_request(*parts: bytes, pause: float = 0.0, endless: bytes = b"", hold: bool = False) -> Handler:
    """Read the request, send the parts with pauses, then `endless` again and again, then hold or hang up."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        while endless:
            writer.write(endless)
            await writer.drain()
            await asyncio.sleep(0)
        if hold:
            await reader.read()

    return handler


async def fail(client: HttpClient, server: Server, **options: object) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        await client.send(Request("GET", server.url(), **{"timeout": 5, **options}))  # type: ignore[arg-type]
    return caught.value


async def test_closing_at_once(client: HttpClient) -> None:
    async with serve(after_request()) as server:
        error = await fail(client, server)
    assert (error.message, error.code, error.kind) == ("socket hang up", "ECONNRESET", ErrorKind.RESET)


async def test_closing_within_the_headers(client: HttpClient) -> None:
    async with serve(after_request(b"HTTP/1.1 200 OK\r\nContent-Le")) as server:
        assert (await fail(client, server)).message == "socket hang up"


async def test_reset(client: HttpClient) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with serve(handler) as server:
        error = await fail(client, server)
    assert error.kind is ErrorKind.RESET
    assert error.message in ("read ECONNRESET", "socket hang up")


async def test_body_shorter_than_announced(client: HttpClient) -> None:
    async with serve(after_request(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort")) as server:
        error = await fail(client, server)
    assert (error.message, error.kind) == (INCOMPLETE, ErrorKind.RESET)


async def test_chunks_that_never_end(client: HttpClient) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with serve(after_request(head + b"5\r\nhello\r\n")) as server:
        assert (await fail(client, server)).message == INCOMPLETE


async def test_more_body_than_announced_is_cut(client: HttpClient) -> None:
    async with serve(after_request(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more")) as server:
        assert (await client.send(Request("GET", server.url()))).body == b"hello"


@pytest.mark.parametrize(
    "garbage",
    [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\xff\x00\xff", b"HTTP/1.1 abc OK\r\n\r\n", b"220 mail ESMTP\r\n"],
)
async def test_garbage(client: HttpClient, garbage: bytes) -> None:
    async with serve(after_request(garbage, hold=True)) as server:
        error = await fail(client, server)
    assert error.message.startswith("Parse Error: ")
    assert error.kind is ErrorKind.PROTOCOL


@pytest.mark.parametrize(
    ("head", "endless"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Header: " + b"x" * 1000 + b"\r\n"),  # endless fields
        (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 1000),  # one endless field
        (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),  # many small fields
        (b"HTTP/1.1 200 ", b"OK" * 1000),  # an endless phrase
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),  # always about to answer
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", b"x" * 1000),  # a chunk extension
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"x" * 1000),  # a trailer
    ],
)
async def test_endless_heads_are_stopped(client: HttpClient, head: bytes, endless: bytes) -> None:
    async with serve(after_request(head, endless=endless)) as server:
        error = await fail(client, server, timeout=20)
    assert error.message.startswith("Parse Error: ")
    assert error.kind is ErrorKind.PROTOCOL


@pytest.mark.parametrize(
    "head",
    [b"", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 99999999999\r\n"],
    ids=["eof", "chunked", "length"],
)
async def test_endless_body_is_cut_at_the_limit(client: HttpClient, head: bytes) -> None:
    block = b"x" * 4096
    endless = b"1000\r\n" + block + b"\r\n" if b"chunked" in head else block
    async with serve(after_request(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n", endless=endless)) as server:
        response = await client.send(Request("GET", server.url(), timeout=20, body_limit=100_000))
    assert response.truncated
    assert response.body == b"x" * 100_000


async def test_body_of_exactly_the_limit_is_whole(client: HttpClient) -> None:
    async with serve(answer(b"x" * 1000)) as server:
        response = await client.send(Request("GET", server.url(), body_limit=1000))
        assert (len(response.body), response.truncated) == (1000, False)
        response = await client.send(Request("GET", server.url(), body_limit=999))
        assert (len(response.body), response.truncated) == (999, True)
        response = await client.send(Request("GET", server.url(), body_limit=0))
        assert (len(response.body), response.truncated) == (0, True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_bomb_is_not_unpacked_beyond_the_limit(client: HttpClient, encoding: str) -> None:
    plain = bytes(50 * 1024 * 1024)
    packed = gzip.compress(plain, 9) if encoding == "gzip" else zlib.compress(plain, 9)
    assert len(packed) < 100_000
    async with serve(answer(packed, "200 OK", f"Content-Encoding: {encoding}")) as server:
        tracemalloc.start()
        response = await client.send(Request("GET", server.url(), body_limit=10_000))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert response.truncated
    assert response.body == bytes(10_000)
    assert most < 2_000_000


async def test_broken_gzip(client: HttpClient) -> None:
    async with serve(answer(b"this is no gzip", "200 OK", "Content-Encoding: gzip")) as server:
        error = await fail(client, server)
    assert (error.message, error.kind) == ("incorrect header check", ErrorKind.PROTOCOL)


async def test_gzip_cut_short_is_what_came(client: HttpClient) -> None:
    packed = gzip.compress(b"hello " * 10_000)
    async with serve(answer(packed[:-10], "200 OK", "Content-Encoding: gzip")) as server:
        response = await client.send(Request("GET", server.url()))
    assert response.body.startswith(b"hello hello")


async def test_silence_until_the_timeout(client: HttpClient) -> None:
    async with serve(after_request(hold=True)) as server:
        begun = perf_counter()
        error = await fail(client, server, timeout=0.2)
    assert (error.message, error.kind) == ("timeout of 200ms exceeded", ErrorKind.TIMEOUT)
    assert 0.15 < perf_counter() - begun < 5


async def test_headers_dripping_past_the_timeout(client: HttpClient) -> None:
    drip = [bytes([byte]) for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"]
    async with serve(after_request(*drip, pause=0.02)) as server:
        assert (await fail(client, server, timeout=0.25)).message == "timeout of 250ms exceeded"


async def test_headers_dripping_in_time(client: HttpClient) -> None:
    drip = [
        bytes([byte]) for byte in b"HTTP/1.1 200 All fine\r\nX-Long: value\r\nContent-Length: 2\r\n\r\nhi"
    ]
    async with serve(after_request(*drip, pause=0.001)) as server:
        response = await client.send(Request("GET", server.url(), timeout=5))
    assert (response.reason, response.headers.get("x-long"), response.body) == ("All fine", "value", b"hi")


async def test_body_that_stalls(client: HttpClient) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"
    async with serve(after_request(head, hold=True)) as server:
        error = await fail(client, server, timeout=1)
    assert (error.message, error.kind) == ("response stream aborted", ErrorKind.TIMEOUT)


async def test_slow_body_may_take_longer_than_the_timeout(client: HttpClient) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
    async with serve(after_request(head, *[b"x"] * 10, pause=0.15)) as server:
        response = await client.send(Request("GET", server.url(), timeout=1))
    assert response.body == b"x" * 10
    assert response.timings.total > 1200


async def test_dripping_body_ends_with_the_total_timeout(client: HttpClient) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    async with serve(after_request(head, *[b"x"] * 1000, pause=0.02)) as server:
        error = await fail(client, server, timeout=1, total_timeout=1.3)
    assert (error.message, error.kind) == ("timeout by AbortSignal (1s)", ErrorKind.TIMEOUT)


async def test_server_that_does_not_accept_times_out(client: HttpClient) -> None:
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    port = full.getsockname()[1]
    fillers = []
    for _ in range(4):  # fill the queue of connections that wait to be accepted
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
        fillers.append(filler)
    await asyncio.sleep(0.05)
    with pytest.raises(NetworkError, match="timeout of 300ms exceeded"):
        await client.send(Request("GET", f"http://127.0.0.1:{port}/", timeout=0.3))
    for one in (*fillers, full):
        one.close()


async def test_stall_of_our_own_loop_is_not_the_servers_fault(client: HttpClient) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    asked, away, sent = threading.Event(), threading.Event(), threading.Event()

    def answer_in_time() -> None:
        connection, _ = listener.accept()
        connection.recv(4096)
        asked.set()
        away.wait(10)
        connection.sendall(answer(b"in time"))
        sent.set()
        connection.close()

    server = threading.Thread(target=answer_in_time)
    server.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    sending = asyncio.ensure_future(client.send(Request("GET", url, timeout=1)))
    while not asked.is_set():
        await asyncio.sleep(0.001)
    away.set()
    assert sent.wait(10)
    time.sleep(1.2)  # our loop looks away; the answer waits in the socket when the timer fires
    assert (await sending).body == b"in time"
    server.join()
    listener.close()


async def test_big_request_to_a_server_that_does_not_read_is_let_go(client: HttpClient) -> None:
    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(5)

    async with serve(deaf) as server:
        error = await fail(client, server, timeout=0.3, body=b"x" * 20_000_000)
    assert error.message == "timeout of 300ms exceeded"
