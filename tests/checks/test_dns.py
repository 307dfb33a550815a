"""DNS checks against a small server of our own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from kuma_lite.checks import _dns_query
from kuma_lite.checks.dns import DnsMonitor
from kuma_lite.core.declarations import CheckResult
from kuma_lite.net.network import Network
from tests.checks.support import Context, failure, run
from tests.support.ports import closed_port

DNS = DnsMonitor()
LONG = "x" * 200

ZONE = {
    ("host.test.", "A"): ["192.0.2.10", "192.0.2.11"],
    ("host.test.", "AAAA"): ["2001:db8::1"],
    ("host.test.", "TXT"): ['"hello world"', '"one" "two"'],
    ("host.test.", "MX"): ["10 mx1.test.", "20 mx2.test."],
    ("host.test.", "NS"): ["ns1.test.", "ns2.test."],
    ("host.test.", "SOA"): ["ns1.test. admin.test. 7 3600 600 86400 300"],
    ("host.test.", "SRV"): ["1 2 443 web.test."],
    ("host.test.", "CAA"): ['0 issue "letsencrypt.org"', '0 iodef "mailto:a@test"'],
    ("alias.test.", "CNAME"): ["host.test."],
    ("10.2.0.192.in-addr.arpa.", "PTR"): ["host.test."],
    ("long.test.", "TXT"): [f'"{index}{LONG}"' for index in range(20)],
    ("big.test.", "TXT"): [f'"{index}{LONG}"' for index in range(4)],
    ("xn--strae-oqa.test.", "A"): ["192.0.2.12"],
}

Answering = Callable[[dns.message.Message], bytes | None]


def from_zone(query: dns.message.Message) -> bytes:
    answer = dns.message.make_response(query)
    question = query.question[0]
    kind = dns.rdatatype.to_text(question.rdtype)
    name = question.name
    if kind == "A" and (name.to_text(), "CNAME") in ZONE:
        target = ZONE[name.to_text(), "CNAME"][0]
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", target))
        name = dns.name.from_text(target)
    if (name.to_text(), kind) in ZONE:
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *ZONE[name.to_text(), kind]))
    elif not any(known == name.to_text() for known, _ in ZONE):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire(max_size=65_535, want_shuffle=False)


def refusing(code: dns.rcode.Rcode) -> Answering:
    def answer(query: dns.message.Message) -> bytes:
        response = dns.message.make_response(query)
        response.set_rcode(code)
        return response.to_wire()

    return answer


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.asked: list[dns.message.Message] = []
        self.largest = 65_535

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        self.asked.append(query)
        wire = self.answering(query)
        if wire is not None and len(wire) > max(512, min(query.payload, self.largest)):
            cut = dns.message.make_response(query)
            cut.flags |= dns.flags.TC
            wire = cut.to_wire()
        if wire is not None:
            self.transport.sendto(wire, addr)


@asynccontextmanager
async def nameserver(
    answering: Answering = from_zone, *, tcp: bool = True
) -> AsyncIterator[tuple[int, _Udp]]:
    """UDP and TCP on one port of 127.0.0.1."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = int.from_bytes(await reader.readexactly(2), "big")
        wire = answering(dns.message.from_wire(await reader.readexactly(length))) or b""
        writer.write(len(wire).to_bytes(2, "big") + wire)
        await writer.drain()
        writer.close()

    loop = asyncio.get_running_loop()
    while True:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            transport, udp = await loop.create_datagram_endpoint(
                lambda: _Udp(answering), local_addr=("127.0.0.1", port)
            )
            break
        except OSError:  # free for TCP, and taken by somebody else's datagrams
            server.close()
    if not tcp:
        server.close()
        await server.wait_closed()
    try:
        yield port, udp
    finally:
        transport.close()
        server.close()


def document(port: int | None, kind: str = "A", host: str = "host.test", **options: Any) -> dict[str, Any]:
    return {
        "hostname": host,
        "dns_resolve_type": kind,
        "dns_resolve_server": "127.0.0.1",
        "port": port,
        **options,
    }


@pytest.mark.parametrize(
    ("host", "kind", "message"),
    [
        ("host.test", "A", "Records: 192.0.2.10 | 192.0.2.11"),
        ("host.test.", "AAAA", "Records: 2001:db8::1"),
        ("alias.test", "A", "Records: 192.0.2.10 | 192.0.2.11"),
        ("alias.test", "CNAME", "host.test"),
        ("host.test", "TXT", "Records: hello world | onetwo"),
        ("host.test", "MX", "Hostname: mx1.test - Priority: 10 | Hostname: mx2.test - Priority: 20"),
        ("host.test", "NS", "Servers: ns1.test | ns2.test"),
        (
            "host.test",
            "SOA",
            "NS-Name: ns1.test | Hostmaster: admin.test | Serial: 7 | Refresh: 3600 | Retry: 600 | "
            "Expire: 86400 | MinTTL: 300",
        ),
        ("host.test", "SRV", "Name: web.test | Port: 443 | Priority: 1 | Weight: 2"),
        ("host.test", "CAA", "Records: letsencrypt.org | iodef mailto:a@test"),
        ("192.0.2.10", "PTR", "Records: host.test"),
    ],
)
async def test_records_are_told(network: Network, host: str, kind: str, message: str) -> None:
    async with nameserver() as (port, _):
        result = await run(DNS, document(port, kind, host), Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == message
    assert isinstance(result.ping, int)


async def test_an_answer_that_was_cut_is_fetched_over_tcp(network: Network) -> None:
    async with nameserver() as (port, udp):
        result = await run(DNS, document(port, "TXT", "long.test"), Context(network))
    assert isinstance(result, CheckResult)
    assert result.message.count(LONG) == 20
    assert len(udp.asked) == 1


@pytest.mark.parametrize(
    ("host", "kind", "message"),
    [
        ("nowhere.test", "A", "queryA ENOTFOUND nowhere.test"),
        ("nowhere.test", "MX", "queryMx ENOTFOUND nowhere.test"),
        ("alias.test", "AAAA", "queryAaaa ENODATA alias.test"),
        ("192.0.2.99", "PTR", "getHostByAddr ENOTFOUND 192.0.2.99"),
        ("host.test", "PTR", "getHostByAddr EINVAL host.test"),
        ("a..b", "A", "queryA EBADNAME a..b"),
        ("host.test", "ANY", "Unknown record type: ANY"),
    ],
)
async def test_no_records_are_a_failure(network: Network, host: str, kind: str, message: str) -> None:
    async with nameserver() as (port, _):
        failed = await failure(DNS, document(port, kind, host), Context(network))
    assert (failed.message, failed.ping, failed.local) == (message, None, False)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (dns.rcode.SERVFAIL, "ESERVFAIL"),
        (dns.rcode.REFUSED, "EREFUSED"),
        (dns.rcode.NOTIMP, "ENOTIMP"),
        (dns.rcode.FORMERR, "EFORMERR"),
        (dns.rcode.YXDOMAIN, "EBADRESP"),
    ],
)
async def test_a_server_that_refuses_is_asked_again_and_believed(
    network: Network, code: dns.rcode.Rcode, word: str
) -> None:
    async with nameserver(refusing(code)) as (port, udp):
        failed = await failure(DNS, document(port), Context(network))
    assert failed.message == f"queryA {word} host.test"
    at_once_without = code in (dns.rcode.FORMERR, dns.rcode.NOTIMP)
    assert [query.edns for query in udp.asked] == ([0, -1, -1] if at_once_without else [0, -1])


async def test_garbage_is_no_answer(network: Network) -> None:
    async with nameserver(lambda query: query.id.to_bytes(2, "big") + b"\xff") as (port, _):
        failed = await failure(DNS, document(port), Context(network))
    assert failed.message == "queryA EBADRESP host.test"


async def test_answers_to_other_questions_do_not_count(network: Network) -> None:
    def forge(query: dns.message.Message) -> bytes:
        other = dns.message.make_query("evil.test", "A", id=query.id)
        return from_zone(other)

    async with nameserver(forge) as (port, _):
        failed = await failure(DNS, document(port), Context(network))
    assert failed.message == "queryA EBADRESP host.test"


async def test_a_lost_datagram_is_sent_again(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dns_query, "TRY_S", 1.0)
    lost: list[Any] = []

    def losing(query: dns.message.Message) -> bytes | None:
        lost.append(query)
        return None if len(lost) == 1 else from_zone(query)

    async with nameserver(losing) as (port, _):
        result = await run(DNS, document(port), Context(network))
    assert isinstance(result, CheckResult)
    assert len(lost) == 2


async def test_silence_may_be_our_own_fault(network: Network) -> None:
    async with nameserver(lambda _: None) as (port, _):
        failed = await failure(DNS, document(port), Context(network, timeout=0.2))
    assert (failed.message, failed.local) == ("queryA ETIMEOUT host.test", True)


async def test_nobody_listens(network: Network) -> None:
    failed = await failure(DNS, document(closed_port()), Context(network))
    assert (failed.message, failed.local) == ("queryA ECONNREFUSED host.test", False)


async def test_the_next_server_is_asked(network: Network) -> None:
    async with nameserver() as (port, _):
        servers = "no-such-server.invalid, 127.0.0.2 ,127.0.0.1"
        result = await run(DNS, document(port, dns_resolve_server=servers), Context(network))
    assert isinstance(result, CheckResult)


@pytest.mark.parametrize(
    ("options", "beginning"),
    [
        ({"dns_resolve_server": " , "}, "No Resolver Servers specified."),
        ({"dns_resolve_server": None}, "No Resolver Servers specified."),
        ({"dns_resolve_server": "no-such-server.invalid"}, "None of the configured resolver servers"),
        ({"port": 0}, "Invalid port"),
        ({"port": 65_536}, "Invalid port"),
    ],
)
async def test_servers_that_cannot_be_asked(
    network: Network, options: dict[str, Any], beginning: str
) -> None:
    failed = await failure(DNS, document(53) | options, Context(network))
    assert failed.message.startswith(beginning)


def about(operator: str, value: str, variable: str = "record") -> list[dict[str, str]]:
    return [
        {"type": "expression", "andOr": "and", "variable": variable, "operator": operator, "value": value}
    ]


@pytest.mark.parametrize(
    ("kind", "conditions", "met"),
    [
        ("A", about("equals", "192.0.2.11"), True),
        ("A", about("contains", "198."), False),
        ("A", about("not_equals", "192.0.2.10"), True),
        ("MX", about("equals", "mx2.test"), True),
        ("SOA", about("equals", "ns1.test"), True),
        ("SRV", about("equals", "web.test"), True),
        ("NS", about("starts_with", "ns3"), False),
        ("TXT", about("equals", "onetwo"), True),
        ("TXT", about("equals", "two"), True),
        ("CAA", about("equals", "letsencrypt.org"), True),
        ("CAA", about("contains", "other"), False),
    ],
)
async def test_one_record_has_to_meet_the_conditions(
    network: Network, kind: str, conditions: Any, met: bool
) -> None:
    async with nameserver() as (port, _):
        asked = document(port, kind)
        plain = await run(DNS, asked, Context(network))
        assert isinstance(plain, CheckResult)
        if met:
            result = await run(DNS, {**asked, "conditions": conditions}, Context(network))
            assert isinstance(result, CheckResult)
            assert result.message == result.last_result == plain.message
        else:
            failed = await failure(DNS, {**asked, "conditions": conditions}, Context(network))
            assert failed.message == failed.last_result == plain.message
            assert isinstance(failed.ping, int)


async def test_conditions_about_nothing_we_know(network: Network) -> None:
    async with nameserver() as (port, _):
        asked = document(port, conditions=about("equals", "x", "other"))
        failed = await failure(DNS, asked, Context(network))
    assert failed.message == "Variable missing in context: other"


# --- EDNS (RFC 6891) ---------------------------------------------------------------------------------------


def without_edns(code: dns.rcode.Rcode | None) -> Answering:
    """A server that refuses questions with EDNS, or says nothing to them."""

    def answer(query: dns.message.Message) -> bytes | None:
        if query.edns < 0:
            return from_zone(query)
        if code is None:
            return None
        response = dns.message.make_response(query)
        response.set_rcode(code)
        if code != dns.rcode.BADVERS:
            response.use_edns(False)
        if code == dns.rcode.FORMERR:
            response.question = []
        return response.to_wire()

    return answer


async def test_a_large_answer_fits_a_datagram(network: Network) -> None:
    async with nameserver(tcp=False) as (port, udp):
        result = await run(DNS, document(port, "TXT", "big.test"), Context(network))
    assert isinstance(result, CheckResult) and result.message.startswith("Records: 0xxx")
    assert [query.payload for query in udp.asked] == [_dns_query.EDNS_PAYLOAD]


async def test_a_larger_one_comes_over_tcp_or_in_a_large_datagram(network: Network) -> None:
    ask = document(None, "TXT", "long.test")
    async with nameserver() as (port, udp):
        result = await run(DNS, {**ask, "port": port}, Context(network))
        assert isinstance(result, CheckResult) and len(udp.asked) == 1
    async with nameserver(tcp=False) as (port, udp):
        udp.largest = 4096
        failed = await failure(DNS, {**ask, "port": port}, Context(network, timeout=5))
        assert failed.message == "queryTxt ECONNREFUSED long.test"
        udp.largest = 65_535
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_dns_query, "LARGE_PAYLOAD", 8192)
            result = await run(DNS, {**ask, "port": port}, Context(network))
        assert isinstance(result, CheckResult)


@pytest.mark.parametrize(
    "code",
    [dns.rcode.FORMERR, dns.rcode.NOTIMP, dns.rcode.BADVERS, dns.rcode.SERVFAIL, None],
)
async def test_a_server_that_knows_no_edns(
    network: Network, code: dns.rcode.Rcode | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_dns_query, "EDNS_TRY_S", 0.2)
    async with nameserver(without_edns(code)) as (port, udp):
        for kind, host in (("A", "host.test"), ("TXT", "big.test")):
            result = await run(DNS, document(port, kind, host), Context(network))
            assert isinstance(result, CheckResult)
    assert [query.edns for query in udp.asked] == [0, -1, 0, -1]


async def test_a_lost_datagram_is_asked_for_again(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dns_query, "EDNS_TRY_S", 0.2)
    seen: list[int] = []

    def forgetful(query: dns.message.Message) -> bytes | None:
        seen.append(query.id)
        return from_zone(query) if len(seen) > 1 else None

    async with nameserver(forgetful) as (port, _):
        assert isinstance(await run(DNS, document(port), Context(network, timeout=1)), CheckResult)


@pytest.mark.parametrize("host", ["straße.test", "Straße.Test", "straße。test", "xn--strae-oqa.test"])
async def test_names_in_other_scripts(network: Network, host: str) -> None:
    async with nameserver() as (port, _):
        result = await run(DNS, document(port, host=host), Context(network))
    assert isinstance(result, CheckResult) and result.message == "Records: 192.0.2.12"


async def test_a_name_that_cannot_be_written(network: Network) -> None:
    failed = await failure(DNS, document(9, host="\ufffd.test"), Context(network))
    assert "EBADNAME" in failed.message


async def test_a_server_in_brackets(network: Network) -> None:
    async with nameserver() as (port, _):
        asked = document(port, dns_resolve_server="[127.0.0.1]")
        assert isinstance(await run(DNS, asked, Context(network)), CheckResult)
