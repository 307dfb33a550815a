"""The first message of a TLS client, as OpenSSL writes it, in pieces, and spoiled."""

from __future__ import annotations

import random
import ssl

import pytest

from kuma_lite.web.client_hello import MOST_BYTES, Hello, read_hello


def hello(name: str = "kuma.test", *protocols: str) -> bytes:
    context = ssl._create_unverified_context()
    if protocols:
        context.set_alpn_protocols(list(protocols))
    out = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name or None)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return out.read()


def records(message: bytes, size: int) -> bytes:
    """The same message in records of that size."""
    content = message[5:]
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    return b"".join(message[:3] + len(part).to_bytes(2) + part for part in parts)


@pytest.mark.parametrize(
    ("name", "protocols"),
    [("kuma.test", ()), ("KUMA.test", ("acme-tls/1",)), ("", ("h2", "http/1.1")), ("192.0.2.1", ("h2",))],
)
def test_what_a_client_asks_for(name: str, protocols: tuple[str, ...]) -> None:
    sent = hello(name, *protocols)
    host = "" if name == "192.0.2.1" else name.lower()  # addresses are no names of servers
    expected = Hello(host, tuple(each.encode() for each in protocols))
    assert read_hello(sent) == expected
    assert read_hello(sent + b"more") == expected
    for size in (1, 7, 100):
        assert read_hello(records(sent, size)) == expected
    assert {read_hello(sent[:end]) for end in range(len(sent))} == {None}


@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x00\x00\x16", b"\x16\x03\x01\x00\x04\x02\x00\x00\x00", b"\x80"],
)
def test_what_is_none_says_nothing(data: bytes) -> None:
    assert read_hello(data) == Hello()


def test_one_without_an_end_is_given_up() -> None:
    part = b"\x16\x03\x01\x40\x00" + b"\x01\x00\xff\xff" + b"a" * (0x4000 - 4)
    endless = part + (b"\x16\x03\x01\x40\x00" + b"a" * 0x4000) * 8
    assert read_hello(endless) == Hello()
    assert len(endless) > MOST_BYTES


def test_spoiled_ones_raise_nothing() -> None:
    chance = random.Random(13)
    sent = hello("kuma.test", "acme-tls/1")
    for _ in range(3000):
        spoiled = bytearray(sent)
        for _ in range(chance.randint(1, 8)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        found = read_hello(bytes(spoiled[: chance.randint(1, len(spoiled))]))
        assert found is None or isinstance(found, Hello)
