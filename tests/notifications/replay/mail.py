"""The other end of SMTP: the recorded mails, sent to a small mail server."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from ssl import SSLContext
from types import SimpleNamespace
from typing import Any

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.delivery import Context, Services, deliver
from tests.notifications.replay.recordings import Call
from tests.notifications.sinks import SmtpSink, TakenMail, server_tls

REFUSES = "550 5.1.1 User unknown"
# What the mail server does in a case: start of a command → answer.
ANSWERS = {
    "answer 400": {"RCPT": REFUSES},
    "server refuses recipient": {"RCPT": REFUSES},
    "refuses one of two recipients": {"RCPT TO:<bad@": REFUSES},
    "login refused": {"AUTH": "535 5.7.8 Authentication credentials invalid"},
}
# Ours to choose: identity, date, and how old relays are spared.
OWN_FIELDS = frozenset({"message-id", "date", "mime-version", "content-transfer-encoding"})


async def send(services: Services, call: Call) -> tuple[list[Any], list[Any], str | None]:
    """What was recorded, what the server took from us, and why it failed."""
    recorded = [_recorded(one) for one in call.requests if "raw" in one]
    async with AsyncExitStack() as stack:
        login = call.config.get("smtpPassword")
        sink = SmtpSink(tls=_tls(), implicit=bool(call.config.get("smtpSecure")), password=login)
        sink.refuse = ANSWERS.get(call.case, {})
        await stack.enter_async_context(sink)
        config = call.config | {
            "smtpHost": "127.0.0.1",
            "smtpPort": 1 if call.case == "refused" else sink.port,
        }
        config["smtpIgnoreTLSError"] = call.case != "certificate not trusted"
        error = None
        try:
            base = call.settings["primaryBaseURL"] or ""
            await deliver(services, config, call.message, Context(SimpleNamespace(), base))
        except DeliveryFailed as failure:
            error = failure.message
    return recorded, [_taken(mail) for mail in sink.mails], error


def _recorded(one: dict[str, Any]) -> dict[str, Any]:
    connection = one["connection"]
    login = connection["login"]
    return {
        **_mail(one["raw"].encode()),
        "from": one["envelope"]["from"],
        "to": sorted(one["envelope"]["to"]),
        "tls": connection["implicit_tls"] or connection["starttls"],
        "login": login and [login["user"], login["password"]],
    }


def _taken(mail: TakenMail) -> dict[str, Any]:
    return {
        **_mail(mail.content),
        "from": mail.sender,
        "to": sorted(mail.recipients),
        "tls": mail.tls,
        "login": mail.login and list(mail.login),
    }


def _mail(raw: bytes) -> dict[str, Any]:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    fields = {name.lower(): str(value) for name, value in message.items()}
    return {
        "fields": {name: value for name, value in fields.items() if name not in OWN_FIELDS},
        "body": message.get_content().rstrip("\n"),
    }


@cache
def _tls() -> SSLContext:
    with tempfile.TemporaryDirectory() as folder:
        return server_tls(Path(folder))
