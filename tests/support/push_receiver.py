"""The other end of Web Push, written from the RFCs alone: reads what a browser would, checks who says it."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()


@dataclass(frozen=True)
class Token:
    """A verified token of `Authorization: vapid …`."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: str  # without the signature
    key: str


class Receiver:
    """A browser that is subscribed."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None, auth: bytes = b"0123456789abcdef"):
        self._private = private or ec.generate_private_key(CURVE)
        self.public = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.auth = auth

    @classmethod
    def of(cls, private: str, auth: str) -> Receiver:
        """One whose keys are known, in base64url."""
        return cls(ec.derive_private_key(int.from_bytes(unpacked(private), "big"), CURVE), unpacked(auth))

    def subscription(self, endpoint: str) -> dict[str, Any]:
        """As `PushSubscription.toJSON()` gives it."""
        keys = {"p256dh": packed(self.public), "auth": packed(self.auth)}
        return {"endpoint": endpoint, "expirationTime": None, "keys": keys}

    def read(self, body: bytes) -> bytes:
        """What is in one record of aes128gcm (RFC 8188, 2.1; RFC 8291, 3.4)."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        shared = self._private.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender)
        )
        first = _hmac(self.auth, shared)
        secret = _hmac(first, b"WebPush: info\0" + self.public + sender + b"\1")
        last = _hmac(salt, secret)
        key = _hmac(last, b"Content-Encoding: aes128gcm\0\1")[:16]
        nonce = _hmac(last, b"Content-Encoding: nonce\0\1")[:12]
        found = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert found.endswith(b"\2")
        return found[:-1]


def verified(authorization: str) -> Token:
    """The token of a header (RFC 8292, 3). Raises ValueError when it is not signed with the key beside it."""
    scheme, _, rest = authorization.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert scheme == "vapid"
    signed, _, signature = parts["t"].rpartition(".")
    raw = unpacked(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unpacked(parts["k"]))
    try:
        public.verify(der, signed.encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise ValueError("The signature is wrong") from None
    header, claims = (json.loads(unpacked(part)) for part in signed.split("."))
    return Token(header, claims, signed, parts["k"])


def packed(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """The bytes of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, sha256)
