from __future__ import annotations

import pytest

from kuma_lite.notifications.services.aliyunsms import without_addresses


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("connect ECONNREFUSED 192.0.2.25:993", "connect ECONNREFUSED [IP]"),
        ("getaddrinfo ENOTFOUND db-1.example.org.", "getaddrinfo ENOTFOUND [Domain]."),
        ("see wss://a/b?c, then", "see [URL] then"),
        ("version 1.2.3, 200 - OK, ü.ä", "version 1.2.3, 200 - OK, ü.ä"),
    ],
)
def test_addresses_are_taken_out(text: str, shown: str) -> None:
    assert without_addresses(text) == shown
