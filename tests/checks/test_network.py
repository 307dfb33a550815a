from __future__ import annotations

import pytest

from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import failed, seen
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.tls import CertificateReport
from tests.net.authority import issue


@pytest.mark.parametrize(
    ("code", "kind", "local"),
    [
        ("EAI_AGAIN", ErrorKind.DNS, True),
        ("ENOTFOUND", ErrorKind.DNS, True),
        ("ENETUNREACH", ErrorKind.UNREACHABLE, True),
        ("EHOSTUNREACH", ErrorKind.UNREACHABLE, True),
        ("ETIMEDOUT", ErrorKind.TIMEOUT, True),
        ("ECONNABORTED", ErrorKind.TIMEOUT, True),
        ("EADDRNOTAVAIL", ErrorKind.UNREACHABLE, True),
        ("ECONNREFUSED", ErrorKind.REFUSED, False),
        ("ECONNRESET", ErrorKind.RESET, True),
        ("CERT_HAS_EXPIRED", ErrorKind.TLS, False),
        ("ERR_INVALID_URL", ErrorKind.URL, False),
        ("HPE_INVALID_CONSTANT", ErrorKind.PROTOCOL, False),
    ],
)
def test_what_may_be_our_own_networks_fault(code: str, kind: ErrorKind, local: bool) -> None:
    failure = failed(NetworkError("sentence", code, kind), prefix="TLS: ", ping=5)
    assert (failure.message, failure.local, failure.ping) == ("TLS: sentence", local, 5)


def test_a_certificate_travels_with_the_failure() -> None:
    report = CertificateReport(False, (issue("a.test", names=("a.test",)).der,), True)
    error = NetworkError("expired", "CERT_HAS_EXPIRED", ErrorKind.TLS, report)
    shown = failed(error).certificate
    assert shown is not None
    wire = shown.as_wire(1_800_000_000)
    assert (wire["valid"], wire["hostnameMatchMonitorUrl"]) == (False, True)
    without_url = failed(error, for_url=False).certificate
    assert without_url is not None
    assert set(without_url.as_wire(1_800_000_000)) == {"valid", "certInfo"}


def test_no_certificate_is_none() -> None:
    assert seen(None, for_url=True) is None
    assert seen(CertificateReport(False, (), False), for_url=True) is None


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("example.org", "example.org"),
        (" Example.ORG ", "example.org"),
        ("[::1]", "::1"),
        ("::1", "::1"),
        ("FE80::1", "fe80::1"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("_srv.example.org", "_srv.example.org"),
        ("", ""),
        ("a b", "a b"),
    ],
)
def test_hosts_are_read_as_people_type_them(typed: str, host: str) -> None:
    assert clean_host(typed) == host
