"""SNMP checks: against net-snmp's agent, and agents that misbehave; what Uptime Kuma said of the same."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import _ber as ber
from kuma_lite.checks import _snmp_messages as snmp
from kuma_lite.checks._ber import BerError, Reader
from kuma_lite.checks.snmp import SnmpMonitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.net.network import Network
from tests.checks.datagrams import Silent, answering
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.peers import snmpd
from tests.requires import binds_ipv6, needs_program
from tests.support.ports import closed_port

SNMP = SnmpMonitor()
# Nobody's answer: the monitor is at fault, and no beat says that the target is.
OURS = ("malformed OID", "v3, no user")
RECORDED = recorded("snmp", without=OURS)
NAME = "1.3.6.1.2.1.1.5.0"
NAMED: dict[str, Any] = {
    "hostname": "127.0.0.1",
    "radiusPassword": "public",
    "snmpOid": NAME,
    "expectedValue": "kuma-peer",
}
Binding = tuple[str, bytes]


def fields(config: dict[str, Any], port: int) -> dict[str, Any]:
    """The recorded monitor at our own port; the recording has the name of a column."""
    names = {"snmp_v3_username": "snmpV3Username"}
    return {**{names.get(key, key): value for key, value in config.items()}, "port": port}


@needs_program(snmpd.PROGRAM)
async def test_what_the_original_says_of_a_real_agent(network: Network, tmp_path: Path) -> None:
    async with snmpd.running(tmp_path) as port:
        for case in RECORDED.values():
            document = fields(case.config, closed_port() if case.peer == "none" else port)
            if case.status == 1:
                result = await run(SNMP, document, Context(network))
                assert isinstance(result, CheckResult)
                assert (result.message, type(result.ping)) == (case.message, int)
            else:
                assert (await failure(SNMP, document, Context(network))).message == case.message, case.case
        await _other_questions(network, port)


async def _other_questions(network: Network, port: int) -> None:
    asked = fields(NAMED, port)
    for more in (
        {"snmpVersion": "1"},
        {"snmpVersion": "3", "snmpV3Username": snmpd.USER},
        {"hostname": "::1" if binds_ipv6() else "localhost"},
        {"snmpOid": "1.3.6.1.2.1.1.3.0", "jsonPathOperator": "<", "expectedValue": 100_000_000},
        {"snmpOid": "1.3.6.1.2.1.1.2.0", "jsonPathOperator": "contains", "expectedValue": "1.3.6.1.4.1.8072"},
        {"snmpOid": "1.3.6.1.2.1.31.1.1.1.6.1", "jsonPathOperator": ">=", "expectedValue": 0},
        {"snmpOid": "1.3.6.1.2.1.4.20.1.1.127.0.0.1", "expectedValue": "127.0.0.1"},
        {"snmpOid": "1.3.6.1.4.1.2021.10.1.6.1", "jsonPathOperator": "<", "expectedValue": 10_000},
    ):
        result = await run(SNMP, {**asked, **more}, Context(network))
        assert isinstance(result, CheckResult), more
    for more, message in (
        ({"radiusPassword": "wrong", "timeout": 0.2}, "Request timed out"),
        ({"snmpVersion": "1", "snmpOid": "1.3.6.1.2.1.1.99.0"}, "NoSuchName: 1.3.6.1.2.1.1.99.0"),
        (
            {"snmpOid": "1.3.6.1.2.1.1.5.1"},
            "The SNMP query returned that no instance exists for OID 1.3.6.1.2.1.1.5.1",
        ),
    ):
        failed = await failure(SNMP, {**asked, **more}, Context(network, timeout=0.3))
        assert failed.message == message


@needs_program(snmpd.PROGRAM)
async def test_the_real_agent_reports_a_user_that_signs(network: Network, tmp_path: Path) -> None:
    """A user of v3 that has a password is refused without one."""
    async with snmpd.running(tmp_path, "createUser signer SHA secretpass\nrouser signer auth\n") as port:
        document = {**fields(NAMED, port), "snmpVersion": "3", "snmpV3Username": "signer"}
        failed = await failure(SNMP, document, Context(network))
    assert failed.message == "AuthorizationError"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [(recorded("snmp")[case].config, recorded("snmp")[case].message) for case in OURS]
    + [
        (
            {**NAMED, "snmpVersion": "3", "snmpV3Username": "u", "snmpOid": ".1"},
            recorded("snmp")[OURS[0]].message,
        )
    ],
)
async def test_a_monitor_that_cannot_work(network: Network, more: dict[str, Any], sentence: str) -> None:
    silent = Silent()
    async with answering(silent) as port:
        with pytest.raises(CannotCheck) as refused:
            await run(SNMP, fields(more, port), Context(network))
    assert (refused.value.message, silent.asked) == (sentence, [])


def response(
    question: bytes,
    bindings: list[Binding],
    *,
    status: int = 0,
    index: int = 0,
    number: int | None = None,
    kind: int = snmp.RESPONSE,
) -> bytes:
    """An agent's answer under v2c."""
    message = Reader(question).sequence()
    version, community, pdu = message.integer(), message.octets(), message.sequence(snmp.GET)
    listed = (ber.sequence(ber.object_id(name), value) for name, value in bindings)
    head = [ber.integer(value) for value in (number or pdu.integer(), status, index)]
    body = ber.sequence(*head, ber.sequence(*listed), tag=kind)
    return ber.sequence(ber.integer(version), ber.octets(community), body)


@asynccontextmanager
async def agent(*bindings: Binding, **more: Any) -> AsyncIterator[dict[str, Any]]:
    """The monitor of an agent that says the same of everything."""
    async with answering(lambda asked: [response(asked, list(bindings), **more)]) as port:
        yield fields(NAMED, port)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (ber.octets(b"kuma-peer"), "kuma-peer"),
        (ber.octets("Küche".encode()), "Küche"),
        (ber.octets(b"12.50"), "12.5"),
        (ber.integer(-5), "-5"),
        (ber.element(0x41, b"\xff\xff\xff\xff"), "4294967295"),
        (ber.element(0x42, b"\0\x80"), "128"),
        (ber.element(0x43, b"\x05"), "5"),
        (ber.element(0x46, b"\0\xff" + bytes(5)), str(255 * 2**40)),
        (ber.element(0x40, bytes([10, 0, 0, 1])), "10.0.0.1"),
        (ber.object_id("1.3.6.1.4"), "1.3.6.1.4"),
        (ber.element(0x44, b"\x9f\x78\x04" + struct.pack(">f", 0.17)), "0.17"),
        (ber.element(0x44, b"\x9f\x79\x08" + struct.pack(">d", 0.17)), "0.17"),
        (ber.element(0x44, b"text"), "text"),
    ],
)
async def test_values(network: Network, value: bytes, text: str) -> None:
    async with agent((NAME, value)) as monitor:
        result = await run(SNMP, {**monitor, "expectedValue": text}, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == f"JSON query passes (comparing {text} == {text})"


EMPTY = (
    "Error evaluating JSON query: Empty or undefined response. Check query syntax and response structure. "
)


@pytest.mark.parametrize(
    ("bindings", "more", "message"),
    [
        ([(NAME, b"\x80\0")], {}, f"{EMPTY}Response from server was: null"),
        ([(NAME, b"\x05\0")], {}, f"{EMPTY}Response from server was: null"),
        ([(NAME, b"\x81\0")], {}, f"The SNMP query returned that no instance exists for OID {NAME}"),
        ([(NAME, b"\x82\0")], {}, f"The SNMP query returned that nothing comes after OID {NAME}"),
        ([], {}, f"No varbinds returned from SNMP session (OID: {NAME})"),
        ([(NAME, b"\x05\0")], {"status": 5, "index": 1}, f"GeneralError: {NAME}"),
        ([(NAME, b"\x05\0")], {"status": 16, "index": 0}, "AuthorizationError"),
        ([], {"status": 99, "index": 1}, "GeneralError"),
        (
            [("1.3.6", b"\x05\0")],
            {},
            f"OID '{NAME}' in request at position '0' does not match OID '1.3.6' in response at position '0'",
        ),
    ],
)
async def test_answers_without_a_value(
    network: Network, bindings: list[Binding], more: dict[str, Any], message: str
) -> None:
    async with agent(*bindings, **more) as monitor:
        failed = await failure(SNMP, monitor, Context(network))
    assert (failed.message, failed.local) == (message, False)


async def test_a_query_takes_a_value_out_of_a_text(network: Network) -> None:
    async with agent((NAME, ber.octets(b'{"state":{"n":3}}'))) as monitor:
        document = {**monitor, "jsonPath": "state.n", "jsonPathOperator": ">", "expectedValue": "2"}
        result = await run(SNMP, document, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "JSON query passes (comparing 3 > 2)"


async def test_answers_to_other_questions_are_passed_over(network: Network) -> None:
    right = [(NAME, ber.octets(b"kuma-peer"))]

    def reply(asked: bytes) -> list[bytes]:
        return [
            b"garbage",
            b"",
            response(asked, [(NAME, b"\x05\0")], number=5),
            response(asked, [(NAME, b"\x05\0")], kind=snmp.GET),
            snmp.get(snmp.V1, b"public", NAME, 1),
            response(asked, right),
        ]

    async with answering(reply) as port:
        result = await run(SNMP, fields(NAMED, port), Context(network))
    assert isinstance(result, CheckResult)


@pytest.mark.parametrize("reply", [lambda asked: [], lambda asked: [b"garbage"] * 100])
@pytest.mark.parametrize("version", ["2c", "3"])
async def test_silence_and_garbage_are_tried_again(
    network: Network, version: str, reply: Callable[[bytes], list[bytes]]
) -> None:
    asked = []

    def heard(data: bytes) -> list[bytes]:
        asked.append(data)
        return reply(data)

    async with answering(heard) as port:
        document = {**fields(NAMED, port), "maxretries": 2, "snmpVersion": version, "snmpV3Username": "u"}
        failed = await failure(SNMP, document, Context(network, timeout=0.05))
        assert (failed.message, failed.local) == ("Request timed out", True)
        assert len(asked) == 3
        assert len(set(asked)) == 1


async def test_retries_end_with_the_share_of_the_interval(network: Network) -> None:
    silent = Silent()
    async with answering(silent) as port:
        document = {**fields(NAMED, port), "maxretries": 1_000_000}
        async with asyncio.timeout(3):
            failed = await failure(SNMP, document, Context(network, timeout=0.1, interval=0.5))
    assert (failed.message, failed.local) == ("Request timed out", True)
    assert 3 <= len(silent.asked) <= 5


async def test_the_second_try_may_be_the_one_that_is_answered(network: Network) -> None:
    asked = []

    def reply(data: bytes) -> list[bytes]:
        asked.append(data)
        return [response(data, [(NAME, ber.octets(b"kuma-peer"))])] if len(asked) == 2 else []

    async with answering(reply) as port:
        result = await run(SNMP, {**fields(NAMED, port), "maxretries": 1}, Context(network, timeout=0.1))
    assert isinstance(result, CheckResult)


async def test_nobody_listens(network: Network) -> None:
    failed = await failure(SNMP, fields(NAMED, closed_port()), Context(network))
    assert (failed.message, failed.local) == ("Request timed out", False)


@given(st.binary(max_size=120), st.sampled_from((snmp.V1, snmp.V2C, snmp.V3)))
def test_any_datagram_is_read_or_refused(data: bytes, version: int) -> None:
    for message in (data, ber.sequence(ber.integer(version), ber.octets(b""), data)):
        try:
            assert snmp.read(message, version, 1) is None
        except BerError:
            continue


@given(st.binary(max_size=40), st.integers(0, 255))
def test_any_value_is_read_or_refused(content: bytes, tag: int) -> None:
    asked = snmp.get(snmp.V2C, b"public", NAME, 7)
    try:
        answer = snmp.read(response(asked, [(NAME, ber.element(tag, content))]), snmp.V2C, 7)
    except BerError:
        return
    assert answer is not None
    assert (answer.tag, answer.object_id) == (tag, NAME)
