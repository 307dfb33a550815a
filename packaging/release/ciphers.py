"""Whether cryptography, with the OpenSSL it was linked to, has all that ours and our libraries ask of it.

Run by `bundle` with the Python and the packages of a release: options of OpenSSL leave algorithms out in
silence, and nobody misses one before a check needs it. Fails with the names of what is missing.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers import algorithms as old
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dh, dsa, ec, ed448, ed25519, padding, rsa, x448, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, aead, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.poly1305 import Poly1305


def encrypting(algorithm: Any, mode: Any) -> Callable[[], object]:
    """Something that encrypts 16 bytes."""
    return lambda: Cipher(algorithm, mode).encryptor().update(bytes(16))


def agree() -> None:
    """Make one half of an agreement by Diffie and Hellman."""
    parameters = dh.DHParameterNumbers(2**2048 - 1942289, 2).parameters()
    parameters.generate_private_key()


def needed() -> Iterator[tuple[str, Callable[[], object]]]:
    """What is needed, and something that takes it."""
    # NTLM, and SSH with old servers
    yield "RC4", encrypting(old.ARC4(bytes(16)), None)
    yield "3DES", encrypting(old.TripleDES(bytes(range(24))), modes.CBC(bytes(8)))
    yield "Blowfish", encrypting(old.Blowfish(bytes(16)), modes.CBC(bytes(8)))
    yield "CAST5", encrypting(old.CAST5(bytes(16)), modes.CBC(bytes(8)))
    yield "DSA", lambda: dsa.generate_private_key(1024)  # noqa: S505 (as old keys are)
    yield "DH", agree
    # SSH, TLS, SNMP, Web Push, nostr, backups
    yield "AES-CBC", encrypting(algorithms.AES(bytes(32)), modes.CBC(bytes(16)))
    yield "AES-CTR", encrypting(algorithms.AES(bytes(16)), modes.CTR(bytes(16)))
    yield "AES-CFB", encrypting(algorithms.AES(bytes(16)), modes.CFB(bytes(16)))
    yield "AES-GCM", lambda: aead.AESGCM(bytes(16)).encrypt(bytes(12), b"", None)
    yield "ChaCha20", encrypting(algorithms.ChaCha20(bytes(32), bytes(16)), None)
    yield "ChaCha20-Poly1305", lambda: aead.ChaCha20Poly1305(bytes(32)).encrypt(bytes(12), b"", None)
    yield "Poly1305", lambda: Poly1305.generate_tag(bytes(32), b"")
    yield "HKDF", lambda: HKDF(hashes.SHA256(), 32, None, b"").derive(b"1")
    yield "scrypt", lambda: Scrypt(bytes(16), 32, 2, 8, 1).derive(b"1")
    yield "X25519", x25519.X25519PrivateKey.generate
    yield "X448", x448.X448PrivateKey.generate
    yield "Ed25519", lambda: ed25519.Ed25519PrivateKey.generate().sign(b"")
    yield "Ed448", lambda: ed448.Ed448PrivateKey.generate().sign(b"")
    for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1()):
        key = ec.generate_private_key(curve)
        yield curve.name, lambda key=key: key.sign(b"", ec.ECDSA(hashes.SHA256()))  # type: ignore[misc]
    signer = rsa.generate_private_key(65537, 2048)
    for scheme in (padding.PKCS1v15(), padding.PSS(padding.MGF1(hashes.SHA256()), 32)):
        yield f"RSA {scheme.name}", lambda scheme=scheme: signer.sign(b"", scheme, hashes.SHA256())  # type: ignore[misc]
    secret = serialization.BestAvailableEncryption(b"1")
    form = serialization.PrivateFormat.PKCS8
    yield "encrypted PKCS 8", lambda: signer.private_bytes(serialization.Encoding.PEM, form, secret)
    for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "ripemd160"):
        yield name, lambda name=name: hashlib.new(name)  # type: ignore[misc]


def main() -> int:
    """Try all of it; 1 where something is missing."""
    missing = []
    for name, taken in needed():
        try:
            taken()
        except (UnsupportedAlgorithm, ValueError) as problem:
            missing.append(f"{name} ({problem})")
    if missing:
        print(f"cryptography of this release lacks {', '.join(missing)}", file=sys.stderr)
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
