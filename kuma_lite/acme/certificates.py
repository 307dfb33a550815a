"""Keys, requests for certificates, and what a certificate says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from msgspec import Struct

from kuma_lite.acme.account import base64url
from kuma_lite.acme.errors import AcmeError

STAND_IN: Final = "Kuma Lite stand-in"  # organisation of one that we sign ourselves
_STAND_IN_DAYS: Final = 3650
_PROOF_DAYS: Final = 7  # nobody looks at its time
_ACME_IDENTIFIER: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31")  # RFC 8737, 3
_SKEW: Final = timedelta(hours=1)  # authorities date back by that much; ours may be behind a little
_SPKI: Final = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


class Served(Struct, frozen=True):
    """What is to be known of a certificate with its key.

    Attributes:
        names: DNS names it is for, lower case.
        begins: seconds since 1970.
        ends: seconds since 1970.
        issuer: the organisation or the name of who has signed it.
        is_stand_in: signed by ourselves, until there is another one.
        renewal_id: by which its authority is asked when to renew it (RFC 9773); "" where it has none.
    """

    names: frozenset[str]
    begins: float
    ends: float
    issuer: str
    is_stand_in: bool = False
    renewal_id: str = ""


def new_key() -> ec.EllipticCurvePrivateKey:
    """On P-256: what every browser takes, and small."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """PKCS#8, not encrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def request_for(names: Sequence[str], key: ec.EllipticCurvePrivateKey) -> str:
    """A signing request, as ACME wants it: DER in Base64."""
    built = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    built = built.add_extension(_alternatives(names), critical=False)
    return base64url(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


def stand_in(names: Iterable[str], now: float) -> bytes:
    """Key and certificate (PEM) that we sign ourselves: HTTPS answers, with a warning of browsers."""
    key, moment = new_key(), datetime.fromtimestamp(now, UTC)
    ends = moment + timedelta(days=_STAND_IN_DAYS)
    built = _by_ourselves(key, list(names) or ["localhost"], moment - _SKEW, ends)
    built = built.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return key_pem(key) + _signed(built, key)


def proof(name: str, digest: bytes) -> tuple[bytes, bytes]:
    """Certificate and key (PEM) that prove a name by TLS (RFC 8737, 3).

    Args:
        digest: SHA-256 of the key authorization.
    """
    key, begins = new_key(), datetime(2000, 1, 1, tzinfo=UTC)
    octets = b"\x04" + bytes([len(digest)]) + digest  # DER, OCTET STRING
    built = _by_ourselves(key, [name], begins, begins + timedelta(days=_PROOF_DAYS))
    built = built.add_extension(x509.UnrecognizedExtension(_ACME_IDENTIFIER, octets), critical=True)
    return _signed(built, key), key_pem(key)


def _by_ourselves(
    key: ec.EllipticCurvePrivateKey, names: Sequence[str], begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    """A certificate that is its own issuer."""
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, STAND_IN)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(_alternatives(names), critical=False)
    )


def _signed(built: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def seen(chain_pem: bytes) -> Served:
    """What the first certificate says. Raises ValueError where there is none."""
    first = x509.load_pem_x509_certificates(chain_pem)[0]
    return Served(
        frozenset(_names(first)),
        first.not_valid_before_utc.timestamp(),
        first.not_valid_after_utc.timestamp(),
        _issuer(first),
        first.issuer == first.subject and _organisation(first.subject) == STAND_IN,
        _renewal_id(first),
    )


def verified(chain_pem: bytes, key: ec.EllipticCurvePrivateKey, names: Iterable[str], now: float) -> bytes:
    """The chain as it was sent, written anew (PEM).

    Raises AcmeError unless it is one for these names and this key, in its time, and holds together.
    """
    try:
        chain = x509.load_pem_x509_certificates(chain_pem)
    except ValueError:
        raise AcmeError("What the certificate authority sent is no certificate.") from None
    first, moment = chain[0], datetime.fromtimestamp(now, UTC)
    if first.public_key().public_bytes(*_SPKI) != key.public_key().public_bytes(*_SPKI):
        raise AcmeError("The certificate of the authority is for another key.")
    if lacking := sorted(set(names) - set(_names(first))):
        raise AcmeError("The certificate of the authority lacks {lacking}.", lacking=", ".join(lacking))
    if not first.not_valid_before_utc - _SKEW <= moment < first.not_valid_after_utc:
        raise AcmeError("The certificate of the authority is not valid at the time of this machine's clock.")
    try:
        for below, above in pairwise(chain):
            below.verify_directly_issued_by(above)
    except Exception:  # of several kinds: names, signatures, algorithms
        raise AcmeError("The certificates of the authority do not belong together.") from None
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain)


def _alternatives(names: Sequence[str]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.DNSName(name) for name in names])


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return [name.lower() for name in found.value.get_values_for_type(x509.DNSName)]


def _organisation(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else ""


def _issuer(certificate: x509.Certificate) -> str:
    common = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return _organisation(certificate.issuer) or (str(common[0].value) if common else "")


def _renewal_id(certificate: x509.Certificate) -> str:
    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    except x509.ExtensionNotFound:
        return ""
    if found.value.key_identifier is None:
        return ""
    number = certificate.serial_number
    serial = number.to_bytes(number.bit_length() // 8 + 1, "big")  # as DER has it, with room for the sign
    return f"{base64url(found.value.key_identifier)}.{base64url(serial)}"
