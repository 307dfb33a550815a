"""A message that one browser alone can read (RFC 8291), as one record of `aes128gcm` (RFC 8188)."""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kuma_lite.notifications.services.support.webpush.limits import RECORD_BYTES

_SALT_BYTES: Final = 16
_SCALAR_BYTES: Final = 32
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_LAST_RECORD: Final = b"\x02"


def encrypted(data: bytes, receiver: bytes, auth: bytes) -> bytes:
    """The body of a request to a push service, with a key and a salt of its own.

    Raises ValueError when `receiver` is no point on P-256.
    """
    scalar = 0
    while not 0 < scalar < _ORDER:
        scalar = int.from_bytes(secrets.token_bytes(_SCALAR_BYTES), "big")
    return sealed(data, receiver, auth, scalar=scalar, salt=secrets.token_bytes(_SALT_BYTES))


def sealed(data: bytes, receiver: bytes, auth: bytes, *, scalar: int, salt: bytes) -> bytes:
    """The same with a given key and salt, which must never be used again. Pure.

    Args:
        data: what the browser is to read, at most `limits.MAX_BYTES`.
        receiver: the browser's public key.
        auth: the secret it shares with us.
        scalar: our private key for this message, 0 < scalar < order of P-256.
        salt: 16 bytes.
    """
    curve = ec.SECP256R1()
    own = ec.derive_private_key(scalar, curve)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(curve, receiver)
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own.exchange(ec.ECDH(), theirs)
    secret = _derived(shared, auth, b"WebPush: info\0" + receiver + point, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + len(point).to_bytes(1, "big") + point
    return header + AESGCM(key).encrypt(nonce, data + _LAST_RECORD, None)


def _derived(secret: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, purpose).derive(secret)
