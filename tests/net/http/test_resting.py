"""Connections that wait for another request, and what ends them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import HttpClient, Request, Response, resting
from kuma_lite.net.proxy import always
from kuma_lite.net.trace import recording
from tests.net.authority import Authority
from tests.net.proxies import proxying
from tests.net.servers import Server, answer, redirect, serve


class Counted:
    """Answers on each connection as often as it is asked, and counts connections and requests."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = answers or (answer(),)
        self.connections = 0
        self.ended = 0
        self.heads: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                await self.answer(head, reader, writer)
        finally:
            self.ended += 1

    async def answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for line in head.splitlines():
            if line.lower().startswith("content-length:"):
                head += (await reader.readexactly(int(line.partition(":")[2]))).decode()
        self.heads.append(head)
        writer.write(self.answers[min(len(self.heads), len(self.answers)) - 1])


async def ask(client: HttpClient, server: Server, path: str = "/", **further: object) -> Response:
    fields: dict[str, object] = {"body": b"x", "timeout": 5, "keeps": True, **further}
    return await client.send(Request("POST", server.url(path), **fields))  # type: ignore[arg-type]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_requests_follow_each_other_on_one_connection(client: HttpClient) -> None:
    counted = Counted(answer(b"first"), answer(b"second", "404 Not Found"), answer(b"third"))
    async with serve(counted) as server:
        answers = [await ask(client, server, path) for path in ("/a", "/b", "/c")]
    assert [each.body for each in answers] == [b"first", b"second", b"third"]
    assert [each.status for each in answers] == [200, 404, 200]
    assert counted.connections == 1
    assert [head.split()[1] for head in counted.heads] == ["/a", "/b", "/c"]
    assert all("\r\nConnection: keep-alive\r\n" in head for head in counted.heads)


async def test_a_request_that_does_not_ask_for_it_has_a_connection_of_its_own(client: HttpClient) -> None:
    counted = Counted()
    async with serve(counted) as server:
        await ask(client, server)
        await ask(client, server, keeps=False)
    assert counted.connections == 2
    assert "\r\nConnection: close\r\n" in counted.heads[1]


async def test_a_header_of_the_user_stays(client: HttpClient) -> None:
    counted = Counted()
    async with serve(counted) as server:
        await ask(client, server, headers=[("connection", "close")])
    assert counted.heads[0].lower().count("connection:") == 1


async def test_requests_at_the_same_time_do_not_share(client: HttpClient) -> None:
    counted = Counted()
    async with serve(counted) as server:
        await asyncio.gather(*(ask(client, server) for _ in range(3)))
        assert (counted.connections, len(client.resting)) == (3, 3)
        await asyncio.gather(*(ask(client, server) for _ in range(3)))
    assert counted.connections == 3


async def test_with_tls_the_handshake_and_its_certificate_are_shared(
    client: HttpClient, authority: Authority
) -> None:
    counted = Counted()
    async with serve(counted, tls=authority.server("localhost").server_context()) as server:
        url = f"https://localhost:{server.port}/"
        mine = {"ca_pem": authority.root_pem, "ip_family": "ipv4", "keeps": True, "timeout": 5.0}
        first, second = [await client.send(Request("GET", url, **mine)) for _ in range(2)]  # type: ignore[arg-type]
        assert counted.connections == 1
        assert first.certificate is not None
        assert second.certificate == first.certificate
        with pytest.raises(NetworkError):  # whoever trusts others has a connection of its own
            await client.send(Request("GET", url, **{**mine, "ca_pem": None}))  # type: ignore[arg-type]
        await client.send(Request("GET", url, **{**mine, "verify": False}))  # type: ignore[arg-type]
    assert counted.connections > 1
    assert len(counted.heads) == 3


async def test_another_host_wants_another_certificate(client: HttpClient, authority: Authority) -> None:
    counted = Counted()
    async with serve(counted, tls=authority.server("localhost").server_context()) as server:
        url = f"https://localhost:{server.port}/"
        mine = {"ca_pem": authority.root_pem, "ip_family": "ipv4", "keeps": True, "timeout": 5.0}
        await client.send(Request("GET", url, **mine))  # type: ignore[arg-type]
        with pytest.raises(NetworkError) as caught:
            await client.send(Request("GET", url, [("Host", "other.example")], **mine))  # type: ignore[arg-type]
    assert caught.value.kind is ErrorKind.TLS


@pytest.mark.parametrize(
    "first",
    [
        answer(b"x", "200 OK", "Connection: close"),
        b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
        answer(b"x" * 100),  # beyond the limit of what is read
        answer(b"x") + b"more than was said",
    ],
    ids=["close", "HTTP 1.0", "cut", "more"],
)
async def test_what_cannot_be_used_again_is_closed(client: HttpClient, first: bytes) -> None:
    counted = Counted(first, answer(b"fresh"))
    async with serve(counted) as server:
        await ask(client, server, body_limit=20)
        await until(lambda: not len(client.resting) or counted.ended)
        assert (await ask(client, server, body_limit=20)).body == b"fresh"
    assert counted.connections == 2


async def test_a_connection_that_the_server_has_closed_is_not_used(client: HttpClient) -> None:
    async def closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(1)
        writer.write(answer())

    async with serve(closes) as server:
        for _ in range(3):
            assert (await ask(client, server)).status == 200
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("reset", [False, True])
async def test_a_request_that_crosses_the_end_is_asked_again(client: HttpClient, reset: bool) -> None:
    """The server ends the connection upon the second request, which it has not looked at."""
    asked: list[int] = []

    async def one_each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(1)
        asked.append(1)
        writer.write(answer())
        await reader.readuntil(b"\r\n\r\n")
        asked.append(2)
        if reset:
            writer.transport.abort()

    async with serve(one_each) as server:
        assert (await ask(client, server)).status == 200
        assert (await ask(client, server)).status == 200
    assert asked == [1, 2, 1]


@asynccontextmanager
async def stuck_at(place: int, part: bytes) -> AsyncIterator[tuple[Server, list[int]]]:
    """A server whose answer to a request ends with some bytes, or hangs where there are none."""
    asked: list[int] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(1)
            asked.append(len(asked) + 1)
            if len(asked) < place:
                writer.write(answer())
                continue
            writer.write(part)
            if not part:
                await reader.read()
            return

    async with serve(handler) as server:
        yield server, asked


async def test_an_answer_that_has_begun_is_not_asked_for_again(client: HttpClient) -> None:
    async with stuck_at(2, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx") as (server, asked):
        await ask(client, server)
        with pytest.raises(NetworkError):
            await ask(client, server)
    assert asked == [1, 2]


async def test_silence_is_not_asked_again(client: HttpClient) -> None:
    async with stuck_at(2, b"") as (server, asked):
        await ask(client, server)
        with pytest.raises(NetworkError) as caught:
            await ask(client, server, timeout=0.2)
    assert caught.value.kind is ErrorKind.TIMEOUT
    assert asked == [1, 2]


async def test_a_request_that_is_given_up_leaves_nothing(client: HttpClient) -> None:
    async with stuck_at(2, b"") as (server, asked):
        await ask(client, server)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await ask(client, server)
        assert len(client.resting) == 0
    assert asked == [1, 2]


async def test_waiting_ends(client: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resting, "RESTS_S", 0.1)
    counted = Counted()
    async with serve(counted) as server:
        await ask(client, server)
        await until(lambda: counted.ended == 1)
        assert len(client.resting) == 0
        await ask(client, server)
    assert counted.connections == 2


async def test_names_are_looked_up_again_after_a_while(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resting, "USED_FOR_S", 0.2)
    counted = Counted()
    async with serve(counted) as server:
        async with asyncio.timeout(10):
            while counted.connections < 2:
                await ask(client, server)
                await asyncio.sleep(0.02)
    assert len(counted.heads) > 3


async def test_not_too_many_wait(client: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resting, "RESTING_AT_MOST", 2)
    counted = Counted()
    async with serve(counted) as one, serve(counted) as two:
        await asyncio.gather(*(ask(client, each) for each in (one, two) for _ in range(2)))
        assert len(client.resting) == 2
        await until(lambda: counted.ended == 2)


async def test_closing_the_client_closes_them(client: HttpClient) -> None:
    counted = Counted()
    async with serve(counted) as server:
        await ask(client, server)
        client.close()
        await until(lambda: counted.ended == 1)


async def test_a_redirect_is_not_read_to_its_end_and_ends_its_connection(client: HttpClient) -> None:
    counted = Counted(redirect("/b", "307 Temporary Redirect"), answer(b"there"))
    async with serve(counted) as server:
        assert (await ask(client, server, "/a")).body == b"there"
    assert counted.connections == 2
    assert [head.split()[1] for head in counted.heads] == ["/a", "/b"]


async def test_what_is_recorded(client: HttpClient) -> None:
    async with serve(Counted(answer(b"one"), answer(b"two"))) as server:
        await ask(client, server)
        with recording() as trace:
            await ask(client, server)
    assert trace.answer is not None
    assert trace.answer.body == b"two"


async def test_through_proxies(client: HttpClient) -> None:
    """A tunnel leads to one server; a connection to a proxy that passes requests on may lead to any."""
    counted = Counted()
    async with serve(counted) as server, proxying("http") as http, proxying("socks5") as socks:
        for proxy in (http, socks):
            for _ in range(2):
                await ask(client, server, proxy=always(proxy.server()))
    assert len(http.told) == 2
    assert len(socks.told) == 1
    assert counted.connections == 3
