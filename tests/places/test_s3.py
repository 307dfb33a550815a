"""S3-compatible storage: a real server, and answers that a server gives in trouble."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kuma_lite.core.clock import SystemClock
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.net.http import HttpClient
from kuma_lite.places import s3
from kuma_lite.places.model import Manner
from kuma_lite.places.s3 import Bucket, S3Place
from kuma_lite.places.s3_documents import Listing, completion, read_listing, read_refusal
from kuma_lite.places.signature_v4 import Credentials
from tests.peers import s3 as peer
from tests.places.contract import LARGE, keeps_its_word
from tests.requires import needs_program
from tests.support import http

real = needs_program(peer.PROGRAM)


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    found = HttpClient()
    yield found
    found.close()


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[peer.Storage]:
    folder = tmp_path / "peer"
    folder.mkdir()
    async with peer.running(folder) as found:
        yield found


def bucket(storage: peer.Storage, prefix: str = "") -> Bucket:
    keys = Credentials(storage.access_key, storage.secret_key)
    return Bucket(peer.BUCKET, peer.REGION, keys, storage.endpoint, prefix)


def place(where: Bucket, client: HttpClient) -> S3Place:
    return S3Place(where, client, SystemClock(), pause_s=0.01)


@real
@pytest.mark.parametrize("prefix", ["", "one server/ü/"])
async def test_it_keeps_its_word(
    storage: peer.Storage, client: HttpClient, tmp_path: Path, prefix: str
) -> None:
    outside = place(bucket(storage), client)
    if prefix:
        await outside.put("other/x", b"not ours")
    await keeps_its_word(place(bucket(storage, prefix), client), tmp_path)
    assert [each.name for each in await outside.files()] == (["other/x"] if prefix else [])


@real
async def test_a_thousand_files_and_more_are_listed(storage: peer.Storage, client: HttpClient) -> None:
    for number in range(1005):
        (storage.folder / f"{number:04}").write_bytes(b"x")
    assert len(await place(bucket(storage), client).files()) == 1005


@real
async def test_browsers_get_what_it_is(storage: peer.Storage, client: HttpClient) -> None:
    there = place(bucket(storage), client)
    await there.put("index.html", b"<p>", Manner("text/html; charset=utf-8", "max-age=60"))
    answer = await there._ask("GET", "index.html")
    assert answer.headers.get("content-type") == "text/html; charset=utf-8"
    assert answer.headers.get("cache-control") == "max-age=60"
    assert (await http.get(f"{storage.endpoint}/{peer.BUCKET}/index.html")).status == 403, (
        "it wants signatures"
    )


@real
async def test_what_is_refused_is_one_sentence(storage: peer.Storage, client: HttpClient) -> None:
    right = bucket(storage)
    wrong_secret = Credentials(storage.access_key, "not-the-secret-of-it")
    for where, sentence in (
        (replace(right, credentials=wrong_secret), "refuses the access key, its secret or the region"),
        (replace(right, credentials=Credentials("AKIANOBODY", "x")), "refuses the access key"),
        (replace(right, region="us-west-2"), "s3://kept is in the region eu-central-1."),
        (replace(right, bucket="missing"), "There is no bucket missing at that address."),
        (replace(right, endpoint="http://127.0.0.1:1"), "cannot be reached: connect ECONNREFUSED"),
    ):
        there = place(where, client)
        for work in (there.put("x", b"1"), there.files(), there.read("x", 1)):
            with pytest.raises(UserError) as refused:
                await work
            assert sentence in refused.value.message
            assert "not-the-secret-of-it" not in refused.value.message
    assert list(storage.folder.iterdir()) == []


@real
async def test_an_upload_that_is_broken_off_leaves_nothing(
    storage: peer.Storage, client: HttpClient, tmp_path: Path
) -> None:
    large = tmp_path / "large"
    large.write_bytes(os.urandom(LARGE))
    there = place(bucket(storage), client)
    begun = asyncio.Event()
    task = asyncio.create_task(there.put("large", large, told=lambda done, total: begun.set()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await there.files() == []
    assert b"<UploadId>" not in (await there._ask("GET", "", {"uploads": ""})).body


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(*answers: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that gives one answer after the other, the last one for ever; an empty one hangs up."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        sizes = [
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ]
        asked.append(head + await reader.readexactly(sizes[0] if sizes else 0))
        writer.write(answers[min(len(asked), len(answers)) - 1])
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()


def answer(status: str, body: str = "", *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in headers)
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{lines}\r\n{body}".encode()


def error(code: str, message: str = "Words.") -> str:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"


@pytest.mark.parametrize(
    ("told", "sentence", "times"),
    [
        (
            answer("403 Forbidden", error("AccessDenied", "Access Denied.")),
            "refuses access: 403 Access Denied.",
            1,
        ),
        (answer("507 Insufficient Storage", error("XMinioStorageFull")), "s3://b/p is full.", 1),
        (answer("403 Forbidden", error("QuotaExceeded")), "s3://b/p is full.", 1),
        (
            answer("503 Slow Down", error("SlowDown", "Too fast")),
            "unexpected answer: 503 Too fast.",
            s3.TRIES,
        ),
        (answer("500 Oh", "<html>"), "unexpected answer: 500 Oh.", s3.TRIES),
        (
            answer("301 Moved", error("PermanentRedirect"), "x-amz-bucket-region: eu-west-9"),
            "region eu-west-9.",
            1,
        ),
        (b"", "cannot be reached: socket hang up.", s3.TRIES),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", "cannot be reached: ", s3.TRIES),
        (answer("200 OK", "<html></html>"), "unexpected answer: 200 OK.", 1),
        (answer("200 OK", "<!DOCTYPE x [<!ENTITY a 'b'>]><ListBucketResult/>"), "unexpected answer", 1),
    ],
)
async def test_trouble_is_one_sentence(client: HttpClient, told: bytes, sentence: str, times: int) -> None:
    async with serving(told) as (endpoint, asked):
        there = place(Bucket("b", "r", Credentials("a", "the-secret"), endpoint, "p/"), client)
        with pytest.raises(UserError) as refused:
            await there.files()
        assert sentence in refused.value.message
        assert len(asked) == times
        assert all(b"the-secret" not in each for each in asked)


async def test_what_comes_right_after_a_while_is_done(client: HttpClient) -> None:
    async with serving(b"", answer("500 Oh"), answer("200 OK")) as (endpoint, asked):
        await place(Bucket("b", "r", Credentials("a", "s"), endpoint), client).put("x", b"content")
        assert len(asked) == 3
        assert all(each.endswith(b"\r\n\r\ncontent") for each in asked)


async def test_an_end_that_fails_after_its_200_is_no_success(client: HttpClient, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(s3.PART_BYTES + 1))
    begun = answer("200 OK", "<R><UploadId>u&amp;1</UploadId></R>")
    part = answer("200 OK", "", 'ETag: "e"')
    ended = answer("200 OK", error("InternalError", "We failed"))
    async with serving(begun, part, part, ended, answer("204 No Content")) as (endpoint, asked):
        with pytest.raises(UserError, match="unexpected answer: 200 We failed"):
            await place(Bucket("b", "r", Credentials("a", "s"), endpoint), client).put("x", large)
    lines = [each.split(b" HTTP")[0] for each in asked]
    assert lines == [
        b"POST /b/x?uploads=",
        b"PUT /b/x?partNumber=1&uploadId=u%261",
        b"PUT /b/x?partNumber=2&uploadId=u%261",
        b"POST /b/x?uploadId=u%261",
        b"DELETE /b/x?uploadId=u%261",
    ]


async def test_a_file_that_is_replaced_while_it_is_read_is_no_mixture(client: HttpClient) -> None:
    first = answer("206 Partial", "abc", "Content-Range: bytes 0-2/9", 'ETag: "1"')
    gone = answer("412 Precondition Failed", error("PreconditionFailed", "At least one did not hold"))
    async with serving(first, gone) as (endpoint, asked):
        with pytest.raises(UserError, match="412 At least one did not hold"):
            await place(Bucket("b", "r", Credentials("a", "s"), endpoint), client).read("x", 100)
        assert b'If-Match: "1"' in asked[1]


def test_addresses_of_a_bucket() -> None:
    keys = Credentials("a", "s")
    assert Bucket("b", "eu-west-1", keys).address == "https://s3.eu-west-1.amazonaws.com/b"
    assert Bucket("b", "r", keys, path_style=False).address == "https://b.s3.r.amazonaws.com"
    assert (
        Bucket("b", "r", keys, "http://s3.example:9000/", path_style=False).address
        == "http://b.s3.example:9000"
    )


def test_documents() -> None:
    listing = (
        b'<ListBucketResult xmlns="urn:x"><IsTruncated>true</IsTruncated><NextContinuationToken>n</Next'
        b"ContinuationToken><Contents><Key>a&amp;b</Key><Size>7</Size></Contents></ListBucketResult>"
    )
    assert read_listing(listing) == Listing([("a&b", 7)], "n")
    assert b"<PartNumber>2</PartNumber><ETag>&lt;</ETag>" in completion(["a", "<"])
    assert read_refusal(b"<html>") is None
    assert read_refusal(b"<html/>") is None
    with pytest.raises(ValueError, match="no list"):
        read_listing(b"<x/>")
