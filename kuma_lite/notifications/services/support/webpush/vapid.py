"""Who sends a push message (RFC 8292): a token for one push service, signed by the server."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from kuma_lite.core.declarations import PushKeys
from kuma_lite.core.json_text import compact_json
from kuma_lite.notifications.services.support.webpush.subscription import decoded

# Whom a push service may write to about this sender, the same as in Uptime Kuma.
SUBJECT: Final = "https://github.com/louislam/uptime-kuma"
VALID_S: Final = 12 * 3600  # push services refuse tokens for more than a day
_SCALAR_BYTES: Final = 32


def authorization(audience: str, keys: PushKeys, now: float) -> str:
    """The value of the header `Authorization`.

    Args:
        audience: origin of the endpoint: scheme, host, and the port where it is not the usual one.
        keys: the server's pair.
        now: seconds since 1970.

    Raises:
        ValueError: the private key is none.
    """
    header = {"typ": "JWT", "alg": "ES256"}
    claims = {"aud": audience, "exp": int(now) + VALID_S, "sub": SUBJECT}
    signed = f"{_encoded(compact_json(header).encode())}.{_encoded(compact_json(claims).encode())}"
    signature = _signature(signed.encode(), int.from_bytes(decoded(keys.private), "big"))
    return f"vapid t={signed}.{_encoded(signature)}, k={keys.public.rstrip('=')}"


def _signature(data: bytes, scalar: int) -> bytes:
    """Both numbers one after the other, as JSON Web Signatures have them."""
    der = ec.derive_private_key(scalar, ec.SECP256R1()).sign(data, ec.ECDSA(SHA256()))
    return b"".join(number.to_bytes(_SCALAR_BYTES, "big") for number in decode_dss_signature(der))


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
