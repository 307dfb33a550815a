"""How an e-mail is put together: addresses, header fields, text. Nothing here talks to a server."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate
from typing import Final

from msgspec import Struct
from msgspec import field as declared

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.services.support.limits import limited
from kuma_lite.notifications.services.support.mailboxes import Mailbox, NoMailbox, field, mailboxes
from kuma_lite.notifications.services.support.texts import BAD_HEADERS

MAX_SUBJECT_CHARS: Final = 500  # an error text of many lines may become the subject

# Old relays break 8-bit text; quoted-printable and base64 pass everywhere.
_POLICY: Final = SMTP.clone(cte_type="7bit")
_INTERNATIONAL: Final = SMTPUTF8.clone(cte_type="7bit")  # where an address itself has other letters
# Fields of addresses, written by us: Python's own writer loses the quotes of odd ones.
_ADDRESS_FIELDS: Final = ("From", "To", "Cc", "Reply-To", "Sender")
_OWN_FIELDS: Final = frozenset({"content-type", "content-transfer-encoding", "mime-version", "bcc"})
# Addresses in angles (RFC 2369), written by us as well: Python's own writer encodes what is long, and no
# program that reads them decodes it.
_OF_LISTS: Final = "list-"
_MAX_FIELD_CHARS: Final = 900  # a line of a mail has 998 at most
_FIELD_NAME: Final = re.compile(r"[!-9;-~]+")


class Mail(Struct, frozen=True):
    """One mail. `sender`, `to`, `cc` and `bcc` are as people write them, commas between addresses."""

    sender: str
    to: str
    cc: str
    bcc: str
    subject: str
    text: str
    html: bool = False
    headers: Mapping[str, str] = declared(default_factory=dict)


class Envelope(Struct, frozen=True):
    """What is handed to the server."""

    sender: str
    recipients: list[str]
    content: bytes  # lines end in CRLF
    international: bool = False  # an address has letters beyond ASCII: only servers with SMTPUTF8 take it


def envelope(mail: Mail, now: float) -> Envelope:
    """The mail as bytes; `now` is its date, seconds since 1970. Raises DeliveryFailed, permanent."""
    senders = addresses(mail.sender)
    if len(senders) != 1:
        raise DeliveryFailed("From Email must hold exactly one address.", permanent=True)
    to, cc, bcc = addresses(mail.to), addresses(mail.cc), addresses(mail.bcc)
    recipients = list(dict.fromkeys(found.addr_spec for found in (*to, *cc, *bcc)))
    if not recipients:
        raise DeliveryFailed("Nobody to send to: fill in To Email, CC or BCC.", permanent=True)
    international = not all(found.is_ascii for found in (*senders, *to, *cc, *bcc))
    message = EmailMessage(policy=_INTERNATIONAL if international else _POLICY)
    message["Subject"] = limited(one_line(mail.subject), MAX_SUBJECT_CHARS)
    message["Date"] = formatdate(now)
    message["Message-ID"] = f"<{secrets.token_hex(16)}@{senders[0].domain}>"
    message.set_content(mail.text, subtype="html" if mail.html else "plain", charset="utf-8")
    fields = {"From": senders, "To": to, "Cc": cc}
    lists = ""
    for name, value in mail.headers.items():
        known = next((own for own in _ADDRESS_FIELDS if own.lower() == name.lower()), None)
        if known is not None:
            fields[known] = addresses(value)
        elif name.lower().startswith(_OF_LISTS) and _FIELD_NAME.fullmatch(name) and value.isascii():
            lists += f"{name}: {one_line(value)[:_MAX_FIELD_CHARS]}\r\n"
        else:
            _set_field(message, name, value)
    head = "".join(f"{name}: {field(found)}\r\n" for name, found in fields.items() if found) + lists
    return Envelope(senders[0].addr_spec, recipients, head.encode() + _bytes(message), international)


def addresses(text: str) -> list[Mailbox]:
    """The addresses of a form field. Raises DeliveryFailed for one that is none."""
    try:
        return mailboxes(text)
    except NoMailbox as typed:
        raise DeliveryFailed(
            "{text} is not an e-mail address.", permanent=True, text=one_line(str(typed))
        ) from None


def one_line(text: str) -> str:
    """Without line feeds: they would begin a new header field."""
    return " ".join(text.split())


def _set_field(message: EmailMessage, name: str, value: str) -> None:
    if name.lower() in _OWN_FIELDS:
        return
    if not _FIELD_NAME.fullmatch(name):
        raise DeliveryFailed(BAD_HEADERS, permanent=True)
    del message[name]
    message[name] = one_line(value)


def _bytes(message: EmailMessage) -> bytes:
    try:
        return message.as_bytes()
    except (UnicodeError, ValueError, LookupError) as error:
        raise DeliveryFailed(
            "The mail cannot be written: {problem}.", permanent=True, problem=error
        ) from None
