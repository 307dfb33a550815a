"""TLS client settings, one `ssl.SSLContext` per set of options.

Building one with the system's CA bundle costs 30 to 50 ms of CPU, so they are shared by all connections, and
built on a thread the first time; askers of the same set share the building.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import tempfile
from pathlib import Path

from msgspec import Struct

from kuma_lite.core.records import hiding
from kuma_lite.net.errors import ErrorKind, NetworkError

# Sets of options kept. Every private CA or client certificate is a set of its own.
CONTEXTS_KEPT = 64
# Code of the NetworkError for a certificate or key of the user's that is none.
UNREADABLE_PEM = "ERR_OSSL_PEM"

# OP_LEGACY_SERVER_CONNECT: servers without secure renegotiation; Python 3.11 has no name for it.
_LEGACY_SERVER_CONNECT = 0x4
# What OpenSSL offers by itself, plus the key sizes of old appliances: Uptime Kuma's runtime accepts them too.
_LEGACY_CIPHERS = "DEFAULT:@SECLEVEL=1"
_DEBIAN_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
_RED_HAT_BUNDLE = "/etc/pki/tls/certs/ca-bundle.crt"


class TlsOptions(Struct, frozen=True):
    """What one context is made of.

    Args:
        verify: check the chain against the trust store. The name is compared by the caller, after the
            handshake, so that a wrong name can be reported with the certificate.
        ca_pem: trusted instead of the system's CAs.
        cert_pem, key_pem: the client's own certificate (mutual TLS).
        alpn: protocols offered.
        legacy: also talk to servers with old key sizes and without secure renegotiation.
    """

    __repr__ = hiding("key_pem")

    verify: bool = True
    ca_pem: str | None = None
    cert_pem: str | None = None
    key_pem: str | None = None
    alpn: tuple[str, ...] = ()
    legacy: bool = True


class ContextCache:
    """The contexts of one event loop, least recently used ones dropped."""

    def __init__(self) -> None:
        self._ready: dict[TlsOptions, ssl.SSLContext] = {}
        self._building: dict[TlsOptions, asyncio.Task[ssl.SSLContext]] = {}

    async def get(self, options: TlsOptions) -> ssl.SSLContext:
        """The context for `options`. Raises NetworkError of kind TLS for unusable PEM."""
        context = self._ready.get(options)
        if context is not None:
            if len(self._ready) == CONTEXTS_KEPT:  # keep the order of use only once it matters
                self._ready[options] = self._ready.pop(options)
            return context
        building = self._building.get(options)
        if building is None:
            building = asyncio.ensure_future(asyncio.to_thread(build_context, options))
            self._building[options] = building
            building.add_done_callback(lambda done: self._finished(options, done))
        return await asyncio.shield(building)

    def _finished(self, options: TlsOptions, done: asyncio.Task[ssl.SSLContext]) -> None:
        self._building.pop(options, None)
        if done.cancelled() or done.exception() is not None:
            return
        while len(self._ready) >= CONTEXTS_KEPT:
            self._ready.pop(next(iter(self._ready)))
        self._ready[options] = done.result()


def build_context(options: TlsOptions) -> ssl.SSLContext:
    """A client context; takes 30 to 50 ms when the system's CAs are loaded. Raises NetworkError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED if options.verify else ssl.CERT_NONE
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_COMPRESSION
    if options.legacy:
        context.options |= _LEGACY_SERVER_CONNECT
        context.set_ciphers(_LEGACY_CIPHERS)
    if options.alpn:
        context.set_alpn_protocols(list(options.alpn))
    if options.verify or options.ca_pem:
        trust(context, options.ca_pem)
    if options.cert_pem:
        _present(context, options.cert_pem, options.key_pem)
    return context


def trust(context: ssl.SSLContext, ca_pem: str | None) -> None:
    """Have a context trust one authority, or those of the system. Raises NetworkError of kind TLS."""
    if ca_pem:
        try:
            context.load_verify_locations(cadata=ca_pem)
        except (ssl.SSLError, ValueError) as error:
            raise NetworkError(
                f"The CA certificate cannot be read: {_reason(error)}", UNREADABLE_PEM, ErrorKind.TLS
            ) from None
        return
    context.set_default_verify_paths()
    if context.cert_store_stats()["x509_ca"]:
        return
    # A frozen program carries OpenSSL with the paths of the machine it was built on.
    for bundle in (_DEBIAN_BUNDLE, _RED_HAT_BUNDLE, _certifi_bundle()):
        if bundle and Path(bundle).is_file():
            context.load_verify_locations(cafile=bundle)
            return


def _certifi_bundle() -> str | None:
    try:
        import certifi
    except ImportError:
        return None
    return certifi.where()


def _present(context: ssl.SSLContext, cert_pem: str, key_pem: str | None) -> None:
    """Load the client's certificate, which Python's ssl reads from a file only: one of ours, mode 600."""
    descriptor, name = tempfile.mkstemp(prefix="kuma-lite-", suffix=".pem")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(cert_pem.rstrip() + "\n" + (key_pem or ""))
        # An empty pass phrase: without it OpenSSL would ask for one on the terminal.
        context.load_cert_chain(name, password="")
    except (ssl.SSLError, ValueError, OSError) as error:
        raise NetworkError(
            f"The client certificate or its key cannot be read: {_reason(error)}",
            UNREADABLE_PEM,
            ErrorKind.TLS,
        ) from None
    finally:
        Path(name).unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return str(reason).lower().replace("_", " ") if reason else str(error)
