"""MQTT checks: against Mosquitto, against peers that misbehave, and what Uptime Kuma said of the same."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import _mqtt
from kuma_lite.checks._mqtt import Message, Packet, is_topic_filter, read_message, subscribe
from kuma_lite.checks.mqtt import MqttMonitor, MqttOptions, judge, read_broker
from kuma_lite.core.declarations import CannotCheck, CheckFailed, CheckResult
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.network import Network
from tests.checks.peers import Talk, listening
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority, issue
from tests.peers import mosquitto
from tests.requires import needs_program
from tests.support.ports import closed_port

MQTT = MqttMonitor()
RECORDED = recorded("mqtt")
NEEDS_MOSQUITTO = needs_program(mosquitto.PROGRAM, mosquitto.PASSWORD_PROGRAM)
GREETED, GRANTED = b"\x20\x02\0\0", b"\x90\x03\0\1\0"


@NEEDS_MOSQUITTO
async def test_what_the_original_says_of_a_real_broker(network: Network, tmp_path: Path) -> None:
    async with mosquitto.running(tmp_path) as ports:
        for case, each in RECORDED.items():
            if case in ("refused", "unknown host"):
                continue
            port = ports.websocket if case == "over websocket" else ports.mqtt
            document = each.document(port=port)
            if each.status:
                result = await run(MQTT, document, Context(network))
                assert isinstance(result, CheckResult)
                assert isinstance(result.ping, int)
                assert result.message == each.message, case
            else:
                failed = await failure(MQTT, document, Context(network))
                assert (failed.message, failed.local) == (each.message, False), case


@NEEDS_MOSQUITTO
async def test_more_of_a_real_broker(network: Network, tmp_path: Path) -> None:
    async with mosquitto.running(tmp_path) as ports:

        def document(**more: Any) -> dict[str, Any]:
            return {**RECORDED["up, keyword"].document(port=ports.mqtt), "mqttTopic": "shop/json", **more}

        number = [{"type": "expression", "variable": "json_value", "operator": "num_equals", "value": "3.0"}]
        result = await run(MQTT, document(jsonPath="state.n", conditions=number), Context(network))
        assert isinstance(result, CheckResult)
        assert result.numbers == {"value": 3}
        number[0]["operator"] = "gt"
        failed = await failure(MQTT, document(jsonPath="state.n", conditions=number), Context(network))
        assert failed.message == 'Conditions not met - Topic: shop/json; Message: {"state":{"n":3}}'
        assert failed.ping is not None
        result = await run(MQTT, document(mqttTopic="shop/+", mqttSuccessMessage=""), Context(network))
        assert isinstance(result, CheckResult)
        silent = document(mqttTopic="shop/nothing")
        failed = await failure(MQTT, silent, Context(network, timeout=0.3))
        assert (failed.message, failed.local) == ("Timeout, Message not received", False)
        inline = document(hostname=f"mqtt://kuma:secret@127.0.0.1:{ports.mqtt}", port=None, mqttPassword="x")
        assert isinstance(
            await run(MQTT, {**inline, "mqttSuccessMessage": "n"}, Context(network)), CheckResult
        )
        wrong_path = document(hostname=f"ws://127.0.0.1:{ports.mqtt}", port=None)
        failed = await failure(MQTT, wrong_path, Context(network, timeout=2))
        assert failed.message in ("socket hang up", "read ECONNRESET")


@NEEDS_MOSQUITTO
@pytest.mark.parametrize("scheme", ["mqtts", "wss"])
async def test_a_real_broker_with_tls(
    network: Network, tmp_path: Path, authority: Authority, scheme: str
) -> None:
    async with mosquitto.running(tmp_path, authority.server("localhost")) as ports:
        port = ports.mqtts if scheme == "mqtts" else ports.secure_websocket
        document = {
            "hostname": f"{scheme}://localhost",
            "port": port,
            "mqttTopic": "shop/state",
            "mqttUsername": mosquitto.USER,
            "mqttPassword": mosquitto.PASSWORD,
            "mqttSuccessMessage": "ok",
        }
        failed = await failure(MQTT, document, Context(network))
        result = await run(MQTT, {**document, "ignoreTls": True}, Context(network))
    assert "unable to get local issuer certificate" in failed.message
    assert isinstance(result, CheckResult)
    assert result.message.startswith("Topic: shop/state; Message: all ok")
    assert result.certificate is not None
    assert failed.certificate is not None
    assert failed.certificate.as_plain() == result.certificate.as_plain()


async def test_nobody_there(network: Network) -> None:
    port = closed_port()
    failed = await failure(MQTT, RECORDED["refused"].document(port=port), Context(network))
    assert failed.message == f"connect ECONNREFUSED 127.0.0.1:{port}"
    failed = await failure(MQTT, RECORDED["unknown host"].document(), Context(network))
    assert failed.message.startswith("getaddrinfo E")


@asynccontextmanager
async def broker(*answers: bytes, tls: Any = None) -> AsyncIterator[int]:
    """Answers one packet after the other, then keeps silent."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            head = await reader.readexactly(2)
            await reader.readexactly(head[1])
            writer.write(answer)
        await reader.read()

    async with listening(talk, tls) as port:
        yield port


def publish(topic: str, payload: bytes, *, flags: int = 0) -> bytes:
    body = len(topic).to_bytes(2, "big") + topic.encode() + (b"\0\7" if flags else b"") + payload
    return bytes([0x30 | flags, len(body)]) + body


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([b"\x20\x02\0\1"], "Connection refused: Unacceptable protocol version"),
        ([b"\x20\x02\0\4"], "Connection refused: Bad username or password"),
        ([b"\x20\x02\0\x63"], "Connection refused: code 99"),
        ([GREETED, b"\x90\x03\0\1\x80"], "Cannot subscribe topic"),
        ([GREETED, b"\x90\x03\0\2\0"], "Invalid SUBACK packet"),
        ([GREETED, GRANTED + b"\x30\x02\xff\xff"], "Invalid PUBLISH packet"),
        ([GREETED, GRANTED + b"\x30\xff\xff\xff\x7f"], "The answer is too long"),
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], "Unexpected answer: no MQTT broker is listening there"),
        ([b"\x20\xff\xff\xff\xff\xff"], "Unexpected answer: no MQTT broker is listening there"),
        ([GREETED + publish("a", b"first")], "Message Mismatch - Topic: a; Message: first"),
    ],
)
async def test_answers_that_are_no_good(network: Network, answers: list[bytes], message: str) -> None:
    document = {"hostname": "127.0.0.1", "mqttTopic": "a", "mqttSuccessMessage": "ok"}
    async with broker(*answers) as port:
        failed = await failure(MQTT, {**document, "port": port}, Context(network))
    assert failed.message == message


async def test_silence_and_hanging_up(network: Network) -> None:
    document = {"hostname": "127.0.0.1", "mqttTopic": "a"}
    async with broker() as port:
        failed = await failure(MQTT, {**document, "port": port}, Context(network, timeout=0.2))
        assert (failed.message, failed.local) == ("Timeout, Message not received", True)

    async def gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)

    async with listening(gone) as port:
        failed = await failure(MQTT, {**document, "port": port}, Context(network))
        assert failed.message in ("socket hang up", "read ECONNRESET")


async def test_tls_is_verified_unless_told_otherwise(network: Network, authority: Authority) -> None:
    context = issue("localhost", names=("localhost",)).server_context()
    async with broker(GREETED, GRANTED + publish("a", b"m", flags=2), tls=context) as port:
        document = {"hostname": "mqtts://localhost", "port": port, "mqttTopic": "a"}
        failed = await failure(MQTT, document, Context(network))
        assert failed.message == "self-signed certificate"
        result = await run(MQTT, {**document, "ignoreTls": True}, Context(network))
    assert isinstance(result, CheckResult)
    assert (result.message, result.certificate is not None) == ("Topic: a; Message: m", True)


async def test_a_websocket_that_is_none(network: Network) -> None:
    async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    talk: Talk = web
    async with listening(talk) as port:
        document = {"hostname": "ws://127.0.0.1", "port": port, "mqttTopic": "a"}
        failed = await failure(MQTT, document, Context(network))
    assert failed.message == "Unexpected server response: 404"


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"hostname": "H"}, ("mqtt", "h", 1883, "/")),
        ({"hostname": "mqtts://h"}, ("mqtts", "h", 8883, "/")),
        ({"hostname": "ws://h", "port": "90", "mqttWebsocketPath": "mqtt"}, ("ws", "h", 90, "/mqtt")),
        ({"hostname": "wss://h:1/x", "mqttWebsocketPath": ""}, ("wss", "h", 1, "/x")),
        ({"hostname": "::1"}, ("mqtt", "::1", 1883, "/")),
        ({"hostname": "mqtt://[::1]", "port": 7}, ("mqtt", "::1", 7, "/")),
        ({"hostname": "h:1", "port": 7}, ("mqtt", "h", 7, "/")),
    ],
)
def test_addresses(document: dict[str, Any], where: tuple[Any, ...]) -> None:
    options = MqttOptions.read(document)
    found = read_broker(options)
    assert (found.scheme, found.url.host, found.url.port, found.url.target) == where
    target = MQTT.target(options)
    assert target is not None
    assert (target.host, target.port) == where[1:3]


@pytest.mark.parametrize("hostname", ["", "http://h", "mqtt://", "mqtt://a b"])
async def test_addresses_that_are_none(network: Network, hostname: str) -> None:
    with pytest.raises(CannotCheck):
        await run(MQTT, {"hostname": hostname, "mqttTopic": "a"}, Context(network))


def test_credentials_in_the_address_count_and_stay_hidden() -> None:
    found = read_broker(MqttOptions.read({"hostname": "mqtt://u:p%40ss@h", "mqttPassword": "other"}))
    assert (found.username, found.password) == ("u", "p@ss")
    assert "p@ss" not in repr(found)
    assert MQTT.target(MqttOptions.read({"hostname": "http://u:p@h"})) is not None


@pytest.mark.parametrize(
    ("topic", "valid"),
    [
        ("a/b", True),
        ("#", True),
        ("a/#", True),
        ("+/b", True),
        ("", False),
        ("a#", False),
        ("#/a", False),
        ("a+/b", False),
        ("\0", False),
    ],
)
def test_topics(topic: str, valid: bool) -> None:
    assert is_topic_filter(topic) is valid


async def test_a_topic_that_is_none(network: Network) -> None:
    failed = await failure(MQTT, {"hostname": "h"}, Context(network))
    assert failed.message == "Cannot subscribe topic"


@pytest.mark.parametrize(
    ("document", "payload", "message"),
    [
        ({"mqttCheckType": "json-query", "jsonPath": "a", "expectedValue": 1}, '{"a":1}', None),
        ({"mqttCheckType": "json-query", "jsonPath": "a"}, "{}", "was: [undefined]"),
        ({"mqttCheckType": "json-query", "jsonPath": "a"}, '{"a":[1,null,{}]}', "was: [1,,[object Object]]"),
        ({"mqttCheckType": "json-query", "jsonPath": "a"}, "all ok", "Unexpected token"),
        ({"mqttCheckType": "json-query", "jsonPath": "a["}, "{}", ""),
        ({"mqttCheckType": "other"}, "x", "Unknown MQTT Check Type"),
        ({"mqttCheckType": None}, "x", None),
        ({"conditions": [{"type": "group", "children": []}]}, "x", "must contain at least one child"),
    ],
)
async def test_judging(document: dict[str, Any], payload: str, message: str | None) -> None:
    judged = judge(MqttOptions.read(document), Message("t", payload.encode()))
    if message is None:
        await judged
        return
    with pytest.raises(CheckFailed) as caught:
        await judged
    assert message in caught.value.message


class Bytes:
    """A pipe that has been filled before."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def write(self, data: bytes) -> None:
        raise AssertionError

    async def exactly(self, count: int) -> bytes:
        if len(self.data) < count:
            raise NetworkError("socket hang up", "", None)  # type: ignore[arg-type]
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    until = line = exactly


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    async def read() -> None:
        pipe = Bytes(data)
        while True:
            packet = await _mqtt.receive(pipe)
            for reader in (read_message, _mqtt.is_subscribed, _mqtt.refusal_of_connection):
                with contextlib.suppress(NetworkError):
                    reader(packet)

    with pytest.raises(NetworkError):
        asyncio.run(read())


@given(st.binary(max_size=60), st.integers(0, 15))
def test_any_body_is_a_message_or_refused(body: bytes, flags: int) -> None:
    try:
        message = read_message(Packet(_mqtt.PUBLISH, flags, body))
    except NetworkError:
        return
    assert body.endswith(message.payload)


async def test_frames_of_a_websocket(network: Network) -> None:
    """Packets in pieces, and a ping in between."""
    pipe = _mqtt.WebSocketPipe(Bytes(b"\x02\x01\x20\x89\x00\x80\x7e\0\3\x02\0\0"))  # type: ignore[arg-type]
    sent: list[bytes] = []
    pipe._channel.write = sent.append  # type: ignore[method-assign, assignment]
    assert _mqtt.refusal_of_connection(await _mqtt.receive(pipe)) is None
    assert len(sent) == 1
    assert sent[0][0] == 0x8A


def test_a_long_topic_has_a_long_length() -> None:
    assert subscribe("a" * 200)[:3] == bytes([0x82, 0xCD, 0x01])
