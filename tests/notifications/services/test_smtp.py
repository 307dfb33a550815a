from __future__ import annotations

import email
import email.policy
import json
import ssl
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.core.errors import UserError
from kuma_lite.notifications.services.smtp import Smtp, SmtpOptions
from tests.notifications.samples import DOWN, EXPIRY, TEST, UP
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import SmtpSink, TakenMail, server_tls


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    folder: Path = tmp_path_factory.mktemp("tls")
    return server_tls(folder)


def server(sink: SmtpSink, **options: Any) -> dict[str, Any]:
    return {
        "type": "smtp",
        "smtpHost": "127.0.0.1",
        "smtpPort": sink.port,
        "smtpSecure": False,
        "smtpFrom": '"Uptime Kuma" <kuma@example.com>',
        "smtpTo": "first@example.com",
        **options,
    }


def read(mail: TakenMail) -> EmailMessage:
    return email.message_from_bytes(mail.content, policy=email.policy.default)


def text_of(mail: TakenMail) -> str:
    content: str = read(mail).get_content()
    return content.replace("\r\n", "\n")


async def test_a_down_mail(send: Send) -> None:
    async with SmtpSink() as sink:
        assert await send(DOWN, **server(sink)) == "Sent Successfully."
    (mail,) = sink.mails
    assert (mail.sender, mail.recipients, mail.tls, mail.login) == (
        "kuma@example.com",
        ["first@example.com"],
        False,
        None,
    )
    found = read(mail)
    assert found["From"] == "Uptime Kuma <kuma@example.com>"
    assert found["To"] == "first@example.com"
    assert found["Subject"] == DOWN.text
    assert found["Message-ID"].endswith("@example.com>")
    assert found["Date"].datetime.year >= 2025
    assert found.get_content_type() == "text/plain"
    assert text_of(mail) == f"{DOWN.text}\nTime (Europe/Berlin): 2026-11-22 02:42:03\n"
    mail.content.decode("ascii")  # old relays break anything else


async def test_test_and_expiry_mails_have_no_time(send: Send) -> None:
    async with SmtpSink() as sink:
        for message in (TEST, EXPIRY):
            await send(message, **server(sink))
    assert [text_of(mail).strip() for mail in sink.mails] == [TEST.text, EXPIRY.text]


async def test_cc_and_bcc(send: Send) -> None:
    options = {
        "smtpTo": "Grüße <a@example.com>, b@example.com;c@example.com",
        "smtpCC": '"Doe, Jane" <d@example.com>',
        "smtpBCC": "hidden@example.com, a@example.com",
    }
    async with SmtpSink() as sink:
        await send(TEST, **server(sink, **options))
    (mail,) = sink.mails
    assert mail.recipients == [f"{name}@example.com" for name in ("a", "b", "c", "d", "hidden")]
    found = read(mail)
    assert found["To"] == "Grüße <a@example.com>, b@example.com, c@example.com"
    assert found["Cc"] == '"Doe, Jane" <d@example.com>'
    assert b"hidden@" not in mail.content


async def test_only_bcc(send: Send) -> None:
    async with SmtpSink() as sink:
        await send(TEST, **server(sink, smtpTo="", smtpBCC="x@example.com"))
    assert sink.mails[0].recipients == ["x@example.com"]


async def test_line_feeds_do_not_reach_the_head(send: Send) -> None:
    message = Message("first\r\nBcc: evil@example.com\nsecond", DOWN.monitor, DOWN.heartbeat)
    headers = {"smtpAdditionalHeaders": '{"X-Mine": "a\\r\\nBcc: evil@example.com", "X-Priority": 1}'}
    async with SmtpSink() as sink:
        await send(message, **server(sink, **headers))
    found = read(sink.mails[0])
    assert found["Subject"] == "first Bcc: evil@example.com second"
    assert found["X-Mine"] == "a Bcc: evil@example.com"
    assert found["X-Priority"] == "1"
    assert found["Bcc"] is None
    assert sink.mails[0].recipients == ["first@example.com"]


async def test_addresses_with_odd_dots_reach_the_server_in_quotes(send: Send) -> None:
    async with SmtpSink() as sink:
        await send(
            DOWN, **server(sink, smtpTo="Taro <taro..yamada.@docomo.example.jp>", smtpCC="a@münchen.example")
        )
    assert sink.mails[0].recipients == ['"taro..yamada."@docomo.example.jp', "a@xn--mnchen-3ya.example"]
    assert b'\r\nTo: Taro <"taro..yamada."@docomo.example.jp>\r\n' in sink.mails[0].content


async def test_an_address_with_other_letters(send: Send) -> None:
    async with SmtpSink() as sink:
        with pytest.raises(DeliveryFailed, match="SMTPUTF8 is not supported by this server") as failed:
            await send(DOWN, **server(sink, smtpTo="müller@x.example"))
        assert failed.value.permanent
        sink.offers = ["SMTPUTF8"]
        await send(DOWN, **server(sink, smtpTo="müller@x.example"))
    assert sink.mails[0].recipients == ["müller@x.example"]
    assert "SMTPUTF8" in next(line for line in sink.commands[::-1] if line.startswith("MAIL"))


async def test_dots_at_the_beginning_of_lines_survive(send: Send) -> None:
    async with SmtpSink() as sink:
        await send(Message(".\n..a\n.", DOWN.monitor, DOWN.heartbeat), **server(sink))
    assert text_of(sink.mails[0]).startswith(".\n..a\n.\n")


@pytest.mark.parametrize(
    ("message", "subject", "body"),
    [
        (UP, "✅ Up: service", "<b>service</b>"),
        (TEST, "⚠️ Test: Monitor Name not available", "<b>Monitor Name not available</b>"),
        (EXPIRY, EXPIRY.text, EXPIRY.text),
    ],
)
@pytest.mark.parametrize("html", [True, False])
async def test_templates(send: Send, message: Message, subject: str, body: str, html: bool) -> None:
    words = {
        "customSubject": "{{ status }}:\n{{ name }}",
        "customBody": "<b>{{ name }}</b>",
        "htmlBody": html,
    }
    async with SmtpSink() as sink:
        await send(message, **server(sink, **words))
    found = read(sink.mails[0])
    assert found["Subject"] == subject
    assert text_of(sink.mails[0]).strip() == body
    assert found.get_content_type() == ("text/html" if html and message is not EXPIRY else "text/plain")


@pytest.mark.parametrize(
    ("message", "options", "sentence"),
    [
        (TEST, {"smtpTo": ""}, "Nobody to send to: fill in To Email, CC or BCC."),
        (TEST, {"smtpTo": "nobody"}, "nobody is not an e-mail address."),
        (TEST, {"smtpFrom": ""}, "This channel lacks the required field 'From Email'."),
        (TEST, {"smtpFrom": ","}, "From Email must hold exactly one address."),
        (TEST, {"smtpFrom": "a@x.example, b@x.example"}, "From Email must hold exactly one address."),
        (TEST, {"smtpAdditionalHeaders": "{"}, "Additional Headers is not a valid JSON"),
        (TEST, {"smtpAdditionalHeaders": '{"a b": "c"}'}, "Additional Headers is not a valid JSON"),
    ],
)
async def test_forms_that_cannot_work(
    send: Send, message: Message, options: dict[str, Any], sentence: str
) -> None:
    async with SmtpSink() as sink:
        with pytest.raises(DeliveryFailed) as failed:
            await send(message, **server(sink, **options))
    assert failed.value.message == sentence
    assert failed.value.permanent
    assert sink.commands == []


# --- security ----------------------------------------------------------------------------------------------


async def test_starttls_is_used_when_offered(send: Send, tls: ssl.SSLContext) -> None:
    async with SmtpSink(tls=tls) as sink:
        await send(TEST, **server(sink, smtpIgnoreTLSError=True))
    assert sink.mails[0].tls
    assert "STARTTLS" in sink.commands


async def test_starttls_can_be_switched_off(send: Send, tls: ssl.SSLContext) -> None:
    async with SmtpSink(tls=tls) as sink:
        await send(TEST, **server(sink, smtpIgnoreSTARTTLS=True))
    assert not sink.mails[0].tls


async def test_tls_from_the_start(send: Send, tls: ssl.SSLContext) -> None:
    async with SmtpSink(tls=tls, implicit=True) as sink:
        await send(TEST, **server(sink, smtpSecure=True, smtpIgnoreTLSError=True, smtpIgnoreSTARTTLS=True))
    assert sink.mails[0].tls


@pytest.mark.parametrize("implicit", [True, False])
async def test_a_bad_certificate_is_refused(send: Send, tls: ssl.SSLContext, implicit: bool) -> None:
    async with SmtpSink(tls=tls, implicit=implicit) as sink:
        with pytest.raises(DeliveryFailed, match=r"(?i)certificate") as failed:
            await send(TEST, **server(sink, smtpSecure=implicit, smtpUsername="u", smtpPassword="p"))
    assert sink.mails == []
    assert not any(command.startswith("AUTH") for command in sink.commands)
    assert not failed.value.permanent


async def test_login(send: Send) -> None:
    async with SmtpSink(password="pä55") as sink:
        await send(TEST, **server(sink, smtpUsername="user", smtpPassword="pä55"))
    assert sink.mails[0].login == ("user", "pä55")


async def test_a_wrong_password_is_final(send: Send) -> None:
    async with SmtpSink(password="right") as sink:
        with pytest.raises(DeliveryFailed, match="535 5.7.8 wrong password") as failed:
            await send(TEST, **server(sink, smtpUsername="user", smtpPassword="hopeless"))
    assert failed.value.permanent
    assert "hopeless" not in failed.value.message


# --- servers in trouble ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "answer", "permanent"),
    [
        ("MAIL", "451 4.7.1 try later", False),
        ("MAIL", "550 5.7.1 not you", True),
        ("RCPT", "450 4.2.0 greylisted", False),
        ("RCPT", "550 5.1.1 no such user", True),
        ("DATA", "452 4.3.1 disk full", False),
        ("DATA", "554 5.6.0 spam", True),
    ],
)
async def test_refusals(send: Send, command: str, answer: str, permanent: bool) -> None:
    async with SmtpSink() as sink:
        sink.refuse[command] = answer
        with pytest.raises(DeliveryFailed) as failed:
            await send(TEST, **server(sink))
    assert answer in failed.value.message
    assert failed.value.permanent is permanent


async def test_some_recipients_may_be_refused(send: Send) -> None:
    async with SmtpSink() as sink:
        sink.refuse["RCPT TO:<bad@"] = "550 no such user"
        said = await send(TEST, **server(sink, smtpTo="good@example.com, bad@example.com"))
    assert sink.mails[0].recipients == ["good@example.com"]
    assert said.startswith("Sent Successfully. But not to everybody: bad@example.com")


async def test_nobody_listens(send: Send) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        await send(
            TEST, type="smtp", smtpHost="127.0.0.1", smtpPort=1, smtpFrom="a@b.example", smtpTo="c@d.example"
        )
    assert not failed.value.permanent
    assert "127.0.0.1" in failed.value.message


async def test_a_hanging_server_is_left(send: Send) -> None:
    async with SmtpSink() as sink:
        sink.hang_at = "MAIL"
        started = perf_counter()
        with pytest.raises(DeliveryFailed, match=r"No answer within 0\.5 seconds") as failed:
            await send(TEST, timeout=0.5, **server(sink))
    assert perf_counter() - started < 10
    assert not failed.value.permanent


# --- the form ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "From Email must hold"),
        ({"smtpFrom": "a@b.example"}, "Nobody to send to"),
        ({"smtpFrom": "a@b.example", "smtpCC": "x"}, "x is not an e-mail address"),
        ({"smtpFrom": "a@b.example", "smtpCC": "x@y.example", "smtpDkimDomain": "b.example"}, "DKIM needs"),
    ],
)
def test_validation(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        Smtp().validate(SmtpOptions.model_validate(options))


def test_a_usable_form_is_let_through() -> None:
    Smtp().validate(SmtpOptions.model_validate({"smtpFrom": "a@b.example", "smtpBCC": "x@y.example"}))


async def test_addresses_of_lists_stay_whole(send: Send) -> None:
    address = f"<https://status.example.com/unsubscribe?t={'k' * 80}>"
    headers = {"List-Unsubscribe": f"{address}\r\nBcc: evil@example.com", "list-id": "ä"}
    async with SmtpSink() as sink:
        await send(TEST, **server(sink, smtpAdditionalHeaders=json.dumps(headers)))
    head = sink.mails[0].content.partition(b"\r\n\r\n")[0]
    assert f"List-Unsubscribe: {address} Bcc: evil@example.com\r\n".encode() in head
    assert b"\r\nBcc:" not in head
    assert sink.mails[0].recipients == ["first@example.com"]
