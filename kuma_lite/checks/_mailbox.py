"""What the types have in common that log in to a mailbox."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Mapping
from time import perf_counter
from typing import Any, ClassVar, Final

from kuma_lite.checks._channel import Channel, open_channel
from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import failed, network_of, seen
from kuma_lite.checks._shared_options import expiry_notification_option, ignore_tls_option, timeout_option
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
    ShownWhen,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import Options, option
from kuma_lite.net.contexts import TlsOptions
from kuma_lite.net.errors import NetworkError, timeout_error

FORM_TIMEOUT_S: Final = 10
SECURE, STARTTLS = "secure", "starttls"
_MAX_LINE_BYTES: Final = 64 * 1024
_SHOWN_CHARS: Final = 200  # of what a server says
_WITH_TLS: Final = ShownWhen("smtpSecurity", (SECURE, STARTTLS))


class MailboxOptions(Options):
    """Where, and whose mailbox. The keys are fields that other types of Uptime Kuma have."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(
        None, label="Port", kind=Kind.PORT, help="Empty takes the usual one of protocol and encryption."
    )
    timeout: float = timeout_option("For all of it.", form_default=FORM_TIMEOUT_S)
    user: str = option(
        "",
        alias="basic_auth_user",
        label="User name",
        kind=Kind.TEXT,
        section="authentication",
        help="Empty only looks at the greeting.",
    )
    password: str = option(
        "",
        alias="basic_auth_pass",
        label="Password",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
    )
    security: str | None = option(
        None,
        alias="smtpSecurity",
        label="Encryption",
        kind=Kind.SELECT,
        section="tls",
        choices=(Choice(None, "None"), Choice(SECURE, "TLS"), Choice(STARTTLS, "STARTTLS")),
    )
    ignore_tls: bool = ignore_tls_option()
    expiry_notification: bool = expiry_notification_option(shown_when=_WITH_TLS)


class MailboxMonitor(MonitorType[MailboxOptions]):
    """Connects, reads the greeting, and on request starts TLS and logs in. Not a type of Uptime Kuma's."""

    group = "specific"
    options = MailboxOptions
    in_type_list = False
    numbers = (RESPONSE_TIME, CERTIFICATE_DAYS)
    ports: ClassVar[Mapping[bool, int]]  # whether it begins with TLS

    @abstractmethod
    async def greeting(self, channel: Channel) -> str:
        """What the server says first. Raises CheckFailed where it does not want us."""

    @abstractmethod
    async def ask_for_tls(self, channel: Channel) -> None:
        """STARTTLS up to the handshake. Raises CheckFailed."""

    @abstractmethod
    async def log_in(self, channel: Channel, user: str, password: str) -> None:
        """Raises CheckFailed with the server's words."""

    @abstractmethod
    def leave(self, channel: Channel) -> None:
        """Say goodbye; nobody waits for the answer."""

    def validate(self, options: MailboxOptions, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse what cannot be said in one line, and half a log-in."""
        del document
        if "\r" in (both := options.user + options.password) or "\n" in both or "\0" in both:
            raise UserError("User name and password are one line each.", about="basic_auth_user")
        if options.password and not options.user:
            raise UserError("User name is required with a Password.", about="basic_auth_user")
        return {}

    async def check(self, options: MailboxOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of connection, greeting and log-in in whole ms."""
        try:
            self.validate(options, {})
        except UserError as error:
            raise CannotCheck(str(error)) from None
        begun = perf_counter()
        try:
            async with asyncio.timeout(context.timeout):
                channel, message = await self._talk(options, context)
        except TimeoutError:
            raise failed(timeout_error(context.timeout * 1000)) from None
        except NetworkError as error:
            raise failed(error, for_url=False) from None
        ping = round((perf_counter() - begun) * 1000)
        return CheckResult(message, ping=ping, certificate=seen(channel.certificate, for_url=False))

    async def _talk(self, options: MailboxOptions, context: CheckContext) -> tuple[Channel, str]:
        host, network = clean_host(options.hostname), network_of(context)
        secure = options.security == SECURE
        port = options.port or self.ports[secure]
        tls = TlsOptions(verify=not options.ignore_tls)
        async with open_channel(
            network, host, port, tls=tls if secure else None, timeout=context.timeout, now=context.now
        ) as channel:
            try:
                message = await self.greeting(channel)
                if options.security == STARTTLS:
                    await self.ask_for_tls(channel)
                    await channel.start_tls(network, host, tls, context.now)
                if options.user:
                    await self.log_in(channel, options.user, options.password)
                    message = "Logged in"
            except CheckFailed as failure:
                failure.certificate = seen(channel.certificate, for_url=False)
                raise
            self.leave(channel)
            return channel, message


async def read_line(channel: Channel) -> str:
    """The next line. Raises NetworkError."""
    return (await channel.line(_MAX_LINE_BYTES)).decode("utf-8", "replace")


def shown(line: str) -> str:
    """A server's words, cut."""
    return line[:_SHOWN_CHARS]
