"""SMTP checks: against aiosmtpd, against peers that misbehave, and what Uptime Kuma said of the same."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.checks.smtp import SmtpMonitor, SmtpOptions
from kuma_lite.core.declarations import CheckResult
from kuma_lite.net.network import Network
from tests.checks.peers import Talk, listening
from tests.checks.recorded import recorded
from tests.checks.support import Context, failure, run
from tests.peers import aiosmtpd_server
from tests.support.ports import closed_port

SMTP = SmtpMonitor()
# The original waits without an end; ours is in `test_silence`.
RECORDED = recorded("smtp", without=("silent peer",))
PREFIX = "SMTP connection doesn't verify: Error: "
PORTS = {41720: "plain", 41721: "starttls", 41722: "secure"}


@pytest.mark.parametrize(
    "case", [case for case, each in RECORDED.items() if each.config["port"] in PORTS], ids=str
)
async def test_what_the_original_says_of_a_real_server(network: Network, tmp_path: Path, case: str) -> None:
    each = RECORDED[case]
    async with aiosmtpd_server.running(tmp_path) as ports:
        document = each.document(port=getattr(ports, PORTS[each.config["port"]]), hostname="localhost")
        if each.status:
            result = await run(SMTP, document, Context(network))
            assert isinstance(result, CheckResult)
            assert result.message == each.message
            assert isinstance(result.ping, int)
        else:
            failed = await failure(SMTP, document, Context(network))
            assert (failed.message, failed.local) == (each.message, False)


async def test_nobody_there(network: Network) -> None:
    port = closed_port()
    failed = await failure(SMTP, RECORDED["refused"].document(port=port), Context(network))
    assert failed.message == f"{PREFIX}connect ECONNREFUSED 127.0.0.1:{port}"
    failed = await failure(SMTP, RECORDED["unknown host"].document(), Context(network))
    assert failed.message.startswith(f"{PREFIX}getaddrinfo E")


@pytest.mark.parametrize(
    ("mode", "security"), [("starttls", "starttls"), ("starttls", None), ("secure", "secure")]
)
async def test_any_certificate_on_request(
    network: Network, tmp_path: Path, mode: str, security: str | None
) -> None:
    async with aiosmtpd_server.running(tmp_path) as ports:
        document = {"hostname": "localhost", "port": getattr(ports, mode), "smtpSecurity": security}
        result = await run(SMTP, {**document, "ignoreTls": True}, Context(network))
        refused = await failure(SMTP, document, Context(network))
    assert isinstance(result, CheckResult)
    assert result.certificate is not None
    assert result.certificate.as_wire(0)["valid"] is False
    assert refused.certificate is not None
    assert refused.certificate.as_plain() == result.certificate.as_plain()


async def test_tls_to_a_server_that_speaks_none(network: Network, tmp_path: Path) -> None:
    async with aiosmtpd_server.running(tmp_path) as ports:
        document = {"hostname": "localhost", "port": ports.plain, "smtpSecurity": "secure"}
        failed = await failure(SMTP, document, Context(network))
    assert failed.message.startswith(f"{PREFIX}write EPROTO")


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
    ("answers", "security", "message"),
    [
        ([b"\xff\x00garbage\r\n"], "", RECORDED["garbage"].message.removeprefix(PREFIX)),
        ([b"554-no\r\n554 mail\r\n"], "", "Invalid greeting. response=554-no\n554 mail: 554-no\n554 mail"),
        ([b"220 x\r\n"], "", "Connection closed unexpectedly"),
        (
            [b"220 x\r\n", b"421 busy\r\n"],
            "",
            "Server terminates connection. response=421 busy: 421 busy",
        ),
        ([b"220 x\r\n", b"500 ?\r\n", b"500 ?\r\n"], "", "Invalid HELO. response=500 ?: 500 ?"),
        (
            [b"220 x\r\n", b"500 ?\r\n"],
            "starttls",
            "EHLO failed but HELO does not support required STARTTLS. response=500 ?: 500 ?",
        ),
        (
            [b"220 x\r\n", b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\n250 too early\r\n"],
            "",
            "Unexpected data before the TLS handshake",
        ),
        ([b"220 " + b"x" * 100_000], "", "The answer is too long"),
    ],
)
async def test_answers_that_are_no_good(
    network: Network, answers: list[bytes], security: str, message: str
) -> None:
    async with listening(server(*answers)) as port:
        document = {"hostname": "127.0.0.1", "port": port, "smtpSecurity": security}
        failed = await failure(SMTP, document, Context(network))
    assert failed.message == PREFIX + message


async def test_an_old_server_is_up(network: Network) -> None:
    async with listening(server(b"220 x\r\n", b"502 EHLO?\r\n", b"250 x\r\n")) as port:
        result = await run(SMTP, {"hostname": "127.0.0.1", "port": port}, Context(network))
    assert isinstance(result, CheckResult)


async def test_silence(network: Network) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        await reader.read()

    for talk, message in ((silent, "Greeting never received"), (mute, "Timeout")):
        async with listening(talk) as port:
            document: dict[str, Any] = {"hostname": "127.0.0.1", "port": port}
            failed = await failure(SMTP, document, Context(network, timeout=0.2))
        assert (failed.message, failed.local) == (PREFIX + message, True)


async def test_hanging_up_at_once(network: Network) -> None:
    async def gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        return

    async with listening(gone) as port:
        failed = await failure(SMTP, {"hostname": "127.0.0.1", "port": port}, Context(network))
    assert (failed.message, failed.local) == (f"{PREFIX}Connection closed", True)


def test_the_port_may_be_missing() -> None:
    options = SmtpOptions.read({"hostname": "h", "port": None, "smtpSecurity": None})
    assert options.port is None
    target = SMTP.target(options)
    assert target is not None
    assert target.host == "h"
