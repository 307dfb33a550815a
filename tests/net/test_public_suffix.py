from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net.public_suffix import Registration, host_of, registration_of


@pytest.mark.parametrize(
    ("host", "suffix", "domain"),
    [
        ("com", "com", None),
        ("example.com", "com", "example.com"),
        ("a.b.example.com", "com", "example.com"),
        ("co.uk", "co.uk", None),
        ("a.b.co.uk", "co.uk", "b.co.uk"),
        ("ck", "ck", None),
        ("x.ck", "x.ck", None),  # every name below is a suffix
        ("a.x.ck", "x.ck", "a.x.ck"),
        ("www.ck", "ck", "www.ck"),  # but this one
        ("b.kobe.jp", "b.kobe.jp", None),
        ("city.kobe.jp", "kobe.jp", "city.kobe.jp"),
        ("user.github.io", "io", "github.io"),  # private suffixes are not registries
        ("bücher.de", "de", "xn--bcher-kva.de"),
        ("shop.公司.cn", "xn--55qx5d.cn", "shop.xn--55qx5d.cn"),
        ("localhost", "localhost", None),
        ("nas.local", "local", None),
        ("127.0.0.1", None, None),
        ("fe80::1%eth0", None, None),
        ("a..com", "com", None),
        ("-a.com", "com", None),
        ("*.com", "com", None),
        ("#.com", "com", None),
        ("a.#", "#", None),
    ],
)
def test_registrations(host: str, suffix: str | None, domain: str | None) -> None:
    assert registration_of(host) == Registration(suffix, domain)


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    host = host_of(text)
    if host:
        found = registration_of(host)
        assert found.domain is None or found.domain.endswith(f".{found.suffix}")
        assert found.domain is None or registration_of(found.domain) == found
