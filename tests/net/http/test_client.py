from __future__ import annotations

import asyncio
import gzip
import zlib
from pathlib import Path

import pytest

from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import HttpClient, Request
from tests.net.servers import answer, serve
from tests.requires import needs_ipv6
from tests.support.ports import closed_port


async def test_what_a_plain_request_looks_like(client: HttpClient) -> None:
    async with serve(answer()) as server:
        await client.send(Request("get", server.url("/a?b=c#d"), [("User-Agent", "mine"), ("Accept", "*/*")]))
    assert server.requests == [
        "GET /a?b=c HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{server.port}\r\n"
        "User-Agent: mine\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nConnection: close\r\n\r\n"
    ]


async def test_answer_has_all_its_parts(client: HttpClient) -> None:
    async with serve(answer(b"hello", "404 Not There", "X-A: 1", "x-a: 2")) as server:
        response = await client.send(Request("GET", server.url("/x")))
    assert (response.status, response.reason, response.http_version) == (404, "Not There", "1.1")
    assert response.body == b"hello"
    assert response.text == "hello"
    assert not response.truncated
    assert response.headers.get_all("X-a") == ["1", "2"]
    assert "x-A" in response.headers
    assert response.url == server.url("/x")
    assert response.address == "127.0.0.1"
    assert response.certificate is None


async def test_phases_add_up(client: HttpClient) -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.2)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n")
        await asyncio.sleep(0.5)
        writer.write(b"x")

    async with serve(slow) as server:
        timings = (await client.send(Request("GET", server.url()))).timings
    assert timings.tls == 0
    assert timings.first_byte >= 190
    # Less than the half second: both may come at once to a loop that was held up for a moment.
    assert timings.total >= timings.connect + timings.first_byte + 200


async def test_body_without_length_ends_with_the_connection(client: HttpClient) -> None:
    async with serve(b"HTTP/1.1 200 OK\r\n\r\nall of it") as server:
        assert (await client.send(Request("GET", server.url()))).body == b"all of it"


async def test_chunked_body_with_extensions_and_trailers(client: HttpClient) -> None:
    body = b"4;a=b\r\nWiki\r\n5\r\npedia\r\n0\r\nX-Trailer: 1\r\n\r\n"
    async with serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body, stay=True) as server:
        response = await client.send(Request("GET", server.url(), timeout=10))
    assert response.body == b"Wikipedia"
    assert "X-Trailer" not in response.headers


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_status_without_body_does_not_wait_for_one(client: HttpClient, status: str) -> None:
    async with serve(f"HTTP/1.1 {status}\r\nContent-Length: 50\r\n\r\n".encode(), stay=True) as server:
        response = await client.send(Request("GET", server.url(), timeout=10, max_redirects=0))
    assert response.body == b""
    assert str(response.status) in status


async def test_head_does_not_wait_for_a_body(client: HttpClient) -> None:
    async with serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", stay=True) as server:
        response = await client.send(Request("HEAD", server.url(), timeout=10))
    assert response.headers.get("content-length") == "5000"
    assert response.body == b""


async def test_interim_answers_are_passed_over(client: HttpClient) -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    async with serve(early + answer(b"final")) as server:
        response = await client.send(Request("GET", server.url()))
    assert (response.status, response.reason, response.body) == (200, "OK", b"final")
    assert "link" not in response.headers


async def test_switching_protocols_is_an_answer(client: HttpClient) -> None:
    head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x00"
    async with serve(head, stay=True) as server:
        upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket")]
        response = await client.send(Request("GET", server.url(), upgrade, timeout=10))
    assert response.status == 101
    assert server.requests[0].lower().count("connection:") == 1


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"hello " * 1000, mtime=0)),
        ("x-gzip", gzip.compress(b"hello " * 1000, mtime=0)),
        ("deflate", zlib.compress(b"hello " * 1000)),
        ("deflate", zlib.compress(b"hello " * 1000)[2:-4]),
        ("GZIP", gzip.compress(b"hello " * 1000, mtime=0)),
        ("identity", b"hello " * 1000),
    ],
)
async def test_body_is_unpacked(client: HttpClient, encoding: str, packed: bytes) -> None:
    async with serve(answer(packed, "200 OK", f"Content-Encoding: {encoding}")) as server:
        response = await client.send(Request("GET", server.url()))
    assert response.body == b"hello " * 1000
    assert not response.truncated


async def test_post_sends_its_body(client: HttpClient) -> None:
    async with serve(answer()) as server:
        await client.send(Request("POST", server.url(), [("Content-Type", "text/plain")], b"a=1"))
    assert server.requests[0].endswith("Content-Length: 3\r\n\r\na=1")


async def test_get_may_have_a_body_and_empty_post_says_so(client: HttpClient) -> None:
    async with serve(answer()) as server:
        await client.send(Request("GET", server.url(), body=b"{}"))
        await client.send(Request("POST", server.url()))
    assert server.requests[0].endswith("Content-Length: 2\r\n\r\n{}")
    assert "Content-Length: 0\r\n" in server.requests[1]


async def test_credentials_of_url_replace_the_header(client: HttpClient) -> None:
    async with serve(answer()) as server:
        url = server.url().replace("//", "//us%20er:p%40ss@")
        response = await client.send(Request("GET", url, [("authorization", "Bearer x")]))
        await client.send(Request("GET", url, auth=("a", "b")))
    assert "Authorization: Basic dXMgZXI6cEBzcw==\r\n" in server.requests[0]
    assert "Bearer" not in server.requests[0]
    assert "Basic YTpi\r\n" in server.requests[1]
    assert "p%40ss" not in response.url


@needs_ipv6()
async def test_ipv6_literal(client: HttpClient) -> None:
    async with serve(answer(), host="::1") as server:
        response = await client.send(Request("GET", server.url()))
    assert response.address == "::1"
    assert f"Host: [::1]:{server.port}\r\n" in server.requests[0]


async def test_name_falls_back_to_the_family_that_answers(client: HttpClient) -> None:
    async with serve(answer(), host="127.0.0.1") as server:
        response = await client.send(Request("GET", f"http://localhost:{server.port}/"))
    assert response.address == "127.0.0.1"


async def test_family_can_be_chosen(client: HttpClient) -> None:
    async with serve(answer(), host="127.0.0.1") as server:
        url = f"http://localhost:{server.port}/"
        assert (await client.send(Request("GET", url, ip_family="ipv4"))).address == "127.0.0.1"
        with pytest.raises(NetworkError, match=r"ECONNREFUSED ::1|ENOTFOUND|EADDRNOTAVAIL"):
            await client.send(Request("GET", url, ip_family="ipv6"))


async def test_refused_says_where(client: HttpClient) -> None:
    port = closed_port()
    with pytest.raises(NetworkError) as caught:
        await client.send(Request("GET", f"http://127.0.0.1:{port}/"))
    assert caught.value.message == f"connect ECONNREFUSED 127.0.0.1:{port}"
    assert (caught.value.code, caught.value.kind) == ("ECONNREFUSED", ErrorKind.REFUSED)


async def test_refused_by_all_addresses_is_not_empty(client: HttpClient) -> None:
    port = closed_port()
    with pytest.raises(NetworkError) as caught:
        await client.send(Request("GET", f"http://localhost:{port}/"))
    assert caught.value.message in (
        f"connect ECONNREFUSED 127.0.0.1:{port}",
        f"connect ECONNREFUSED ::1:{port}",
    )


async def test_unknown_name(client: HttpClient) -> None:
    with pytest.raises(NetworkError) as caught:
        await client.send(Request("GET", "http://nowhere.invalid/"))
    assert caught.value.kind is ErrorKind.DNS
    assert caught.value.message.startswith("getaddrinfo E")
    assert caught.value.message.endswith(" nowhere.invalid")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request("GET", "nonsense"), "Invalid URL"),
        (Request("GET", "ftp://h/"), "Unsupported protocol ftp:"),
        (Request("G T", "http://h/"), 'Method must be a valid HTTP token ["G T"]'),
        (Request("GET", "http://h/", [("a b", "c")]), 'Header name must be a valid HTTP token ["a b"]'),
        (Request("GET", "http://h/", [("a", "b\r\nc: d")]), 'Invalid character in header content ["a"]'),
        (Request("GET", "http://h/", [("a", "ж")]), 'Invalid character in header content ["a"]'),
    ],
)
async def test_what_cannot_be_asked(client: HttpClient, request_: Request, message: str) -> None:
    with pytest.raises(NetworkError) as caught:
        await client.send(request_)
    assert caught.value.message == message
    assert caught.value.kind is ErrorKind.URL


async def test_unix_socket(client: HttpClient, tmp_path: Path) -> None:
    path = str(tmp_path / "s")

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(b"docker"))
        writer.close()

    server = await asyncio.start_unix_server(handler, path)
    response = await client.send(Request("GET", "http://docker/info", unix_socket=path))
    server.close()
    assert response.body == b"docker"
    with pytest.raises(NetworkError) as caught:
        await client.send(Request("GET", "http://docker/info", unix_socket="/no/such/socket"))
    assert caught.value.message == "connect ENOENT /no/such/socket"


async def test_cancelling_closes_the_connection(client: HttpClient) -> None:
    here, gone = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here.set()
        await reader.read()
        gone.set()

    async with serve(silent) as server:
        task = asyncio.ensure_future(client.send(Request("GET", server.url(), timeout=30)))
        await asyncio.wait_for(here.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(gone.wait(), 10)


async def test_many_at_once(client: HttpClient) -> None:
    async with serve(answer()) as server:
        responses = await asyncio.gather(*(client.send(Request("GET", server.url())) for _ in range(100)))
    assert {response.body for response in responses} == {b"hello"}


def test_secrets_are_not_shown() -> None:
    request = Request(
        "GET", "http://h/", [("Authorization", "Bearer s3cret")], b"s3cret", auth=("u", "s3cret")
    )
    assert "s3cret" not in repr(request)
