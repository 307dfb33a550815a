"""E-mail through a mail server."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from kuma_lite.core.clock import SystemClock
from kuma_lite.core.declarations import (
    Choice,
    DeliveryContext,
    DeliveryFailed,
    Kind,
    Message,
    NotificationService,
    ShownWhen,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import option
from kuma_lite.net.contexts import TlsOptions, build_context
from kuma_lite.notifications.services.support.dkim import DEFAULT_FIELDS, DEFAULT_HASH, CannotSign, Signer
from kuma_lite.notifications.services.support.mail import Envelope, Mail, envelope
from kuma_lite.notifications.services.support.options import ServiceOptions, additional_headers
from kuma_lite.notifications.services.support.outgoing import SENT

if TYPE_CHECKING:
    import aiosmtplib

COMMAND_S: Final = 10.0  # for the connection and for each answer; greylisting servers think for seconds

_PLAIN: Final = ShownWhen("smtpSecure", (False,))


class SmtpOptions(ServiceOptions):
    """Which server, which addresses, which words."""

    smtpHost: str = option("", label="Hostname", kind=Kind.HOST, required=True)  # noqa: N815 - of the wire
    smtpPort: int = option(  # noqa: N815
        0, label="Port", kind=Kind.PORT, required=True, minimum=0, maximum=65535, step=1, form_default=587
    )
    smtpSecure: bool = option(  # noqa: N815
        False,
        label="Security",
        kind=Kind.SELECT,
        choices=(Choice(False, "None / STARTTLS (25, 587)"), Choice(True, "TLS (465)")),
    )
    smtpIgnoreTLSError: bool = option(  # noqa: N815
        False,
        label="Ignore TLS Error",
        kind=Kind.SWITCH,
        section="tls",
        help="Accept every certificate of the server.",
    )
    smtpIgnoreSTARTTLS: bool = option(  # noqa: N815
        False,
        label="Disable STARTTLS",
        kind=Kind.SWITCH,
        section="tls",
        help="The mail and the password then travel in clear text.",
        shown_when=_PLAIN,
    )
    smtpUsername: str = option(  # noqa: N815
        "", label="Username", kind=Kind.TEXT, section="authentication"
    )
    smtpPassword: str = option(  # noqa: N815
        "", label="Password", kind=Kind.PASSWORD, section="authentication", secret=True
    )
    smtpFrom: str = option(  # noqa: N815
        "",
        label="From Email",
        kind=Kind.TEXT,
        required=True,
        placeholder='"Uptime Kuma" <example@example.com>',
    )
    smtpTo: str = option(  # noqa: N815
        "",
        label="To Email",
        kind=Kind.TEXT,
        placeholder="first@example.com, second@example.com",
        help="At least one address in To Email, CC or BCC.",
    )
    smtpCC: str = option("", label="CC", kind=Kind.TEXT)  # noqa: N815
    smtpBCC: str = option("", label="BCC", kind=Kind.TEXT)  # noqa: N815
    customSubject: str = option(  # noqa: N815
        "",
        label="Custom Subject",
        kind=Kind.TEXT,
        section="content",
        placeholder="{{ status }} {{ name }}",
        help="A Liquid template; empty means the usual text.",
    )
    customBody: str = option(  # noqa: N815
        "",
        label="Custom Body",
        kind=Kind.TEXTAREA,
        section="content",
        help="A Liquid template; empty means the usual text.",
    )
    htmlBody: bool = option(  # noqa: N815
        False, label="Use HTML for custom E-mail body", kind=Kind.SWITCH, section="content"
    )
    smtpAdditionalHeaders: str = option(  # noqa: N815
        "",
        label="Additional Headers",
        kind=Kind.JSON,
        section="advanced",
        secret=True,
        placeholder='{"X-Priority": "1"}',
        help="A JSON object.",
    )
    smtpDkimDomain: str = option(  # noqa: N815
        "",
        label="DKIM: Domain Name",
        kind=Kind.TEXT,
        section="dkim",
        placeholder="example.com",
        help="Mails are signed when this is filled in.",
    )
    smtpDkimKeySelector: str = option(  # noqa: N815
        "", label="DKIM: Key Selector", kind=Kind.TEXT, section="dkim", placeholder="2017"
    )
    smtpDkimPrivateKey: str = option(  # noqa: N815
        "",
        label="DKIM: Private Key",
        kind=Kind.TEXTAREA,
        section="dkim",
        secret=True,
        placeholder="-----BEGIN PRIVATE KEY-----",
        help="An RSA key as PEM text.",
    )
    smtpDkimHashAlgo: str = option(  # noqa: N815
        "", label="DKIM: Hash Algorithm (Optional)", kind=Kind.TEXT, section="dkim", placeholder=DEFAULT_HASH
    )
    smtpDkimheaderFieldNames: str = option(  # noqa: N815
        "",
        label="DKIM: Header Keys to sign (Optional)",
        kind=Kind.TEXT,
        section="dkim",
        placeholder="message-id:date:from:to",
    )
    smtpDkimskipFields: str = option(  # noqa: N815
        "",
        label="DKIM: Header Keys not to sign (Optional)",
        kind=Kind.TEXT,
        section="dkim",
        placeholder="message-id:date",
    )


class Smtp(NotificationService[SmtpOptions]):
    """An e-mail."""

    name = "smtp"
    label = "Email (SMTP)"
    description = "Sends an e-mail through a mail server of your choice."
    groups: ClassVar = ("email",)
    options: ClassVar = SmtpOptions

    def validate(self, options: SmtpOptions) -> None:
        """Somebody must get the mail, and addresses must be some."""
        try:
            envelope(_mail(options, "subject", "text"), 0)
        except DeliveryFailed as problem:
            raise UserError(problem.message) from None
        if options.smtpDkimDomain and not (options.smtpDkimKeySelector and options.smtpDkimPrivateKey):
            raise UserError("DKIM needs a key selector and a private key.")

    async def send(self, options: SmtpOptions, message: Message, context: DeliveryContext) -> str:
        """Write the mail and hand it to the server; a connection for each mail."""
        subject, text, html = _words(options, message, context)
        found = envelope(_mail(options, subject, text, html), SystemClock().now())
        refused = await _deliver(options, replace(found, content=_signed(options, found.content)))
        return SENT if not refused else f"{SENT} But not to everybody: {refused}"


def _mail(options: SmtpOptions, subject: str, text: str, html: bool = False) -> Mail:
    return Mail(
        options.smtpFrom,
        options.smtpTo,
        options.smtpCC,
        options.smtpBCC,
        subject,
        text,
        html,
        additional_headers(options.smtpAdditionalHeaders),
    )


def _words(options: SmtpOptions, message: Message, context: DeliveryContext) -> tuple[str, str, bool]:
    """Subject, text, and whether the text is HTML."""
    subject, text, html = message.text, message.text, False
    heartbeat = message.heartbeat
    if heartbeat is not None:
        text += f"\nTime ({heartbeat.get('timezone')}): {heartbeat.get('localDateTime')}"
    # Warnings about certificates and domains know no monitor and keep their own words.
    if (heartbeat is not None and message.monitor is not None) or message.text.endswith("Testing"):
        if options.customSubject.strip():
            subject = context.render(options.customSubject, message)
        if options.customBody.strip():
            text, html = context.render(options.customBody, message), options.htmlBody
    return subject, text, html


def _signed(options: SmtpOptions, content: bytes) -> bytes:
    if not options.smtpDkimDomain:
        return content
    signer = Signer(
        options.smtpDkimDomain.strip(),
        options.smtpDkimKeySelector.strip(),
        options.smtpDkimPrivateKey,
        options.smtpDkimHashAlgo.strip().lower() or DEFAULT_HASH,
        options.smtpDkimheaderFieldNames or DEFAULT_FIELDS,
        options.smtpDkimskipFields,
    )
    try:
        return signer.sign(content)
    except CannotSign as problem:
        raise DeliveryFailed(str(problem), permanent=True) from None


async def _deliver(options: SmtpOptions, mail: Envelope) -> str:
    """Talk to the server; returns what it said of refused recipients while it took others."""
    import aiosmtplib

    client = await _client(options)
    try:
        await client.connect()
        if options.smtpUsername or options.smtpPassword:
            await client.login(options.smtpUsername, options.smtpPassword)
        refused, _ = await client.sendmail(mail.sender, mail.recipients, mail.content)
    except aiosmtplib.SMTPException as error:
        raise _failure(error) from None
    except (OSError, ValueError) as error:
        raise DeliveryFailed(f"{options.smtpHost}: {error}") from None
    finally:
        await _hang_up(client)
    return "; ".join(f"{address}: {answer}" for address, answer in refused.items())


async def _client(options: SmtpOptions) -> aiosmtplib.SMTP:
    import aiosmtplib

    start_tls = False if options.smtpSecure or options.smtpIgnoreSTARTTLS else None
    context = await asyncio.to_thread(_tls, not options.smtpIgnoreTLSError)
    return aiosmtplib.SMTP(
        hostname=options.smtpHost.strip(),
        port=options.smtpPort,
        use_tls=options.smtpSecure,
        start_tls=start_tls,
        tls_context=context,
        timeout=COMMAND_S,
        local_hostname=_own_name(),
    )


def _tls(verify: bool) -> ssl.SSLContext:
    context = build_context(TlsOptions(verify=verify))
    context.check_hostname = verify
    return context


def _own_name() -> str:
    """What this machine calls itself; asking DNS for a longer name would hold everything up."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


async def _hang_up(client: aiosmtplib.SMTP) -> None:
    import aiosmtplib

    try:
        if client.is_connected:
            async with asyncio.timeout(1):
                await client.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        pass  # the mail has been taken or refused by now
    finally:
        client.close()


def _failure(error: Any) -> DeliveryFailed:
    """What the server said, and whether it may think differently later (a 4xx)."""
    import aiosmtplib

    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        each = error.recipients
        text = "; ".join(f"{one.recipient}: {one.code} {one.message}" for one in each)
        return DeliveryFailed(text, permanent=all(one.code >= 500 for one in each))
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return DeliveryFailed(f"{error.code} {error.message}", permanent=error.code >= 500)
    permanent = isinstance(error, aiosmtplib.SMTPNotSupported)
    return DeliveryFailed(str(error.message or type(error).__name__), permanent=permanent)
