"""Kafka: a broker takes a message.

On purpose otherwise than in Uptime Kuma 2.5: the next broker of the list is asked when one cannot be reached;
a topic that is being created is waited for; all connections are closed after the check.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from pydantic import field_validator

from kuma_lite.checks._channel import open_channel
from kuma_lite.checks._network import failed, network_of
from kuma_lite.checks._shared_options import timeout_option
from kuma_lite.core import wire_values
from kuma_lite.core.declarations import CannotCheck, CheckContext, CheckFailed, CheckResult, Kind, MonitorType
from kuma_lite.core.json_text import JsonTextError, compact_json, parse_json
from kuma_lite.core.options import Options, option
from kuma_lite.core.targets import Target
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError

if TYPE_CHECKING:
    from kuma_lite.checks._kafka_wire import Broker, Login

SHARE_OF_INTERVAL: Final = 0.8  # in which all must be done, as in Uptime Kuma 2.5
_MAX_MESSAGE_BYTES: Final = 1024 * 1024  # what brokers take unless told otherwise
_CREATION_S: Final = 5.0  # in which brokers that create topics have done so
_CREATION_PAUSE_S: Final = 0.1
_IN_CONNECTION: Final = "Error in producer connection: "
_IN_SENDING: Final = "Error sending message: "
_BROKER: Final = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+(?:%[\w.~-]+)?)\]|(?P<name>[^:\[\]\s/]+)):(?P<port>[0-9]{1,5})"
)
_MAX_PORT: Final = 65_535
_MECHANISMS: Final = {
    "plain": ("username", "password"),
    "scram-sha-256": ("username", "password"),
    "scram-sha-512": ("username", "password"),
    "aws": ("authorizationIdentity", "accessKeyId", "secretAccessKey"),
}

Address = tuple[str, int]


class KafkaProducerOptions(Options):
    """Which brokers, what is sent. Keys are Uptime Kuma 2.5's."""

    brokers: tuple[str, ...] = option(
        (),
        alias="kafkaProducerBrokers",
        label="Brokers",
        kind=Kind.LIST,
        required=True,
        placeholder="broker1.example.org:9092",
        help="Host and port of each; the next one is asked when one fails.",
    )
    topic: str = option("", alias="kafkaProducerTopic", label="Topic", kind=Kind.TEXT, required=True)
    message: str = option(
        "",
        alias="kafkaProducerMessage",
        label="Message",
        kind=Kind.TEXTAREA,
        section="request",
        required=True,
    )
    ssl: bool = option(False, alias="kafkaProducerSsl", label="Use TLS", kind=Kind.SWITCH)
    create_topic: bool = option(
        False,
        alias="kafkaProducerAllowAutoTopicCreation",
        label="Create the topic",
        kind=Kind.SWITCH,
        section="advanced",
        help="Where it does not exist and the brokers allow it.",
    )
    sasl: str = option(
        "",
        alias="kafkaProducerSaslOptions",
        label="SASL options",
        kind=Kind.JSON,
        section="authentication",
        secret=True,
        placeholder='{"mechanism": "plain", "username": "kuma", "password": "..."}',
        help="Mechanism is None, plain, scram-sha-256, scram-sha-512 or aws.",
        form_default='{"mechanism": "None"}',
    )
    timeout: float = timeout_option("For each connection.", form_default=1)

    @field_validator("brokers", mode="before")
    @classmethod
    def _decoded(cls, value: Any) -> Any:
        """Clients write a list, its JSON text, or a single address."""
        if isinstance(value, str):
            with suppress(JsonTextError):
                value = parse_json(value or "[]") or ()
        return wire_values.listed(value)

    @field_validator("sasl", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        """Clients write an object, or its JSON text."""
        return value if isinstance(value, str) else compact_json(value)


class KafkaProducerMonitor(MonitorType[KafkaProducerOptions]):
    """Connects, logs in, sends a message."""

    name = "kafka-producer"
    label = "Kafka Producer"
    description = "Sends a message to a topic of Apache Kafka."
    group = "specific"
    options = KafkaProducerOptions
    in_type_list = False

    def validate(self, options: KafkaProducerOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Options of SASL that were typed as text are stored as the object that clients expect."""
        del options
        key = "kafkaProducerSaslOptions"
        with suppress(JsonTextError):
            typed = document.get(key)
            if isinstance(typed, str) and isinstance(read := parse_json(typed or "null"), dict):
                return {key: read}
        return {}

    def target(self, options: KafkaProducerOptions) -> Target | None:
        """The first broker."""
        address = read_broker(options.brokers[0]) if options.brokers else None
        return Target(*address) if address else None

    def deadline(self, options: KafkaProducerOptions, context: CheckContext) -> float:
        """The interval's share, and the handshake that fetches an invalid certificate."""
        del options
        return max(SHARE_OF_INTERVAL * context.interval, context.timeout) + 20

    async def check(self, options: KafkaProducerOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of connections and answers in whole ms."""
        from kuma_lite.checks import _kafka_wire

        addresses = _read_brokers(options.brokers)
        if not options.topic:
            raise CannotCheck("Topic: it is missing.")
        message = options.message.encode("utf-8", "replace")
        if len(message) > _MAX_MESSAGE_BYTES:
            raise CannotCheck(f"Message: it is longer than {_MAX_MESSAGE_BYTES} bytes.")
        login = read_login(options.sasl)
        begun = perf_counter()
        try:
            async with asyncio.timeout(SHARE_OF_INTERVAL * context.interval), AsyncExitStack() as connections:
                session = _Session(options, context, login, connections)
                await session.send(addresses, message)
        except TimeoutError:
            raise CheckFailed("Timeout", local=True) from None
        except _kafka_wire.BrokerError as error:
            raise CheckFailed(_IN_SENDING + error.message) from None
        return CheckResult("Message sent successfully", ping=round((perf_counter() - begun) * 1000))


class _Session:
    """The connections of one check."""

    def __init__(
        self,
        options: KafkaProducerOptions,
        context: CheckContext,
        login: Login | None,
        connections: AsyncExitStack,
    ) -> None:
        self._options, self._context, self._login = options, context, login
        self._connections = connections
        self._open: dict[Address, Broker] = {}

    async def send(self, addresses: list[Address], message: bytes) -> None:
        """To a partition of the topic. Raises CheckFailed, BrokerError, TimeoutError."""
        from kuma_lite.checks._kafka_wire import NOT_THERE_YET, BrokerError

        first = await self._first(addresses)
        until = perf_counter() + _CREATION_S
        while True:
            try:
                return await self._append(first, message)
            except NetworkError as error:
                raise failed(error, prefix=_IN_SENDING) from None
            except BrokerError as error:
                may_come = self._options.create_topic and error.code in NOT_THERE_YET
                if not may_come or perf_counter() > until:
                    raise
            await asyncio.sleep(_CREATION_PAUSE_S)

    async def _append(self, broker: Broker, message: bytes) -> None:
        name = self._options.topic
        topic = await broker.topic(name, create=self._options.create_topic)
        partition = random.choice(list(topic.leaders))  # noqa: S311 - as kafkajs does without a key
        leader = await self._to(topic.brokers[topic.leaders[partition]])
        await leader.produce(name, partition, message, self._context.now)

    async def _first(self, addresses: list[Address]) -> Broker:
        """The first broker that takes us; the failure is that of the first of the list."""
        from kuma_lite.checks._kafka_wire import BrokerError

        failure: CheckFailed | None = None
        for address in addresses:
            try:
                return await self._to(address)
            except NetworkError as error:
                failure = failure or failed(error, prefix=_IN_CONNECTION)
            except BrokerError as error:
                failure = failure or CheckFailed(_IN_CONNECTION + error.message)
        assert failure is not None
        raise failure

    async def _to(self, address: Address) -> Broker:
        """The broker there, logged in to. Raises NetworkError, BrokerError."""
        if address not in self._open:
            self._open[address] = await self._connections.enter_async_context(self._connected(address))
        return self._open[address]

    @asynccontextmanager
    async def _connected(self, address: Address) -> AsyncIterator[Broker]:
        from kuma_lite.checks._kafka_wire import Broker

        async with AsyncExitStack() as stack:
            try:
                channel = await stack.enter_async_context(
                    open_channel(
                        network_of(self._context),
                        *address,
                        tls=TlsOptions() if self._options.ssl else None,
                        timeout=self._context.timeout,
                        now=self._context.now,
                    )
                )
            except TimeoutError:
                raise NetworkError("Connection timeout", "ETIMEDOUT", ErrorKind.TIMEOUT) from None
            except NetworkError as error:
                raise NetworkError(
                    f"Connection error: {error.message}", error.code, error.kind, error.certificate
                ) from None
            broker = Broker(channel)
            await broker.introduce(self._login)
            yield broker


def read_broker(text: str) -> Address | None:
    """Host and port; None for what is none."""
    found = _BROKER.fullmatch(text.strip())
    if found is None or int(found["port"]) > _MAX_PORT:
        return None
    return found["v6"] or found["name"], int(found["port"])


def _read_brokers(brokers: tuple[str, ...]) -> list[Address]:
    if not brokers:
        raise CannotCheck("Brokers: there is none in the list.")
    addresses = []
    for text in brokers:
        address = read_broker(text)
        if address is None:
            raise CannotCheck(f"Brokers: {text[:100]!r} is not written host:port.")
        addresses.append(address)
    return addresses


def read_login(text: str) -> Login | None:
    """How SASL options ask to log in; None: not at all. Raises CannotCheck for what is missing in them."""
    from kuma_lite.checks._kafka_wire import Login

    try:
        options = parse_json(text) if text.strip() else None
    except JsonTextError:
        raise CannotCheck("SASL options: they are no JSON.") from None
    if not isinstance(options, Mapping):
        return None
    mechanism = str(options.get("mechanism") or "None").lower()
    if mechanism == "none":
        return None
    if mechanism not in _MECHANISMS:
        raise CannotCheck("SASL options: mechanism is None, plain, scram-sha-256, scram-sha-512 or aws.")
    for key in _MECHANISMS[mechanism]:
        if not options.get(key):
            raise CannotCheck(f"SASL options: {key} is missing.")
    parts = tuple(str(options[key]) for key in _MECHANISMS[mechanism])
    if mechanism == "aws":
        parts = (*parts, str(options.get("sessionToken") or ""))
    return Login(mechanism.upper(), ("", *parts) if mechanism == "plain" else parts)
