"""E-mail through a mail server."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.clock import SystemClock
from kuma_lite.core.declarations import DeliveryContext, DeliveryFailed, Kind, Message, NotificationService
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.net.contexts import TlsOptions, build_context
from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.support.dkim import DEFAULT_FIELDS, DEFAULT_HASH, CannotSign, Signer
from kuma_lite.notifications.services.support.mail import Envelope, Mail, envelope

if TYPE_CHECKING:
    import aiosmtplib

COMMAND_S: Final = 10.0  # for the connection and for each answer; greylisting servers think for seconds

SECURITY: Final = {False: "None / STARTTLS (25, 587)", True: "TLS (465)"}


class SmtpOptions(kit.ServiceOptions):
    """Which server, which addresses, which words."""

    host: str = kit.host("Hostname", "smtpHost", required=True)
    port: int | None = kit.number(
        "Port", "smtpPort", kind=Kind.PORT, required=True, minimum=0, maximum=65535, form_default=587
    )
    secure: bool = kit.select("Security", "smtpSecure", False, SECURITY)
    unchecked: bool = kit.switch(
        "Ignore TLS Error",
        "smtpIgnoreTLSError",
        section="tls",
        help="Accept every certificate of the server.",
    )
    no_starttls: bool = kit.switch(
        "Disable STARTTLS",
        "smtpIgnoreSTARTTLS",
        section="tls",
        help="The mail and the password then travel in clear text.",
        shown_when=kit.when("smtpSecure", False),
    )
    username: str = kit.text("Username", "smtpUsername", section="authentication")
    password: str = kit.secret("Password", "smtpPassword", section="authentication")
    sender: str = kit.text(
        "From Email", "smtpFrom", required=True, placeholder='"Uptime Kuma" <example@example.com>'
    )
    to: str = kit.text(
        "To Email",
        "smtpTo",
        placeholder="first@example.com, second@example.com",
        help="At least one address in To Email, CC or BCC.",
    )
    cc: str = kit.text("CC", "smtpCC")
    bcc: str = kit.text("BCC", "smtpBCC")
    subject: str = kit.template(
        "Custom Subject",
        "customSubject",
        placeholder="{{ status }} {{ name }}",
        help="A Liquid template; empty means the usual text.",
        kind=Kind.TEXT,
    )
    body: str = kit.template(
        "Custom Body",
        "customBody",
        help="A Liquid template; empty means the usual text.",
    )
    html: bool = kit.switch("Use HTML for custom E-mail body", "htmlBody", section="content")
    headers: str = kit.headers(
        "Additional Headers",
        "smtpAdditionalHeaders",
        placeholder='{"X-Priority": "1"}',
        help="A JSON object.",
    )
    dkim_domain: str = kit.text(
        "DKIM: Domain Name",
        "smtpDkimDomain",
        section="dkim",
        placeholder="example.com",
        help="Mails are signed when this is filled in.",
    )
    dkim_selector: str = kit.text(
        "DKIM: Key Selector", "smtpDkimKeySelector", section="dkim", placeholder="2017"
    )
    dkim_key: str = kit.secret(
        "DKIM: Private Key",
        "smtpDkimPrivateKey",
        kind=Kind.TEXTAREA,
        section="dkim",
        placeholder="-----BEGIN PRIVATE KEY-----",
        help="An RSA key as PEM text.",
    )
    dkim_hash: str = kit.text(
        "DKIM: Hash Algorithm (Optional)", "smtpDkimHashAlgo", section="dkim", placeholder=DEFAULT_HASH
    )
    dkim_fields: str = kit.text(
        "DKIM: Header Keys to sign (Optional)",
        "smtpDkimheaderFieldNames",
        section="dkim",
        placeholder="message-id:date:from:to",
    )
    dkim_skipped: str = kit.text(
        "DKIM: Header Keys not to sign (Optional)",
        "smtpDkimskipFields",
        section="dkim",
        placeholder="message-id:date",
    )

    @classmethod
    def example(cls) -> Mapping[str, Any]:
        """Somebody must get the mail."""
        return {"to": "on-call@example.org"}


class Smtp(NotificationService[SmtpOptions]):
    """An e-mail."""

    name = "smtp"
    label = "Email (SMTP)"
    description = "Sends an e-mail through a mail server of your choice."
    groups = ("email",)

    def validate(self, options: SmtpOptions) -> None:
        """Somebody must get the mail, and addresses must be some."""
        try:
            envelope(_mail(options, "subject", "text"), 0)
        except DeliveryFailed as problem:
            raise UserError(problem.message) from None
        if options.dkim_domain and not (options.dkim_selector and options.dkim_key):
            raise UserError("DKIM needs a key selector and a private key.")

    async def send(self, options: SmtpOptions, message: Message, context: DeliveryContext) -> str:
        """Write the mail and hand it to the server; a connection for each mail."""
        subject, text, html = _words(options, message, context)
        found = envelope(_mail(options, subject, text, html), SystemClock().now())
        refused = await _deliver(options, replace(found, content=_signed(options, found.content)))
        return kit.SENT if not refused else f"{kit.SENT} But not to everybody: {refused}"


def _mail(options: SmtpOptions, subject: str, text: str, html: bool = False) -> Mail:
    return Mail(
        options.sender,
        options.to,
        options.cc,
        options.bcc,
        subject,
        text,
        html,
        kit.additional_headers(options.headers),
    )


def _words(options: SmtpOptions, message: Message, context: DeliveryContext) -> tuple[str, str, bool]:
    """Subject, text, and whether the text is HTML."""
    usual, heartbeat = message.usual or message, message.heartbeat
    subject, text, html = usual.text, message.text, False
    if heartbeat is not None and message.usual is None:
        text += f"\nTime ({heartbeat.get('timezone')}): {heartbeat.get('localDateTime')}"
    # Warnings about certificates and domains know no monitor and keep their own words.
    if (heartbeat is not None and message.monitor is not None) or usual.text.endswith("Testing"):
        if options.subject.strip():
            subject = context.render(options.subject.strip(), message)
        if options.body.strip():
            text, html = context.render(options.body.strip(), message), options.html
    return subject, text, html


def _signed(options: SmtpOptions, content: bytes) -> bytes:
    if not options.dkim_domain:
        return content
    signer = Signer(
        options.dkim_domain.strip(),
        options.dkim_selector.strip(),
        options.dkim_key,
        options.dkim_hash.strip().lower() or DEFAULT_HASH,
        options.dkim_fields or DEFAULT_FIELDS,
        options.dkim_skipped,
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
        if options.username or options.password:
            await client.login(options.username, options.password)
        extensions = ["SMTPUTF8"] if mail.international else []
        refused, _ = await client.sendmail(
            mail.sender, mail.recipients, mail.content, mail_options=extensions
        )
    except aiosmtplib.SMTPException as error:
        raise _failure(error) from None
    except (OSError, ValueError) as error:
        raise DeliveryFailed("{host}: {problem}", host=options.host, problem=error) from None
    finally:
        await _hang_up(client)
    return "; ".join(f"{address}: {answer}" for address, answer in refused.items())


async def _client(options: SmtpOptions) -> aiosmtplib.SMTP:
    import aiosmtplib

    start_tls = False if options.secure or options.no_starttls else None
    context = await asyncio.to_thread(_tls, not options.unchecked)
    return aiosmtplib.SMTP(
        hostname=options.host.strip(),
        port=options.port or 0,
        use_tls=options.secure,
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
        return DeliveryFailed("{refused}", permanent=all(one.code >= 500 for one in each), refused=text)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        said = error.code if error.code > 0 else "The server does not speak SMTP:"  # no code was read
        return DeliveryFailed(f"{said} {error.message}".strip(), permanent=error.code >= 500)
    permanent = isinstance(error, aiosmtplib.SMTPNotSupported)
    return DeliveryFailed(str(error.message or type(error).__name__), permanent=permanent)
