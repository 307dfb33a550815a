"""SQL Server checks against a stand-in, which an independent driver understands, and peers that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._ado_string import InvalidString, SqlServerTarget, read_target
from kuma_lite.checks._tds_session import encryption_of, hidden, read_route, words_of_message
from kuma_lite.checks._tds_values import Column, as_text
from kuma_lite.checks.sqlserver import SqlServerMonitor, read_instance
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.network import Network
from tests.checks.peers import listening
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.net.authority import issue
from tests.peers import tds
from tests.support.ports import closed_port

SQL_SERVER = SqlServerMonitor()
RECORDED = recorded("sqlserver")
PREFIX = "Database connection/query failed: "
CERTIFICATE = issue("localhost", names=("localhost",))


def at(
    port: int, more: str = "Encrypt=false", *, password: str = tds.PASSWORD, host: str = "127.0.0.1"
) -> dict[str, Any]:
    quoted = '"' + password.replace('"', '""') + '"'
    text = f"Server={host},{port};Database=shop;User Id=kuma;Password={quoted};{more}"
    return {"databaseConnectionString": text}


def result_is(operator: str, value: str) -> list[dict[str, str]]:
    return [
        {"type": "expression", "variable": "result", "operator": operator, "value": value, "andOr": "and"}
    ]


async def says(document: dict[str, Any], network: Network, **context: Any) -> str:
    """The text of a check that ends UP."""
    result = await run(SQL_SERVER, document, Context(network, **context))
    assert isinstance(result, CheckResult)
    assert isinstance(result.ping, int)
    return result.message


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", "Rows: 1"),
        ("SELECT 1 WHERE 1 = 0", "Rows: 0"),
        ("SELECT id FROM item", "Rows: 3"),
        ("SELECT id FROM item; SELECT name FROM item", "Rows: 1"),
        ("UPDATE item SET name = 'x'", "No Error, but the result is not an array. Type: undefined"),
    ],
)
async def test_answers(network: Network, query: str, text: str) -> None:
    async with tds.serving(tds.Server()) as server:
        assert await says({**at(server.port), "databaseQuery": query}, network) == text
    assert server.batches == [query or "SELECT 1"]


@pytest.mark.parametrize(
    ("query", "value", "text"),
    [
        ("SELECT count(*) FROM item", "3", ""),
        ("SELECT count(*) FROM item", "4", "Query result did not meet the specified conditions (3)"),
        ("SELECT 1, 2", "1", PREFIX + "Multiple columns were found, expected only one value"),
        ("SELECT id FROM item", "1", PREFIX + "Multiple values were found, expected only one value"),
        ("SELECT 1 WHERE 1 = 0", "1", PREFIX + "Query returned no results"),
        ("UPDATE item SET name = 'x'", "1", PREFIX + "Query returned no results"),
    ],
)
async def test_conditions(network: Network, query: str, value: str, text: str) -> None:
    async with tds.serving(tds.Server()) as server:
        document = {**at(server.port), "databaseQuery": query, "conditions": result_is("equals", value)}
        if not text:
            assert await says(document, network) == "Query did meet specified conditions"
        else:
            failed = await failure(SQL_SERVER, document, Context(network))
            assert (failed.message, type(failed.ping), failed.local) == (text, int, False)


async def test_what_the_server_refuses(network: Network) -> None:
    async with tds.serving(tds.Server()) as server:
        failed = await failure(SQL_SERVER, at(server.port, password="wrong"), Context(network))
        assert failed.message == PREFIX + "Login failed for user 'kuma'."
        failed = await failure(SQL_SERVER, at(server.port, "Encrypt=no;Database=none"), Context(network))
        assert (
            failed.message == PREFIX + 'Cannot open database "none" requested by the login. The login failed.'
        )
        for query, text in (
            ("SELEC 1", "Incorrect syntax near 'SELEC'."),
            ("SELECT * FROM nothing", "Invalid object name 'nothing'."),
        ):
            failed = await failure(SQL_SERVER, {**at(server.port), "databaseQuery": query}, Context(network))
            assert failed.message == PREFIX + text


async def test_what_a_log_in_carries(network: Network) -> None:
    more = "Encrypt=no;Application Name='a;b';WSID=here;Language=Deutsch;ApplicationIntent=ReadOnly"
    async with tds.serving(tds.Server()) as server:
        assert await says(at(server.port, more), network) == "Rows: 1"
    (login,) = server.logins
    assert login["application"] == "a;b"
    assert (login["workstation"], login["language"], login["server"]) == ("here", "Deutsch", "127.0.0.1")


async def test_a_windows_user(network: Network) -> None:
    async with tds.serving(tds.Server()) as server:
        document = at(server.port, "Encrypt=no;User Id=DOM\\kuma;Integrated Security=true")
        assert await says(document, network) == "Rows: 1"
    (login,) = server.logins
    assert (login["domain"], login["user"]) == ("DOM", "kuma")
    assert login["windows"].startswith("NTLMSSP")


@pytest.mark.parametrize("challenge", [b"", b"NTLMSSP\0", tds.CHALLENGE[:30]])
async def test_a_challenge_that_is_none(network: Network, challenge: bytes) -> None:
    async with tds.serving(tds.Server(challenge=challenge)) as server:
        document = at(server.port, "Encrypt=no;User Id=DOM\\kuma")
        failed = await failure(SQL_SERVER, document, Context(network, timeout=1))
    assert failed.message.startswith(PREFIX + "Connection lost - ")


async def test_tls(network: Network) -> None:
    async with tds.serving(tds.Server(encryption=tds.TLS, certificate=CERTIFICATE)) as server:
        assert await says(at(server.port, "TrustServerCertificate=yes"), network) == "Rows: 1"
        failed = await failure(SQL_SERVER, at(server.port, "Encrypt=true"), Context(network))
        assert (
            failed.message
            == f"{PREFIX}Failed to connect to 127.0.0.1:{server.port} - self-signed certificate"
        )
        failed = await failure(SQL_SERVER, at(server.port), Context(network))
        assert failed.message == PREFIX + "Server requires encryption, set 'encrypt' config option to true."
    assert len(server.logins) == 1


async def test_tls_with_a_trusted_certificate(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    import ssl

    context = ssl.create_default_context(cadata=CERTIFICATE.pem)
    context.check_hostname = False
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    monkeypatch.setattr("kuma_lite.checks._tds_session._context", lambda verify: context)
    async with tds.serving(tds.Server(encryption=tds.TLS, certificate=CERTIFICATE)) as server:
        assert await says(at(server.port, "", host="localhost"), network) == "Rows: 1"
        assert await says(at(server.port, "HostNameInCertificate=localhost"), network) == "Rows: 1"
        failed = await failure(SQL_SERVER, at(server.port, ""), Context(network))
        assert "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1" in failed.message
    assert len(server.logins) == 2


async def test_no_plain_text_where_tls_is_wanted(network: Network) -> None:
    async with tds.serving(tds.Server()) as server:
        failed = await failure(SQL_SERVER, at(server.port, "TrustServerCertificate=true"), Context(network))
    assert failed.message == PREFIX + "The server does not support encryption"
    assert server.logins == []


async def test_a_gateway_sends_us_on(network: Network) -> None:
    async with tds.serving(tds.Server()) as server:
        async with tds.serving(tds.Server(route=("localhost", server.port))) as gateway:
            assert await says(at(gateway.port), network) == "Rows: 1"
        assert (gateway.batches, server.batches) == ([], ["SELECT 1"])
        server.route = ("127.0.0.1", server.port)
        failed = await failure(SQL_SERVER, at(server.port), Context(network))
    assert failed.message == PREFIX + "The server keeps sending us on to others"


def test_the_stand_in_is_understood_by_a_driver() -> None:
    """Or both of ours would share one mistake."""
    pytds = pytest.importorskip("pytds")

    async def ask() -> list[tuple[int]]:
        def talk(port: int) -> list[tuple[int]]:
            with (
                pytds.connect(
                    "127.0.0.1",
                    port=port,
                    user=tds.USER,
                    password=tds.PASSWORD,
                    database="shop",
                    autocommit=True,
                    timeout=5,
                    login_timeout=5,
                ) as connection,
                connection.cursor() as cursor,
            ):
                cursor.execute("SELECT id FROM item")
                return list(cursor.fetchall())

        async with tds.serving(tds.Server()) as server:
            return await asyncio.to_thread(talk, server.port)

    assert asyncio.run(ask()) == [(1,), (2,), (3,)]


def plp(*parts: bytes) -> bytes:
    return (
        struct.pack("<Q", 0xFFFFFFFFFFFFFFFE)
        + b"".join(struct.pack("<I", len(part)) + part for part in parts)
        + bytes(4)
    )


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


VARCHAR = b"\xa7\xc8\x00" + tds.COLLATION
VALUES = [
    (b"\x26\x01", b"\x01\xff", "255"),
    (b"\x26\x08", b"\x08" + struct.pack("<q", -(2**62)), str(-(2**62))),
    (b"\x26\x04", b"\0", "null"),
    (b"\x38", struct.pack("<i", -7), "-7"),
    (b"\x68\x01", b"\x01\x01", "true"),
    (b"\x32", b"\0", "false"),
    (b"\x6d\x08", b"\x08" + struct.pack("<d", 1.5), "1.5"),
    (b"\x3e", struct.pack("<d", 3), "3"),
    (b"\x6d\x04", b"\x04" + struct.pack("<f", 0.5), "0.5"),
    (b"\x6e\x08", b"\x08" + struct.pack("<iI", 0, 12_3400), "12.34"),
    (b"\x7a", struct.pack("<i", -5_0000), "-5"),
    (b"\x6a\x05\x09\x02", b"\x05\x01" + struct.pack("<I", 150), "1.5"),
    (b"\x6c\x05\x09\x00", b"\x05\x00" + struct.pack("<I", 42), "-42"),
    (b"\x6f\x08", b"\x08" + struct.pack("<iI", 0, 300 * 3661), "1900-01-01 01:01:01"),
    (b"\x6f\x04", b"\x04" + struct.pack("<HH", 1, 61), "1900-01-02 01:01:00"),
    (b"\x28", b"\x03" + (738_000).to_bytes(3, "little"), "2021-07-30"),
    (b"\x29\x03", b"\x04" + (3_661_250).to_bytes(4, "little"), "01:01:01.250"),
    (
        b"\x2a\x00",
        b"\x06" + (3661).to_bytes(3, "little") + (738_000).to_bytes(3, "little"),
        "2021-07-30 01:01:01",
    ),
    (
        b"\x2b\x00",
        b"\x08" + (3661).to_bytes(3, "little") + (738_000).to_bytes(3, "little") + struct.pack("<h", -90),
        "2021-07-29 23:31:01 -01:30",
    ),
    (b"\x24\x10", b"\x10" + bytes(range(16)), "03020100-0504-0706-0809-0A0B0C0D0E0F"),
    (VARCHAR, b"\x03\x00\xe4b\x80", "äb€"),
    (b"\xaf\x02\x00\x09\x04\xd0\x04\x00", b"\x02\x00\xc3\xa4", "ä"),
    (b"\xa7\xc8\x00\x19\x04\xd0\x00\x00", b"\x01\x00\xff", "я"),
    (b"\xa7\xc8\x00\x04\x08\xd0\x00\x00", b"\x02\x00\xd6\xd0", "中"),
    (b"\xe7\xc8\x00" + tds.COLLATION, b"\x04\x00" + wide("ü€"), "ü€"),
    (b"\xe7\xc8\x00" + tds.COLLATION, b"\xff\xff", "null"),
    (b"\xe7\xff\xff" + tds.COLLATION, plp(wide("ab"), wide("c")), "abc"),
    (b"\xe7\xff\xff" + tds.COLLATION, b"\xff" * 8, "null"),
    (b"\xa5\x10\x00", b"\x02\x00hi", "hi"),
    (b"\xf1\x00", plp(wide("<a/>")), "<a/>"),
    (b"\xf0\x10\x00\x00\x00\x00\x00\x00", plp(b"x"), "x"),
    (
        b"\x23\xff\xff\xff\x7f" + tds.COLLATION + b"\x01" + tds.long("item"),
        b"\x10" + bytes(24) + struct.pack("<I", 2) + b"ab",
        "ab",
    ),
    (b"\x22\xff\xff\xff\x7f\x01" + tds.long("item"), b"\0", "null"),
    (b"\x62\x10\x00\x00\x00", struct.pack("<I", 6) + b"\x38\0" + struct.pack("<i", 7), "7"),
    (
        b"\x62\x10\x00\x00\x00",
        struct.pack("<I", 9 + 2) + b"\xe7\x07" + tds.COLLATION + b"\x10\0" + wide("z"),
        "z",
    ),
    (b"\x62\x10\x00\x00\x00", struct.pack("<I", 9) + b"\x6c\x02\x09\x01\x01" + struct.pack("<I", 15), "1.5"),
    (b"\x62\x10\x00\x00\x00", bytes(4), "null"),
    (b"\x27\x10" + tds.COLLATION, b"\x01x", "x"),
    (b"\x1f", b"", "null"),
]


@pytest.mark.parametrize(("kind", "raw", "text"), VALUES)
async def test_values(network: Network, kind: bytes, raw: bytes, text: str) -> None:
    """A column more, so that what follows is read at the right place; then the same without what is NULL."""
    packed = (
        tds.columns(kind, b"\x26\x04")
        + b"\xd2"
        + (b"\1" + tds.number(9) if text == "null" else b"\0" + raw + tds.number(9))
    )
    answers = {
        "SELECT a": tds.rows((kind,), raw),
        "SELECT a, b": tds.rows((kind, b"\x26\x04"), raw + tds.number(9), raw + tds.number(9)),
        "SELECT a, c": packed + tds.done(0x10, 1),
    }
    async with tds.serving(tds.Server(answers)) as server:
        document = {**at(server.port), "databaseQuery": "SELECT a", "conditions": result_is("equals", text)}
        assert await says(document, network) == "Query did meet specified conditions"
        assert await says({**at(server.port), "databaseQuery": "SELECT a, b"}, network) == "Rows: 2"
        assert await says({**at(server.port), "databaseQuery": "SELECT a, c"}, network) == "Rows: 1"


async def test_other_words_of_a_server(network: Network) -> None:
    answer = (
        tds.message(0xAB, 0, "a remark")
        + b"\xe4\x04\0\0\0abcd"
        + b"\x79\0\0\0\0"
        + b"\xae\x01\x02\0\0\0ab\xff"
        + b"\xa9\x02\0ab"
        + tds.ANSWERS["SELECT 1"]
    )
    async with tds.serving(tds.Server({"SELECT 1": answer})) as server:
        assert await says(at(server.port), network) == "Rows: 1"


@pytest.mark.parametrize(
    "answer", [b"\x00", b"\xd1\0", b"\x81\x01\0" + bytes(6) + b"\x99", b"\x81\xfe\xff", b"\xfd"]
)
async def test_nonsense_for_an_answer(network: Network, answer: bytes) -> None:
    async with tds.serving(tds.Server({"SELECT 1": answer})) as server:
        failed = await failure(SQL_SERVER, at(server.port), Context(network))
    assert failed.message == PREFIX + "Connection lost - socket hang up"


async def test_what_keeps_a_connection_from_being_made(network: Network) -> None:
    port = closed_port()
    wanted = RECORDED["refused"].message.replace("41799", str(port))
    failed = await failure(SQL_SERVER, at(port), Context(network))
    assert (failed.message, failed.local, type(failed.ping)) == (wanted, False, int)
    failed = await failure(SQL_SERVER, RECORDED["unknown host"].config, Context(network))
    assert failed.message.replace("EAI_AGAIN", "ENOTFOUND") == RECORDED["unknown host"].message
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
    "words",
    [
        b"",
        b"\0\xff garbage \n" * 100,
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\4\1\0\x08\0\0\1\0",
        b"\4\1\0\x0a\0\0\1\0\xff\0",
        b"\4\1\0",
    ],
)
@pytest.mark.parametrize("stay", [False, True])
async def test_peers_that_misbehave(network: Network, words: bytes, stay: bool) -> None:
    async with listening(saying(words, stay=stay)) as port:
        failed = await failure(SQL_SERVER, at(port), Context(network, timeout=0.3 if stay else 5))
    silence = PREFIX + "no answer within 0.3 s"
    assert failed.message == RECORDED["garbage"].message or (stay and failed.message == silence)


async def test_a_peer_that_closes_at_once(network: Network) -> None:
    async with listening(saying(b"", hear=False)) as port:
        failed = await failure(SQL_SERVER, at(port), Context(network))
    assert failed.message in (
        f"{PREFIX}Connection lost - {why}" for why in ("socket hang up", "read ECONNRESET")
    )


async def test_silence(network: Network) -> None:
    async with listening(saying(b"", stay=True)) as port:
        failed = await failure(SQL_SERVER, at(port), Context(network, timeout=0.1))
        assert (failed.message, failed.local) == (PREFIX + "no answer within 0.1 s", True)
        failed = await failure(SQL_SERVER, at(port, "Connection Timeout=1"), Context(network))
        assert failed.message == f"{PREFIX}Failed to connect to 127.0.0.1:{port} in 1000ms"


async def test_an_instance_that_nobody_knows(network: Network) -> None:
    document = {"databaseConnectionString": "Server=127.0.0.1\\SQLEXPRESS;User Id=u;Password=p"}
    failed = await failure(SQL_SERVER, document, Context(network, timeout=0.3))
    assert failed.message.startswith(
        PREFIX + "SQL Server Browser on 127.0.0.1 does not tell the port of SQLEXPRESS"
    )


def test_instances() -> None:
    reply = b"\x05\x00\x00ServerName;H;InstanceName;SQLExpress;IsClustered;No;Version;15;tcp;51433;;"
    assert read_instance(reply, "sqlexpress") == 51433
    assert read_instance(reply, "other") is None
    assert read_instance(reply.replace(b"51433", b"99999"), "sqlexpress") is None
    assert read_instance(b"\x05", "x") is None


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Server=h", SqlServerTarget("h")),
        ("Data Source=tcp:h,1444;Initial Catalog=d;", SqlServerTarget("h", 1444, database="d")),
        ("addr=h\\inst;uid=u;pwd=p", SqlServerTarget("h", 0, "inst", "u", password="p")),
        ("Server=h\\inst,7", SqlServerTarget("h", 7, "inst")),
        ("server = . ;user=u", SqlServerTarget("localhost", user="u")),
        ("Server=(local);User ID=D\\u", SqlServerTarget("localhost", user="u", domain="D")),
        ("Server=::1,5", SqlServerTarget("::1", 5)),
        ("Server=[::1];;", SqlServerTarget("::1")),
        (
            "Server=h;Password='a;''b\"'; Encrypt = No ",
            SqlServerTarget("h", password="a;'b\"", encrypt=False),
        ),
        ('Server=h;Password="a;""b="', SqlServerTarget("h", password='a;"b=')),
        ("Server=h;Password={a;}}b}", SqlServerTarget("h", password="a;}b")),
        ("Server=h;Password=a b=c ", SqlServerTarget("h", password="a b=c")),
        (
            "Server=h;TrustServerCertificate=Yes;Connect Timeout=30",
            SqlServerTarget("h", verify=False, connect_timeout=30),
        ),
        ("Server=h;Encrypt=Optional;Pooling=false;Max Pool Size=5", SqlServerTarget("h", encrypt=False)),
        (
            "Server=h;Trust Server Certificate=false;ApplicationIntent=ReadOnly",
            SqlServerTarget("h", read_only=True),
        ),
        ("Server=h;Integrated Security=SSPI;User Id=u", SqlServerTarget("h", user="u")),
    ],
)
def test_connection_strings(text: str, target: SqlServerTarget) -> None:
    assert read_target(text) == target
    assert not target.password or repr(target.password) not in repr(target)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "server is missing"),
        ("just words", "no list of Key=value"),
        ('Server=h;Password="secret', "no list of Key=value"),
        ("Database=secret", "server is missing"),
        ("Server=h,secret", "port of the server"),
        ("Server=np:\\\\h\\pipe", "np: is not supported"),
        ("Server=h;Encrypt=secret", "encrypt is neither"),
        ("Server=h;Encrypt=strict", "strict"),
        ("Server=h;Integrated Security=true", "Integrated Security"),
        ("Server=h;Authentication=Active Directory Password", "Authentication"),
    ],
)
async def test_strings_that_lead_nowhere(network: Network, text: str, reason: str) -> None:
    with pytest.raises(CannotCheck, match=f"^Connection string: .*{reason}") as caught:
        await run(SQL_SERVER, {"databaseConnectionString": text}, Context(network))
    assert "secret" not in caught.value.message


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for string in (text, f"Server=h;{text}", f"Server={text}"):
        with contextlib.suppress(InvalidString):
            assert read_target(string).host


@given(st.sampled_from([*range(256)]), st.binary(max_size=20), st.integers(0, 255))
def test_any_value_is_read_or_refused(kind: int, value: bytes, scale: int) -> None:
    with contextlib.suppress(NetworkError):
        assert isinstance(as_text(Column(kind, scale=scale), value), str)


@given(st.binary())
def test_any_words_are_read_or_refused(words: bytes) -> None:
    assert isinstance(words_of_message(words), str)
    for read in (encryption_of, read_route, lambda data: read_instance(data, "x")):
        with contextlib.suppress(NetworkError):
            read(words)


def test_a_hidden_password() -> None:
    """Nibbles swapped, then XOR A5 (MS-TDS §2.2.6.4)."""
    assert hidden(wide("a")) == b"\xb3\xa5"
