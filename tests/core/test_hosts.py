from __future__ import annotations

import pytest

from kuma_lite.core.hosts import host_name, is_known, is_out_of_reach, known_hosts


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Kuma.Example:3001", "kuma.example"),
        ("kuma.example.", "kuma.example"),
        ("[::1]:3001", "::1"),
        ("https://kuma.example:8443/x", "kuma.example"),
        ("kuma.example", "kuma.example"),
        ("[::1", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_names(host: str | None, name: str) -> None:
    assert host_name(host) == name


@pytest.mark.parametrize(
    "name",
    ["127.0.0.1", "192.0.2.1", "::1", "fe80::1%eth0", "localhost", "nas", "nas.local", "a.home.arpa"],
)
def test_what_no_stranger_can_make_lead_here(name: str) -> None:
    assert is_out_of_reach(name)


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "local.example"])
def test_what_a_stranger_may_have(name: str) -> None:
    assert not is_out_of_reach(name)


def test_known_names() -> None:
    assert known_hosts(["a.example", 5]) == ["a.example"]
    assert known_hosts(None) == known_hosts("a.example") == []
    assert is_known("a.example", ["a.example"])
    assert is_known("b.example", ["*"])
    assert not is_known("b.example", ["a.example"])
