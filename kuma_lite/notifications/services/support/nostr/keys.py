"""Keys on the curve secp256k1: the shared secret of two, and Schnorr signatures (BIP 340)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_SEED_BYTES: Final = 48
_EVEN: Final = b"\x02"  # begins the long form of a point whose y is even, as public keys leave y out


@dataclass(frozen=True, repr=False)
class SecretKey:
    """A secret key. Raises ValueError when the bytes are none."""

    secret: bytes

    def __post_init__(self) -> None:
        if not 0 < int.from_bytes(self.secret, "big") < _ORDER:
            raise ValueError("it is not a key")

    @classmethod
    def new(cls) -> SecretKey:
        """A random one, of so many bytes that none is likelier than another."""
        scalar = int.from_bytes(secrets.token_bytes(_SEED_BYTES), "little") % (_ORDER - 1) + 1
        return cls(scalar.to_bytes(32, "big"))

    @cached_property
    def public(self) -> bytes:
        """The x of its point, 32 bytes."""
        return _point(int.from_bytes(self.secret, "big"))[0]

    def shared_with(self, public: bytes) -> bytes:
        """The x that both can compute, 32 bytes. Raises ValueError for a key that is not on the curve."""
        try:
            theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), _EVEN + public)
        except ValueError:
            raise ValueError("it is not a key") from None
        own = ec.derive_private_key(int.from_bytes(self.secret, "big"), ec.SECP256K1())
        return own.exchange(ec.ECDH(), theirs)

    def sign(self, digest: bytes) -> bytes:
        """The signature of 32 bytes: 64 bytes."""
        x, scalar = _even(int.from_bytes(self.secret, "big"))
        masked = scalar ^ int.from_bytes(_tagged("BIP0340/aux", secrets.token_bytes(32)), "big")
        nonce = _tagged("BIP0340/nonce", masked.to_bytes(32, "big") + x + digest)
        r, k = _even(int.from_bytes(nonce, "big") % _ORDER)
        challenge = int.from_bytes(_tagged("BIP0340/challenge", r + x + digest), "big")
        return r + ((k + challenge * scalar) % _ORDER).to_bytes(32, "big")


def _point(scalar: int) -> tuple[bytes, bool]:
    """The x of the scalar's point, and whether its y is odd."""
    numbers = ec.derive_private_key(scalar, ec.SECP256K1()).public_key().public_numbers()
    return numbers.x.to_bytes(32, "big"), bool(numbers.y & 1)


def _even(scalar: int) -> tuple[bytes, int]:
    """The x of the scalar's point, and the scalar of the point with this x and an even y."""
    x, odd = _point(scalar)
    return x, _ORDER - scalar if odd else scalar


def _tagged(tag: str, data: bytes) -> bytes:
    mark = sha256(tag.encode()).digest()
    return sha256(mark + mark + data).digest()
