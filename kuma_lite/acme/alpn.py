"""Proofs on the HTTPS port itself: a certificate that says what the authority wants to see (RFC 8737)."""

from __future__ import annotations

import hashlib
from typing import Final

from kuma_lite.acme import certificates

TLS_ALPN_01: Final = "tls-alpn-01"


class AlpnProofs:
    """Certificates, for as long as somebody may look for them."""

    kind: Final = TLS_ALPN_01

    def __init__(self) -> None:
        self._shown: dict[str, tuple[bytes, bytes]] = {}

    def put(self, name: str, token: str, answer: str) -> None:
        """From now on."""
        del token
        self._shown[name] = certificates.proof(name, hashlib.sha256(answer.encode()).digest())

    def drop(self, name: str, token: str) -> None:
        """No longer."""
        del token
        self._shown.pop(name, None)

    def certificate(self, name: str) -> tuple[bytes, bytes] | None:
        """Chain and key (PEM) that prove a name; None: it is not being proven now."""
        return self._shown.get(name)
