"""A certificate authority for tests: every certificate a server may wrongly or rightly present."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Issued:
    certificate: x509.Certificate
    key: Key
    chain: tuple[x509.Certificate, ...] = ()  # intermediates the server sends

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> str:
        return "".join(pem(link) for link in (self.certificate, *self.chain))

    @property
    def key_pem(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def server_context(self, client_ca: str | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "server.pem"
            path.write_text(self.pem + self.key_pem)
            context.load_cert_chain(path)
        if client_ca is not None:
            context.load_verify_locations(cadata=client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kuma Lite Tests"),
        ]
    )


def new_key(kind: str = "ec") -> Key:
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def issue(
    common_name: str,
    *,
    by: Issued | None = None,
    names: tuple[str, ...] = (),
    ca: bool = False,
    days: float = 90,
    age: float = 1,
    key: Key | None = None,
    sends: tuple[x509.Certificate, ...] = (),
) -> Issued:
    """A certificate valid since `age` days for `days` days from now; self-signed without `by`."""
    key = key or new_key()
    now = datetime.now(UTC)
    subject = name(common_name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=age))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    signer = by.key if by else key
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_san(n) for n in names]), critical=False)
    if by:
        builder = builder.add_extension(
            x509.AuthorityInformationAccess(
                [
                    x509.AccessDescription(
                        AuthorityInformationAccessOID.OCSP,
                        x509.UniformResourceIdentifier("http://ocsp.test/"),
                    )
                ]
            ),
            critical=False,
        )
    if not ca:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
            critical=False,
        )
    return Issued(builder.sign(signer, hashes.SHA256()), key, sends)


def _san(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


@dataclass(frozen=True)
class Authority:
    """A root, an intermediate below it, and what they issue."""

    root: Issued
    intermediate: Issued

    @property
    def root_pem(self) -> str:
        return pem(self.root.certificate)

    @classmethod
    def create(cls) -> Authority:
        root = issue("Test Root", ca=True, days=3650)
        return cls(root, issue("Test Intermediate", by=root, ca=True, days=1825))

    def server(
        self,
        *names: str,
        days: float = 90,
        age: float = 1,
        with_intermediate: bool = True,
        key: Key | None = None,
        common_name: str | None = None,
    ) -> Issued:
        sends = (self.intermediate.certificate,) if with_intermediate else ()
        return issue(
            common_name or names[0],
            by=self.intermediate,
            names=names,
            days=days,
            age=age,
            key=key,
            sends=sends,
        )
