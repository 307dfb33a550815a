"""A template that cannot be rendered, or that its service refuses, never costs the alert."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.delivery import Services
from kuma_lite.notifications.fields import template_keys
from kuma_lite.notifications.services.support.styles import TEMPLATE_KEY
from tests.notifications.samples import DOWN, TEST, UP
from tests.notifications.services.conftest import NAMES, Send
from tests.notifications.services.test_smtp import read, server, text_of
from tests.notifications.sinks import Answer, Got, HttpSink, SmtpSink

BROKEN = "{% if name %}{{ msg }}"
NOTE = "The template cannot be used: 'if' is not closed (line 1, column 1)."

# What each needs to send to `@`; `#` is the template.
FORMS: dict[str, dict[str, Any]] = {
    "webhook": {"webhookURL": "@/x", "webhookContentType": "custom", "webhookCustomBody": "#"},
    "telegram": {
        "telegramServerUrl": "@",
        "telegramBotToken": "1:a",
        "telegramChatID": "1",
        "telegramUseTemplate": True,
        "telegramTemplateParseMode": "HTML",
        "telegramTemplate": "#",
    },
    "VKTeams": {
        "vkteamsBaseUrl": "@",
        "vkteamsBotToken": "t",
        "vkteamsChatId": "c",
        "vkteamsUseTemplate": True,
        "vkteamsTemplateFormat": "MarkdownV2",
        "vkteamsTemplate": "#",
    },
    "slack": {"slackwebhookURL": "@", "slackUseTemplate": True, "slackTemplate": "#"},
    "discord": {"discordWebhookUrl": "@", "discordMessageFormat": "custom", "discordMessageTemplate": "#"},
    "fluxer": {"fluxerWebhookUrl": "@", "fluxerMessageFormat": "custom", "fluxerMessageTemplate": "#"},
    "GoogleChat": {"googleChatWebhookURL": "@", "googleChatUseTemplate": True, "googleChatTemplate": "#"},
    "matrix": {
        "homeserverUrl": "@",
        "internalRoomId": "!r",
        "accessToken": "t",
        "matrixUseTemplate": True,
        "matrixTemplate": "#",
    },
    "signal": {
        "signalURL": "@",
        "signalNumber": "+49",
        "signalRecipients": "+1",
        "signalUseTemplate": True,
        "signalTemplate": "#",
    },
    "ntfy": {"ntfyserverurl": "@", "ntfytopic": "t", "ntfyUseTemplate": True, "ntfyCustomMessage": "#"},
    "evolution": {
        "evolutionApiUrl": "@",
        "evolutionInstanceName": "i",
        "evolutionAuthToken": "t",
        "evolutionRecipient": "49",
        "evolutionUseCustomMessage": True,
        "evolutionCustomMessage": "#",
    },
    "openwa": {
        "openwaApiUrl": "@",
        "openwaApiKey": "k",
        "openwaSession": "s",
        "openwaChatId": "c",
        "openwaUseCustomMessage": True,
        "openwaCustomMessage": "#",
    },
    "max": {
        "maxApiUrl": "@",
        "maxBotToken": "t",
        "maxChatID": "1",
        "maxUseTemplate": True,
        "maxTemplateFormat": "html",
        "maxTemplate": "#",
    },
}


def form(kind: str, sink: HttpSink, template: str) -> dict[str, Any]:
    filled = {"#": template}
    values = {
        key: filled.get(value, value.replace("@", sink.url)) if isinstance(value, str) else value
        for key, value in FORMS[kind].items()
    }
    return {"type": kind, **values}


def said(got: Got) -> str:
    return str(dict(got.query)) if got.method == "GET" else got.body.decode()


def test_every_service_with_a_template_is_tried(declared: Services) -> None:
    templated = {
        name for name in NAMES if (found := declared.get(name)) and template_keys(found) - {TEMPLATE_KEY}
    }
    assert templated - set(FORMS) == {
        "smtp",
        "Whatsapp360messenger",
    }  # the one is below, the other's host is fixed


@pytest.mark.parametrize("kind", FORMS)
async def test_the_alert_leaves_with_the_usual_text_and_a_note(sink: HttpSink, send: Send, kind: str) -> None:
    await send(DOWN, **form(kind, sink, BROKEN))
    told = said(sink.got[-1])
    assert NOTE.replace("'", "\\'") in told or NOTE in told
    assert "Request failed with status code 503" in told
    assert "parse_mode" not in told and "parseMode" not in told


@pytest.mark.parametrize("words", [{"customSubject": BROKEN}, {"customBody": BROKEN, "htmlBody": True}])
async def test_a_mail_leaves_as_well(send: Send, words: dict[str, Any]) -> None:
    async with SmtpSink() as mails:
        await send(UP, **server(mails, **words))
    found = read(mails.mails[0])
    assert NOTE in text_of(mails.mails[0])
    assert UP.text in found["Subject"]
    assert found.get_content_type() == "text/plain"


@pytest.mark.parametrize(
    "template",
    [
        "{{ name | date: '%H', 'Nowhere/Land' }}{{ 'now' | date: '%H', 'Nowhere/Land' }}",
        "{% include 'x' %}",
        "{% for i in (1..5001) %}{% for j in (1..3) %}x{% endfor %}{% endfor %}",
        "{{ msg ",
        "{% unknown %}",
        "x" * 50_001,
    ],
)
async def test_whatever_is_wrong_with_it(sink: HttpSink, send: Send, template: str) -> None:
    await send(DOWN, **form("telegram", sink, template))
    assert sink.got[-1].json["text"].startswith(f"{DOWN.text}\n(The template ")


async def test_a_text_that_the_service_refuses_is_replaced_too(sink: HttpSink, send: Send) -> None:
    refused = Answer(400, b'{"ok":false,"error_code":400,"description":"Bad Request: can\'t parse entities"}')
    sink.script = [refused, Answer(200, b'{"ok":true}')]
    await send(DOWN, **form("telegram", sink, "<b>{{ name }}"))
    first, second = (got.json for got in sink.got)
    assert (first["text"], first["parse_mode"]) == ("<b>service", "HTML")
    assert second["text"].startswith(DOWN.text)
    assert "can't parse entities" in second["text"]
    assert "parse_mode" not in second


async def test_what_is_refused_for_another_reason_says_that_reason(sink: HttpSink, send: Send) -> None:
    first = Answer(401, b'{"ok":false,"error_code":401,"description":"Unauthorized"}')
    sink.script, sink.answer = [first], Answer(401, b'{"ok":false,"error_code":401,"description":"Still"}')
    with pytest.raises(DeliveryFailed, match="Unauthorized") as failed:
        await send(DOWN, **form("telegram", sink, "{{ name }}"))
    assert failed.value.permanent


async def test_a_template_of_nothing_but_blanks_is_none(sink: HttpSink, send: Send) -> None:
    await send(DOWN, **form("telegram", sink, "{% if nothing %}x{% endif %} \n"))
    assert sink.got[0].json["text"] == DOWN.text


async def test_trouble_that_may_pass_is_left_to_the_next_attempt(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(503)
    with pytest.raises(DeliveryFailed) as failed:
        await send(DOWN, **form("telegram", sink, BROKEN))
    assert not failed.value.permanent
    assert len(sink.got) == 1


async def test_a_trial_shows_what_is_wrong_instead(sink: HttpSink, send: Send) -> None:
    with pytest.raises(DeliveryFailed, match=r"line 1, column 1"):
        await send(TEST, trial=True, **form("telegram", sink, BROKEN))
    assert sink.got == []
