"""Kafka checks: against a real broker, against peers that misbehave, and what Uptime Kuma said of them."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.record.default_records import DefaultRecordBatch
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._kafka_wire import Login, crc32c, record_batch
from kuma_lite.checks.kafka_producer import KafkaProducerMonitor, read_broker, read_login
from kuma_lite.core.declarations import CannotCheck, CheckFailed, CheckResult
from kuma_lite.core.targets import Target
from kuma_lite.net.network import Network
from tests.checks.peers import Talk, listening
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority
from tests.peers import kafka_broker
from tests.requires import needs_ipv6, needs_program
from tests.support.ports import closed_port

KAFKA = KafkaProducerMonitor()
RECORDED = recorded("kafka-producer")
SENT = "Message sent successfully"
CONNECTION = "Error in producer connection: "
SENDING = "Error sending message: "


def to(*ports: int, **more: Any) -> dict[str, Any]:
    brokers = [f"127.0.0.1:{port}" for port in ports]
    keys = {"topic": "t", "message": "m", "brokers": brokers, **more}
    return {f"kafkaProducer{key[0].upper()}{key[1:]}": value for key, value in keys.items()}


def sasl(mechanism: str, user: str = "kuma", password: str = kafka_broker.PASSWORD) -> dict[str, str]:
    return {"mechanism": mechanism, "username": user, "password": password}


async def test_what_the_original_says_of_nobody(network: Network) -> None:
    port = closed_port()
    failed = await failure(KAFKA, to(port), Context(network))
    assert failed.message == RECORDED["refused"].message.replace("41799", str(port))
    assert not failed.local


async def test_what_the_original_says_of_one_who_closes(network: Network) -> None:
    async with listening(says(b"")) as port:
        failed = await failure(KAFKA, to(port), Context(network))
    assert failed.message == RECORDED["peer closes"].message
    assert failed.local


# --- A real broker -----------------------------------------------------------------------------------------


@needs_program(*kafka_broker.PROGRAMS)
@pytest.mark.timeout(400)  # the first time, the broker is fetched
async def test_a_real_broker(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        await asyncio.to_thread(kafka_broker.fetch)
    except kafka_broker.CannotFetch as error:
        pytest.skip(f"the broker cannot be fetched: {error}")
    roots = tmp_path / "roots.pem"
    roots.write_text(authority.root_pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    network = Network()
    try:
        async with kafka_broker.running(tmp_path, authority.server("localhost")) as ports:
            await _topics(Context(network), ports.plain)
            await _logins(Context(network), ports.sasl, ports.plain)
            await _over_tls(Context(network), ports.tls)
            await _arrived(ports.plain, 5)
    finally:
        network.close()


async def _topics(context: Context, port: int) -> None:
    unknown = f"{SENDING}This server does not host this topic-partition"
    assert (await failure(KAFKA, to(port), context)).message == unknown
    assert (await failure(KAFKA, to(port), context)).message == unknown  # it was not created by asking
    result = await run(KAFKA, to(port, allowAutoTopicCreation=True), context)
    assert isinstance(result, CheckResult)
    assert (result.message, type(result.ping)) == (SENT, int)
    assert isinstance(await run(KAFKA, to(closed_port(), port), context), CheckResult)
    large = "The request included a message larger than the max message size the server will accept"
    assert (await failure(KAFKA, to(port, message="x" * 20_000), context)).message == SENDING + large
    invalid = "The request attempted to perform an operation on an invalid topic"
    assert (await failure(KAFKA, to(port, topic="a b"), context)).message == SENDING + invalid


async def _logins(context: Context, port: int, plain: int) -> None:
    for mechanism in ("plain", "scram-sha-256", "scram-sha-512"):
        assert isinstance(await run(KAFKA, to(port, saslOptions=sasl(mechanism)), context), CheckResult)
    for wrong, text in (
        (
            sasl("plain", password="x"),
            "PLAIN authentication failed: Authentication failed: Invalid username ",
        ),
        (
            sasl("scram-sha-256", user="x"),
            "SCRAM SHA256 authentication failed: Authentication failed during ",
        ),
        (sasl("scram-sha-512", password="x"), "SCRAM SHA512 authentication failed: Authentication failed "),
    ):
        failed = await failure(KAFKA, to(port, saslOptions=wrong), context)
        assert failed.message.startswith(f"{CONNECTION}SASL {text}")
        assert not failed.local
    amazon = {"mechanism": "aws", "authorizationIdentity": "a", "accessKeyId": "b", "secretAccessKey": "c"}
    failed = await failure(KAFKA, to(port, saslOptions=amazon), context)
    assert failed.message == f"{CONNECTION}The broker does not support the requested SASL mechanism"
    assert (await failure(KAFKA, to(port), context)).message == f"{SENDING}Closed connection"
    failed = await failure(KAFKA, to(plain, saslOptions=sasl("plain")), context)
    assert failed.message == f"{CONNECTION}Request is not valid given the current SASL state"
    hung_up = "Client network socket disconnected before secure TLS connection was established"
    failed = await failure(KAFKA, to(plain, ssl=True), context)
    assert failed.message == f"{CONNECTION}Connection error: {hung_up}"


async def _over_tls(context: Context, port: int) -> None:
    document = to(port, ssl=True, brokers=[f"localhost:{port}"])
    failed = await failure(
        KAFKA, document, context
    )  # it names itself 127.0.0.1, for which it has no certificate
    assert failed.message.startswith(f"{SENDING}Connection error: Hostname/IP does not match")
    failed = await failure(KAFKA, to(port), context)
    assert failed.message.startswith(CONNECTION)


async def _arrived(port: int, count: int) -> None:
    """What the driver reads of the topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=f"127.0.0.1:{port}", auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition("t", 0), TopicPartition("t", 1)])
        found: list[bytes | None] = []
        async with asyncio.timeout(10):
            while len(found) < count:
                batches = await consumer.getmany(timeout_ms=200)
                found += [record.value for records in batches.values() for record in records]
        assert found == [b"m"] * count
    finally:
        await consumer.stop()


# --- Peers that misbehave ----------------------------------------------------------------------------------


def says(data: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(data)
        while data and await reader.read(10_000):
            pass

    return talk


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff\x00garbage\r\n", "The answer is none of Kafka's"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "The answer is none of Kafka's"),
        (struct.pack(">iih", 6, 2, 0), "The answer is none of Kafka's"),
        (struct.pack(">iih", 6, 1, 0), "The answer is none of Kafka's"),
        (struct.pack(">iihi", 10, 1, 0, 2**30), "The answer is none of Kafka's"),
        (struct.pack(">iih", 6, 1, 35), "The version of API is not supported"),
        (struct.pack(">iih", 6, 1, 99), "The broker answers with error 99"),
        (struct.pack(">iihihhh", 16, 1, 0, 1, 0, 7, 12), "The version of API is not supported"),
    ],
)
async def test_peers_that_are_no_broker(network: Network, data: bytes, text: str) -> None:
    async with listening(says(data)) as port:
        failed = await failure(KAFKA, to(port), Context(network))
    assert (failed.message, failed.local) == (CONNECTION + text, False)


async def test_silence(network: Network) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        while await reader.read(10_000):
            pass

    async with listening(silent) as port:
        failed = await failure(KAFKA, to(port), Context(network, interval=0.25))
        assert (failed.message, failed.local) == ("Timeout", True)
        failed = await failure(KAFKA, to(port, ssl=True), Context(network, timeout=0.1))
        assert (failed.message, failed.local) == (f"{CONNECTION}Connection timeout", True)


async def test_a_name_that_nobody_knows(network: Network) -> None:
    failed = await failure(KAFKA, to(brokers="nonexistent.invalid:9092"), Context(network))
    text = f"{CONNECTION}Connection error: getaddrinfo ENOTFOUND nonexistent.invalid"
    assert (failed.message, failed.local) == (text, True)


@needs_ipv6()
async def test_ipv6(network: Network) -> None:
    port = closed_port()
    failed = await failure(KAFKA, to(brokers=[f"[::1]:{port}"]), Context(network))
    assert failed.message == f"{CONNECTION}Connection error: connect ECONNREFUSED ::1:{port}"


# --- A stand-in, for what a real broker does not do on demand ----------------------------------------------


def text_of(text: str) -> bytes:
    return struct.pack(">h", len(text)) + text.encode()


@dataclass
class StandIn:
    """A broker that leads partition 1 of every topic, or says that another one does."""

    port: int = 0
    leader: tuple[str, int] = ("", 0)
    topic_error: int = 0
    partition_error: int = 0
    produce_error: int = 0
    created_after: int = 0  # questions for a topic that have to come first
    mechanisms: tuple[str, ...] = ("AWS", "SCRAM-SHA-256")
    asked: list[tuple[int, bytes]] = field(default_factory=list)
    connections: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                body = await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big"))
                key, version, number, length = struct.unpack_from(">hhih", body)
                self.asked.append((key, body[10 + length :]))
                answer = struct.pack(">i", number) + self._answer(key, version)
                writer.write(struct.pack(">i", len(answer)) + answer)
        finally:
            self.connections -= 1

    def _answer(self, key: int, version: int) -> bytes:
        if key == 18:
            return struct.pack(">hi6h", 0, 2, 0, 3, 9, 3, 0, 12) + b"\0\0\0\0"
        if key == 17:
            assert version == 1
            return struct.pack(">hi", 0, len(self.mechanisms)) + b"".join(map(text_of, self.mechanisms))
        if key == 36:
            return struct.pack(">hhi", 0, -1, 0)
        if key == 0:
            return (
                struct.pack(">i", 1)
                + text_of("t")
                + struct.pack(">iihqqi", 1, 1, self.produce_error, 7, -1, 0)
            )
        assert (key, version) == (3, 4)
        self.created_after -= 1
        error = 3 if self.created_after >= 0 else self.topic_error
        host, port = self.leader
        return (
            struct.pack(">iii", 0, 1, 5)
            + text_of(host or "127.0.0.1")
            + struct.pack(">ihhii", port or self.port, -1, -1, 5, 1)
            + struct.pack(">h", error)
            + text_of("t")
            + struct.pack(">?ihiiii", False, 1, self.partition_error, 1, 5, 1, 5)
            + struct.pack(">ii", 1, 5)
        )


@asynccontextmanager
async def stand_in(**ways: Any) -> AsyncIterator[StandIn]:
    broker = StandIn(**ways)
    async with listening(broker.talk) as port:
        broker.port = port
        yield broker


async def test_what_is_sent(network: Network) -> None:
    async with stand_in() as broker:
        result = await run(KAFKA, to(broker.port, message="hé"), Context(network))
        assert isinstance(result, CheckResult)
        assert [key for key, _ in broker.asked] == [18, 3, 0]
        assert broker.asked[1][1] == struct.pack(">i", 1) + text_of("t") + b"\0"  # shall not be created
        head = struct.pack(">hhii", -1, -1, 30_000, 1) + text_of("t") + struct.pack(">ii", 1, 1)
        assert broker.asked[2][1].startswith(head)
        batch = DefaultRecordBatch(broker.asked[2][1][len(head) + 4 :])
        assert batch.validate_crc()
        assert [(record.key, record.value, record.timestamp) for record in batch] == [
            (None, "hé".encode(), 1_800_000_000_000)
        ]
        async with asyncio.timeout(2):
            while broker.connections:
                await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("ways", "text"),
    [
        ({"produce_error": 19}, "Messages are rejected since there are fewer in-sync replicas than required"),
        ({"topic_error": 29}, "Not authorized to access topics: [Topic authorization failed]"),
        (
            {"partition_error": 5},
            "There is no leader for this topic-partition as we are in the middle of a leadership election",
        ),
        (
            {"leader": ("nonexistent.invalid", 1)},
            "Connection error: getaddrinfo ENOTFOUND nonexistent.invalid",
        ),
    ],
)
async def test_messages_that_are_not_taken(network: Network, ways: dict[str, Any], text: str) -> None:
    async with stand_in(**ways) as broker:
        failed = await failure(KAFKA, to(broker.port), Context(network))
    assert failed.message == SENDING + text


async def test_another_broker_leads(network: Network) -> None:
    async with stand_in() as other, stand_in() as first:
        first.leader = ("127.0.0.1", other.port)
        assert isinstance(await run(KAFKA, to(first.port), Context(network)), CheckResult)
        assert [key for key, _ in other.asked] == [18, 0]
        first.leader = ("127.0.0.1", closed_port())
        failed = await failure(KAFKA, to(first.port), Context(network))
    assert failed.message.startswith(f"{SENDING}Connection error: connect ECONNREFUSED 127.0.0.1:")


async def test_a_topic_that_is_being_created(network: Network) -> None:
    async with stand_in(created_after=2) as broker:
        document = to(broker.port, allowAutoTopicCreation=True)
        assert isinstance(await run(KAFKA, document, Context(network)), CheckResult)
        assert broker.asked[1][1].endswith(b"\1")


async def test_logging_in_at_amazon(network: Network) -> None:
    keys = {
        "authorizationIdentity": "role",
        "accessKeyId": "id",
        "secretAccessKey": "key",
        "sessionToken": None,
    }
    async with stand_in() as broker:
        document = to(broker.port, saslOptions={"mechanism": "aws", **keys})
        assert isinstance(await run(KAFKA, document, Context(network)), CheckResult)
        assert broker.asked[1:3] == [(17, text_of("AWS")), (36, b"\0\0\0\x0crole\0id\0key\0")]


async def test_a_broker_that_does_not_know_the_password_either(network: Network) -> None:
    async with stand_in() as broker:
        failed = await failure(KAFKA, to(broker.port, saslOptions=sasl("scram-sha-256")), Context(network))
    text = "SASL SCRAM SHA256 authentication failed: The server's part of the log-in (SCRAM) makes no sense"
    assert failed.message == CONNECTION + text


async def test_a_cancelled_check_leaves_nothing(network: Network) -> None:
    async with stand_in(created_after=10**6) as broker:
        document = to(broker.port, allowAutoTopicCreation=True)
        check = asyncio.ensure_future(run(KAFKA, document, Context(network)))
        while len(broker.asked) < 3:
            await asyncio.sleep(0.01)
        check.cancel()
        with pytest.raises(asyncio.CancelledError):
            await check
        async with asyncio.timeout(2):
            while broker.connections:
                await asyncio.sleep(0.005)


# --- Settings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"brokers": []}, "Brokers: there is none in the list."),
        ({"brokers": None}, "Brokers: there is none in the list."),
        ({"brokers": ["h"]}, "Brokers: 'h' is not written host:port."),
        ({"brokers": '["a:1", "kafka://b:1"]'}, "Brokers: 'kafka://b:1' is not written host:port."),
        ({"topic": None}, "Topic: it is missing."),
        ({"message": "x" * 1_100_000}, "Message: it is longer than 1048576 bytes."),
        ({"saslOptions": {"mechanism": "GSSAPI"}},
         "SASL options: mechanism is None, plain, scram-sha-256, scram-sha-512 or aws."),
        ({"saslOptions": {"mechanism": "plain", "password": "x"}}, "SASL options: username is missing."),
        ({"saslOptions": '{"mechanism": "aws"}'}, "SASL options: authorizationIdentity is missing."),
        ({"saslOptions": "{secret"}, "SASL options: they are no JSON."),
    ],
)  # fmt: skip
async def test_settings_that_cannot_work(network: Network, changes: dict[str, Any], text: str) -> None:
    with pytest.raises(CannotCheck) as cannot:
        await run(KAFKA, to(1, **changes), Context(network))
    assert cannot.value.message == text


@pytest.mark.parametrize("options", [None, "", {}, [], "null", 5, {"mechanism": "None"}, {"mechanism": None}])
async def test_no_login(network: Network, options: Any) -> None:
    async with stand_in() as broker:
        assert isinstance(
            await run(KAFKA, to(broker.port, saslOptions=options), Context(network)), CheckResult
        )


def test_typed_options_are_stored_as_an_object() -> None:
    for typed, changes in (
        ('{"mechanism": "None"}', {"kafkaProducerSaslOptions": {"mechanism": "None"}}),
        ("{", {}),
        ("", {}),
        ({"mechanism": "None"}, {}),
    ):
        document = to(1, saslOptions=typed)
        assert KAFKA.validate(KAFKA.options.read(document), document) == changes


def test_logins() -> None:
    assert read_login('{"mechanism": "PLAIN", "username": "u", "password": "p"}') == Login(
        "PLAIN", ("", "u", "p")
    )
    assert "secret" not in repr(read_login('{"mechanism": "plain", "username": "u", "password": "secret"}'))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" h:9092 ", ("h", 9092)),
        ("[::1]:1", ("::1", 1)),
        ("[fe80::1%eth0]:1", ("fe80::1%eth0", 1)),
        ("h", None),
        ("h:x", None),
        ("h:65536", None),
        ("::1", None),
    ],
)
def test_addresses(text: str, address: tuple[str, int] | None) -> None:
    assert read_broker(text) == address
    options = KAFKA.options.read({"kafkaProducerBrokers": [text]})
    assert KAFKA.target(options) == (Target(*address) if address else None)


def test_the_checksum() -> None:
    assert crc32c(b"123456789") == 0xE306_9283  # RFC 3720 §B.4 has longer ones


@given(st.binary(max_size=300), st.integers(0, 2**42))
def test_batches_are_as_the_driver_reads_them(message: bytes, milliseconds: int) -> None:
    batch = DefaultRecordBatch(record_batch(message, milliseconds))
    assert batch.validate_crc()
    assert [(record.value, record.timestamp) for record in batch] == [(message, milliseconds)]


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=4))
async def test_any_answer_is_read_or_refused(bodies: list[bytes]) -> None:
    versions = struct.pack(">hi6h", 0, 2, 0, 3, 9, 3, 0, 12)
    answers = [struct.pack(">i", number) + body for number, body in enumerate([versions, *bodies], 1)]
    network = Network()
    try:
        async with listening(says(b"".join(struct.pack(">i", len(each)) + each for each in answers))) as port:
            failed = await failure(KAFKA, to(port), Context(network, interval=0.05))
        assert isinstance(failed, CheckFailed)
    finally:
        network.close()
