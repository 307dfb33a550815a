"""MongoDB checks: against a stand-in, against peers that misbehave, and what Uptime Kuma said of the same."""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path
from typing import Any
from urllib.parse import quote

import bson
import dns.asyncresolver
import dns.resolver
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._mongo_url import read_url
from kuma_lite.checks.mongodb import MongodbMonitor
from kuma_lite.core.declarations import CannotCheck, CheckFailed, CheckResult
from kuma_lite.core.errors import UserError
from kuma_lite.core.targets import Target
from kuma_lite.net.network import Network
from tests.checks.peers import Talk, listening
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority, issue
from tests.peers.mongodb import PASSWORD, SERVER, Mongo, serving
from tests.requires import needs_ipv6
from tests.support.ports import closed_port

MONGO = MongodbMonitor()
RECORDED = recorded("mongodb")
WORKED = "Command executed successfully"
ALL = {"databaseQuery": '{"everything": 1}'}
UNEQUAL = "Query executed, but value is not equal to expected value, value was: "
NO_SCHEME = 'Invalid scheme, expected connection string to start with "mongodb://" or "mongodb+srv://"'
FOUND = f"{WORKED} and the jsonata expression produces a result."
EQUAL = f"{WORKED} and expected value was found"
LOGIN = f"kuma:{quote(PASSWORD, safe='')}@"


def at(port: int, rest: str = "/shop", *, login: str = "", **more: Any) -> dict[str, Any]:
    return {"databaseConnectionString": f"mongodb://{login}127.0.0.1:{port}{rest}", **more}


async def closed(mongo: Mongo) -> None:
    """Wait until the server has noticed that nobody is connected any more."""
    async with asyncio.timeout(2):
        while mongo.connections:
            await asyncio.sleep(0.005)


async def message(document: dict[str, Any], context: Context) -> str:
    result = await run(MONGO, document, context)
    assert isinstance(result, CheckResult)
    assert isinstance(result.ping, int)
    return result.message


@pytest.mark.parametrize("case", ["refused", "unknown host"])
async def test_what_the_original_says(network: Network, case: str) -> None:
    failed = await failure(MONGO, RECORDED[case].config, Context(network))
    assert failed.message == RECORDED[case].message
    assert failed.local is (case == "unknown host")


async def test_what_the_original_says_of_garbage(network: Network) -> None:
    async with listening(says(b"\xff\x00garbage, garbage, garbage")) as port:
        failed = await failure(MONGO, at(port), Context(network))
    assert failed.message == RECORDED["garbage"].message


async def test_what_the_original_says_of_its_command(network: Network) -> None:
    case = RECORDED["command is no JSON"]
    with pytest.raises(CannotCheck) as cannot:
        await run(MONGO, case.config, Context(network))
    assert cannot.value.message == case.message


def says(data: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(data)
        while data and await reader.read(10_000):
            pass

    return talk


def framed(body: bytes, operation: int = 2013) -> bytes:
    return struct.pack("<iiii", 16 + len(body), 1, 1, operation) + body


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "connection <monitor> to 127.0.0.1:{port} closed"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "Invalid message size: 1347703880, max allowed: 67108864"),
        (struct.pack("<iiii", -5, 1, 1, 2013), "Invalid message size: -5"),
        (framed(bytes(5) + b"\5\0\0\0\1"), "The answer is no message of MongoDB"),
        (framed(b"abc"), "The answer is no message of MongoDB"),
        (framed(bytes(5) + bson.encode({"ok": 1}), 9), "The answer is no message of MongoDB"),
        (framed(bytes(5) + bson.encode({"ok": 0, "errmsg": "go away"})), "go away"),
        (framed(bytes(20) + bson.encode({"ok": 0, "$err": "too old"}), 1), "too old"),
    ],
)
async def test_peers_that_are_no_server(network: Network, data: bytes, text: str) -> None:
    async with listening(says(data)) as port:
        failed = await failure(MONGO, at(port), Context(network))
    assert failed.message == text.format(port=port)
    assert failed.local is (not data)


async def test_silence(network: Network) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        while await reader.read(10_000):
            pass

    async with listening(silent) as port:
        failed = await failure(MONGO, at(port), Context(network, timeout=0.2))
        assert (failed.message, failed.local) == ("Server selection timed out after 200 ms", True)
        document = at(port, "/?serverSelectionTimeoutMS=100")
        failed = await failure(MONGO, document, Context(network))
        assert (failed.message, failed.local) == ("Server selection timed out after 100 ms", True)
        document = at(port, "/?connectTimeoutMS=50&tls=true")
        failed = await failure(MONGO, document, Context(network))
        assert (failed.message, failed.local) == (f"connection timed out to 127.0.0.1:{port}", True)
    async with serving(ignores=True) as mongo:
        failed = await failure(MONGO, at(mongo.port), Context(network, timeout=0.2))
        timed_out = f"connection 1 to 127.0.0.1:{mongo.port} timed out"
        assert (failed.message, failed.local) == (timed_out, True)
        document = at(mongo.port, "/?socketTimeoutMS=100")
        assert (await failure(MONGO, document, Context(network))).message == timed_out
    async with serving(dismisses=True) as mongo:
        failed = await failure(MONGO, at(mongo.port), Context(network))
        assert failed.message == f"connection 1 to 127.0.0.1:{mongo.port} closed"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, WORKED),
        ({"databaseQuery": None, "jsonPath": None, "expectedValue": None}, WORKED),
        ({"databaseQuery": '{"ping": 1}', "jsonPath": "$"}, FOUND),
        ({"jsonPath": "ok", "expectedValue": "1"}, EQUAL),
        ({**ALL, "jsonPath": "id", "expectedValue": "65a000000000000000000001"}, EQUAL),
        ({**ALL, "jsonPath": "at", "expectedValue": "2030-01-02T03:04:05.678Z"}, EQUAL),
        ({**ALL, "jsonPath": "long + double", "expectedValue": 6.5}, EQUAL),
        ({**ALL, "jsonPath": "bytes", "expectedValue": "AQI="}, EQUAL),
        ({**ALL, "jsonPath": "list", "expectedValue": "1,,x"}, EQUAL),
        ({**ALL, "jsonPath": "[decimal]", "expectedValue": "[object Object]"}, EQUAL),
    ],
)  # fmt: skip
async def test_answers_that_are_as_expected(network: Network, changes: dict[str, Any], text: str) -> None:
    async with serving() as mongo:
        assert await message(at(mongo.port, **changes), Context(network)) == text
        assert mongo.commands[-1]["$db"] == "shop"
        await closed(mongo)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"databaseQuery": '{"nope": 1}'}, "no such command: 'nope'"),
        ({"databaseQuery": '{"half": 1}'}, "MongoDB command failed"),
        ({"jsonPath": "nope"}, "Queried value not found."),
        ({"jsonPath": "ok = 2"}, "Queried value not found."),
        ({"jsonPath": "ok - 1"}, "Queried value not found."),
        ({"jsonPath": "ok", "expectedValue": "2"}, UNEQUAL + "[1]"),
        ({"expectedValue": "2"}, UNEQUAL + '[{"ok":1}]'),
        ({**ALL, "jsonPath": "stamp", "expectedValue": "2"},
         UNEQUAL + '[{"$timestamp":"4294967298"}]'),
    ],
)  # fmt: skip
async def test_answers_that_are_not(network: Network, changes: dict[str, Any], text: str) -> None:
    async with serving() as mongo:
        failed = await failure(MONGO, at(mongo.port, **changes), Context(network))
    assert failed.message == text
    assert not failed.local


async def test_a_json_query_that_is_none(network: Network) -> None:
    async with serving() as mongo:
        failed = await failure(MONGO, at(mongo.port, jsonPath="((("), Context(network))
    assert failed.message


@pytest.mark.parametrize(
    ("login", "rest"),
    [
        (LOGIN, ""),
        (LOGIN, "/shop?authSource=admin"),
        (LOGIN, "/?authMechanism=SCRAM-SHA-1"),
        (LOGIN, "/admin?authMechanism=SCRAM-SHA-256&retryWrites=true&w=majority&useNewUrlParser=true"),
        (LOGIN, "/?authMechanism=PLAIN"),
        (LOGIN.replace("kuma", "old"), "/admin"),
    ],
)
async def test_logging_in(network: Network, login: str, rest: str) -> None:
    async with serving(needs_login=True) as mongo:
        assert await message(at(mongo.port, rest, login=login), Context(network)) == WORKED


@pytest.mark.parametrize(
    ("login", "rest", "text"),
    [
        ("", "", "Command ping requires authentication"),
        ("kuma:wrong@", "", "Authentication failed."),
        ("nobody:wrong@", "", "Authentication failed."),
        (LOGIN, "/shop", "Authentication failed."),
        ("kuma:wrong@", "/?authMechanism=PLAIN", "Authentication failed."),
        (LOGIN, "/?authMechanism=MONGODB-X509", "no such command: 'authenticate'"),
    ],
)
async def test_not_getting_in(network: Network, login: str, rest: str, text: str) -> None:
    async with serving(needs_login=True) as mongo:
        failed = await failure(MONGO, at(mongo.port, rest, login=login), Context(network))
    assert failed.message in (text, "Command authenticate requires authentication")


@pytest.mark.parametrize(
    ("connection", "text"),
    [
        (None, NO_SCHEME),
        ("http://h", NO_SCHEME),
        ("mongodb://", "a host is missing, or it is not written host:port"),
        ("mongodb://h:99999", "a host is missing, or it is not written host:port"),
        ("mongodb://u:secret/x@h", "in user name and password, / is written %2F, @ %40 and : %3A"),
        ("mongodb://%2Ftmp%2Fx.sock", "Unix sockets are not supported here"),
        ("mongodb+srv://a.b.c,d.b.c", "after mongodb+srv:// there is one host"),
        ("mongodb+srv://a.b.c:1", "after mongodb+srv:// the host has no port"),
        ("mongodb+srv://a", "the host after mongodb+srv:// has a domain"),
        ("mongodb://h/?tls=maybe", "tls is true or false"),
        ("mongodb://h/?serverSelectionTimeoutMS=x", "serverSelectionTimeoutMS is a number of milliseconds"),
        ("mongodb://h/?tls=true&tlsCAFile=/none", "the file of tlsCAFile cannot be read here"),
        (
            "mongodb://h/?tls=true&tlsCertificateKeyFilePassword=x",
            "a key file with a password is not supported here",
        ),
    ],
)
async def test_connection_strings_that_cannot_work(
    network: Network, connection: str | None, text: str
) -> None:
    with pytest.raises(CannotCheck) as cannot:
        await run(MONGO, {"databaseConnectionString": connection}, Context(network))
    assert cannot.value.message == (text if text == NO_SCHEME else f"Connection string: {text}.")


@pytest.mark.parametrize(
    ("login", "rest", "text"),
    [
        ("u@", "", "Connection string: the password is missing."),
        ("", "/?authMechanism=SCRAM-SHA-256", "Connection string: the user name is missing."),
        ("u:p@", "/?authMechanism=GSSAPI", "Connection string: the log-in GSSAPI is not supported here."),
    ],
)
async def test_log_ins_that_cannot_work(network: Network, login: str, rest: str, text: str) -> None:
    async with serving() as mongo:
        with pytest.raises(CannotCheck) as cannot:
            await run(MONGO, at(mongo.port, rest, login=login), Context(network))
    assert cannot.value.message == text


@pytest.mark.parametrize("command", ["[]", "{}", "5", '{"ping": 18446744073709551616}', '{"a\\u0000b": 1}'])
async def test_commands_that_are_none(network: Network, command: str) -> None:
    async with serving() as mongo:
        with pytest.raises(CannotCheck, match="Command: "):
            await run(MONGO, at(mongo.port, databaseQuery=command), Context(network))


# --- Deployments -------------------------------------------------------------------------------------------


def member(**more: Any) -> dict[str, Any]:
    return {**SERVER, "ismaster": False, "secondary": True, "setName": "rs0", **more}


async def test_the_primary_of_a_replica_set(network: Network) -> None:
    async with serving() as primary, serving() as secondary:
        hosts = [f"127.0.0.1:{closed_port()}", f"127.0.0.1:{secondary.port}", f"127.0.0.1:{primary.port}"]
        primary.hello = {**SERVER, "setName": "rs0", "hosts": hosts}
        secondary.hello = member(hosts=hosts)
        assert await message(at(secondary.port, "/?replicaSet=rs0"), Context(network)) == WORKED
        assert (primary.commands[-1].get("ping"), len(secondary.commands)) == (1, 1)
        for option in ("directConnection=true", "readPreference=secondaryPreferred"):
            assert await message(at(secondary.port, f"/?{option}"), Context(network)) == WORKED
            assert secondary.commands[-1]["$readPreference"] == {"mode": "primaryPreferred"}
        several = f"mongodb://127.0.0.1:{closed_port()},127.0.0.1:{primary.port}/?replicaSet=rs0"
        assert await message({"databaseConnectionString": several}, Context(network)) == WORKED
        await closed(primary)
        await closed(secondary)


async def test_a_replica_set_without_a_primary(network: Network) -> None:
    async with serving(hello=member()) as secondary:
        failed = await failure(MONGO, at(secondary.port), Context(network, timeout=0.3))
        assert (failed.message, failed.local) == ("Server selection timed out after 300 ms", False)
        document = at(secondary.port, "/?readPreference=primaryPreferred")
        assert await message(document, Context(network)) == WORKED
        document = at(secondary.port, "/?replicaSet=other&serverSelectionTimeoutMS=200")
        failed = await failure(MONGO, document, Context(network))
        assert failed.message == "Server selection timed out after 200 ms"


async def test_a_primary_that_is_elected_meanwhile(network: Network) -> None:
    async with serving(hello=member()) as server:
        check = asyncio.ensure_future(message(at(server.port), Context(network)))
        while not server.commands:
            await asyncio.sleep(0.01)
        server.hello = dict(SERVER)
        assert await check == WORKED


async def test_a_silent_server_keeps_nobody_waiting(network: Network) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        while await reader.read(10_000):
            pass

    async with listening(silent) as quiet, serving() as mongo:
        document = {"databaseConnectionString": f"mongodb://127.0.0.1:{quiet},127.0.0.1:{mongo.port}"}
        assert await message(document, Context(network)) == WORKED
        refusing = {"databaseConnectionString": f"mongodb://127.0.0.1:{quiet},127.0.0.1:{closed_port()}"}
        failed = await failure(MONGO, refusing, Context(network, timeout=0.2))
        assert failed.message.startswith("connect ECONNREFUSED")


async def test_a_cancelled_check_leaves_nothing(network: Network) -> None:
    before = asyncio.all_tasks()
    async with serving(ignores=True) as mongo:
        check = asyncio.ensure_future(run(MONGO, at(mongo.port), Context(network)))
        while len(mongo.commands) < 2:
            await asyncio.sleep(0.01)
        check.cancel()
        with pytest.raises(asyncio.CancelledError):
            await check
        assert {task.get_name() for task in asyncio.all_tasks() - before if "talk" not in repr(task)} == set()


@needs_ipv6()
async def test_ipv6(network: Network) -> None:
    port = closed_port()
    failed = await failure(MONGO, {"databaseConnectionString": f"mongodb://[::1]:{port}/"}, Context(network))
    assert failed.message == f"connect ECONNREFUSED ::1:{port}"


async def test_tls(authority: Authority, tmp_path: Path, network: Network) -> None:
    root = tmp_path / "ca.pem"
    root.write_text(authority.root_pem)
    async with serving(authority.server("localhost").server_context()) as mongo:

        def over_tls(options: str, host: str = "localhost") -> dict[str, Any]:
            return {"databaseConnectionString": f"mongodb://{host}:{mongo.port}/?tls=true&{options}"}

        assert await message(over_tls(f"tlsCAFile={root}"), Context(network)) == WORKED
        assert await message(over_tls("tlsInsecure=true"), Context(network)) == WORKED
        wrong_name = over_tls(f"tlsCAFile={root}", "127.0.0.1")
        assert "altnames" in (await failure(MONGO, wrong_name, Context(network))).message
        other_name = over_tls(f"tlsCAFile={root}&tlsAllowInvalidHostnames=true", "127.0.0.1")
        assert await message(other_name, Context(network)) == WORKED
        untrusted = over_tls("tlsAllowInvalidHostnames=true")
        assert "certificate" in (await failure(MONGO, untrusted, Context(network))).message
    async with serving(issue("localhost").server_context()) as mongo:
        failed = await failure(MONGO, over_tls(""), Context(network))
        assert failed.message == "self-signed certificate"
    async with serving() as mongo:
        assert (await failure(MONGO, over_tls(""), Context(network))).message


class _Zone:
    """Answers of DNS by name and type."""

    def __init__(self, records: dict[tuple[str, str], str]) -> None:
        self._records = records

    async def resolve(self, name: str, kind: str, **_: Any) -> Any:
        if (name, kind) not in self._records:
            raise dns.resolver.NXDOMAIN
        texts = self._records[name, kind].split("|")
        return [dns.rdata.from_text("IN", kind, text) for text in texts]


async def test_hosts_that_dns_names(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(needs_login=True) as mongo:
        records = {
            ("_mongodb._tcp.db.localhost", "SRV"): f"0 0 {mongo.port} x.localhost.",
            ("db.localhost", "TXT"): '"authSource=admin&tls=false"',
            ("_mongodb._tcp.a.example.org", "SRV"): "0 0 1 x.example.com.",
        }
        monkeypatch.setattr(dns.asyncresolver, "Resolver", lambda: _Zone(records))
        connection = f"mongodb+srv://{LOGIN}db.localhost/shop?ssl=false"
        failed = await failure(MONGO, {"databaseConnectionString": connection}, Context(network))
        assert failed.message == "Server record does not share hostname with parent URI"
        records["_mongodb._tcp.db.localhost", "SRV"] = f"0 0 {mongo.port} x.db.localhost."
        monkeypatch.setattr(network.resolver, "resolve", _loopback)
        assert await message({"databaseConnectionString": connection}, Context(network)) == WORKED
        elsewhere = {"databaseConnectionString": "mongodb+srv://a.example.org"}
        failed = await failure(MONGO, elsewhere, Context(network))
        assert failed.message == "Server record does not share hostname with parent URI"
        unknown = {"databaseConnectionString": "mongodb+srv://b.example.org"}
        failed = await failure(MONGO, unknown, Context(network))
        assert failed.message == "querySrv ENOTFOUND _mongodb._tcp.b.example.org"


async def _loopback(host: str, family: Any = None) -> Any:
    from kuma_lite.net.resolve import literal

    del host, family
    return [literal("127.0.0.1")]


# --- Texts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hosts", "database"),
    [
        ("mongodb://h", (("h", 27017),), ""),
        (" MONGODB://u:p%40@H:1,[::1]:2/d%20b?x=1 ", (("h", 1), ("::1", 2)), "d b"),
        ("mongodb://[fe80::1%eth0]", (("fe80::1%eth0", 27017),), ""),
        ("mongodb://u:a:b@c@h:1/d?y", (("h", 1),), "d"),
        ("mongodb+srv://c.x.mongodb.net/?retryWrites=true", (("c.x.mongodb.net", 27017),), ""),
    ],
)
def test_connection_strings(text: str, hosts: Any, database: str) -> None:
    url = read_url(text)
    assert (url.hosts, url.database) == (hosts, database)
    assert MONGO.target(MONGO.options.read({"databaseConnectionString": text})) == Target(*hosts[0])


@given(st.text(max_size=60))
def test_any_connection_string_is_read_or_refused(text: str) -> None:
    for connection in (text, f"mongodb://{text}", f"mongodb://user:secret{text}@h"):
        try:
            url = read_url(connection)
        except CannotCheck as cannot:
            assert "secret" not in cannot.message
        else:
            assert url.hosts
            assert "secret" not in repr(url)


@given(st.binary(max_size=100))
async def test_any_answer_is_read_or_refused(data: bytes) -> None:
    network = Network()
    try:
        async with listening(says(framed(data))) as port:
            failed = await failure(MONGO, at(port), Context(network, timeout=0.05))
        assert isinstance(failed, CheckFailed)
    finally:
        network.close()


def test_the_command_is_json() -> None:
    options = MONGO.options.read({})
    assert MONGO.validate(options, {"databaseQuery": '{"ping": 1}'}) == {}
    with pytest.raises(UserError, match="Invalid JSON in database query: Expected property name"):
        MONGO.validate(options, {"databaseQuery": "{"})
