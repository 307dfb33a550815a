"""How MySQL and MariaDB want to be shown a password (pure)."""

from __future__ import annotations

import hashlib
from typing import Final

NATIVE: Final = "mysql_native_password"
CACHING_SHA2: Final = "caching_sha2_password"
SHA256: Final = "sha256_password"
CLEAR: Final = "mysql_clear_password"
KNOWN: Final = frozenset({NATIVE, CACHING_SHA2, SHA256, CLEAR})
ASK_FOR_KEY_SHA256, ASK_FOR_KEY_CACHING = b"\1", b"\2"
_SALT_BYTES: Final = 20


def first_answer(plugin: str, password: bytes, salt: bytes, *, private: bool) -> bytes:
    """The answer to a challenge.

    Args:
        plugin: one of `KNOWN`.
        private: nobody can listen, so that the password itself may be said.
    """
    salt = salt[:_SALT_BYTES]
    if plugin == CLEAR:
        return password + b"\0"
    if not password:
        return b""
    if plugin == CACHING_SHA2:
        return _scrambled("sha256", password, salt, salt_first=False)
    if plugin == SHA256:
        return password + b"\0" if private else ASK_FOR_KEY_SHA256
    return _scrambled("sha1", password, salt, salt_first=True)


def _scrambled(algorithm: str, password: bytes, salt: bytes, *, salt_first: bool) -> bytes:
    """hash(password) XOR hash(salt, hash(hash(password)))."""

    def digest(data: bytes) -> bytes:
        return hashlib.new(algorithm, data, usedforsecurity=False).digest()

    once = digest(password)
    twice = digest(once)
    mask = digest(salt + twice if salt_first else twice + salt)
    return bytes(a ^ b for a, b in zip(once, mask, strict=True))


def encrypted(password: bytes, salt: bytes, key_pem: bytes) -> bytes:
    """The password for the eyes of the server alone. Raises ValueError for a key that is none."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(key_pem)
    except UnsupportedAlgorithm:
        raise ValueError("not an RSA key") from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("not an RSA key")
    salt = salt[:_SALT_BYTES]
    mixed = bytes(letter ^ salt[place % len(salt)] for place, letter in enumerate(password + b"\0"))
    # The protocol's own choice of a hash.
    return key.encrypt(mixed, padding.OAEP(padding.MGF1(SHA1()), SHA1(), None))  # noqa: S303
