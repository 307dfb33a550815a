from __future__ import annotations

import pytest

from kuma_lite.core.client_address import ClientAddresses, header, networks_of


def scope(peer: str | None, *headers: tuple[str, str]) -> dict[str, object]:
    lines = [(name.encode(), value.encode()) for name, value in headers]
    return {"headers": lines, "client": (peer, 1234) if peer else None}


def forwarded(*lines: str) -> list[tuple[str, str]]:
    return [("x-forwarded-for", line) for line in lines]


REAL = ("x-real-ip", "198.51.100.2")


@pytest.mark.parametrize(
    ("peer", "headers", "trusted", "expected"),
    [
        ("192.0.2.9", [], False, "192.0.2.9"),
        ("::ffff:192.0.2.9", [], False, "192.0.2.9"),
        ("2001:db8::1", [], False, "2001:db8::1"),
        ("192.0.2.9", forwarded("198.51.100.1"), False, "192.0.2.9"),
        ("192.0.2.9", forwarded("198.51.100.1"), True, "198.51.100.1"),
        ("192.0.2.9", forwarded("198.51.100.1, 203.0.113.7"), True, "203.0.113.7"),
        ("192.0.2.9", forwarded("198.51.100.1", "203.0.113.7"), True, "203.0.113.7"),
        ("192.0.2.9", forwarded("203.0.113.7, 198.51.100.1, 127.0.0.1"), True, "198.51.100.1"),
        ("192.0.2.9", forwarded("198.51.100.1 ,"), True, "198.51.100.1"),
        ("192.0.2.9", forwarded("198.51.100.1:4711"), True, "198.51.100.1"),
        ("192.0.2.9", forwarded("[2001:db8::5]:4711"), True, "2001:db8::5"),
        ("192.0.2.9", [REAL], True, "198.51.100.2"),
        ("192.0.2.9", [*forwarded("198.51.100.1"), REAL], True, "198.51.100.1"),
        ("192.0.2.9", forwarded(""), True, "192.0.2.9"),
        (None, [], False, ""),
    ],
)
def test_client_address(
    peer: str | None, headers: list[tuple[str, str]], trusted: bool, expected: str
) -> None:
    assert ClientAddresses(lambda: trusted).address(scope(peer, *headers)) == expected


@pytest.mark.parametrize(
    ("peer", "line", "expected"),
    [
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "unknown, 10.0.0.2", "unknown"),
        ("192.0.2.9", "198.51.100.1", "192.0.2.9"),
    ],
)
def test_named_proxies_are_passed_over_and_nobody_else_may_speak_for_others(
    peer: str, line: str, expected: str
) -> None:
    clients = ClientAddresses(lambda: True, networks_of("10.0.0.0/8, 2001:db8::/32"))
    assert clients.address(scope(peer, *forwarded(line))) == expected


@pytest.mark.parametrize(
    ("peer", "lines", "trusted", "expected"),
    [
        ("192.0.2.9", [], False, "192.0.2.9"),
        ("2001:db8::1", [], False, "2001:db8::/64"),
        ("192.0.2.9", ["1.1.1.1, 198.51.100.1"], False, "192.0.2.9 198.51.100.1"),
        ("192.0.2.9", ["1.1.1.1, 198.51.100.1"], True, "198.51.100.1"),
    ],
)
def test_places(peer: str, lines: list[str], trusted: bool, expected: str) -> None:
    assert ClientAddresses(lambda: trusted).place(scope(peer, *forwarded(*lines))) == expected


@pytest.mark.parametrize("text", ["nonsense", "10.0.0.0/99", "10.0.0.1 10.0.0.2"])
def test_networks_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="does not appear|not permitted|Expected"):
        networks_of(text)


def test_header_is_the_first_of_its_name_or_none() -> None:
    found = {"headers": [(b"a", b"1"), (b"a", b"2")]}
    assert header(found, b"a") == "1"
    assert header(found, b"b") is None
