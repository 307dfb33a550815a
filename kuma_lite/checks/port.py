"""TCP port: somebody accepts connections; on request also TLS, and that it refuses whom it should."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Final

from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import failed, is_maybe_ours, network_of, seen
from kuma_lite.checks._shared_options import expiry_notification_option, ignore_tls_option, timeout_option
from kuma_lite.checks._starttls import ask_for_tls
from kuma_lite.checks._tls_session import alert_from, certificate_of
from kuma_lite.core.declarations import (
    CERTIFICATE_DAYS,
    RESPONSE_TIME,
    CheckContext,
    CheckFailed,
    CheckResult,
    Choice,
    Kind,
    MonitorType,
    Notation,
    ShownWhen,
)
from kuma_lite.core.options import Options, option
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import ErrorKind, NetworkError

TLS_TIMEOUT_S: Final = 10.0  # for a handshake, and for the dialogue before it; as in Uptime Kuma 2.5
_HTTPS_PORT: Final = 443  # expected alerts are nearly always asked of web servers
_MAX_PORT: Final = 65_535
_NO_ALERT: Final = (
    "Expected TLS alert '{}' but connection succeeded. "
    "The server accepted the connection without requiring a client certificate."
)
_SECURE_MODES: Final = ("secure", "starttls")
_ALERTS: Final = (
    "certificate_required",
    "bad_certificate",
    "certificate_unknown",
    "unknown_ca",
    "access_denied",
    "handshake_failure",
    "certificate_expired",
    "certificate_revoked",
)
_WITH_ALERT: Final = ShownWhen("expectedTlsAlert", _ALERTS)


class PortOptions(Options):
    """Where to connect, and whether TLS has to be spoken there."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(None, label="Port", kind=Kind.PORT, required=True)
    timeout: float = timeout_option("For the connection.", form_default=10)
    security: str | None = option(
        None,
        alias="smtpSecurity",
        label="Encryption",
        kind=Kind.SELECT,
        section="tls",
        choices=(
            Choice(None, "None: only connect"),
            Choice("secure", "TLS"),
            Choice("starttls", "STARTTLS (SMTP, IMAP, XMPP)"),
        ),
    )
    ignore_tls: bool = ignore_tls_option()
    expiry_notification: bool = expiry_notification_option(
        shown_when=ShownWhen("smtpSecurity", _SECURE_MODES)
    )
    expected_alert: str | None = option(
        None,
        alias="expectedTlsAlert",
        label="Expected TLS alert",
        kind=Kind.SELECT,
        section="tls",
        choices=(Choice(None, "None"), *(Choice(name, name) for name in _ALERTS)),
        help="Up while the server refuses the handshake with this alert, for example because "
        "it demands a client certificate.",
    )
    tls_cert: str = option(
        "",
        alias="tlsCert",
        label="Client certificate",
        kind=Kind.TEXTAREA,
        section="tls",
        placeholder="-----BEGIN CERTIFICATE-----",
        shown_when=_WITH_ALERT,
    )
    tls_key: str = option(
        "",
        alias="tlsKey",
        label="Key of the client certificate",
        kind=Kind.TEXTAREA,
        section="tls",
        secret=True,
        shown_when=_WITH_ALERT,
    )
    tls_ca: str = option(
        "",
        alias="tlsCa",
        label="CA certificate",
        kind=Kind.TEXTAREA,
        section="tls",
        placeholder="-----BEGIN CERTIFICATE-----",
        shown_when=_WITH_ALERT,
    )

    @property
    def alert(self) -> str | None:
        """The alert that is wanted, if one is."""
        return self.expected_alert if self.expected_alert not in (None, "", "none") else None


class PortMonitor(MonitorType[PortOptions]):
    """Connects; with encryption also shakes hands and looks at the certificate."""

    name = "port"
    label = "TCP port"
    description = "Connects to a port; on request also checks TLS there."
    options = PortOptions
    notations = (
        Notation("tcp", any_port=True, rank=1),
        Notation(command="nc"),
        Notation(command="telnet"),
    )
    numbers = (RESPONSE_TIME, CERTIFICATE_DAYS)

    def deadline(self, options: PortOptions, context: CheckContext) -> float:
        """The connection, and two handshakes: the second one fetches an invalid certificate."""
        del options
        return context.timeout + 2 * TLS_TIMEOUT_S + 20

    async def check(self, options: PortOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of name lookup and connection in whole ms; of the handshake for alerts."""
        host = clean_host(options.hostname)
        if options.alert is not None:
            return await _expect_alert(options, options.alert, host, context)
        ping = await _connect(host, options.port, context)
        if options.security not in _SECURE_MODES:
            return CheckResult(f"{ping} ms", ping=ping)
        return await _look_at_tls(options, host, ping, context)


async def _connect(host: str, port: int | None, context: CheckContext) -> int:
    """Whole milliseconds it took. Raises CheckFailed; Uptime Kuma 2.5 does not show the cause."""
    if port is None or not 0 < port <= _MAX_PORT:
        raise CheckFailed("Connection failed")
    try:
        opened = await network_of(context).connect(host, port, asyncio.Protocol, timeout=context.timeout)
    except NetworkError as error:
        raise CheckFailed("Connection failed", local=is_maybe_ours(error)) from None
    opened.transport.close()
    return round(opened.dns_ms + opened.connect_ms)


async def _look_at_tls(options: PortOptions, host: str, ping: int, context: CheckContext) -> CheckResult:
    try:
        report = await certificate_of(
            network_of(context),
            host,
            options.port or 0,
            options=TlsOptions(verify=not options.ignore_tls),
            preamble=ask_for_tls if options.security == "starttls" else None,
            timeout=TLS_TIMEOUT_S,
            now=context.now,
        )
    except NetworkError as error:
        raise failed(error, prefix="TLS Connection failed: ", for_url=False, ping=ping) from None
    return CheckResult(f"{ping} ms", ping=ping, certificate=seen(report, for_url=False))


async def _expect_alert(options: PortOptions, expected: str, host: str, context: CheckContext) -> CheckResult:
    begun = perf_counter()
    try:
        alert = await alert_from(
            network_of(context),
            host,
            _HTTPS_PORT if options.port is None else options.port,
            options=_alert_options(options),
            timeout=context.timeout,
            now=context.now,
        )
    except NetworkError as error:
        raise CheckFailed(
            _instead_of_alert(expected, error), ping=_since(begun), local=is_maybe_ours(error)
        ) from None
    ping = _since(begun)
    if alert is None:
        raise CheckFailed(_NO_ALERT.format(expected), ping=ping)
    name, number = alert
    if name != expected:
        raise CheckFailed(f"Expected TLS alert '{expected}' but received '{name}' ({number})", ping=ping)
    return CheckResult(f"TLS alert received as expected: {name} ({number})", ping=ping)


def _since(begun: float) -> int:
    return round((perf_counter() - begun) * 1000)


def _instead_of_alert(expected: str, error: NetworkError) -> str:
    if error.kind is ErrorKind.TIMEOUT:
        return "TLS connection timed out"
    return f"Expected TLS alert '{expected}' but got unexpected error: {error.message}"


def _alert_options(options: PortOptions) -> TlsOptions:
    """The client certificate and its CA count only when certificate and key are both there."""
    pair = bool(options.tls_cert and options.tls_key)
    return TlsOptions(
        verify=not options.ignore_tls,
        ca_pem=(options.tls_ca or None) if pair else None,
        cert_pem=options.tls_cert if pair else None,
        key_pem=options.tls_key if pair else None,
    )
