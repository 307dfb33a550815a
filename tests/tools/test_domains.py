from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.errors import UserError
from kuma_lite.monitors.document.targets import domain_target
from kuma_lite.net.public_suffix import host_of
from kuma_lite.net.rdap import _vendored
from kuma_lite.tools.domains import Domain, check_domain, registered

SERVER_OF = _vendored().get


def refusal(monitor: Any) -> tuple[str, bool | None, dict[str, Any]]:
    with pytest.raises(UserError) as caught:
        check_domain(monitor, domain_target, SERVER_OF)
    prefix = "domain_expiry_unsupported_"
    return caught.value.message.removeprefix(prefix), caught.value.i18n, caught.value.extra["meta"]


@pytest.mark.parametrize(
    ("host", "domain", "tld"),
    [
        ("www.example.com", "example.com", "com"),
        ("example.org", "example.org", "org"),
        ("a.b.co.uk", "b.co.uk", "uk"),
        ("a.b.uk", "b.uk", "uk"),
        ("shop.example.com.au", "example.com.au", "au"),
        ("com.br.example.dev", "example.dev", "dev"),
        ("xn--bcher-kva.example.de.com", "de.com", "com"),
        ("x.xn--kpry57d", "x.xn--kpry57d", "xn--kpry57d"),
    ],
)
def test_what_is_registered(host: str, domain: str, tld: str) -> None:
    assert registered(host, SERVER_OF) == Domain(domain, tld)


ADDRESSES = {
    "url": "http keyword json-query real-browser websocket-upgrade",
    "hostname": "port ping dns smtp snmp gamedig steam mqtt radius tailscale-ping sip-options",
    "grpcUrl": "grpc-keyword",
}


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for field, kinds in ADDRESSES.items() for kind in kinds.split()]
)
def test_where_each_type_keeps_its_address(kind: str, field: str) -> None:
    monitor = {"type": kind, field: "www.example.com", "port": "none", "interval": []}
    assert check_domain(monitor, domain_target, SERVER_OF).domain == "example.com"


NO_ADDRESS = [
    "docker",
    "globalping",
    "group",
    "manual",
    "ntp",
    "pm2",
    "postgres",
    "push",
    "rabbitmq",
    "redis",
]


@pytest.mark.parametrize("kind", NO_ADDRESS)
def test_types_without_an_address(kind: str) -> None:
    monitor = {"type": kind, "url": "https://www.example.com", "hostname": "www.example.com"}
    assert refusal(monitor) == ("monitor_type", True, {})


@pytest.mark.parametrize(
    ("monitor", "reason", "meta"),
    [
        ({}, "monitor_type", {}),
        ({"type": "push"}, "monitor_type", {}),
        ({"type": ["http"]}, "monitor_type", {}),
        ({"type": "http"}, "missing_target", {}),
        ({"type": "http", "url": ""}, "missing_target", {}),
        ({"type": "http", "url": 5}, "missing_target", {}),
        ({"type": "http", "url": "https://[::"}, "missing_target", {}),
        (
            {"type": "http", "url": "https://localhost"},
            "is_icann",
            {"domain": "localhost", "publicSuffix": "localhost"},
        ),
        (
            {"type": "http", "url": "http://127.0.0.1:80"},
            "is_icann",
            {"domain": "127.0.0.1", "publicSuffix": None},
        ),
        ({"type": "http", "url": "http://[::1]/"}, "is_icann", {"domain": "::1", "publicSuffix": None}),
        (
            {"type": "dns", "hostname": "x.internal"},
            "is_icann",
            {"domain": "x.internal", "publicSuffix": "internal"},
        ),
        (
            {"type": "dns", "hostname": "a.x.internal"},
            "is_icann",
            {"domain": "x.internal", "publicSuffix": "internal"},
        ),
        ({"type": "dns", "hostname": "co.uk"}, "is_icann", {"domain": "co.uk", "publicSuffix": "co.uk"}),
        ({"type": "dns", "hostname": "a..com"}, "is_icann", {"domain": "a..com", "publicSuffix": "com"}),
        (
            {"type": "grpc-keyword", "grpcUrl": "example.io:1"},
            "unsupported_tld_no_rdap_endpoint",
            {"publicSuffix": "io"},
        ),
        ({"type": "dns", "hostname": "mit.edu"}, "unsupported_tld_no_rdap_endpoint", {"publicSuffix": "edu"}),
    ],
)
def test_refusals(monitor: Any, reason: str, meta: dict[str, Any]) -> None:
    assert refusal(monitor) == (reason, True, meta)


def test_what_is_no_monitor() -> None:
    assert refusal(None)[1:] == (False, {})


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    host = host_of(text)
    if not host:
        return
    try:
        found = registered(host, SERVER_OF)
    except UserError as error:
        assert error.message.startswith("domain_expiry_unsupported_")
    else:
        assert host.endswith(found.domain)
