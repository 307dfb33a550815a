"""The pure parts of the client: requests as bytes, unpacking, and answers cut anywhere."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.exchange import Deadlines, Exchange
from kuma_lite.net.http.message import Headers
from kuma_lite.net.http.request_bytes import authorise, check_headers, check_method, serialise
from kuma_lite.net.http.url import parse_url

TEXT = st.text(max_size=40)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5), TEXT)
def test_no_text_adds_a_line(headers: list[tuple[str, str]], method: str) -> None:
    try:
        check_headers(headers)
        method = check_method(method)
    except NetworkError:
        return
    given_names = {name.lower() for name, _ in headers}
    request = serialise(method, parse_url("http://h/"), headers, None)
    added = len({"host", "accept-encoding", "connection"} - given_names)
    bodiless = method in ("GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT")
    framed = given_names & {"content-length", "transfer-encoding"}
    added += 0 if bodiless or framed else 1
    assert request.count(b"\n") == 1 + len(headers) + added + 1
    assert request.endswith(b"\r\n\r\n")


def test_own_headers_replace_the_engines() -> None:
    mine = [("hOST", "a"), ("accept-ENCODING", "br"), ("CONNECTION", "keep-alive"), ("Content-length", "0")]
    assert serialise("POST", parse_url("http://h/"), mine, None) == (
        b"POST / HTTP/1.1\r\nhOST: a\r\naccept-ENCODING: br\r\n"
        b"CONNECTION: keep-alive\r\nContent-length: 0\r\n\r\n"
    )


def test_latin_1_is_sent_as_it_is() -> None:
    check_headers([("X", "é")])
    assert b"X: \xe9\r\n" in serialise("GET", parse_url("http://h/"), [("X", "é")], None)


def test_no_credentials_leave_the_header_alone() -> None:
    headers = [("Authorization", "Bearer x")]
    assert authorise(headers, parse_url("http://h/"), None) == headers
    assert authorise([], parse_url("http://u@h/"), None) == [("Authorization", "Basic dTo=")]


class FakeTransport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.closed = False
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.closed = True

    def get_write_buffer_size(self) -> int:
        return 0


def chunked(body: bytes, sizes: list[int]) -> bytes:
    framed = b""
    for size in sizes:
        piece, body = body[:size], body[size:]
        if piece:
            framed += f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    if body:
        framed += f"{len(body):X};last=1\r\n".encode() + body + b"\r\n"
    return framed + b"0\r\nTrailer: x\r\n\r\n"


@given(
    st.binary(max_size=300),
    st.lists(st.integers(1, 50), max_size=10),
    st.sampled_from(["length", "chunked", "eof"]),
    st.data(),
)
def test_answers_do_not_depend_on_the_pieces(
    body: bytes, sizes: list[int], framing: str, data: st.DataObject
) -> None:
    head = {
        "length": f"Content-Length: {len(body)}\r\n",
        "chunked": "Transfer-Encoding: chunked\r\n",
        "eof": "",
    }[framing]
    wire = b"HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\nHTTP/1.1 200 All is fine\r\nX-Y:  z \r\n" + head.encode()
    wire += b"\r\n" + (chunked(body, sizes) if framing == "chunked" else body)
    loop = asyncio.new_event_loop()
    try:
        transport = FakeTransport()
        exchange = Exchange(loop, "GET", 10_000, lambda _status, _headers: False)
        exchange.connection_made(transport)
        exchange.start(b"request", Deadlines(loop.time(), 10, 20))
        while wire:
            size = data.draw(st.integers(1, len(wire)))
            exchange.data_received(wire[:size])
            wire = wire[size:]
        assert exchange.done.done() == (framing != "eof")
        exchange.connection_lost(None)
        exchange.done.result()
        answer = exchange.answer
        assert (answer.status, answer.reason, answer.body) == (200, "All is fine", body)
        assert answer.headers.get("x-y") == "z"
        assert transport.closed
        assert transport.written == b"request"
    finally:
        loop.close()


def test_headers_compare_without_case() -> None:
    headers = Headers([("Set-Cookie", "a"), ("set-cookie", "b"), ("X", "secret")])
    assert headers.get("SET-COOKIE") == "a"
    assert headers.get_all("set-Cookie") == ["a", "b"]
    assert "x" in headers
    assert 1 not in headers
    assert headers.get("none", "default") == "default"
    assert (len(headers), list(headers)[2]) == (3, ("X", "secret"))
    assert "secret" not in repr(headers)


@pytest.mark.parametrize(("timeout", "text"), [(10.0, "10s"), (0.5, "0.5s"), (48.25, "48.25s")])
def test_total_timeout_is_written_as_the_original_does(timeout: float, text: str) -> None:
    assert Deadlines(0, timeout, 1).aborted().message == f"timeout by AbortSignal ({text})"
