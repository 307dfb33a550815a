from __future__ import annotations

from types import SimpleNamespace

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.notifications.delivery import Context
from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.jiraservicemanagement import (
    JiraServiceManagement,
    JiraServiceManagementOptions,
)
from tests.notifications.samples import DOWN_BEAT, MONITOR, UP

OPTIONS = JiraServiceManagementOptions.read({"jsmCloudId": "a/b", "jsmPriority": "2"})


def calls(message: Message) -> kit.Calls:
    return JiraServiceManagement().request(OPTIONS, kit.News.of(message, Context(SimpleNamespace(), "")))


def test_texts_are_no_longer_than_jira_takes() -> None:
    call = next(calls(Message("x" * 20_000, {**MONITOR, "name": "n" * 150}, DOWN_BEAT)))
    assert call.url == "https://api.atlassian.com/jsm/ops/api/a%2Fb/v1/alerts"
    assert isinstance(call.json, dict)
    assert call.json["message"] == "Uptime Kuma Alert: " + "n" * 110 + "…"
    assert call.json["description"] == "x" * 14_999 + "…"
    assert call.json["priority"] == "P2"


def test_an_alert_without_an_id_is_not_closed() -> None:
    asked = calls(UP)
    assert next(asked).address.endswith("/v1/alerts/alias?alias=uptime-kuma-7")
    with pytest.raises(DeliveryFailed, match="does not tell which alert"):
        asked.send(kit.Answer(200, "{}"))
