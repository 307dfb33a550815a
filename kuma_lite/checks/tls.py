"""TLS: the certificate of any port is valid, and stays so for a while. Not a type of Uptime Kuma's."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final

from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import failed, network_of, seen
from kuma_lite.checks._shared_options import expiry_notification_option, ignore_tls_option, timeout_option
from kuma_lite.checks._starttls import PREAMBLES
from kuma_lite.checks._tls_session import certificate_of
from kuma_lite.core.declarations import (
    CERTIFICATE_DAYS,
    RESPONSE_TIME,
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Choice,
    Kind,
    MonitorType,
    Notation,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import Options, option
from kuma_lite.net.contexts import UNREADABLE_PEM, TlsOptions, trust
from kuma_lite.net.errors import NetworkError

FORM_TIMEOUT_S: Final = 10
HTTPS_PORT: Final = 443
_PROTOCOLS: Final = {  # label and usual port
    "smtp": ("SMTP", 25),
    "imap": ("IMAP", 143),
    "pop3": ("POP3", 110),
    "ftp": ("FTP", 21),
    "xmpp": ("XMPP", 5222),
    "postgres": ("PostgreSQL", 5432),
    "mysql": ("MySQL", 3306),
}


class TlsMonitorOptions(Options):
    """Whose certificate, and how long it has to last. The keys are fields that other types have."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(
        None, label="Port", kind=Kind.PORT, help=f"Empty takes {HTTPS_PORT}, or that of the protocol."
    )
    protocol: str | None = option(
        None,
        label="STARTTLS",
        kind=Kind.SELECT,
        section="tls",
        choices=(
            Choice(None, "No: TLS at once"),
            *(Choice(name, label) for name, (label, _) in _PROTOCOLS.items()),
        ),
        help="What is spoken on the port before TLS begins.",
    )
    minimum_days: str = option(
        "",
        alias="expectedValue",
        label="Days that must be left",
        kind=Kind.TEXT,
        section="tls",
        placeholder="14",
        help="Down when the certificate ends sooner; empty: down when it has ended.",
    )
    ignore_tls: bool = ignore_tls_option()
    tls_ca: str = option(
        "",
        alias="tlsCa",
        label="CA certificate",
        kind=Kind.TEXTAREA,
        section="tls",
        placeholder="-----BEGIN CERTIFICATE-----",
        help="Trusted instead of the authorities of this machine.",
    )
    expiry_notification: bool = expiry_notification_option()
    timeout: float = timeout_option("For each handshake.", form_default=FORM_TIMEOUT_S)


class TlsMonitor(MonitorType[TlsMonitorOptions]):
    """Shakes hands, and looks at what the server presents."""

    name = "tls"
    label = "TLS certificate"
    description = "Looks at the certificate of a port: whether it is valid, and for how long."
    group = "specific"
    options = TlsMonitorOptions
    notations = (Notation("tls", ports=(HTTPS_PORT,), rank=2),)
    in_type_list = False
    numbers = (RESPONSE_TIME, CERTIFICATE_DAYS)

    def validate(self, options: TlsMonitorOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse a number of days, a protocol or a CA that is none."""
        del document
        _minimum(options)
        if options.protocol and options.protocol not in PREAMBLES:
            raise UserError(
                "STARTTLS: {protocol} is not known.", protocol=options.protocol, about="smtpSecurity"
            )
        if options.tls_ca:
            try:
                trust(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), options.tls_ca)
            except NetworkError as error:
                raise UserError(error.message, about="tlsCa") from None
        return {}

    def deadline(self, options: TlsMonitorOptions, context: CheckContext) -> float:
        """Two handshakes: the second one fetches an invalid certificate."""
        del options
        return 2 * context.timeout + 20

    async def check(self, options: TlsMonitorOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of connection and handshake in whole ms."""
        protocol = options.protocol or ""
        if protocol and protocol not in PREAMBLES:
            raise CannotCheck(f"STARTTLS: {protocol} is not known.")
        try:
            minimum = _minimum(options)
        except UserError as error:
            raise CannotCheck(str(error)) from None
        begun = perf_counter()
        try:
            report = await certificate_of(
                network_of(context),
                clean_host(options.hostname),
                options.port or _PROTOCOLS.get(protocol, ("", HTTPS_PORT))[1],
                options=TlsOptions(verify=not options.ignore_tls, ca_pem=options.tls_ca or None),
                preamble=PREAMBLES.get(protocol),
                timeout=context.timeout,
                now=context.now,
            )
        except NetworkError as error:
            if error.code == UNREADABLE_PEM:
                raise CannotCheck(error.message) from None
            raise failed(error, for_url=False) from None
        ping = round((perf_counter() - begun) * 1000)
        certificate = seen(report, for_url=False)
        days = report.days_remaining(context.now)
        if days is None:
            raise CheckFailed("The server presents no certificate that can be read", ping=ping)
        message = f"The certificate has {days} {'day' if days == 1 else 'days'} left"
        if minimum is not None and days < minimum:
            raise CheckFailed(f"{message}, fewer than {minimum}", ping=ping, certificate=certificate)
        return CheckResult(message, ping=ping, certificate=certificate)


def _minimum(options: TlsMonitorOptions) -> int | None:
    """Raises UserError."""
    text = options.minimum_days.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 5):
        raise UserError("Days that must be left is a whole number.", about="expectedValue")
    return int(text)
