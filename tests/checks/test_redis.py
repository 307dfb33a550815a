"""Redis checks against a small server of our own, and against a real one where it is installed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.checks.redis import REDIS_PORT, RedisAddress, RedisMonitor, read_target
from kuma_lite.core.declarations import CheckFailed, CheckResult
from kuma_lite.net.network import Network
from tests.checks.peers import listening
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority, issue
from tests.peers import redis
from tests.requires import needs_program
from tests.support.ports import closed_port

REDIS = RedisMonitor()


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("redis://h", RedisAddress("h", REDIS_PORT, False)),
        (" rediss://h:1/ ", RedisAddress("h", 1, True)),
        ("redis://h:443/3", RedisAddress("h", 443, False, database="3")),
        ("REDIS://:p%40ss@[::1]:7", RedisAddress("::1", 7, False, ("p@ss",))),
        ("redis://[::1]", RedisAddress("::1", REDIS_PORT, False)),
        ("redis://u:p:q@H", RedisAddress("h", REDIS_PORT, False, ("u", "p:q"))),
        ("redis://u:a@b@h", RedisAddress("h", REDIS_PORT, False, ("u", "a@b"))),
    ],
)
def test_connection_strings(text: str, target: RedisAddress) -> None:
    assert read_target(text) == target
    assert not target.credentials or target.credentials[-1] not in repr(target)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Invalid URL"),
        ("redis:h", "Invalid URL"),
        ("http://h", "Invalid protocol"),
        ("redis://", "Invalid URL"),
        ("redis://h:99999", "Invalid URL"),
        ("redis://h/db", "Invalid pathname"),
    ],
)
async def test_connection_strings_that_are_none(network: Network, text: str, sentence: str) -> None:
    failed = await failure(REDIS, {"databaseConnectionString": text}, Context(network))
    assert failed.message == sentence


@asynccontextmanager
async def store(
    answers: dict[tuple[str, ...], bytes], tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, list[tuple[str, ...]]]]:
    """A server that reads commands as RESP says and answers from a table; `+PONG` to PING."""
    asked: list[tuple[str, ...]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            words = []
            for _ in range(int(head[1:])):
                length = int((await reader.readline())[1:])
                words.append((await reader.readexactly(length + 2))[:-2].decode())
            asked.append(tuple(words))
            writer.write(answers.get(tuple(words), b"+PONG\r\n" if words == ["PING"] else b"+OK\r\n"))
            await writer.drain()

    async with listening(talk, tls) as port:
        yield port, asked


async def test_a_server_that_answers_is_up(network: Network) -> None:
    async with store({}) as (port, asked):
        document = {"databaseConnectionString": f"redis://user:pass%20word@127.0.0.1:{port}/2"}
        result = await run(REDIS, document, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "PONG"
    assert isinstance(result.ping, int)
    assert asked == [("AUTH", "user", "pass word"), ("SELECT", "2"), ("PING",)]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"-NOAUTH Authentication required.\r\n", "NOAUTH Authentication required."),
        (b"-LOADING Redis is loading\r\n", "LOADING Redis is loading"),
        (b"HTTP/1.1 400 Bad Request\r\n", "Unexpected answer: no Redis server is listening there"),
        (b"$99999999999\r\n", "Unexpected answer: no Redis server is listening there"),
        (b"x" * 100_000, "The answer is too long"),
    ],
)
async def test_an_answer_that_is_no_pong_is_a_failure(network: Network, answer: bytes, message: str) -> None:
    async with store({("PING",): answer}) as (port, _):
        document = {"databaseConnectionString": f"redis://127.0.0.1:{port}"}
        failed = await failure(REDIS, document, Context(network))
    assert failed.message == message


async def test_a_pong_may_come_as_a_bulk_string(network: Network) -> None:
    async with store({("PING",): b"$4\r\nPONG\r\n"}) as (port, _):
        result = await run(REDIS, {"databaseConnectionString": f"redis://127.0.0.1:{port}"}, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "PONG"


async def test_silence_and_hanging_up(network: Network) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4)
        await asyncio.sleep(0.4)
        writer.close()

    async with listening(silent) as port:
        document = {"databaseConnectionString": f"redis://127.0.0.1:{port}"}
        failed = await failure(REDIS, document, Context(network, timeout=0.1))
        assert (failed.message, failed.local) == ("Connection timeout", True)
        failed = await failure(REDIS, document, Context(network))
        assert failed.message in ("socket hang up", "read ECONNRESET")


async def test_a_closed_port_is_a_failure(network: Network) -> None:
    port = closed_port()
    document = {"databaseConnectionString": f"redis://127.0.0.1:{port}"}
    failed = await failure(REDIS, document, Context(network))
    assert failed.message == f"connect ECONNREFUSED 127.0.0.1:{port}"


async def test_tls_is_verified_unless_told_otherwise(network: Network, authority: Authority) -> None:
    async with store({}, issue("localhost", names=("localhost",)).server_context()) as (port, _):
        document: dict[str, Any] = {"databaseConnectionString": f"rediss://localhost:{port}"}
        failed = await failure(REDIS, document, Context(network))
        assert failed.message == "self-signed certificate"
        result = await run(REDIS, {**document, "ignoreTls": True}, Context(network))
    assert isinstance(result, CheckResult)


async def test_a_server_without_tls_is_a_failure(network: Network) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"-ERR Protocol error\r\n")

    async with listening(greet) as port:
        document = {"databaseConnectionString": f"rediss://localhost:{port}"}
        failed = await failure(REDIS, document, Context(network))
    assert failed.message.startswith("write EPROTO")


@needs_program(redis.PROGRAM)
async def test_a_real_redis(network: Network, tmp_path: Path) -> None:
    async with redis.running(tmp_path) as port:

        def document(credentials: str, database: str = "") -> dict[str, Any]:
            return {"databaseConnectionString": f"redis://{credentials}127.0.0.1:{port}/{database}"}

        for credentials in (":secret@", "default:secret@"):
            result = await run(REDIS, document(credentials, "3"), Context(network))
            assert isinstance(result, CheckResult)
            assert result.message == "PONG"
        failed = await failure(REDIS, document(""), Context(network))
        assert failed.message == "NOAUTH Authentication required."
        failed = await failure(REDIS, document("default:wrong@"), Context(network))
        assert failed.message == "WRONGPASS invalid username-password pair or user is disabled."
        failed = await failure(REDIS, document(":secret@", "4"), Context(network))
        assert failed.message == "ERR DB index is out of range"


def test_what_is_wrong_is_the_targets_fault() -> None:
    with pytest.raises(CheckFailed):
        read_target("nonsense")
