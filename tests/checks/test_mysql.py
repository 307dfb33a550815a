"""MySQL checks: against MariaDB with TLS, a stand-in for MySQL's log-ins, and peers that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import struct
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._mysql_protocol import first_value, read_greeting, words_of_error
from kuma_lite.checks._mysql_url import InvalidString, InvalidUrl, MysqlSecurity, MysqlTarget, read_target
from kuma_lite.checks.mysql import MysqlMonitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.network import Network
from tests.checks.peers import listening
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.net.authority import issue
from tests.peers import mariadb
from tests.requires import needs_ipv6, needs_program
from tests.support.ports import closed_port

MYSQL = MysqlMonitor()
# Refusal hides behind "Can't add new command when connection is in closed state"; no URL is misconfigured.
RECORDED = recorded("mysql", without=("refused", "not a URL"))
PREFIX = "Database connection/query failed: "
PASSWORD = "p%40ss%3Aw%2Frd"
CERTIFICATE = issue("localhost", names=("localhost",))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[mariadb.MariaDb]:
    async with mariadb.running(tmp_path_factory.mktemp("mariadb"), CERTIFICATE) as running:
        yield running


def url(
    port: int, rest: str = "", *, userinfo: str = f"kuma:{PASSWORD}", host: str = "127.0.0.1"
) -> dict[str, Any]:
    return {"databaseConnectionString": f"mysql://{userinfo}@{host}:{port}/shop{rest}"}


def result_is(operator: str, value: str) -> list[dict[str, str]]:
    return [
        {"type": "expression", "variable": "result", "operator": operator, "value": value, "andOr": "and"}
    ]


async def says(document: dict[str, Any], network: Network, **context: Any) -> str:
    """The text of a check that ends UP."""
    result = await run(MYSQL, document, Context(network, **context))
    assert isinstance(result, CheckResult)
    assert isinstance(result.ping, int)
    return result.message


@needs_program(mariadb.PROGRAM)
@pytest.mark.parametrize("case", [case for case, each in RECORDED.items() if "MariaDB" in each.peer])
async def test_what_the_original_says_of_a_server(
    network: Network, server: mariadb.MariaDb, case: str
) -> None:
    wanted = RECORDED[case]
    text = wanted.config["databaseConnectionString"].replace(":41711/", f":{server.port}/")
    document = wanted.document(databaseConnectionString=text)
    if wanted.status:
        assert await says(document, network) == wanted.message
    else:
        failed = await failure(MYSQL, document, Context(network))
        assert failed.message == wanted.message
        assert isinstance(failed.ping, int)
        assert not failed.local


@needs_program(mariadb.PROGRAM)
@pytest.mark.parametrize(
    ("query", "text"),
    [
        (
            "INSERT INTO item VALUES (9, 'x') ON DUPLICATE KEY UPDATE name = 'x'",
            "No Error, but the result is not an array. Type: object",
        ),
        ("CALL list()", "Rows: 2"),
        ("SELECT repeat('x', 300000) FROM item", None),
        ("SELECT repeat('x', 15000000)", "Rows: 1"),
        ("SELECT count (*) FROM item", "Rows: 1"),
    ],
)
async def test_kinds_of_answers(
    network: Network, server: mariadb.MariaDb, query: str, text: str | None
) -> None:
    message = await says({**url(server.port), "databaseQuery": query}, network)
    assert message == text or (text is None and message.startswith("Rows: "))


@needs_program(mariadb.PROGRAM)
@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("NULL", "null"),
        ("''", ""),
        ("'ü€😀'", "ü€😀"),
        ("1.50", "1.50"),
        ("repeat('x', 300)", "x" * 300),
        ("TIMESTAMP '2026-11-28 01:02:03'", "2026-11-28 01:02:03"),
    ],
)
async def test_values(network: Network, server: mariadb.MariaDb, expression: str, value: str) -> None:
    document = {**url(server.port), "databaseQuery": f"SELECT {expression}"}
    message = await says({**document, "conditions": result_is("equals", value)}, network)
    assert message == "Query did meet specified conditions"
    failed = await failure(
        MYSQL, {**document, "conditions": result_is("not_equals", value)}, Context(network)
    )
    assert failed.message == f"Query result did not meet the specified conditions ({value})"


@needs_program(mariadb.PROGRAM)
async def test_conditions_want_one_value(network: Network, server: mariadb.MariaDb) -> None:
    for query, reason in (
        ("SELECT id FROM item", "Multiple values were found, expected only one value"),
        ("DO 1", "Query returned no results"),
        ("SELECT 1", "Unexpected expression operator ID '=='"),
    ):
        conditions = result_is("==" if query == "SELECT 1" else "equals", "1")
        document = {**url(server.port), "databaseQuery": query, "conditions": json.dumps(conditions)}
        failed = await failure(MYSQL, document, Context(network))
        assert failed.message.startswith(PREFIX + reason)


@needs_program(mariadb.PROGRAM)
async def test_ways_to_log_in(network: Network, server: mariadb.MariaDb) -> None:
    for document in (
        url(server.port, userinfo="trusted"),
        {**url(server.port, userinfo="kuma:wrong"), "radiusPassword": "p@ss:w/rd"},
        url(server.port, f"?password={PASSWORD}", userinfo="kuma"),
        url(server.port, userinfo=f"{quote('müller')}:{quote('päß€')}"),
        url(server.port, userinfo="kuma:p%40ss%3Aw%2Frd", host="localhost"),
        {
            "databaseConnectionString": f"mariadb://kuma:{PASSWORD}@localhost?socketPath={server.socket}&database=shop"
        },
        {"databaseConnectionString": f"mysql://kuma:{PASSWORD}@127.0.0.1:{server.port}"},
    ):
        assert await says(document, network) == "Rows: 1"
    for userinfo in ("kuma:wrong", "kuma", "nobody:x"):
        failed = await failure(MYSQL, url(server.port, userinfo=userinfo), Context(network))
        password = "YES" if ":" in userinfo else "NO"
        user = userinfo.partition(":")[0]
        assert failed.message.startswith(f"{PREFIX}Access denied for user '{user}'@")
        assert failed.message.endswith(f"(using password: {password})")


@needs_program(mariadb.PROGRAM)
async def test_several_statements_only_where_wanted(network: Network, server: mariadb.MariaDb) -> None:
    query = {"databaseQuery": "SELECT 1; SELECT 2"}
    assert await says({**url(server.port, "?multipleStatements=true"), **query}, network) == "Rows: 2"
    failed = await failure(MYSQL, {**url(server.port), **query}, Context(network))
    assert failed.message.startswith(PREFIX + "You have an error in your SQL syntax")


@needs_program(mariadb.PROGRAM)
@needs_ipv6()
async def test_ipv6(network: Network, server: mariadb.MariaDb) -> None:
    assert await says(url(server.port, host="[::1]"), network) == "Rows: 1"


def ssl(**options: Any) -> str:
    return f"?ssl={quote(json.dumps(options))}"


@needs_program(mariadb.PROGRAM)
async def test_tls(network: Network, server: mariadb.MariaDb) -> None:
    query = {
        "databaseQuery": "SELECT variable_value <> '' FROM information_schema.session_status "
        "WHERE variable_name = 'Ssl_version'",
    }
    ca = CERTIFICATE.pem
    for options, used in (
        ("", "0"),
        ("?ssl=false", "0"),
        (ssl(rejectUnauthorized=False), "1"),
        (ssl(ca=ca), "1"),  # whatever its name
        (ssl(ca=[ca]), "1"),
    ):
        document = {**url(server.port, options), **query, "conditions": result_is("equals", used)}
        assert await says(document, network) == "Query did meet specified conditions", options
    for options in ("?ssl=true", ssl(rejectUnauthorized=True)):
        failed = await failure(MYSQL, url(server.port, options), Context(network))
        assert failed.message == PREFIX + "self-signed certificate"
    named = ssl(ca=ca, verifyIdentity=True)
    assert await says(url(server.port, named, host="localhost"), network) == "Rows: 1"
    failed = await failure(MYSQL, url(server.port, named), Context(network))
    assert failed.message.startswith(
        PREFIX + "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1"
    )


@needs_program(mariadb.PROGRAM)
async def test_a_query_that_takes_too_long(network: Network, server: mariadb.MariaDb) -> None:
    document = {**url(server.port, "?connectTimeout=2000"), "databaseQuery": "SELECT sleep(20)"}
    failed = await failure(MYSQL, document, Context(network, timeout=0.3))
    assert (failed.message, failed.local) == (PREFIX + "no answer within 0.3 s", True)


async def test_what_keeps_a_connection_from_being_made(network: Network) -> None:
    port = closed_port()
    failed = await failure(MYSQL, url(port), Context(network))
    assert failed.message == f"{PREFIX}connect ECONNREFUSED 127.0.0.1:{port}"
    assert (failed.local, type(failed.ping)) == (False, int)
    failed = await failure(MYSQL, url(port, host="nonexistent.invalid"), Context(network))
    assert failed.message.startswith(f"{PREFIX}getaddrinfo E")
    assert failed.local
    failed = await failure(MYSQL, url(port, "?socketPath=/nowhere"), Context(network))
    assert failed.message == f"{PREFIX}connect ENOENT /nowhere"


def saying(words: bytes, *, stay: bool = False) -> Callable[..., Any]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await writer.drain()
        if stay:
            await reader.read()

    return talk


async def test_silence(network: Network) -> None:
    async with listening(saying(b"", stay=True)) as port:
        failed = await failure(MYSQL, url(port), Context(network, timeout=0.1))
        assert (failed.message, failed.local) == (PREFIX + "no answer within 0.1 s", True)
        failed = await failure(MYSQL, url(port, "?connectTimeout=50"), Context(network))
        assert failed.message == PREFIX + "no answer within 0.05 s"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (b"", RECORDED["peer closes"].message),
        (b"\0\xff garbage \n" * 100, RECORDED["garbage"].message),
        (b"SSH-2.0-OpenSSH_9.2\r\n", RECORDED["garbage"].message),
        (b"\x01\0\0\0\x0a", RECORDED["garbage"].message),
        (b"\x04\0\0\0\x09abc", RECORDED["garbage"].message),
        (b"\0\0\0\0", RECORDED["garbage"].message),
        (b"\x17\0\0\0\xff\x10\x04Too many connections", PREFIX + "Too many connections"),
    ],
)
@pytest.mark.parametrize("stay", [False, True])
async def test_peers_that_misbehave(network: Network, words: bytes, message: str, stay: bool) -> None:
    async with listening(saying(words, stay=stay)) as port:
        failed = await failure(MYSQL, url(port), Context(network, timeout=0.3 if stay else 5))
    assert failed.message == message or (stay and failed.message == PREFIX + "no answer within 0.3 s")


SALT = b"abcdefghijklmnopqrst"
OK = b"\0\0\0\2\0\0\0"


class StandIn:
    """A server that greets with a way to log in, and then says what it is told to."""

    def __init__(self, plugin: str, replies: list[bytes], *, tls: bool = False) -> None:
        self.plugin, self.replies, self.tls = plugin, replies, tls
        self.heard: list[bytes] = []

    def greeting(self) -> bytes:
        abilities = 0x28_8209 | (0x800 if self.tls else 0)
        return (
            b"\x0a8.4.0\0\1\0\0\0"
            + SALT[:8]
            + b"\0"
            + struct.pack("<HBHHB10x", abilities & 0xFFFF, 45, 2, abilities >> 16, 21)
            + SALT[8:]
            + b"\0"
            + self.plugin.encode()
            + b"\0"
        )

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = 0
        for reply in (self.greeting(), *self.replies):
            writer.write(len(reply).to_bytes(3, "little") + bytes([number]) + reply)
            head = await reader.readexactly(4)
            self.heard.append(await reader.readexactly(int.from_bytes(head[:3], "little")))
            number = (head[3] + 1) % 256
        if not self.tls:
            number = 1
        rows = (b"\1", b"\3def", b"\xfe\0\0\2\0", b"\1" + b"1", b"\xfe\0\0\2\0")
        writer.write(
            b"".join(
                len(row).to_bytes(3, "little") + bytes([place]) + row
                for place, row in enumerate(rows, number)
            )
        )


def answer_of(stand_in: StandIn) -> bytes:
    """What was said to the challenge in the first packet."""
    after_user = stand_in.heard[0][32:].partition(b"\0")[2]
    return after_user[1 : 1 + after_user[0]]


def cached(password: bytes) -> bytes:
    once = hashlib.sha256(password).digest()
    mask = hashlib.sha256(hashlib.sha256(once).digest() + SALT).digest()
    return bytes(a ^ b for a, b in zip(once, mask, strict=True))


async def test_caching_sha2_that_knows_us(network: Network) -> None:
    stand_in = StandIn("caching_sha2_password", [b"\1\3", OK])

    # It is not asked anything between "fast enough" and OK.
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeting = stand_in.greeting()
        writer.write(len(greeting).to_bytes(3, "little") + b"\0" + greeting)
        head = await reader.readexactly(4)
        stand_in.heard.append(await reader.readexactly(int.from_bytes(head[:3], "little")))
        writer.write(b"\2\0\0\2\1\3" + b"\7\0\0\3" + OK)
        await reader.readexactly(13)
        writer.write(b"\7\0\0\1" + OK)

    async with listening(talk) as port:
        assert (await says(url(port, userinfo="u:pw"), network)).startswith("No Error, but")
    assert answer_of(stand_in) == cached(b"pw")


async def test_caching_sha2_in_full(network: Network) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    stand_in = StandIn("caching_sha2_password", [b"\1\4", b"\1" + pem, OK])
    async with listening(stand_in.talk) as port:
        assert await says(url(port, userinfo="u:pw"), network) == "Rows: 1"
    assert stand_in.heard[1] == b"\2"
    mixed = key.decrypt(stand_in.heard[2], padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))
    assert bytes(a ^ b for a, b in zip(mixed, SALT, strict=False)) == b"pw\0"


async def test_a_switch_of_log_ins(network: Network) -> None:
    stand_in = StandIn("client_ed25519", [b"\xfemysql_native_password\0" + SALT + b"\0", OK])
    async with listening(stand_in.talk) as port:
        assert await says(url(port, userinfo="u:pw"), network) == "Rows: 1"
    assert answer_of(stand_in) == b""
    once = hashlib.sha1(b"pw").digest()
    mask = hashlib.sha1(SALT + hashlib.sha1(once).digest()).digest()
    assert stand_in.heard[1] == bytes(a ^ b for a, b in zip(once, mask, strict=True))


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"\xfeclient_ed25519\0" + SALT, "not supported here: client_ed25519"),
        (b"\xfe", "not supported here: mysql_old_password"),
        (b"\xfemysql_clear_password\0", "plain text"),
    ],
)
async def test_log_ins_that_are_not_spoken(network: Network, reply: bytes, reason: str) -> None:
    async with listening(StandIn("mysql_native_password", [reply]).talk) as port:
        with pytest.raises(CannotCheck, match=reason):
            await run(MYSQL, url(port), Context(network))


@pytest.mark.parametrize("reply", [b"\1-----BEGIN nonsense", b"\1?", b"\2", b"\xfb", b"\xfd"])
async def test_a_log_in_that_goes_wrong(network: Network, reply: bytes) -> None:
    async with listening(StandIn("caching_sha2_password", [reply]).talk) as port:
        failed = await failure(MYSQL, url(port), Context(network))
    assert failed.message == RECORDED["garbage"].message


async def test_no_plain_text_where_tls_is_wanted(network: Network) -> None:
    stand_in = StandIn("mysql_clear_password", [OK])
    async with listening(stand_in.talk) as port:
        failed = await failure(MYSQL, url(port, ssl(rejectUnauthorized=False)), Context(network))
    assert failed.message == PREFIX + "Server does not support secure connection"
    assert stand_in.heard == []


async def test_a_server_gets_no_files(network: Network) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeting = StandIn("mysql_native_password", []).greeting()
        writer.write(len(greeting).to_bytes(3, "little") + b"\0" + greeting)
        await reader.read(1000)
        writer.write(b"\7\0\0\2" + OK)
        await reader.read(1000)
        writer.write(b"\x0c\0\0\1\xfb/etc/passwd")

    async with listening(talk) as port:
        failed = await failure(MYSQL, url(port), Context(network))
    assert failed.message == PREFIX + "The server asks for a local file"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("mysql://u:p@h/d", MysqlTarget("h", 3306, "u", "p", "d")),
        (" mysql://u:p%40s%3As@h:1 ", MysqlTarget("h", 1, "u", "p@s:s")),
        ("mysql://u:p@[::1]:7/a%20b", MysqlTarget("::1", 7, "u", "p", "a b")),
        ("mysql://h", MysqlTarget("h")),
        ("mysql://u:p@h/d?user=x&password=0123&port=5&host=i", MysqlTarget("i", 5, "x", "0123", "d")),
        (
            "mysql://u:p@h?connectTimeout=2500&charset=x",
            MysqlTarget("h", 3306, "u", "p", connect_timeout=2.5),
        ),
        ("mysql://u:p@h?ssl=true", MysqlTarget("h", 3306, "u", "p", security=MysqlSecurity())),
        ("mysql://u:p@h?ssl=0", MysqlTarget("h", 3306, "u", "p")),
        ("mysql://u:p@h?socketPath=/run/my.sock", MysqlTarget("/run/my.sock", 3306, "u", "p")),
    ],
)
def test_connection_strings(text: str, target: MysqlTarget) -> None:
    assert read_target(text) == target
    assert not target.password or repr(target.password) not in repr(target)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just words",
        "mysql:h",
        "mysql://u:p@",
        "mysql://h:port",
        "mysql://h:70000",
        "mysql://[::1",
        "a b://c",
    ],
)
async def test_strings_that_are_no_urls(network: Network, text: str) -> None:
    with pytest.raises(CannotCheck) as caught:
        await run(MYSQL, {"databaseConnectionString": text}, Context(network))
    assert caught.value.message == PREFIX + "Invalid URL"


async def test_a_profile_that_nobody_knows(network: Network) -> None:
    with pytest.raises(CannotCheck, match="Connection string: Unknown SSL profile 'x'"):
        await run(MYSQL, {"databaseConnectionString": "mysql://h?ssl=x"}, Context(network))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for string in (text, f"mysql://{text}"):
        with contextlib.suppress(InvalidUrl, InvalidString):
            assert read_target(string).host


@given(st.binary(min_size=1))
def test_any_packet_is_read_or_refused(packet: bytes) -> None:
    for data in (packet, StandIn("x", []).greeting()[: len(packet)]):
        for read in (read_greeting, first_value, words_of_error):
            with contextlib.suppress(NetworkError):
                read(data)


async def test_nulls_are_readable(network: Network) -> None:
    document = {
        "databaseConnectionString": None,
        "databaseQuery": None,
        "radiusPassword": None,
        "conditions": None,
    }
    with pytest.raises(CannotCheck):
        await run(MYSQL, document, Context(network))
