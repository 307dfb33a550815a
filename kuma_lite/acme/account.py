"""The key of an account with a certificate authority, and what it signs (JWS with ES256, RFC 7515)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from msgspec import Struct

from kuma_lite.core.records import hiding

_BYTES: Final = 32  # of a number of P-256


class Binding(Struct, frozen=True):
    """What joins an account with one that the authority knows already (RFC 8555, 7.3.4).

    Attributes:
        kid: the id that the authority has given.
        key: the secret it has given with it, Base64 for addresses.
    """

    __repr__ = hiding("key")

    kid: str
    key: str


class AccountKey:
    """A key on P-256."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> AccountKey:
        """Another one."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def of_pem(cls, pem: bytes) -> AccountKey:
        """As `pem` wrote it. Raises ValueError."""
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("not a key on P-256")
        return cls(key)

    def pem(self) -> bytes:
        """PKCS#8, not encrypted."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def public(self) -> dict[str, str]:
        """The public half as a JWK, its members in the order of a thumbprint (RFC 7638)."""
        numbers = self._key.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(_BYTES, "big")) for number in (numbers.x, numbers.y))
        return {"crv": "P-256", "kty": "EC", "x": x, "y": y}

    def thumbprint(self) -> str:
        """Of the public half."""
        return base64url(hashlib.sha256(_compact(self.public())).digest())

    def authorization(self, token: str) -> str:
        """What proves that a challenge was meant for this account (RFC 8555, 8.1)."""
        return f"{token}.{self.thumbprint()}"

    def bound(self, binding: Binding, url: str) -> dict[str, str]:
        """The proof that whoever has the secret of `binding` wants this key for its account at `url`."""
        head = base64url(_compact({"alg": "HS256", "kid": binding.kid, "url": url}))
        body = base64url(_compact(self.public()))
        made = hmac.digest(decoded(binding.key), f"{head}.{body}".encode(), "sha256")
        return {"protected": head, "payload": body, "signature": base64url(made)}

    def signed(self, url: str, nonce: str, payload: Mapping[str, Any] | None, account: str | None) -> bytes:
        """The body of a request.

        Args:
            payload: None is an empty one: reading (POST-as-GET).
            account: its address; None names the key itself, as one does before there is an account.
        """
        who = {"kid": account} if account is not None else {"jwk": self.public()}
        head = base64url(_compact({"alg": "ES256", "nonce": nonce, "url": url, **who}))
        body = base64url(_compact(payload)) if payload is not None else ""
        made = self._key.sign(f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
        signature = b"".join(number.to_bytes(_BYTES, "big") for number in utils.decode_dss_signature(made))
        return _compact({"protected": head, "payload": body, "signature": base64url(signature)})


def decoded(text: str) -> bytes:
    """What `base64url` has written; padding, and the other alphabet, do no harm. Raises ValueError."""
    plain = text.strip().rstrip("=").replace("+", "-").replace("/", "_")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)


def base64url(data: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _compact(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
