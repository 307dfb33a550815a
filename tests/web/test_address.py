from __future__ import annotations

import pytest

from kuma_lite.web.address import client_address, header


def scope(peer: str | None, **headers: str) -> dict[str, object]:
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"headers": lines, "client": (peer, 1234) if peer else None}


@pytest.mark.parametrize(
    ("peer", "headers", "trusted", "expected"),
    [
        ("192.0.2.9", {}, False, "192.0.2.9"),
        ("::ffff:192.0.2.9", {}, False, "192.0.2.9"),
        ("2001:db8::1", {}, False, "2001:db8::1"),
        ("192.0.2.9", {"x_forwarded_for": "198.51.100.1"}, False, "192.0.2.9"),
        ("192.0.2.9", {"x_forwarded_for": "198.51.100.1"}, True, "198.51.100.1"),
        ("192.0.2.9", {"x_forwarded_for": "198.51.100.1, 203.0.113.7"}, True, "198.51.100.1"),
        ("192.0.2.9", {"x_real_ip": "198.51.100.2"}, True, "198.51.100.2"),
        ("192.0.2.9", {"x_forwarded_for": "198.51.100.1", "x_real_ip": "198.51.100.2"}, True, "198.51.100.1"),
        ("192.0.2.9", {"x_forwarded_for": ""}, True, "192.0.2.9"),
        (None, {}, False, ""),
    ],
)
def test_client_address(peer: str | None, headers: dict[str, str], trusted: bool, expected: str) -> None:
    assert client_address(scope(peer, **headers), trusted) == expected


def test_header_is_the_first_of_its_name_or_none() -> None:
    found = {"headers": [(b"a", b"1"), (b"a", b"2")]}
    assert header(found, b"a") == "1"
    assert header(found, b"b") is None
