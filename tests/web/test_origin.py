"""Cross-site websocket hijacking (GHSA-mj22-23ff-2hrr) is stopped by the origin rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.web.origin import origin_allowed


@pytest.mark.parametrize(
    ("origin", "host", "forwarded", "allowed"),
    [
        (None, "kuma.example", None, True),
        ("", "kuma.example", None, True),
        ("https://kuma.example", "kuma.example", None, True),
        ("http://127.0.0.1:3001", "127.0.0.1:3001", None, True),
        ("http://[::1]:3001", "[::1]:3001", None, True),
        ("HTTPS://Kuma.Example", "kuma.example", None, True),
        ("https://kuma.example:8443", "kuma.example", None, False),
        ("https://evil.example", "kuma.example", None, False),
        ("https://kuma.example.evil.example", "kuma.example", None, False),
        ("https://evil.example/kuma.example", "kuma.example", None, False),
        ("null", "kuma.example", None, False),
        ("nonsense", "nonsense", None, False),
        ("https://kuma.example:port", "kuma.example:port", None, False),
        ("https://[::1", "[::1", None, False),
        ("https://kuma.example", None, None, False),
        ("https://kuma.example", "inner:3001", "kuma.example", True),
        ("https://evil.example", "inner:3001", "kuma.example", False),
    ],
)
def test_rule(origin: str | None, host: str | None, forwarded: str | None, allowed: bool) -> None:
    assert origin_allowed(origin, host, forwarded) is allowed


@given(st.text(min_size=1, max_size=40))
def test_no_origin_but_our_own_is_let_in(origin: str) -> None:
    assert not origin_allowed(origin, "kuma.example") or "kuma.example" in origin.lower()
