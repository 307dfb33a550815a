"""Oracle checks: the driver against a listener that refuses; where it takes a database, one of our own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import oracledb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import oracledb as check_module
from kuma_lite.checks._oracle_net import Place, at_place, places_of, question
from kuma_lite.checks.oracledb import OracleMonitor, read_descriptor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.net.network import Network
from tests.checks.peers import listening
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.peers import tns
from tests.requires import needs_ipv6
from tests.support.ports import closed_port

ORACLE = OracleMonitor()
RECORDED = recorded("oracledb")
PREFIX = "Database connection/query failed: "


def at(port: int, rest: str = "/XEPDB1", *, host: str = "127.0.0.1") -> dict[str, Any]:
    text = f"{host}:{port}{rest}"
    return {"databaseConnectionString": text, "basic_auth_user": "kuma", "basic_auth_pass": "secret"}


def without_id(case: str, port: int) -> str:
    """What was recorded, but for the id of the connection, which is another one each time."""
    text = re.sub(r" \(CONNECTION_ID=[^)]*\)", "", RECORDED[case].message)
    return re.sub(r"41\d{3}", str(port), text)


async def test_what_the_original_says(network: Network) -> None:
    port = closed_port()
    failed = await failure(ORACLE, at(port), Context(network))
    assert (failed.message, failed.local, type(failed.ping)) == (without_id("refused", port), False, int)
    failed = await failure(ORACLE, RECORDED["unknown host"].config, Context(network))
    assert (failed.message, failed.local) == (RECORDED["unknown host"].message, True)


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
    [b"", b"\0\xff garbage \n" * 100, b"SSH-2.0-OpenSSH_9.2\r\n", bytes(100), b"\0\x08\0\0\x07\0\0\0", b"\0"],
)
@pytest.mark.parametrize("stay", [False, True])
async def test_peers_that_misbehave(network: Network, words: bytes, stay: bool) -> None:
    """Zeros would have the driver read for ever, and nobody else come to his turn."""
    async with listening(saying(words, stay=stay)) as port:
        failed = await failure(ORACLE, at(port), Context(network, timeout=0.3 if stay else 5))
    silence = PREFIX + "no answer within 0.3 s"
    assert failed.message == without_id("garbage", port) or (stay and failed.message == silence)


async def test_a_peer_that_closes_at_once(network: Network) -> None:
    async with listening(saying(b"", hear=False)) as port:
        failed = await failure(ORACLE, at(port), Context(network))
    assert failed.message == without_id("garbage", port)


@pytest.mark.parametrize("scheme", ["", "tcps://"])
async def test_silence(network: Network, scheme: str) -> None:
    async with listening(saying(b"", stay=True)) as port:
        document = at(port, host=f"{scheme}127.0.0.1")
        await failure(ORACLE, document, Context(network, timeout=0.1))  # what is made once stays open
        before = len(os.listdir("/proc/self/fd"))
        failed = await failure(ORACLE, document, Context(network, timeout=0.1))
        assert (failed.message, failed.local) == (PREFIX + "no answer within 0.1 s", True)
        async with asyncio.timeout(5):
            while len(os.listdir("/proc/self/fd")) > before:
                await asyncio.sleep(0)


async def test_tls_to_a_port_without(network: Network) -> None:
    async with listening(saying(b"garbage")) as port:
        failed = await failure(ORACLE, at(port, host="tcps://127.0.0.1"), Context(network))
    where = f"connection to host 127.0.0.1 port {port}"
    assert (
        failed.message == f"{PREFIX}NJS-506: {where} encountered TLS handshake failure.\nWRONG_VERSION_NUMBER"
    )


@pytest.mark.parametrize(
    ("error", "rest", "text"),
    [
        (
            tns.UNKNOWN_SERVICE,
            "/XEPDB1",
            'NJS-518: cannot connect to Oracle Database. Service "XEPDB1" is not registered with the '
            "listener at host {}.",
        ),
        (tns.BLOCKED, "/XEPDB1", "NJS-511: connection to listener at host {} was refused.\nCause: ORA-12528"),
    ],
)
async def test_what_a_listener_refuses(network: Network, error: int, rest: str, text: str) -> None:
    async with tns.serving(tns.Listener(error)) as listener:
        failed = await failure(ORACLE, at(listener.port, rest), Context(network))
    assert failed.message == PREFIX + text.format(f"127.0.0.1 port {listener.port}")
    assert not failed.local
    assert listener.asked[0] == "(CONNECT_DATA=(COMMAND=ping))"
    assert "SERVICE_NAME=XEPDB1" in listener.asked[1]


async def test_a_sid_and_another_address(network: Network) -> None:
    async with tns.serving(tns.Listener(tns.UNKNOWN_SID)) as listener:
        addresses = "".join(
            f"(ADDRESS=(PROTOCOL=TCP)(HOST=localhost)(PORT={port}))"
            for port in (closed_port(), listener.port)
        )
        text = f"(DESCRIPTION=(ADDRESS_LIST={addresses})(CONNECT_DATA=(SID=XE)))"
        failed = await failure(ORACLE, at(0) | {"databaseConnectionString": text}, Context(network))
    assert failed.message == (
        f'{PREFIX}NJS-519: cannot connect to Oracle Database. SID "XE" is not registered with the listener '
        f"at host localhost port {listener.port}."
    )


class Cursor:
    """As the driver's, with an answer of the test's."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.description, self.rowcount = answer, None, 7

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    async def execute(self, statement: str) -> None:
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, list):
            self.description = [("c",)] * len(self.answer[0] if self.answer else [1])  # type: ignore[assignment]

    async def fetchmany(self, size: int) -> list[Any]:
        rows: list[Any] = self.answer[:size]
        self.answer = self.answer[size:]
        return rows


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], dict[str, Any]]:
    """Have the driver answer; gives what it was told to connect to."""
    told: dict[str, Any] = {}

    def answer_with(answer: Any) -> dict[str, Any]:
        async def connect_async(**arguments: Any) -> Any:
            told.update(arguments)
            return SimpleNamespace(cursor=lambda: Cursor(answer), close=lambda: asyncio.sleep(0))

        fake = SimpleNamespace(
            ConnectParams=oracledb.ConnectParams, Error=oracledb.Error, connect_async=connect_async
        )
        monkeypatch.setattr(check_module, "load", lambda *_, **__: fake)
        return told

    return answer_with


@pytest.mark.parametrize(
    ("query", "answer", "text"),
    [
        ("", [(1,)], "Rows: 1"),
        ("SELECT * FROM item", [(1, "a")] * 2500, "Rows: 2500"),
        ("SELECT 1 FROM item WHERE 1 = 0", [], "Rows: 0"),
        (" update item SET id = 1", None, "Rows affected: 7"),
        ("BEGIN NULL; END;", None, "Query executed successfully"),
    ],
)
async def test_answers(
    network: Network, answering: Callable[[Any], dict[str, Any]], query: str, answer: Any, text: str
) -> None:
    told = answering(answer)
    async with tns.serving(tns.Listener()) as listener:
        document = {**at(listener.port, host="localhost"), "databaseQuery": query}
        result = await run(ORACLE, document, Context(network))
    assert isinstance(result, CheckResult)
    assert (result.message, type(result.ping)) == (text, int)
    assert (told["user"], told["password"]) == ("kuma", "secret")
    assert places_of(told["dsn"]) == [Place("tcp", "127.0.0.1", listener.port)]


class Large:
    async def read(self) -> str:
        return "long"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (1.5, "1.5"),
        (None, "null"),
        (True, "true"),
        ("ü", "ü"),
        (b"raw", "raw"),
        (datetime(2026, 11, 28, 1, 2, 3), "2026-11-28 01:02:03"),
        ({"a": [1]}, '{"a":[1]}'),
        (Large(), "long"),
    ],
)
async def test_values(
    network: Network, answering: Callable[[Any], dict[str, Any]], value: Any, text: str
) -> None:
    answering([(value,)])
    condition = {
        "type": "expression",
        "variable": "result",
        "operator": "not_equals",
        "value": text,
        "andOr": "and",
    }
    async with tns.serving(tns.Listener()) as listener:
        document = {**at(listener.port), "conditions": [condition]}
        failed = await failure(ORACLE, document, Context(network))
        assert failed.message == f"Query result did not meet the specified conditions ({text})"
        document = {**document, "conditions": [{**condition, "operator": "equals"}]}
        result = await run(ORACLE, document, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "Query did meet specified conditions"


async def test_what_a_database_refuses(network: Network, answering: Callable[[Any], dict[str, Any]]) -> None:
    text = "ORA-00942: table or view does not exist"
    for said, wanted in (
        (oracledb.DatabaseError(text), text),
        (
            oracledb.OperationalError("DPY-4011: gone\nHelp: https://python-oracledb.readthedocs.io/x"),
            "NJS-500",
        ),
        (
            oracledb.OperationalError("DPY-9999: odd\nHelp: https://python-oracledb.readthedocs.io/x"),
            "DPY-9999: odd",
        ),
    ):
        answering(said)
        async with tns.serving(tns.Listener()) as listener:
            failed = await failure(ORACLE, at(listener.port), Context(network))
        assert failed.message.startswith(PREFIX + wanted)
        assert "Help" not in failed.message


async def test_without_the_driver(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "oracledb", None)
    with pytest.raises(CannotCheck, match=r"pip install 'kuma-lite\[oracle\]'"):
        await run(ORACLE, at(1), Context(network))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (" h:1/svc ", [Place("tcp", "h", 1)]),
        ("//h/svc", [Place("tcp", "h", 1521)]),
        ("tcps://h:2484/svc?wallet_location=/x", [Place("tcps", "h", 2484)]),
        ("h1,h2:1522/svc", [Place("tcp", "h1", 1522), Place("tcp", "h2", 1522)]),
        ("[::1]:1521/svc", [Place("tcp", "::1", 1521)]),
        ("h:1521/svc:dedicated/inst", [Place("tcp", "h", 1521)]),
        (
            "(description=(address=(protocol=tcp)(host=h)(port=7))(connect_data=(sid=x)))",
            [Place("tcp", "h", 7)],
        ),
    ],
)
def test_connection_strings(text: str, places: list[Place]) -> None:
    assert places_of(read_descriptor(oracledb, text)) == places


@needs_ipv6()
def test_an_ipv6_address_is_understood_again() -> None:
    moved = at_place(read_descriptor(oracledb, "h:1/svc"), "::1", 1)
    assert places_of(read_descriptor(oracledb, moved)) == [Place("tcp", "::1", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just words",
        "(DESCRIPTION=",
        "no_such_alias:",
        "config-file:///etc/passwd",
        "ldap://h/x",
        "h:port/x",
    ],
)
async def test_strings_that_lead_nowhere(network: Network, text: str) -> None:
    document = {**at(1), "databaseConnectionString": text}
    with pytest.raises(CannotCheck, match="^Connection string: "):
        await run(ORACLE, document, Context(network))


async def test_credentials_are_needed(network: Network) -> None:
    with pytest.raises(CannotCheck, match="Username and password"):
        await run(ORACLE, {**at(1), "basic_auth_pass": None}, Context(network))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(CannotCheck):
        assert places_of(read_descriptor(oracledb, text))


def test_the_question() -> None:
    words = question()
    assert int.from_bytes(words[:2], "big") == len(words)
    assert words[int.from_bytes(words[26:28], "big") :] == b"(CONNECT_DATA=(COMMAND=ping))"
