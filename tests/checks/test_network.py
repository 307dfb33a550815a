from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import SeenCertificate, ToldCertificate, failed, seen
from kuma_lite.net.certificates import parse
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


@given(st.integers(-5 * 864_000, 5 * 864_000), st.integers(0, 30 * 86_400))
def test_figures_of_a_certificate_are_those_of_its_document(before: int, later: int) -> None:
    """`before`: tenths of seconds until it ends; `later`: seconds after the figures were taken."""
    report = CertificateReport(True, (issue("a.test", names=("a.test",)).der,), True)
    ends = parse(report.chain[0]).not_after
    told = ToldCertificate(False, {}, {}, ends, "AA")
    now = ends - before / 10
    for certificate in (SeenCertificate(report, False), told):
        found = certificate.figures(now)
        assert found is not None
        assert found.until > now
        for moment in (now, min(now + later, found.until - 1.1)):
            wire = certificate.as_wire(moment) if moment >= now else certificate.as_wire(now)
            assert (found.valid, found.days) == (wire["valid"], wire["certInfo"]["daysRemaining"])


def test_what_cannot_be_read_has_no_figures() -> None:
    for chain in ((), (b"nothing",)):
        assert SeenCertificate(CertificateReport(True, chain, True), False).figures(0.0) is None
