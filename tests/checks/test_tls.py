"""TLS checks: certificates of every kind, at once and after the words of seven protocols."""

from __future__ import annotations

import asyncio
import time
from typing import Any, TypeAlias

import pytest

from kuma_lite.checks._starttls import PREAMBLES
from kuma_lite.checks.tls import TlsMonitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.core.errors import UserError
from kuma_lite.net.network import Network
from tests.checks.peers import listening
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority, issue
from tests.support.ports import closed_port

TLS = TlsMonitor()
SELF_SIGNED = issue("localhost", names=("localhost",))
Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter


def now(network: Network) -> Context:
    return Context(network, now=time.time())


async def quiet(reader: Reader, writer: Writer) -> None:
    await reader.read()


def document(port: int, **more: Any) -> dict[str, Any]:
    return {"hostname": "localhost", "port": port, **more}


async def test_a_certificate_of_an_authority_of_ones_own(network: Network, authority: Authority) -> None:
    issued = issue("localhost", by=authority.root, names=("localhost",), days=30)
    async with listening(quiet, issued.server_context()) as port:
        trusting = document(port, tlsCa=authority.root_pem)
        result = await run(TLS, trusting, now(network))
        assert isinstance(result, CheckResult)
        assert result.message == "The certificate has 29 days left"
        assert isinstance(result.ping, int)
        assert result.certificate is not None
        assert result.certificate.as_wire(time.time())["valid"] is True
        assert isinstance(await run(TLS, {**trusting, "expectedValue": "29"}, now(network)), CheckResult)
        failed = await failure(TLS, {**trusting, "expectedValue": 30}, now(network))
        assert failed.message == "The certificate has 29 days left, fewer than 30"
        assert failed.certificate is not None
        failed = await failure(TLS, {**trusting, "hostname": "127.0.0.1"}, now(network))
        assert failed.message.startswith("Hostname/IP does not match certificate's altnames")


@pytest.mark.parametrize(
    ("days", "message", "lenient"),
    [
        (90, "self-signed certificate", "The certificate has 89 days left"),
        (-0.5, "certificate has expired", "The certificate has 0 days left"),
    ],
)
async def test_certificates_that_are_not_valid(
    network: Network, days: float, message: str, lenient: str
) -> None:
    issued = issue("localhost", names=("localhost",), days=days)
    async with listening(quiet, issued.server_context()) as port:
        failed = await failure(TLS, document(port), now(network))
        assert failed.message == message
        assert failed.certificate is not None
        result = await run(TLS, document(port, ignoreTls=True), now(network))
    assert isinstance(result, CheckResult)
    assert result.message == lenient


async def _smtp(reader: Reader, writer: Writer) -> None:
    writer.write(b"220 x\r\n")
    await reader.readline()
    writer.write(b"250-x\r\n250 STARTTLS\r\n")
    assert await reader.readline() == b"STARTTLS\r\n"
    writer.write(b"220 go\r\n")


async def _imap(reader: Reader, writer: Writer) -> None:
    writer.write(b"* OK x\r\n")
    await reader.readline()
    writer.write(b"a001 OK go\r\n")


async def _pop3(reader: Reader, writer: Writer) -> None:
    writer.write(b"+OK x\r\n")
    assert await reader.readline() == b"STLS\r\n"
    writer.write(b"+OK go\r\n")


async def _ftp(reader: Reader, writer: Writer) -> None:
    writer.write(b"220-x\r\n220 y\r\n")
    assert await reader.readline() == b"AUTH TLS\r\n"
    writer.write(b"234 go\r\n")


async def _xmpp(reader: Reader, writer: Writer) -> None:
    await reader.readuntil(b"streams'>")
    writer.write(b"<stream:features><starttls/></stream:features>")
    await reader.readuntil(b"/>")
    writer.write(b"<proceed/>")


async def _postgres(reader: Reader, writer: Writer) -> None:
    assert await reader.readexactly(8) == b"\0\0\0\x08\x04\xd2\x16\x2f"
    writer.write(b"S")


def _mysql_handshake(flags: int) -> bytes:
    body = b"\x0a8.0.1\0" + bytes(4) + b"saltsalt\0" + flags.to_bytes(2, "little") + bytes(30)
    return len(body).to_bytes(3, "little") + b"\0" + body


async def _mysql(reader: Reader, writer: Writer) -> None:
    writer.write(_mysql_handshake(0xFFFF))
    asked = await reader.readexactly(36)
    assert asked[:4] == b"\x20\0\0\1"
    assert int.from_bytes(asked[4:8], "little") & 0x0800


SERVERS = {
    "smtp": _smtp,
    "imap": _imap,
    "pop3": _pop3,
    "ftp": _ftp,
    "xmpp": _xmpp,
    "postgres": _postgres,
    "mysql": _mysql,
}


@pytest.mark.parametrize("protocol", list(PREAMBLES))
async def test_starttls(network: Network, protocol: str) -> None:
    async def talk(reader: Reader, writer: Writer) -> None:
        await SERVERS[protocol](reader, writer)
        await writer.drain()
        await writer.start_tls(SELF_SIGNED.server_context())
        await reader.read()

    async with listening(talk) as port:
        asked = document(port, protocol=protocol, ignoreTls=True)
        result = await run(TLS, asked, now(network))
        assert isinstance(result, CheckResult)
        assert result.certificate is not None
        failed = await failure(TLS, {**asked, "ignoreTls": False}, now(network))
    assert failed.message == "self-signed certificate"


@pytest.mark.parametrize(
    ("protocol", "said", "message"),
    [
        ("smtp", b"554 no\r\n", "Unexpected response: 554 no"),
        ("imap", b"* BYE\r\n", "Unexpected response: * BYE"),
        ("pop3", b"-ERR\r\n", "Unexpected response: -ERR"),
        ("ftp", b"220 x\r\n500 no\r\n", "Unexpected response: 500 no"),
        ("ftp", b"421 full\r\n", "Unexpected response: 421 full"),
        ("xmpp", b"<stream:features></stream:features>", "Unexpected response: <stream"),
        ("postgres", b"N", "The server offers no TLS"),
        ("postgres", b"E", "Unexpected response: E"),
        ("mysql", _mysql_handshake(0xF7FF), "The server offers no TLS"),
        ("mysql", b"\x0a\0\0\0\xff\x10\x04Too many", "Unexpected response: Too man"),
        ("mysql", b"HTTP/1.1 400", "Unexpected response: no MySQL server"),
        ("mysql", b"\x01\0\0\0\x0a", "Unexpected response: no MySQL server"),
        ("mysql", b"\x01\0", "Unexpected response: "),
        (None, b"220 mail\r\n", "write EPROTO"),
    ],
)
async def test_servers_without_tls(network: Network, protocol: str | None, said: bytes, message: str) -> None:
    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(said)
        await writer.drain()
        writer.write_eof()
        await reader.read()

    async with listening(talk) as port:
        failed = await failure(TLS, document(port, protocol=protocol), now(network))
    assert failed.message.startswith(message)


@pytest.mark.parametrize("protocol", [None, *PREAMBLES])
async def test_servers_that_hang_up(network: Network, protocol: str | None) -> None:
    async def gone(reader: Reader, writer: Writer) -> None:
        return

    async with listening(gone) as port:
        failed = await failure(TLS, document(port, protocol=protocol), now(network))
    assert failed.local
    assert failed.message in (
        "socket hang up",
        "read ECONNRESET",
        "Client network socket disconnected before secure TLS connection was established",
    )


async def test_nobody_there_and_silence(network: Network) -> None:
    port = closed_port()
    failed = await failure(TLS, document(port, hostname="127.0.0.1"), now(network))
    assert failed.message == f"connect ECONNREFUSED 127.0.0.1:{port}"
    failed = await failure(TLS, {"hostname": "nonexistent.invalid"}, now(network))
    assert failed.message.startswith("getaddrinfo E")
    async with listening(quiet) as port:
        context = now(network)
        context.timeout = 0.2
        failed = await failure(TLS, document(port, hostname="127.0.0.1"), context)
    assert (failed.message, failed.local) == ("Connection timed out", True)


@pytest.mark.parametrize("wrong", [{"expectedValue": "soon"}, {"protocol": "gopher"}, {"tlsCa": "no PEM"}])
async def test_settings_that_mean_nothing(network: Network, wrong: dict[str, Any]) -> None:
    options = TLS.options.read(document(1, **wrong))
    with pytest.raises(UserError):
        TLS.validate(options, {})
    async with listening(quiet) as port:
        with pytest.raises(CannotCheck):
            await run(TLS, document(port, **wrong), now(network))
