"""What a handshake says about a server: its certificate, whether the name fits, and why it failed."""

from __future__ import annotations

import ipaddress
import ssl
from typing import Any

from msgspec import Struct

from kuma_lite.core.patterns import pattern
from kuma_lite.net import certificates
from kuma_lite.net.certificates import Certificate
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.resolve import literal

# OpenSSL's X509_V_ERR_* as Node names them; the sentences are OpenSSL's own.
_VERIFY_CODES = {
    2: ("UNABLE_TO_GET_ISSUER_CERT", "unable to get issuer certificate"),
    7: ("CERT_SIGNATURE_FAILURE", "certificate signature failure"),
    9: ("CERT_NOT_YET_VALID", "certificate is not yet valid"),
    10: ("CERT_HAS_EXPIRED", "certificate has expired"),
    18: ("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"),
    19: ("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain"),
    20: ("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable to get local issuer certificate"),
    21: ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate"),
    22: ("CERT_CHAIN_TOO_LONG", "certificate chain too long"),
    23: ("CERT_REVOKED", "certificate revoked"),
    24: ("INVALID_CA", "invalid CA certificate"),
    25: ("PATH_LENGTH_EXCEEDED", "path length constraint exceeded"),
    26: ("INVALID_PURPOSE", "unsuitable certificate purpose"),
    27: ("CERT_UNTRUSTED", "certificate not trusted"),
    28: ("CERT_REJECTED", "certificate rejected"),
}
_EXPIRED, _NOT_YET_VALID = 10, 9
_NO_ISSUER, _FIRST_UNVERIFIED = 20, 21
_UNTRUSTED = frozenset({18, 19, 20, 21})  # what an end of the chain outside the trust store leads to

# RFC 8446 §6 and its predecessors.
ALERTS = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    21: "decryption_failed",
    22: "record_overflow",
    30: "decompression_failure",
    40: "handshake_failure",
    41: "no_certificate",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    60: "export_restriction",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    111: "certificate_unobtainable",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    114: "bad_certificate_hash_value",
    115: "unknown_psk_identity",
    116: "certificate_required",
    120: "no_application_protocol",
}
_ALERT_NUMBERS = {name: number for number, name in ALERTS.items()}
_ALERT_REASON = pattern(r"^(?:SSLV3|TLSV1|TLSV13)_(?:ALERT_)?([A-Z_]+)$")
# Reasons that OpenSSL spells otherwise than the alert is called.
_ALERT_SPELLINGS = {"decryption_failed_ro": "decryption_failed", "user_cancelled": "user_canceled"}


class CertificateReport(Struct, frozen=True):
    """What one server presented in one handshake.

    Args:
        valid: chain and name were accepted by the TLS library (with verification off: would have been).
        chain: DER certificates, the server's own first; includes the root when the chain was verified.
        hostname_matches: a DNS name of the certificate covers the host. As in Uptime Kuma 2.5, an address is
            never covered, even where the certificate lists it.
    """

    valid: bool
    chain: tuple[bytes, ...]
    hostname_matches: bool

    @property
    def fingerprint256(self) -> str:
        """The leaf's SHA-256 fingerprint: changes when the certificate was replaced."""
        return certificates.fingerprint(self.chain[0]) if self.chain else ""

    @property
    def certificates(self) -> list[Certificate]:
        """The chain, read (remembered per certificate)."""
        return certificates.order_chain(self.chain)

    def info(self, now: float) -> dict[str, Any]:
        """The leaf in the shape of Node's `getPeerCertificate(true)`, with what Uptime Kuma adds."""
        return certificates.chain_as_node(self.certificates, now)

    def days_remaining(self, now: float) -> int | None:
        """Whole days until the server's own certificate expires; None when it cannot be read."""
        chain = self.certificates
        return certificates.days_remaining(chain[0].not_after, now) if chain else None


class PeerNames(Struct, frozen=True):
    """The names a certificate is for."""

    alt_names: tuple[str, ...]  # `DNS:a`, `IP Address:1.2.3.4`
    common_names: tuple[str, ...]

    @property
    def dns(self) -> list[str]:
        """The DNS names."""
        return [name[4:] for name in self.alt_names if name.startswith("DNS:")]

    @property
    def ips(self) -> list[str]:
        """The addresses, in canonical form."""
        return [_canonical_ip(name[11:]) for name in self.alt_names if name.startswith("IP Address:")]


def names_of_peer(peer: dict[str, Any]) -> PeerNames:
    """The names in what `SSLObject.getpeercert()` returns."""
    alt_names = tuple(f"{kind}:{name.strip()}" for kind, name in peer.get("subjectAltName", ()))
    subject = [pair for rdn in peer.get("subject", ()) for pair in rdn]
    return PeerNames(alt_names, tuple(value for key, value in subject if key == "commonName"))


def names_of_certificate(certificate: Certificate) -> PeerNames:
    """The names in a certificate that was read."""
    common = certificate.subject.get("CN", [])
    return PeerNames(certificate.alt_names, (common,) if isinstance(common, str) else tuple(common))


def dns_matches(host: str, names: PeerNames) -> bool:
    """Whether a DNS name covers `host`, or the common name where there are no DNS names."""
    return any(name_covers(pattern, host) for pattern in names.dns or names.common_names)


def name_mismatch(host: str, names: PeerNames) -> str | None:
    """None when the certificate is for `host`, else the sentence of the failure (RFC 6125)."""
    host = host.removesuffix(".")
    address = literal(host)
    if address is not None:
        if _canonical_ip(address.ip) in names.ips:
            return None
        reason = f"IP: {address.ip} is not in the cert's list: {', '.join(names.ips)}"
    elif dns_matches(host, names):
        return None
    elif names.dns:
        reason = f"Host: {host}. is not in the cert's altnames: {', '.join(names.alt_names)}"
    elif names.common_names:
        reason = f"Host: {host}. is not cert's CN: {','.join(names.common_names)}"
    else:
        reason = "Cert does not contain a DNS name"
    return f"Hostname/IP does not match certificate's altnames: {reason}"


def name_covers(pattern: str, host: str) -> bool:
    """Whether a certificate's name covers a host; one `*` may stand in the first of three or more labels."""
    expected = pattern.lower().removesuffix(".").split(".")
    labels = host.lower().removesuffix(".").split(".")
    if len(expected) != len(labels) or "" in expected or expected[1:] != labels[1:]:
        return False
    first, label = expected[0], labels[0]
    if "*" not in first or "xn--" in first:
        return first == label
    if first.count("*") != 1 or len(expected) < 3:
        return False
    before, _, after = first.partition("*")
    return len(label) >= len(before) + len(after) and label.startswith(before) and label.endswith(after)


def peer_chain(ssl_object: ssl.SSLObject | ssl.SSLSocket, *, verified: bool) -> tuple[bytes, ...]:
    """The DER chain of a handshake: as verified (with the root), or as the server sent it, refused or not.

    Python 3.11 has it on a private object only; without that there is still the server's own certificate.
    """
    name = "get_verified_chain" if verified else "get_unverified_chain"
    source = getattr(ssl_object, name, None) or getattr(getattr(ssl_object, "_sslobj", None), name, None)
    chain = source() if source is not None else None
    if chain:
        return tuple(link if isinstance(link, bytes) else link.public_bytes(_DER) for link in chain)
    try:
        leaf = ssl_object.getpeercert(binary_form=True)
    except ValueError:  # the handshake failed
        leaf = None
    return (leaf,) if leaf else ()


_DER = 2  # `_ssl.ENCODING_DER`


def alert_of(error: ssl.SSLError) -> tuple[str, int] | None:
    """The TLS alert the server sent, as (`certificate_required`, 116); None when it was something else."""
    match = _ALERT_REASON.match(error.reason or "")
    if match is None:
        return None
    name = match.group(1).lower()
    name = _ALERT_SPELLINGS.get(name, name)
    number = _ALERT_NUMBERS.get(name)
    return None if number is None else (name, number)


def handshake_error(error: ssl.SSLError) -> NetworkError:
    """`write EPROTO <...>wrong version number<...>`: a handshake failed, but not by verification."""
    reason = (error.reason or str(error)).replace("_", " ").lower()
    alert = alert_of(error)
    detail = f":SSL alert number {alert[1]}" if alert else ""
    return NetworkError(f"write EPROTO SSL routines::{reason}{detail}", "EPROTO", ErrorKind.TLS)


def verification_error(
    error: ssl.SSLCertVerificationError, report: CertificateReport | None, now: float
) -> NetworkError:
    """The failure of a certificate in the words of Uptime Kuma's runtime.

    That runtime goes on after the first fault of a chain and shows the last one, OpenSSL alone stops at the
    first. The chain (`report`, if it could be fetched) tells what the last one would have been.
    """
    number = _last_fault(error.verify_code, report.certificates if report else [], now)
    code, sentence = _VERIFY_CODES.get(number, ("UNSPECIFIED", error.verify_message))
    return NetworkError(sentence, code, ErrorKind.TLS, report)


def _last_fault(first: int, chain: list[Certificate], now: float) -> int:
    if first not in _UNTRUSTED:
        return first
    for certificate in chain:
        if certificate.not_after < now:
            return _EXPIRED
        if certificate.not_before > now:
            return _NOT_YET_VALID
    return _FIRST_UNVERIFIED if first == _NO_ISSUER and len(chain) == 1 else first


def _canonical_ip(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return text
