from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.declarations import Kind
from kuma_lite.core.errors import UserError
from kuma_lite.notifications.delivery import Services
from kuma_lite.notifications.service import Notifications

GOOD: dict[str, dict[str, Any]] = {
    "webhook": {"webhookURL": "https://h/x", "webhookContentType": "json"},
    "smtp": {"smtpHost": "h", "smtpPort": 25, "smtpFrom": "a@b.example", "smtpTo": "c@d.example"},
    "telegram": {"telegramBotToken": "t", "telegramChatID": "1"},
    "discord": {"discordWebhookUrl": "https://discord.example/x"},
    "ntfy": {"ntfytopic": "t", "ntfyserverurl": "https://n", "ntfyPriority": 5},
    "apprise": {"appriseURL": "json://x"},
}


@pytest.mark.parametrize("kind", GOOD)
def test_what_can_work_is_let_through(notifications: Notifications, kind: str) -> None:
    notifications.validate({"name": "n", "type": kind, **GOOD[kind]})


@pytest.mark.parametrize(
    ("kind", "change", "field", "sentence"),
    [
        ("webhook", {"name": " "}, "name", "Give the notification a name."),
        ("webhook", {"type": "nothing"}, "type", "Notification type is not supported"),
        ("webhook", {"webhookURL": ""}, "webhookURL", "Post URL is required."),
        ("webhook", {"webhookURL": "h/x"}, "webhookURL", "Post URL must be an address"),
        ("webhook", {"webhookURL": "http://[::1"}, "webhookURL", "Post URL must be an address"),
        ("webhook", {"httpMethod": "put"}, "httpMethod", "HTTP Method must be one of: POST, GET."),
        ("webhook", {"webhookContentType": None}, "webhookContentType", "Request Body is required."),
        ("webhook", {"webhookContentType": "custom"}, "webhookCustomBody", "Custom body is required."),
        ("webhook", {"webhookAdditionalHeaders": "{"}, "webhookAdditionalHeaders", "must be a JSON object"),
        ("webhook", {"webhookAdditionalHeaders": "[]"}, "webhookAdditionalHeaders", "must be a JSON object"),
        ("smtp", {"smtpPort": 70000}, "smtpPort", "Port must be between 0 and 65535."),
        ("smtp", {"smtpPort": "x"}, "smtpPort", "Port must be a number."),
        ("smtp", {"smtpPort": float("nan")}, "smtpPort", "Port must be between"),
        ("ntfy", {"ntfyPriority": 6}, "ntfyPriority", "Priority must be between 1 and 5."),
        ("telegram", {"telegramUseTemplate": True}, "telegramTemplate", "Message Template is required."),
        (
            "telegram",
            {"telegramUseTemplate": True, "telegramTemplate": "<b>{{ name }}</b>\n{% if msg %}"},
            "telegramTemplate",
            r"Message Template: The template cannot be used: 'if' is not closed \(line 2, column 1\)\.",
        ),
        ("smtp", {"customSubject": "{{ 'now' | date: '%H', 'X/Y' }}"}, "customSubject", "column 12"),
        ("ntfy", {"ntfyUseTemplate": True, "ntfyCustomTitle": "{% x %}"}, "ntfyCustomTitle", "no tag 'x'"),
        (
            "webhook",
            {"webhookContentType": "custom", "webhookCustomBody": "{% include 'x' %}"},
            "webhookCustomBody",
            "other files cannot be used here",
        ),
    ],
)
def test_what_cannot_is_refused_at_its_field(
    notifications: Notifications, kind: str, change: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence) as refused:
        notifications.validate({"name": "n", "type": kind, **GOOD[kind], **change})
    assert refused.value.as_answer()["field"] == field


def test_what_is_not_shown_is_not_asked_for(notifications: Notifications) -> None:
    form = {"name": "n", "type": "webhook", "webhookURL": "https://h/x", "httpMethod": "get"}
    notifications.validate(form)
    # The body belongs to POST, and so do the fields that depend on it.
    notifications.validate({**form, "webhookContentType": "custom"})
    notifications.validate({**form, "webhookContentType": "custom", "webhookCustomBody": "{% broken"})


def test_every_condition_names_an_option_of_the_same_service(notifications: Notifications) -> None:
    services: Services = notifications.services
    for service in services:
        fields = service.options.words()
        for _, words in fields.values():
            assert words.shown_when is None or words.shown_when.option in fields
            assert words.label


def test_credentials_are_declared_as_such(notifications: Notifications) -> None:
    for service in notifications.services:
        for key, (_, words) in service.options.words().items():
            telling = ("token", "password", "privatekey", "webhookurl", "headers", "appriseurl", "apikey")
            assert words.secret or not key.lower().endswith(telling), f"{service.name}: {key}"
            assert words.secret or words.kind not in (Kind.PASSWORD, Kind.JSON), f"{service.name}: {key}"
            shown = (Kind.TEXT, Kind.SWITCH, Kind.SELECT, Kind.NUMBER, Kind.PORT, Kind.HOST)
            assert words.kind not in shown or not words.secret, f"{service.name}: {key}"
