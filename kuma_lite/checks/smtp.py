"""SMTP: a mail server greets, and speaks TLS as wanted; nobody logs in, and no mail is sent.

Other than in Uptime Kuma 2.5: "Ignore TLS errors" counts, all of it ends within the monitor's time limit,
and the certificate is shown and warned of.
"""

from __future__ import annotations

import asyncio
import re
from time import perf_counter
from typing import Final

from kuma_lite.checks._channel import Channel, open_channel
from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import SeenCertificate, is_maybe_ours, network_of, seen
from kuma_lite.checks._shared_options import expiry_notification_option, ignore_tls_option, timeout_option
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

SMTP_PORT: Final = 25
FORM_TIMEOUT_S: Final = 30
SECURE, STARTTLS, NO_STARTTLS = "secure", "starttls", "nostarttls"
_NAME: Final = "[127.0.0.1]"  # what a client without a public name calls itself (RFC 5321 §4.1.3)
_MAX_LINE_BYTES: Final = 64 * 1024
_MAX_LINES: Final = 100  # of one reply; real ones have ten
_OFFERS_TLS: Final = re.compile(r"[ -]STARTTLS\b", re.IGNORECASE)
_GREETING, _CLOSING = "220", "421"
_WITH_TLS: Final = ShownWhen("smtpSecurity", (None, SECURE, STARTTLS))


class SmtpOptions(Options):
    """Which server, and whether TLS has to be spoken there. Keys are Uptime Kuma 2.5's."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(None, label="Port", kind=Kind.PORT, form_default=SMTP_PORT)
    security: str | None = option(
        None,
        alias="smtpSecurity",
        label="Encryption",
        kind=Kind.SELECT,
        section="tls",
        choices=(
            Choice(None, "STARTTLS if offered"),
            Choice(SECURE, "TLS"),
            Choice(STARTTLS, "STARTTLS, always"),
            Choice(NO_STARTTLS, "None"),
        ),
    )
    ignore_tls: bool = ignore_tls_option()
    expiry_notification: bool = expiry_notification_option(shown_when=_WITH_TLS)
    timeout: float = timeout_option("For all of it.", form_default=FORM_TIMEOUT_S)


class SmtpMonitor(MonitorType[SmtpOptions]):
    """Connects, says hello, starts TLS, leaves."""

    name = "smtp"
    label = "SMTP"
    description = "Connects to a mail server and says hello, over TLS where it is offered."
    group = "specific"
    options = SmtpOptions
    notations = (
        Notation("smtp", ports=(SMTP_PORT, 587)),
        Notation("smtps", ports=(465,), sets={"smtpSecurity": SECURE}),
    )
    numbers = (RESPONSE_TIME, CERTIFICATE_DAYS)

    async def check(self, options: SmtpOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of the whole dialogue in whole ms."""
        begun = perf_counter()
        session = _Session(options, context)
        try:
            async with asyncio.timeout(context.timeout):
                certificate = await session.talk()
        except TimeoutError:
            raise _failed(session.late, local=True) from None
        except _Unwanted as refusal:
            raise _failed(str(refusal), certificate=session.certificate) from None
        except NetworkError as error:
            certificate = seen(error.certificate, for_url=False) or session.certificate
            raise _failed(
                session.words_of(error), local=is_maybe_ours(error), certificate=certificate
            ) from None
        ping = round((perf_counter() - begun) * 1000)
        return CheckResult("SMTP connection verifies successfully", ping=ping, certificate=certificate)


class _Unwanted(Exception):
    """An answer with which the dialogue ends."""


def _failed(reason: str, *, local: bool = False, certificate: SeenCertificate | None = None) -> CheckFailed:
    return CheckFailed(
        f"SMTP connection doesn't verify: Error: {reason}", local=local, certificate=certificate
    )


class _Session:
    """One dialogue. `late`: what to say when it takes too long just now; sentences are Uptime Kuma 2.5's."""

    def __init__(self, options: SmtpOptions, context: CheckContext) -> None:
        self._options, self._context = options, context
        self._network = network_of(context)
        self._host = clean_host(options.hostname)
        self._port = options.port or SMTP_PORT
        self.late = "Connection timeout"
        self.certificate: SeenCertificate | None = None

    async def talk(self) -> SeenCertificate | None:
        """The certificate, over TLS. Raises _Unwanted, NetworkError, TimeoutError."""
        secure = self._options.security == SECURE
        tls = TlsOptions(verify=not self._options.ignore_tls)
        async with open_channel(
            self._network,
            self._host,
            self._port,
            tls=tls if secure else None,
            timeout=self._context.timeout,
            now=self._context.now,
        ) as channel:
            self._note(channel)
            self.late = "Greeting never received"
            greeting = await _reply(channel)
            if not greeting.startswith(_GREETING):
                raise _Unwanted(f"Invalid greeting. response={greeting}: {greeting}")
            self.late = "Timeout"
            offers = await self._hello(channel)
            if not secure and await self._start_tls(channel, offers, tls):
                await self._hello(channel)
            channel.write(b"QUIT\r\n")
            return self.certificate

    def words_of(self, error: NetworkError) -> str:
        """A broken connection in the words of the original's client."""
        if error.kind is ErrorKind.RESET and error.message == "socket hang up":
            return "Connection closed" if self.late != "Timeout" else "Connection closed unexpectedly"
        return error.message

    def _note(self, channel: Channel) -> None:
        self.certificate = seen(channel.certificate, for_url=False)

    async def _hello(self, channel: Channel) -> str:
        """What the server offers."""
        answer = await _ask(channel, f"EHLO {_NAME}")
        if answer.startswith("2"):
            return answer
        if answer.startswith(_CLOSING):
            raise _Unwanted(f"Server terminates connection. response={answer}: {answer}")
        if self._options.security == STARTTLS:
            raise _Unwanted(
                f"EHLO failed but HELO does not support required STARTTLS. response={answer}: {answer}"
            )
        answer = await _ask(channel, f"HELO {_NAME}")
        if not answer.startswith("2"):
            raise _Unwanted(f"Invalid HELO. response={answer}: {answer}")
        return ""  # whoever does not know EHLO has no extensions

    async def _start_tls(self, channel: Channel, offers: str, tls: TlsOptions) -> bool:
        security = self._options.security
        if security == NO_STARTTLS or not (security == STARTTLS or _OFFERS_TLS.search(offers)):
            return False
        answer = await _ask(channel, "STARTTLS")
        if not answer.startswith("2"):
            raise _Unwanted(f"Error upgrading connection with STARTTLS: {answer}")
        await channel.start_tls(self._network, self._host, tls, self._context.now)
        self._note(channel)
        return True


async def _ask(channel: Channel, command: str) -> str:
    channel.write(f"{command}\r\n".encode("ascii"))
    return await _reply(channel)


async def _reply(channel: Channel) -> str:
    """All lines of a reply; the last one has no dash after its code (RFC 5321 §4.2.1)."""
    lines = []
    for _ in range(_MAX_LINES):
        raw = await channel.line(_MAX_LINE_BYTES)
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError:
            line = raw.decode("latin-1")
        lines.append(line)
        if not (line[:3].isdecimal() and line[3:4] == "-"):
            break
    return "\n".join(lines)
