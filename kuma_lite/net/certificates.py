"""Certificates in the shape of Node's `getPeerCertificate`, which Uptime Kuma's `certInfo` is made of.

`parse` reads a DER certificate once; what it returns is compact and remembered, and `as_node` spells it out
for the wire. The `cryptography` package (17 MB, 80 ms) is imported by the first certificate that is read.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from cryptography import x509

# Certificates remembered. Intermediates and roots are shared by many servers; a certificate takes about 3 kB.
CERTIFICATES_REMEMBERED = 2048
DAY = 86_400.0

Names = dict[str, str | list[str]]

# OpenSSL's short names; an attribute without one is spelled as its OID.
_SHORT_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "street",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "title",
    "2.5.4.15": "businessCategory",
    "2.5.4.17": "postalCode",
    "2.5.4.42": "GN",
    "2.5.4.43": "initials",
    "2.5.4.46": "dnQualifier",
    "2.5.4.97": "organizationIdentifier",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
    "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
    "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST",
    "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
}
# Curve names as OpenSSL (`asn1Curve`) and NIST (`nistCurve`) spell them, by cryptography's name.
_CURVES = {
    "secp224r1": ("secp224r1", "P-224"),
    "secp256r1": ("prime256v1", "P-256"),
    "secp384r1": ("secp384r1", "P-384"),
    "secp521r1": ("secp521r1", "P-521"),
}
_ACCESS_METHODS = {"1.3.6.1.5.5.7.48.1": "OCSP", "1.3.6.1.5.5.7.48.2": "CA Issuers"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Certificate(Struct, frozen=True):
    """One certificate, read.

    `not_before` and `not_after` are seconds since 1970; `key` holds the fields that depend on the kind of
    public key, with `pubkey` as bytes.
    """

    der: bytes
    subject: Names
    issuer: Names
    alt_names: tuple[str, ...]  # `DNS:a`, `IP Address:1.2.3.4`
    info_access: dict[str, list[str]]
    ca: bool
    key: dict[str, Any]
    not_before: float
    not_after: float
    key_usage: tuple[str, ...]
    serial: str

    @property
    def self_issued(self) -> bool:
        """Whether it names itself as its issuer: a root, or self-signed."""
        return self.subject == self.issuer

    def names(self, prefix: str) -> list[str]:
        """The alternative names of one kind, e.g. `DNS:`."""
        return [name.removeprefix(prefix) for name in self.alt_names if name.startswith(prefix)]


def warm_up() -> None:
    """Import what reading a certificate needs; call it on a thread."""
    from cryptography import x509  # noqa: F401


@lru_cache(maxsize=CERTIFICATES_REMEMBERED)
def parse(der: bytes) -> Certificate:
    """Read a DER certificate. Raises ValueError when it is none. Broken extensions are left out."""
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(der)
    constraints = _extension(certificate, x509.BasicConstraints)
    key_usage = _extension(certificate, x509.ExtendedKeyUsage)
    return Certificate(
        der=der,
        subject=_names(certificate.subject),
        issuer=_names(certificate.issuer),
        alt_names=_alt_names(certificate),
        info_access=_info_access(certificate),
        ca=bool(constraints and constraints.ca),
        key=_key(certificate),
        not_before=certificate.not_valid_before_utc.timestamp(),
        not_after=certificate.not_valid_after_utc.timestamp(),
        key_usage=tuple(usage.dotted_string for usage in key_usage) if key_usage else (),
        serial=_even_hex(certificate.serial_number),
    )


def order_chain(chain: tuple[bytes, ...]) -> list[Certificate]:
    """The chain from the leaf upwards; what is no part of it or cannot be read is dropped."""
    certificates: list[Certificate] = []
    for der in chain:
        try:
            certificates.append(parse(der))
        except ValueError:
            if not certificates:
                return []
    ordered = certificates[:1]
    rest = certificates[1:]
    while rest and not ordered[-1].self_issued:
        issuer = next((other for other in rest if other.subject == ordered[-1].issuer), None)
        if issuer is None:
            break
        ordered.append(issuer)
        rest.remove(issuer)
    return ordered


def chain_as_node(chain: list[Certificate], now: float) -> dict[str, Any]:
    """The nested object of `certInfo.certInfo`: the leaf, `issuerCertificate` up to a null."""
    node: dict[str, Any] | None = None
    for position in range(len(chain) - 1, -1, -1):
        node = as_node(chain[position], node, certificate_type(chain[position], position), now)
    return node or {}


def certificate_type(certificate: Certificate, position: int) -> str:
    """`server`, `intermediate CA`, `root CA` or `self-signed`, by the place in the chain (0 is the leaf)."""
    if position == 0:
        return "self-signed" if certificate.self_issued else "server"
    return "root CA" if certificate.self_issued else "intermediate CA"


def as_node(certificate: Certificate, issuer: dict[str, Any] | None, kind: str, now: float) -> dict[str, Any]:
    """One certificate with Node's keys in Node's order, then those Uptime Kuma adds."""
    node: dict[str, Any] = {"subject": certificate.subject, "issuer": certificate.issuer}
    if certificate.alt_names:
        node["subjectaltname"] = ", ".join(certificate.alt_names)
    if certificate.info_access:
        node["infoAccess"] = certificate.info_access
    node["ca"] = certificate.ca
    for name, value in certificate.key.items():
        node[name] = _buffer(value) if isinstance(value, bytes) else value
    node["valid_from"] = openssl_time(certificate.not_before)
    node["valid_to"] = openssl_time(certificate.not_after)
    node["fingerprint"] = fingerprint(certificate.der, "sha1")
    node["fingerprint256"] = fingerprint(certificate.der, "sha256")
    node["fingerprint512"] = fingerprint(certificate.der, "sha512")
    if certificate.key_usage:
        node["ext_key_usage"] = list(certificate.key_usage)
    node["serialNumber"] = certificate.serial
    node["raw"] = _buffer(certificate.der)
    node["issuerCertificate"] = issuer
    node["validTo"] = iso_time(certificate.not_after)
    node["validFor"] = [
        name.removeprefix("DNS:").removeprefix("IP Address:") for name in certificate.alt_names
    ]
    node["daysRemaining"] = days_remaining(certificate.not_after, now)
    node["certType"] = kind
    return node


def days_remaining(not_after: float, now: float) -> int:
    """Whole days until `not_after`, cut towards zero; negative once it has passed."""
    return int((not_after - now) / DAY)


def fingerprint(der: bytes, algorithm: str = "sha256") -> str:
    """Upper-case hex with colons, as `openssl x509 -fingerprint`."""
    return hashlib.new(algorithm, der, usedforsecurity=False).digest().hex(":").upper()


def openssl_time(seconds: float) -> str:
    """`Nov  2 00:42:43 2026 GMT`: the day is padded with a blank."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{_MONTHS[moment.month - 1]} {moment.day:2d} {moment:%H:%M:%S} {moment.year} GMT"


def iso_time(seconds: float) -> str:
    """`2026-11-22T00:42:43.000Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _buffer(data: bytes) -> dict[str, Any]:
    return {"type": "Buffer", "data": list(data)}


def _even_hex(number: int) -> str:
    digits = f"{abs(number):X}"
    return ("-" if number < 0 else "") + digits.rjust(len(digits) + len(digits) % 2, "0")


def _extension(certificate: x509.Certificate, kind: type[Any]) -> Any:
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError, x509.DuplicateExtension):
        return None


def _names(name: x509.Name) -> Names:
    names: Names = {}
    for attribute in name:
        key = _SHORT_NAMES.get(attribute.oid.dotted_string, attribute.oid.dotted_string)
        value = attribute.value if isinstance(attribute.value, str) else attribute.value.hex()
        present = names.get(key)
        if present is None:
            names[key] = value
        else:
            names[key] = [*present, value] if isinstance(present, list) else [present, value]
    return names


def _alt_names(certificate: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    extension = _extension(certificate, x509.SubjectAlternativeName)
    return tuple(general_name(name) for name in extension) if extension else ()


def general_name(name: Any) -> str:
    """A GeneralName as OpenSSL prints it: `DNS:a`, `IP Address:1.2.3.4`, `URI:...`."""
    from cryptography import x509

    if isinstance(name, x509.IPAddress):
        return f"IP Address:{_ip_text(name.value)}"
    if isinstance(name, x509.DirectoryName):
        return "DirName:" + "/".join(f"{k}={v}" for k, v in _names(name.value).items())
    if isinstance(name, x509.RegisteredID):
        return f"Registered ID:{name.value.dotted_string}"
    prefixes: tuple[tuple[type[Any], str], ...] = (
        (x509.DNSName, "DNS"),
        (x509.RFC822Name, "email"),
        (x509.UniformResourceIdentifier, "URI"),
    )
    for kind, prefix in prefixes:
        if isinstance(name, kind):
            return f"{prefix}:{_quoted(name.value)}"
    return "othername:<unsupported>"


def _ip_text(value: Any) -> str:
    if isinstance(value, ipaddress.IPv6Address):
        return ":".join(f"{int(group, 16):X}" for group in value.exploded.split(":"))
    return str(value)


def _quoted(text: str) -> str:
    """A name that holds the list's own separators could forge another name: such a one is quoted."""
    if all(" " < character <= "~" and character not in ",\"'\\" for character in text):
        return text
    return json.dumps(text)


def _info_access(certificate: x509.Certificate) -> dict[str, list[str]]:
    from cryptography import x509

    access: dict[str, list[str]] = {}
    for description in _extension(certificate, x509.AuthorityInformationAccess) or ():
        oid = description.access_method.dotted_string
        kind, _, value = general_name(description.access_location).partition(":")
        access.setdefault(f"{_ACCESS_METHODS.get(oid, oid)} - {kind}", []).append(value)
    return access


def _key(certificate: x509.Certificate) -> dict[str, Any]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        key = certificate.public_key()
    except ValueError:
        return {}
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        encoding, layout = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return {
            "modulus": _even_hex(numbers.n),
            "bits": key.key_size,
            "exponent": hex(numbers.e),
            "pubkey": key.public_bytes(encoding, layout),
        }
    if isinstance(key, ec.EllipticCurvePublicKey):
        encoding, layout = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        fields: dict[str, Any] = {"bits": key.key_size, "pubkey": key.public_bytes(encoding, layout)}
        asn1, nist = _CURVES.get(key.curve.name, (key.curve.name, None))
        return fields | {"asn1Curve": asn1} | ({"nistCurve": nist} if nist else {})
    return {}
