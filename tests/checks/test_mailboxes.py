"""IMAP and POP3 checks: against Dovecot, and against peers that misbehave."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.checks._mailbox import MailboxMonitor
from kuma_lite.checks.imap import ImapMonitor
from kuma_lite.checks.pop3 import Pop3Monitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.net.network import Network
from tests.checks.peers import Talk, listening
from tests.checks.support import Context, failure, run
from tests.peers import dovecot
from tests.requires import needs_program, needs_root
from tests.support.ports import closed_port

IMAP, POP3 = ImapMonitor(), Pop3Monitor()
KINDS: dict[str, MailboxMonitor] = {"imap": IMAP, "pop3": POP3}
BOTH = pytest.mark.parametrize("name", list(KINDS))


@needs_root()
@needs_program(dovecot.PROGRAM)
async def test_a_real_server(network: Network, tmp_path: Path) -> None:
    async with dovecot.running(tmp_path) as ports:
        for name, kind in KINDS.items():
            login = {"basic_auth_user": dovecot.USER, "basic_auth_pass": dovecot.PASSWORD}
            for security in (None, "starttls", "secure"):
                port = getattr(ports, f"{name}s" if security == "secure" else name)
                document: dict[str, Any] = {"hostname": "localhost", "port": port, "smtpSecurity": security}
                if security:
                    failed = await failure(kind, document, Context(network))
                    assert failed.message == "self-signed certificate"
                    assert failed.certificate is not None
                    assert len(failed.certificate.as_plain()["chain"]) == 1
                document["ignoreTls"] = True
                result = await run(kind, document, Context(network))
                assert isinstance(result, CheckResult)
                assert "OK" in result.message
                result = await run(kind, {**document, **login}, Context(network))
                assert isinstance(result, CheckResult)
                assert result.message == "Logged in"
                assert (result.certificate is not None) == bool(security)
                assert isinstance(result.ping, int)
            for wrong in ("wrong", 'wr"ong', "wröng"):
                document = {**document, **login, "basic_auth_pass": wrong}
                failed = await failure(kind, document, Context(network))
                assert failed.message.startswith("Log-in failed: ")
                assert "uthentication failed" in failed.message
                assert wrong not in failed.message


def server(*answers: bytes) -> Talk:
    """Greets with the first, answers a line with each of the others, then hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answers[0])
        for answer in answers[1:]:
            await reader.readline()
            writer.write(answer)
        await writer.drain()
        await reader.readline()

    return talk


@pytest.mark.parametrize(
    ("name", "answers", "more", "message"),
    [
        ("imap", [b"* BYE too many\r\n"], {}, "BYE too many"),
        ("imap", [b"220 mail\r\n"], {}, "Unexpected answer: no IMAP server is listening there"),
        (
            "imap",
            [b"* OK hi\r\n", b"* CAPABILITY x\r\na1 NO not here\r\n"],
            {"smtpSecurity": "starttls"},
            "STARTTLS failed: NO not here",
        ),
        (
            "imap",
            [b"* OK hi\r\n", b"a1 OK go\r\n* OK early\r\n"],
            {"smtpSecurity": "starttls"},
            "Unexpected data before the TLS handshake",
        ),
        ("imap", [b"* OK hi\r\n", b"a2 BAD no\r\n"], {"basic_auth_user": "ü"}, "Log-in failed: BAD no"),
        (
            "imap",
            [b"* OK hi\r\n", b"what?\r\n"],
            {"basic_auth_user": "u"},
            "Unexpected answer: no IMAP server is listening there",
        ),
        (
            "imap",
            [b"* OK hi\r\n", b"* x\r\n" * 200],
            {"basic_auth_user": "u"},
            "Unexpected answer: no IMAP server is listening there",
        ),
        ("imap", [b"* OK hi" + b"x" * 100_000], {}, "The answer is too long"),
        ("pop3", [b"-ERR busy\r\n"], {}, "-ERR busy"),
        ("pop3", [b"HTTP/1.1 400\r\n"], {}, "Unexpected answer: no POP3 server is listening there"),
        ("pop3", [b"+OK\r\n", b"-ERR ?\r\n"], {"smtpSecurity": "starttls"}, "STARTTLS failed: -ERR ?"),
        (
            "pop3",
            [b"+OK\r\n", b"+OK\r\n", b"-ERR no\r\n"],
            {"basic_auth_user": "u"},
            "Log-in failed: -ERR no",
        ),
    ],
)
async def test_answers_that_are_no_good(
    network: Network, name: str, answers: list[bytes], more: dict[str, Any], message: str
) -> None:
    async with listening(server(*answers)) as port:
        failed = await failure(KINDS[name], {"hostname": "127.0.0.1", "port": port, **more}, Context(network))
    assert failed.message == message


@BOTH
async def test_nobody_there(network: Network, name: str) -> None:
    port = closed_port()
    failed = await failure(KINDS[name], {"hostname": "127.0.0.1", "port": port}, Context(network))
    assert failed.message == f"connect ECONNREFUSED 127.0.0.1:{port}"
    failed = await failure(KINDS[name], {"hostname": "nonexistent.invalid"}, Context(network))
    assert failed.message.startswith("getaddrinfo E")


@BOTH
async def test_silence_and_hanging_up(network: Network, name: str) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        return

    async with listening(silent) as port:
        document = {"hostname": "127.0.0.1", "port": port}
        failed = await failure(KINDS[name], document, Context(network, timeout=0.2))
        assert (failed.message, failed.local) == ("timeout of 200ms exceeded", True)
    async with listening(gone) as port:
        failed = await failure(KINDS[name], {**document, "port": port}, Context(network))
        assert (failed.message, failed.local) == ("socket hang up", True)


@BOTH
@pytest.mark.parametrize(
    "credentials", [{"basic_auth_user": "u\r\na"}, {"basic_auth_pass": "p"}, {"basic_auth_user": "\0"}]
)
async def test_credentials_that_cannot_be_said(
    network: Network, name: str, credentials: dict[str, Any]
) -> None:
    with pytest.raises(CannotCheck):
        await run(KINDS[name], {"hostname": "127.0.0.1", **credentials}, Context(network))
