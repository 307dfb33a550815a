"""MQTT: a message arrives on a topic, and is as expected.

Other than in Uptime Kuma 2.5: numbers in a message are compared as numbers by the operators for numbers, a
refused subscription is noticed, the ping ends with the subscription (waiting for a publisher says nothing
of the broker), and "Ignore TLS errors" counts.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

from kuma_lite.checks import _mqtt
from kuma_lite.checks._channel import Channel, open_channel
from kuma_lite.checks._conditions import (
    NUMBER_CAPTIONS,
    TEXT_CAPTIONS,
    ConditionError,
    holds,
    text_variable,
)
from kuma_lite.checks._json_query import VALUE, number_in
from kuma_lite.checks._jsonata import FUNCTION, UNDEFINED, QueryError, evaluate
from kuma_lite.checks._network import failed, network_of, seen
from kuma_lite.checks._shared_options import (
    Conditions,
    expiry_notification_option,
    ignore_tls_option,
    timeout_option,
)
from kuma_lite.checks._websocket import read_head, refusal
from kuma_lite.core.declarations import (
    CERTIFICATE_DAYS,
    RESPONSE_TIME,
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Choice,
    ConditionVariable,
    Kind,
    MonitorType,
    Notation,
    ShownWhen,
)
from kuma_lite.core.json_text import JsonTextError, parse_json, text_of
from kuma_lite.core.options import Options, option
from kuma_lite.core.targets import Target
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.url import Url, parse_url
from kuma_lite.net.websocket import new_key, upgrade_request

PORTS: Final = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
MAX_PORT: Final = 65_535
KEEP_ALIVE_SLACK_S: Final = 60  # beyond the monitor's own limit: we never have to prove that we are alive
_PARTS: Final = {"user": "mqttUsername", "password": "mqttPassword", "path": "mqttTopic"}
_SECURE: Final = ("mqtts", "wss")
_WEBSOCKET: Final = ("ws", "wss")
_SUBPROTOCOL: Final = "mqtt"
_KEYWORD, _JSON_QUERY = "keyword", "json-query"
_NO_MESSAGE: Final = "Timeout, Message not received"
_NO_ADDRESS: Final = "The hostname is a name, or an address such as mqtt://, mqtts://, ws:// or wss://host."


@dataclass(frozen=True, slots=True)
class Broker:
    """Where to connect; `url` as HTTP knows it, for WebSockets."""

    scheme: str
    url: Url = field(repr=False)
    username: str = ""
    password: str = field(default="", repr=False)


class MqttOptions(Options):
    """Which broker, which topic, and what to find. Keys are Uptime Kuma 2.5's."""

    hostname: str = option(
        "",
        label="Hostname",
        kind=Kind.HOST,
        required=True,
        placeholder="mqtts://broker.example.org",
        help="mqtts:// and wss:// speak TLS, ws:// and wss:// a WebSocket.",
    )
    port: int | None = option(None, label="Port", kind=Kind.PORT, form_default=PORTS["mqtt"])
    topic: str = option(
        "",
        alias="mqttTopic",
        label="Topic",
        kind=Kind.TEXT,
        required=True,
        help="+ and # stand for any level and all further levels. The first message counts.",
    )
    path: str = option(
        "",
        alias="mqttWebsocketPath",
        label="Path of the WebSocket",
        kind=Kind.TEXT,
        placeholder="/mqtt",
        help="Only for ws:// and wss://.",
    )
    username: str = option(
        "", alias="mqttUsername", label="User name", kind=Kind.TEXT, section="authentication"
    )
    password: str = option(
        "",
        alias="mqttPassword",
        label="Password",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
    )
    check_type: str = option(
        _KEYWORD,
        alias="mqttCheckType",
        label="Judged by",
        kind=Kind.SELECT,
        section="content",
        choices=(Choice(_KEYWORD, "Keyword"), Choice(_JSON_QUERY, "JSON query")),
        help="Conditions, where there are any, take its place.",
    )
    wanted: str = option(
        "",
        alias="mqttSuccessMessage",
        label="Keyword",
        kind=Kind.TEXT,
        section="content",
        shown_when=ShownWhen("mqttCheckType", (_KEYWORD,)),
        help="Empty fits every message.",
    )
    json_path: str = option(
        "",
        alias="jsonPath",
        label="JSON query",
        kind=Kind.TEXT,
        section="content",
        form_default="$",
        help="A JSONata expression that yields one value of JSON messages; conditions call it json_value.",
    )
    expected: str = option(
        "",
        alias="expectedValue",
        label="Expected value",
        kind=Kind.TEXT,
        section="content",
        shown_when=ShownWhen("mqttCheckType", (_JSON_QUERY,)),
    )
    conditions: Conditions = option(
        (), label="Conditions", kind=Kind.CONDITIONS, section="content", help="The message has to meet them."
    )
    ignore_tls: bool = ignore_tls_option()
    expiry_notification: bool = expiry_notification_option()
    timeout: float = timeout_option("For the connection and the message.", form_default=48)


class MqttMonitor(MonitorType[MqttOptions]):
    """Subscribes, and judges the first message."""

    name = "mqtt"
    label = "MQTT"
    description = "Subscribes to a topic of an MQTT broker and looks at the first message."
    group = "specific"
    options = MqttOptions
    notations = tuple(
        Notation(scheme, ports=(PORTS[scheme],), keep_scheme=True, parts=_PARTS)
        for scheme in ("mqtt", "mqtts")
    )
    numbers = (RESPONSE_TIME, CERTIFICATE_DAYS, VALUE)
    condition_variables = (
        text_variable("topic"),
        text_variable("message"),
        ConditionVariable("json_value", (*TEXT_CAPTIONS.items(), *NUMBER_CAPTIONS.items())),
    )

    def target(self, options: MqttOptions) -> Target:
        """The host without scheme and credentials."""
        try:
            broker = read_broker(options)
        except CannotCheck:
            return Target(options.hostname.rpartition("@")[2])
        return Target(broker.url.host, broker.url.port)

    async def check(self, options: MqttOptions, context: CheckContext) -> CheckResult:
        """The ping is the time until the subscription stands, in whole ms."""
        broker = read_broker(options)
        if not _mqtt.is_topic_filter(options.topic):
            raise CheckFailed("Cannot subscribe topic")
        tls = TlsOptions(verify=not options.ignore_tls) if broker.scheme in _SECURE else None
        if tls is not None and broker.scheme in _WEBSOCKET:
            tls = TlsOptions(verify=tls.verify, alpn=("http/1.1",))
        waiting = _Waiting(options, broker, context)
        try:
            async with (
                asyncio.timeout(context.timeout),
                open_channel(
                    network_of(context),
                    broker.url.host,
                    broker.url.port,
                    tls=tls,
                    timeout=context.timeout,
                    now=context.now,
                ) as channel,
            ):
                message = await waiting.first_message(channel)
        except TimeoutError:
            # A broker that has granted the subscription is well reached: then the message is missing.
            raise CheckFailed(_NO_MESSAGE, ping=waiting.ping, local=waiting.ping is None) from None
        except NetworkError as error:
            raise failed(error, for_url=False) from None
        certificate = seen(channel.certificate, for_url=False)
        try:
            text, value = await judge(options, message)
        except CheckFailed as problem:
            raise CheckFailed(problem.message, ping=waiting.ping, certificate=certificate) from None
        return CheckResult(text, ping=waiting.ping, certificate=certificate, numbers=number_in(value))


def read_broker(options: MqttOptions) -> Broker:
    """What host, port and path say together; what stands in the address itself fills gaps.

    Raises CannotCheck.
    """
    text = options.hostname.strip()
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "mqtt", text
        if rest.count(":") > 1 and not rest.startswith("["):
            rest = f"[{rest}]"  # an IPv6 address by itself
    scheme = scheme.lower()
    if scheme not in PORTS or not rest:
        raise CannotCheck(_NO_ADDRESS)
    try:
        url = parse_url(f"https://{rest}")
    except NetworkError:
        raise CannotCheck(_NO_ADDRESS) from None
    has_port = rest.partition("/")[0].rpartition("@")[2].rpartition("]")[2].partition(":")[2]
    port = options.port or (url.port if has_port else PORTS[scheme])
    if not 0 < port <= MAX_PORT:
        raise CannotCheck("The port is a number from 1 to 65535.")
    username, password = (
        (url.username, url.password) if url.username else (options.username, options.password)
    )
    if max(len(_mqtt.encoded(text)) for text in (username, password)) > _mqtt.MAX_TEXT_BYTES:
        raise CannotCheck("User name and password have at most 65535 bytes each.")
    path = options.path.strip()
    target = url.target
    if path:
        target = parse_url(f"https://host/{path.removeprefix('/')}").target
    http = "https" if scheme in _SECURE else "http"
    return Broker(scheme, Url(http, url.host, port, target), username, password)


class _Waiting:
    """One connection up to the first message. `ping`: ms until the subscription stood; None before."""

    def __init__(self, options: MqttOptions, broker: Broker, context: CheckContext) -> None:
        self._options, self._broker, self._context = options, broker, context
        self._begun = perf_counter()
        self.ping: int | None = None

    async def first_message(self, channel: Channel) -> _mqtt.Message:
        """Raises NetworkError, CheckFailed."""
        pipe = await self._pipe(channel)
        broker = self._broker
        client = f"uptime-kuma_{secrets.token_hex(4)}"  # brokers may have rules by this name
        keep_alive = round(self._context.timeout) + KEEP_ALIVE_SLACK_S
        pipe.write(_mqtt.connect(client, broker.username, broker.password, keep_alive))
        problem = _mqtt.refusal_of_connection(await _mqtt.receive(pipe))
        if problem is not None:
            raise CheckFailed(problem)
        pipe.write(_mqtt.subscribe(self._options.topic))
        while True:
            packet = await _mqtt.receive(pipe)
            if self.ping is None:  # a kept message may come before the receipt (§3.8.4)
                self.ping = round((perf_counter() - self._begun) * 1000)
            if packet.kind == _mqtt.SUBACK and not _mqtt.is_subscribed(packet):
                raise CheckFailed("Cannot subscribe topic", ping=self.ping)
            if packet.kind == _mqtt.PUBLISH:
                pipe.write(_mqtt.DISCONNECT)
                return _mqtt.read_message(packet)

    async def _pipe(self, channel: Channel) -> _mqtt.Pipe:
        if self._broker.scheme not in _WEBSOCKET:
            return channel
        key, offered = new_key(), [_SUBPROTOCOL]
        channel.write(upgrade_request(self._broker.url, [], key, offered))
        status, headers = await read_head(channel)
        problem = refusal(status, headers, key, offered, ignore_accept=False)
        if problem is not None:
            raise CheckFailed(problem)
        return _mqtt.WebSocketPipe(channel)


async def judge(options: MqttOptions, message: _mqtt.Message) -> tuple[str, str]:
    """The beat's text, and the value that limits are about. Raises CheckFailed."""
    text = message.payload.decode("utf-8", "replace")
    shown = f"Topic: {message.topic}; Message: {text}"
    if options.conditions:
        found = await _json_value(options, text)
        values = {"topic": message.topic, "message": text, "json_value": found}
        try:
            if not holds(options.conditions, values):
                raise CheckFailed(f"Conditions not met - {shown}")
        except ConditionError as error:
            raise CheckFailed(str(error)) from None
        return shown, found or text
    if options.check_type in (_KEYWORD, ""):
        if options.wanted not in text:
            raise CheckFailed(f"Message Mismatch - {shown}")
        return shown, text
    if options.check_type != _JSON_QUERY:
        raise CheckFailed("Unknown MQTT Check Type")
    try:
        value = _as_text(await evaluate(options.json_path or "$", parse_json(text)))
    except (JsonTextError, QueryError) as error:
        raise CheckFailed(str(error)) from None
    if value != options.expected:
        raise CheckFailed(f"Message received but value is not equal to expected value, value was: [{value}]")
    return "Message received, expected value is found", value


def _as_text(value: Any) -> str:
    """What a query found, as JavaScript makes text of it."""
    if value is None or value is UNDEFINED or value is FUNCTION:
        return "undefined"
    if isinstance(value, list):
        return ",".join("" if item is None else _as_text(item) for item in value)
    return "[object Object]" if isinstance(value, dict) else text_of(value)


async def _json_value(options: MqttOptions, text: str) -> str:
    """What the query finds; nothing where there is no query, or the message is no JSON."""
    try:
        found = await evaluate(options.json_path or "$", parse_json(text))
    except (JsonTextError, QueryError):
        return ""
    return "" if found is UNDEFINED else _as_text(found)
