from __future__ import annotations

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net.errors import ErrorKind
from kuma_lite.net.tls import (
    ALERTS,
    CertificateReport,
    PeerNames,
    alert_of,
    handshake_error,
    name_covers,
    name_mismatch,
    names_of_certificate,
    names_of_peer,
    verification_error,
)
from tests.net.authority import Authority

LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(lambda s: "xn--" not in s)


@pytest.mark.parametrize(
    ("pattern", "host", "covered"),
    [
        ("a.test", "a.test", True),
        ("A.Test", "a.tEST", True),
        ("a.test", "a.test.", True),
        ("a.test", "b.test", False),
        ("*.a.test", "x.a.test", True),
        ("*.a.test", "a.test", False),
        ("*.a.test", "x.y.a.test", False),
        ("w*.a.test", "www.a.test", True),
        ("*w.a.test", "www.a.test", True),
        ("w*w.a.test", "w.a.test", False),
        ("*.test", "a.test", False),  # never a whole top-level domain
        ("*", "test", False),
        ("a.*.test", "a.b.test", False),
        ("*.*.test", "a.b.test", False),
        ("**.a.test", "x.a.test", False),
        ("xn--*.a.test", "xn--abc.a.test", False),
        ("*.a.test", "xn--abc.a.test", True),
        (".a.test", "x.a.test", False),
        ("", "", False),
        ("a.test\0.evil.test", "a.test", False),
    ],
)
def test_which_names_cover_which_hosts(pattern: str, host: str, covered: bool) -> None:
    assert name_covers(pattern, host) is covered


@given(st.lists(LABELS, min_size=3, max_size=5), LABELS)
def test_wildcard_stands_for_exactly_one_label(labels: list[str], extra: str) -> None:
    host = ".".join(labels)
    pattern = ".".join(["*", *labels[1:]])
    assert name_covers(host, host)
    assert name_covers(pattern, host)
    assert not name_covers(pattern, f"{extra}.{host}")
    assert not name_covers(pattern, ".".join(labels[1:]))


PREFIX = "Hostname/IP does not match certificate's altnames: "


@pytest.mark.parametrize(
    ("host", "names", "reason"),
    [
        ("a.test", PeerNames(("DNS:a.test",), ()), None),
        (
            "c.test",
            PeerNames(("DNS:a.test", "DNS:b.test"), ("c.test",)),
            "Host: c.test. is not in the cert's altnames: DNS:a.test, DNS:b.test",
        ),
        ("a.test", PeerNames((), ("a.test",)), None),
        ("b.test", PeerNames((), ("a.test",)), "Host: b.test. is not cert's CN: a.test"),
        ("b.test", PeerNames((), ()), "Cert does not contain a DNS name"),
        ("10.0.0.1", PeerNames(("IP Address:10.0.0.1",), ()), None),
        ("::1", PeerNames(("IP Address:0:0:0:0:0:0:0:1",), ()), None),
        (
            "10.0.0.2",
            PeerNames(("IP Address:10.0.0.1", "DNS:10.0.0.2"), ("10.0.0.2",)),
            "IP: 10.0.0.2 is not in the cert's list: 10.0.0.1",
        ),
    ],
)
def test_why_a_name_does_not_fit(host: str, names: PeerNames, reason: str | None) -> None:
    assert name_mismatch(host, names) == (None if reason is None else PREFIX + reason)


def test_names_from_both_sources_are_the_same(authority: Authority) -> None:
    peer = {
        "subject": ((("commonName", "a.test"),), (("organizationName", "Kuma Lite Tests"),)),
        "subjectAltName": (("DNS", "a.test"), ("IP Address", "10.0.0.1")),
    }
    issued = authority.server("a.test", "10.0.0.1")
    report = CertificateReport(True, (issued.der,), True)
    assert names_of_peer(peer) == names_of_certificate(report.certificates[0])


def certificate_error(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_code = code
    error.verify_message = message
    return error


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (10, "certificate has expired", ("certificate has expired", "CERT_HAS_EXPIRED")),
        (18, "self signed certificate", ("self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT")),
        (20, "", ("unable to get local issuer certificate", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY")),
        (99, "something new", ("something new", "UNSPECIFIED")),
    ],
)
def test_verification_texts(code: int, message: str, expected: tuple[str, str]) -> None:
    error = verification_error(certificate_error(code, message), None, 0)
    assert (error.message, error.code) == expected
    assert error.kind is ErrorKind.TLS


def ssl_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] text (_ssl.c:1)")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("reason", "alert"),
    [
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", ("handshake_failure", 40)),
        ("SSLV3_ALERT_BAD_CERTIFICATE", ("bad_certificate", 42)),
        ("TLSV1_ALERT_UNKNOWN_CA", ("unknown_ca", 48)),
        ("TLSV1_ALERT_ACCESS_DENIED", ("access_denied", 49)),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", ("certificate_required", 116)),
        ("TLSV1_UNRECOGNIZED_NAME", ("unrecognized_name", 112)),
        ("TLSV1_ALERT_USER_CANCELLED", ("user_canceled", 90)),
        ("WRONG_VERSION_NUMBER", None),
        ("TLSV1_ALERT_NEVER_HEARD_OF", None),
    ],
)
def test_alerts(reason: str, alert: tuple[str, int] | None) -> None:
    assert alert_of(ssl_error(reason)) == alert
    if alert is not None:
        assert ALERTS[alert[1]] == alert[0]


def test_handshake_texts() -> None:
    wrong = handshake_error(ssl_error("WRONG_VERSION_NUMBER"))
    assert wrong.message == "write EPROTO SSL routines::wrong version number"
    assert handshake_error(ssl_error("TLSV1_ALERT_UNKNOWN_CA")).message.endswith(":SSL alert number 48")
