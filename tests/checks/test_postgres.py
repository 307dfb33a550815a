"""PostgreSQL checks: against a real server with TLS, and against peers that misbehave."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import struct
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._postgres_protocol import hashed, prepared, words_of_error
from kuma_lite.checks._postgres_url import InvalidString, PostgresTarget, Security, read_target
from kuma_lite.checks.postgres import PostgresMonitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.net.network import Network
from tests.checks.peers import listening
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority, issue
from tests.peers import postgresql
from tests.requires import needs_ipv6
from tests.support.ports import closed_port

POSTGRES = PostgresMonitor()
# Silence ends with the monitor's time limit, and a string that is none says which part is wrong.
RECORDED = recorded("postgres", without=("silent peer", "not a URL"))
PASSWORD = "p%40ss%3Aw%2Frd"

needs_postgres = pytest.mark.skipif(postgresql.find("postgres") is None, reason="not installed: postgres")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[postgresql.Postgres]:
    async with postgresql.running(tmp_path_factory.mktemp("postgres"), issue("localhost")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[postgresql.Postgres]:
    async with postgresql.running(tmp_path_factory.mktemp("plain")) as running:
        yield running


def url(
    port: int, rest: str = "", *, user: str = "kuma", password: str = PASSWORD, host: str = "127.0.0.1"
) -> dict[str, Any]:
    return {"databaseConnectionString": f"postgres://{user}:{password}@{host}:{port}/shop{rest}"}


@needs_postgres
@pytest.mark.parametrize("case", [case for case, each in RECORDED.items() if "PostgreSQL" in each.peer])
async def test_what_the_original_says_of_a_server(
    network: Network, plain: postgresql.Postgres, case: str
) -> None:
    wanted = RECORDED[case]
    text = wanted.config["databaseConnectionString"].replace(":41710/", f":{plain.port}/")
    document = wanted.document(databaseConnectionString=text)
    if wanted.status:
        result = await run(POSTGRES, document, Context(network))
        assert isinstance(result, CheckResult)
        assert (result.message, type(result.ping)) == (wanted.message, int)
    else:
        failed = await failure(POSTGRES, document, Context(network))
        assert (failed.message, failed.ping, failed.local) == (wanted.message, None, False)


@needs_postgres
@pytest.mark.parametrize(
    ("user", "password"),
    [("kuma", PASSWORD), ("plain", PASSWORD), ("hashed", PASSWORD), ("trusted", ""), ("trusted", "x")],
)
@pytest.mark.parametrize(
    "statement", ["SELECT * FROM item", "SELECT 1; SELECT 2", "SELECT repeat('x', 300000)"]
)
async def test_ways_to_log_in(
    network: Network, plain: postgresql.Postgres, user: str, password: str, statement: str
) -> None:
    document = {**url(plain.port, user=user, password=password), "databaseQuery": statement}
    assert isinstance(await run(POSTGRES, document, Context(network)), CheckResult)


@needs_postgres
async def test_wrong_words(network: Network, plain: postgresql.Postgres) -> None:
    for user in ("kuma", "plain", "hashed"):
        failed = await failure(POSTGRES, url(plain.port, user=user, password="wrong"), Context(network))
        assert failed.message == f'password authentication failed for user "{user}"'
        with pytest.raises(CannotCheck, match="password is missing"):
            await run(POSTGRES, url(plain.port, user=user, password=""), Context(network))
    for statement, message in (
        ("COPY item FROM STDIN", "COPY from stdin failed: No source stream defined"),
        ("SELECT 1/0", "division by zero"),
    ):
        failed = await failure(POSTGRES, {**url(plain.port), "databaseQuery": statement}, Context(network))
        assert failed.message == message
    copy = {**url(plain.port), "databaseQuery": "COPY item TO STDOUT"}
    assert isinstance(await run(POSTGRES, copy, Context(network)), CheckResult)
    slow = {**url(plain.port), "databaseQuery": "SELECT pg_sleep(1)"}
    failed = await failure(POSTGRES, slow, Context(network, timeout=0.2))
    assert (failed.message, failed.local) == ("No answer within 0.2 s", True)
    failed = await failure(POSTGRES, {**slow, **url(plain.port, "?statement_timeout=50")}, Context(network))
    assert failed.message == "canceling statement due to statement timeout"


@needs_postgres
async def test_odd_addresses(network: Network, plain: postgresql.Postgres) -> None:
    folder = str(plain.folder)
    wanted = {"databaseQuery": "SELECT 1 / (count(*) - 2) FROM item"}
    for text in (
        f"postgresql://kuma:{PASSWORD}@localhost:{plain.port}/shop?application_name=a%20b&sslmode=disable",
        f"postgres://kuma:{PASSWORD}@/shop?host={folder}&port={plain.port}",
        f"postgres://kuma:{PASSWORD}@{folder.replace('/', '%2F')}:{plain.port}/shop",
        f"socket://kuma:{PASSWORD}@{folder}?db=shop&port={plain.port}",
        f"postgres://kuma:{PASSWORD}@127.0.0.1:{closed_port()},127.0.0.1:{plain.port}/shop?connect_timeout=3",
        f"  //kuma:{PASSWORD}@127.0.0.1:{plain.port}/shop  ",
    ):
        document = {"databaseConnectionString": text, **wanted}
        assert isinstance(await run(POSTGRES, document, Context(network)), CheckResult), text


@needs_postgres
@needs_ipv6()
async def test_ipv6(network: Network, plain: postgresql.Postgres) -> None:
    assert isinstance(await run(POSTGRES, url(plain.port, host="[::1]"), Context(network)), CheckResult)


@needs_postgres
async def test_tls(network: Network, server: postgresql.Postgres, tmp_path: Path) -> None:
    context = Context(network)
    for options in ("?sslmode=no-verify", "?sslmode=require&uselibpqcompat=true", ""):
        assert isinstance(await run(POSTGRES, url(server.port, options), context), CheckResult)
    for options in ("?sslmode=prefer", "?sslmode=require", "?sslmode=verify-full", "?ssl=true"):
        failed = await failure(POSTGRES, url(server.port, options, host="localhost"), context)
        assert failed.message == "self-signed certificate"
    authority = server.folder / "data" / "server.crt"
    trusted = f"?sslmode=verify-full&sslrootcert={authority}"
    in_use = {
        "databaseQuery": "SELECT 1 / (CASE WHEN ssl THEN 1 ELSE 0 END) FROM pg_stat_ssl "
        "WHERE pid = pg_backend_pid()"
    }
    assert isinstance(
        await run(POSTGRES, {**url(server.port, trusted, host="localhost"), **in_use}, context), CheckResult
    )
    failed = await failure(POSTGRES, url(server.port, trusted), context)
    assert failed.message.startswith("Hostname/IP does not match certificate's altnames: IP: 127.0.0.1")
    by_chain = f"?uselibpqcompat=true&sslmode=verify-ca&sslrootcert={authority}"
    assert isinstance(await run(POSTGRES, url(server.port, by_chain), context), CheckResult)
    with pytest.raises(CannotCheck, match="sslrootcert cannot be read: No such file"):
        await run(POSTGRES, url(server.port, f"?sslrootcert={tmp_path}/none"), context)


async def test_nobody_listens(network: Network) -> None:
    port = closed_port()
    failed = await failure(POSTGRES, url(port), Context(network))
    assert failed.message == f"connect ECONNREFUSED 127.0.0.1:{port}"
    failed = await failure(
        POSTGRES, {"databaseConnectionString": "postgres://a:b@/c?host=/nowhere"}, Context(network)
    )
    assert failed.message == "connect ENOENT /nowhere/.s.PGSQL.5432"
    failed = await failure(POSTGRES, RECORDED["unknown host"].config, Context(network))
    assert failed.message.startswith("getaddrinfo E")
    assert failed.local


def saying(words: bytes, *, stay: bool = False, hear: bool = True) -> Callable[..., Any]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if hear:
            await reader.read(1000)
        writer.write(words)
        await writer.drain()
        if stay:
            await reader.read()

    return talk


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (b"", "read ECONNRESET"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "Connection terminated unexpectedly"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "Connection terminated unexpectedly"),
        (b"R\0\0\0\x08\0\0\0\0", "Connection terminated unexpectedly"),
        (b"R\0\0\0\x02", "Connection terminated unexpectedly"),
        (b"R\0\0\0\x05\0", "Connection terminated unexpectedly"),
        (b"R\0\0\0\x2b\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0", "Connection terminated unexpectedly"),
        (b"E\0\0\0\x05\0", "The server reports an error without words"),
        (b"E\0\0\0\x17SFATAL\0Mgo away\0C53300\0\0", "go away"),
    ],
)
@pytest.mark.parametrize("stay", [False, True])
async def test_peers_that_misbehave(network: Network, words: bytes, message: str, stay: bool) -> None:
    async with listening(saying(words, stay=stay)) as port:
        failed = await failure(POSTGRES, url(port), Context(network, timeout=0.3 if stay else 5))
    assert failed.message == message or (stay and failed.message == "No answer within 0.3 s")


async def test_a_peer_that_closes_at_once(network: Network) -> None:
    async with listening(saying(b"", hear=False)) as port:
        failed = await failure(POSTGRES, url(port), Context(network))
    assert failed.message == RECORDED["peer closes"].message


@pytest.mark.parametrize("options", ["", "?sslmode=require"])
async def test_silence(network: Network, options: str) -> None:
    async with listening(saying(b"", stay=True)) as port:
        failed = await failure(POSTGRES, url(port, options), Context(network, timeout=0.1))
        assert (failed.message, failed.local) == ("No answer within 0.1 s", True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await failure(POSTGRES, url(port, options), Context(network))
        limited = url(port, f"{options or '?a=b'}&connectionTimeoutMillis=50")
        failed = await failure(POSTGRES, limited, Context(network))
        assert failed.message == "No answer within 0.05 s"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"N", "The server does not support SSL connections"),
        (b"E\0\0\0\x17SFATAL\0", "There was an error establishing an SSL connection"),
        (b"S", "Client network socket disconnected before secure TLS connection was established"),
    ],
)
async def test_answers_to_the_wish_for_tls(network: Network, answer: bytes, message: str) -> None:
    async with listening(saying(answer)) as port:
        failed = await failure(POSTGRES, url(port, "?ssl=true"), Context(network))
    assert failed.message in (message, "read ECONNRESET") if answer == b"S" else failed.message == message


@pytest.mark.parametrize(("code", "name"), [(7, "GSSAPI"), (9, "SSPI"), (77, "number 77")])
async def test_log_ins_that_are_not_spoken(network: Network, code: int, name: str) -> None:
    async with listening(saying(b"R" + struct.pack("!ii", 8, code))) as port:
        with pytest.raises(CannotCheck, match=f"not supported here: {name}"):
            await run(POSTGRES, url(port), Context(network))


async def test_a_server_that_does_not_know_the_password(network: Network) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(code: int, words: bytes) -> None:
            writer.write(b"R" + struct.pack("!ii", 8 + len(words), code) + words)

        await reader.read(1000)
        say(10, b"SCRAM-SHA-256\0\0")
        first = await reader.read(1000)
        nonce = first.partition(b"r=")[2]
        say(11, b"r=" + nonce + b"more,s=" + base64.b64encode(b"salt") + b",i=10")
        await reader.read(1000)
        say(12, b"v=" + base64.b64encode(bytes(32)))

    async with listening(talk) as port:
        failed = await failure(POSTGRES, url(port), Context(network))
    assert failed.message == "SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature does not match"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("postgres://u:p@h/d", PostgresTarget((("h", 5432),), "u", "p", "d")),
        ("postgresql://u:p%40s%3As@h:1", PostgresTarget((("h", 1),), "u", "p@s:s")),
        ("postgres://u:a@b@h", PostgresTarget((("h", 5432),), "u", "a@b")),
        ("postgres://u:p@[::1]:7/d", PostgresTarget((("::1", 7),), "u", "p", "d")),
        ("postgres://u:p@fe80::1/d", PostgresTarget((("fe80::1", 5432),), "u", "p", "d")),
        ("postgres://u@h1:1,h2/d", PostgresTarget((("h1", 1), ("h2", 5432)), "u", "", "d")),
        ("postgres:///d?host=h1,h2&port=1,2&user=u", PostgresTarget((("h1", 1), ("h2", 2)), "u", "", "d")),
        ("postgres://u:p@h/a%20b", PostgresTarget((("h", 5432),), "u", "p", "a b")),
        ("/var/run/postgresql shop", PostgresTarget((("/var/run/postgresql", 5432),), "", "", "shop")),
        ("socket:/run?db=d&user=u", PostgresTarget((("/run", 5432),), "u", "", "d")),
        ("postgres://u:p@h?sslmode=disable", PostgresTarget((("h", 5432),), "u", "p")),
        ("postgres://u:p@h?ssl=false", PostgresTarget((("h", 5432),), "u", "p")),
        ("postgres://u:p@h?ssl=0&sslmode=", PostgresTarget((("h", 5432),), "u", "p")),
    ],
)
def test_connection_strings(text: str, target: PostgresTarget) -> None:
    assert read_target(text) == target
    assert not target.password or target.password not in repr(target)


@pytest.mark.parametrize(
    ("options", "security"),
    [
        ("ssl=true", Security()),
        ("ssl=1", Security()),
        ("sslmode=prefer", Security()),
        ("sslmode=allow", Security()),
        ("sslmode=prefer&uselibpqcompat=true", Security(False, False)),
        ("sslmode=require&uselibpqcompat=true&sslrootcert=/ca", Security(names=False, ca="/ca")),
        ("sslmode=no-verify", Security(False, False)),
        ("sslrootcert=/ca", Security(ca="/ca")),
        ("sslmode=verify-ca&uselibpqcompat=true&sslrootcert=/ca", Security(names=False, ca="/ca")),
        ("sslmode=require&uselibpqcompat=true", Security(False, False)),
        ("sslmode=verify-full&uselibpqcompat=true", Security()),
    ],
)
def test_how_a_connection_is_encrypted(options: str, security: Security) -> None:
    assert read_target(f"postgres://u:p@h?{options}").security == security


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no postgres:// URL"),
        ("just words", "no postgres:// URL"),
        ("host=h user=u", "no postgres:// URL"),
        ("postgres://u:secret@h:port/d", "port"),
        ("postgres://u:secret@h:0/d", "port"),
        ("postgres://u:secret@[::1/d", "host"),
        ("postgres://u:secret@h?sslmode=verify-ca&uselibpqcompat=true", "sslrootcert"),
        ("socket:secret", "folder"),
    ],
)
async def test_strings_that_lead_nowhere(network: Network, text: str, reason: str) -> None:
    with pytest.raises(CannotCheck, match=f"^Connection string: .*{reason}") as caught:
        await run(POSTGRES, {"databaseConnectionString": text}, Context(network))
    assert "secret" not in caught.value.message


async def test_a_user_is_needed(network: Network) -> None:
    with pytest.raises(CannotCheck, match="user is missing"):
        await run(POSTGRES, {"databaseConnectionString": "postgres://h/d"}, Context(network))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for string in (text, f"postgres://{text}"):
        with contextlib.suppress(InvalidString):
            assert read_target(string).hosts


@given(st.binary())
def test_any_error_has_words(body: bytes) -> None:
    assert isinstance(words_of_error(body), str)


def test_passwords() -> None:
    inner = hashlib.md5(b"pu").hexdigest().encode()
    assert hashed("u", "p", b"salt") == "md5" + hashlib.md5(inner + b"salt").hexdigest()
    assert prepared("pass word") == "pass word"
    assert prepared("a\u00a0b\u00adc\u2168") == "a bcIX"
    assert prepared("\u0007é\u0007") == "\u0007é\u0007"


async def test_nulls_and_numbers_are_readable(network: Network, authority: Authority) -> None:
    document = {"databaseConnectionString": None, "databaseQuery": 1, "conditions": [{"type": "x"}]}
    with pytest.raises(CannotCheck):
        await run(POSTGRES, document, Context(network))
