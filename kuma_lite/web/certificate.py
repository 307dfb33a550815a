"""The certificate that is served: read, decrypted and understood here, because the web server cannot refuse.

Granian ends the whole process when it does not like what is in the files. So it gets what we have read and
written anew, and only after a child process has shown that it likes it (`trial`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from msgspec import Struct

from kuma_lite.core.config import Tls
from kuma_lite.core.errors import StartupError
from kuma_lite.core.records import hiding

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_PASSPHRASE: Final = "ssl_key_passphrase (KUMA_LITE_SSL_KEY_PASSPHRASE)"  # noqa: S105 - the name of a setting


class Certificate(Struct, frozen=True):
    """What is served.

    Attributes:
        chain: PEM, the server's own certificate first.
        key: PEM, not encrypted.
    """

    __repr__ = hiding("key")

    chain: bytes
    key: bytes

    @contextmanager
    def files(self) -> Iterator[tuple[Path, Path]]:
        """Paths of chain and key while the block lasts; where the system can, they are in memory."""
        with ExitStack() as stack:
            yield stack.enter_context(_file("chain", self.chain)), stack.enter_context(_file("key", self.key))


def read_certificate(tls: Tls) -> Certificate:
    """Read the files of a certificate. Raises StartupError with one sentence."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    chain_pem, key_pem = _content(tls.certificate), _content(tls.key)
    try:
        chain = x509.load_pem_x509_certificates(chain_pem)
    except ValueError:
        raise StartupError(f"The TLS certificate {tls.certificate} holds no certificate in PEM.") from None
    key = _private_key(tls, key_pem)
    spki = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if chain[0].public_key().public_bytes(*spki) != key.public_key().public_bytes(*spki):
        raise StartupError(
            f"The TLS certificate {tls.certificate} and key {tls.key} cannot be used together: "
            "the first certificate of the file is not the one of the key."
        )
    return Certificate(
        chain=b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in chain),
        key=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def _private_key(tls: Tls, pem: bytes) -> PrivateKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem, None)  # a passphrase that is not needed does no harm
    except TypeError:
        if not tls.passphrase:
            raise StartupError(
                f"The TLS key {tls.key} is encrypted: its passphrase has to be given with {_PASSPHRASE}."
            ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise StartupError(f"The TLS key {tls.key} holds no private key in PEM that can be used.") from None
    try:
        return load_pem_private_key(pem, tls.passphrase.encode())
    except UnsupportedAlgorithm:
        known = False
    except ValueError as error:
        known = "unknown cipher" not in str(error)
    if known:
        raise StartupError(f"The passphrase of the TLS key {tls.key} is wrong; {_PASSPHRASE} gives it.")
    raise StartupError(
        f"The TLS key {tls.key} is encrypted in a way that is out of use; "
        f"encrypt it anew with: openssl pkcs8 -topk8 -in {tls.key} -out NEW"
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise StartupError(f"The TLS file {path} does not exist.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StartupError(f"The TLS file {path} cannot be read: {reason}.") from None


@contextmanager
def _file(name: str, content: bytes) -> Iterator[Path]:
    try:
        opened: IO[bytes] = open(os.memfd_create(name), "wb")  # noqa: SIM115 - closed below
        path = Path(f"/proc/self/fd/{opened.fileno()}")
        path.stat()
    except (AttributeError, OSError):  # not Linux, or not allowed
        import tempfile

        opened = tempfile.NamedTemporaryFile(prefix="kuma-lite-")  # noqa: SIM115 - for the owner only
        path = Path(opened.name)
    with opened as file:
        file.write(content)
        file.flush()
        yield path
