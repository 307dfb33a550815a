"""TLS handshakes for their own sake: which certificate does a server present, and is it valid?"""

from __future__ import annotations

import asyncio
import hashlib
import ssl

from kuma_lite.core.clock import Clock, SystemClock
from kuma_lite.core.records import replace
from kuma_lite.net.connect import MS, Connector
from kuma_lite.net.contexts import ContextCache, TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError, io_error, timeout_error
from kuma_lite.net.resolve import IpFamily, literal
from kuma_lite.net.tls import (
    CertificateReport,
    dns_matches,
    handshake_error,
    name_mismatch,
    names_of_certificate,
    names_of_peer,
    peer_chain,
    verification_error,
)
from kuma_lite.net.tls_pipe import TlsPipe
from kuma_lite.net.trace import unrecorded

# Seconds for a handshake that only fetches a certificate for the report.
PROBE_TIMEOUT = 5.0
# Remembered answers to "is this certificate for this name?", some 200 bytes each.
NAME_VERDICTS_KEPT = 4096


def sni(name: str) -> str | None:
    """The server name to ask for: none for addresses (RFC 6066 §3), no final dot."""
    return None if literal(name) else name.removesuffix(".")


class HandshakeProtocol(asyncio.Protocol):
    """Does a handshake and nothing else; `done` ends with it."""

    def __init__(self) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._pipe: TlsPipe | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = transport  # type: ignore[assignment]

    def start(self, pipe: TlsPipe) -> None:
        """Say hello."""
        self._pipe = pipe
        if not self.done.done():
            self.data_received(b"")

    def data_received(self, data: bytes) -> None:
        """Go on with the handshake."""
        if self._pipe is None or self.done.done():
            return
        assert self._transport is not None
        error: ssl.SSLError | None = None
        finished = False
        try:
            finished = self._pipe.handshake(data)
        except ssl.SSLError as problem:
            error = problem
        outgoing = self._pipe.outgoing()
        if outgoing:
            self._transport.write(outgoing)
        if error is not None:
            self.done.set_exception(error)
        elif finished:
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up."""
        if not self.done.done():
            self.done.set_exception(
                io_error(exc)
                if isinstance(exc, OSError)
                else NetworkError(
                    "Client network socket disconnected before secure TLS connection was established",
                    "ECONNRESET",
                    ErrorKind.RESET,
                )
            )
            self.done.exception()  # a lost race of addresses has nobody who waits


class TlsProbe:
    """Asks servers for their certificates."""

    def __init__(self, connector: Connector, contexts: ContextCache, clock: Clock | None = None) -> None:
        self._connector = connector
        self._contexts = contexts
        self._clock = clock or SystemClock()

    async def check(
        self,
        host: str,
        port: int,
        *,
        name: str | None = None,
        options: TlsOptions | None = None,
        family: IpFamily | None = None,
        timeout: float = PROBE_TIMEOUT,
    ) -> CertificateReport:
        """The certificate for `name` (default: host), verified.

        Raises NetworkError; of kind TLS, with the report in `certificate`, when the certificate is not valid.
        """
        options = options or TlsOptions()
        name = name or host
        try:
            return await self._handshake(host, port, name, options, family, timeout)
        except ssl.SSLCertVerificationError as error:
            report = await self.fetch(host, port, name=name, options=options, family=family, timeout=timeout)
            raise verification_error(error, report, self._clock.now()) from None

    async def fetch(
        self,
        host: str,
        port: int,
        *,
        name: str | None = None,
        options: TlsOptions | None = None,
        family: IpFamily | None = None,
        timeout: float = PROBE_TIMEOUT,
    ) -> CertificateReport | None:
        """Whatever the server presents, called invalid; None when it presents nothing in time."""
        lenient = replace(options or TlsOptions(), verify=False, ca_pem=None)
        try:
            return await self._handshake(host, port, name or host, lenient, family, timeout)
        except NetworkError:
            return None

    async def _handshake(
        self, host: str, port: int, name: str, options: TlsOptions, family: IpFamily | None, timeout: float
    ) -> CertificateReport:
        context = await self._contexts.get(options)
        try:
            async with asyncio.timeout(timeout):
                with unrecorded():
                    opened = await self._connector.open(host, port, HandshakeProtocol, family=family)
                try:
                    pipe = TlsPipe(context, sni(name))
                    opened.protocol.start(pipe)
                    await opened.protocol.done
                finally:
                    opened.transport.close()
        except TimeoutError:
            raise timeout_error(timeout * MS) from None
        except ssl.SSLCertVerificationError:
            raise
        except ssl.SSLError as error:
            raise handshake_error(error) from None
        if options.verify:
            return verified_report(pipe.ssl_object, name)
        return unverified_report(pipe.ssl_object, name)


def verified_report(ssl_object: ssl.SSLObject, name: str) -> CertificateReport:
    """The report of a handshake whose chain was verified.

    Raises NetworkError, with the report in it, when the certificate is for another name.
    """
    mismatch, matches = _judge_name(ssl_object, name)
    report = CertificateReport(mismatch is None, peer_chain(ssl_object, verified=True), matches)
    if mismatch is not None:
        raise NetworkError(mismatch, "ERR_TLS_CERT_ALTNAME_INVALID", ErrorKind.TLS, report)
    return report


def _judge_name(ssl_object: ssl.SSLObject, name: str) -> tuple[str | None, bool]:
    """(why the certificate is not for `name` or None, whether a DNS name covers it); remembered."""
    leaf = ssl_object.getpeercert(binary_form=True) or b""
    key = (hashlib.sha256(leaf).digest(), name)
    verdict = _NAME_VERDICTS.get(key)
    if verdict is None:
        names = names_of_peer(dict(ssl_object.getpeercert() or {}))
        verdict = name_mismatch(name, names), dns_matches(name, names)
        while len(_NAME_VERDICTS) >= NAME_VERDICTS_KEPT:
            del _NAME_VERDICTS[next(iter(_NAME_VERDICTS))]
        _NAME_VERDICTS[key] = verdict
    return verdict


# A pure function of certificate and name, worth remembering: it costs a tenth of a handshake.
_NAME_VERDICTS: dict[tuple[bytes, str], tuple[str | None, bool]] = {}


def unverified_report(ssl_object: ssl.SSLObject, name: str) -> CertificateReport:
    """The report of a handshake without verification: called invalid until somebody verifies it."""
    report = CertificateReport(False, peer_chain(ssl_object, verified=False), False)
    chain = report.certificates
    matches = bool(chain) and dns_matches(name, names_of_certificate(chain[0]))
    return replace(report, hostname_matches=matches)
