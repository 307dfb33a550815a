"""Requests through proxies of every protocol."""

from __future__ import annotations

import asyncio

import pytest

from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import HttpClient, Request
from kuma_lite.net.proxy import ProxyServer, always
from tests.net.authority import Authority
from tests.net.proxies import proxying
from tests.net.servers import answer, redirect, serve
from tests.support.ports import closed_port


async def refused(client: HttpClient, url: str, proxy: ProxyServer, **options: object) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        await client.send(Request("GET", url, proxy=always(proxy), timeout=5, **options))  # type: ignore[arg-type]
    return caught.value


async def test_http_proxy_is_given_plain_requests_with_their_whole_address(client: HttpClient) -> None:
    async with proxying("http", user="us er", password="p:w") as proxy, serve(answer()) as server:
        url = f"http://service.invalid:{server.port}/a?b=c"
        response = await client.send(Request("GET", url, proxy=always(proxy.server())))
    assert response.body == b"hello"
    assert proxy.told == [f"GET {url}"]
    assert f"Host: service.invalid:{server.port}\r\n" in server.requests[0]


async def test_without_credentials_the_proxy_refuses(client: HttpClient) -> None:
    async with proxying("http", user="u", password="p") as proxy:
        with_nothing = proxy.server(username="", password="")
        response = await client.send(
            Request("GET", "http://service.invalid/", proxy=always(with_nothing), timeout=5)
        )
        error = await refused(client, "https://service.invalid/", with_nothing)
    assert response.status == 407
    assert error.message == "Request failed with status code 407 (answer of the proxy)"


@pytest.mark.parametrize(
    "established",
    [
        b"HTTP/1.0 200 Connection established\n\n",
        b"HTTP/1.1 200\r\n\r\n",
        b"HTTP/1.1  200 OK\r\nProxy Agent: x\r\n folded\r\n\r\n",
        b"http/1.1 200 ok\r\nX: y\n\r\n",
    ],
)
async def test_a_tunnel_is_open_however_the_proxy_says_it(
    client: HttpClient, authority: Authority, established: bytes
) -> None:
    tls = authority.server("service.invalid").server_context()
    async with proxying("http") as proxy, serve(answer(), tls=tls) as server:
        proxy.established = established
        url = f"https://service.invalid:{server.port}/"
        asked = Request("GET", url, ca_pem=authority.root_pem, proxy=always(proxy.server()), timeout=5)
        assert (await client.send(asked)).body == b"hello"


async def test_https_goes_through_a_tunnel(client: HttpClient, authority: Authority) -> None:
    tls = authority.server("service.invalid").server_context()
    async with proxying("http", user="u", password="p") as proxy, serve(answer(), tls=tls) as server:
        response = await client.send(
            Request(
                "GET",
                f"https://service.invalid:{server.port}/",
                ca_pem=authority.root_pem,
                proxy=always(proxy.server()),
            )
        )
    assert proxy.told == [f"CONNECT service.invalid:{server.port}"]
    assert "Proxy-Authorization" not in server.requests[0]
    assert response.certificate is not None
    assert response.certificate.valid


async def test_a_bad_certificate_is_looked_at_through_the_proxy(
    client: HttpClient, authority: Authority
) -> None:
    tls = authority.server("other.invalid").server_context()
    async with proxying("http") as proxy, serve(answer(), tls=tls) as server:
        url = f"https://service.invalid:{server.port}/"
        error = await refused(client, url, proxy.server())
        lenient = await client.send(Request("GET", url, verify=False, proxy=always(proxy.server())))
    assert error.kind is ErrorKind.TLS
    assert error.certificate is not None
    assert lenient.body == b"hello"
    assert lenient.certificate is not None
    assert not lenient.certificate.valid
    assert len(proxy.told) == 5  # the report and the verdict come through it, too


async def test_https_proxy(client: HttpClient, authority: Authority) -> None:
    own = authority.server("localhost").server_context()
    inner = authority.server("service.invalid").server_context()
    async with (
        proxying("http", tls=own) as proxy,
        serve(answer(b"plain")) as plain,
        serve(answer(b"secret"), tls=inner) as secret,
    ):
        through = always(proxy.server("https"))
        for server, scheme, body in ((plain, "http", b"plain"), (secret, "https", b"secret")):
            url = f"{scheme}://service.invalid:{server.port}/"
            response = await client.send(Request("GET", url, verify=False, proxy=through))
            assert response.body == body
        untrusted = await refused(client, f"http://service.invalid:{plain.port}/", proxy.server("https"))
    assert untrusted.kind is ErrorKind.TLS
    assert untrusted.certificate is None  # it is not the monitored server's


@pytest.mark.parametrize("protocol", ["socks", "socks5h"])
async def test_socks_proxy_looks_names_up_itself(client: HttpClient, protocol: str) -> None:
    async with proxying("socks5", user="u", password="p") as proxy, serve(answer()) as server:
        url = f"http://service.invalid:{server.port}/"
        response = await client.send(Request("GET", url, proxy=always(proxy.server(protocol))))
    assert response.body == b"hello"
    assert proxy.told == [f"service.invalid:{server.port}"]
    assert server.requests[0].startswith("GET / HTTP/1.1")


async def test_socks5_looks_names_up_here(client: HttpClient, authority: Authority) -> None:
    tls = authority.server("localhost").server_context()
    async with proxying("socks5") as proxy, serve(answer(), tls=tls) as server:
        request = Request(
            "GET",
            f"https://localhost:{server.port}/",
            ca_pem=authority.root_pem,
            ip_family="ipv4",
            proxy=always(proxy.server()),
        )
        assert (await client.send(request)).body == b"hello"
    assert proxy.told == [f"127.0.0.1:{server.port}"]


async def test_socks5_address_literals(client: HttpClient) -> None:
    async with proxying("socks5") as proxy, serve(answer()) as server:
        await client.send(
            Request("GET", f"http://[::1]:{server.port}/", proxy=always(proxy.server("socks5h")))
        )
    assert proxy.told == [f"::1:{server.port}"]


async def test_socks4(client: HttpClient) -> None:
    async with proxying("socks4") as proxy, serve(answer()) as server:
        url = f"http://localhost:{server.port}/"
        response = await client.send(Request("GET", url, proxy=always(proxy.server(username="me"))))
    assert response.body == b"hello"
    assert proxy.told == [f"me@127.0.0.1:{server.port}"]


@pytest.mark.parametrize(
    ("protocol", "refusal", "sentence", "kind"),
    [
        ("socks5", 5, "Socks5 proxy rejected connection - ConnectionRefused", ErrorKind.REFUSED),
        ("socks5", 99, "Socks5 proxy rejected connection - 99", ErrorKind.PROTOCOL),
        ("socks4", 0x5B, "Socks4 Proxy rejected connection - (Failed)", ErrorKind.PROTOCOL),
        ("http", 503, "Request failed with status code 503 (answer of the proxy)", ErrorKind.PROTOCOL),
    ],
)
async def test_refusals(
    client: HttpClient, protocol: str, refusal: int, sentence: str, kind: ErrorKind
) -> None:
    async with proxying(protocol, refusal=refusal) as proxy:
        error = await refused(client, "https://127.0.0.1:1/", proxy.server())
    assert (error.message, error.kind) == (sentence, kind)


async def test_socks5_credentials(client: HttpClient) -> None:
    async with proxying("socks5", user="u", password="p") as proxy:
        wrong = await refused(client, "http://x.invalid/", proxy.server("socks", password="q"))
        none = await refused(client, "http://x.invalid/", proxy.server("socks", username="", password=""))
    assert wrong.message == "Socks5 Authentication failed"
    assert "no accepted authentication type" in none.message


@pytest.mark.parametrize(
    ("protocol", "said", "sentence"),
    [
        ("http", b"", "Proxy connection ended before the tunnel was open"),
        ("http", b"SSH-2.0-x\r\n\r\n", "Proxy did not answer in HTTP"),
        ("http", b"x" * 20_000, "Proxy answer is too large"),
        ("http", b"HTTP/1.1 200 OK\r\n\r\nmore", "Proxy sent data before it was asked"),
        ("socks5", b"HTTP/1.1 400", "Received invalid Socks5 initial handshake (invalid socks version)"),
        ("socks5", b"\x05\x07", "Received invalid Socks5 initial handshake (unknown authentication type)"),
        ("socks5", b"\x05\x00HTTP", "Received invalid Socks5 final handshake response"),
    ],
)
async def test_servers_that_are_no_proxies(
    client: HttpClient, protocol: str, said: bytes, sentence: str
) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        writer.write(said)
        await writer.drain()

    async with serve(handle) as server:
        proxy = ProxyServer(protocol, "127.0.0.1", server.port)
        error = await refused(client, "https://127.0.0.1:1/", proxy)
    assert error.message == sentence or (said == b"" and error.code == "ECONNRESET")


async def test_a_proxy_that_says_nothing_takes_no_longer_than_allowed(client: HttpClient) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(handle) as server:
        proxy = ProxyServer("socks5", "127.0.0.1", server.port)
        with pytest.raises(NetworkError, match="timeout of 200ms exceeded"):
            await client.send(Request("GET", "http://127.0.0.1:1/", timeout=0.2, proxy=always(proxy)))


async def test_nobody_listens(client: HttpClient) -> None:
    port = closed_port()
    error = await refused(client, "http://x.invalid/", ProxyServer("http", "127.0.0.1", port))
    assert error.message == f"connect ECONNREFUSED 127.0.0.1:{port}"


async def test_each_address_of_a_chain_has_its_own_proxy(client: HttpClient) -> None:
    async with (
        proxying("http") as proxy,
        serve(answer()) as end,
        serve(redirect(f"http://127.0.0.1:{end.port}/end")) as start,
    ):

        def rule(url: object) -> ProxyServer | None:
            return proxy.server() if "service" in str(url) else None

        response = await client.send(
            Request("GET", f"http://service.invalid:{start.port}/", proxy=rule, ip_family="ipv4")
        )
    assert response.body == b"hello"
    assert proxy.told == [f"GET http://service.invalid:{start.port}/"]


async def test_the_clients_own_proxy_is_for_requests_that_name_none() -> None:
    async with proxying("http") as proxy, proxying("socks5") as other, serve(answer()) as server:
        client = HttpClient(proxy=always(proxy.server()))
        url = f"http://service.invalid:{server.port}/"
        await client.send(Request("GET", url))
        await client.send(Request("GET", url, proxy=always(other.server("socks5h"))))
        client.close()
    assert (len(proxy.told), len(other.told)) == (1, 1)


def test_the_password_is_not_shown() -> None:
    assert "hunter2" not in repr(ProxyServer("http", "h", 1, "u", "hunter2"))


async def test_whether_the_proxy_is_gone_or_the_target(client: HttpClient) -> None:
    for protocol in ("http", "socks5", "https"):
        for scheme in ("http", "https"):
            proxy = ProxyServer(protocol, "127.0.0.1", closed_port())
            error = await refused(client, f"{scheme}://127.0.0.1:9/", proxy)
            assert (error.code, error.by_proxy) == ("ECONNREFUSED", True), (protocol, scheme)
    with pytest.raises(NetworkError) as caught:
        await client.send(Request("GET", f"http://127.0.0.1:{closed_port()}/", timeout=5))
    assert not caught.value.by_proxy
