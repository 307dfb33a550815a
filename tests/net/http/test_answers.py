"""Answers as servers write them: what browsers, curl or Node read is read, and the rest refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import HttpClient, Request
from kuma_lite.net.http.answer import MAX_HEADERS, RETAINED_BYTES, Answer
from tests.net.servers import serve

OK = "HTTP/1.1 200 OK\r\n"
TWO = "Content-Length: 2\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
HI = "2\r\nhi\r\n0\r\n\r\n"

READ = {
    "line feeds alone": "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
    "line feeds here and there": "HTTP/1.1 200 OK\r\nContent-Length: 2\nX: y\r\n\nhi",
    "two carriage returns": "HTTP/1.1 200 OK\r\r\nContent-Length: 2\r\r\n\r\r\nhi",
    "carriage return in a value": f"{OK}X: a\rb\r\n{TWO}\r\nhi",
    "folded": f"{OK}X: a\r\n b\r\n\tc\r\n{TWO}\r\nhi",
    "folded at once": f"{OK} X: a\r\n{TWO}\r\nhi",
    "control characters": f"{OK}Set-Cookie: v=\x01\x05; path=/\r\n{TWO}\r\nhi",
    "nothing": f"{OK}X: a\0b\r\n{TWO}\r\nhi",
    "blanks in a name": f"{OK}X Powered By: x\r\n{TWO}\r\nhi",
    "blank before the colon": f"{OK}Content-Length : 2\r\n\r\nhi and more",
    "no colon": f"{OK}Content-Type text/html\r\n{TWO}\r\nhi",
    "no name": f"{OK}: x\r\n{TWO}\r\nhi",
    "a name of other letters": f"{OK}\xdcn\xef(1)@[2]: x\r\n{TWO}\r\nhi",
    "a second status line": f"{OK}HTTP/1.1 200 OK\r\n{TWO}\r\nhi",
    "both lengths": f"{OK}{CHUNKED}{TWO}\r\n{HI}",
    "both lengths, the other way": f"{OK}{TWO}{CHUNKED}\r\n{HI}",
    "chunks and a wrong length": f"{OK}{CHUNKED}Content-Length: 99\r\n\r\n{HI}",
    "the same length twice": f"{OK}{TWO}{TWO}\r\nhi and more",
    "the same length in a list": f"{OK}Content-Length: 2, 2\r\n\r\nhi and more",
    "length with a sign": f"{OK}Content-Length: +2\r\n\r\nhi and more",
    "length with a unit": f"{OK}Content-Length: 2 bytes\r\n\r\nhi and more",
    "length below nothing": f"{OK}Content-Length: -1\r\n\r\nhi",
    "length in words": f"{OK}Content-Length: two\r\n\r\nhi",
    "length left out": f"{OK}Content-Length:\r\n\r\nhi",
    "length beyond all": f"{OK}Content-Length: {'9' * 30}\r\n\r\nhi",
    "identity": f"{OK}Transfer-Encoding: identity\r\n\r\nhi",
    "identity and a length": f"{OK}Transfer-Encoding: identity\r\n{TWO}\r\nhi and more",
    "no coding": f"{OK}Transfer-Encoding:\r\n{TWO}\r\nhi",
    "a coding that is none": f"{OK}Transfer-Encoding: none\r\n{TWO}\r\nhi",
    "binary": f"{OK}Transfer-Encoding: binary\r\n\r\nhi",
    "chunked twice": f"{OK}{CHUNKED}{CHUNKED}\r\n{HI}",
    "chunked, chunked": f"{OK}Transfer-Encoding: chunked, chunked\r\n\r\n{HI}",
    "identity, chunked": f"{OK}Transfer-Encoding: identity, chunked\r\n\r\n{HI}",
    "chunked, identity": f"{OK}Transfer-Encoding: chunked, identity\r\n\r\n{HI}",
    "capitals": f"{OK}TRANSFER-ENCODING:Chunked\r\n\r\n{HI}",
    "chunks of HTTP/1.0": f"HTTP/1.0 200 OK\r\n{CHUNKED}\r\n{HI}",
    "chunks with line feeds": f"{OK}{CHUNKED}\r\n2\nhi\n0\n\n",
    "chunks with blanks": f"{OK}{CHUNKED}\r\n2   \r\nhi\r\n0  \r\n\r\n",
    "chunks with blanks before": f"{OK}{CHUNKED}\r\n  2\r\nhi\r\n  0\r\n\r\n",
    "chunks with noughts": f"{OK}{CHUNKED}\r\n{'0' * 40}2\r\nhi\r\n000\r\n\r\n",
    "chunks with extensions": f'{OK}{CHUNKED}\r\n2 ; a="b\xff\r\nhi\r\n0;;\r\n\r\n',
    "an odd trailer": f"{OK}{CHUNKED}\r\n2\r\nhi\r\n0\r\nbad trailer\r\n\r\n",
    "no end of the trailers": f"{OK}{CHUNKED}\r\n2\r\nhi\r\n0\r\n",
    "a blank line first": f"\r\n{OK}{TWO}\r\nhi",
    "blanks first": f"  {OK}{TWO}\r\nhi",
    "Shoutcast": "ICY 200 OK\r\nicy-name: x\r\n\r\nhi",
    "small letters": f"http/1.1 200 ok\r\n{TWO}\r\nhi",
    "HTTP/2": f"HTTP/2 200\r\n{TWO}\r\nhi",
    "HTTP/1.2": f"HTTP/1.2 200 OK\r\n{TWO}\r\nhi",
    "HTTP/1.10": f"HTTP/1.10 200 OK\r\n{TWO}\r\nhi",
    "no version": f"HTTP 200 OK\r\n{TWO}\r\nhi",
    "no phrase": f"HTTP/1.1 200\r\n{TWO}\r\nhi",
    "blanks in the status line": f"HTTP/1.1  200  OK \r\n{TWO}\r\nhi",
    "a tab in the status line": f"HTTP/1.1\t200 OK\r\n{TWO}\r\nhi",
    "no blank in the status line": f"HTTP/1.1 200OK\r\n{TWO}\r\nhi",
    "no headers": f"{OK}\r\nhi",
    "more than announced": f"{OK}{TWO}\r\nhi and more",
    "an interim answer": f"HTTP/1.1 100 Continue\r\n\r\n{OK}{TWO}\r\nhi",
    "an odd interim answer": f"HTTP/1.1 103 Early Hints\nLink x: y\n\n{OK}{TWO}\r\nhi",
    "an odd answer after an interim one": f"HTTP/1.1 100 Continue\r\n\r\n{OK}X Y: z\r\n{CHUNKED}\r\n{HI}",
    "chunks after an interim one": f"HTTP/1.1 100 Continue\r\n\r\n{OK}{CHUNKED}\r\n2 ;x\r\nhi\r\n0\r\n\r\n",
    "an upgrade that is none": f"{OK}Upgrade: h2,h2c\r\nConnection: Upgrade, close\r\n\r\nhi",
}  # fmt: skip

REFUSED = {
    "lengths that differ": (f"{OK}{TWO}Content-Length: 3\r\n\r\nhi!", "Content-Length differs"),
    "lengths that differ in a list": (f"{OK}Content-Length: 2, 3\r\n\r\nhi!", "Content-Length differs"),
    "status of two digits": (f"HTTP/1.1 20 OK\r\n{TWO}\r\nhi", "Invalid status code"),
    "status of four digits": (f"HTTP/1.1 2000 OK\r\n{TWO}\r\nhi", "Invalid response status"),
    "status in words": (f"HTTP/1.1 OK\r\n{TWO}\r\nhi", "Invalid status code"),
    "no status": (f"HTTP/1.1\r\n{TWO}\r\nhi", "Expected space after version"),
    "HTTP/0.9": ("<html>hi</html>", "Expected HTTP/"),
    "another protocol": ("SSH-2.0-OpenSSH_9.2\r\n", "Expected HTTP/"),
    "carriage returns alone": ("HTTP/1.1 200 OK\rContent-Length: 2\r\rhi", "Expected LF after CR"),
    "something before": (f"xx{OK}{TWO}\r\nhi", "Expected HTTP/"),
    "something after an interim one": (f"HTTP/1.1 100 Continue\n\nxx{OK}{TWO}\r\nhi", "Missing expected CR"),
    "no chunks": (f"{OK}{CHUNKED}\r\nhi", "Invalid character in chunk size"),
    "a chunk that goes on": (f"{OK}{CHUNKED}\r\n2\r\nhi there\r\n0\r\n\r\n", "Expected LF after chunk data"),
    "an endless size": (f"{OK}{CHUNKED}\r\n{'f' * 17}\r\nhi", "Invalid character in chunk size"),
}  # fmt: skip


def read(pieces: list[bytes]) -> Answer:
    """Feed the pieces and hang up. Raises NetworkError."""
    answer = Answer("GET", 1_000_000, lambda _status, _headers: False)
    for piece in pieces:
        if not answer.complete:
            answer.feed(piece)
    assert answer.complete or answer.end()
    return answer


def cut(wire: bytes, data: st.DataObject) -> list[bytes]:
    places = data.draw(st.lists(st.integers(0, len(wire)), max_size=8).map(sorted))
    return [wire[a:b] for a, b in zip([0, *places], [*places, len(wire)], strict=True) if a < b]


@pytest.mark.parametrize("name", READ)
def test_what_is_read(name: str) -> None:
    wire = READ[name].encode("latin-1")
    for pieces in ([wire], [bytes([byte]) for byte in wire]):
        answer = read(pieces)
        assert (answer.status, answer.body) == (200, b"hi")


@given(st.sampled_from(sorted(READ)), st.data())
def test_how_it_is_read_does_not_depend_on_the_pieces(name: str, data: st.DataObject) -> None:
    answer = read(cut(READ[name].encode("latin-1"), data))
    assert (answer.status, answer.body) == (200, b"hi")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    text, said = REFUSED[name]
    wire = text.encode("latin-1")
    for pieces in ([wire], [bytes([byte]) for byte in wire]):
        with pytest.raises(NetworkError, match=f"Parse Error: {said}") as caught:
            read(pieces)
        assert caught.value.kind is ErrorKind.PROTOCOL


def test_garbage_is_refused_before_the_connection_ends() -> None:
    for begin in (b"SSH-2.0", b"\x15\x03\x01", b"220 mail ESMTP", b"HTTP/1.1 abc\r\n", b"HTTX", b"ICZ"):
        with pytest.raises(NetworkError, match="Parse Error"):
            Answer("GET", 1000, lambda _status, _headers: False).feed(begin)


def test_fields_are_read_whole() -> None:
    text = f"{OK}A: 1\r\n  2\r\n\t3 \r\nb c :  d \r\n\r\n"
    assert list(read([text.encode()]).headers) == [("A", "1 2 3"), ("b c", "d")]
    answer = read([b"HTTP/1.1 404  Not \xe4 Found \nX:\xff\n\n"])
    assert (answer.status, answer.reason, answer.headers.get("x")) == (404, "Not ä Found", "\xff")
    assert answer.http_version == "1.1"
    assert read(["HTTP/1.1 200 Läuft\r\n\r\n".encode()]).reason == "Läuft"
    assert read([b"ICY 200 OK\r\n\r\n"]).http_version == "1.0"


@pytest.mark.parametrize("name", ["X-Y", "X Y"])
def test_too_many_fields_are_refused(name: str) -> None:
    text = OK + f"{name}: z\r\n" * (MAX_HEADERS + 1) + "\r\n"
    with pytest.raises(NetworkError, match="Header overflow"):
        read([text.encode()])


def test_a_body_of_no_interest_is_not_read() -> None:
    wire = b"HTTP/1.1 200 OK\nX: y\nTransfer-Encoding: chunked\n\nnonsense"
    for answer in (Answer("HEAD", 100, lambda *_: False), Answer("GET", 100, lambda *_: True)):
        answer.feed(wire)
        assert (answer.complete, answer.body, answer.headers.get("x")) == (True, b"", "y")


@pytest.mark.parametrize("blanks", ["", "  "])
@pytest.mark.parametrize("length", [10, 3 * RETAINED_BYTES])
def test_odd_chunks_late_in_a_long_body(blanks: str, length: int) -> None:
    chunk = f"3e8\r\n{'x' * 1000}\r\n" * (length // 1000)
    wire = f"{OK}{CHUNKED}\r\n{chunk}2{blanks}\r\nhi\r\n0{blanks}\r\n\r\n".encode()
    answer = read([wire[start : start + 5000] for start in range(0, len(wire), 5000)])
    assert answer.body == b"x" * (length // 1000 * 1000) + b"hi"


CHUNK = st.tuples(st.binary(min_size=1, max_size=300), st.sampled_from(["\r\n", "\n", " \r\n", ";a\r\n"]))


@given(st.lists(CHUNK, max_size=6), st.sampled_from(["\r\n", "\n"]), st.data())
def test_chunks_however_they_are_written(
    chunks: list[tuple[bytes, str]], end: str, data: st.DataObject
) -> None:
    wire = (OK + CHUNKED + "\r\n").encode()
    for body, line in chunks:
        wire += f"{len(body):x}{line}".encode() + body + end.encode()
    answer = read(cut(wire + f"0{end}{end}".encode(), data))
    assert answer.body == b"".join(body for body, _ in chunks)


@given(
    st.lists(
        st.sampled_from([OK, "HTTP", "/1.1 ", "200", TWO, CHUNKED, "\n", "\r", " ", ":", "2", "hi", "x\0"])
    )
)
def test_nothing_but_an_error_comes_of_nonsense(parts: list[str]) -> None:
    answer = Answer("GET", 1000, lambda _status, _headers: False)
    try:
        for part in parts:
            if not answer.complete:
                answer.feed(part.encode())
        answer.end()
    except NetworkError as error:
        assert error.message.startswith("Parse Error: ")


@pytest.mark.parametrize(
    "text",
    [
        f"{OK}{CHUNKED}\r\n2\r\nhi\r\n",
        f"{OK}{CHUNKED}\r\n2 \r\nhi\r\n",
        f"{OK}X Y: z\r\nContent-Length: 3\r\n\r\nhi",
    ],
)
async def test_a_body_that_is_cut_short(client: HttpClient, text: str) -> None:
    async with serve(text.encode()) as server:
        with pytest.raises(NetworkError, match="incomplete response") as caught:
            await client.send(Request("GET", server.url(), timeout=5))
    assert caught.value.kind is ErrorKind.RESET


async def test_an_odd_redirect_is_followed(client: HttpClient) -> None:
    first = b"HTTP/1.1 302 Found\nX Y: z\nLocation: /in\nSet-Cookie: v=\x01\nSet-Cookie: a=b\n\n"
    second = b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"
    async with serve({"/": first, "/in": second}) as server:
        response = await client.send(Request("GET", server.url(), timeout=5))
    assert (response.status, response.reason, response.body) == (200, "OK", b"hi")
    assert "Cookie: a=b\r\n" in server.requests[1]
