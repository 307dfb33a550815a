from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.net import certificates
from kuma_lite.net.tls import CertificateReport
from tests.net.authority import Authority, Issued, issue, new_key
from tests.requires import find_program, needs_program

NOW = datetime.now(UTC).timestamp()
DAY = 86_400

# What the runtime of the original says of a certificate, without the circle at the end.
NODE_PROGRAM = """
const tls = require('tls');
const {cert, key} = JSON.parse(require('fs').readFileSync(0));
const server = tls.createServer({cert, key}, s => s.end()).listen(0, '127.0.0.1', () => {
  const port = server.address().port;
  const socket = tls.connect({port, host: '127.0.0.1', rejectUnauthorized: false}, () => {
    let node = socket.getPeerCertificate(true);
    const seen = [];
    for (let c = node; c; c = c.issuerCertificate) {
      seen.push(c.fingerprint);
      if (c.issuerCertificate && seen.includes(c.issuerCertificate.fingerprint))
        c.issuerCertificate = null;
    }
    console.log(JSON.stringify(node));
    process.exit();
  });
});
"""
ADDED = ("validTo", "validFor", "daysRemaining", "certType")


def wire(issued: Issued, *more: bytes) -> dict[str, Any]:
    chain = (issued.der, *(link.public_bytes(_DER) for link in issued.chain), *more)
    return CertificateReport(True, chain, True).info(NOW)


_DER = serialization.Encoding.DER


def without_added(node: dict[str, Any] | None) -> dict[str, Any] | None:
    if node is None:
        return None
    kept = {key: value for key, value in node.items() if key not in ADDED}
    return kept | {"issuerCertificate": without_added(node["issuerCertificate"])}


@needs_program("node")
@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_same_as_the_runtime_of_the_original(authority: Authority, kind: str) -> None:
    names = ("localhost", "*.example.test", "127.0.0.1", "::1", "2001:db8::ff")
    chain = (authority.intermediate.certificate, authority.root.certificate)
    issued = issue("localhost", by=authority.intermediate, names=names, key=new_key(kind), sends=chain)
    output = subprocess.run(
        [find_program("node") or "node", "-e", NODE_PROGRAM],
        input=json.dumps({"cert": issued.pem, "key": issued.key_pem}),
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    ).stdout
    expected = json.loads(output)
    ours = without_added(json.loads(json.dumps(wire(issued))))
    assert ours == expected
    assert list(ours or {}) == list(expected)


def test_what_is_added(authority: Authority) -> None:
    info = wire(authority.server("a.test", "127.0.0.1", days=10.5))
    assert info["daysRemaining"] == 10
    assert info["validFor"] == ["a.test", "127.0.0.1"]
    assert info["validTo"].endswith(".000Z")
    assert info["certType"] == "server"
    assert info["issuerCertificate"]["certType"] == "intermediate CA"
    assert info["issuerCertificate"]["issuerCertificate"] is None


def test_self_signed_and_expired() -> None:
    info = wire(issue("lonely", names=("lonely",), days=-3.5, age=9))
    assert (info["certType"], info["daysRemaining"], info["issuerCertificate"]) == ("self-signed", -3, None)


def test_certificate_without_names() -> None:
    info = wire(issue("bare"))
    assert "subjectaltname" not in info
    assert info["validFor"] == []


def test_chain_is_put_in_order_and_strangers_left_out(authority: Authority) -> None:
    leaf = authority.server("a.test", with_intermediate=False)
    stranger = issue("Stranger", ca=True)
    chain = (leaf.der, stranger.der, authority.root.der, authority.intermediate.der)
    ordered = certificates.order_chain(chain)
    assert [link.der for link in ordered] == [leaf.der, authority.intermediate.der, authority.root.der]


def test_garbage_is_no_chain(authority: Authority) -> None:
    assert certificates.order_chain((b"nonsense", authority.root.der)) == []
    assert len(certificates.order_chain((authority.root.der, b"nonsense"))) == 1
    assert CertificateReport(False, (b"nonsense",), False).info(NOW) == {}
    assert CertificateReport(False, (), False).days_remaining(NOW) is None


def test_reading_twice_costs_once(authority: Authority) -> None:
    assert certificates.parse(authority.root.der) is certificates.parse(bytes(authority.root.der))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (x509.DNSName("a.test"), "DNS:a.test"),
        (x509.DNSName("a.test, DNS:b.test"), 'DNS:"a.test, DNS:b.test"'),  # one name that looks like two
        (x509.RFC822Name("a@b.test"), "email:a@b.test"),
        (x509.UniformResourceIdentifier("http://a.test/"), "URI:http://a.test/"),
        (x509.RegisteredID(x509.ObjectIdentifier("1.2.3")), "Registered ID:1.2.3"),
        (x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), "othername:<unsupported>"),
    ],
)
def test_kinds_of_names(name: x509.GeneralName, text: str) -> None:
    assert certificates.general_name(name) == text


@given(st.integers(-4000, 4000), st.floats(0.001, 0.999))
def test_days_are_cut_towards_zero(days: int, part: float) -> None:
    remaining = days + part if days >= 0 else days - part
    assert certificates.days_remaining(NOW + remaining * DAY, NOW) == days


def test_time_of_openssl() -> None:
    assert certificates.openssl_time(1_793_580_163) == "Nov  2 00:42:43 2026 GMT"
    assert certificates.iso_time(1_793_580_163) == "2026-11-02T00:42:43.000Z"


def test_fingerprint_of_a_known_value() -> None:
    assert certificates.fingerprint(b"", "sha1").startswith("DA:39:A3:EE:5E:6B")
