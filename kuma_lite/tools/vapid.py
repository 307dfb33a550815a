"""The key pair that web push services know this server by (RFC 8292), made when it is first asked for."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from typing import Any, Final, Protocol

from kuma_lite.core.declarations import PushKeys

PUBLIC_SETTING: Final = "webpushPublicVapidKey"  # 65 bytes: the point, uncompressed; base64url
PRIVATE_SETTING: Final = "webpushPrivateVapidKey"  # 32 bytes, base64url
_SCALAR_BYTES: Final = 32


class KeySettings(Protocol):
    """Where the pair is kept."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""

    async def set(self, key: str, value: Any) -> None:
        """Write an internal setting."""


class VapidKeys:
    """The pair of this server."""

    def __init__(self, settings: KeySettings) -> None:
        self._settings = settings
        self._making = asyncio.Lock()

    async def pair(self) -> PushKeys:
        """The pair; it is made and stored if there is none."""
        async with self._making:
            if not self._settings.get(PUBLIC_SETTING) or not self._settings.get(PRIVATE_SETTING):
                public, private = await asyncio.to_thread(make_pair)
                await self._settings.set(PRIVATE_SETTING, private)
                await self._settings.set(PUBLIC_SETTING, public)
        return PushKeys(str(self._settings.get(PUBLIC_SETTING)), str(self._settings.get(PRIVATE_SETTING)))


def make_pair() -> tuple[str, str]:
    """A new public and private key."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    scalar = key.private_numbers().private_value.to_bytes(_SCALAR_BYTES, "big")
    return _base64url(point), _base64url(scalar)


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
