"""LDAP checks: against OpenLDAP, and servers that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import _ber as ber
from kuma_lite.checks import _ldap_messages, ldap
from kuma_lite.checks._ber import BerError, Reader
from kuma_lite.checks.ldap import LdapMonitor
from kuma_lite.core.declarations import CannotCheck, CheckFailed, CheckResult
from kuma_lite.core.errors import UserError
from kuma_lite.net.network import Network
from tests.checks.peers import listening
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority
from tests.peers import slapd
from tests.peers.slapd import ADMIN, BASE, PASSWORD, Ports
from tests.requires import needs_program
from tests.support.ports import closed_port

LDAP = LdapMonitor()
HOST = "127.0.0.1"
LOG_IN = {"basic_auth_user": ADMIN, "basic_auth_pass": PASSWORD}
BOB = f"uid=kumabob,ou=people,{BASE}"
NO_LDAP = "Unexpected answer: no LDAP server is listening there"


async def said(network: Network, document: dict[str, Any]) -> str:
    """The text of a check, whatever came out."""
    try:
        result = await run(LDAP, {"hostname": HOST, **document}, Context(network))
    except CheckFailed as failed:
        assert not failed.local
        return failed.message
    assert isinstance(result, CheckResult)
    assert isinstance(result.ping, int)
    return result.message


@needs_program(slapd.PROGRAM)
async def test_a_real_server(network: Network, tmp_path: Path) -> None:
    async with slapd.running(tmp_path) as ports:
        for document, message in (
            ({}, "Anonymous bind succeeded"),
            (LOG_IN, "Bind succeeded"),
            ({"basic_auth_user": BOB, "basic_auth_pass": "hello pass"}, "Bind succeeded"),
            ({**LOG_IN, "basic_auth_pass": "wrong"}, "Bind failed: invalid credentials (49)"),
            ({**LOG_IN, "basic_auth_user": "nobody"}, "Bind failed: invalid DN (34): invalid DN"),
            ({"smtpSecurity": "starttls", "ignoreTls": True}, "Anonymous bind succeeded"),
        ):
            assert await said(network, {**document, "port": ports.plain}) == message
        await _searches(network, ports)


async def _searches(network: Network, ports: Ports) -> None:
    found = "Anonymous bind succeeded, the search found an entry"
    nothing = "The search found no entry"
    for condition, message in (
        ("", found),
        ("(uid=kumabob)", found),
        ("uid=kumabob", found),
        ("(uid=nobody)", nothing),
        ("(&(objectClass=inetOrgPerson)(|(uid=x)(uid=kuma*))(!(cn=Alice)))", found),
        (r"(cn=Bob \28the builder\29)", found),
        (r"(cn=*\28the*\29)", found),
        ("(sn=bär)", found),
        ("(sn>=A)", nothing),  # the attribute has no order
        ("(mail=*)", nothing),
        ("(uid:caseExactMatch:=KUMABOB)", nothing),
        ("(ou:dn:=people)", found),
    ):
        document = {"port": ports.plain, "location": f"ou=people,{BASE}", "databaseQuery": condition}
        assert await said(network, document) == message, condition
    for base, message in (
        (BOB, found),
        (f"ou=nowhere,{BASE}", "Search failed: no such object (32)"),
        ("nonsense", "Search failed: invalid DN (34): invalid DN"),
        (f"cn=elsewhere,{BASE}", "Search failed: referral to another server (10)"),
    ):
        assert await said(network, {"port": ports.plain, "location": base}) == message, base
    document = {"port": ports.plain, "location": BASE, "databaseQuery": "(cn=else*)"}
    assert await said(network, document) == f"{nothing}, only references to other servers"


@needs_program(slapd.PROGRAM)
async def test_tls_on_a_real_server(network: Network, tmp_path: Path, authority: Authority) -> None:
    certificate = authority.server("localhost")
    async with slapd.running(tmp_path, certificate, "security simple_bind=128") as ports:
        for security, port in (("secure", ports.tls), ("starttls", ports.plain)):
            document = {"hostname": "localhost", "port": port, "smtpSecurity": security, **LOG_IN}
            trusting = {**document, "tlsCa": authority.root_pem}
            result = await run(LDAP, trusting, Context(network))
            assert isinstance(result, CheckResult)
            assert result.message == "Bind succeeded"
            assert result.certificate is not None
            assert result.certificate.as_plain()["valid"]
            failed = await failure(LDAP, {**trusting, "basic_auth_pass": "wrong"}, Context(network))
            assert failed.certificate is not None
            failed = await failure(LDAP, document, Context(network))
            assert failed.message == "unable to get local issuer certificate"
            assert failed.certificate is not None
            assert failed.certificate.as_plain()["chain"] == result.certificate.as_plain()["chain"][:-1]
            assert await said(network, {**document, "ignoreTls": True}) == "Bind succeeded"
            wrong_name = await said(network, {**trusting, "hostname": HOST})
            assert wrong_name.startswith("Hostname/IP does not match certificate's altnames: IP: 127.0.0.1")
        plain = {"port": ports.plain, **LOG_IN}
        reason = "confidentiality required (13): confidentiality required"
        assert await said(network, plain) == f"Bind failed: {reason}"
        failed = await failure(LDAP, {**plain, "hostname": HOST, "smtpSecurity": "secure"}, Context(network))
        assert failed.message in (
            "Client network socket disconnected before secure TLS connection was established",
            "read ECONNRESET",
        )


# --- A server of our own ---------------------------------------------------------------------------------


def answer(number: int, kind: int, code: int = 0, reason: str = "") -> bytes:
    result = (ber.integer(code, ber.ENUMERATED), ber.octets(b""), ber.octets(reason.encode()))
    return ber.sequence(ber.integer(number), ber.sequence(*result, tag=kind))


Script = Callable[[int, int], bytes]


@asynccontextmanager
async def server(script: Script) -> AsyncIterator[int]:
    """What it says to the number and kind of each message; nothing hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readexactly(2):
            message = Reader(head + await reader.readexactly(head[1])).sequence()
            reply = script(message.integer(), message.tag)
            if not reply:
                return
            writer.write(reply)

    async with listening(talk) as port:
        yield port


def bound(then: Script) -> Script:
    """Lets everybody in, and goes on with the search."""
    return lambda number, kind: (
        answer(number, _ldap_messages.BIND_ANSWER) if kind == _ldap_messages.BIND else then(number, kind)
    )


ENTRY, DONE = _ldap_messages.ENTRY, _ldap_messages.SEARCH_DONE


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (lambda number, kind: b"HTTP/1.1 400 Bad Request\r\n\r\n", NO_LDAP),
        (lambda number, kind: b"\x30\x80" + bytes(20), NO_LDAP),
        (lambda number, kind: b"\x30\x02\x05\x00", NO_LDAP),
        (lambda number, kind: b"\x30\x84\x7f\xff\xff\xff", "The answer is too long"),
        (lambda number, kind: answer(number + 1, _ldap_messages.BIND_ANSWER), NO_LDAP),
        (lambda number, kind: answer(number, DONE), NO_LDAP),
        (
            lambda number, kind: answer(0, _ldap_messages.EXTENDED_ANSWER, 52, "shutting\ndown"),
            "The server ends the connection: unavailable (52): shutting down",
        ),
        (lambda number, kind: answer(number, _ldap_messages.BIND_ANSWER, 123), "Bind failed: error (123)"),
        (lambda number, kind: b"", "socket hang up"),
        (bound(lambda number, kind: b""), "socket hang up"),
        (bound(lambda number, kind: answer(number, DONE, 4)), "Search failed: size limit exceeded (4)"),
        (
            bound(lambda number, kind: ber.sequence(ber.integer(number), ber.element(ENTRY, b""))),
            "Anonymous bind succeeded, the search found an entry",
        ),
    ],
)
async def test_other_servers(network: Network, script: Script, message: str) -> None:
    async with server(script) as port:
        try:
            result = await run(LDAP, {"hostname": HOST, "port": port, "location": "dc=a"}, Context(network))
        except CheckFailed as failed:
            assert failed.message == message
        else:
            assert isinstance(result, CheckResult)
            assert result.message == message


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (
            lambda number: answer(number, _ldap_messages.EXTENDED_ANSWER, 2, "unsupported"),
            "STARTTLS failed: protocol error (2): unsupported",
        ),
        (
            lambda number: answer(number, _ldap_messages.EXTENDED_ANSWER) + b"early",
            "Unexpected data before the TLS handshake",
        ),
    ],
)
async def test_starttls_that_fails(network: Network, reply: Callable[[int], bytes], message: str) -> None:
    async with server(lambda number, kind: reply(number)) as port:
        document = {"hostname": HOST, "port": port, "smtpSecurity": "starttls"}
        assert (await failure(LDAP, document, Context(network))).message == message


@pytest.mark.parametrize("security", [None, "secure", "starttls"])
async def test_silence(network: Network, security: str | None) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as port:
        document = {"hostname": HOST, "port": port, "smtpSecurity": security}
        failed = await failure(LDAP, document, Context(network, timeout=0.1))
    assert (failed.message, failed.local) == ("timeout of 100ms exceeded", True)


async def test_nobody_listens_and_nobody_knows(network: Network) -> None:
    port = closed_port()
    assert await said(network, {"port": port}) == f"connect ECONNREFUSED 127.0.0.1:{port}"
    failed = await failure(LDAP, {"hostname": "nonexistent.invalid"}, Context(network))
    assert failed.message.startswith("getaddrinfo E")


@pytest.mark.parametrize(("security", "port"), [(None, 389), ("secure", 636), ("starttls", 389)])
async def test_ports(
    network: Network, monkeypatch: pytest.MonkeyPatch, security: str | None, port: int
) -> None:
    monkeypatch.setitem(ldap.PORTS, port == 636, closed := closed_port())
    document = {"smtpSecurity": security}
    assert await said(network, document) == f"connect ECONNREFUSED 127.0.0.1:{closed}"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"basic_auth_user": "cn=a"}, "Password is required with a Bind DN."),
        ({"basic_auth_pass": "a"}, "Bind DN is required with a Password."),
        ({"databaseQuery": "(uid=a"}, "Search filter: it ends too early"),
        ({"smtpSecurity": "secure", "tlsCa": "none"}, "The CA certificate cannot be read: no start line"),
    ],
)
async def test_what_is_refused_on_save(network: Network, document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        LDAP.validate(LDAP.options.read(document), document)
    assert str(refused.value).startswith(sentence)
    async with server(lambda number, kind: b"") as port:  # stored by an import, it is nobody's fault
        with pytest.raises(CannotCheck) as cannot:
            await run(LDAP, {"hostname": HOST, "port": port, **document}, Context(network))
    assert cannot.value.message.startswith(sentence)


def test_secrets_are_not_shown() -> None:
    document = {**LOG_IN, "basic_auth_pass": "very secret"}
    assert "very secret" not in str(LDAP.options.words()["basic_auth_pass"])
    assert LDAP.options.read(document).password == "very secret"


@given(st.binary(max_size=60))
def test_any_message_is_read_or_refused(data: bytes) -> None:
    for message in (data, ber.sequence(ber.integer(1), data), answer(1, _ldap_messages.BIND_ANSWER) + data):
        try:
            _ldap_messages.read(message)
        except BerError:
            continue
