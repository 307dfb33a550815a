"""Names, addresses, connections, and the TLS settings they share."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net import connect, contexts, resolve
from kuma_lite.net.connect import Connector, interleave
from kuma_lite.net.contexts import CONTEXTS_KEPT, ContextCache, TlsOptions, build_context
from kuma_lite.net.errors import ErrorKind, NetworkError, connect_error, io_error, lookup_error, timeout_error
from kuma_lite.net.resolve import Address, Resolver, literal
from tests.net.authority import Authority
from tests.net.servers import answer, serve
from tests.support.ports import closed_port

V4, V6 = socket.AF_INET, socket.AF_INET6


class Book(Resolver):
    """Knows the addresses it was told."""

    def __init__(self, *ips: str) -> None:
        super().__init__()
        self.addresses = [address for ip in ips if (address := literal(ip))]

    async def resolve(self, host: str, family: resolve.IpFamily | None = None) -> list[Address]:
        return list(self.addresses)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1", Address(V4, "127.0.0.1")),
        ("[::1]", Address(V6, "::1")),
        ("fe80::1%eth0", Address(V6, "fe80::1%eth0")),
        ("127.0.0.1%eth0", None),
        ("127.1", None),
        ("localhost", None),
        ("", None),
        ("a\0b", None),
    ],
)
def test_literals(text: str, address: Address | None) -> None:
    assert literal(text) == address


async def test_literals_ask_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "_lookup", lambda *_: pytest.fail("asked"))
    assert await Resolver().resolve("::1") == [Address(V6, "::1")]
    with pytest.raises(NetworkError, match="getaddrinfo ENOTFOUND ::1"):
        await Resolver().resolve("::1", "ipv4")


async def test_equal_questions_share_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    begun, go = threading.Event(), threading.Event()

    def slow(host: str, _family: object) -> list[Address]:
        asked.append(host)
        begun.set()
        go.wait(5)
        return [Address(V4, "127.0.0.1")]

    monkeypatch.setattr(resolve, "_lookup", slow)
    resolver = Resolver()
    tasks = [asyncio.ensure_future(resolver.resolve("h")) for _ in range(5)]
    assert await asyncio.to_thread(begun.wait, 20)
    tasks[0].cancel()  # who gives up does not take the answer from the others
    go.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1:] == [[Address(V4, "127.0.0.1")]] * 4
    assert asked == ["h"]
    await resolver.resolve("h")
    assert asked == ["h", "h"]  # and nothing is remembered
    resolver.close()


@pytest.mark.parametrize("host", ["x" * 300, "a..b", "ä.test", "-", "a b"])
async def test_odd_names_are_not_found(host: str) -> None:
    resolver = Resolver()
    with pytest.raises(NetworkError) as caught:
        await resolver.resolve(host)
    resolver.close()
    assert caught.value.kind is ErrorKind.DNS
    assert caught.value.message.endswith(host)


@given(st.lists(st.sampled_from([V4, V6]), min_size=1, max_size=9))
def test_families_alternate(families: list[socket.AddressFamily]) -> None:
    addresses = [Address(family, str(number)) for number, family in enumerate(families)]
    mixed = interleave(addresses)
    assert Counter(mixed) == Counter(addresses)
    assert mixed[0] == addresses[0]
    shorter = min(families.count(V4), families.count(V6))
    for first, second in zip(mixed[: 2 * shorter : 2], mixed[1 : 2 * shorter : 2], strict=True):
        assert first.family != second.family


async def test_second_address_when_the_first_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "ATTEMPT_DELAY", 60)  # a refusal is not waited out
    async with serve(answer(), host="127.0.0.1") as server:
        connected = await Connector(Book("::1", "127.0.0.1")).connect(
            "h", server.port, asyncio.Protocol, timeout=10
        )
        connected.transport.close()
    assert (connected.address, connected.port) == ("127.0.0.1", server.port)


async def test_second_address_when_the_first_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    real = connect._attempt
    abandoned = []

    async def attempt(address: Address, *rest: object) -> object:
        if address.ip == "::1":
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                abandoned.append(address.ip)
                raise
        return await real(address, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(connect, "_attempt", attempt)
    async with serve(answer()) as server:
        connector = Connector(Book("::1", "127.0.0.1"))
        connected = await connector.connect("h", server.port, asyncio.Protocol, timeout=9)
        connected.transport.close()
    await asyncio.sleep(0)
    assert 200 < connected.connect_ms < 9000
    assert abandoned == ["::1"]


async def test_all_refuse_tells_the_last() -> None:
    port = closed_port()
    with pytest.raises(NetworkError) as caught:
        await Connector(Book("127.0.0.1", "127.0.0.2")).connect("h", port, asyncio.Protocol, timeout=10)
    assert caught.value.message == f"connect ECONNREFUSED 127.0.0.2:{port}"


async def test_our_own_limits_are_nobodys_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_descriptors(*_args: object, **_options: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", no_descriptors, raising=False)
    with pytest.raises(OSError, match="Too many open files") as caught:
        await Connector().connect("127.0.0.1", 1, asyncio.Protocol, timeout=10)
    assert not isinstance(caught.value, NetworkError)


async def test_stream() -> None:
    async with serve(answer(b"stream")) as server:
        stream = await Connector().open_stream("127.0.0.1", server.port, timeout=10)
        stream.writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert (await stream.reader.read()).endswith(b"stream")
        stream.writer.close()
        await stream.writer.wait_closed()
    assert stream.connected.address == "127.0.0.1"


def refusal(number: int, address: str, port: int | None) -> NetworkError:
    return connect_error(OSError(number, "text"), address, port)


@pytest.mark.parametrize(
    ("error", "message", "kind"),
    [
        (refusal(errno.ECONNREFUSED, "::1", 80), "connect ECONNREFUSED ::1:80", ErrorKind.REFUSED),
        (refusal(errno.ENETUNREACH, "1.2.3.4", 1), "connect ENETUNREACH 1.2.3.4:1", ErrorKind.UNREACHABLE),
        (refusal(errno.EHOSTUNREACH, "1.2.3.4", 1), "connect EHOSTUNREACH 1.2.3.4:1", ErrorKind.UNREACHABLE),
        (refusal(errno.ETIMEDOUT, "1.2.3.4", 1), "connect ETIMEDOUT 1.2.3.4:1", ErrorKind.TIMEOUT),
        (refusal(errno.ENOENT, "/s", None), "connect ENOENT /s", ErrorKind.UNREACHABLE),
        (io_error(ConnectionResetError(errno.ECONNRESET, "")), "read ECONNRESET", ErrorKind.RESET),
        (io_error(BrokenPipeError(errno.EPIPE, "")), "write EPIPE", ErrorKind.RESET),
        (lookup_error(socket.gaierror(socket.EAI_AGAIN, ""), "h"), "getaddrinfo EAI_AGAIN h", ErrorKind.DNS),
        (lookup_error(socket.gaierror(socket.EAI_NODATA, ""), "h"), "getaddrinfo ENOTFOUND h", ErrorKind.DNS),
        (lookup_error(socket.gaierror(socket.EAI_FAIL, ""), "h"), "getaddrinfo EAI_FAIL h", ErrorKind.DNS),
        (timeout_error(1000.4), "timeout of 1000ms exceeded", ErrorKind.TIMEOUT),
    ],
)  # fmt: skip
def test_texts(error: NetworkError, message: str, kind: ErrorKind) -> None:
    assert (error.message, str(error), error.kind) == (message, message, kind)
    assert error.may_be_own_network == (error.code in ("ENETUNREACH", "EAI_AGAIN"))


async def test_contexts_are_shared_and_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    built = []

    def build(options: TlsOptions) -> ssl.SSLContext:
        built.append(options)
        return build_context(options)

    monkeypatch.setattr(contexts, "build_context", build)
    cache = ContextCache()
    first = await asyncio.gather(*(cache.get(TlsOptions()) for _ in range(5)))
    assert len(set(map(id, first))) == 1
    assert await cache.get(TlsOptions()) is first[0]
    assert len(built) == 1
    other = await cache.get(TlsOptions(verify=False))
    assert other is not first[0]
    assert (other.verify_mode, first[0].verify_mode) == (ssl.CERT_NONE, ssl.CERT_REQUIRED)


async def test_contexts_not_used_lately_are_dropped() -> None:
    cache = ContextCache()
    keep = await cache.get(TlsOptions(verify=False))
    for number in range(CONTEXTS_KEPT + 5):
        await cache.get(TlsOptions(verify=False, alpn=(f"p{number}",)))
        assert await cache.get(TlsOptions(verify=False)) is keep
    assert len(cache._ready) == CONTEXTS_KEPT


async def test_failed_context_is_built_again() -> None:
    cache = ContextCache()
    for _ in range(2):
        with pytest.raises(NetworkError, match="The CA certificate cannot be read"):
            await cache.get(TlsOptions(ca_pem="nonsense"))


def test_key_with_a_pass_phrase_does_not_ask_for_it(authority: Authority) -> None:
    from cryptography.hazmat.primitives import serialization

    issued = authority.server("customer")
    locked = issued.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    ).decode()
    with pytest.raises(NetworkError, match="The client certificate or its key cannot be read"):
        build_context(TlsOptions(verify=False, cert_pem=issued.pem, key_pem=locked))


def test_system_trusts_somebody() -> None:
    assert build_context(TlsOptions()).cert_store_stats()["x509_ca"] > 0
    assert build_context(TlsOptions(verify=False)).cert_store_stats()["x509_ca"] == 0
