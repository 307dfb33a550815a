"""How an e-mail is put together: addresses, header fields, text. Nothing here talks to a server."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, getaddresses
from typing import Final

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.services.support.limits import limited
from kuma_lite.notifications.services.support.texts import BAD_HEADERS

MAX_SUBJECT_CHARS: Final = 500  # an error text of many lines may become the subject

# Old relays break 8-bit text; quoted-printable and base64 pass everywhere.
_POLICY: Final = SMTP.clone(cte_type="7bit")
_OWN_FIELDS: Final = frozenset({"content-type", "content-transfer-encoding", "mime-version", "bcc"})
_FIELD_NAME: Final = re.compile(r"[!-9;-~]+")


@dataclass(frozen=True)
class Mail:
    """One mail. `sender`, `to`, `cc` and `bcc` are as people write them, commas between addresses."""

    sender: str
    to: str
    cc: str
    bcc: str
    subject: str
    text: str
    html: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Envelope:
    """What is handed to the server."""

    sender: str
    recipients: list[str]
    content: bytes  # lines end in CRLF


def envelope(mail: Mail, now: float) -> Envelope:
    """The mail as bytes; `now` is its date, seconds since 1970. Raises DeliveryFailed, permanent."""
    senders = addresses(mail.sender)
    if len(senders) != 1:
        raise DeliveryFailed("From Email must hold exactly one address.", permanent=True)
    to, cc, bcc = addresses(mail.to), addresses(mail.cc), addresses(mail.bcc)
    recipients = list(dict.fromkeys(found.addr_spec for found in (*to, *cc, *bcc)))
    if not recipients:
        raise DeliveryFailed("Nobody to send to: fill in To Email, CC or BCC.", permanent=True)
    message = EmailMessage(policy=_POLICY)
    message["From"] = senders[0]
    for name, found in (("To", to), ("Cc", cc)):
        if found:
            message[name] = found
    message["Subject"] = limited(one_line(mail.subject), MAX_SUBJECT_CHARS)
    message["Date"] = formatdate(now)
    message["Message-ID"] = f"<{secrets.token_hex(16)}@{senders[0].domain}>"
    message.set_content(mail.text, subtype="html" if mail.html else "plain", charset="utf-8")
    for name, value in mail.headers.items():
        _set_field(message, name, value)
    return Envelope(senders[0].addr_spec, recipients, _bytes(message))


def addresses(text: str) -> list[Address]:
    """The addresses of a form field. Raises DeliveryFailed for one that is none."""
    found = []
    for name, spec in getaddresses([one_line(text).replace(";", ",")]):
        if not name and not spec:
            continue
        try:
            address = Address(display_name=name, addr_spec=_ascii(spec))
        except (ValueError, IndexError, UnicodeError):
            address = Address()
        if not address.username or not address.domain:
            raise DeliveryFailed("{text} is not an e-mail address.", permanent=True, text=spec or name)
        found.append(address)
    return found


def _ascii(spec: str) -> str:
    """The address with an international domain in the form that DNS and old servers know."""
    local, at, domain = spec.rpartition("@")
    return f"{local}{at}{domain.encode('idna').decode()}" if at and not domain.isascii() else spec


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
