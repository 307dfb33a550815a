"""Settings that do not go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuma_lite.core.errors import StartupError
from kuma_lite.core.hosts import socket_path

if TYPE_CHECKING:
    from kuma_lite.core.config import Config


def refuse_contradictions(config: Config) -> None:
    """Raises StartupError with one sentence."""
    if (config.ssl_cert is None) != (config.ssl_key is None):
        raise StartupError("HTTPS needs both ssl_cert and ssl_key.")
    if socket_path(config.host) and config.tls is not None:
        raise StartupError(
            "A socket of the file system is for a proxy, which does HTTPS itself: no ssl_cert, no acme."
        )
    if not config.acme:
        return
    if config.ssl_cert is not None:
        raise StartupError("HTTPS is either by ssl_cert and ssl_key, or by acme: one of both has to go.")
    if not config.acme_terms:
        raise StartupError(
            "A certificate by acme needs your consent to the terms of service of the certificate authority: "
            "acme_terms (--acme-terms)."
        )
    if bool(config.acme_eab_kid) != bool(config.acme_eab_key):
        raise StartupError(
            "An account with a certificate authority needs both acme_eab_kid and acme_eab_key."
        )
    if config.http_port == config.port and config.acme_challenge == "http-01":
        raise StartupError(f"http_port and port are both {config.port}: HTTP and HTTPS need one each.")
