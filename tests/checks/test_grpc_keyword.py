"""gRPC checks: against grpcio's server, against peers that misbehave, and what Uptime Kuma said of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, RequestReceived, StreamEnded

from kuma_lite.checks.grpc_keyword import GrpcKeywordMonitor, read_address, read_metadata
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.core.targets import Target
from kuma_lite.net.network import Network
from tests.checks.peers import Talk, listening
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority, issue
from tests.peers import grpc_server
from tests.support.ports import closed_port

GRPC = GrpcKeywordMonitor()
# These texts say nothing, or have quotes and plus signs that belong to the source: see the tests below.
NOT_COPIED = ("unknown method", "inverted, present", "long answer, keyword missing")
RECORDED = recorded("grpc-keyword")
UP = RECORDED["up"].config
GARBAGE = "13 INTERNAL: Received RST_STREAM with code 2 triggered by internal client error: Protocol error"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with grpc_server.serving() as port:
        yield port


def hello(port: int, name: str, **more: Any) -> dict[str, Any]:
    """A call with that name."""
    return {**UP, "grpcUrl": f"127.0.0.1:{port}", "grpcBody": json.dumps({"name": name}), **more}


async def outcome(document: dict[str, Any], context: Context) -> str:
    """The text of a check, however it ends."""
    try:
        result = await run(GRPC, document, context)
    except CannotCheck as cannot:
        return cannot.message
    except Exception as error:
        return str(error)
    assert isinstance(result, CheckResult)
    return result.message


@pytest.mark.parametrize("case", recorded("grpc-keyword", without=NOT_COPIED))
async def test_what_the_original_says(network: Network, port: int, case: str) -> None:
    document = RECORDED[case].document(grpcUrl=f"127.0.0.1:{port}")
    assert await outcome(document, Context(network)) == RECORDED[case].message


async def test_what_the_original_says_with_stray_marks(network: Network, port: int) -> None:
    for case in ("inverted, present", "long answer, keyword missing"):
        failed = await failure(GRPC, RECORDED[case].document(grpcUrl=f"127.0.0.1:{port}"), Context(network))
        assert failed.message == RECORDED[case].message.replace('" + ', "").replace(' + "', "")
        assert isinstance(failed.ping, int)
        assert not failed.local


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"grpcMethod": "none"}, "Method: the service 'Greeter' has no method 'none'."),
        ({"grpcMethod": ""}, "Method: the service 'Greeter' has no method ''."),
        ({"grpcServiceName": None}, "no such Service '' in Root"),
        ({"grpcServiceName": "reeter"}, "no such Service 'reeter' in Root"),
        ({"grpcProtobuf": "hello"}, "Proto text: unexpected 'hello' in line 1."),
        ({"grpcProtobuf": UP["grpcProtobuf"][:60]}, "Proto text: the text ends too early (line 3)."),
        ({"grpcProtobuf": UP["grpcProtobuf"].replace("(Ask)", "(Nope)")}, "Proto text: no such type: Nope."),
        (
            {"grpcProtobuf": UP["grpcProtobuf"].replace("returns (", "returns (stream ")},
            "Method: 'Hello' streams; only methods with one answer can be checked.",
        ),
        ({"grpcProtobuf": " " * 600_000}, "Proto text: it is longer than 524288 characters."),
        ({"grpcBody": None}, "Unexpected end of JSON input"),
        ({"grpcBody": "[1]"}, "Body: it must be a JSON object."),
        ({"grpcBody": '{"name": 5}'}, "Body: the value of 'name' does not fit the message Ask."),
        ({"grpcUrl": None}, "Address: it is read as host:port, such as example.org:50051."),
        ({"grpcUrl": "https://h:1"}, "Address: it is read as host:port, such as example.org:50051."),
    ],
)
async def test_settings_that_cannot_work(network: Network, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CannotCheck) as cannot:
        await run(GRPC, {**UP, **changes}, Context(network))
    assert cannot.value.message == message


async def test_methods_and_services_by_other_names(network: Network, port: int) -> None:
    for service, method in (("shop.Greeter", "Hello"), (".shop.Greeter", "hello"), ("Greeter ", " hello")):
        document = hello(port, "kuma", grpcServiceName=service, grpcMethod=method)
        assert isinstance(await run(GRPC, document, Context(network)), CheckResult)


async def test_what_goes_with_the_call(network: Network, port: int) -> None:
    result = await run(GRPC, hello(port, "deadline", keyword="30"), Context(network, timeout=30))
    assert isinstance(result, CheckResult)
    assert result.message == '{"text":"remaining","n":30}, keyword [30] is found'
    assert isinstance(result.ping, int)
    metadata = '{"Authorization": "Bearer x", "many": ["a", 2], "te": "no", "grpc-timeout": "1S", "é": "e"}'
    document = hello(port, "metadata", keyword="authorization=Bearer x", grpcMetadata=metadata)
    result = await run(GRPC, document, Context(network))
    assert isinstance(result, CheckResult)
    assert "many=a many=2" in result.message
    assert "no" not in result.message.replace("not", "")
    document = hello(port, "metadata", keyword="user-agent=Uptime-Kuma/", grpcMetadata="key: value")
    assert isinstance(await run(GRPC, document, Context(network)), CheckResult)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fail", "5 NOT_FOUND: no such name"),
        ("cancelled", "1 CANCELLED: no time, 100 % busy"),
        ("large", "8 RESOURCE_EXHAUSTED: Received message larger than max (5242885 vs. 4194304)"),
    ],
)
async def test_calls_that_fail(network: Network, port: int, name: str, message: str) -> None:
    failed = await failure(GRPC, hello(port, name, invertKeyword=True), Context(network))
    assert (failed.message, failed.local) == (message, False)


async def test_a_method_that_the_server_does_not_have(network: Network, port: int) -> None:
    proto = UP["grpcProtobuf"].replace("Hello", "Bye")
    failed = await failure(GRPC, hello(port, "x", grpcProtobuf=proto, grpcMethod="bye"), Context(network))
    assert failed.message == "12 UNIMPLEMENTED: Method not found!"


async def test_a_request_larger_than_the_window(network: Network, port: int) -> None:
    document = hello(port, "x" * 300_000, keyword="Hello xxx")
    assert isinstance(await run(GRPC, document, Context(network)), CheckResult)


async def test_slow_servers_and_silent_ones(network: Network, port: int) -> None:
    failed = await failure(GRPC, hello(port, "slow"), Context(network, timeout=0.2))
    assert (failed.message, failed.local) == ("4 DEADLINE_EXCEEDED: Deadline exceeded", True)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        while await reader.read(1000):
            pass

    async with listening(silent) as quiet:
        for tls in (False, True):
            document = hello(quiet, "kuma", grpcEnableTls=tls)
            failed = await failure(GRPC, document, Context(network, timeout=0.1))
            assert (failed.message, failed.local) == ("4 DEADLINE_EXCEEDED: Deadline exceeded", True)


async def test_a_cancelled_check_leaves_nothing(network: Network) -> None:
    arrived, gone = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        try:
            while await reader.read(1000):
                arrived.set()
        finally:
            gone.set()

    async with listening(silent) as quiet:
        check = asyncio.ensure_future(run(GRPC, hello(quiet, "kuma"), Context(network)))
        await arrived.wait()
        check.cancel()
        with pytest.raises(asyncio.CancelledError):
            await check
        await asyncio.wait_for(gone.wait(), 2)


def says(data: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(data)
        await writer.drain()
        while data and await reader.read(100_000):
            pass

    return talk


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "14 UNAVAILABLE: Connection dropped"),
        (b"\xff\x00garbage\r\n", GARBAGE),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", GARBAGE),
        (b"\0\0\0\4\0\0\0\0\0" + b"\0\0\1\1\4\0\0\0\1\xff", GARBAGE),
    ],
)
async def test_peers_that_speak_no_grpc(network: Network, data: bytes, message: str) -> None:
    async with listening(says(data)) as port:
        failed = await failure(GRPC, hello(port, "kuma"), Context(network, timeout=2))
        assert (failed.message, failed.local) == (message, not data)
        failed = await failure(GRPC, hello(port, "kuma", grpcEnableTls=True), Context(network))
        assert failed.message == "14 UNAVAILABLE: No connection established"


async def test_nobody_there(network: Network) -> None:
    for tls in (False, True):
        failed = await failure(GRPC, hello(closed_port(), "kuma", grpcEnableTls=tls), Context(network))
        assert (failed.message, failed.local) == ("14 UNAVAILABLE: No connection established", False)
    failed = await failure(GRPC, {**UP, "grpcUrl": "nonexistent.invalid:41740"}, Context(network))
    message = "14 UNAVAILABLE: Name resolution failed for target dns:nonexistent.invalid:41740"
    assert (failed.message, failed.local) == (message, True)


async def test_tls(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_text(authority.root_pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    network = Network()
    try:
        with grpc_server.serving(authority.server("localhost")) as port:
            document = hello(port, "kuma", grpcUrl=f"localhost:{port}", grpcEnableTls=True)
            assert isinstance(await run(GRPC, document, Context(network)), CheckResult)
            plain = {**document, "grpcEnableTls": False}
            failed = await failure(GRPC, plain, Context(network))
            assert failed.message.startswith(("14 UNAVAILABLE: ", "13 INTERNAL: "))
        with grpc_server.serving(issue("localhost", names=("localhost",))) as port:
            document["grpcUrl"] = f"localhost:{port}"
            failed = await failure(GRPC, document, Context(network))
            assert failed.message == (
                "14 UNAVAILABLE: No connection established. Last error: self-signed certificate"
            )
    finally:
        network.close()


# --- Servers that answer in odd ways -----------------------------------------------------------------------

Respond = Callable[[H2Connection, int], None]
OK = [(":status", "200"), ("content-type", "application/grpc")]
DONE = [("grpc-status", "0")]
TOLD = b"\0\0\0\0\4\n\2hi"


def answering(respond: Respond) -> Talk:
    """An HTTP/2 server that says what `respond` sends once a request is there."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = H2Connection(H2Configuration(client_side=False))
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        while data := await reader.read(100_000):
            for event in connection.receive_data(data):
                if isinstance(event, DataReceived):
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, StreamEnded):
                    respond(connection, event.stream_id)
                assert not isinstance(event, ConnectionTerminated)
                assert not isinstance(event, RequestReceived) or event.headers
            writer.write(connection.data_to_send())
            await writer.drain()

    return talk


def reset(code: int) -> Respond:
    return lambda connection, stream: connection.reset_stream(stream, code)


def reply(*parts: bytes, head: list[tuple[str, str]] = OK, end: list[tuple[str, str]] = DONE) -> Respond:
    def respond(connection: H2Connection, stream: int) -> None:
        connection.send_headers(stream, head, end_stream=not parts and not end)
        for number, part in enumerate(parts, 1):
            connection.send_data(stream, part, end_stream=number == len(parts) and not end)
        if end:
            connection.send_headers(stream, end, end_stream=True)

    return respond


@pytest.mark.parametrize(
    ("respond", "message"),
    [
        (reply(TOLD), '{"text":"hi"}, keyword [hi] is found'),
        (reply(TOLD[:3], TOLD[3:7], TOLD[7:]), '{"text":"hi"}, keyword [hi] is found'),
        (reply(), "13 INTERNAL: Not enough responses received"),
        (reply(TOLD[:-1]), "13 INTERNAL: Not enough responses received"),
        (reply(TOLD, TOLD), "13 INTERNAL: Too many responses received"),
        (reply(b"\1" + TOLD[1:]), "13 INTERNAL: Received a compressed message, which nobody asked for"),
        (reply(b"\0\0\0\0\2\n\7"), "The answer is no message Told"),
        (
            reply(b"\0\xff\xff\xff\xff"),
            "8 RESOURCE_EXHAUSTED: Received message larger than max (4294967295 vs. 4194304)",
        ),
        (
            reply(TOLD, end=[("grpc-status", "16"), ("grpc-message", "no%20%C3%A9")]),
            "16 UNAUTHENTICATED: no é",
        ),
        (reply(TOLD, end=[("grpc-status", "99"), ("grpc-message", "?")]), "99 undefined: ?"),
        (reply(TOLD, end=[("grpc-status", "x")]), "2 UNKNOWN: "),
        (reply(TOLD, end=[]), "2 UNKNOWN: The server sent no gRPC status"),
        (reply(end=[], head=[(":status", "503")]), "14 UNAVAILABLE: Received HTTP status code 503"),
        (reply(end=[], head=[(":status", "302")]), "2 UNKNOWN: Received HTTP status code 302"),
        (
            reply(b"<html>", end=[], head=[(":status", "404")]),
            "12 UNIMPLEMENTED: Received HTTP status code 404",
        ),
        (reset(7), "14 UNAVAILABLE: Stream refused by server"),
        (reset(8), "1 CANCELLED: Call cancelled"),
        (reset(2), "13 INTERNAL: Received RST_STREAM with code 2"),
        (lambda connection, stream: connection.close_connection(), "14 UNAVAILABLE: Connection dropped"),
    ],
)
async def test_answers(network: Network, respond: Respond, message: str) -> None:
    async with listening(answering(respond)) as port:
        document = hello(port, "kuma", keyword="hi")
        assert await outcome(document, Context(network, timeout=2)) == message


# --- Texts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("example.org:50051", ("example.org", 50051)),
        (" example.org ", ("example.org", 443)),
        ("dns:example.org:1", ("example.org", 1)),
        ("dns:///example.org:1", ("example.org", 1)),
        ("dns://8.8.8.8/example.org:1", ("example.org", 1)),
        ("ipv4:127.0.0.1:1", ("127.0.0.1", 1)),
        ("[::1]:1", ("::1", 1)),
        ("ipv6:[fe80::1%eth0]:1", ("fe80::1%eth0", 1)),
        ("::1", ("::1", 443)),
        ("http://example.org", None),
        ("unix:/run/x", None),
        ("example.org:65536", None),
        ("", None),
    ],
)
def test_addresses(text: str, address: tuple[str, int] | None) -> None:
    assert read_address(text) == address
    expected = Target(*address) if address else Target(name=text)
    assert GRPC.target(GRPC.options.read({"grpcUrl": text})) == expected


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", []),
        ("[1]", []),
        (
            '{"A": "b", "n": 1.5, "t": true, "o": {}, "none": null, ":path": "x"}',
            [("a", "b"), ("n", "1.5"), ("t", "true")],
        ),
        ('{"x": "line\\nbreak", "y": "é", "z z": "a", "k-bin": "AAE="}', [("k-bin", "AAE=")]),
    ],
)
def test_metadata(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(read_metadata(text)) == pairs
