"""The client's side of SCRAM (RFC 5802, RFC 7677), for log-ins to PostgreSQL, MongoDB and Kafka."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections import OrderedDict
from typing import Final

_NONCE_BYTES: Final = 24
MIN_ITERATIONS: Final = 4096  # RFC 5802 §5.1
_MAX_ITERATIONS: Final = 1_000_000  # of what a server may ask for; real ones ask for 15,000
_SALTED_KEPT: Final = 256  # salted passwords; each costs 5 to 10 ms

# Salted passwords by (digest, password, salt, iterations); remembered, as RFC 5802 §5.1 advises.
_kept: OrderedDict[tuple[str, bytes, bytes, int], bytes] = OrderedDict()


class ScramError(Exception):
    """What the server says makes no sense, or does not prove that it knows the password; a sentence."""


class Scram:
    """One log-in.

    Args:
        digest: `sha1`, `sha256` or `sha512`.
        user: `*` where the server knows it from before.
        secret: the password as the protocol wants it prepared.
        least: iterations that the server must ask for.
    """

    def __init__(self, digest: str, user: str, secret: bytes, least: int = MIN_ITERATIONS) -> None:
        self._digest = digest
        self._least = least
        self._secret = secret
        self._nonce = b64encode(secrets.token_bytes(_NONCE_BYTES)).decode()
        name = user.replace("=", "=3D").replace(",", "=2C")
        self._client_first = f"n={name},r={self._nonce}"
        self._signed = b""
        self._salted = b""

    def first(self) -> bytes:
        """What the client says first."""
        return f"n,,{self._client_first}".encode()

    async def final(self, server_first: bytes) -> bytes:
        """What the client says then. Raises ScramError."""
        text = server_first.decode("utf-8", "replace")
        parts = _parts(text)
        if "e" in parts:
            raise ScramError(parts["e"])
        nonce, count = parts.get("r", ""), parts.get("i", "")
        iterations = int(count) if re.fullmatch("[0-9]{1,9}", count) else 0
        try:
            salt = b64decode(parts.get("s", ""), validate=True)
        except ValueError:
            salt = b""
        if not (nonce.startswith(self._nonce) and salt and self._least <= iterations <= _MAX_ITERATIONS):
            raise ScramError("The server's part of the log-in (SCRAM) makes no sense")
        self._salted = await _salted(self._digest, self._secret, salt, iterations)
        without_proof = f"c=biws,r={nonce}"  # biws: no channel binding
        self._signed = f"{self._client_first},{text},{without_proof}".encode()
        key = hmac.digest(self._salted, b"Client Key", self._digest)
        signature = hmac.digest(hashlib.new(self._digest, key).digest(), self._signed, self._digest)
        proof = bytes(one ^ other for one, other in zip(key, signature, strict=True))
        return f"{without_proof},p={b64encode(proof).decode()}".encode()

    def check(self, server_final: bytes) -> None:
        """Raises ScramError unless the server proves that it knows the password."""
        parts = _parts(server_final.decode("utf-8", "replace"))
        if "e" in parts:
            raise ScramError(parts["e"])
        key = hmac.digest(self._salted, b"Server Key", self._digest)
        expected = b64encode(hmac.digest(key, self._signed, self._digest))
        if not hmac.compare_digest(parts.get("v", "").encode(), expected):
            raise ScramError("The server does not know the password: it cannot prove who it is")


async def _salted(digest: str, secret: bytes, salt: bytes, iterations: int) -> bytes:
    """PBKDF2, on a thread."""
    asked = (digest, secret, salt, iterations)
    if (known := _kept.get(asked)) is not None:
        return known
    _kept[asked] = made = await asyncio.to_thread(hashlib.pbkdf2_hmac, digest, secret, salt, iterations)
    if len(_kept) > _SALTED_KEPT:
        _kept.popitem(last=False)
    return made


def _parts(text: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition("=") for part in text.split(","))}
