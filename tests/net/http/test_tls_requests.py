"""Requests over TLS: who is believed, and what is said when nobody is."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

import pytest

from kuma_lite.net.certificates import fingerprint
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import HttpClient, Request, Response
from tests.net.authority import Authority, Issued, issue, pem
from tests.net.servers import Server, answer, blocking_tls_server, serve

NOW = 1_900_000_000.0


async def get(client: HttpClient, server: Server, host: str = "localhost", **options: object) -> Response:
    url = f"https://{host}:{server.port}/"
    return await client.send(Request("GET", url, **{"timeout": 5, "ip_family": "ipv4", **options}))  # type: ignore[arg-type]


async def refuse(client: HttpClient, issued: Issued, **options: object) -> NetworkError:
    async with serve(answer(), tls=issued.server_context()) as server:
        with pytest.raises(NetworkError) as caught:
            await get(client, server, **options)
    assert server.requests == []  # nothing was sent to a server that is not trusted
    assert caught.value.kind is ErrorKind.TLS
    return caught.value


async def test_valid_certificate(client: HttpClient, authority: Authority) -> None:
    issued = authority.server("localhost")
    async with serve(answer(), tls=issued.server_context()) as server:
        response = await get(client, server, ca_pem=authority.root_pem)
    report = response.certificate
    assert report is not None
    assert response.body == b"hello"
    assert response.timings.tls > 0
    assert report.valid
    assert report.hostname_matches
    assert report.fingerprint256 == fingerprint(issued.der)
    wire = report.info(NOW)
    assert wire["certType"] == "server"
    assert wire["issuerCertificate"]["certType"] == "intermediate CA"
    assert wire["issuerCertificate"]["issuerCertificate"]["certType"] == "root CA"
    assert wire["issuerCertificate"]["issuerCertificate"]["issuerCertificate"] is None


async def test_address_in_certificate_is_valid_but_no_name_matches(
    client: HttpClient, authority: Authority
) -> None:
    issued = authority.server("127.0.0.1", common_name="box")
    async with serve(answer(), tls=issued.server_context()) as server:
        report = (await get(client, server, "127.0.0.1", ca_pem=authority.root_pem)).certificate
    assert report is not None
    assert report.valid
    assert not report.hostname_matches  # as the original, which looks at DNS names only


async def test_expired(client: HttpClient, authority: Authority) -> None:
    issued = authority.server("localhost", days=-1, age=10)
    error = await refuse(client, issued, ca_pem=authority.root_pem)
    assert (error.message, error.code) == ("certificate has expired", "CERT_HAS_EXPIRED")
    assert error.certificate is not None
    assert error.certificate.fingerprint256 == fingerprint(issued.der)
    assert not error.certificate.valid
    assert error.certificate.hostname_matches


async def test_not_yet_valid(client: HttpClient, authority: Authority) -> None:
    error = await refuse(client, authority.server("localhost", age=-1), ca_pem=authority.root_pem)
    assert (error.message, error.code) == ("certificate is not yet valid", "CERT_NOT_YET_VALID")


async def test_wrong_name(client: HttpClient, authority: Authority) -> None:
    error = await refuse(client, authority.server("a.test", "b.test"), ca_pem=authority.root_pem)
    assert error.message == (
        "Hostname/IP does not match certificate's altnames: "
        "Host: localhost. is not in the cert's altnames: DNS:a.test, DNS:b.test"
    )
    assert error.code == "ERR_TLS_CERT_ALTNAME_INVALID"
    assert error.certificate is not None
    assert not error.certificate.hostname_matches


async def test_self_signed(client: HttpClient) -> None:
    error = await refuse(client, issue("localhost", names=("localhost",)))
    assert (error.message, error.code) == ("self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT")


async def test_self_signed_and_expired_shows_the_later_fault(client: HttpClient) -> None:
    error = await refuse(client, issue("localhost", names=("localhost",), days=-1, age=9))
    assert error.message == "certificate has expired"


async def test_unknown_root_that_is_sent(client: HttpClient, authority: Authority) -> None:
    chain = (authority.intermediate.certificate, authority.root.certificate)
    issued = issue("localhost", by=authority.intermediate, names=("localhost",), sends=chain)
    error = await refuse(client, issued)
    assert error.message == "self-signed certificate in certificate chain"


async def test_unknown_root_that_is_not_sent(client: HttpClient, authority: Authority) -> None:
    error = await refuse(client, authority.server("localhost"))
    assert error.message == "unable to get local issuer certificate"


async def test_missing_intermediate(client: HttpClient, authority: Authority) -> None:
    issued = authority.server("localhost", with_intermediate=False)
    error = await refuse(client, issued, ca_pem=authority.root_pem)
    assert (error.message, error.code) == (
        "unable to verify the first certificate",
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    )


async def test_ignoring_errors_still_tells_the_truth(client: HttpClient, authority: Authority) -> None:
    bad = issue("localhost", names=("localhost",))
    async with serve(answer(), tls=bad.server_context()) as server:
        for _ in range(2):
            response = await get(client, server, verify=False)
            assert response.body == b"hello"
            assert response.certificate is not None
            assert not response.certificate.valid
            assert response.certificate.hostname_matches
    good = authority.server("localhost")
    async with serve(answer(), tls=good.server_context()) as server:
        response = await get(client, server, verify=False, ca_pem=authority.root_pem)
    assert response.certificate is not None
    assert response.certificate.valid
    assert len(response.certificate.chain) == 3


async def test_ignoring_errors_with_a_wrong_name(client: HttpClient, authority: Authority) -> None:
    async with serve(answer(), tls=authority.server("a.test").server_context()) as server:
        response = await get(client, server, verify=False, ca_pem=authority.root_pem)
    assert response.certificate is not None
    assert (response.certificate.valid, response.certificate.hostname_matches) == (False, False)


async def test_host_header_names_the_server(client: HttpClient, authority: Authority) -> None:
    seen: list[str | None] = []
    context = authority.server("virtual.test").server_context()
    context.sni_callback = lambda _socket, name, _context: seen.append(name)
    async with serve(answer(), tls=context) as server:
        response = await get(
            client, server, "127.0.0.1", headers=[("Host", "virtual.test:8443")], ca_pem=authority.root_pem
        )
    assert response.certificate is not None
    assert response.certificate.valid
    assert seen == ["virtual.test"]


async def test_no_server_name_for_addresses(client: HttpClient, authority: Authority) -> None:
    seen: list[str | None] = []
    context = authority.server("127.0.0.1").server_context()
    context.sni_callback = lambda _socket, name, _context: seen.append(name)
    async with serve(answer(), tls=context) as server:
        await get(client, server, "127.0.0.1", ca_pem=authority.root_pem)
    assert seen == [None]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_mutual_tls(client: HttpClient, authority: Authority, version: ssl.TLSVersion) -> None:
    context = authority.server("localhost").server_context(client_ca=authority.root_pem)
    context.minimum_version = context.maximum_version = version
    customer = authority.server("customer")
    with blocking_tls_server(context, answer()) as port:
        server = Server(port, scheme="https")
        response = await get(
            client, server, ca_pem=authority.root_pem, cert_pem=customer.pem, key_pem=customer.key_pem
        )
        assert response.status == 200
        with pytest.raises(NetworkError) as caught:
            await get(client, server, ca_pem=authority.root_pem)
    assert caught.value.kind is ErrorKind.TLS
    assert "SSL alert number" in caught.value.message


@pytest.mark.parametrize(
    "options",
    [{"ca_pem": "nonsense"}, {"cert_pem": "nonsense"}, {"cert_pem": "nonsense", "key_pem": "nonsense"}],
)
async def test_unusable_pem_is_said(client: HttpClient, options: dict[str, str]) -> None:
    with pytest.raises(NetworkError, match="cannot be read"):
        await client.send(Request("GET", "https://127.0.0.1:1/", **options))  # type: ignore[arg-type]


async def test_tls_to_a_plain_port(client: HttpClient) -> None:
    async with serve(b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        pass

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async with serve(plain) as server:
        with pytest.raises(NetworkError) as caught:
            await get(client, server)
    assert caught.value.code == "EPROTO"
    assert caught.value.message.startswith("write EPROTO ")
    assert "wrong version number" in caught.value.message


async def test_plain_to_a_tls_port(client: HttpClient, authority: Authority) -> None:
    async with serve(answer(), tls=authority.server("localhost").server_context()) as server:
        with pytest.raises(NetworkError) as caught:
            await client.send(Request("GET", f"http://127.0.0.1:{server.port}/", timeout=10))
    assert caught.value.kind in (ErrorKind.RESET, ErrorKind.PROTOCOL)


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    await asyncio.sleep(5)


@pytest.mark.parametrize(
    ("handler", "timeout", "message"),
    [
        (_hang_up, 10, "Client network socket disconnected before secure TLS connection was established"),
        (_say_nothing, 0.3, "timeout of 300ms exceeded"),
    ],
)
async def test_handshake_that_gets_nowhere(
    client: HttpClient,
    handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    timeout: float,
    message: str,
) -> None:
    async with serve(handler) as server:
        with pytest.raises(NetworkError) as caught:
            await get(client, server, timeout=timeout)
    assert caught.value.message == message


async def test_answer_of_many_records(client: HttpClient, authority: Authority) -> None:
    body = bytes(range(256)) * 4096
    async with serve(answer(body), tls=authority.server("localhost").server_context()) as server:
        response = await get(client, server, ca_pem=authority.root_pem)
        cut = await get(client, server, ca_pem=authority.root_pem, body_limit=70_000)
    assert response.body == body
    assert (cut.body, cut.truncated) == (body[:70_000], True)


async def test_body_until_the_end_of_the_connection(client: HttpClient, authority: Authority) -> None:
    context = authority.server("localhost").server_context()
    async with serve(b"HTTP/1.1 200 OK\r\n\r\nuntil the end", tls=context) as server:
        response = await get(client, server, ca_pem=authority.root_pem)
    assert response.body == b"until the end"


async def test_own_ca_replaces_the_systems(client: HttpClient, authority: Authority) -> None:
    other = issue("Other Root", ca=True)
    issued = authority.server("localhost")
    error = await refuse(client, issued, ca_pem=pem(other.certificate))
    assert error.message == "unable to get local issuer certificate"
