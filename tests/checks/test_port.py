from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from kuma_lite.checks import _starttls
from kuma_lite.checks.port import PortMonitor
from kuma_lite.core.declarations import CheckResult
from kuma_lite.net.network import Network
from tests.checks.peers import listening
from tests.checks.support import Context, failure, run
from tests.net.authority import Authority, issue
from tests.support.ports import closed_port

PORT = PortMonitor()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del writer
    await reader.read()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del reader, writer


def document(port: int | None, **options: Any) -> dict[str, Any]:
    return {"hostname": "localhost", "port": port, **options}


# --- Plain -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"smtpSecurity": "nostarttls"}, {"expectedTlsAlert": "none"}])
async def test_an_open_port_is_up(network: Network, options: dict[str, Any]) -> None:
    async with listening(silent) as port:
        result = await run(PORT, document(port, **options), Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == f"{result.ping} ms"
    assert isinstance(result.ping, int)
    assert result.certificate is None


@pytest.mark.parametrize("port", ["closed", None, 0, -1, 65_536])
async def test_a_closed_port_is_the_targets_fault(network: Network, port: int | str | None) -> None:
    number = closed_port() if port == "closed" else port
    failed = await failure(PORT, {"hostname": "127.0.0.1", "port": number}, Context(network))
    assert (failed.message, failed.ping, failed.local) == ("Connection failed", None, False)


@pytest.mark.parametrize("host", ["", "no-such-host.invalid", "a b", "\x00"])
async def test_a_host_without_an_address_is_a_failure(network: Network, host: str) -> None:
    failed = await failure(PORT, {"hostname": host, "port": 80}, Context(network))
    assert failed.message == "Connection failed"


async def test_a_backlog_that_is_full_may_be_our_own_fault(network: Network) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        address = busy.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        try:
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(address)
            failed = await failure(
                PORT, {"hostname": "127.0.0.1", "port": address[1]}, Context(network, timeout=0.3)
            )
        finally:
            for filler in fillers:
                filler.close()
    assert (failed.message, failed.local) == ("Connection failed", True)


# --- TLS ---------------------------------------------------------------------------------------------------

SELF_SIGNED = issue("localhost", names=("localhost",))


async def test_tls_with_an_untrusted_certificate_is_a_failure(network: Network) -> None:
    async with listening(silent, SELF_SIGNED.server_context()) as port:
        failed = await failure(PORT, document(port, smtpSecurity="secure"), Context(network))
    assert failed.message == "TLS Connection failed: self-signed certificate"
    assert failed.ping is not None
    assert failed.certificate is not None
    assert set(failed.certificate.as_wire(1_800_000_000)) == {"valid", "certInfo"}


async def test_tls_errors_can_be_ignored(network: Network) -> None:
    async with listening(silent, SELF_SIGNED.server_context()) as port:
        options = document(port, smtpSecurity="secure", ignoreTls=True, expiryNotification=False)
        result = await run(PORT, options, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == f"{result.ping} ms"
    assert result.certificate is not None


@pytest.mark.parametrize(
    ("talk", "message"),
    [(hang_up, "Client network socket disconnected before secure TLS connection was established")],
)
async def test_a_port_without_tls_is_a_failure(network: Network, talk: Any, message: str) -> None:
    async with listening(talk) as port:
        failed = await failure(PORT, document(port, smtpSecurity="secure"), Context(network))
    assert failed.message == f"TLS Connection failed: {message}"


async def test_words_instead_of_tls_are_a_failure(network: Network) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await reader.read(100)

    async with listening(greet) as port:
        failed = await failure(PORT, document(port, smtpSecurity="secure"), Context(network))
    assert failed.message.startswith("TLS Connection failed: write EPROTO")


async def test_silence_instead_of_tls_is_a_failure(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuma_lite.checks.port.TLS_TIMEOUT_S", 0.3)
    async with listening(silent) as port:
        failed = await failure(PORT, document(port, smtpSecurity="secure"), Context(network))
    assert (failed.message, failed.local) == ("TLS Connection failed: Connection timed out", True)


# --- STARTTLS ----------------------------------------------------------------------------------------------


async def upgrade(writer: asyncio.StreamWriter) -> None:
    await writer.drain()
    await writer.start_tls(SELF_SIGNED.server_context())


async def smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220-mail.example\r\n220 ESMTP\r\n")
    assert await reader.readline() == b"EHLO localhost\r\n"
    writer.write(b"250-mail.example\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n")
    assert await reader.readline() == b"STARTTLS\r\n"
    writer.write(b"220 go on\r\n")
    await upgrade(writer)
    await reader.read()


async def imap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n")
    assert await reader.readline() == b"a001 STARTTLS\r\n"
    writer.write(b"* a line in between\r\na001 OK Begin TLS negotiation now\r\n")
    await upgrade(writer)
    await reader.read()


async def xmpp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"streams'>")
    writer.write(b"<stream:stream><stream:features>")
    await asyncio.sleep(0.02)
    writer.write(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>")
    await reader.readuntil(b"/>")
    writer.write(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    await upgrade(writer)
    await reader.read()


@pytest.mark.parametrize("talk", [smtp, imap, xmpp])
async def test_starttls_leads_to_the_certificate(
    network: Network, talk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever greets is given time to: a busy machine must not be taken for a silent server.
    monkeypatch.setattr(_starttls, "SILENCE_MEANS_XMPP_S", 0.2 if talk is xmpp else 9)
    async with listening(talk) as port:
        options = document(port, smtpSecurity="starttls", ignoreTls=True)
        result = await run(PORT, options, Context(network))
        assert isinstance(result, CheckResult)
        assert result.certificate is not None
        assert result.certificate.as_wire(1_800_000_000)["certInfo"]["subject"]["CN"] == "localhost"
        failed = await failure(PORT, {**options, "ignoreTls": False}, Context(network))
    assert failed.message == "TLS Connection failed: self-signed certificate"
    assert failed.certificate is not None


async def cut_short(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del reader
    writer.write(b"220 no end")


def saying(*lines: bytes) -> Any:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for line in lines:
            writer.write(line)
            if not await reader.read(1000):
                return

    return talk


@pytest.mark.parametrize(
    ("talk", "message"),
    [
        (saying(b"HTTP/1.1 400 Bad Request\r\n"), "Unexpected response: HTTP/1.1 400 Bad Request"),
        (saying(b"220 hi\r\n", b"250 HELP\r\n"), "Unexpected response: 250 HELP"),
        (saying(b"220 hi\r\n", b"250 STARTTLS\r\n", b"454 no\r\n"), "Unexpected response: 454 no"),
        (saying(b"* OK hi\r\n", b"a001 BAD no\r\n"), "Unexpected response: a001 BAD no"),
        (cut_short, "Unexpected response: 220 no end"),
        (saying(b"x" * 200_000), "Unexpected response: a line without an end"),
        (hang_up, "socket hang up"),
    ],
)
async def test_a_server_without_starttls_is_a_failure(
    network: Network, talk: Any, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_starttls, "SILENCE_MEANS_XMPP_S", 9)
    async with listening(talk) as port:
        failed = await failure(PORT, document(port, smtpSecurity="starttls"), Context(network))
    assert failed.message == f"TLS Connection failed: {message}"


# --- Alerts ------------------------------------------------------------------------------------------------


@contextmanager
def demanding(authority: Authority, version: ssl.TLSVersion) -> Iterator[int]:
    """A server that demands a client certificate; on a thread, as asyncio's would not send its alerts."""
    context = authority.server("localhost").server_context(client_ca=authority.root_pem)
    context.maximum_version = version

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.settimeout(5)
                tls = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                with tls, suppress(OSError):
                    try:
                        tls.do_handshake()
                    finally:
                        tls.shutdown(socket.SHUT_WR)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


async def test_a_demanded_client_certificate_is_up(network: Network, authority: Authority) -> None:
    """TLS 1.3 servers say so after the client has finished the handshake."""
    with demanding(authority, ssl.TLSVersion.TLSv1_3) as port:
        options = document(port, expectedTlsAlert="certificate_required", ignoreTls=True)
        result = await run(PORT, options, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "TLS alert received as expected: certificate_required (116)"
    assert isinstance(result.ping, int)


async def test_tls_1_2_servers_answer_in_the_handshake(network: Network, authority: Authority) -> None:
    with demanding(authority, ssl.TLSVersion.TLSv1_2) as port:
        options = document(port, expectedTlsAlert="handshake_failure", ignoreTls=True)
        result = await run(PORT, options, Context(network))
        assert isinstance(result, CheckResult)
        assert result.message == "TLS alert received as expected: handshake_failure (40)"
        failed = await failure(
            PORT, {**options, "expectedTlsAlert": "certificate_required"}, Context(network)
        )
    assert failed.message == (
        "Expected TLS alert 'certificate_required' but received 'handshake_failure' (40)"
    )


async def test_a_server_that_lets_everybody_in_is_a_failure(network: Network) -> None:
    async with listening(silent, SELF_SIGNED.server_context()) as port:
        options = document(port, expectedTlsAlert="certificate_required", ignoreTls=True)
        failed = await failure(PORT, options, Context(network))
    assert failed.message == (
        "Expected TLS alert 'certificate_required' but connection succeeded. "
        "The server accepted the connection without requiring a client certificate."
    )
    assert failed.ping is not None


async def test_a_foreign_client_certificate_is_refused(network: Network, authority: Authority) -> None:
    client = issue("client")
    with demanding(authority, ssl.TLSVersion.TLSv1_3) as port:
        options = document(
            port,
            expectedTlsAlert="unknown_ca",
            tlsCert=client.pem,
            tlsKey=client.key_pem,
            tlsCa=authority.root_pem,
        )
        result = await run(PORT, options, Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "TLS alert received as expected: unknown_ca (48)"


async def test_other_errors_are_not_the_expected_alert(network: Network) -> None:
    port = closed_port()
    expected = "Expected TLS alert 'unknown_ca' but got unexpected error: "
    options = {"hostname": "127.0.0.1", "port": port, "expectedTlsAlert": "unknown_ca"}
    failed = await failure(PORT, options, Context(network))
    assert failed.message == f"{expected}connect ECONNREFUSED 127.0.0.1:{port}"
    async with listening(silent, SELF_SIGNED.server_context()) as port:
        failed = await failure(PORT, document(port, expectedTlsAlert="unknown_ca"), Context(network))
    assert failed.message == f"{expected}self-signed certificate"


async def test_a_silent_server_times_out(network: Network) -> None:
    async with listening(silent) as port:
        options = document(port, expectedTlsAlert="unknown_ca")
        failed = await failure(PORT, options, Context(network, timeout=0.3))
    assert (failed.message, failed.local) == ("TLS connection timed out", True)


def test_the_deadline_covers_two_handshakes() -> None:
    assert PORT.deadline(PORT.options.read({}), Context(timeout=5)) > 5 + 2 * 10
