"""Bodies as servers pack them."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import HttpClient, Request
from kuma_lite.net.http.decode import MAX_CODINGS, Decoder
from kuma_lite.net.http.head import BodyFields
from tests.net.servers import answer, serve


def raw(plain: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(plain) + packer.flush()


def in_members(pack: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda plain: pack(plain[:7]) + pack(b"") + pack(plain[7:])


def in_one_chunk(body: bytes) -> bytes:
    return f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"


# What is sent, and what the header calls it.
PACKED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "plain": (bytes, ""),
    "gzip": (gzip.compress, "gzip"),
    "gzip, other case": (gzip.compress, "GZip"),
    "x-gzip": (gzip.compress, "x-gzip"),
    "gzip in members": (in_members(gzip.compress), "gzip"),
    "gzip, padded": (lambda plain: gzip.compress(plain) + bytes(20), "gzip"),
    "gzip, then something": (lambda plain: gzip.compress(plain) + b"\x1fjunk", "gzip"),
    "gzip that is zlib": (zlib.compress, "gzip"),
    "deflate": (zlib.compress, "deflate"),
    "deflate, small window": (lambda plain: zlib.compress(plain, wbits=9), "deflate"),
    "deflate, raw": (raw, "deflate"),
    "deflate that is gzip": (gzip.compress, "deflate"),
    "deflate, then something": (lambda plain: raw(plain) + b"junk", "deflate"),
    "br": (brotli.compress, "br"),
    "zstd": (zstd.compress, "zstd"),
    "zstd in frames": (in_members(zstd.compress), "zstd"),
    "zstd, skippable frame": (
        lambda plain: zstd.compress(plain) + b"\x5e\x2a\x4d\x18\x03\0\0\0abc" + zstd.compress(b""),
        "zstd",
    ),
    "zstd, then something": (lambda plain: zstd.compress(plain) + b"(junk", "zstd"),
    "packed twice": (lambda plain: gzip.compress(gzip.compress(plain)), "gzip, gzip"),
    "packed twice, unlike": (lambda plain: brotli.compress(zlib.compress(plain)), "deflate,br"),
    "identity": (bytes, "identity"),
    "none": (bytes, "none"),
    "a charset": (bytes, "UTF-8"),
    "unknown beside known": (gzip.compress, "identity, gzip,,"),
}


def unpacked(pieces: list[bytes], codings: str, limit: int = 10_000) -> Decoder:
    decoder = Decoder(BodyFields([("content-encoding", codings)]).content, limit)
    for piece in pieces:
        decoder.feed(piece)
    return decoder


@given(st.binary(max_size=3000), st.sampled_from(sorted(PACKED)), st.integers(0, 4000), st.data())
def test_unpacking_does_not_depend_on_the_pieces(
    plain: bytes, kind: str, limit: int, data: st.DataObject
) -> None:
    pack, name = PACKED[kind]
    packed, pieces = pack(plain), []
    while packed:
        size = data.draw(st.integers(1, len(packed)))
        pieces.append(packed[:size])
        packed = packed[size:]
    decoder = unpacked(pieces, name, limit)
    assert decoder.body() == plain[:limit]
    assert decoder.truncated == (len(plain) > limit)


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, deflate"]))
def test_what_is_not_packed_is_an_error_or_bytes(data: bytes, codings: str) -> None:
    try:
        unpacked([data[:5], data[5:]], codings)
    except NetworkError as error:
        assert error.kind is ErrorKind.PROTOCOL


@pytest.mark.parametrize(
    ("codings", "body", "said"),
    [
        ("gzip", b"this is no gzip", "incorrect header check"),
        ("gzip", gzip.compress(b"first") + b"\x1f\x8bxx", "unknown compression method"),
        ("deflate", b"\xff\xff\xff", "invalid block type"),
        ("br", b"this is no brotli", "Decompression failed"),
        ("zstd", b"this is no zstd", "Unable to decompress"),
        (", ".join(["gzip"] * (MAX_CODINGS + 1)), b"x", "too many content encodings"),
    ],
    ids=range(6),  # gzip knows what time it is
)
async def test_what_cannot_be_unpacked(client: HttpClient, codings: str, body: bytes, said: str) -> None:
    async with serve(answer(body, "200 OK", f"Content-Encoding: {codings}")) as server:
        with pytest.raises(NetworkError, match=said) as caught:
            await client.send(Request("GET", server.url(), timeout=5))
    assert caught.value.kind is ErrorKind.PROTOCOL


ENDLESS = bytes(50 * 1024 * 1024)


@pytest.mark.parametrize(
    ("codings", "bomb"),
    [
        ("gzip", gzip.compress(ENDLESS)),
        ("deflate", zlib.compress(ENDLESS)),
        ("br", brotli.compress(ENDLESS)),
        ("zstd", zstd.compress(ENDLESS)),
        ("gzip, gzip", gzip.compress(gzip.compress(ENDLESS))),
        ("zstd, br, gzip", gzip.compress(brotli.compress(zstd.compress(ENDLESS)))),
    ],
    ids=range(6),
)
def test_a_bomb_is_not_unpacked_beyond_the_limit(codings: str, bomb: bytes) -> None:
    unpacked([b"x"], "")  # imports are not counted
    tracemalloc.start()
    decoder = unpacked([bomb], codings)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert decoder.truncated
    assert decoder.body() == ENDLESS[:10_000]
    assert most < 2_000_000


def test_too_large_a_window_is_refused() -> None:
    noise = random.Random(1).randbytes(100_000)
    options = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    packed = packer.compress(noise) + packer.flush()
    with pytest.raises(NetworkError, match="Unable to decompress"):
        unpacked([packed], "zstd")


def test_members_with_nothing_in_them_end() -> None:
    nothing = gzip.compress(b"")
    decoder = Decoder(["gzip"], 1000)
    for _ in range(1000):
        decoder.feed(nothing)
        if decoder.truncated:
            break
    assert decoder.truncated and decoder.body() == b""


async def test_an_endless_chain_within_a_chain_is_cut(client: HttpClient) -> None:
    inner = gzip.compress(random.Random(1).randbytes(5_000_000), 1)
    async with serve(answer(zlib.compress(inner, 1), "200 OK", "Content-Encoding: gzip, deflate")) as server:
        response = await client.send(Request("GET", server.url(), timeout=10, body_limit=20_000))
    assert response.truncated and len(response.body) == 20_000


@pytest.mark.parametrize(
    ("fields", "pack"),
    [
        (["Content-Encoding: gzip", "Content-Encoding: br"], lambda b: brotli.compress(gzip.compress(b))),
        (["Transfer-Encoding: gzip"], gzip.compress),
        (["Transfer-Encoding: deflate, identity"], zlib.compress),
        (["Transfer-Encoding: gzip, chunked"], lambda b: in_one_chunk(gzip.compress(b))),
        (["Content-Encoding: br", "Transfer-Encoding: x-gzip"], lambda b: gzip.compress(brotli.compress(b))),
    ],
)
async def test_codings_in_several_fields(
    client: HttpClient, fields: list[str], pack: Callable[[bytes], bytes]
) -> None:
    head = "\r\n".join(["HTTP/1.1 200 OK", *fields, "", ""]).encode()
    async with serve(head + pack(b"the body")) as server:
        response = await client.send(Request("GET", server.url(), timeout=5))
    assert response.body == b"the body"
